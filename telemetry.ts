#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-sys=uid --allow-env=TIUP_HOME,TIUP_TELEMETRY_STATUS,DO_NOT_TRACK,HOME
/**
 * Shows and sets TiUP's telemetry status, without TiUP and without network.
 *
 * TiUP 1.0 to 1.16.2 keeps it in `<home>/telemetry/meta.yaml`; so does this file:
 *
 *     deno run telemetry.ts status      # or: npx tsx, node, bun
 *     node dist/telemetry.mjs disable   # the bundle, nothing to install
 *
 * The commands are `status`, `enable`, `disable` and `reset`. Exit codes: 0 done,
 * 1 a home failed, 2 usage, 3 `--check` found another state.
 *
 * @module
 */
import { type CAC, cac } from "cac";
import { Buffer } from "node:buffer";
// Old Nodes lack isUtf8. To import it by name would already fail while this file is
// loaded, before it could say which Node is needed.
import * as buffer from "node:buffer";
import * as fs from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { v4 as mintUuid } from "uuid";

// ---------------------------------------------------- Types and constants

/** This release; the same as in package.json. */
export const VERSION = "1.0.0";

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
export type ErrorCode =
  | "invalid-meta"
  | "unreadable"
  | "unwritable"
  | "locked"
  | "refused"
  | "internal";

/** Environment variables by name; only those that are needed are read. */
export type Environment = { readonly [name: string]: string | undefined };

/** A line of a meta file that holds something: `key: value` or `- value`. */
interface Line {
  /** Undefined for an item of a list. */
  readonly key: string | undefined;
  /** How many blanks stand before it. */
  readonly indent: number;
  /** The value with its quotes; empty where there is none. */
  readonly written: string;
  /** Where in the text the value stands, or would stand. */
  readonly start: number;
  /** Whether a list or a mapping may follow below it. */
  readonly opens: boolean;
}

/** The lines of a meta file that hold the three keys. */
type MetaLines = { readonly [key in keyof Meta]?: Line };

/** A mapping or a list of a meta file, while its lines are read. */
interface Level {
  /** The column in which its lines begin. */
  readonly indent: number;
  readonly isList: boolean;
  /** Whether a list or a mapping may follow below its last line. */
  readonly isOpen: boolean;
}

/** A meta file as it was read. */
interface Snapshot {
  readonly bytes: Buffer;
  /** Of the descriptor that the bytes were read from. */
  readonly stat: fs.Stats;
}

/** What a command does, and the flags that only some commands take. */
interface CommandEntry {
  /** One line for the help. */
  readonly summary: string;
  readonly flags: readonly (keyof Options)[];
  /** The values that it changes in a meta file. */
  readonly change: (meta: Meta, options: Options) => Partial<Meta>;
}

/** What a command is going to make of a meta file. */
interface Plan {
  readonly before: Meta;
  readonly after: Meta;
  /** The whole new text. */
  readonly text: string;
  /** Whether the file is not valid, and is to be kept beside itself. */
  readonly damaged: boolean;
  /** Whether there is anything to write. */
  readonly changed: boolean;
}

/** What became of a compare-and-swap. */
type Swap =
  /** The new text is in the file, and a damaged one is kept under that name. */
  | { readonly kind: "done"; readonly kept: string | undefined }
  /** The file is no longer what was read, or the lock was lost. Nothing was written. */
  | { readonly kind: "stale" };

/** What came of a plan. */
interface CarriedOut {
  readonly plan: Plan;
  readonly source: Outcome["source"];
  readonly homeMissing: boolean;
  readonly kept: string | undefined;
}

/** A lock file of ours. */
interface Lock {
  /** Whether its name still leads to it. */
  isHeld(): boolean;
  release(): void;
}

/** A user as /etc/passwd has it. */
interface User {
  readonly name: string;
  readonly home: string;
}

/** What someone else than root could change on the path to a file, if anything. */
type PathFinding =
  | { readonly kind: "safe" }
  /** A component that belongs to another user. */
  | { readonly kind: "foreign"; readonly path: string; readonly uid: number }
  /** A file or folder of root's that others can write. */
  | { readonly kind: "writable"; readonly path: string }
  /** The same, but others may have to be able to write it: a device, or /tmp. */
  | { readonly kind: "shared"; readonly path: string }
  /** A symlink of /proc, which leads elsewhere than it says: into a container. */
  | { readonly kind: "proc"; readonly path: string }
  /** A component that is not there, and that others could make. */
  | { readonly kind: "missing"; readonly path: string };

/** The arguments, apart. */
interface Arguments {
  /** The values of `--home`. */
  readonly homes: readonly string[];
  /** The command, and what should not follow it. */
  readonly words: readonly string[];
  /** What begins with a hyphen. */
  readonly flags: readonly string[];
}

/** What cac makes of the flags. */
type ParsedFlags =
  /** By their names in camel case. */
  | {
    readonly kind: "flags";
    readonly options: { readonly [name: string]: unknown };
  }
  /** Help or the version. */
  | { readonly kind: "text"; readonly text: string };

/** What a user asks for on the command line. */
type Request =
  | { readonly kind: "run"; readonly run: Run }
  /** Help or the version. */
  | { readonly kind: "text"; readonly text: string };

/** What the command line asks for. */
interface Run {
  readonly command: Command;
  /** Those of `--home`, as they were given; none: the one that TiUP finds. */
  readonly homes: readonly string[];
  readonly json: boolean;
  /** What ends a home on standard input. */
  readonly separator: "\n" | "\0";
  /** Whether root also uses homes that others can change. */
  readonly asRoot: boolean;
  readonly options: Required<Options>;
}

/** A part of the help, as cac makes it. */
interface HelpSection {
  readonly title?: string;
  readonly body: string;
}

/** One of the homes of a run. */
type Given =
  /** No home was named: the one that TiUP finds. */
  | { readonly kind: "tiup" }
  /** From a flag, or an entry of the list on standard input. */
  | { readonly kind: "flag" | "entry"; readonly home: string }
  /** The beginning of an entry that is longer than any path. */
  | { readonly kind: "overlong"; readonly home: string };

/** What all homes of a run share. */
interface Context {
  /** The variables that count. */
  readonly env: Environment;
  /** The working directory at the start; undefined where it is gone. */
  readonly folder: string | undefined;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
}

/** What is printed of one home. */
interface Report {
  /** The state found or set, for the summary. */
  readonly state: Status | "failed";
  readonly hadNoFile: boolean;
  /** Whether `--check` found another state. */
  readonly differs: boolean;
  /** For standard output. */
  readonly text: string;
  /** For standard error. */
  readonly lines: readonly string[];
}

/** How the source came to be loaded. */
type Origin = "started" | "imported" | "unclear";

/** How many homes came to what. */
type Tally = Record<
  Report["state"] | "homes" | "withoutFile" | "differing",
  number
>;

// Importing node:process would start stdin, stdout and stderr: 2 ms on Node.
const { process } = globalThis;

const OLDEST_NODE = 20;
const META_KEYS = ["uuid", "secret", "status"] as const;
const MAX_BYTES = 64 * 1024;
const MAX_LINKS = 40;
const MAX_PATH = 4096; // of Linux
// Of an entry of a list that has not ended yet, no more bytes than these are kept.
const MAX_ENTRY = 64 * 1024;
const STALE_LOCK_MS = 5_000;
const GIVE_UP_MS = 10_000;
const OLD_TEMP_MS = 60_000;
const SETTLED_MS = 500;
const AT_REST_MS = 60_000;
// What `stat` shows of an owner who has no number in this user namespace.
const OVERFLOW_UID = 65534;

// ------------------------------------------------------- Printable text

const PLAIN_ASCII = /^[ -~]*$/; // most text, and no look into Unicode's tables

// Every control, and every blank or invisible character but U+0020. Not a literal:
// V8 would read Unicode's tables whenever it loads this file.
function makeUnprintable(): RegExp {
  const blanks = String.raw`\p{Z}\p{Default_Ignorable_Code_Point}\u2800`;
  return new RegExp(String.raw`(?! )[\p{C}${blanks}]`, "gu");
}

// JSON.stringify leaves C1 and bidirectional controls as they are, and `##[` and
// `##vso[`, in which runners of GitHub and Azure see commands anywhere in a line.
function safeJson(value: unknown): string {
  const json = JSON.stringify(value).replaceAll("##", "#\\u0023");
  if (PLAIN_ASCII.test(json)) return json;
  const escape = (unit: string) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(
    makeUnprintable(),
    (character) => character.split("").map(escape).join(""),
  );
}

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
export function printable(text: string): string {
  // What begins with a quote could pass for a text that was quoted here.
  const isOdd = text.startsWith('"') || text.includes("##");
  const isPlain = PLAIN_ASCII.test(text) || text.search(makeUnprintable()) < 0;
  return isPlain && !isOdd ? text : safeJson(text);
}

// --------------------------------------------------------------- Errors

const ADVICE: { readonly [code in ErrorCode]: string } = {
  "invalid-meta":
    `mend the file, or let enable, disable or reset with --force keep it as "meta.yaml.bad" and write a new one`,
  unreadable: "check the path and its permissions",
  unwritable: "nothing was changed; check permissions, owner and disk",
  locked: "nothing was changed; try again when no other command runs",
  refused: "name another home",
  internal: "this is a fault of tiup-telemetry, please report it",
};

const FAILED: { readonly [code in ErrorCode]: string } = {
  "invalid-meta": "Cannot read",
  unreadable: "Cannot read",
  unwritable: "Cannot change",
  locked: "Cannot change",
  refused: "Cannot use",
  internal: "Cannot use",
};

