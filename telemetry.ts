#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-sys=uid,gid,username --allow-env=TIUP_HOME,TIUP_TELEMETRY_STATUS,DO_NOT_TRACK,HOME,LOG_TOKENS
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
import { type CST, Parser } from "yaml";

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
const SETTLED_MS = 500;

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
  EPIPE: "its reader is gone",
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

const PLAIN_ASCII = /^[ -~]*$/; // most text, and no look into Unicode's tables
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

function escape(character: string): string {
  return character.split("").map((unit) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  ).join("");
}

// JSON.stringify leaves C1 and bidirectional controls as they are, and `##[`,
// in which a workflow runner sees a command anywhere in a line.
function safeJson(value: unknown): string {
  const json = JSON.stringify(value).replaceAll("##[", "#\\u0023[");
  return PLAIN_ASCII.test(json) ? json : json.replace(UNPRINTABLE, escape);
}

/** Returns the text itself where it is plain, and a JSON string otherwise. */
export function printable(text: string): string {
  const plain = PLAIN_ASCII.test(text) || text.search(UNPRINTABLE) < 0;
  return plain && !/^"|##\[/.test(text) ? text : safeJson(text);
}

// -------------------------------------------------------- The meta text

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const TIUP_FORM = new RegExp(
  `^(?:uuid: (${UUID})\n)?` +
    `(?:secret: ([0-9a-f]{32}|"[0-9a-f]{32}")\n)?` +
    `(?:status: (enable|disable)\n)?$`,
);

/**
 * Parses the text of a meta file into the values that TiUP reads from it.
 *
 * TiUP reads with Go's yaml.v2 (pkg/telemetry/meta.go), which is YAML 1.1; the
 * library here is for YAML 1.2. What the two may read differently is refused.
 *
 * @throws {MetaError} `invalid-meta` where TiUP rejects the text, or in doubt
 */
export function parseMeta(text: string): Meta {
  const { uuid, secret, status } = parseLayout(text);
  return { uuid, secret, status };
}

type Span = readonly [start: number, end: number];

/** A text, its values, and where they stand in it, in UTF-16 units. */
interface Layout extends Meta {
  readonly text: string;
  readonly spans: Readonly<Partial<Record<keyof Meta, Span>>>;
  /** Where new `key: value` pairs go, and what to put around them. */
  readonly end: {
    readonly at: number;
    readonly before: string;
    readonly between: string;
    readonly after: string;
  };
}

function parseLayout(text: string): Layout {
  return parseTiupForm(text) ?? parseYaml(text);
}

// Most files are just as TiUP wrote them; these need no YAML.
function parseTiupForm(text: string): Layout | undefined {
  const match = TIUP_FORM.exec(text);
  if (!match) return undefined;
  const [, uuid = "", secret = "", status = ""] = match;
  const spans: Partial<Record<keyof Meta, Span>> = {};
  let end = 0;
  for (const [index, key] of KEYS.entries()) {
    const value = match[index + 1];
    if (value === undefined) continue;
    const start = end + `${key}: `.length;
    spans[key] = [start, start + value.length];
    end = start + `${value}\n`.length;
  }
  const values = { uuid, secret: secret.replaceAll('"', ""), status };
  return { ...values, text, spans, end: endOfBlock(text, "") };
}

function invalid(reason: string, text?: string, position = 0): MetaError {
  const line = text?.slice(0, position).split("\n").length;
  return new MetaError("invalid-meta", reason, line);
}

function doubtful(text: string, position = 0): MetaError {
  const reason = "it is not valid YAML, or YAML that TiUP may read differently";
  return invalid(reason, text, position);
}

