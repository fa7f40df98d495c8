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
import { cac } from "cac";
import { Buffer, isUtf8 } from "node:buffer";
import * as fs from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { v4 as mintUuid } from "uuid";

// ---------------------------------------------------------------- Types

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
export type Environment = { readonly [name: string]: string | undefined };

// Importing node:process would start stdin, stdout and stderr: 2 ms on Node.
const { process } = globalThis;

const KEYS = ["uuid", "secret", "status"] as const;
const MAX_BYTES = 64 * 1024;
const MAX_LINKS = 40;
const DEAD_LOCK_MS = 5_000;
const GIVE_UP_MS = 10_000;
const OLD_TEMP_MS = 60_000;
const SETTLED_MS = 500;

// --------------------------------------------------------------- Errors

/** The `code` of a failure. */
export type ErrorCode = "invalid-meta" | "unreadable" | "unwritable" | "locked";

const ADVICE: { readonly [code in ErrorCode]: string } = {
  "invalid-meta":
    `mend the file, or let enable, disable or reset with --force keep it as "meta.yaml.bad" and write a new one`,
  unreadable: "check the path and its permissions",
  unwritable: "nothing was changed; check permissions, owner and disk",
  locked: "nothing was changed; remove the lock if no other command runs",
};

/** Says why a home or its meta file could not be used. */
export class MetaError extends Error {
  readonly code: ErrorCode;
  /** Line in the file, from 1, where it is known. */
  readonly line: number | undefined;

  constructor(code: ErrorCode, reason: string, line?: number) {
    super(reason);
    this.code = code;
    this.line = line;
  }
}

/** Says in one line which file failed, why, and what to do about it. */
export function describe(
  error: MetaError,
  file: string | null,
  advice: string = ADVICE[error.code],
): string {
  const where = error.line === undefined ? "" : `, line ${error.line}`;
  const change = error.code === "unwritable" || error.code === "locked";
  const what = file === null ? "a TiUP home" : safeJson(file);
  const failed = `Cannot ${change ? "change" : "read"} ${what}${where}`;
  return `${failed}: ${error.message}; ${advice}`;
}

function fail(code: ErrorCode, reason: string, line?: number): never {
  throw new MetaError(code, reason, line);
}

function asMetaError(error: unknown, code: ErrorCode): MetaError {
  if (error instanceof MetaError) return error;
  return new MetaError(code, reasonOf(error));
}

// Of "EACCES: permission denied, open '...'", without the path, which is unescaped.
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return printable(/^E[A-Z]+[:,] ([^,]+)/.exec(message)?.[1] ?? message);
}

function errno(error: unknown): string {
  return (error as { code?: string } | null)?.code ?? "";
}

// ------------------------------------------------------- Printable text

const PLAIN_ASCII = /^[ -~]*$/; // most text, and no look into Unicode's tables
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

// JSON.stringify leaves C1 and bidirectional controls as they are, and `##[`,
// in which a workflow runner sees a command anywhere in a line.
function safeJson(value: unknown): string {
  const json = JSON.stringify(value).replaceAll("##[", "#\\u0023[");
  if (PLAIN_ASCII.test(json)) return json;
  const escape = (unit: string) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(UNPRINTABLE, (c) => c.split("").map(escape).join(""));
}

/** Returns the text itself where it is plain, and a JSON string otherwise. */
export function printable(text: string): string {
  const plain = PLAIN_ASCII.test(text) || text.search(UNPRINTABLE) < 0;
  return plain && !/^"|##\[/.test(text) ? text : safeJson(text);
}

// -------------------------------------------------------- The meta text

// What yaml.v2 refuses, and what breaks a line in YAML 1.1 only.
const STRANGE =
  /\r(?!\n)|[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]/;
