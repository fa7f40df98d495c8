/** This release; the same as in package.json. */
export declare const VERSION = "1.0.0";
/** The sub-commands of `tiup telemetry`. */
export type Command = "status" | "enable" | "disable" | "reset";
/** On or off: TiUP reports only where the file says exactly `enable`. */
export type Status = "enable" | "disable";
/** The keys of meta.yaml (TiUP: pkg/telemetry/meta.go); empty where missing. */
export interface Meta {
    /** Names an installation in TiUP's reports. */
    readonly uuid: string;
    /** Salt of TiUP's hashes, 32 hex digits, since TiUP 1.4.2; never shown. */
    readonly secret: string;
    /** What the file says, whether TiUP knows it or not. */
    readonly status: string;
}
/** What a command may be told besides the home. */
export interface Options {
    /** Change nothing, only say whether the file would change. */
    readonly check?: boolean;
    /** `reset`: also mint a new secret. */
    readonly all?: boolean;
    /** Keep a file that cannot be parsed as meta.yaml.bad, and write a new one. */
    readonly force?: boolean;
}
/** What a command found and did in one home. */
export interface Outcome {
    readonly command: Command;
    readonly home: string;
    readonly file: string;
    /** `default` where there was no file. */
    readonly source: "file" | "default";
    /** The state afterwards; with `check`, the state found. */
    readonly status: Status;
    /** The state before. */
    readonly previous: Status;
    /** The status before, as the file had it. */
    readonly found: string;
    readonly uuid: string;
    /** Whether the file was changed; with `check`, whether it would be. */
    readonly changed: boolean;
}
/** Environment variables by name; reading none but those needed. */
export type Environment = {
    readonly [name: string]: string | undefined;
};
/** The `code` of a failure. */
export type ErrorCode = "invalid-meta" | "unreadable" | "unwritable" | "locked";
/** Says why a home or its meta file could not be used. */
export declare class MetaError extends Error {
    readonly code: ErrorCode;
    /** Line in the file, from 1, where it is known. */
    readonly line: number | undefined;
    constructor(code: ErrorCode, reason: string, line?: number);
}
/** Says in one line which file failed, why, and what to do about it. */
export declare function describe(error: MetaError, file: string | null, advice?: string): string;
/** Returns the text itself where it is plain, and a JSON string otherwise. */
export declare function printable(text: string): string;
/**
 * Parses the text of a meta file into the values that TiUP reads from it.
 *
 * TiUP reads with Go's yaml.v2 (pkg/telemetry/meta.go). This takes the lines that
 * TiUP and people write into that file, which every version of YAML reads alike,
 * and refuses the rest of YAML.
 *
 * @throws {MetaError} `invalid-meta`, with the line
 */
export declare function parseMeta(text: string): Meta;
/**
 * Replaces and adds values in the text of a meta file; every other byte stays.
 *
 * @throws {MetaError} `invalid-meta` where the new text would not say just that
 */
export declare function editMeta(text: string, changes: Partial<Meta>): string;
/** Returns the path of the meta file in a TiUP home. */
export declare function metaFile(home: string): string;
/**
 * Finds the TiUP home as TiUP does (pkg/localdata/profile.go): `TIUP_HOME`, or
 * `.tiup` in the home directory of the user's line in /etc/passwd, or only where
 * there is no such line, of `HOME`. TiUP is built without cgo, and so asks no name
 * service.
 *
 * @throws {MetaError} `unreadable` where there is none
 */
export declare function findHome(env: Environment): string;
/** What each command does, and the flags that only some of them take. */
export declare const COMMANDS: {
    readonly [name in Command]: {
        readonly summary: string;
        readonly flags: readonly (keyof Options)[];
        readonly change: (meta: Meta, all?: boolean) => Partial<Meta>;
    };
};
/**
 * Reads the meta file of a TiUP home; `undefined` means that there is none. Root
 * reads it as the user whose home it is.
 *
 * @throws {MetaError} `unreadable` or `invalid-meta`
 */
export declare function readMeta(home: string): Promise<Meta | undefined>;
/**
 * Runs one command in one TiUP home. Root runs it as the user whose home it is; as
 * long as that lasts, the whole process acts as that user, in the folder `/`.
 *
 * @throws {MetaError} where the home or its file cannot be used; nothing is lost
 */
export declare function runCommand(command: Command, home: string, options?: Options): Promise<Outcome>;
/**
 * Returns what a user should know besides the outcome, a line each, starting
 * `note: ` or `warning: `: what else decides whether TiUP reports.
 */
export declare function remarks({ command, file, source, status, found }: Outcome, env: Environment, { check }?: Options): string[];
/** Returns a warning where `HOME` is not where TiUP looks (see findHome). */
export declare function homeRemarks(home: string, env: Environment): string[];
/**
 * Lets SIGHUP, SIGINT and SIGTERM wait until the file at hand is done with: while
 * one is replaced nothing awaits. Exits with 129, 130 or 143.
 */
export declare function exitOnSignals(): void;
