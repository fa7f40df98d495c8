#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-sys --allow-env=TIUP_HOME,TIUP_TELEMETRY_STATUS,DO_NOT_TRACK,HOME,LOG_STREAM,LOG_TOKENS
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
import { Buffer } from "node:buffer";
import * as fs from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { v4 as mintUuid } from "uuid";
import type { Document, Node, ParsedNode, Scalar, YAMLMap } from "yaml";

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

/** A meta file's values, its text, and where in the text each value stands. */
export interface MetaText extends Meta {
  readonly text: string;
  /** Start and end of each value that is there, in UTF-16 units. */
  readonly spans: Readonly<Partial<Record<keyof Meta, Span | undefined>>>;
  /** Where new `key: value` pairs go, and what to put around them. */
  readonly end: {
    readonly at: number;
    readonly before: string;
    readonly between: string;
    readonly after: string;
  };
}

type Span = readonly [start: number, end: number];

/** What a command may be told besides the home. */
export interface CommandOptions {
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
const DEAD_LOCK_MS = 5_000;
const GIVE_UP_MS = 10_000;
const OLD_TEMP_MS = 60_000;

// --------------------------------------------------------------- Errors

const ADVICE = {
  "invalid-meta":
    `mend the file, or let enable, disable or reset with --force keep it as "meta.yaml.bad" and write a new one`,
  unreadable: "check the path and its permissions",
  unwritable: "nothing was changed; check permissions, owner and disk",
  locked: "nothing was changed; remove the lock if no other command runs",
} as const;

/** The `code` of a failure. */
export type ErrorCode = keyof typeof ADVICE;

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

const REASONS: { readonly [errno: string]: string } = {
  EACCES: "permission denied",
  EDQUOT: "disk quota used up",
  EIO: "input/output error",
  EISDIR: "it is a folder",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a part of the path is not a folder",
  ENXIO: "it is not a regular file",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
};

function errno(error: unknown): string {
  return (error as { code?: string } | null)?.code ?? "";
}

// The runtimes word system errors differently, and quote paths unescaped.
function asMetaError(error: unknown, code: ErrorCode): MetaError {
  if (error instanceof MetaError) return error;
  const reason = REASONS[errno(error)] ?? errno(error);
  return new MetaError(code, reason || printable(messageOf(error)));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Says in one line which file failed, why, and what to do about it. */
export function describe(error: MetaError, file: string | null): string {
  const where = error.line === undefined ? "" : `, line ${error.line}`;
  const verb = error.code === "unwritable" || error.code === "locked"
    ? "change"
    : "read";
  const what = file === null ? "a TiUP home" : safeJson(file);
  return `Cannot ${verb} ${what}${where}: ${error.message}; ${
    ADVICE[error.code]
  }`;
}

// ------------------------------------------------------- Printable text

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

function escape(character: string): string {
  return character.split("").map((unit) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  ).join("");
}

// JSON.stringify leaves C1 and bidirectional controls as they are, and `##[`,
// in which a workflow runner sees a command anywhere in a line.
function safeJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(UNPRINTABLE, escape)
    .replaceAll("##[", "#\\u0023[");
}

/** Returns the text itself where it is plain, and a JSON string otherwise. */
export function printable(text: string): string {
  const plain = text.search(UNPRINTABLE) < 0 && !/^"|##\[/.test(text);
  return plain ? text : safeJson(text);
}

// -------------------------------------------------------- The meta text

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const TIUP_FORM = new RegExp(
  `^(?:uuid: (${UUID})\n)?` +
    `(?:secret: ([0-9a-f]{32}|"[0-9a-f]{32}")\n)?` +
    `(?:status: (enable|disable)\n)?$`,
  "d",
);

/**
 * Parses the text of a meta file into the values that TiUP reads from it.
 *
 * TiUP reads with Go's yaml.v2 (pkg/telemetry/meta.go), which is YAML 1.1; the
 * parser here is YAML 1.2. What the two may read differently is refused. A text
 * just as TiUP writes it needs no parser, and none is loaded.
 *
 * @throws {MetaError} `invalid-meta` where TiUP rejects the text or is in doubt
 */
export async function parseMeta(text: string): Promise<MetaText> {
  return parseTiupForm(text) ?? parseYaml(text, await import("yaml"));
}

function parseTiupForm(text: string): MetaText | undefined {
  const match = TIUP_FORM.exec(text);
  if (!match?.indices) return undefined;
  const [, uuid = "", secret = "", status = ""] = match;
  const [, ...spans] = match.indices;
  return {
    text,
    uuid,
    secret: secret.replaceAll('"', ""),
    status,
    spans: { uuid: spans[0], secret: spans[1], status: spans[2] },
    end: { at: text.length, before: "", between: "\n", after: "\n" },
  };
}

type Yaml = typeof import("yaml");

function parseYaml(text: string, yaml: Yaml): MetaText {
  try {
    refuseDoubtfulText(text);
    const document = yaml.parseDocument(text, {
      schema: "failsafe",
      prettyErrors: false, // they quote the file, and so the secret
    });
    const [error] = document.errors;
    if (error) {
      const reason = YAML_REASONS[error.code] ?? "it is not valid YAML";
      throw invalid(reason, text, error.pos[0]);
    }
    refuseDoubtfulNodes(document, text, yaml);
    return readTopLevel(document, text, yaml);
  } catch (error) {
    if (error instanceof RangeError) throw invalid("it is nested too deeply");
    throw error;
  }
}

const YAML_REASONS: { readonly [code: string]: string } = {
  DUPLICATE_KEY: "a key stands there twice",
  MULTIPLE_DOCS: "it holds several documents",
};

function invalid(reason: string, text?: string, position = 0): MetaError {
  const line = text?.slice(0, position).split("\n").length;
  return new MetaError("invalid-meta", reason, line);
}

const DOUBTFUL = "TiUP may read this kind of YAML differently";

// What yaml.v2 refuses, and what breaks a line in YAML 1.1 only.
const STRANGE_CHARACTER =
  /\r(?!\n)|[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
// Tabs outside comments, directives, document ends, explicit or empty keys.
const DOUBTFUL_LINE = /^([^#\n]*\t|%|\.\.\.| *(- *)*[?:])/m;

function refuseDoubtfulText(text: string): void {
  const body = text.replace(/^\ufeff(?! )/, "");
  const strange = body.search(STRANGE_CHARACTER);
  if (strange >= 0) {
    throw invalid("it holds a control character", body, strange);
  }
  const doubtful = body.search(DOUBTFUL_LINE);
  if (doubtful >= 0) throw invalid(DOUBTFUL, body, doubtful);
}

const SAFE_KEY = /^[^\s:][^:\n]*:/;
const SAFE_TAG = /^(!\w+|tag:yaml\.org,2002:str)$/;
const SAFE_QUOTED =
  /^('[^'\n]*'|"([^\\"\n]|\\[0abtnvfre"\\N_LP]|\\x[0-9a-f]{2}|\\u(?!d[89a-f])[0-9a-f]{4})*")$/i;
const SAFE_PLAIN = /^([^:?'"{}[\],`@%|>&*!#\s][^\n]*)?$/;
const SAFE_PLAIN_IN_FLOW = /^([^:?'"{}[\],`@%|>&*!#\s][^?'"{}[\],\n]*)?$/;

function refuseDoubtfulNodes(
  document: Document.Parsed,
  text: string,
  yaml: Yaml,
): void {
  const anchors = new Set<string>();
  yaml.visit(document, {
    Pair(_, { key }) {
      const start = (key as ParsedNode | null)?.range[0];
      const bare = yaml.isScalar(key) && !key.tag && !key.anchor;
      if (!bare || !SAFE_KEY.test(text.slice(start))) {
        throw invalid(DOUBTFUL, text, start);
      }
    },
    Node(_, node, path) {
      const [start, end] = node.range ?? [0, 0];
      const flow = path.some((above) => yaml.isCollection(above) && above.flow);
      const source = text.slice(start, end);
      if (!isSafe(node, source, flow, anchors, yaml)) {
        throw invalid(DOUBTFUL, text, start);
      }
    },
  });
}

function isSafe(
  node: Node,
  source: string,
  flow: boolean,
  anchors: Set<string>,
  yaml: Yaml,
): boolean {
  if (yaml.isAlias(node)) return anchors.has(node.source);
  if (node.tag && (source === "" || !SAFE_TAG.test(node.tag))) return false;
  const { anchor } = node as { anchor?: string };
  if (anchor && !/^[\w-]+$/.test(anchor)) return false;
  if (anchor) anchors.add(anchor);
  if (!yaml.isScalar(node) || SAFE_QUOTED.test(source)) return true;
  return (flow ? SAFE_PLAIN_IN_FLOW : SAFE_PLAIN).test(source);
}

function readTopLevel(
  document: Document.Parsed,
  text: string,
  yaml: Yaml,
): MetaText {
  const map = document.contents;
  if (map === null || (yaml.isScalar(map) && map.range[0] === map.range[1])) {
    return { ...NO_META, text, end: endOfBlock(text, "") };
  }
  if (!yaml.isMap(map)) {
    throw invalid("it is not a mapping of keys to values", text, map.range[0]);
  }
  const values: Partial<Record<keyof Meta, string>> = {};
  const spans: Partial<Record<keyof Meta, Span>> = {};
  for (const { key, value } of map.items) {
    const { value: name, range } = key as Scalar & { range: Span };
    if (name === "<<") throw invalid(DOUBTFUL, text, range[0]);
    const known = KEYS.find((known) => known === name);
    if (!known) continue;
    const scalar = yaml.isAlias(value) ? value.resolve(document) : value;
    if (!value || !yaml.isScalar(scalar)) {
      throw invalid(`"${known}" is not a single value`, text, range[0]);
    }
    values[known] = isNull(scalar) ? "" : String(scalar.value);
    spans[known] = [value.range[0], value.range[1]];
  }
  return { ...NO_META, ...values, text, spans, end: endOfMap(map, text) };
}

const NO_META: Omit<MetaText, "text" | "end"> = {
  uuid: "",
  secret: "",
  status: "",
  spans: {},
};

function isNull({ type, tag, source }: Scalar): boolean {
  return type === "PLAIN" && !tag && /^(~|null|Null|NULL)?$/.test(source ?? "");
}

function endOfMap(map: YAMLMap.Parsed, text: string): MetaText["end"] {
  const [start, end] = map.range;
  if (!map.flow) {
    return endOfBlock(
      text,
      text.slice(text.lastIndexOf("\n", start) + 1, start),
    );
  }
  const open = /[{,]\s*$/.test(text.slice(start, end - 1));
  return { at: end - 1, before: open ? "" : ", ", between: ", ", after: "" };
}

function endOfBlock(text: string, indent: string): MetaText["end"] {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const complete = text === "" || text.endsWith("\n");
  return {
    at: text.length,
    before: (complete ? "" : newline) + indent,
    between: newline + indent,
    after: complete ? newline : "",
  };
}

/**
 * Replaces and adds values in the text of a meta file; every other byte stays.
 *
 * @throws {MetaError} `invalid-meta` where the new text would not say just that
 */
export async function editMeta(
  meta: MetaText,
  changes: Partial<Meta>,
): Promise<string> {
  const wanted = { ...meta, ...changes };
  const changed = KEYS.filter((key) => wanted[key] !== meta[key]);
  if (changed.length === 0) return meta.text;
  const added = changed.filter((key) => !meta.spans[key])
    .map((key) => `${key}: ${stringifyValue(wanted[key])}`);
  const splices = changed.flatMap((key) => {
    const span = meta.spans[key];
    return span ? [{ span, text: spliced(meta.text, span, wanted[key]) }] : [];
  });
  if (added.length > 0) {
    const { at, before, between, after } = meta.end;
    splices.push({
      span: [at, at],
      text: before + added.join(between) + after,
    });
  }
  splices.sort((one, other) => other.span[0] - one.span[0]);
  let { text } = meta;
  for (const { span: [start, end], text: value } of splices) {
    text = text.slice(0, start) + value + text.slice(end);
  }
  const reread = await parseMeta(text);
  if (KEYS.some((key) => reread[key] !== wanted[key])) {
    throw invalid("it cannot be edited without changing more than was asked");
  }
  return text;
}

// Keeps quotes, so that JSON stays JSON, and blanks around a missing value.
function spliced(text: string, [start, end]: Span, value: string): string {
  const [quote] = /^["']?/.exec(text.slice(start, end)) ?? [];
  if (quote) return quote + value + quote;
  const before = text[start - 1] === ":" ? " " : "";
  const after = text[end] === "#" ? " " : "";
  return before + stringifyValue(value) + after;
}

// As TiUP's yaml.v2 does: a secret that would read as a number is quoted.
function stringifyValue(value: string): string {
  const number = /^\d+(e\d+)?$/.test(value) && Number.isFinite(Number(value));
  return number || /^0b[01]+$/.test(value) ? `"${value}"` : value;
}

// ------------------------------------------------------------ Locations

/** Returns the path of the meta file in a TiUP home. */
export function metaFile(home: string): string {
  return join(home, "telemetry", "meta.yaml");
}

/**
 * Finds the TiUP home as TiUP does (pkg/localdata/profile.go): `TIUP_HOME`, or
 * `.tiup` in the home directory of the passwd entry, which `HOME` does not change.
 *
 * @throws {MetaError} `unreadable` where there is none
 */
export async function findHome(env: Environment): Promise<string> {
  if (env["TIUP_HOME"]) return env["TIUP_HOME"];
  const { userInfo } = await import("node:os");
  let directory = "";
  try {
    directory = userInfo().homedir;
  } catch { /* no passwd entry */ }
  if (!directory) {
    throw new MetaError(
      "unreadable",
      "this user has no home directory in the passwd file; give --home or TIUP_HOME",
    );
  }
  return join(directory, ".tiup");
}

// ------------------------------------------- The state file (all disk code)

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  fs.constants;

// Text, nothing there, or a file whose bytes are refused before any parsing.
type Content = string | undefined | MetaError;

function readContent(file: string): Content {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK a FIFO would wait for its writer.
    descriptor = fs.openSync(file, O_RDONLY | O_NONBLOCK);
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) {
      throw new MetaError("unreadable", "it is not a regular file");
    }
    if (stat.size > MAX_BYTES) return invalid("it is larger than 64 KiB");
    const bytes = fs.readFileSync(descriptor);
    const text = bytes.toString();
    return Buffer.from(text).equals(bytes)
      ? text
      : invalid("it is not valid UTF-8");
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    throw asMetaError(error, "unreadable");
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function isSame(one: Content, other: Content): boolean {
  return one instanceof MetaError && other instanceof MetaError
    ? one.message === other.message
    : one === other;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

// TiUP truncates before it writes: an empty file may be full a moment later.
async function readSettled(file: string): Promise<Content> {
  for (let tries = 1;; tries++) {
    const content = readContent(file);
    if (content !== "" || tries > 3) return content;
    await sleep(10);
  }
}

/**
 * Reads a meta file; `undefined` means that there is none.
 *
 * @throws {MetaError} `unreadable` or `invalid-meta`
 */
export async function readMeta(file: string): Promise<MetaText | undefined> {
  const content = await readSettled(file);
  if (content instanceof MetaError) throw content;
  return content === undefined ? undefined : await parseMeta(content);
}

// Replaces what `before` says by `text`, all or nothing; false where the file
// has changed meanwhile. From lock to unlock nothing awaits, so that a signal
// finds either no lock or finished work.
async function replaceFile(
  file: string,
  before: Content,
  text: string,
  damaged: boolean,
): Promise<boolean> {
  try {
    const folder = followLinks(dirname(file));
    makeFolder(folder);
    const target = followLinks(join(folder, basename(file)));
    const lock = await takeLock(`${target}.lock`);
    try {
      if (!isSame(readContent(target), before)) return false;
      sweepTemps(target);
      if (damaged) keepDamaged(target);
      const isCurrent = () =>
        inode(lock.path) === lock.inode && isSame(readContent(target), before);
      return commit(target, text, isCurrent);
    } finally {
      releaseLock(lock);
    }
  } catch (error) {
    throw asMetaError(error, "unwritable");
  }
}

function commit(
  target: string,
  text: string,
  isCurrent: () => boolean,
): boolean {
  const old = openForWriting(target);
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  const temp = `${target}.${random.padStart(12, "0")}.tmp`;
  try {
    const stat = old === undefined ? undefined : fs.fstatSync(old);
    const replaceable = writeTemp(temp, text, stat);
    if (!isCurrent()) return false;
    if (!replaceable || !renameOver(temp, target)) overwrite(old, text);
    return true;
  } finally {
    ignoreErrors(() => fs.unlinkSync(temp));
    if (old !== undefined) ignoreErrors(() => fs.closeSync(old));
  }
}

// Who may replace a file need not be allowed to write it: ask for both.
function openForWriting(target: string): number | undefined {
  try {
    return fs.openSync(target, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    throw error;
  }
}

// False where the owner of the old file cannot be kept. A new file gets the mode
// that TiUP gives it from 1.12 on (pkg/utils/ioutil.go, WriteFile).
function writeTemp(temp: string, text: string, old?: fs.Stats): boolean {
  const mode = 0o644 | (fs.statSync(dirname(temp)).mode & 0o666);
  // O_EXCL and O_NOFOLLOW: never through something planted at that name.
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const descriptor = fs.openSync(temp, flags, old ? 0o600 : mode);
  try {
    const made = fs.fstatSync(descriptor); // its mode is under the umask
    fs.fchmodSync(descriptor, 0o600); // nobody else reads it before it is done
    fs.writeFileSync(descriptor, text); // loops over short writes
    if (old && (made.uid !== old.uid || made.gid !== old.gid)) {
      fs.fchownSync(descriptor, old.uid, old.gid);
    }
    fs.fchmodSync(descriptor, (old ?? made).mode & 0o7777);
    fs.fsyncSync(descriptor); // or a crash could leave the new name, empty
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
  ignoreErrors(() => syncFolder(dirname(target))); // the new file is there
  return true;
}

// In place, for a mount point or a file that must keep its owner. One write covers
// the old text, if need be with line breaks, so that no moment shows a mixture.
function overwrite(descriptor: number | undefined, text: string): void {
  if (descriptor === undefined || fs.fstatSync(descriptor).nlink !== 1) {
    throw new MetaError(
      "unwritable",
      "it has hard links or cannot be replaced",
    );
  }
  const old = fs.readFileSync(descriptor);
  const bytes = Buffer.from(text);
  const padding = Buffer.alloc(Math.max(0, old.length - bytes.length), "\n");
  try {
    writeAt(descriptor, Buffer.concat([bytes, padding]));
  } catch (error) {
    writeAt(descriptor, old); // its blocks are there, even on a full disk
    fs.ftruncateSync(descriptor, old.length);
    throw error;
  }
  fs.ftruncateSync(descriptor, bytes.length);
  fs.fsyncSync(descriptor);
}

function writeAt(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
  }
}

// A hard link keeps every byte, the mode and the owner, and never overwrites.
function keepDamaged(target: string): void {
  for (let count = 0;; count++) {
    try {
      fs.linkSync(target, `${target}.bad${count ? `.${count}` : ""}`);
      return;
    } catch (error) {
      if (errno(error) !== "EEXIST") throw error;
    }
  }
}

function sweepTemps(target: string): void {
  const prefix = `${basename(target)}.`;
  for (const name of fs.readdirSync(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    if (!/^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length))) continue;
    const temp = join(dirname(target), name);
    ignoreErrors(() => isOlder(temp, OLD_TEMP_MS) && fs.unlinkSync(temp));
  }
}

// A link may lead elsewhere only if its owner could as well have moved the file.
function followLinks(path: string): string {
  for (let links = 0; links < 40; links++) {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isSymbolicLink()) return path;
    const folder = fs.realpathSync(dirname(path));
    const trusted = stat.uid === 0 || stat.uid === fs.statSync(folder).uid ||
      stat.uid === process.geteuid?.();
    if (!trusted) {
      throw new MetaError("unwritable", "it is a link of another user");
    }
    path = resolve(folder, fs.readlinkSync(path));
  }
  throw new MetaError("unwritable", "too many symbolic links");
}

// The mode is TiUP's from 1.12 on (pkg/utils/ioutil.go, MkdirAll).
function makeFolder(folder: string): void {
  if (fs.statSync(folder, { throwIfNoEntry: false })) return;
  const parent = dirname(folder);
  makeFolder(parent);
  try {
    fs.mkdirSync(folder, 0o755 | (fs.statSync(parent).mode & 0o777));
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error; // someone else was faster
  }
  ignoreErrors(() => syncFolder(parent));
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, O_RDONLY);
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

interface Lock {
  readonly path: string;
  /** Kept open, so that no other file can get its inode. */
  readonly descriptor: number;
  readonly inode: number;
}

async function takeLock(path: string): Promise<Lock> {
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const lock = tryLock(path);
    if (lock) return lock;
    breakDeadLock(path);
    if (performance.now() > deadline) {
      throw new MetaError("locked", `${safeJson(path)} is held`);
    }
    await sleep(1 + Math.random() * 9);
  }
}

function tryLock(path: string): Lock | undefined {
  try {
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    const descriptor = fs.openSync(path, flags, 0o600);
    return { path, descriptor, inode: fs.fstatSync(descriptor).ino };
  } catch (error) {
    if (errno(error) === "EEXIST") return undefined;
    throw error;
  }
}

// One at a time, and looking again inside: else the second of two would break
// the lock that the first has just taken.
function breakDeadLock(path: string): void {
  if (!isOlder(path, DEAD_LOCK_MS)) return;
  const breaker = tryLock(`${path}.break`);
  try {
    if (!breaker) {
      if (isOlder(`${path}.break`, DEAD_LOCK_MS)) {
        fs.unlinkSync(`${path}.break`);
      }
    } else if (isOlder(path, DEAD_LOCK_MS)) fs.unlinkSync(path);
  } catch (error) {
    if (errno(error) === "ENOENT") return;
    const { message } = asMetaError(error, "locked");
    throw new MetaError(
      "locked",
      `${safeJson(path)} is in the way: ${message}`,
    );
  } finally {
    if (breaker) releaseLock(breaker);
  }
}

function releaseLock({ path, descriptor, inode: own }: Lock): void {
  ignoreErrors(() => inode(path) === own && fs.unlinkSync(path));
  ignoreErrors(() => fs.closeSync(descriptor));
}

function inode(path: string): number | undefined {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.ino;
}

// A date in the future is a clock that was set, and as old as one in the past.
function isOlder(path: string, milliseconds: number): boolean {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  return !!stat && Math.abs(Date.now() - stat.mtimeMs) > milliseconds;
}

// For what comes after the outcome is certain, or cannot change it.
function ignoreErrors(action: () => unknown): void {
  try {
    action();
  } catch { /* see above */ }
}

// ----------------------------------------------------- The four commands

/** What each command does, and the flags that only some of them take. */
export const COMMANDS: {
  readonly [name in Command]: {
    readonly summary: string;
    readonly flags: readonly (keyof CommandOptions)[];
  };
} = {
  status: {
    summary: "Show the status and the uuid, change nothing",
    flags: [],
  },
  enable: { summary: "Turn telemetry on", flags: ["check", "force"] },
  disable: { summary: "Turn telemetry off", flags: ["check", "force"] },
  reset: {
    summary: "Give the installation a new uuid",
    flags: ["all", "force"],
  },
};

/**
 * Runs one command in one TiUP home.
 *
 * @throws {MetaError} where the home or its file cannot be used; nothing is lost
 */
export async function runCommand(
  command: Command,
  home: string,
  options: CommandOptions = {},
): Promise<Outcome> {
  if (/[\0\ufffd]/.test(home)) {
    throw new MetaError("unreadable", "the path is not valid UTF-8");
  }
  const file = metaFile(home);
  const deadline = performance.now() + GIVE_UP_MS;
  for (;;) {
    const before = await readSettled(file);
    const { meta, damaged } = await understand(before, options);
    const changes = changesOf(command, meta, options);
    const text = await editMeta(meta, changes);
    const changed = text !== (before ?? "");
    const after = options.check ? meta : { ...meta, ...changes };
    if (
      !changed || options.check ||
      await replaceFile(file, before, text, damaged)
    ) {
      return {
        command,
        home,
        file,
        source: before === undefined ? "default" : "file",
        status: statusOf(after),
        previous: statusOf(meta),
        found: meta.status,
        uuid: after.uuid,
        changed,
      };
    }
    if (performance.now() > deadline) {
      throw new MetaError("locked", "it keeps changing");
    }
  }
}

async function understand(
  content: Content,
  { force }: CommandOptions,
): Promise<{ meta: MetaText; damaged: boolean }> {
  try {
    if (content instanceof MetaError) throw content;
    return { meta: await parseMeta(content ?? ""), damaged: false };
  } catch (error) {
    if (!force || asMetaError(error, "unreadable").code !== "invalid-meta") {
      throw error;
    }
    return { meta: await parseMeta(""), damaged: true };
  }
}

function changesOf(
  command: Command,
  meta: Meta,
  { all }: CommandOptions,
): Partial<Meta> {
  switch (command) {
    case "status":
      return {};
    case "enable":
      return {
        uuid: meta.uuid || mintUuid(),
        secret: meta.secret || mintSecret(),
        status: "enable",
      };
    case "disable":
      return { status: "disable" };
    case "reset":
      return { uuid: mintUuid(), ...(all && { secret: mintSecret() }) };
  }
}

function mintSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString(
    "hex",
  );
}

function statusOf({ status }: Meta): Status {
  return status === "enable" ? "enable" : "disable";
}

// --------------------------------------------------------- Output (pure)

interface Failure {
  readonly command: Command;
  readonly home: string | null;
  readonly file: string | null;
  readonly error: MetaError;
}

function formatText(outcome: Outcome, { check }: CommandOptions): string {
  const { command, status, uuid } = outcome;
  const state = `status: ${status}\nuuid: ${printable(uuid)}\n`;
  switch (command) {
    case "status":
      return state;
    case "enable":
      return check ? state : "Enable telemetry success\n";
    case "disable":
      return check ? state : "Disable telemetry success\n";
    case "reset":
      return `Reset uuid as: ${uuid} success\n`;
  }
}

function formatJson(result: Outcome | Failure): string {
  const { command, home, file } = result;
  const subject = { schema: 1, command, home, file };
  if ("error" in result) {
    const { code, line } = result.error;
    const message = describe(result.error, file);
    return `${safeJson({ ...subject, error: { code, message, line } })}\n`;
  }
  const { source, status, previous, uuid, changed } = result;
  return `${
    safeJson({
      ...subject,
      source,
      status,
      previous: command === "status" ? undefined : previous,
      uuid: uuid || null,
      changed,
    })
  }\n`;
}

/**
 * Returns what a user should know besides the outcome, a line each, starting
 * `note: ` or `warning: `: what else decides whether TiUP reports.
 */
export function remarks(
  outcome: Outcome,
  env: Environment,
  { check }: CommandOptions = {},
): string[] {
  const { command, status, found } = outcome;
  const file = safeJson(outcome.file);
  const variable = env["TIUP_TELEMETRY_STATUS"];
  const untouched = command === "status" || check;
  const lines: string[] = [];
  if (outcome.source === "default" && untouched) {
    lines.push(
      `note: No ${file}: TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled, from 1.16.3 it has no telemetry`,
    );
  }
  if (untouched && !["", "enable", "disable"].includes(found)) {
    lines.push(
      `warning: Unknown status ${
        safeJson(found)
      } in ${file}: TiUP takes it as disabled`,
    );
  }
  if (
    status === "enable" &&
    !["", "0", "false"].includes(env["DO_NOT_TRACK"] ?? "")
  ) {
    lines.push(
      `warning: DO_NOT_TRACK is set, but TiUP ignores it and ${file} says enable`,
    );
  }
  if (variable && (variable === "enable") !== (status === "enable")) {
    lines.push(
      `warning: TIUP_TELEMETRY_STATUS is ${
        safeJson(variable)
      }: components started from here follow it, not ${file}`,
    );
  }
  return lines;
}

/** Returns a warning where `HOME` is not where TiUP looks (see findHome). */
export function homeRemarks(home: string, env: Environment): string[] {
  const { TIUP_HOME, HOME } = env;
  if (TIUP_HOME || !HOME || resolve(HOME, ".tiup") === resolve(home)) return [];
  return [
    `warning: HOME is ${
      safeJson(HOME)
    }, but TiUP follows the passwd entry: using ${safeJson(home)}`,
  ];
}

// ----------------------------------------------------- The command line

const FLAGS = {
  json: "One JSON object a line instead of text",
  check: "Change nothing, exit 3 if the status differs",
  all: "Also a new secret, so that reports cannot be linked",
  force: "Keep a file that cannot be parsed as meta.yaml.bad, write a new one",
  help: "Show this help",
  version: "Show the version",
} as const;

const SHORT: { readonly [flag: string]: string } = {
  help: "-h, ",
  version: "-v, ",
};

function usage(): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary, flags }]) =>
    `  ${name.padEnd(8)} ${summary}${
      flags.map((flag) => ` [--${flag}]`).join("")
    }`
  );
  const flags = Object.entries(FLAGS).map(([name, text]) =>
    `  ${`${SHORT[name] ?? ""}--${name}`.padEnd(14)} ${text}`
  );
  return `Usage: telemetry <command> [flags]

Commands:
${commands.join("\n")}

Flags:
  --home DIR     That TiUP home; may be given many times; - reads them from stdin
${flags.join("\n")}

Exit codes: 0 done, 1 a home failed, 2 usage, 3 --check found another status
`;
}

type Request = { readonly kind: "help" | "version" } | Run;

interface Run {
  readonly kind: "run";
  readonly command: Command;
  readonly homes: readonly string[];
  readonly json: boolean;
  readonly options: CommandOptions;
}

function parseArguments(argv: readonly string[]): Request {
  const { homes, words, flags } = sortArguments(argv);
  const cli = cac("telemetry");
  for (const name of ["json", "help", "version"] as const) {
    cli.option(`${SHORT[name] ?? ""}--${name}`, FLAGS[name]);
  }
  for (const [name, { summary, flags }] of Object.entries(COMMANDS)) {
    const command = cli.command(name, summary);
    for (const flag of flags) command.option(`--${flag}`, FLAGS[flag]);
    command.action(() => {}); // without one, cac checks nothing
  }
  const { options } = cli.parse(["", "", ...words, ...flags], { run: false });
  if (options["help"]) return { kind: "help" };
  if (options["version"]) return { kind: "version" };
  if (words[0] === undefined) throw new Error("No command given");
  if (!cli.matchedCommand) {
    throw new Error(`Unknown command ${safeJson(words[0])}`);
  }
  if (words[1] !== undefined) {
    throw new Error(`Unexpected argument ${safeJson(words[1])}`);
  }
  cli.runMatchedCommand(); // throws on a flag of another command
  const { json = false, check = false, all = false, force = false } = options;
  const command = words[0] as Command;
  return { kind: "run", command, homes, json, options: { check, all, force } };
}

// cac would read `--home 5` as a number and `--home -` as a flag, take
// `--check=no` for true, and a flag before the command may swallow it.
function sortArguments(argv: readonly string[]) {
  const homes: string[] = [], words: string[] = [], flags: string[] = [];
  const known = Object.keys(FLAGS).map((flag) => `--${flag}`);
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    const [, home = word === "--home" ? argv[++i] : undefined] =
      /^--home=([^]*)$/.exec(word) ?? [];
    if (home !== undefined || word === "--home") {
      if (!home || /^-./.test(home)) {
        throw new Error("--home needs a directory, or - for standard input");
      }
      homes.push(home);
    } else if (!word.startsWith("-")) words.push(word);
    else if ([...known, "-h", "-v"].includes(word)) flags.push(word);
    else throw new Error(`Unknown flag ${safeJson(word)}`);
  }
  return { homes, words, flags: [...new Set(flags)] };
}

// `undefined` stands for the home that TiUP itself would use.
async function* listHomes(
  homes: readonly string[],
): AsyncGenerator<string | undefined> {
  if (homes.length === 0) yield undefined;
  for (const home of homes) {
    if (home === "-") yield* readLines();
    else yield home;
  }
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

// Whether there are many is known at the second one: hold the first until then.
async function* withCount<T>(
  items: AsyncIterable<T>,
): AsyncGenerator<{ item: T; many: boolean }> {
  let first: { item: T } | undefined;
  let many = false;
  for await (const item of items) {
    if (first) yield { ...first, many: many = true };
    if (many) yield { item, many };
    first = many ? undefined : { item };
  }
  if (first) yield { ...first, many };
}

async function attempt(
  { command, options }: Run,
  given: string | undefined,
  env: Environment,
): Promise<{ result: Outcome | Failure; lines: string[] }> {
  let home = given ?? null;
  try {
    home ??= await findHome(env);
    const result = await runCommand(command, home, options);
    const lines = remarks(result, env, options);
    if (given === undefined) lines.unshift(...homeRemarks(home, env));
    return { result, lines };
  } catch (error) {
    if (!(error instanceof MetaError)) throw error;
    const file = home === null ? null : metaFile(home);
    const lines = [`error: ${describe(error, file)}`];
    return { result: { command, home, file, error }, lines };
  }
}

async function runAll(run: Run, env: Environment): Promise<number> {
  const { command, json, options } = run;
  if (command !== "status" && !options.check) exitOnSignals();
  let failed = false, differs = false, count = 0;
  for await (const { item, many } of withCount(listHomes(run.homes))) {
    const { result, lines } = await attempt(run, item, env);
    const text = "error" in result ? "" : formatText(result, options);
    const header = many
      ? `${count ? "\n" : ""}home: ${printable(result.home ?? "")}\n`
      : "";
    write(1, json ? formatJson(result) : header + text);
    write(2, lines.map((line) => `${line}\n`).join(""));
    failed ||= "error" in result;
    differs ||= !("error" in result) && !!options.check &&
      result.status !== command;
    count++;
  }
  if (count === 0) throw new Error("No TiUP home on standard input");
  return failed ? 1 : differs ? 3 : 0;
}

// While a file is replaced nothing awaits, so these wait until that is done.
function exitOnSignals(): void {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => process.exit(128 + number));
  }
}

function write(descriptor: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(descriptor, rest));
    } catch (error) {
      // A pipe that someone made non-blocking is full: wait for its reader.
      if (errno(error) === "EAGAIN") pause();
      else throw asMetaError(error, "unwritable");
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

async function main(
  argv: readonly string[],
  env: Environment,
): Promise<number> {
  let request: Request;
  try {
    request = parseArguments(argv);
  } catch (error) {
    write(2, `error: ${messageOf(error)}\n\n${usage()}`);
    return 2;
  }
  try {
    switch (request.kind) {
      case "help":
        write(1, usage());
        return 0;
      case "version":
        write(1, `telemetry ${VERSION}\n`);
        return 0;
      case "run":
        return await runAll(request, env);
    }
  } catch (error) {
    ignoreErrors(() => write(2, `error: ${printable(messageOf(error))}\n`));
    return 1;
  }
}

// Node tells from 24.2 on whether a module is the program.
function isProgram(): boolean {
  const [, program] = process.argv;
  return !!program && fs.realpathSync(program) === import.meta.filename;
}

if (import.meta.main ?? isProgram()) {
  process.exitCode = await main(process.argv.slice(2), process.env);
}