/** Says why a home or its meta file could not be used. */
export class MetaError extends Error {
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
  constructor(
    code: ErrorCode,
    reason: string,
    more: { readonly line?: number; readonly advice?: string } = {},
  ) {
    super(reason);
    this.code = code;
    this.line = more.line;
    this.advice = more.advice;
  }
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
export function describe(
  error: MetaError,
  file: string | null,
  advice: string = error.advice ?? ADVICE[error.code],
): string {
  const what = file === null ? "a TiUP home" : safeJson(file);
  const where = error.line === undefined ? "" : `, line ${error.line}`;
  const cause = `${FAILED[error.code]} ${what}${where}: ${error.message}`;
  const internal = error.code === "internal" ? "internal: " : "";
  return `${internal}${cause}; ${advice}`;
}

function fail(
  code: ErrorCode,
  reason: string,
  more?: { readonly line?: number; readonly advice?: string },
): never {
  throw new MetaError(code, reason, more);
}

// Errors of the system are about the user's file. All others are our own fault.
function asMetaError(error: unknown, code: ErrorCode): MetaError {
  if (error instanceof MetaError) return error;
  const kind = isFromSystem(error) ? code : "internal";
  return new MetaError(kind, reasonOf(error));
}

// "permission denied" of "EACCES: permission denied, open '...'": the path is not
// escaped there.
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return printable(/^E[A-Z\d]+[:,] ([^,]+)/.exec(message)?.[1] ?? message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function errno(error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === "string" && /^E[A-Z\d]+$/.test(code) ? code : "";
}

// The permissions of Deno and of Node have errors of their own.
function isFromSystem(error: unknown): boolean {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  const isDenied = name === "NotCapable" || code === "ERR_ACCESS_DENIED";
  return isDenied || errno(error) !== "";
}

// -------------------------------------------------------- The meta text

// The parts of a line, each with a sample that it accepts and one that it refuses.
// yaml.v2 gives up where a key and its colon are 1,024 characters long: here they
// have at most 1,000, two quotes and 20 blanks.
const NAME = "[A-Za-z][\\w-]{0,999}"; //                 log-level   not 2fa
const KEY = `(?<quote>["']?)(?<key>${NAME})\\k<quote>`; // "status"  not "status'
const INTRO = `(?:-|${KEY} {0,20}:)(?= |$)`; //          status :    not status:x
const SINGLE = "'[^'\\t]*'"; //                          'on'        not 'it''s'
const DOUBLE = '"[^"\\\\\\t]*"'; //                      "on"        not "\u0061"
const START = "[^ \\t\\-?:,[\\]{}#&*!|>'\"%@`]"; //      a           not &a
const PLAIN = `${START}[^\\t]*?`; //                     a:b#c       not &a
const COMMENT = "(?: #.*)?"; //                          a # why     not a# why
const LINE = new RegExp(
  `^(?<before>(?<indent> *)${INTRO} *)` +
    `(?:(?<quoted>${SINGLE}|${DOUBLE}) *|(?<plain>${PLAIN}))?${COMMENT}$`,
);
const BLANK = /^ *(?:#.*)?$/;
const NULLS = ["~", "null", "Null", "NULL"];
const DOCUMENT = /^---(?: +(?:#.*)?)?$/;

// Matches what may not stand in a line: what yaml.v2 refuses, and what breaks a line in
// YAML 1.1 only. An emoji may: it is two surrogates, U+D800 to U+DFFF, and these are in
// the range up to U+FEFE.
const STRANGE = /[^\t\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]/;

// What is wrong with a line; named only where it is certain.
const NO_LINE = "not a line that a meta file may hold";
const TWICE =
  "its key stands above already (TiUP takes the last: keep that one)";
const CHARACTER = "it holds a character that a meta file may not hold";
const TAB = "it holds a tab";
const FLOW =
  "it holds JSON or a flow collection (from Ansible: use to_nice_yaml)";
const QUOTES =
  "quotes must hold the whole value, and neither a quote nor a backslash";

const HOLDS =
  'a meta file holds lines "key: value", comments, and under other ' +
  "keys lists and mappings of one-line values";

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
export function parseMeta(text: string): Meta {
  return valuesOf(findLines(text));
}

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
export function editMeta(text: string, changes: Partial<Meta>): string {
  return editLines(text, findLines(text), changes);
}

function editLines(
  text: string,
  lines: MetaLines,
  changes: Partial<Meta>,
): string {
  const before = valuesOf(lines);
  const wanted = { ...before, ...changes };
  const changed = META_KEYS.filter((key) => wanted[key] !== before[key]);
  if (changed.length === 0) return text;
  let edited = text;
  // From the end of the text, so that the places of earlier values stay valid.
  const startOf = (key: keyof Meta) => lines[key]?.start ?? 0;
  const fromTheEnd = changed.toSorted((a, b) => startOf(b) - startOf(a));
  for (const key of fromTheEnd) {
    const line = lines[key];
    if (line) edited = putValue(edited, line, wanted[key]);
  }
  for (const key of changed) {
    if (!lines[key]) edited = appendKey(edited, key, wanted[key]);
  }
  const bytes = Buffer.from(edited);
  if (bytes.length > MAX_BYTES) {
    fail("unwritable", "it would become larger than 64 KiB", {
      advice: "nothing was changed; shorten it",
    });
  }
  const reread = parseMeta(decode(bytes));
  if (META_KEYS.some((key) => reread[key] !== wanted[key])) {
    fail("unwritable", "no edit changes just what was asked for");
  }
  return edited;
}

function putValue(text: string, line: Line, value: string): string {
  const { written, start } = line;
  const head = text.slice(0, start);
  const tail = text.slice(start + written.length);
  if (isQuoted(written)) {
    const quote = written.slice(0, 1);
    return head + quote + value + quote + tail;
  }
  const gap = written === "" ? " " : "";
  return head + gap + stringifyValue(value) + tail;
}

function appendKey(text: string, key: string, value: string): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const line = `${key}: ${stringifyValue(value)}`;
  const complete = text === "" || text.endsWith("\n");
  // A missing last line break stays missing.
  return complete ? text + line + newline : text + newline + line;
}

// As TiUP's yaml.v2 writes them: quoted where they read as a number. Of the values
// that are written here only a secret can, such as one of decimal digits.
function stringifyValue(value: string): string {
  const number = /^\d+(e\d+)?$/.test(value) && Number.isFinite(Number(value));
  return number || /^0b[01]+$/.test(value) ? `"${value}"` : value;
}

function valuesOf(lines: MetaLines): Meta {
  const value = (key: keyof Meta) => {
    const written = lines[key]?.written ?? "";
    if (isQuoted(written)) return written.slice(1, -1);
    return NULLS.includes(written) ? "" : written;
  };
  return {
    uuid: value("uuid"),
    secret: value("secret"),
    status: value("status"),
  };
}

function isQuoted(written: string): boolean {
  return written.startsWith('"') || written.startsWith("'");
}

function findLines(text: string): MetaLines {
  const lines: { -readonly [key in keyof Meta]?: Line } = {};
  const keys = new Set<string>();
  let levels: readonly Level[] = [{ indent: 0, isList: false, isOpen: false }];
  let start = text.startsWith("\ufeff") ? 1 : 0;
  let mayBegin = true; // whether `---` may still come
  const rows = text.slice(start).split("\n");
  for (const [index, row] of rows.entries()) {
    const number = index + 1;
    const isCrlf = row.endsWith("\r") && number < rows.length;
    const content = isCrlf ? row.slice(0, -1) : row;
    if (STRANGE.test(content)) failLine(CHARACTER, number);
    if (mayBegin && DOCUMENT.test(content)) {
      mayBegin = false;
    } else if (!BLANK.test(content)) {
      mayBegin = false;
      const line = parseLine(content, start);
      if (!line) failLine(oddityOf(content), number);
      const placed = placeLine(levels, line);
      if (!placed) failLine(NO_LINE, number);
      levels = placed;
      const { indent, key } = line;
      if (indent === 0 && key !== undefined) {
        if (keys.has(key)) failLine(TWICE, number);
        keys.add(key);
        if (isMetaKey(key)) lines[key] = line;
      }
    }
    start += row.length + 1;
  }
  return lines;
}

function failLine(reason: string, line: number): never {
  fail("invalid-meta", `${reason}; ${HOLDS}`, { line });
}

function parseLine(content: string, offset: number): Line | undefined {
  const match = LINE.exec(content);
  if (!match?.groups) return undefined;
  const { before = "", indent = "", key, quoted, plain } = match.groups;
  const written = quoted ?? trimBlanks(plain ?? "");
  // Not a part of LINE: there it would look ahead at each letter, which is slow on Bun.
  const isMapping = written.includes(": ") || written.endsWith(":");
  if (quoted === undefined && isMapping) return undefined;
  // A value that is missing will stand right behind the colon: "status:  # why"
  // becomes "status: enable  # why".
  const head = written === "" ? trimBlanks(before) : before;
  // Neither one of the three keys nor an item of a list may hold a collection.
  const isOurs = indent === "" && isMetaKey(key);
  return {
    key,
    indent: indent.length,
    written,
    start: offset + head.length,
    opens: written === "" && key !== undefined && !isOurs,
  };
}

// Not trimEnd(), which also trims what YAML does not call a blank.
function trimBlanks(text: string): string {
  let end = text.length;
  while (text[end - 1] === " ") end -= 1;
  return text.slice(0, end);
}

function isMetaKey(key: string | undefined): key is keyof Meta {
  return META_KEYS.some((known) => known === key);
}

// Returns the levels once the line is on one of them, or undefined where it fits
// none. A level begins below a key without a value: further right or, for a list, in
// the column of its key, as in "team:\n- a\n- b\nsince: May\n". Any other line continues
// the innermost level that has its column and is of its kind, a list or a mapping. That
// ends all deeper levels.
function placeLine(
  levels: readonly Level[],
  line: Line,
): readonly Level[] | undefined {
  const { indent, opens: isOpen } = line;
  const isList = line.key === undefined;
  const level = { indent, isList, isOpen };
  const last = levels.at(-1);
  const isInColumn = isList && last?.isList === false && indent === last.indent;
  if (last?.isOpen && (indent > last.indent || isInColumn)) {
    return [...levels, level];
  }
  const at = levels.findLastIndex((above) =>
    above.indent === indent && above.isList === isList
  );
  return at < 0 ? undefined : [...levels.slice(0, at), level];
}

function oddityOf(content: string): string {
  const spaced = content.replaceAll("\t", " ");
  const wouldDo = BLANK.test(spaced) || parseLine(spaced, 0) !== undefined;
  if (spaced !== content && wouldDo) return TAB;
  if (new RegExp(`^ *(?:${INTRO} *)?[[{]`).test(content)) return FLOW;
  if (new RegExp(`^ *${INTRO} *["']`).test(content)) return QUOTES;
  return NO_LINE;
}

function decode(bytes: Buffer): string {
  if (!buffer.isUtf8(bytes)) fail("invalid-meta", "it is not valid UTF-8");
  return bytes.toString();
}

// -------------------------------------------- The meta file (all disk code)

const {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
} = fs.constants;

// Never waits for the other end of a FIFO, and never takes a terminal.
const CALM = O_NONBLOCK | O_NOCTTY;
// Never through, or over, something that was planted at the name.
const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | CALM;

const NOT_REGULAR = "it is not a regular file";
const MOVE_AWAY = { advice: "move it away" };

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
export function metaFile(home: string): string {
  return join(home, "telemetry", "meta.yaml");
}

// Cleans the path by its text, `..` included, as TiUP does (Go's filepath.Join).
function absoluteHome(home: string, folder: string | undefined): string {
  if (isAbsolute(home)) return join(home);
  if (folder === undefined) {
    fail("unreadable", "the working directory cannot be found");
  }
  return join(folder, home);
}

function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined; // it is gone, or above it is a folder that is closed to us
  }
}

function refuseOddPath(home: string): void {
  if (home === "") fail("refused", "the name of the home is empty");
  // What was not UTF-8 reaches a program as the replacement character.
  if (home.includes("\0") || home.includes("\ufffd")) {
    fail("unreadable", "the path is not valid UTF-8, or holds a NUL");
  }
}

function isThere(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false }) !== undefined;
}

