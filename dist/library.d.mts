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
    /** Where the file cannot be parsed: keep it as meta.yaml.bad, and write a new one. */
    readonly force?: boolean;
}
/** What a command found and did in one home. */
export interface Outcome {
    /** The command that was run. */
    readonly command: Command;
    /** The TiUP home, as it was given. */
    readonly home: string;
    /** The absolute path of the meta file. */
    readonly file: string;
    /** `default` where there was no file. */
    readonly source: "file" | "default";
    /** The state afterwards; with `check`, the state found. */
    readonly status: Status;
    /** The state before; `disable` where there was no file, or a damaged one. */
    readonly previous: Status;
    /** The status before, as the file had it; empty where it had none, or was damaged. */
    readonly found: string;
    /** The uuid afterwards; with `check`, the uuid found; empty where there is none. */
    readonly uuid: string;
    /**
     * Whether the file was changed; with `check`, whether it would be: also where it says
     * the state already (see isProved), but lacks its uuid or secret.
     */
    readonly changed: boolean;
    /** Whether the home folder was missing before. */
    readonly homeMissing: boolean;
    /** Where a damaged file is kept, if it was replaced. */
    readonly kept: string | undefined;
}
/** What a user should know besides the outcome. */
export interface Remark {
    /** A `warning` may mean that telemetry is not in the state that is shown. */
    readonly level: "note" | "warning";
    /** One line of printable text. */
    readonly text: string;
}
/** What decides which remarks a user needs. */
export interface RemarkOptions {
    /** Whether the command was told to change nothing. */
    readonly check?: boolean;
    /** Whether the user named the home, so that a missing one may be a slip. */
    readonly isNamed?: boolean;
    /** Whether what TiUP's releases make of a missing file has been said already. */
    readonly erasSaid?: boolean;
}
/** The `code` of a failure. */
export type ErrorCode = "invalid-meta" | "unreadable" | "unwritable" | "locked" | "refused" | "internal";
/** Environment variables by name; only those that are needed are read. */
export type Environment = {
    readonly [name: string]: string | undefined;
};
/**
 * Makes a text safe to print on a terminal or in the log of a workflow.
 *
 * @param text any text, such as a path or a value of a file
 * @returns the text itself where it is plain, and a JSON string otherwise
 *
 * @example
 * ```ts
 * import { printable } from "@owner/tiup-telemetry";
 * console.log(printable("/srv/tiup")); // /srv/tiup
 * console.log(printable("\u001b[2J")); // "\u001b[2J"
 * ```
 */
export declare function printable(text: string): string;
/** Says why a home or its meta file could not be used. */
export declare class MetaError extends Error {
    /** What kind of failure it is. */
    readonly code: ErrorCode;
    /** Line in the file, from 1, where it is known. */
    readonly line: number | undefined;
    /** What to do, where that is more than its code tells. */
    readonly advice: string | undefined;
    /**
     * Makes a failure; what it says must be printable text.
     *
     * @param code the kind of failure
     * @param reason why, in words that end neither in a full stop nor in advice
     * @param more the line of the file, and what to do about it
     */
    constructor(code: ErrorCode, reason: string, more?: {
        readonly line?: number;
        readonly advice?: string;
    });
}
/**
 * Says in one line which file failed, why, and what to do about it.
 *
 * @param error the failure
 * @param file the path of the meta file, or null where no home could be found
 * @param advice what to do, in place of what the error says
 * @returns one line of printable text
 *
 * @example
 * ```ts
 * import { describe, MetaError } from "@owner/tiup-telemetry";
 * const error = new MetaError("unreadable", "permission denied");
 * console.log(describe(error, "/srv/tiup/telemetry/meta.yaml"));
 * ```
 */
export declare function describe(error: MetaError, file: string | null, advice?: string): string;
/**
 * Parses the text of a meta file into the values that TiUP reads from it.
 *
 * TiUP reads with Go's yaml.v2 (pkg/telemetry/meta.go). This takes the lines that
 * TiUP and people write into that file, which every version of YAML reads alike,
 * and refuses the rest of YAML.
 *
 * @param text the whole file
 * @returns the three values, empty where they are missing or null
 * @throws {MetaError} `invalid-meta`, with the line
 *
 * @example
 * ```ts
 * import { parseMeta } from "@owner/tiup-telemetry";
 * const { status } = parseMeta("uuid: 1\nstatus: disable # since May\n");
 * console.log(status); // disable
 * ```
 */
export declare function parseMeta(text: string): Meta;
/**
 * Replaces and adds values in the text of a meta file; every other byte stays.
 *
 * @param text the whole file
 * @param changes the new values, which TiUP must read as they are given
 * @returns the new text
 * @throws {MetaError} `invalid-meta` where the old text is none, `unwritable` where the
 *   new text would not say just that
 *
 * @example
 * ```ts
 * import { editMeta } from "@owner/tiup-telemetry";
 * console.log(editMeta("status: enable # May\n", { status: "disable" }));
 * // status: disable # May
 * ```
 */
export declare function editMeta(text: string, changes: Partial<Meta>): string;
/**
 * Returns the path of the meta file in a TiUP home.
 *
 * @param home the TiUP home
 * @returns `<home>/telemetry/meta.yaml`, relative where the home is
 *
 * @example
 * ```ts
 * import { metaFile } from "@owner/tiup-telemetry";
 * console.log(metaFile("/srv/tiup")); // /srv/tiup/telemetry/meta.yaml
 * ```
 */