const HEAD = /^\ufeff?(---(\r?\n|$))?/;
const BLANK = /^ *(#.*)?\r?\n?$/;
const MARK = String.raw`([A-Za-z][\w-]{0,1023}):(?= |$)|-(?= )`; // yaml.v2: 1,024
const QUOTED = String.raw`'[^'\t]*'|"[^"\\\t]*"`;
const PLAIN = String
  .raw`[^ \t\-?:,[\]{}#&*!|>'"%@\x60](?:(?! #|:(?: |$))[^\t])*`;
const LINE = new RegExp(
  `^(( *)(?:${MARK}) *)(?:(${QUOTED}) *?|(${PLAIN}))?(?: #.*)?$`,
);

const HOLDS = 'a meta file holds lines "key: value", comments, and indented ' +
  "under other keys lists and mappings of one-line values";
// What a line is that is none of those; the first that fits names it.
const ODDITIES: readonly (readonly [look: RegExp, name: string])[] = [
  [STRANGE, "it holds a control character"],
  [/^[^#]*\t/, "it holds a tab"],
  [/^(---|\.\.\.)/, "it starts or ends a document"],
  [/^(\S+:)? *[[{]/, "it holds JSON or a flow collection"],
  [/^ *(\S+:|-) +["']/, "its quotes hold quotes or escapes, or do not end"],
  [/^ *(\S+:|-) +\W/, "it holds an anchor, a tag, or a text of several lines"],
  [LINE, "its key stands above already, or its indentation fits no line above"],
  [/^/, "it is no key with a value"],
];

/**
 * Parses the text of a meta file into the values that TiUP reads from it.
 *
 * TiUP reads with Go's yaml.v2 (pkg/telemetry/meta.go). This takes the lines that
 * TiUP and people write into that file, which every version of YAML reads alike,
 * and refuses the rest of YAML.
 *
 * @throws {MetaError} `invalid-meta`, with the line
 */
export function parseMeta(text: string): Meta {
  return metaOf(findLines(text));
}

function metaOf(lines: MetaLines): Meta {
  const [uuid = "", secret = "", status = ""] = KEYS.map((key) => {
    const { source = "" } = lines[key] ?? {};
    if (/^["']/.test(source)) return source.slice(1, -1);
    return /^(~|null|Null|NULL)$/.test(source) ? "" : source;
  });
  return { uuid, secret, status };
}

type MetaLines = Partial<Record<keyof Meta, Line>>;

function findLines(text: string): MetaLines {
  const lines: MetaLines = {};
  const levels: Line[] = [];
  const keys = new Set<string>();
  const [head = ""] = HEAD.exec(text) ?? [];
  let start = head.length;
  let number = head.split("\n").length;
  for (const row of text.slice(start).split(/(?<=\n)/)) {
    const line = parseLine(row, start);
    const { key = "" } = line?.indent === 0 ? line : {};
    const good = line ? nest(levels, line) && !keys.has(key) : BLANK.test(row);
    if (!good || STRANGE.test(row)) {
      const bare = row.replace(/\r?\n$/, "");
      const [, what] = ODDITIES.find(([look]) => look.test(bare)) ?? [];
      fail("invalid-meta", `${what}; ${HOLDS}`, number);
    }
    if (key) keys.add(key);
    if (line && isOurs(key)) lines[key] = line;
    start += row.length;
    number += 1;
  }
  return lines;
}

/** A line that holds something: `key: value`, `key:`, or `- value` in a list. */
type Line = NonNullable<ReturnType<typeof parseLine>>;

function parseLine(row: string, offset: number) {
  const [line, before = "", { length: indent } = "", key, quoted, plain] =
    LINE.exec(row.replace(/\r?\n$/, "")) ?? [];
  if (line === undefined) return undefined;
  const source = quoted ?? plain?.replace(/ +$/, "") ?? "";
  // A missing value goes right behind the colon.
  const start = offset + (source ? before : before.trimEnd()).length;
  const opens = !source && key !== undefined && !(isOurs(key) && indent === 0);
  return { indent, key, source, start, opens };
}

function isOurs(key: string): key is keyof Meta {
  return KEYS.some((known) => known === key);
}

// Of each level, from the margin on, the last line. False where a line stands deeper
// than it may, between two levels, or is of another kind.
function nest(levels: Line[], line: Line): boolean {
  const last = levels.at(-1);
  if (last?.opens && line.indent > last.indent) return levels.push(line) > 0;
  while ((levels.at(-1)?.indent ?? 0) > line.indent) levels.pop();
  const { indent, key } = levels.pop() ?? { indent: 0, key: "" };
  levels.push(line);
  const sameKind = (key === undefined) === (line.key === undefined);
  return sameKind && indent === line.indent;
}

/**
 * Replaces and adds values in the text of a meta file; every other byte stays.
 *
 * @throws {MetaError} `invalid-meta` where the new text would not say just that
 */
export function editMeta(text: string, changes: Partial<Meta>): string {
  const lines = findLines(text);
  return edit(text, lines, { ...metaOf(lines), ...changes });
}

function edit(text: string, lines: MetaLines, wanted: Meta): string {
  const before = metaOf(lines);
  const at = (key: keyof Meta) => lines[key]?.start ?? -1;
  const changed = KEYS.filter((key) => wanted[key] !== before[key]);
  if (changed.length === 0) return text;
  // From the end, so that what is to come stays in its place; new keys last.
  const edited = changed.sort((one, other) => at(other) - at(one))
    .reduce((text, key) => put(text, key, wanted[key], lines[key]), text);
  const reread = parseMeta(decode(Buffer.from(edited)));
  if (KEYS.some((key) => reread[key] !== wanted[key])) {
    fail("invalid-meta", "no edit changes just what was asked for");
  }
  return edited;
}

function put(text: string, key: string, value: string, line?: Line): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const written = stringifyValue(value);
  if (line) {
    const { source, start } = line;
    const [quote] = /^["']/.exec(source) ?? [];
    const by = quote ? quote + value + quote : (source ? "" : " ") + written;
    return text.slice(0, start) + by + text.slice(start + source.length);
  }
  // A missing last line break stays missing.
  const complete = text === "" || text.endsWith("\n");
  return complete
    ? `${text}${key}: ${written}${newline}`
    : `${text}${newline}${key}: ${written}`;
}

// As TiUP's yaml.v2 does: a secret that would read as a number is quoted.
function stringifyValue(value: string): string {
  const number = /^\d+(e\d+)?$/.test(value) && Number.isFinite(Number(value));
  return number || /^0b[01]+$/.test(value) ? `"${value}"` : value;
}

function decode(bytes: Buffer): string {
  const { length } = bytes;
  if (length > MAX_BYTES) fail("invalid-meta", "it is larger than 64 KiB");
  if (!isUtf8(bytes)) fail("invalid-meta", "it is not valid UTF-8");
  return bytes.toString();
}

// ------------------------------------------- The state file (all disk code)

/** Returns the path of the meta file in a TiUP home. */
export function metaFile(home: string): string {
  return join(home, "telemetry", "meta.yaml");
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  fs.constants;
type Bytes = Buffer | undefined;

// Never through, or over, something that was planted at the name.
const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

// Undefined where there is none; where it is too large, only something too large.
function readBytes(file: string): Bytes {
  // Without O_NONBLOCK a FIFO would wait for its writer.
  const open = () => fs.openSync(file, O_RDONLY | O_NONBLOCK);
  const descriptor = unless(["ENOENT"], open);
  if (descriptor === undefined) return undefined;
  try {
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) fail("unreadable", "it is not a regular file");
    if (stat.size > MAX_BYTES) return Buffer.alloc(MAX_BYTES + 1);
    return fs.readFileSync(descriptor);
  } finally {
    close(descriptor);
  }
}

// TiUP truncates before it writes: a file emptied just now may be full again in
// a moment, and what is empty at rest is older.
async function readSettled(file: string) {
  const deadline = Date.now() + SETTLED_MS;
  for (;;) {
    const bytes = readBytes(file);
    if (bytes?.length !== 0 || Date.now() > deadline) return bytes;
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (ageOf(stat) > SETTLED_MS) return bytes;
    await sleep(10);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

// All or nothing; false where the file no longer says `before`.
async function replaceFile(file: string, before: Bytes, plan: Plan) {
  const folder = followLinks(dirname(file));
  makeFolder(folder);
  const target = followLinks(join(folder, basename(file)));
  const { uid, missing } = process.geteuid?.() === 0 ? walk(folder) : HERE;
  if (uid || missing) fail("unwritable", "another user is making it, too");
  const isCurrent = () => {
    const now = readBytes(target);
    return now && before ? now.equals(before) : now === before;
  };
  return await withLock(`${target}.lock`, (isHeld) => {
    if (!isCurrent()) return false;
    sweepTemps(target);
    return commit(target, plan, () => isHeld() && isCurrent());
  });
}

function commit(target: string, plan: Plan, isOurTurn: () => boolean) {
  // Who may replace a file need not be allowed to write it: ask for both.
  const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
  const old = unless(["ENOENT"], () => fs.openSync(target, flags));
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  const temp = `${target}.${random.padStart(12, "0")}.tmp`;
  let kept: string | undefined;
  try {
    const stat = old === undefined ? undefined : fs.fstatSync(old);
    const replaceable = writeNew(temp, plan.text, stat);
    if (!isOurTurn()) return false;
    if (plan.damaged) kept = keepDamaged(target, stat);
    if (!replaceable || !renameOver(temp, target)) overwrite(old, plan.text);
    return true;
  } catch (error) {
    if (kept) remove(kept);
    throw error;
  } finally {
    remove(temp);
    close(old);
  }
}

// False where the owner of the old file cannot be kept. A new file gets the mode
// that TiUP gives it from 1.12 on (pkg/utils/ioutil.go, WriteFile).
function writeNew(path: string, content: string | Buffer, old?: fs.Stats) {
  const mode = old ? 0o600 : 0o644 | (fs.statSync(dirname(path)).mode & 0o666);
  const descriptor = fs.openSync(path, CREATE, mode);
  try {
    const made = fs.fstatSync(descriptor); // its mode is under the umask
    fs.fchmodSync(descriptor, 0o600); // nobody else reads it before it is done
    fs.writeFileSync(descriptor, content); // loops over short writes
    fs.fsyncSync(descriptor); // or a crash could leave the new name, empty
    if (old && (made.uid !== old.uid || made.gid !== old.gid)) {
      fs.fchownSync(descriptor, old.uid, old.gid);
    }
    fs.fchmodSync(descriptor, (old ?? made).mode & 0o7777);
    return true;
  } catch (error) {
    if (old && errno(error) === "EPERM") return false;
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

// False where the file is a mount point, which no rename can replace.
function renameOver(temp: string, target: string): boolean {
  try {
    fs.renameSync(temp, target);
  } catch (error) {
    if (errno(error) === "EBUSY") return false;
    throw error;
  }
  syncFolder(dirname(target));
  return true;
}

// In place, for a mount point or a file that must keep its owner. One write covers
// the old text, if need be with line breaks, so that no moment shows a mixture.
function overwrite(descriptor: number | undefined, text: string): void {
  if (descriptor === undefined || fs.fstatSync(descriptor).nlink !== 1) {
    fail("unwritable", "it has hard links and cannot be replaced");
  }
  const old = fs.readFileSync(descriptor);
  const length = Buffer.byteLength(text);
  const padding = "\n".repeat(Math.max(0, old.length - length));
  try {
    writeStart(descriptor, Buffer.from(text + padding), length);
  } catch (error) {
    writeStart(descriptor, old, old.length); // a full disk has its blocks
    throw error;
  }
}

function writeStart(descriptor: number, bytes: Buffer, length: number): void {
  for (let at = 0; at < bytes.length;) {
    at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
  }
  fs.ftruncateSync(descriptor, length);
  fs.fsyncSync(descriptor);
}

// Copies it, with mode and owner, to a name that is free.
function keepDamaged(target: string, old?: fs.Stats) {
  for (let count = 0;; count++) {
    const name = `${target}.bad${count ? `.${count}` : ""}`;
    try {
      writeNew(name, fs.readFileSync(target), old);
      return name;
    } catch (error) {
      if (errno(error) === "EEXIST") continue;
      remove(name);
      throw error;
    }
  }
}

function sweepTemps(target: string): void {
  for (const name of fs.readdirSync(dirname(target))) {
    const temp = join(dirname(target), name);
    const ours = temp.startsWith(target) &&
      /^\.[0-9a-f]{12}\.tmp$/.test(temp.slice(target.length));
    if (ours && isOlder(temp, OLD_TEMP_MS)) remove(temp);
  }
}

// Not through the link of someone who could lead us elsewhere.
function followLinks(path: string): string {
  for (let links = 0; links < MAX_LINKS; links++) {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isSymbolicLink()) return path;
    if (stat.uid !== 0 && stat.uid !== process.geteuid?.()) {
      fail("unwritable", "it is a link of another user");
    }
    path = resolve(fs.realpathSync(dirname(path)), fs.readlinkSync(path));
  }
  return fail("unwritable", "too many symbolic links");
}

const HERE = { uid: 0, missing: 0 };

// Finds the one user other than root who has folders or links on the way, or 0, and
// how much of it is missing. Two users could each lead us into what is the other's.
function walk(path: string) {
  let [uid, at, links] = [0, "/", 0];
  const names = resolve(path).split("/");
  while (names.length > 0) {
    const next = join(at, names[0] ?? "");
    const look = () => fs.lstatSync(next, { throwIfNoEntry: false });
    const stat = unless(["EACCES", "ENOTDIR"], look); // NFS may keep root out
    const isLink = stat?.isSymbolicLink();
    if (!stat || (!isLink && !stat.isDirectory())) break;
    if (uid && stat.uid && stat.uid !== uid) {
      const both = `users ${uid} and ${stat.uid} share the way there`;
      fail("unreadable", `${both}; use sudo -u "#${stat.uid}"`);
    }
    uid ||= stat.uid;
    if (isLink && (stat.uid !== 0 || ++links > MAX_LINKS)) break;
    names.shift();
    if (!isLink) at = next;
    else {
      const target = fs.readlinkSync(next);
      if (target.startsWith("/")) at = "/";
      names.unshift(...target.split("/"));
    }
  }
  return { uid, missing: names.length };
}

// The mode is TiUP's from 1.12 on (pkg/utils/ioutil.go, MkdirAll).
function makeFolder(folder: string): void {
  if (fs.statSync(folder, { throwIfNoEntry: false })) return;
  const parent = dirname(folder);
  makeFolder(parent);
  const mode = 0o755 | (fs.statSync(parent).mode & 0o777);
  unless(["EEXIST"], () => fs.mkdirSync(folder, mode)); // someone was faster
  syncFolder(parent);
}

// What it holds is there whether this works or not.
function syncFolder(folder: string): void {
  quietly(() => {
    const descriptor = fs.openSync(folder, O_RDONLY);
    quietly(() => fs.fsyncSync(descriptor));
    close(descriptor);
  });
}

// From lock to unlock nothing awaits, so that a signal finds no lock of ours.
async function withLock<T>(path: string, work: (isHeld: () => boolean) => T) {
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    const lock = tryLock(path);
    try {
      if (lock) return work(lock.isHeld);
    } finally {
      lock?.release();
    }
    breakDeadLock(path);
    if (Date.now() > deadline) fail("locked", `${safeJson(path)} is held`);
    await sleep(1 + Math.random() * 9);
  }
}

// The descriptor stays open, so that no other file can get the inode of ours.
function tryLock(path: string) {
  const open = () => fs.openSync(path, CREATE, 0o600);
  const descriptor = unless(["EEXIST"], open);
  if (descriptor === undefined) return undefined;
  const isHeld = () => {
    const now = fs.lstatSync(path, { throwIfNoEntry: false });
    return now?.ino === fs.fstatSync(descriptor).ino;
  };
  const release = () => {
    quietly(() => isHeld() && fs.unlinkSync(path));
    close(descriptor);
  };
  return { isHeld, release };
}

// One at a time, and looking again inside: else the second of two would break
// the lock that the first has just taken.
function breakDeadLock(path: string): void {
  if (!isOlder(path, DEAD_LOCK_MS)) return;
  const mark = `${path}.break`;
  const breaker = tryLock(mark);
  if (breaker) {
    if (isOlder(path, DEAD_LOCK_MS)) remove(path);
    breaker.release();
  } else if (isOlder(mark, DEAD_LOCK_MS)) remove(mark);
}

function isOlder(path: string, milliseconds: number): boolean {
  return ageOf(fs.lstatSync(path, { throwIfNoEntry: false })) > milliseconds;
}

// A date in the future is a clock that was set, and as old as one in the past.
function ageOf(stat: fs.Stats | undefined): number {
  return stat ? Math.abs(Date.now() - stat.mtimeMs) : 0;
}

// Returns undefined where the system says one of these.
function unless<T>(codes: readonly string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (codes.includes(errno(error))) return undefined;
    throw error;
  }
}

// For what comes after the outcome is certain, or cannot change it.
function quietly(action: () => unknown): void {
  try {
    action();
  } catch { /* see above */ }
}

function close(descriptor: number | undefined): void {
  if (descriptor !== undefined) quietly(() => fs.closeSync(descriptor));
}

function remove(path: string): void {
  quietly(() => fs.unlinkSync(path));
}

// --------------------------------------------- Homes, and whose they are

type User = { readonly uid: number; readonly gid: number };

/**
 * Finds the TiUP home as TiUP does (pkg/localdata/profile.go): `TIUP_HOME`, or
 * `.tiup` in the home directory of the user's line in /etc/passwd, or only where
 * there is no such line, of `HOME`. TiUP is built without cgo, and so asks no name
 * service.
 *
 * @throws {MetaError} `unreadable` where there is none
 */
export function findHome(env: Environment): string {
  if (env["TIUP_HOME"]) return env["TIUP_HOME"];
  const user = findUser(process.getuid?.() ?? -1);
  const directory = user ? user.home : env["HOME"];
  if (directory) return join(directory, ".tiup");
  const reason = "neither /etc/passwd nor HOME names a home directory";
  return fail("unreadable", `${reason}; name the home, or set TIUP_HOME`);
}

// Reads /etc/passwd as Go's os/user does (lookup_unix.go).
function findUser(uid: number): User & { home: string } | undefined {
  const before = String.raw`^[ \t]*[^\s:#+-][^:\n]*:[^:\n]*`;
  const line = new RegExp(`${before}:${uid}:(\\d+):[^:\\n]*:([^:\\n]*):`, "m");
  const read = () => fs.readFileSync("/etc/passwd", "utf8");
  const [, gid, home = ""] = line.exec(unless(["ENOENT"], read) ?? "") ?? [];
  return gid === undefined ? undefined : { uid, gid: Number(gid), home };
}

// Links in what another user owns could lead root anywhere, and what root makes
// there would be root's: so root acts as that user. It is the whole process that
// does, so one home comes after the other.
let lastTurn: Promise<unknown> = Promise.resolve();
// Where we were, while we are elsewhere: by /proc/self/cwd a link leads into it.
let away: string | undefined;

function asOwner<T>(home: string, action: (file: string) => Promise<T>) {
  const turn = lastTurn.then(async () => {
    let owner: User | undefined;
    let back: (() => void) | undefined;
    try {
      const file = resolve(away ?? "", metaFile(home));
      owner = findOwner(file);
      back = owner && become(owner);
      return await action(file);
    } catch (error) {
      const { code, message, line } = asMetaError(error, "unreadable");
      const who = owner ? `as user ${owner.uid}, whose home it is: ` : "";
      return fail(code, who + message, line);
    } finally {
      back?.();
    }
  });
  lastTurn = turn.catch(() => {});
  return turn;
}

// Undefined where a home is root's, and where we are not root.
function findOwner(file: string): User | undefined {
  // What was not UTF-8 reaches a program as the replacement character.
  const bad = /[\0\ufffd]/.test(file);
  if (bad) fail("unreadable", "the path is not valid UTF-8, or holds a NUL");
  const { uid } = process.geteuid?.() === 0 ? walk(file) : HERE;
  // Not the group of the folder: any user can come to own one of any group.
  return uid === 0 ? undefined : { uid, gid: findUser(uid)?.gid ?? uid };
}

// Returns the way back.
function become({ uid, gid }: User): () => void {
  const { getegid, getgroups, setegid, seteuid, setgroups } = process;
  const advice = `use Node or Bun as root, or sudo -u "#${uid}"`;
  if (!setgroups) fail("unreadable", `Deno has no way to do so; ${advice}`);
  const [group = 0, groups = []] = [getegid?.(), getgroups?.()];
  away ??= unless(["ENOENT"], () => process.cwd()) ?? "/";
  const back = () => {
    seteuid?.(0);
    setegid?.(group);
    setgroups(groups);
    quietly(comeBack);
  };
  try {
    process.chdir("/");
    setgroups([gid]);
    setegid?.(gid);
    seteuid?.(uid);
    return back;
  } catch (error) {
    quietly(back);
    return fail("unreadable", `root may not (${reasonOf(error)}); ${advice}`);
  }
}

// By its name only if it is still the same, as it may be in the hands of that user.
function comeBack(): void {
  process.chdir(away ?? "/");
  if (process.cwd() === away) away = undefined;
  else process.chdir("/");
}

// ----------------------------------------------------- The four commands

/** What each command does, and the flags that only some of them take. */
export const COMMANDS: {
  readonly [name in Command]: {
    readonly summary: string;
    readonly flags: readonly (keyof Options)[];
    readonly change: (meta: Meta, all?: boolean) => Partial<Meta>;
  };
} = {
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
    change: (_, all) =>
      all ? { uuid: mintUuid(), secret: mintSecret() } : { uuid: mintUuid() },
  },
};

/**
 * Reads the meta file of a TiUP home; `undefined` means that there is none. Root
 * reads it as the user whose home it is.
 *
 * @throws {MetaError} `unreadable` or `invalid-meta`
 */
export function readMeta(home: string): Promise<Meta | undefined> {
  return asOwner(home, async (file) => {
    const bytes = await readSettled(file);
    return bytes && parseMeta(decode(bytes));
  });
}

/**
 * Runs one command in one TiUP home. Root runs it as the user whose home it is; as
 * long as that lasts, the whole process acts as that user, in the folder `/`.
 *
 * @throws {MetaError} where the home or its file cannot be used; nothing is lost
 */
export function runCommand(
  command: Command,
  home: string,
  options: Options = {},
): Promise<Outcome> {
  const file = metaFile(home);
  return asOwner(home, async (path) => {
    const { plan, bytes } = await carryOut(command, path, options);
    const { before, after, changed } = plan;
    const { status, uuid } = options.check ? before : after;
    const source = bytes ? "file" : "default";
    const previous = statusOf(before.status);
    const states = { status: statusOf(status), previous, found: before.status };
    return { command, home, file, source, ...states, uuid, changed };
  });
}

// Plans again for as long as someone else changes the file in between.
async function carryOut(command: Command, file: string, options: Options) {
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    const bytes = await readSettled(file);
    const plan = makePlan(command, bytes, options);
    if (!plan.changed || options.check) return { bytes, plan };
    try {
      if (await replaceFile(file, bytes, plan)) return { bytes, plan };
    } catch (error) {
      throw asMetaError(error, "unwritable");
    }
    if (Date.now() > deadline) fail("locked", "it keeps changing");
  }
}

type Plan = ReturnType<typeof makePlan>;

// With `force` a file that cannot be parsed or edited counts as none; not with
// `check`, which must never take it for a setting.
function makePlan(command: Command, bytes: Bytes, options: Options) {
  const { all, check, force } = options;
  const plan = (old: string, damaged: boolean) => {
    const lines = findLines(old);
    const before = metaOf(lines);
    const after = { ...before, ...COMMANDS[command].change(before, all) };
    const text = edit(old, lines, after);
    const changed = damaged || text !== old;
    return { before, after, text, damaged, changed };
  };
  try {
    return plan(bytes ? decode(bytes) : "", false);
  } catch (error) {
    const damaged = error instanceof MetaError && error.code === "invalid-meta";
    if (!damaged || !force || check) throw error;
    return plan("", damaged);
  }
}

function mintSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes).toString("hex");
}

function statusOf(status: string): Status {
  return status === "enable" ? "enable" : "disable";
}

// --------------------------------------------------------- Output (pure)

function formatText({ command, status, uuid }: Outcome, check = false): string {
  const state = `status: ${status}\nuuid: ${printable(uuid)}\n`;
  const done: Record<Command, string> = {
    status: state,
    enable: "Enable telemetry success\n",
    disable: "Disable telemetry success\n",
    reset: `Reset uuid as: ${uuid} success\n`,
  };
  return check ? state : done[command];
}

function formatJson({ command, home, file, ...rest }: Outcome): string {
  const { source, status, changed } = rest;
  const previous = command === "status" ? undefined : rest.previous;
  const state = { status, previous, uuid: rest.uuid || null, changed };
  return `${safeJson({ schema: 1, command, home, file, source, ...state })}\n`;
}

function formatFailure(
  command: Command,
  error: MetaError,
  at?: string,
): string {
  const [home, file] = at === undefined ? [null, null] : [at, metaFile(at)];
  const { code, line } = error;
  const failure = { code, message: describe(error, file), line };
  return `${safeJson({ schema: 1, command, home, file, error: failure })}\n`;
}

/**
 * Returns what a user should know besides the outcome, a line each, starting
 * `note: ` or `warning: `: what else decides whether TiUP reports.
 */
export function remarks(
  { command, file, source, status, found }: Outcome,
  env: Environment,
  { check }: Options = {},
): string[] {
  const { DO_NOT_TRACK = "", TIUP_TELEMETRY_STATUS: variable } = env;
  const name = safeJson(file);
  const lines: string[] = [];
  if (command === "status" || check) {
    if (source === "default") lines.push(`note: No file ${name}: ${ERAS}`);
    if (!["", "enable", "disable"].includes(found)) {
      const what = `Unknown status ${safeJson(found)} in ${name}`;
      lines.push(`warning: ${what}: TiUP takes it as disabled`);
    }
  }
  if (status === "enable" && !["", "0", "false"].includes(DO_NOT_TRACK)) {
    lines.push(`warning: TiUP ignores DO_NOT_TRACK, and ${name} says enable`);
  }
  if (variable && statusOf(variable) !== status) {
    const what = `TIUP_TELEMETRY_STATUS is ${safeJson(variable)}, and what`;
    lines.push(`warning: ${what} starts from here follows that, not ${name}`);
  }
  return lines;
}

const ERAS = "TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as " +
  "enabled; from 1.16.3 it has no telemetry";

/** Returns a warning where `HOME` is not where TiUP looks (see findHome). */
export function homeRemarks(home: string, env: Environment): string[] {
  const { TIUP_HOME, HOME } = env;
  if (TIUP_HOME || !HOME || resolve(HOME, ".tiup") === resolve(home)) return [];
  const where = `HOME is ${safeJson(HOME)}, but TiUP follows /etc/passwd`;
  return [`warning: ${where}: using ${safeJson(home)}`];
}

// ----------------------------------------------------- The command line

const FLAGS = {
  home: "That TiUP home, may be repeated; - reads them from standard input",
  json: "One JSON object a line instead of text",
  check: "Change nothing, exit 3 if the status differs",
  all: "Also a new secret, so that reports cannot be linked",
  force: "Keep a damaged file as meta.yaml.bad, write a new one",
} as const;

const EXIT_CODES = `  0  done, or already so
  1  a home failed, or standard output is closed or full
  2  usage: nothing was read or written
  3  --check found another status`;

const USAGE = "usage: telemetry <command> [flags], see telemetry --help";

const NAMES = Object.keys(COMMANDS) as Command[];

interface Run extends Options {
  readonly command: Command;
  readonly homes: readonly string[];
  readonly json?: boolean;
}

// Returns a text where help or the version is asked for. Throws on misuse.
function parseArguments(argv: readonly string[]): Run | string {
  const { homes, words, flags } = sortArguments(argv);
  const [command] = words;
  const isPlain = words.length === 1 && flags.length === 0;
  if (isPlain && isCommand(command)) return { command, homes };
  if (command !== undefined && !isCommand(command)) {
    throw unknown("command", command, NAMES);
  }
  // cac would also take `--no-check`, `--check=no`, `--check.x`, `-` and `--`.
  const valid = command ? flagsOf(command) : NAMES.flatMap(flagsOf);
  const odd = flags.find((it) => !valid.includes(it) && !/^-[hv]$/.test(it));
  if (odd !== undefined) throw unknown("flag", odd, NAMES.flatMap(flagsOf));
  const cli = makeCli();
  const version = flags.find((flag) => ["-v", "--version"].includes(flag));
  const given = version ? [version] : [...words, ...flags];
  const text = capture(() => cli.parse(["", "", ...given], { run: false }));
  if (text) return text;
  if (command === undefined) throw new Error("No command");
  return { ...cli.runMatchedCommand(), command, homes };
}

function flagsOf(command: Command): string[] {
  const names = ["home", "json", ...COMMANDS[command].flags, "help", "version"];
  return names.map((name) => `--${name}`);
}

// The nearest is the one with most of its pairs of letters in what was given.
function unknown(kind: string, given: string, valid: readonly string[]): Error {
  const takers = NAMES.filter((name) => flagsOf(name).includes(given));
  if (takers[0]) return new Error(`${given} goes with ${takers.join(", ")}`);
  const likeness = (word: string) =>
    [...word].filter((_, at) => given.includes(word.slice(at, at + 2))).length /
    word.length;
  const order = (one: string, other: string) => likeness(other) - likeness(one);
  const what = `Unknown ${kind} ${safeJson(given)}`;
  return new Error(`${what}; the nearest is ${valid.toSorted(order)[0]}`);
}

function isCommand(name: string | undefined): name is Command {
  return name !== undefined && Object.hasOwn(COMMANDS, name);
}

// cac would read `--home 5` as a number and `--home -` as a flag. Flags come last:
// before the command, one of another command would take it for a value.
function sortArguments(argv: readonly string[]) {
  const homes: string[] = [];
  const words: string[] = [];
  const flags: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--home") homes.push(checkHome(argv[++index]));
    else if (word.startsWith("--home=")) homes.push(checkHome(word.slice(7)));
    else (word.startsWith("-") ? flags : words).push(word);
  }
  return { homes, words, flags };
}

function checkHome(home = ""): string {
  if (home.startsWith("~")) {
    const meant = safeJson(`./${home}`);
    const advice = `write the path in full, or ${meant} for that very name`;
    throw new Error(`--home ${safeJson(home)} is not expanded; ${advice}`);
  }
  if (home && (home === "-" || !home.startsWith("-"))) return home;
  throw new Error("--home needs a directory, or - for standard input");
}

function makeCli() {
  const cli = cac("telemetry").usage("<command> [flags]");
  for (const [name, { summary, flags }] of Object.entries(COMMANDS)) {
    const command = cli.command(name, summary)
      .example(`  telemetry ${name} --home /srv/tiup --json`)
      .example(`  find /home -name .tiup | telemetry ${name} --home -`)
      .action(({ json, check, all, force }) => ({ json, check, all, force }));
    for (const flag of flags) command.option(`--${flag}`, FLAGS[flag]);
  }
  return cli.option("--home <dir>", FLAGS.home).option("--json", FLAGS.json)
    .version(VERSION)
    .help((help) => [...help, { title: "Exit codes", body: EXIT_CODES }]);
}

// cac prints by console.info, which does not tell everywhere that stdout is full.
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

// Yields each home (none: that of TiUP), and whether there are many. That shows at
// the second: the first is held until then, unless that makes no difference.
async function* listHomes({ homes, json = false }: Run) {
  let first: string | undefined;
  if (homes.length === 0) yield { home: first, many: false };
  let many = json;
  for (const given of homes) {
    for await (const home of given === "-" ? readLines() : [given]) {
      if (first !== undefined) yield { home: first, many: true };
      many ||= first !== undefined;
      if (many) yield { home, many };
      first = many ? undefined : home;
    }
  }
  if (first !== undefined) yield { home: first, many };
}

async function* readLines(): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    rest = Buffer.concat([rest, chunk]);
    for (let at; (at = rest.indexOf("\n")) >= 0; rest = rest.subarray(at + 1)) {
      if (at > 0) yield rest.toString("utf8", 0, at);
    }
  }
  if (rest.length > 0) yield rest.toString();
}

async function attempt(run: Run, given: string | undefined, env: Environment) {
  const { command, json, ...options } = run;
  const lines: string[] = [];
  let home = given;
  try {
    home ??= findHome(env);
    if (given === undefined) lines.push(...homeRemarks(home, env));
    // Deno may refuse to read these: better before anything is written.
    const { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS } = env;
    const outcome = await runCommand(command, home, options);
    const variables = { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS };
    lines.push(...remarks(outcome, variables, options));
    const format = json ? formatJson : formatText;
    return { lines, state: outcome.status, text: format(outcome, run.check) };
  } catch (error) {
    const failure = asMetaError(error, "unreadable");
    lines.push(`error: ${describe(failure, home ? metaFile(home) : null)}`);
    const text = json ? formatFailure(command, failure, home) : "";
    return { lines, state: "failed" as const, text };
  }
}

async function runAll(run: Run, env: Environment): Promise<number> {
  const { command, json, check } = run;
  const changing = command !== "status" && !check;
  if (changing) exitOnSignals();
  const tally = { homes: 0, enable: 0, disable: 0, failed: 0, untold: 0 };
  for await (const { home, many } of listHomes(run)) {
    if (changing && tally.homes > 0) await sleep(0); // lets a signal in
    const { text, lines, state } = await attempt(run, home, env);
    const gap = tally.homes > 0 ? "\n" : "";
    const header = many && !json
      ? `${gap}home: ${printable(home ?? "")}\n`
      : "";
    if (!print(header + text, lines)) tally.untold += 1;
    tally[state] += 1;
    tally.homes += 1;
    if (!json && tally.homes % 1000 === 0) await sumUp(tally, " so far");
  }
  if (tally.homes === 0) throw new Error("No TiUP home on standard input");
  if (!json && tally.homes > 1) await sumUp(tally);
  if (tally.failed + tally.untold > 0) return 1;
  const differing = command === "enable" ? tally.disable : tally.enable;
  return check && differing > 0 ? 3 : 0;
}

type Tally = Readonly<Record<Status | "homes" | "failed", number>>;

// For people: never into a pipe or a file.
async function sumUp(tally: Tally, soFar = "") {
  const { isatty } = await import("node:tty");
  const { homes, disable, enable, failed } = tally;
  const states = `${disable} disabled, ${enable} enabled, ${failed} failed`;
  if (isatty(2)) print("", [`note: ${homes} homes${soFar}: ${states}`]);
}

// False where the result could not be told; the other homes are handled all the same.
function print(text: string, lines: readonly string[]): boolean {
  let told = true;
  try {
    write(1, text);
  } catch (error) {
    const { message } = asMetaError(error, "unwritable");
    lines = [...lines, `error: Cannot write to standard output: ${message}`];
    told = false;
  }
  quietly(() => write(2, lines.map((line) => `${line}\n`).join("")));
  return told;
}

/**
 * Lets SIGHUP, SIGINT and SIGTERM wait until the file at hand is done with: while
 * one is replaced nothing awaits. Exits with 129, 130 or 143.
 */
export function exitOnSignals(): void {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => process.exit(128 + number));
  }
}

function write(descriptor: 1 | 2, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0;) {
    try {
      rest = rest.subarray(fs.writeSync(descriptor, rest));
    } catch (error) {
      if (errno(error) !== "EAGAIN") throw error;
      // A pipe that someone made non-blocking is full: wait for its reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

async function main(argv: string[], env: Environment): Promise<number> {
  let [code, see] = [2, `; ${USAGE}`];
  try {
    const asked = parseArguments(argv);
    [code, see] = [1, ""];
    if (typeof asked === "string") return print(asked, []) ? 0 : 1;
    return await runAll(asked, env);
  } catch (error) {
    print("", [`error: ${reasonOf(error)}${see}`]);
    return code;
  }
}

// Node tells from 24.2 on whether a module is the program.
function isProgram(): boolean {
  const [, program] = process.argv;
  const path = unless(["ENOENT"], () => fs.realpathSync(program ?? ""));
  return path === import.meta.filename;
}

if (import.meta.main ?? isProgram()) {
  process.exitCode = await main(process.argv.slice(2), process.env);
}