// Undefined on ENOENT, and on nothing else.
function openIfThere(path: string, flags: number): number | undefined {
  try {
    return fs.openSync(path, flags | CALM);
  } catch (error) {
    switch (errno(error)) {
      case "ENOENT":
        return undefined;
      case "ENXIO": // a socket
        return fail("invalid-meta", NOT_REGULAR, MOVE_AWAY);
      case "EAGAIN":
        return fail("unreadable", "another process holds a lease on it", {
          advice: "try again",
        });
      default:
        throw error;
    }
  }
}

function readFile(file: string): Snapshot | undefined {
  const descriptor = openIfThere(file, O_RDONLY);
  if (descriptor === undefined) return undefined;
  try {
    return readDescriptor(descriptor);
  } finally {
    close(descriptor);
  }
}

function readDescriptor(descriptor: number): Snapshot {
  const stat = fs.fstatSync(descriptor);
  if (!stat.isFile()) fail("invalid-meta", NOT_REGULAR, MOVE_AWAY);
  // The size is of no use: that of the files of /proc is 0.
  const bytes = Buffer.allocUnsafe(MAX_BYTES + 1);
  let length = 0;
  let count = 0;
  do {
    const room = bytes.length - length;
    // From a position: the same descriptor is read again in isCurrent().
    count = fs.readSync(descriptor, bytes, length, room, length);
    length += count;
  } while (count > 0 && length < bytes.length);
  if (length > MAX_BYTES) {
    fail("invalid-meta", "it is larger than 64 KiB", MOVE_AWAY);
  }
  return { bytes: bytes.subarray(0, length), stat };
}

// TiUP truncates the file and then writes it in one go. So a file that is empty is read
// again, for half a second, before that is believed. One that is older than a minute is
// believed at once. It is a whole minute because the file's time comes from the clock of
// the file server, which may be behind ours.
async function readSettled(file: string): Promise<Snapshot | undefined> {
  const deadline = monotonicMs() + SETTLED_MS;
  for (;;) {
    const snapshot = readFile(file);
    if (!snapshot || snapshot.bytes.length > 0) return snapshot;
    const isAtRest = Date.now() - snapshot.stat.mtimeMs > AT_REST_MS;
    if (isAtRest || monotonicMs() > deadline) return snapshot;
    await sleep(10);
  }
}

// How a meta file is changed, in this order:
//
// 1. carryOut() reads the file without the lock, waits for TiUP where it is empty, and
//    plans.
// 2. compareAndSwap() makes the folders that are missing, and withLock() a lock file
//    with O_EXCL. A lock older than five seconds is stale. Whoever removes it must hold
//    a second lock, `<lock>.break`.
// 3. swap() compares. Where the file is no longer what was read, the outcome is "stale",
//    and carryOut() begins anew. The lock does not prevent that: TiUP takes none.
// 4. It writes the new text to a temporary file with the owner and mode of the old one,
//    and syncs it. It keeps a damaged file beside itself, and syncs that, too.
// 5. It compares once more, and checks that the lock is still held: else "stale", too.
// 6. It renames the temporary file over the old one, or links it where there was none,
//    and syncs the folder. Then the lock is released.
//
// Between 5 and 6 a moment is left in which what TiUP writes into an old file is lost.
//
// Nothing awaits while the lock is held, so that the handlers of exitOnSignals() run
// before or after it. Without these handlers, a signal may leave the lock and the
// temporary file behind, but never half of a meta file.
async function compareAndSwap(
  file: string,
  snapshot: Snapshot | undefined,
  plan: Plan,
  deadline: number,
): Promise<Swap> {
  const made: string[] = [];
  try {
    // Where `telemetry` or `meta.yaml` is a symlink, it stays, and what it leads to is
    // changed.
    const folder = followLinks(dirname(file));
    makeFolders(folder, made);
    const target = followLinks(join(folder, basename(file)));
    return await withLock(
      `${target}.lock`,
      deadline,
      (lock) => swap(target, snapshot, plan, lock),
    );
  } catch (error) {
    for (const path of made.reverse()) quietly(() => fs.rmdirSync(path));
    throw asMetaError(error, "unwritable");
  }
}

function swap(
  target: string,
  snapshot: Snapshot | undefined,
  plan: Plan,
  lock: Lock,
): Swap {
  sweepTemporaryFiles(target);
  // Nothing is written through it. It is opened for writing because a rename would also
  // replace a file that the user may not write.
  const descriptor = openIfThere(target, O_RDWR | O_NOFOLLOW);
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  const temporary = `${target}.${random.padStart(12, "0")}.tmp`;
  let kept: string | undefined;
  let isWritten = false;
  let isSwapped = false;
  try {
    if (!isCurrent(target, descriptor, snapshot)) return { kind: "stale" };
    writeNew(temporary, Buffer.from(plan.text), snapshot?.stat);
    isWritten = true;
    if (plan.damaged && snapshot) kept = keepDamaged(target, snapshot);
    const mayReplace = lock.isHeld() &&
      isCurrent(target, descriptor, snapshot);
    if (!mayReplace) return { kind: "stale" };
    if (snapshot) renameOver(temporary, target);
    else if (!linkAsNew(temporary, target)) return { kind: "stale" };
    isSwapped = true;
    syncFolder(dirname(target));
    return { kind: "done", kept };
  } finally {
    if (isWritten && !isSwapped) remove(temporary);
    if (kept !== undefined && !isSwapped) remove(kept);
    close(descriptor);
  }
}

// Whether the name leads to what the descriptor holds, and that is what was read.
function isCurrent(
  target: string,
  descriptor: number | undefined,
  snapshot: Snapshot | undefined,
): boolean {
  const named = fs.lstatSync(target, { throwIfNoEntry: false });
  if (!snapshot) return descriptor === undefined && named === undefined;
  if (descriptor === undefined || named === undefined) return false;
  const held = readDescriptor(descriptor);
  return isSameFile(named, held.stat) && isSameFile(held.stat, snapshot.stat) &&
    held.bytes.equals(snapshot.bytes);
}

// Owner and mode count, too, as the new file gets those that were read. Large inode
// numbers are rounded here, but the bytes are compared besides.
function isSameFile(one: fs.Stats, other: fs.Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev &&
    one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}

// Makes a file, and gives it the owner and mode of `like` where there is one.
function writeNew(path: string, bytes: Buffer, like?: fs.Stats): void {
  // Until it has its group, nobody else may read it.
  const mode = like ? 0o600 : modeOfNewFile(dirname(path));
  const descriptor = fs.openSync(path, CREATE, mode);
  try {
    fs.writeFileSync(descriptor, bytes); // loops over short writes
    if (like) copyOwnerAndMode(like, descriptor);
    fs.fsyncSync(descriptor); // or a crash could leave the new name, empty
    fs.closeSync(descriptor);
  } catch (error) {
    close(descriptor);
    remove(path);
    throw error;
  }
}