// What yaml.v2 refuses, and what breaks a line in YAML 1.1 only.
const STRANGE =
  /\r(?!\n)|[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
// Tabs outside comments, directives, document ends, explicit or empty keys.
const DOUBTFUL_LINE = /^([^#\n]*\t|%|\.\.\.| *(- *)*[?:])/m;

function parseYaml(text: string): Layout {
  const body = text.replace(/^\ufeff(?! )/, "");
  const strange = body.search(STRANGE);
  if (strange >= 0) {
    throw invalid("it holds a control character", body, strange);
  }
  const line = body.search(DOUBTFUL_LINE);
  if (line >= 0) throw doubtful(body, line);
  try {
    return readDocument([...new Parser().parse(text)], text);
  } catch (error) {
    if (error instanceof RangeError) throw invalid("it is nested too deeply");
    throw error;
  }
}

// The library finds the tokens. Of what they make up, the functions below pass
// only what both versions of YAML read alike: aligned collections of values that
// stand on one line each.
function readDocument(tokens: readonly CST.Token[], text: string): Layout {
  const [document, second] = tokens.filter(({ type }) => type === "document");
  if (second) throw invalid("it holds several documents", text, at(second));
  expect(text, tokens, ...BLANK, "byte-order-mark", "document");
  const { start = [], value: map, end } = (document ?? {}) as CST.Document;
  expect(text, start, ...BLANK, "doc-start");
  expect(text, end, ...BLANK);
  if (!map) return { ...NO_META, text, end: endOfBlock(text, "") };
  if (map.type !== "block-map" && !isFlow(map, "{")) {
    throw invalid("it is not a mapping of keys to values", text, at(map));
  }
  const pairs = readCollection(map, { text, anchors: new Map(), column: 0 });
  return { ...pickMeta(pairs, text), text, end: endOfMap(map, text) };
}

function pickMeta(pairs: readonly Pair[], text: string) {
  const values: Partial<Record<keyof Meta, string>> = {};
  const spans: Partial<Record<keyof Meta, Span>> = {};
  const seen = new Set<string>();
  for (const { key, start, value, span } of pairs) {
    if (seen.has(key)) throw invalid("a key stands there twice", text, start);
    if (key === "<<") throw doubtful(text, start); // a merge
    seen.add(key);
    const known = KEYS.find((known) => known === key);
    if (!known) continue;
    if (value === undefined) {
      throw invalid(`"${known}" is not a single value`, text, start);
    }
    values[known] = value;
    spans[known] = span;
  }
  return { ...NO_META, ...values, spans };
}

const NO_META = { uuid: "", secret: "", status: "", spans: {} } as const;
const BLANK: readonly string[] = ["space", "newline", "comment"];

type Collection = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;

interface Context {
  readonly text: string;
  /** The values that the anchors so far stand for. */
  readonly anchors: Map<string, string>;
  /** The least column of a nested block; undefined inside of brackets. */
  readonly column: number | undefined;
}

interface Pair {
  readonly key: string;
  readonly start: number;
  /** Undefined where the value is a collection. */
  readonly value: string | undefined;
  readonly span: Span;
}

interface Item {
  readonly key?: CST.Token | null | undefined;
  readonly sep?: readonly CST.SourceToken[] | undefined;
  readonly value?: CST.Token | undefined;
}

function at(token: CST.Token | null | undefined): number {
  return token && "offset" in token ? token.offset : 0;
}

function isFlow(
  token: CST.Token,
  bracket: "{" | "[",
): token is CST.FlowCollection {
  return token.type === "flow-collection" && token.start.source === bracket;
}

function expect(
  text: string,
  tokens: readonly CST.Token[] | undefined,
  ...types: readonly string[]
): void {
  for (const token of tokens ?? []) {
    const glued = token.type === "comment" &&
      /[^\s\ufeff]/.test(text[at(token) - 1] ?? "\n");
    if (glued || !types.includes(token.type)) throw doubtful(text, at(token));
  }
}

function readCollection(token: CST.Token, context: Context): Pair[] {
  switch (token.type) {
    case "block-map":
    case "block-seq":
      return readBlock(token, context);
    case "flow-collection":
      return readFlow(token, { ...context, column: undefined });
    default:
      throw doubtful(context.text, at(token));
  }
}

function readBlock(
  block: CST.BlockMap | CST.BlockSequence,
  context: Context,
): Pair[] {
  const { text } = context;
  const column = columnOf(block, text);
  if (column < (context.column ?? Infinity)) throw doubtful(text, block.offset);
  const pairs: Pair[] = [];
  for (const item of block.items) {
    const dash = item.start.findIndex(({ type }) => type === "seq-item-ind");
    expect(text, dash < 0 ? item.start : item.start.slice(0, dash), ...BLANK);
    const mark = dash < 0 ? item.key : item.start[dash];
    if (!mark && !item.sep && !item.value) continue; // nothing but comments
    if (!mark || columnOf(mark, text) !== column) {
      throw doubtful(text, at(mark ?? block));
    }
    if (dash < 0) pairs.push(readPair(item, { ...context, column }));
    else readElement(item, item.start.slice(dash + 1), { ...context, column });
  }
  return pairs;
}

// Counts only what may stand before a block on its line.
function columnOf(token: CST.Token, text: string): number {
  const start = text.lastIndexOf("\n", at(token) - 1) + 1;
  const before = text.slice(start, at(token)).replace(/^\ufeff/, "");
  if (!/^ *(- +)*$/.test(before)) throw doubtful(text, at(token));
  return before.length;
}

function readFlow(flow: CST.FlowCollection, context: Context): Pair[] {
  const { text } = context;
  const [close, ...rest] = flow.end;
  const isMap = isFlow(flow, "{");
  expect(text, rest, ...BLANK);
  if (
    close?.source !== (isMap ? "}" : "]") ||
    text.slice(flow.offset, close.offset).includes("\n")
  ) {
    throw doubtful(text, flow.offset);
  }
  const pairs: Pair[] = [];
  for (const [index, item] of flow.items.entries()) {
    const blank = index === 0 ? item.start : item.start.slice(1);
    if (index > 0) expect(text, item.start.slice(0, 1), "comma");
    const last = index === flow.items.length - 1;
    if (last && !item.key && !item.sep && !item.value) {
      expect(text, blank, "space");
    } else if (isMap) {
      expect(text, blank, "space");
      pairs.push(readPair(item, context));
    } else readElement(item, blank, context);
  }
  return pairs;
}

function readElement(
  { key, sep, value }: Item,
  props: readonly CST.SourceToken[],
  context: Context,
): void {
  if (key || sep) throw doubtful(context.text, at(value));
  const column = context.column === undefined ? undefined : context.column + 1;
  readValue(value, props, { ...context, column });
}

function readPair({ key, sep = [], value }: Item, context: Context): Pair {
  const { text } = context;
  const colon = sep.findIndex(({ type }) => type === "map-value-ind");
  const start = at(key);
  const end = at(sep[colon]) + 1;
  expect(text, sep.slice(0, Math.max(0, colon)), "space");
  const json = context.column === undefined && /["']/.test(text[start] ?? "");
  if (colon < 0 || !(json || /^\s?$/.test(text.charAt(end)))) {
    throw doubtful(text, start);
  }
  // A list may stand in the column of its key, a mapping may not.
  const column = context.column === undefined || value?.type === "block-seq"
    ? context.column
    : context.column + 1;
  const name = readScalar(key, context);
  if (name === "secret" && sep.some(({ type }) => type === "anchor")) {
    throw invalid("an anchor could repeat the secret", text, start);
  }
  const source = isScalar(value) ? value.source : "";
  return {
    key: name,
    start,
    value: readValue(value, sep.slice(colon + 1), { ...context, column }),
    span: source ? [at(value), at(value) + source.length] : [end, end],
  };
}

function isScalar(
  token: CST.Token | null | undefined,
): token is CST.FlowScalar {
  return /scalar$|^alias$/.test(token?.type ?? "") &&
    token?.type !== "block-scalar";
}

function readValue(
  token: CST.Token | undefined,
  before: readonly CST.SourceToken[],
  context: Context,
): string | undefined {
  const property = readProperty(token, before, context.text);
  if (!token) return "";
  if (!isScalar(token)) {
    readCollection(token, context);
    return undefined;
  }
  const scalar = readScalar(token, context);
  const isNull = token.type === "scalar" && property?.type !== "tag" &&
    /^(~|null|Null|NULL)?$/.test(scalar);
  const value = isNull ? "" : scalar;
  if (property?.type === "anchor") context.anchors.set(property.source, value);
  return value;
}

// One tag or anchor may stand before a scalar, on the same line.
function readProperty(
  token: CST.Token | undefined,
  before: readonly CST.SourceToken[],
  text: string,
): CST.SourceToken | undefined {
  const index = before.findIndex(({ type }) => !BLANK.includes(type));
  const property = before[index];
  if (!property) {
    expect(text, before, ...BLANK);
    return undefined;
  }
  expect(text, before.slice(0, index), ...BLANK);
  expect(text, before.slice(index + 1), "space");
  const bare = !isScalar(token) || token.type === "alias" || !token.source;
  if (bare || !before[index + 1] || !SAFE_PROPERTY.test(property.source)) {
    throw doubtful(text, property.offset);
  }
  return property;
}

const SAFE_PROPERTY = /^(&[\w-]+|!(!str|\w+))$/;
const SINGLE_QUOTED = /^'[^'\n]*'$/;
const DOUBLE_QUOTED =
  /^"([^\\"\t\n]|\\["\\bfnrt]|\\u(?![dD][89a-fA-F])[\da-fA-F]{4})*"$/;
const PLAIN = /^([^:?'"{}[\],`@%|>&*!#\s][^\n]*)?$/;
const PLAIN_IN_FLOW = /^([^:?'"{}[\],`@%|>&*!#\s][^?'"{}[\],\n]*)?$/;

function readScalar(
  token: CST.Token | null | undefined,
  { text, anchors, column }: Context,
): string {
  if (!isScalar(token)) throw doubtful(text, at(token));
  const { type, source, end } = token;
  expect(text, end, ...BLANK);
  const plain = column === undefined ? PLAIN_IN_FLOW : PLAIN;
  if (type === "alias") {
    const known = anchors.get(source.replace("*", "&"));
    if (known !== undefined) return known;
  }
  if (type === "scalar" && plain.test(source)) return source;
  if (type === "single-quoted-scalar" && SINGLE_QUOTED.test(source)) {
    return source.slice(1, -1);
  }
  if (type === "double-quoted-scalar" && DOUBLE_QUOTED.test(source)) {
    return JSON.parse(source);
  }
  throw doubtful(text, token.offset);
}

function endOfMap(map: Collection, text: string): Layout["end"] {
  if (map.type !== "flow-collection") {
    return endOfBlock(text, " ".repeat(columnOf(map, text)));
  }
  const close = at(map.end[0]);
  const open = /[{,]\s*$/.test(text.slice(map.offset, close));
  return { at: close, before: open ? "" : ", ", between: ", ", after: "" };
}

function endOfBlock(text: string, indent: string): Layout["end"] {
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
export function editMeta(text: string, changes: Partial<Meta>): string {
  return edit(parseLayout(text), changes);
}

function edit(layout: Layout, changes: Partial<Meta>): string {
  const wanted = { ...layout, ...changes };
  const changed = KEYS.filter((key) => wanted[key] !== layout[key]);
  if (changed.length === 0) return layout.text;
  const after = splice(layout, wanted, changed);
  const reread = parseLayout(after);
  if (KEYS.some((key) => reread[key] !== wanted[key])) {
    throw invalid("it cannot be edited without changing more than was asked");
  }
  if (Buffer.byteLength(after) > MAX_BYTES) {
    throw invalid("it would become larger than 64 KiB");
  }
  return after;
}

function splice(
  { text, spans, end }: Layout,
  wanted: Meta,
  keys: readonly (keyof Meta)[],
): string {
  const edits = keys.flatMap((key) => {
    const span = spans[key];
    return span ? [{ span, by: replacement(text, span, wanted[key]) }] : [];
  });
  const added = keys.filter((key) => !spans[key])
    .map((key) => `${key}: ${stringifyValue(wanted[key])}`);
  if (added.length > 0) {
    const by = end.before + added.join(end.between) + end.after;
    // First: a missing value may go in at the same place, and before these.
    edits.unshift({ span: [end.at, end.at], by });
  }
  return edits.sort((one, other) => other.span[0] - one.span[0]).reduce(
    (text, { span: [start, end], by }) =>
      text.slice(0, start) + by + text.slice(end),
    text,
  );
}

// Keeps quotes, so that JSON stays JSON.
function replacement(text: string, [start, end]: Span, value: string): string {
  const [quote] = /^["']?/.exec(text.slice(start, end)) ?? [];
  if (quote) return quote + value + quote;
  return (start === end ? " " : "") + stringifyValue(value);
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
  } catch (error) {
    if (errno(error) !== "ERR_SYSTEM_ERROR") {
      throw asMetaError(error, "unreadable");
    }
  }
  if (!directory) {
    const reason = "this user has no home directory in the passwd file";
    throw new MetaError("unreadable", `${reason}; give --home or TIUP_HOME`);
  }
  return join(directory, ".tiup");
}

// ------------------------------------------- The state file (all disk code)

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } =
  fs.constants;
// Never through, or over, something that was planted at the name.
const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

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
    return isUtf8(bytes) ? bytes.toString() : invalid("it is not valid UTF-8");
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    throw asMetaError(error, "unreadable");
  } finally {
    if (descriptor !== undefined) closeQuietly(descriptor);
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

// TiUP truncates before it writes: a file emptied just now may be full again in
// a moment, and what is empty at rest is older.
async function readSettled(file: string): Promise<Content> {
  const deadline = Date.now() + SETTLED_MS;
  for (;;) {
    const content = readContent(file);
    if (content !== "" || Date.now() > deadline) return content;
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (ageOf(stat) > SETTLED_MS) return content;
    await sleep(10);
  }
}

/**
 * Reads a meta file; `undefined` means that there is none.
 *
 * @throws {MetaError} `unreadable` or `invalid-meta`
 */
export async function readMeta(file: string): Promise<Meta | undefined> {
  const content = await readSettled(file);
  if (content instanceof MetaError) throw content;
  return content === undefined ? undefined : parseMeta(content);
}

// Replaces what `before` says by `text`, all or nothing; false where the file
// has changed meanwhile.
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
    return await withLock(`${target}.lock`, (lock) => {
      if (!isSame(readContent(target), before)) return false;
      sweepTemps(target);
      const isCurrent = () =>
        inode(lock.path) === lock.inode && isSame(readContent(target), before);
      return commit(target, text, damaged, isCurrent);
    });
  } catch (error) {
    throw asMetaError(error, "unwritable");
  }
}

function commit(
  target: string,
  text: string,
  damaged: boolean,
  isCurrent: () => boolean,
): boolean {
  const old = openForWriting(target);
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  const temp = `${target}.${random.padStart(12, "0")}.tmp`;
  let kept: string | undefined;
  try {
    const stat = old === undefined ? undefined : fs.fstatSync(old);
    const replaceable = writeNew(temp, text, stat);
    if (!isCurrent()) return false;
    if (damaged) kept = keepDamaged(target, stat);
    if (!replaceable || !renameOver(temp, target)) overwrite(old, text);
    return true;
  } catch (error) {
    if (kept) unlinkQuietly(kept);
    throw error;
  } finally {
    unlinkQuietly(temp);
    if (old !== undefined) closeQuietly(old);
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
function writeNew(
  path: string,
  content: string | Buffer,
  old: fs.Stats | undefined,
): boolean {
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
  ignoreErrors(() => syncFolder(dirname(target))); // the new file is there
  return true;
}

// In place, for a mount point or a file that must keep its owner. One write covers
// the old text, if need be with line breaks, so that no moment shows a mixture.
function overwrite(descriptor: number | undefined, text: string): void {
  if (descriptor === undefined || fs.fstatSync(descriptor).nlink !== 1) {
    throw new MetaError(
      "unwritable",
      "it has hard links and cannot be replaced",
    );
  }
  const old = fs.readFileSync(descriptor);
  const bytes = Buffer.from(text);
  const padding = Buffer.alloc(Math.max(0, old.length - bytes.length), "\n");
  try {
    writeAt(descriptor, Buffer.concat([bytes, padding]));
    fs.ftruncateSync(descriptor, bytes.length);
    fs.fsyncSync(descriptor);
  } catch (error) {
    writeAt(descriptor, old); // its blocks are there, even on a full disk
    fs.ftruncateSync(descriptor, old.length);
    throw error;
  }
}

function writeAt(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) {
    at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
  }
}

// Copies it, with mode and owner, to a name that is free.
function keepDamaged(target: string, old: fs.Stats | undefined): string {
  for (let count = 0;; count++) {
    const name = `${target}.bad${count ? `.${count}` : ""}`;
    try {
      writeNew(name, fs.readFileSync(target), old);
      return name;
    } catch (error) {
      if (errno(error) === "EEXIST") continue;
      unlinkQuietly(name);
      throw error;
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

// Not through the link of someone who could not replace the file anyway.
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

// From lock to unlock nothing awaits, so that a signal finds no lock of ours.
async function withLock<Result>(
  path: string,
  action: (lock: Lock) => Result,
): Promise<Result> {
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    const lock = tryLock(path);
    if (lock) {
      try {
        return action(lock);
      } finally {
        releaseLock(lock);
      }
    }
    breakDeadLock(path);
    if (Date.now() > deadline) {
      throw new MetaError("locked", `${safeJson(path)} is held`);
    }
    await sleep(1 + Math.random() * 9);
  }
}

function tryLock(path: string): Lock | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(path, CREATE, 0o600);
    return { path, descriptor, inode: fs.fstatSync(descriptor).ino };
  } catch (error) {
    if (errno(error) === "EEXIST") return undefined;
    if (descriptor !== undefined) {
      unlinkQuietly(path);
      closeQuietly(descriptor);
    }
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
  closeQuietly(descriptor);
}

function inode(path: string): number | undefined {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.ino;
}

function isOlder(path: string, milliseconds: number): boolean {
  return ageOf(fs.lstatSync(path, { throwIfNoEntry: false })) > milliseconds;
}

// A date in the future is a clock that was set, and as old as one in the past.
function ageOf(stat: fs.Stats | undefined): number {
  return stat ? Math.abs(Date.now() - stat.mtimeMs) : 0;
}

// For what comes after the outcome is certain, or cannot change it.
function ignoreErrors(action: () => unknown): void {
  try {
    action();
  } catch { /* see above */ }
}

function closeQuietly(descriptor: number): void {
  ignoreErrors(() => fs.closeSync(descriptor));
}

function unlinkQuietly(path: string): void {
  ignoreErrors(() => fs.unlinkSync(path));
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
  checkPath(home);
  const file = metaFile(home);
  const { content, layout, changes, changed } = await carryOut(
    command,
    file,
    options,
  );
  const after = options.check ? layout : { ...layout, ...changes };
  return {
    command,
    home,
    file,
    source: content === undefined ? "default" : "file",
    status: statusOf(after),
    previous: statusOf(layout),
    found: layout.status,
    uuid: after.uuid,
    changed,
  };
}

// What was not UTF-8 reaches a program as the replacement character.
function checkPath(home: string): void {
  if (!/[\0\ufffd]/.test(home)) return;
  const reason = "the path is not valid UTF-8, or holds a NUL";
  throw new MetaError("unreadable", reason);
}

interface Plan {
  readonly content: Content;
  readonly layout: Layout;
  readonly changes: Partial<Meta>;
  readonly edited: string;
  readonly changed: boolean;
  readonly damaged: boolean;
}

// Plans again for as long as someone else changes the file in between.
async function carryOut(
  command: Command,
  file: string,
  options: CommandOptions,
): Promise<Plan> {
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    const planned = plan(command, await readSettled(file), options);
    const { content, edited, changed, damaged } = planned;
    if (!changed || options.check) return planned;
    if (await replaceFile(file, content, edited, damaged)) return planned;
    if (Date.now() > deadline) {
      throw new MetaError("locked", "it keeps changing");
    }
  }
}

// With `force` a file that cannot be parsed or edited counts as none; not with
// `check`, which must never take it for a setting.
function plan(
  command: Command,
  content: Content,
  options: CommandOptions,
): Plan {
  const start = (text: string, damaged: boolean): Plan => {
    const layout = parseLayout(text);
    const changes = changesOf(command, layout, options);
    const edited = edit(layout, changes);
    const changed = damaged || edited !== text;
    return { content, layout, changes, edited, changed, damaged };
  };
  try {
    if (content instanceof MetaError) throw content;
    return start(content ?? "", false);
  } catch (error) {
    const code = error instanceof MetaError ? error.code : undefined;
    const { force, check } = options;
    if (!force || check || code !== "invalid-meta") throw error;
    return start("", true);
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

function formatText(
  result: Outcome | Failure,
  { check }: CommandOptions,
): string {
  if ("error" in result) return "";
  const { command, status, uuid } = result;
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
  { command, file, source, status, found }: Outcome,
  env: Environment,
  { check }: CommandOptions = {},
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
  if (variable && (variable === "enable") !== (status === "enable")) {
    const what = `TIUP_TELEMETRY_STATUS is ${safeJson(variable)}`;
    lines.push(
      `warning: ${what}: what starts from here follows that, not ${name}`,
    );
  }
  return lines;
}

const ERAS = "TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as " +
  "enabled; from 1.16.3 it has no telemetry";

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
  json: ["--json", "One JSON object a line instead of text"],
  check: ["--check", "Change nothing, exit 3 if the status differs"],
  all: ["--all", "Also a new secret, so that reports cannot be linked"],
  force: ["--force", "Keep a damaged file as meta.yaml.bad, write a new one"],
  help: ["-h, --help", "Show this help"],
  version: ["-v, --version", "Show the version"],
} as const;

type Flag = keyof typeof FLAGS;

function usage(): string {
  const commands = Object.entries(COMMANDS).map(([name, command]) => {
    const flags = command.flags.map((flag) => ` [--${flag}]`).join("");
    return `  ${name.padEnd(15)}${command.summary}${flags}\n`;
  });
  const home = "That TiUP home, may be repeated; - reads them from stdin";
  const flags = [["--home DIR", home] as const, ...Object.values(FLAGS)]
    .map(([words, text]) => `  ${words.padEnd(15)}${text}\n`);
  return `Usage: telemetry <command> [flags]

Commands:
${commands.join("")}
Flags:
${flags.join("")}
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
  if (flags.has("help")) return { kind: "help" };
  if (flags.has("version")) return { kind: "version" };
  const [name = "", extra] = words;
  if (!isCommand(name)) {
    const what = words.length
      ? `Unknown command ${safeJson(name)}`
      : "No command";
    throw new Error(`${what}; give ${Object.keys(COMMANDS).join(", ")}`);
  }
  if (extra !== undefined) {
    throw new Error(`Unexpected argument ${safeJson(extra)}`);
  }
  const { json = false, ...options } = flags.size
    ? parseFlags(name, flags)
    : {};
  return { kind: "run", command: name, homes, json, options };
}

// cac throws on a flag that belongs to another command.
function parseFlags(
  name: Command,
  flags: ReadonlySet<Flag>,
): CommandOptions & { readonly json?: boolean } {
  const cli = cac("telemetry");
  const command = cli.command(name, COMMANDS[name].summary);
  for (const flag of ["json", ...COMMANDS[name].flags] as const) {
    const [words, text] = FLAGS[flag];
    command.option(words, text);
  }
  command.action(({ json, check, all, force }) => ({
    json,
    check,
    all,
    force,
  }));
  const given = [...flags].map((flag) => `--${flag}`);
  cli.parse(["", "", name, ...given], { run: false });
  return cli.runMatchedCommand();
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(COMMANDS, name);
}

// cac alone would read `--home 5` as a number and `--home -` as a flag, take
// `--check=no` for true, and let `--check disable` swallow the command.
function sortArguments(argv: readonly string[]) {
  const homes: string[] = [];
  const words: string[] = [];
  const flags = new Set<Flag>();
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--home") homes.push(checkHome(argv[++index]));
    else if (word.startsWith("--home=")) homes.push(checkHome(word.slice(7)));
    else if (!word.startsWith("-")) words.push(word);
    else flags.add(parseFlag(word));
  }
  return { homes, words, flags };
}

function parseFlag(word: string): Flag {
  for (const [flag, [words]] of Object.entries(FLAGS)) {
    if (words.split(", ").includes(word)) return flag as Flag;
  }
  throw new Error(`Unknown flag ${safeJson(word)}`);
}

function checkHome(home = ""): string {
  if (home && (home === "-" || !home.startsWith("-"))) return home;
  throw new Error("--home needs a directory, or - for standard input");
}

interface Target {
  /** Undefined for the home that TiUP itself would use. */
  readonly home?: string;
  readonly many: boolean;
}

function listTargets(
  { homes, json }: Run,
): Iterable<Target> | AsyncIterable<Target> {
  if (homes.length === 0) return [{ many: false }];
  if (homes.includes("-")) return readTargets(homes, json);
  return homes.map((home) => ({ home, many: homes.length > 1 }));
}

// Whether there are many shows at the second: the first is held until then,
// unless that makes no difference.
async function* readTargets(
  homes: readonly string[],
  json: boolean,
): AsyncGenerator<Target> {
  let first: string | undefined;
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

async function attempt(
  { command, options }: Run,
  given: string | undefined,
  env: Environment,
): Promise<{ result: Outcome | Failure; lines: string[] }> {
  let home = given ?? null;
  const lines: string[] = [];
  try {
    home ??= await findHome(env);
    if (given === undefined) lines.push(...homeRemarks(home, env));
    // Deno may refuse to read these: better before anything is written.
    const { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS } = env;
    const result = await runCommand(command, home, options);
    const variables = { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS };
    lines.push(...remarks(result, variables, options));
    return { result, lines };
  } catch (error) {
    if (!(error instanceof MetaError)) throw error;
    const file = home === null ? null : metaFile(home);
    lines.push(`error: ${describe(error, file)}`);
    return { result: { command, home, file, error }, lines };
  }
}

async function runAll(run: Run, env: Environment): Promise<number> {
  const { command, json, options } = run;
  const changing = command !== "status" && !options.check;
  if (changing) exitOnSignals();
  let failed = false, differs = false, count = 0;
  for await (const { home, many } of listTargets(run)) {
    if (changing && count > 0) await sleep(0); // lets a signal in
    const { result, lines } = await attempt(run, home, env);
    const text = json ? formatJson(result) : formatText(result, options);
    const header = `home: ${printable(result.home ?? "")}\n`;
    const block = many && !json ? (count ? "\n" : "") + header + text : text;
    failed = !print(block, lines) || "error" in result || failed;
    differs ||= !!options.check && "status" in result &&
      result.status !== command;
    count++;
  }
  if (count === 0) throw new Error("No TiUP home on standard input");
  return failed ? 1 : differs ? 3 : 0;
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
  ignoreErrors(() => write(2, lines.map((line) => `${line}\n`).join("")));
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
      // A pipe that someone made non-blocking is full: wait for its reader.
      if (errno(error) === "EAGAIN") pause();
      else throw error;
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
    print("", [`error: ${messageOf(error)}`, "", usage().trimEnd()]);
    return 2;
  }
  try {
    if (request.kind === "run") return await runAll(request, env);
    const text = request.kind === "help" ? usage() : `telemetry ${VERSION}\n`;
    return print(text, []) ? 0 : 1;
  } catch (error) {
    print("", [`error: ${printable(messageOf(error))}`]);
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