export declare function metaFile(home: string): string;
/**
 * Reads the meta file of a TiUP home. What it returns holds the secret: keep it out
 * of logs.
 *
 * @param home the TiUP home, absolute or relative to the working directory
 * @returns the values of the file, or undefined where there is none
 * @throws {MetaError} where the home or its file cannot be used
 *
 * @example
 * ```ts
 * import { readMeta } from "@owner/tiup-telemetry";
 * const meta = await readMeta("/srv/tiup");
 * console.log(meta?.status ?? "no file");
 * ```
 */
export declare function readMeta(home: string): Promise<Meta | undefined>;
/**
 * Runs one command in one TiUP home, with the rights of this process. Two checks are
 * made by the command line only. For a path that is a mistake, call refuseHomeText() and
 * refuseHomeByLook(). For a path that others can change, where root runs it, there is no
 * function.
 *
 * @param command what to do
 * @param home the TiUP home, absolute or relative to the working directory
 * @param options what the flags of the command line say
 * @returns what was found and done
 * @throws {MetaError} where the home or its file cannot be used; nothing is lost
 *
 * @example
 * ```ts
 * import { runCommand } from "@owner/tiup-telemetry";
 * const { previous, changed } = await runCommand("disable", "/srv/tiup");
 * console.log(previous, changed);
 * ```
 */
export declare function runCommand(command: Command, home: string, options?: Options): Promise<Outcome>;
/**
 * Tells whether there is a file, and TiUP takes it as the wanted state. Only then
 * `--check` passes. A file without a status, or with one that TiUP does not know, counts
 * as `disable`. A missing file is neither: TiUP up to 1.11.2 takes it as enabled, later
 * releases as disabled.
 *
 * @param outcome what a command found, or did
 * @param wanted `enable` or `disable`
 * @returns whether it is so
 *
 * @example
 * ```ts
 * import { isProved, runCommand } from "@owner/tiup-telemetry";
 * const outcome = await runCommand("status", "/srv/tiup");
 * console.log(isProved(outcome, "disable"));
 * ```
 */
export declare function isProved(outcome: Pick<Outcome, "source" | "status">, wanted: Command): boolean;
/**
 * Exits with 129, 130 or 143 on SIGHUP, SIGINT or SIGTERM, but never while a file is
 * replaced: nothing awaits then, so that the signal is noticed after it.
 *
 * @example
 * ```ts
 * import { exitOnSignals, runCommand } from "@owner/tiup-telemetry";
 * exitOnSignals();
 * await runCommand("disable", "/srv/tiup");
 * ```
 */
export declare function exitOnSignals(): void;
/**
 * Finds the TiUP home as TiUP does (pkg/localdata/profile.go). It is the first of:
 *
 * 1. `TIUP_HOME`, where it is not empty;
 * 2. `.tiup` in the home directory that the user's line in /etc/passwd names. TiUP is
 *    built without cgo, and so asks no name service;
 * 3. `.tiup` in `HOME`, where there is no such line. On macOS ordinary users have none,
 *    so there the line is not looked for.
 *
 * @param env the environment, of which `TIUP_HOME` and `HOME` are read
 * @returns the path of the home, which need not be there
 * @throws {MetaError} `unreadable` where there is none
 *
 * @example
 * ```ts
 * import { findHome } from "@owner/tiup-telemetry";
 * console.log(findHome({ TIUP_HOME: "/srv/tiup" })); // /srv/tiup
 * ```
 */
export declare function findHome(env: Environment): string;
/**
 * Refuses a path that is surely a mistake, as far as its text shows: it begins with `~`,
 * or is that of a meta file.
 *
 * @param home the path as a user gave it
 * @throws {MetaError} `refused`, with what to write instead
 */
export declare function refuseHomeText(home: string): void;
/**
 * Refuses a path that is surely a mistake, as far as a look at the disk shows: it is the
 * telemetry folder of a home, or a folder that holds a `.tiup`.
 *
 * @param home the path as a user gave it
 * @throws {MetaError} `refused`, with what to write instead; `unreadable` where that
 *   cannot be seen
 */
export declare function refuseHomeByLook(home: string): void;
/**
 * Returns what else decides whether TiUP reports, besides the outcome.
 *
 * @param outcome what a command found and did
 * @param env the environment, of which `DO_NOT_TRACK` and `TIUP_TELEMETRY_STATUS`
 *   are read
 * @param options those that the command was given, and how the home was found
 * @returns a line each
 *
 * @example
 * ```ts
 * import { remarks, runCommand } from "@owner/tiup-telemetry";
 * const outcome = await runCommand("status", "/srv/tiup");
 * for (const { level, text } of remarks(outcome, {})) console.log(level, text);
 * ```
 */
export declare function remarks(outcome: Outcome, env: Environment, options?: RemarkOptions): Remark[];
/**
 * Warns where `HOME` is not where TiUP looks (see findHome).
 *
 * @param home the home that was found
 * @param env the environment, of which `TIUP_HOME` and `HOME` are read
 * @returns one warning, or nothing
 */
export declare function homeRemarks(home: string, env: Environment): Remark[];