// As TiUP from 1.12 on (pkg/utils/ioutil.go, WriteFile).
function modeOfNewFile(folder: string): number {
  return 0o644 | (fs.statSync(folder).mode & 0o666);
}

// Where the owner cannot be kept, the writer owns the new file. Where the group cannot
// be kept, that does only if it has the same rights as everyone: else another group would
// get them. The group goes first: who may not give the group may not give the owner
// either. An access control list is not copied. Where there is one, `stat` shows its mask
// in place of the group's rights, so that the group gets what the mask allows.
function copyOwnerAndMode(like: fs.Stats, descriptor: number): void {
  const { uid, gid, mode } = fs.fstatSync(descriptor);
  const hasGroup = gid === like.gid || tryChown(descriptor, uid, like.gid);
  const groupRights = (like.mode >> 3) & 0o7;
  const otherRights = like.mode & 0o7;
  if (!hasGroup && groupRights !== otherRights) {
    fail("unwritable", "its group cannot be kept, and has rights of its own");
  }
  if (hasGroup && uid !== like.uid) tryChown(descriptor, like.uid, like.gid);
  const wanted = like.mode & 0o7777;
  if ((mode & 0o7777) !== wanted) fs.fchmodSync(descriptor, wanted);
}

// Returns whether the system permitted it. EINVAL says that the user namespace has
// no number for the owner or the group.
function tryChown(descriptor: number, uid: number, gid: number): boolean {
  try {
    fs.fchownSync(descriptor, uid, gid);
    return true;
  } catch (error) {
    if (["EPERM", "EINVAL"].includes(errno(error))) return false;
    throw error;
  }
}

// Writes what was read to a name that is free, and returns that name.
function keepDamaged(target: string, damaged: Snapshot): string {
  for (let count = 0;; count++) {
    const name = `${target}.bad${count > 0 ? `.${count}` : ""}`;
    try {
      writeNew(name, damaged.bytes, damaged.stat);
      syncFolder(dirname(name));
      return name;
    } catch (error) {
      if (errno(error) !== "EEXIST") throw error;
    }
  }
}

function renameOver(temporary: string, target: string): void {
  try {
    fs.renameSync(temporary, target);
  } catch (error) {
    if (errno(error) !== "EBUSY") throw error;
    const advice = "nothing was changed; change it where it is mounted from";
    fail("unwritable", "it is a mount point", { advice });
  }
}

// Returns whether the name was free. TiUP may make the file at the last moment: a rename
// would replace it, and its uuid and secret would be lost.
function linkAsNew(temporary: string, target: string): boolean {
  try {
    fs.linkSync(temporary, target);
    remove(temporary);
  } catch (error) {
    if (errno(error) === "EEXIST") return false;
    renameOver(temporary, target); // a file system without hard links
  }
  return true;
}

function sweepTemporaryFiles(target: string): void {
  const folder = dirname(target);
  const isTemporary = (path: string) =>
    path.startsWith(target) &&
    /^\.[0-9a-f]{12}\.tmp$/.test(path.slice(target.length));
  quietly(() => {
    for (const name of fs.readdirSync(folder)) {
      const path = join(folder, name);
      if (isTemporary(path) && isOlder(path, OLD_TEMP_MS)) remove(path);
    }
  });
}

// Follows the last component of a path for as long as it is a symlink. A symlink that
// another user owns is refused: that user could lead us anywhere. Symlinks among the
// other components are the kernel's business, as for any program.
function followLinks(path: string): string {
  let at = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const stat = fs.lstatSync(at, { throwIfNoEntry: false });
    if (!stat?.isSymbolicLink()) return at;
    if (stat.uid !== 0 && stat.uid !== process.geteuid?.()) {
      fail("unwritable", `${safeJson(at)} is a symlink of another user`);
    }
    const link = fs.readlinkSync(at);
    const next = isAbsolute(link) ? link : `${dirname(at)}/${link}`;
    // The kernel resolves the folder: join() would drop `link/..` by its text.
    at = join(fs.realpathSync.native(dirname(next)), basename(next));
  }
  return fail("unwritable", `too many symlinks from ${safeJson(path)} on`);
}

// The mode is TiUP's from 1.12 on (pkg/utils/ioutil.go, MkdirAll). Each folder that is
// made is appended to `made`, so that the caller can remove it after a failure.
function makeFolders(folder: string, made: string[]): void {
  if (isThere(folder)) return;
  const parent = dirname(folder);
  makeFolders(parent, made);
  const mode = 0o755 | (fs.statSync(parent).mode & 0o777);
  try {
    fs.mkdirSync(folder, mode);
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error;
    if (isThere(folder)) return; // someone was faster
    fail("unwritable", `${safeJson(folder)} is a symlink that leads nowhere`);
  }
  made.push(folder);
  syncFolder(parent);
}

// Where this fails, the change was made all the same: only a power loss in the next
// seconds could undo it, to the old file, whole.
function syncFolder(folder: string): void {
  quietly(() => {
    const descriptor = fs.openSync(folder, O_RDONLY | O_DIRECTORY | CALM);
    quietly(() => fs.fsyncSync(descriptor));
    close(descriptor);
  });
}

// The work must not await: the lock is released as soon as it returns.
async function withLock<T>(
  path: string,
  deadline: number,
  work: (lock: Lock) => T,
): Promise<T> {
  for (;;) {
    const lock = tryLock(path);
    if (lock) {
      try {
        return work(lock);
      } finally {
        lock.release();
      }
    }
    breakStaleLock(path);
    if (monotonicMs() > deadline) fail("locked", `${safeJson(path)} is held`);
    await sleep(1 + Math.random() * 9);
  }
}

// Undefined where someone else has it. The descriptor stays open, so that no other
// file can get the inode of ours.
function tryLock(path: string): Lock | undefined {
  let descriptor: number;
  try {
    descriptor = fs.openSync(path, CREATE, 0o600);
  } catch (error) {
    if (errno(error) === "EEXIST") return undefined;
    throw error;
  }
  const isHeld = () => {
    const named = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return named?.ino === fs.fstatSync(descriptor, { bigint: true }).ino;
  };
  const release = () => {
    quietly(() => isHeld() && fs.unlinkSync(path));
    close(descriptor);
  };
  return { isHeld, release };
}

// `<lock>.break` is a lock on the right to remove `<lock>`. Whoever holds it asks once
// more whether `<lock>` is stale: another process may have removed the stale one, and
// a third may have locked since. One gap is left. Two processes may find the same
// `.break` stale, and the slower one removes the new `.break` of the faster. Then both
// have the right, and one may remove a live `<lock>`. Its holder notices by isHeld().
function breakStaleLock(path: string): void {
  if (!isOlder(path, STALE_LOCK_MS)) return;
  const breakPath = `${path}.break`;
  const breakLock = tryLock(breakPath);
  if (!breakLock) {
    if (isOlder(breakPath, STALE_LOCK_MS)) removeStaleLock(breakPath);
    return;
  }
  try {
    if (isOlder(path, STALE_LOCK_MS)) removeStaleLock(path);
  } finally {
    breakLock.release();
  }
}

function removeStaleLock(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (errno(error) === "ENOENT") return;
    const reason = `${safeJson(path)} is stale and cannot be removed`;
    const advice =
      "nothing was changed; it will not go away by itself: remove it";
    fail("locked", `${reason} (${reasonOf(error)})`, { advice });
  }
}

function isOlder(path: string, milliseconds: number): boolean {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && ageOf(stat) > milliseconds;
}

// A date in the future counts as old: the clock was set since. On a file server whose
// clock is more than five seconds off, every lock is stale; what remains is isHeld().
function ageOf(stat: fs.Stats): number {
  return Math.abs(Date.now() - stat.mtimeMs);
}

// Not Date.now(), which may jump; not performance.now(), which is slow to load.
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

// For what cannot change the outcome: its failure is ignored.
function quietly(action: () => unknown): void {
  try {
    action();
  } catch { /* ignored */ }
}

function close(descriptor: number | undefined): void {
  if (descriptor !== undefined) quietly(() => fs.closeSync(descriptor));
}

function remove(path: string): void {
  quietly(() => fs.unlinkSync(path));
}

function isFile(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

// For refuseEnvFiles(): the name of one, or undefined.
function envFileIn(folder: string): string | undefined {
  return fs.readdirSync(folder).find((name) => /^\.env(\.|$)/.test(name));
}

// Reads /etc/passwd as Go's os/user does (lookup_unix.go). A line is
// name:password:uid:gid:comment:home:shell.
function findUser(uid: number): User | undefined {
  const file = "/etc/passwd";
  const text = isThere(file) ? fs.readFileSync(file, "utf8") : "";
  for (const line of text.split("\n")) {
    const fields = line.trim().split(":");
    const [name = "", , lineUid, gid = "", , home = ""] = fields;
    const isEntry = fields.length >= 7 && /^[^#+-]/.test(name) &&
      /^[+-]?\d+$/.test(gid);
    if (isEntry && lineUid === String(uid)) return { name, home };
  }
  return undefined;
}

// Finds what someone else than root could change on the path to a file: each path
// component must be root's, and without a write bit for others. Symlinks of root's
// are followed. In a sticky folder others cannot replace what is there, but they can
// make what is missing.
function inspectPath(file: string): PathFinding {
  const names = namesOf(file); // of the components that are still to come
  let path = "/";
  let othersCanMake = false; // whether others can make the component at hand
  let links = 0;
  for (;;) {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stat) {
      return othersCanMake ? { kind: "missing", path } : { kind: "safe" };
    }
    if (stat.uid !== 0) return { kind: "foreign", path, uid: stat.uid };
    if (stat.isSymbolicLink()) {
      if (path.startsWith("/proc/")) return { kind: "proc", path };
      links += 1;
      if (links > MAX_LINKS) fail("unreadable", "too many symlinks");
      // Goes on with the names in the link, from where they count.
      const target = fs.readlinkSync(path);
      names.unshift(...namesOf(target));
      path = isAbsolute(target) ? "/" : dirname(path);
      continue;
    }
    const othersCanWrite = (stat.mode & 0o022) !== 0;
    const isSticky = stat.isDirectory() && (stat.mode & 0o1000) !== 0;
    // Lock and temporary file are made in the last folder, which holds the file.
    const isLastFolder = names.length === 1;
    if (othersCanWrite && (!isSticky || isLastFolder)) {
      return { kind: kindOfWritable(path, stat, links > 0), path };
    }
    othersCanMake = othersCanWrite; // if so, then in a sticky folder
    const name = names.shift();
    if (name === undefined) return { kind: "safe" };
    path = join(path, name); // `..` by its text, as `path` holds no symlink
  }
}

// What is "writable" is answered with the advice to close it (chmod go-w), what is
// "shared" is not: a device, and most of what a symlink leads to, such as /tmp, has to
// stay open for others. A telemetry folder never has to, and is "writable" also there.
function kindOfWritable(
  path: string,
  stat: fs.Stats,
  isBehindLink: boolean,
): "shared" | "writable" {
  const isDevice = !stat.isFile() && !stat.isDirectory();
  const isElsewhere = isBehindLink && basename(path) !== "telemetry";
  return isDevice || isElsewhere ? "shared" : "writable";
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

// For a command that people paste: a text that a shell would have to have quoted is
// replaced by a placeholder.
function shellWord(text: string, placeholder: "PATH" | "NAME"): string {
  return /^[\w./@+][\w./@+-]*$/.test(text) ? text : placeholder;
}

// Root uses only what nobody but root can change. That goes for reading, too: whoever
// controls a path could have root open a device or a terminal.
function refuseForRoot(file: string): void {
  if (process.geteuid?.() !== 0) return;
  const finding = inspectPath(file);
  if (finding.kind === "safe") return;
  const path = safeJson(finding.path);
  const word = shellWord(finding.path, "PATH");
  const rule = "and root uses only what nobody else can change";
  switch (finding.kind) {
    case "foreign": {
      const { uid } = finding;
      const name = uid === OVERFLOW_UID ? undefined : findUser(uid)?.name;
      const owner = name === undefined ? `user ${uid}` : printable(name);
      const advice = name === undefined
        ? "use --as-root where nobody else uses this machine"
        : `run it as that user: sudo -u ${shellWord(name, "NAME")}`;
      return fail("refused", `${path} belongs to ${owner}, ${rule}`, {
        advice,
      });
    }
    case "writable":
      return fail("refused", `others can change ${path}, ${rule}`, {
        advice: `chmod go-w ${word}`,
      });
    case "shared":
      return fail("refused", `others can change ${path}, ${rule}`, {
        advice: "use a home that only root can change",
      });
    case "proc":
      return fail("refused", `${path} is a symlink of /proc, ${rule}`, {
        advice: "use a home that only root can change",
      });
    case "missing":
      return fail("refused", `others can make ${path}, ${rule}`, {
        advice: `make it first: mkdir ${word}`,
      });
  }
}

// ----------------------------------------------------- The four commands

const COMMANDS: { readonly [name in Command]: CommandEntry } = {
  status: {
    summary: "Show the status and the uuid, change nothing",
    flags: [],
    change: () => ({}),
  },
  enable: {
    summary: "Turn telemetry on",
    flags: ["check", "force"],
    change: ({ uuid, secret }) => ({
      uuid: uuid || mintUuid(),
      secret: secret || mintSecret(),
      status: "enable",
    }),
  },
  disable: {
    summary: "Turn telemetry off",
    flags: ["check", "force"],
    change: () => ({ status: "disable" }),
  },
  reset: {
    summary: "Mint a new uuid",
    flags: ["all", "force"],
    change: (_, { all }) =>
      all ? { uuid: mintUuid(), secret: mintSecret() } : { uuid: mintUuid() },
  },
};

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
export async function readMeta(home: string): Promise<Meta | undefined> {
  refuseOddPath(home);
  const file = metaFile(absoluteHome(home, workingFolder()));
  try {
    const snapshot = await readSettled(file);
    return snapshot && parseMeta(decode(snapshot.bytes));
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}

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
export async function runCommand(
  command: Command,
  home: string,
  options: Options = {},
): Promise<Outcome> {
  refuseOddPath(home);
  const file = metaFile(absoluteHome(home, workingFolder()));
  const { plan, ...rest } = await carryOut(command, file, options);
  const { status, uuid } = options.check ? plan.before : plan.after;
  return {
    command,
    home,
    file,
    source: rest.source,
    status: statusOf(status),
    previous: statusOf(plan.before.status),
    found: plan.before.status,
    uuid,
    changed: plan.changed,
    homeMissing: rest.homeMissing,
    kept: rest.kept,
  };
}

// Plans again for as long as someone else changes the file in between.
async function carryOut(
  command: Command,
  file: string,
  options: Options,
): Promise<CarriedOut> {
  const home = dirname(dirname(file));
  const deadline = monotonicMs() + GIVE_UP_MS;
  let homeMissing = false;
  try {
    for (let round = 1;; round++) {
      const snapshot = await readSettled(file);
      const plan = makePlan(command, snapshot, options);
      const source = snapshot ? "file" : "default";
      homeMissing ||= !snapshot && !isThere(home);
      if (!plan.changed || options.check) {
        return { plan, source, homeMissing, kept: undefined };
      }
      const swapped = await compareAndSwap(file, snapshot, plan, deadline);
      if (swapped.kind === "done") {
        return { plan, source, homeMissing, kept: swapped.kept };
      }
      // withLock() gives up by the same deadline. So a first round is late only where
      // this process was suspended, or got the lock at the last moment: it gets another.
      const isLate = round > 1 && monotonicMs() > deadline;
      if (isLate) fail("locked", "it keeps changing");
    }
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}

// With `force` a text that cannot be parsed is replaced as if the file were empty. What
// is no regular file, or too large, is not: it has failed in readSettled() already.
function makePlan(
  command: Command,
  snapshot: Snapshot | undefined,
  options: Options,
): Plan {
  try {
    const text = snapshot ? decode(snapshot.bytes) : "";
    return planChange(command, text, options);
  } catch (error) {
    const isInvalid = error instanceof MetaError &&
      error.code === "invalid-meta";
    const canForce = COMMANDS[command].flags.includes("force");
    const isForced = options.force === true && canForce && !options.check;
    if (!isInvalid || !isForced) throw error;
    const plan = planChange(command, "", options);
    return { ...plan, damaged: true, changed: true };
  }
}

function planChange(command: Command, old: string, options: Options): Plan {
  const lines = findLines(old);
  const before = valuesOf(lines);
  const changes = COMMANDS[command].change(before, options);
  const text = editLines(old, lines, changes);
  const after = { ...before, ...changes };
  return { before, after, text, damaged: false, changed: text !== old };
}

function mintSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes).toString("hex");
}

function statusOf(status: string): Status {
  return status === "enable" ? "enable" : "disable";
}

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
export function isProved(
  outcome: Pick<Outcome, "source" | "status">,
  wanted: Command,
): boolean {
  return outcome.source === "file" && outcome.status === wanted;
}

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
export function exitOnSignals(): void {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => process.exit(128 + number));
  }
}

// ---------------------------------------------------------------- Homes

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
export function findHome(env: Environment): string {
  if (env["TIUP_HOME"]) return env["TIUP_HOME"];
  const user = process.platform === "darwin" ? undefined : findSelf();
  const directory = user ? user.home : env["HOME"];
  if (directory) return join(directory, ".tiup");
  const reason = user
    ? "the user's line in /etc/passwd names no home directory"
    : "neither /etc/passwd nor HOME tells the home directory";
  return fail("unreadable", reason, {
    advice: "name the home, or set TIUP_HOME",
  });
}

function findSelf(): User | undefined {
  try {
    return findUser(process.getuid?.() ?? -1);
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}

/**
 * Refuses a path that is surely a mistake, as far as its text shows: it begins with `~`,
 * or is that of a meta file.
 *
 * @param home the path as a user gave it
 * @throws {MetaError} `refused`, with what to write instead
 */
export function refuseHomeText(home: string): void {
  const name = safeJson(home);
  if (home.startsWith("~")) {
    const meant = safeJson(`./${home}`);
    fail("refused", `~ is not expanded in ${name}`, {
      advice: `write the path in full, or ${meant} for that very name`,
    });
  }
  if (/(^|\/)telemetry\/+meta\.yaml\/*$/.test(home)) {
    const meant = safeJson(dirname(dirname(home)));
    fail("refused", `${name} is the file in a home`, {
      advice: `write the home, ${meant}`,
    });
  }
}

/**
 * Refuses a path that is surely a mistake, as far as a look at the disk shows: it is the
 * telemetry folder of a home, or a folder that holds a `.tiup`.
 *
 * @param home the path as a user gave it
 * @throws {MetaError} `refused`, with what to write instead; `unreadable` where that
 *   cannot be seen
 */
export function refuseHomeByLook(home: string): void {
  try {
    lookAtHome(home);
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}

function lookAtHome(home: string): void {
  const name = safeJson(home);
  if (basename(home) === "telemetry" && isThere(join(home, "meta.yaml"))) {
    fail("refused", `${name} is the folder in a home`, {
      advice: `write the home, ${safeJson(dirname(home))}`,
    });
  }
  // The file first: where it is there, Deno needs no permission to look at more.
  if (isThere(metaFile(home)) || isThere(join(home, "telemetry"))) return;
  const inner = join(home, ".tiup");
  if (isThere(inner)) {
    fail("refused", `${name} holds a home and is none`, {
      advice: `write ${safeJson(inner)}`,
    });
  }
}

// What only a list can hold: a home that was cut out of it wrongly.
function refuseListEntry(entry: string): void {
  const name = safeJson(entry);
  if (entry.startsWith("\ufeff")) {
    fail("refused", `${name} begins with a byte order mark`, {
      advice: "save the list as UTF-8 without one",
    });
  }
  if (entry.includes("\0")) {
    fail("refused", `${name} holds a NUL`, {
      advice: "add --null, or save the list as UTF-8",
    });
  }
  if (entry.endsWith("\r")) {
    fail("refused", `${name} ends in a carriage return`, {
      advice: "save the list without carriage returns",
    });
  }
}

// ------------------------------------------------------- Output (pure)

// What TiUP's releases make of a missing file.
const ERAS = "TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as " +
  "enabled; from 1.16.3 it has no telemetry";

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
export function remarks(
  outcome: Outcome,
  env: Environment,
  options: RemarkOptions = {},
): Remark[] {
  const { command, file, source, status, found, homeMissing } = outcome;
  const { DO_NOT_TRACK = "", TIUP_TELEMETRY_STATUS: variable } = env;
  const name = safeJson(file);
  const folder = safeJson(outcome.home);
  const lines: Remark[] = [];
  const note = (text: string) => lines.push({ level: "note", text });
  const warn = (text: string) => lines.push({ level: "warning", text });
  if (command === "status" && source === "default") {
    const eras = options.erasSaid ? "" : `: ${ERAS}`;
    if (homeMissing) warn(`No folder ${folder}, so no file ${name}${eras}`);
    else note(`No file ${name}${eras}`);
  }
  const onlyReads = isReadOnly(command, options.check);
  if (homeMissing && !onlyReads) {
    const text = `The folder ${folder} was missing and was made`;
    if (options.isNamed) warn(text);
    else note(text);
  }
  if (onlyReads && !["", "enable", "disable"].includes(found)) {
    const what = `Unknown status ${safeJson(found)} in ${name}`;
    warn(`${what}: TiUP takes it as disabled`);
  }
  if (status === "enable" && !["", "0", "false"].includes(DO_NOT_TRACK)) {
    warn(`TiUP ignores DO_NOT_TRACK, and ${name} says enable`);
  }
  if (variable && statusOf(variable) !== status) {
    const what = `TIUP_TELEMETRY_STATUS is ${safeJson(variable)}, and what`;
    warn(`${what} starts from here follows that, not ${name}`);
  }
  return lines;
}

/**
 * Warns where `HOME` is not where TiUP looks (see findHome).
 *
 * @param home the home that was found
 * @param env the environment, of which `TIUP_HOME` and `HOME` are read
 * @returns one warning, or nothing
 */
export function homeRemarks(home: string, env: Environment): Remark[] {
  const { TIUP_HOME, HOME } = env;
  if (TIUP_HOME || !HOME || join(HOME, ".tiup") === join(home)) return [];
  const where = `HOME is ${safeJson(HOME)}, but TiUP follows /etc/passwd`;
  return [{ level: "warning", text: `${where}: using ${safeJson(home)}` }];
}

function isReadOnly(command: Command, check = false): boolean {
  return command === "status" || check;
}

// What `--check` found instead of the state.
function differenceText(outcome: Outcome, erasSaid: boolean): string {
  const { command, file, source, found } = outcome;
  const name = safeJson(file);
  if (source === "file") {
    return `${name} says ${wordFor(found)}, not ${command}`;
  }
  const eras = erasSaid ? "" : `: ${ERAS}`;
  return `No file ${name}, so nothing says ${command}${eras}`;
}

// What only a person at a terminal is told: which file it was, and what changed.
// Where there are many homes, a header names each.
function terminalNote(run: Run, outcome: Outcome): Remark[] {
  const { command, source, status, changed } = outcome;
  const name = safeJson(outcome.file);
  const note = (text: string): Remark[] => [{ level: "note", text }];
  if (isReadOnly(command, run.options.check)) {
    return source === "file" && !hasMany(run) ? note(`Read ${name}`) : [];
  }
  if (!changed) return note(`Not changed ${name}: ${status} already`);
  return note(`Changed ${name}: ${changeText(run, outcome)}`);
}

function changeText(run: Run, outcome: Outcome): string {
  const { command, source, status, found, kept } = outcome;
  if (kept !== undefined) {
    const where = `the damaged file is kept as ${safeJson(kept)}`;
    return `a new file, ${status} now, ${where}`;
  }
  if (command === "reset") {
    return run.options.all
      ? "the uuid and the secret are new"
      : "the uuid is new";
  }
  // It said so before, but lacked the uuid or the secret.
  if (found === status) return `${status} before, now complete`;
  const before = source === "file" ? wordFor(found) : "no file";
  return `${before} before, ${status} now`;
}

function hasMany(run: Run): boolean {
  return run.homes.length > 1 || run.homes.includes("-");
}

function wordFor(status: string): string {
  switch (status) {
    case "":
      return "no status";
    case "enable":
    case "disable":
      return status;
    default:
      return safeJson(status);
  }
}

function formatRemark({ level, text }: Remark): string {
  return `${level}: ${text}`;
}

function formatText(
  { command, status, uuid }: Outcome,
  check: boolean,
): string {
  const state = `status: ${status}\nuuid: ${printable(uuid)}\n`;
  if (check) return state;
  switch (command) {
    case "status":
      return state;
    case "enable":
      return "Enable telemetry success\n";
    case "disable":
      return "Disable telemetry success\n";
    case "reset":
      return `Reset uuid as: ${uuid} success\n`;
  }
}

function formatJson(outcome: Outcome): string {
  const { command, home, file, source, status, uuid, changed } = outcome;
  const previous = command === "status" ? undefined : outcome.previous;
  const state = { source, status, previous, uuid: uuid || null, changed };
  return `${safeJson({ schema: 1, command, home, file, ...state })}\n`;
}

function formatFailure(
  command: Command,
  home: string | null,
  file: string | null,
  error: MetaError,
): string {
  const { code, line } = error;
  const failure = { code, message: describe(error, file ?? home), line };
  return `${safeJson({ schema: 1, command, home, file, error: failure })}\n`;
}

function formatTally(run: Run, tally: Tally, soFar = ""): string {
  const { homes, disable, enable, failed, withoutFile } = tally;
  // A change makes the file. Where one is only looked for, nothing says "disable".
  const isUnsaid = isReadOnly(run.command, run.options.check) &&
    withoutFile > 0;
  const unsaid = isUnsaid ? ` (${withoutFile} without a file)` : "";
  const states = `${disable} disabled${unsaid}, ${enable} enabled`;
  return `note: ${homes} homes${soFar}: ${states}, ${failed} failed`;
}

// -------------------------------------------- Arguments and help (cac)

const FLAGS = {
  home: "Use this TiUP home; repeat for more, or - to read a list",
  null: "Homes of the list end with NUL, as from find -print0",
  json: "Print one JSON object a line instead of text",
  "as-root": "As root, also use homes that others can change",
  check: "Change nothing; exit 3 unless a file is in that state",
  all: "Also mint a new secret, so that reports cannot be linked",
  force: "Keep a damaged file as meta.yaml.bad, write a new one",
} as const;

const DESCRIPTION =
  "Check TiUP's telemetry, turn it on or off, prove its state";

const LIST = "find /srv -maxdepth 2 -name .tiup -print0 |";
const EXAMPLES: { readonly [name in Command | "help"]: readonly string[] } = {
  help: [
    "  telemetry status            # what the file says",
    "  telemetry disable           # turn telemetry off",
    "  telemetry disable --check   # prove that it is off, change nothing",
  ],
  status: [
    "  telemetry status",
    "  telemetry status --home /srv/tiup --json",
    `  ${LIST} telemetry status --home - --null`,
  ],
  enable: [
    "  telemetry enable",
    "  telemetry enable --check --home /srv/tiup",
  ],
  disable: [
    "  telemetry disable",
    "  telemetry disable --check --home /srv/tiup",
    `  ${LIST} telemetry disable --home - --null`,
  ],
  reset: [
    "  telemetry reset         # a new uuid",
    "  telemetry reset --all   # and a new secret: no link to earlier reports",
  ],
};

const COMMON_FLAGS = ["home", "null", "json", "as-root", "help", "version"];

const VERSION_FLAGS = ["-v", "--version"];
const TEXT_FLAGS = ["-h", "--help", ...VERSION_FLAGS];

const EXIT = { done: 0, failed: 1, usage: 2, differs: 3 } as const;

const EXIT_CODES: { readonly [name in keyof typeof EXIT]: string } = {
  done: "done, or already so",
  failed: "a home failed, or the whole run; standard error says why",
  usage: "usage; nothing was read or written",
  differs: "--check: a file is in another state, or is missing",
};

const NO_FLAGS: ParsedFlags = { kind: "flags", options: {} };

const USAGE = "usage: telemetry <command> [flags], see telemetry --help";

const COMMAND_NAMES = Object.keys(COMMANDS) as Command[];

/** Ends the run with one line on standard error. */
class RunError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

function failUsage(message: string): never {
  throw new RunError(`${message}; ${USAGE}`, EXIT.usage);
}

function parseArguments(argv: readonly string[]): Request {
  const { homes, words, flags } = expandHelp(sortArguments(argv));
  const [command] = words;
  if (command !== undefined && !isCommand(command)) failUnknownCommand(command);
  const isPlain = words.length === 1 && flags.length === 0;
  // Where there is nothing to parse, cac is not asked: it takes as long as all the
  // rest of a run.
  const parsed = isPlain ? NO_FLAGS : parseFlags(command, words, flags);
  if (parsed.kind === "text") return parsed;
  if (command === undefined) return failUsage("No command");
  const has = (name: string) => parsed.options[name] === true;
  if (has("null") && !homes.includes("-")) {
    failUsage("--null goes with --home -");
  }
  const run: Run = {
    command,
    homes,
    json: has("json"),
    separator: has("null") ? "\0" : "\n",
    asRoot: has("asRoot"),
    options: { check: has("check"), all: has("all"), force: has("force") },
  };
  return { kind: "run", run };
}

function parseFlags(
  command: Command | undefined,
  words: readonly string[],
  flags: readonly string[],
): ParsedFlags {
  refuseFlags(flags, command);
  const isProof = flags.includes("--check");
  if (isProof && flags.some((flag) => TEXT_FLAGS.includes(flag))) {
    failUsage("--check goes without --help and --version"); // 0 would prove nothing
  }
  const cli = makeCli(command);
  // cac takes no notice of the version beside a command, and makes a list of a flag
  // that is given twice.
  const version = flags.find((flag) => VERSION_FLAGS.includes(flag));
  const given = version ? [version] : [...words, ...new Set(flags)];
  const text = capture(() => cli.parse(["", "", ...given], { run: false }));
  if (text) return { kind: "text", text };
  try {
    cli.matchedCommand?.checkUnusedArgs();
  } catch (error) {
    failUsage(reasonOf(error));
  }
  return { kind: "flags", options: cli.options };
}

// cac would take `5` for a number, and a word behind a flag for its value.
function sortArguments(argv: readonly string[]): Arguments {
  const homes: string[] = [];
  const words: string[] = [];
  const flags: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--home") {
      index += 1;
      homes.push(checkHome(argv[index] ?? ""));
    } else if (word.startsWith("--home=")) {
      homes.push(checkHome(word.slice("--home=".length)));
    } else if (word.startsWith("-")) flags.push(word);
    else words.push(word);
  }
  if (homes.filter((home) => home === "-").length > 1) {
    failUsage("--home - is given twice");
  }
  return { homes, words, flags };
}

function checkHome(home: string): string {
  if (home === "" || (home.startsWith("-") && home !== "-")) {
    failUsage("--home needs a directory, or - for standard input");
  }
  try {
    refuseHomeText(home);
  } catch (error) {
    if (!(error instanceof MetaError)) throw error;
    failUsage(`${error.message}; ${error.advice}`);
  }
  return home;
}

// `help [command]` is `[command] --help`.
function expandHelp(given: Arguments): Arguments {
  if (given.words[0] !== "help") return given;
  const words = given.words.filter((word) => word !== "help");
  if (given.flags.length > 0 || given.homes.length > 0) {
    failUsage("help takes no flags");
  }
  if (words.length > 1) failUsage("help takes one command");
  return { homes: [], words, flags: ["--help"] };
}

// cac would also take `--no-check`, `--check=no`, `--check.x`, `-` and `--`.
function refuseFlags(flags: readonly string[], command?: Command): void {
  const all = [...new Set(COMMAND_NAMES.flatMap(flagsOf))];
  const valid = command ? flagsOf(command) : all;
  const odd = flags.find((flag) => !valid.includes(flag));
  if (odd === undefined) return;
  const takers = COMMAND_NAMES.filter((name) => flagsOf(name).includes(odd));
  if (takers.length > 0) failUsage(`${odd} goes with ${takers.join(", ")}`);
  const long = all.filter((flag) => flag.startsWith("--"));
  failUnknown("flag", odd, long.find((flag) => isOneLetterOff(odd, flag)));
}

function flagsOf(command: Command): string[] {
  const names = [...COMMON_FLAGS, ...COMMANDS[command].flags];
  return ["-h", "-v", ...names.map((name) => `--${name}`)];
}

function failUnknownCommand(given: string): never {
  switch (given) {
    case "off":
      return failUnknown("command", given, "disable");
    case "on":
      return failUnknown("command", given, "enable");
  }
  const near = [...COMMAND_NAMES, "help"].find((name) =>
    isOneLetterOff(given, name)
  );
  return failUnknown("command", given, near);
}

function failUnknown(kind: string, given: string, meant?: string): never {
  const hint = meant === undefined ? "" : `, did you mean ${meant}?`;
  return failUsage(`Unknown ${kind} ${safeJson(given)}${hint}`);
}

// Whether a letter was left out, added or changed, or two were swapped.
function isOneLetterOff(given: string, word: string): boolean {
  let start = 0;
  while (start < word.length && given[start] === word[start]) start += 1;
  const rest = given.slice(start);
  const wanted = word.slice(start);
  const isLeftOut = rest === wanted.slice(1);
  const isAdded = rest.slice(1) === wanted;
  const isChanged = rest.slice(1) === wanted.slice(1);
  const swapped = wanted.slice(1, 2) + wanted.slice(0, 1) + wanted.slice(2);
  return isLeftOut || isAdded || isChanged || rest === swapped;
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(COMMANDS, name);
}

function makeCli(asked: Command | undefined): CAC {
  const cli = cac("telemetry").usage("<command> [flags]")
    .option("--home <dir>", FLAGS.home)
    .option("--null", FLAGS.null)
    .option("--json", FLAGS.json)
    .option("--as-root", FLAGS["as-root"])
    .version(VERSION)
    .help((sections) => arrangeHelp(sections, asked));
  for (const name of COMMAND_NAMES) {
    const { summary, flags } = COMMANDS[name];
    const command = cli.command(name, summary).usage(`${name} [flags]`);
    for (const flag of flags) command.option(`--${flag}`, FLAGS[flag]);
  }
  cli.command("help [command]", "Show this help, or that of a command");
  return cli;
}

// Examples first, and only the exit codes that the command has.
function arrangeHelp(
  sections: readonly HelpSection[],
  asked: Command | undefined,
): HelpSection[] {
  const body = (title: string) =>
    sections.find((section) => section.title === title)?.body
      .replace(/ +$/gm, "") ?? "";
  const title = asked
    ? `telemetry ${asked}: ${COMMANDS[asked].summary}`
    : `telemetry: ${DESCRIPTION}`;
  const canDiffer = !asked || COMMANDS[asked].flags.includes("check");
  const codes = Object.entries(EXIT_CODES)
    .filter(([name]) => canDiffer || name !== "differs")
    .map(([name, when]) => `  ${EXIT[name as keyof typeof EXIT]}  ${when}`);
  return [
    { body: title },
    { title: "Examples", body: EXAMPLES[asked ?? "help"].join("\n") },
    { title: "Usage", body: body("Usage") },
    ...asked ? [] : [{ title: "Commands", body: body("Commands") }],
    { title: "Flags", body: body("Options") },
    { title: "Exit codes", body: codes.join("\n") },
  ];
}

// cac prints by console.info, which on some runtimes drops what cannot be written.
function capture(action: () => void): string {
  const { info } = console;
  let text = "";
  console.info = (line: string) => text += `${line}\n`;
  try {
    action();
  } finally {
    console.info = info;
  }
  return text;
}

// ------------------------------------------------ The loop over the homes

async function runAll(run: Run, env: Environment): Promise<number> {
  const onlyReads = isReadOnly(run.command, run.options.check);
  const context: Context = {
    env: variablesFor(run, env),
    folder: workingFolder(),
    isTerminal: await isTerminalAt(2),
  };
  if (!onlyReads) exitOnSignals();
  const tally: Tally = {
    homes: 0,
    disable: 0,
    enable: 0,
    failed: 0,
    withoutFile: 0,
    differing: 0,
  };
  let isLost = false; // whether standard output is closed or full
  for await (const given of listHomes(run, context)) {
    if (!onlyReads && tally.homes > 0) await sleep(0); // lets a signal in
    const erasSaid = tally.withoutFile > 0; // once in a run will do
    const report = await attempt(run, given, context, erasSaid);
    const header = headerOf(run, given, tally.homes);
    isLost = await printReport(report, header, isLost);
    count(tally, report);
    // A run that changes files goes on: they matter more than what is printed of them.
    if (isLost && onlyReads) break;
    if (context.isTerminal && tally.homes % 1000 === 0) {
      await printLines([formatTally(run, tally, " so far")]);
    }
  }
  if (context.isTerminal && tally.homes > 1) {
    await printLines([formatTally(run, tally)]);
  }
  if (isLost || tally.failed > 0) return EXIT.failed;
  return tally.differing > 0 ? EXIT.differs : EXIT.done;
}

// Returns whether standard output is lost, be it now or before. That is said once.
async function printReport(
  report: Report,
  header: string,
  isLost: boolean,
): Promise<boolean> {
  const problem = isLost ? undefined : await printText(header + report.text);
  const lines = [...report.lines];
  if (problem !== undefined) lines.push(problem);
  await printLines(lines);
  return isLost || problem !== undefined;
}

function count(tally: Tally, report: Report): void {
  tally.homes += 1;
  tally[report.state] += 1;
  if (report.hadNoFile) tally.withoutFile += 1;
  if (report.differs) tally.differing += 1;
}

// Deno may refuse to read a variable. So all are read here, before anything is written,
// and the two that find a home only where none is named.
function variablesFor(run: Run, env: Environment): Environment {
  const { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS } = env;
  if (run.homes.length > 0) return { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS };
  const { TIUP_HOME, HOME } = env;
  return { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS, TIUP_HOME, HOME };
}

async function isTerminalAt(descriptor: 0 | 2): Promise<boolean> {
  try {
    // Most runs print into a pipe or a file, and need no look at node:tty.
    if (!fs.fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false; // it is closed
  }
  const { isatty } = await import("node:tty");
  return isatty(descriptor);
}

function headerOf(run: Run, given: Given, count: number): string {
  if (run.json || !hasMany(run) || given.kind === "tiup") return "";
  return `${count > 0 ? "\n" : ""}home: ${printable(given.home)}\n`;
}

async function* listHomes(
  run: Run,
  context: Context,
): AsyncGenerator<Given> {
  if (run.homes.length === 0) yield { kind: "tiup" };
  for (const home of run.homes) {
    if (home === "-") yield* listEntries(run, context);
    else yield { kind: "flag", home };
  }
}

async function* listEntries(
  run: Run,
  context: Context,
): AsyncGenerator<Given> {
  const [, program] = process.argv;
  if (program === "-") {
    throw new RunError("Standard input holds the program, and so no list");
  }
  if (context.isTerminal && await isTerminalAt(0)) {
    const unit = run.separator === "\n" ? "one a line" : "each ended by NUL";
    await printLines([`note: Reading homes, ${unit}; Ctrl-D ends the list`]);
  }
  let isEmpty = true;
  for await (const home of readEntries(run.separator)) {
    isEmpty = false;
    if (home.length <= MAX_PATH) yield { kind: "entry", home };
    else yield { kind: "overlong", home: `${home.slice(0, 100)}...` };
  }
  if (isEmpty) throw new RunError("No TiUP home on standard input");
}

// Reads the entries of standard input as they come, and skips empty ones.
async function* readEntries(separator: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  let isBeginning = true;
  for await (const chunk of process.stdin) {
    rest = Buffer.concat([rest, chunk]);
    if (isBeginning && /^(fffe|feff)/.test(rest.toString("hex", 0, 2))) {
      throw new RunError("The list is UTF-16; save it as UTF-8");
    }
    isBeginning = false;
    let start = 0;
    let end = rest.indexOf(separator);
    while (end >= 0) {
      if (end > start) yield rest.toString("utf8", start, end);
      start = end + 1;
      end = rest.indexOf(separator, start);
    }
    // Of an entry without an end only the beginning is kept. What still comes is appended
    // to it, so that it stays one entry, which is refused as longer than any path.
    rest = rest.subarray(start, start + MAX_ENTRY);
  }
  if (rest.length > 0) yield rest.toString();
}

async function attempt(
  run: Run,
  given: Given,
  context: Context,
  erasSaid: boolean,
): Promise<Report> {
  const warnings: Remark[] = [];
  let home: string | null = null;
  let file: string | null = null;
  try {
    home = given.kind === "tiup" ? findHome(context.env) : given.home;
    const absolute = absoluteHome(home, context.folder);
    file = metaFile(absolute);
    if (given.kind === "tiup") warnings.push(...homeRemarks(home, context.env));
    refuseHome(run, given, absolute);
    const result = await runCommand(run.command, absolute, run.options);
    const outcome = { ...result, home };
    const told = remarks(outcome, context.env, {
      check: run.options.check,
      isNamed: given.kind !== "tiup",
      erasSaid,
    });
    if (context.isTerminal) told.push(...terminalNote(run, outcome));
    return reportOutcome(run, outcome, [...warnings, ...told], erasSaid);
  } catch (error) {
    const failure = asMetaError(error, "unreadable");
    const line = `error: ${describe(failure, file ?? home)}`;
    return {
      state: "failed",
      hadNoFile: false,
      differs: false,
      text: run.json ? formatFailure(run.command, home, file, failure) : "",
      lines: [...warnings.map(formatRemark), line],
    };
  }
}

function reportOutcome(
  run: Run,
  outcome: Outcome,
  told: readonly Remark[],
  erasSaid: boolean,
): Report {
  const { check } = run.options;
  const differs = check && !isProved(outcome, run.command);
  const lines = told.map(formatRemark);
  if (differs) lines.push(`error: ${differenceText(outcome, erasSaid)}`);
  return {
    state: outcome.status,
    hadNoFile: outcome.source === "default",
    differs,
    text: run.json ? formatJson(outcome) : formatText(outcome, check),
    lines,
  };
}

function refuseHome(run: Run, given: Given, absolute: string): void {
  if (given.kind === "overlong") {
    fail("refused", "the entry of the list is longer than any path");
  }
  // That of a flag was checked with the arguments, as usage.
  if (given.kind === "entry") {
    refuseListEntry(given.home);
    refuseHomeText(given.home);
  }
  refuseOddPath(absolute);
  if (!run.asRoot) refuseForRoot(metaFile(absolute));
  if (given.kind !== "tiup") refuseHomeByLook(absolute);
}

// Returns a line that says why the text could not be printed, or undefined.
async function printText(text: string): Promise<string | undefined> {
  try {
    await write(1, text);
    return undefined;
  } catch (error) {
    return `error: Cannot write to standard output: ${reasonOf(error)}`;
  }
}

async function printLines(lines: readonly string[]): Promise<void> {
  try {
    await write(2, lines.map((line) => `${line}\n`).join(""));
  } catch { /* there is nowhere else to say it */ }
}

async function write(descriptor: 1 | 2, text: string): Promise<void> {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(descriptor, rest));
    } catch (error) {
      // A pipe that someone made non-blocking is full: wait for its reader.
      if (errno(error) !== "EAGAIN") throw error;
      await sleep(5);
    }
  }
}

// ---------------------------------------------------------- The program

async function main(argv: string[], env: Environment): Promise<number> {
  try {
    refuseRuntime();
    const request = parseArguments(argv);
    if (request.kind === "run") return await runAll(request.run, env);
    const problem = await printText(request.text);
    if (problem === undefined) return EXIT.done;
    await printLines([problem]);
    return EXIT.failed;
  } catch (error) {
    if (error instanceof RunError) {
      await printLines([`error: ${error.message}`]);
      return error.exitCode;
    }
    // An error of the system is about no home here: only its path says what it is about.
    const text = isFromSystem(error)
      ? printable(messageOf(error))
      : `internal: ${reasonOf(error)}`;
    await printLines([`error: ${text}`]);
    return EXIT.failed;
  }
}

const EVAL_FLAGS = ["-e", "-p", "-pe", "--eval", "--print"];
const ENV_FILE_FLAGS = ["--no-env-file", "--env-file"];

function refuseRuntime(): void {
  const { node = "", bun } = process.versions;
  if (Number.parseInt(node) < OLDEST_NODE) {
    const needed = `Node ${OLDEST_NODE}.0.0 or newer is needed`;
    throw new RunError(`${needed}, and this is ${node}`);
  }
  // With --eval, argv has no path of a script, and start() drops the first argument.
  const isEval = (flag: string) =>
    EVAL_FLAGS.includes(flag.split("=", 1)[0] ?? "");
  if (process.execArgv.some(isEval)) {
    throw new RunError("This text was started by --eval; start it as a file");
  }
  if (bun !== undefined) refuseEnvFiles();
}

// Bun reads .env files of the working directory into the environment, TiUP does not:
// one of them could name another home.
function refuseEnvFiles(): void {
  // Just these flags: --env-file-if-exists begins alike, and Bun takes no notice of it.
  const decides = (flag: string) =>
    ENV_FILE_FLAGS.includes(flag) || flag.startsWith("--env-file=");
  if (process.execArgv.some(decides)) return;
  const file = envFileIn(".");
  if (file === undefined) return;
  const why = `Bun may read ${safeJson(file)} in this folder, TiUP does not`;
  throw new RunError(`${why}; start it with bun --no-env-file`);
}

// Only for the source: of a bundle, BUNDLE says it.
function originOfSource(): Origin {
  const { main, url } = import.meta;
  // Node calls a module from standard input /[eval1], and also one from --eval, which
  // refuseRuntime() then refuses.
  if (main === true || url.endsWith("/[eval1]")) return "started";
  if (main === false) return "imported";
  // Node has no `main` before 24.2, so the path it was given must tell.
  const [, path] = process.argv;
  if (path === undefined) return "imported"; // by what was given to --eval
  // tsx also finds telemetry.ts as `telemetry` and as `telemetry.js`.
  const files = [path, `${path}.ts`, path.replace(/js$/, "ts")].filter(isFile);
  if (files.length === 0) return "unclear";
  const urls = files.flatMap((file) => [file, fs.realpathSync(file)])
    .map((file) => pathToFileURL(file).href);
  return urls.includes(url) ? "started" : "imported";
}

function startSource(): void {
  switch (originOfSource()) {
    case "imported":
      return;
    case "started":
      return start();
    case "unclear": {
      process.exitCode = EXIT.failed;
      const reason = "Cannot tell whether this file was started or imported";
      void printLines([`error: ${reason}; start it by its own name`]);
    }
  }
}

function start(): void {
  process.exitCode = EXIT.failed; // until the work is done
  void main(process.argv.slice(2), process.env).then((code) => {
    process.exitCode = code;
  });
}

/** What a bundle is, as build.ts writes into it; undefined from source. */
declare const BUNDLE: "program" | "library" | undefined;

if (typeof BUNDLE === "undefined") {
  startSource();
} else if (BUNDLE === "program") {
  start();
}
