
// telemetry.ts
import { Buffer } from "node:buffer";
import * as buffer from "node:buffer";
import * as fs from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";

// node_modules/uuid/dist/stringify.js
var byteToHex = [];
for (let i = 0; i < 256; ++i) {
  byteToHex.push((i + 256).toString(16).slice(1));
}
function unsafeStringify(arr, offset = 0) {
  return (byteToHex[arr[offset + 0]] + byteToHex[arr[offset + 1]] + byteToHex[arr[offset + 2]] + byteToHex[arr[offset + 3]] + "-" + byteToHex[arr[offset + 4]] + byteToHex[arr[offset + 5]] + "-" + byteToHex[arr[offset + 6]] + byteToHex[arr[offset + 7]] + "-" + byteToHex[arr[offset + 8]] + byteToHex[arr[offset + 9]] + "-" + byteToHex[arr[offset + 10]] + byteToHex[arr[offset + 11]] + byteToHex[arr[offset + 12]] + byteToHex[arr[offset + 13]] + byteToHex[arr[offset + 14]] + byteToHex[arr[offset + 15]]).toLowerCase();
}

// node_modules/uuid/dist/rng.js
var rnds8 = new Uint8Array(16);
function rng() {
  return crypto.getRandomValues(rnds8);
}

// node_modules/uuid/dist/v4.js
function v4(options, buf, offset) {
  if (!buf && !options && crypto.randomUUID) {
    return crypto.randomUUID();
  }
  return _v4(options, buf, offset);
}
function _v4(options, buf, offset) {
  options = options || {};
  const rnds = options.random ?? options.rng?.() ?? rng();
  if (rnds.length < 16) {
    throw new Error("Random bytes length must be >= 16");
  }
  rnds[6] = rnds[6] & 15 | 64;
  rnds[8] = rnds[8] & 63 | 128;
  if (buf) {
    offset = offset || 0;
    if (offset < 0 || offset + 16 > buf.length) {
      throw new RangeError(`UUID byte range ${offset}:${offset + 15} is out of buffer bounds`);
    }
    for (let i = 0; i < 16; ++i) {
      buf[offset + i] = rnds[i];
    }
    return buf;
  }
  return unsafeStringify(rnds);
}
var v4_default = v4;

// telemetry.ts
var VERSION = "1.0.0";
var { process } = globalThis;
var META_KEYS = ["uuid", "secret", "status"];
var MAX_BYTES = 64 * 1024;
var MAX_LINKS = 40;
var MAX_ENTRY = 64 * 1024;
var STALE_LOCK_MS = 5e3;
var GIVE_UP_MS = 1e4;
var OLD_TEMP_MS = 6e4;
var SETTLED_MS = 500;
var AT_REST_MS = 6e4;
var PLAIN_ASCII = /^[ -~]*$/;
function makeUnprintable() {
  const blanks = String.raw`\p{Z}\p{Default_Ignorable_Code_Point}\u2800`;
  return new RegExp(String.raw`(?! )[\p{C}${blanks}]`, "gu");
}
function safeJson(value) {
  const json = JSON.stringify(value).replaceAll("##", "#\\u0023");
  if (PLAIN_ASCII.test(json)) return json;
  const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(
    makeUnprintable(),
    (character) => character.split("").map(escape).join("")
  );
}
function printable(text) {
  const isOdd = text.startsWith('"') || text.includes("##");
  const isPlain = PLAIN_ASCII.test(text) || text.search(makeUnprintable()) < 0;
  return isPlain && !isOdd ? text : safeJson(text);
}
var ADVICE = {
  "invalid-meta": `mend the file, or let enable, disable or reset with --force keep it as "meta.yaml.bad" and write a new one`,
  unreadable: "check the path and its permissions",
  unwritable: "nothing was changed; check permissions, owner and disk",
  locked: "nothing was changed; try again when no other command runs",
  refused: "name another home",
  internal: "this is a fault of tiup-telemetry, please report it"
};
var FAILED = {
  "invalid-meta": "Cannot read",
  unreadable: "Cannot read",
  unwritable: "Cannot change",
  locked: "Cannot change",
  refused: "Cannot use",
  internal: "Cannot use"
};
var MetaError = class extends Error {
  /** What kind of failure it is. */
  code;
  /** Line in the file, from 1, where it is known. */
  line;
  /** What to do, where that is more than its code tells. */
  advice;
  /**
   * Makes a failure; what it says must be printable text.
   *
   * @param code the kind of failure
   * @param reason why, in words that end neither in a full stop nor in advice
   * @param more the line of the file, and what to do about it
   */
  constructor(code, reason, more = {}) {
    super(reason);
    this.code = code;
    this.line = more.line;
    this.advice = more.advice;
  }
};
function describe(error, file, advice = error.advice ?? ADVICE[error.code]) {
  const what = file === null ? "a TiUP home" : safeJson(file);
  const where = error.line === void 0 ? "" : `, line ${error.line}`;
  const cause = `${FAILED[error.code]} ${what}${where}: ${error.message}`;
  const internal = error.code === "internal" ? "internal: " : "";
  return `${internal}${cause}; ${advice}`;
}
function fail(code, reason, more) {
  throw new MetaError(code, reason, more);
}
function asMetaError(error, code) {
  if (error instanceof MetaError) return error;
  const kind = isFromSystem(error) ? code : "internal";
  return new MetaError(kind, reasonOf(error));
}
function reasonOf(error) {
  const message = messageOf(error);
  return printable(/^E[A-Z\d]+[:,] ([^,]+)/.exec(message)?.[1] ?? message);
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
function errno(error) {
  const { code } = Object(error);
  return typeof code === "string" && /^E[A-Z\d]+$/.test(code) ? code : "";
}
function isFromSystem(error) {
  const { name, code } = Object(error);
  const isDenied = name === "NotCapable" || code === "ERR_ACCESS_DENIED";
  return isDenied || errno(error) !== "";
}
var NAME = "[A-Za-z][\\w-]{0,999}";
var KEY = `(?<quote>["']?)(?<key>${NAME})\\k<quote>`;
var INTRO = `(?:-|${KEY} {0,20}:)(?= |$)`;
var SINGLE = "'[^'\\t]*'";
var DOUBLE = '"[^"\\\\\\t]*"';
var START = "[^ \\t\\-?:,[\\]{}#&*!|>'\"%@`]";
var PLAIN = `${START}[^\\t]*?`;
var COMMENT = "(?: #.*)?";
var LINE = new RegExp(
  `^(?<before>(?<indent> *)${INTRO} *)(?:(?<quoted>${SINGLE}|${DOUBLE}) *|(?<plain>${PLAIN}))?${COMMENT}$`
);
var BLANK = /^ *(?:#.*)?$/;
var NULLS = ["~", "null", "Null", "NULL"];
var DOCUMENT = /^---(?: +(?:#.*)?)?$/;
var STRANGE = /[^\t\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]/;
var NO_LINE = "not a line that a meta file may hold";
var TWICE = "its key stands above already (TiUP takes the last: keep that one)";
var CHARACTER = "it holds a character that a meta file may not hold";
var TAB = "it holds a tab";
var FLOW = "it holds JSON or a flow collection (from Ansible: use to_nice_yaml)";
var QUOTES = "quotes must hold the whole value, and neither a quote nor a backslash";
var HOLDS = 'a meta file holds lines "key: value", comments, and under other keys lists and mappings of one-line values';
function parseMeta(text) {
  return valuesOf(findLines(text));
}
function editMeta(text, changes) {
  return editLines(text, findLines(text), changes);
}
function editLines(text, lines, changes) {
  const before = valuesOf(lines);
  const wanted = { ...before, ...changes };
  const changed = META_KEYS.filter((key) => wanted[key] !== before[key]);
  if (changed.length === 0) return text;
  let edited = text;
  const startOf = (key) => lines[key]?.start ?? 0;
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
      advice: "nothing was changed; shorten it"
    });
  }
  const reread = parseMeta(decode(bytes));
  if (META_KEYS.some((key) => reread[key] !== wanted[key])) {
    fail("unwritable", "no edit changes just what was asked for");
  }
  return edited;
}
function putValue(text, line, value) {
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
function appendKey(text, key, value) {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const line = `${key}: ${stringifyValue(value)}`;
  const complete = text === "" || text.endsWith("\n");
  return complete ? text + line + newline : text + newline + line;
}
function stringifyValue(value) {
  const number = /^\d+(e\d+)?$/.test(value) && Number.isFinite(Number(value));
  return number || /^0b[01]+$/.test(value) ? `"${value}"` : value;
}
function valuesOf(lines) {
  const value = (key) => {
    const written = lines[key]?.written ?? "";
    if (isQuoted(written)) return written.slice(1, -1);
    return NULLS.includes(written) ? "" : written;
  };
  return {
    uuid: value("uuid"),
    secret: value("secret"),
    status: value("status")
  };
}
function isQuoted(written) {
  return written.startsWith('"') || written.startsWith("'");
}
function findLines(text) {
  const lines = {};
  const keys = /* @__PURE__ */ new Set();
  let levels = [{ indent: 0, isList: false, isOpen: false }];
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  let mayBegin = true;
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
      if (indent === 0 && key !== void 0) {
        if (keys.has(key)) failLine(TWICE, number);
        keys.add(key);
        if (isMetaKey(key)) lines[key] = line;
      }
    }
    start += row.length + 1;
  }
  return lines;
}
function failLine(reason, line) {
  fail("invalid-meta", `${reason}; ${HOLDS}`, { line });
}
function parseLine(content, offset) {
  const match = LINE.exec(content);
  if (!match?.groups) return void 0;
  const { before = "", indent = "", key, quoted, plain } = match.groups;
  const written = quoted ?? trimBlanks(plain ?? "");
  const isMapping = written.includes(": ") || written.endsWith(":");
  if (quoted === void 0 && isMapping) return void 0;
  const head = written === "" ? trimBlanks(before) : before;
  const isOurs = indent === "" && isMetaKey(key);
  return {
    key,
    indent: indent.length,
    written,
    start: offset + head.length,
    opens: written === "" && key !== void 0 && !isOurs
  };
}
function trimBlanks(text) {
  let end = text.length;
  while (text[end - 1] === " ") end -= 1;
  return text.slice(0, end);
}
function isMetaKey(key) {
  return META_KEYS.some((known) => known === key);
}
function placeLine(levels, line) {
  const { indent, opens: isOpen } = line;
  const isList = line.key === void 0;
  const level = { indent, isList, isOpen };
  const last = levels.at(-1);
  const isInColumn = isList && last?.isList === false && indent === last.indent;
  if (last?.isOpen && (indent > last.indent || isInColumn)) {
    return [...levels, level];
  }
  const at = levels.findLastIndex(
    (above) => above.indent === indent && above.isList === isList
  );
  return at < 0 ? void 0 : [...levels.slice(0, at), level];
}
function oddityOf(content) {
  const spaced = content.replaceAll("	", " ");
  const wouldDo = BLANK.test(spaced) || parseLine(spaced, 0) !== void 0;
  if (spaced !== content && wouldDo) return TAB;
  if (new RegExp(`^ *(?:${INTRO} *)?[[{]`).test(content)) return FLOW;
  if (new RegExp(`^ *${INTRO} *["']`).test(content)) return QUOTES;
  return NO_LINE;
}
function decode(bytes) {
  if (!buffer.isUtf8(bytes)) fail("invalid-meta", "it is not valid UTF-8");
  return bytes.toString();
}
var {
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_WRONLY
} = fs.constants;
var CALM = O_NONBLOCK | O_NOCTTY;
var CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | CALM;
var NOT_REGULAR = "it is not a regular file";
var MOVE_AWAY = { advice: "move it away" };
function metaFile(home) {
  return join(home, "telemetry", "meta.yaml");
}
function absoluteHome(home, folder) {
  if (isAbsolute(home)) return join(home);
  if (folder === void 0) {
    fail("unreadable", "the working directory cannot be found");
  }
  return join(folder, home);
}
function workingFolder() {
  try {
    return process.cwd();
  } catch {
    return void 0;
  }
}
function refuseOddPath(home) {
  if (home === "") fail("refused", "the name of the home is empty");
  if (home.includes("\0") || home.includes("\uFFFD")) {
    fail("unreadable", "the path is not valid UTF-8, or holds a NUL");
  }
}
function isThere(path) {
  return fs.statSync(path, { throwIfNoEntry: false }) !== void 0;
}
function openIfThere(path, flags) {
  try {
    return fs.openSync(path, flags | CALM);
  } catch (error) {
    switch (errno(error)) {
      case "ENOENT":
        return void 0;
      case "ENXIO":
        return fail("invalid-meta", NOT_REGULAR, MOVE_AWAY);
      case "EAGAIN":
        return fail("unreadable", "another process holds a lease on it", {
          advice: "try again"
        });
      default:
        throw error;
    }
  }
}
function readFile(file) {
  const descriptor = openIfThere(file, O_RDONLY);
  if (descriptor === void 0) return void 0;
  try {
    return readDescriptor(descriptor);
  } finally {
    close(descriptor);
  }
}
function readDescriptor(descriptor) {
  const stat = fs.fstatSync(descriptor);
  if (!stat.isFile()) fail("invalid-meta", NOT_REGULAR, MOVE_AWAY);
  const bytes = Buffer.allocUnsafe(MAX_BYTES + 1);
  let length = 0;
  let count = 0;
  do {
    const room = bytes.length - length;
    count = fs.readSync(descriptor, bytes, length, room, length);
    length += count;
  } while (count > 0 && length < bytes.length);
  if (length > MAX_BYTES) {
    fail("invalid-meta", "it is larger than 64 KiB", MOVE_AWAY);
  }
  return { bytes: bytes.subarray(0, length), stat };
}
async function readSettled(file) {
  const deadline = monotonicMs() + SETTLED_MS;
  for (; ; ) {
    const snapshot = readFile(file);
    if (!snapshot || snapshot.bytes.length > 0) return snapshot;
    const isAtRest = Date.now() - snapshot.stat.mtimeMs > AT_REST_MS;
    if (isAtRest || monotonicMs() > deadline) return snapshot;
    await sleep(10);
  }
}
async function compareAndSwap(file, snapshot, plan, deadline) {
  const made = [];
  try {
    const folder = followLinks(dirname(file));
    makeFolders(folder, made);
    const target = followLinks(join(folder, basename(file)));
    return await withLock(
      `${target}.lock`,
      deadline,
      (lock) => swap(target, snapshot, plan, lock)
    );
  } catch (error) {
    for (const path of made.reverse()) quietly(() => fs.rmdirSync(path));
    throw asMetaError(error, "unwritable");
  }
}
function swap(target, snapshot, plan, lock) {
  sweepTemporaryFiles(target);
  const descriptor = openIfThere(target, O_RDWR | O_NOFOLLOW);
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  const temporary = `${target}.${random.padStart(12, "0")}.tmp`;
  let kept;
  let isWritten = false;
  let isSwapped = false;
  try {
    if (!isCurrent(target, descriptor, snapshot)) return { kind: "stale" };
    writeNew(temporary, Buffer.from(plan.text), snapshot?.stat);
    isWritten = true;
    if (plan.damaged && snapshot) kept = keepDamaged(target, snapshot);
    const mayReplace = lock.isHeld() && isCurrent(target, descriptor, snapshot);
    if (!mayReplace) return { kind: "stale" };
    if (snapshot) renameOver(temporary, target);
    else if (!linkAsNew(temporary, target)) return { kind: "stale" };
    isSwapped = true;
    syncFolder(dirname(target));
    return { kind: "done", kept };
  } finally {
    if (isWritten && !isSwapped) remove(temporary);
    if (kept !== void 0 && !isSwapped) remove(kept);
    close(descriptor);
  }
}
function isCurrent(target, descriptor, snapshot) {
  const named = fs.lstatSync(target, { throwIfNoEntry: false });
  if (!snapshot) return descriptor === void 0 && named === void 0;
  if (descriptor === void 0 || named === void 0) return false;
  const held = readDescriptor(descriptor);
  return isSameFile(named, held.stat) && isSameFile(held.stat, snapshot.stat) && held.bytes.equals(snapshot.bytes);
}
function isSameFile(one, other) {
  return one.ino === other.ino && one.dev === other.dev && one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}
function writeNew(path, bytes, like) {
  const mode = like ? 384 : modeOfNewFile(dirname(path));
  const descriptor = fs.openSync(path, CREATE, mode);
  try {
    fs.writeFileSync(descriptor, bytes);
    if (like) copyOwnerAndMode(like, descriptor);
    fs.fsyncSync(descriptor);
    fs.closeSync(descriptor);
  } catch (error) {
    close(descriptor);
    remove(path);
    throw error;
  }
}
function modeOfNewFile(folder) {
  return 420 | fs.statSync(folder).mode & 438;
}
function copyOwnerAndMode(like, descriptor) {
  const { uid, gid, mode } = fs.fstatSync(descriptor);
  const hasGroup = gid === like.gid || tryChown(descriptor, uid, like.gid);
  const groupRights = like.mode >> 3 & 7;
  const otherRights = like.mode & 7;
  if (!hasGroup && groupRights !== otherRights) {
    fail("unwritable", "its group cannot be kept, and has rights of its own");
  }
  if (hasGroup && uid !== like.uid) tryChown(descriptor, like.uid, like.gid);
  const wanted = like.mode & 4095;
  if ((mode & 4095) !== wanted) fs.fchmodSync(descriptor, wanted);
}
function tryChown(descriptor, uid, gid) {
  try {
    fs.fchownSync(descriptor, uid, gid);
    return true;
  } catch (error) {
    if (["EPERM", "EINVAL"].includes(errno(error))) return false;
    throw error;
  }
}
function keepDamaged(target, damaged) {
  for (let count = 0; ; count++) {
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
function renameOver(temporary, target) {
  try {
    fs.renameSync(temporary, target);
  } catch (error) {
    if (errno(error) !== "EBUSY") throw error;
    const advice = "nothing was changed; change it where it is mounted from";
    fail("unwritable", "it is a mount point", { advice });
  }
}
function linkAsNew(temporary, target) {
  try {
    fs.linkSync(temporary, target);
    remove(temporary);
  } catch (error) {
    if (errno(error) === "EEXIST") return false;
    renameOver(temporary, target);
  }
  return true;
}
function sweepTemporaryFiles(target) {
  const folder = dirname(target);
  const isTemporary = (path) => path.startsWith(target) && /^\.[0-9a-f]{12}\.tmp$/.test(path.slice(target.length));
  quietly(() => {
    for (const name of fs.readdirSync(folder)) {
      const path = join(folder, name);
      if (isTemporary(path) && isOlder(path, OLD_TEMP_MS)) remove(path);
    }
  });
}
function followLinks(path) {
  let at = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const stat = fs.lstatSync(at, { throwIfNoEntry: false });
    if (!stat?.isSymbolicLink()) return at;
    if (stat.uid !== 0 && stat.uid !== process.geteuid?.()) {
      fail("unwritable", `${safeJson(at)} is a symlink of another user`);
    }
    const link = fs.readlinkSync(at);
    const next = isAbsolute(link) ? link : `${dirname(at)}/${link}`;
    at = join(fs.realpathSync.native(dirname(next)), basename(next));
  }
  return fail("unwritable", `too many symlinks from ${safeJson(path)} on`);
}
function makeFolders(folder, made) {
  if (isThere(folder)) return;
  const parent = dirname(folder);
  makeFolders(parent, made);
  const mode = 493 | fs.statSync(parent).mode & 511;
  try {
    fs.mkdirSync(folder, mode);
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error;
    if (isThere(folder)) return;
    fail("unwritable", `${safeJson(folder)} is a symlink that leads nowhere`);
  }
  made.push(folder);
  syncFolder(parent);
}
function syncFolder(folder) {
  quietly(() => {
    const descriptor = fs.openSync(folder, O_RDONLY | O_DIRECTORY | CALM);
    quietly(() => fs.fsyncSync(descriptor));
    close(descriptor);
  });
}
async function withLock(path, deadline, work) {
  for (; ; ) {
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
function tryLock(path) {
  let descriptor;
  try {
    descriptor = fs.openSync(path, CREATE, 384);
  } catch (error) {
    if (errno(error) === "EEXIST") return void 0;
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
function breakStaleLock(path) {
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
function removeStaleLock(path) {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (errno(error) === "ENOENT") return;
    const reason = `${safeJson(path)} is stale and cannot be removed`;
    const advice = "nothing was changed; it will not go away by itself: remove it";
    fail("locked", `${reason} (${reasonOf(error)})`, { advice });
  }
}
function isOlder(path, milliseconds) {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  return stat !== void 0 && ageOf(stat) > milliseconds;
}
function ageOf(stat) {
  return Math.abs(Date.now() - stat.mtimeMs);
}
function monotonicMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}
function sleep(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
function quietly(action) {
  try {
    action();
  } catch {
  }
}
function close(descriptor) {
  if (descriptor !== void 0) quietly(() => fs.closeSync(descriptor));
}
function remove(path) {
  quietly(() => fs.unlinkSync(path));
}
function findUser(uid) {
  const file = "/etc/passwd";
  const text = isThere(file) ? fs.readFileSync(file, "utf8") : "";
  for (const line of text.split("\n")) {
    const fields = line.trim().split(":");
    const [name = "", , lineUid, gid = "", , home = ""] = fields;
    const isEntry = fields.length >= 7 && /^[^#+-]/.test(name) && /^[+-]?\d+$/.test(gid);
    if (isEntry && lineUid === String(uid)) return { name, home };
  }
  return void 0;
}
var COMMANDS = {
  status: {
    summary: "Show the status and the uuid, change nothing",
    flags: [],
    change: () => ({})
  },
  enable: {
    summary: "Turn telemetry on",
    flags: ["check", "force"],
    change: ({ uuid, secret }) => ({
      uuid: uuid || v4_default(),
      secret: secret || mintSecret(),
      status: "enable"
    })
  },
  disable: {
    summary: "Turn telemetry off",
    flags: ["check", "force"],
    change: () => ({ status: "disable" })
  },
  reset: {
    summary: "Mint a new uuid",
    flags: ["all", "force"],
    change: (_, { all }) => all ? { uuid: v4_default(), secret: mintSecret() } : { uuid: v4_default() }
  }
};
async function readMeta(home) {
  refuseOddPath(home);
  const file = metaFile(absoluteHome(home, workingFolder()));
  try {
    const snapshot = await readSettled(file);
    return snapshot && parseMeta(decode(snapshot.bytes));
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}
async function runCommand(command, home, options = {}) {
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
    kept: rest.kept
  };
}
async function carryOut(command, file, options) {
  const home = dirname(dirname(file));
  const deadline = monotonicMs() + GIVE_UP_MS;
  let homeMissing = false;
  try {
    for (let round = 1; ; round++) {
      const snapshot = await readSettled(file);
      const plan = makePlan(command, snapshot, options);
      const source = snapshot ? "file" : "default";
      homeMissing ||= !snapshot && !isThere(home);
      if (!plan.changed || options.check) {
        return { plan, source, homeMissing, kept: void 0 };
      }
      const swapped = await compareAndSwap(file, snapshot, plan, deadline);
      if (swapped.kind === "done") {
        return { plan, source, homeMissing, kept: swapped.kept };
      }
      const isLate = round > 1 && monotonicMs() > deadline;
      if (isLate) fail("locked", "it keeps changing");
    }
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}
function makePlan(command, snapshot, options) {
  try {
    const text = snapshot ? decode(snapshot.bytes) : "";
    return planChange(command, text, options);
  } catch (error) {
    const isInvalid = error instanceof MetaError && error.code === "invalid-meta";
    const canForce = COMMANDS[command].flags.includes("force");
    const isForced = options.force === true && canForce && !options.check;
    if (!isInvalid || !isForced) throw error;
    const plan = planChange(command, "", options);
    return { ...plan, damaged: true, changed: true };
  }
}
function planChange(command, old, options) {
  const lines = findLines(old);
  const before = valuesOf(lines);
  const changes = COMMANDS[command].change(before, options);
  const text = editLines(old, lines, changes);
  const after = { ...before, ...changes };
  return { before, after, text, damaged: false, changed: text !== old };
}
function mintSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes).toString("hex");
}
function statusOf(status) {
  return status === "enable" ? "enable" : "disable";
}
function isProved(outcome, wanted) {
  return outcome.source === "file" && outcome.status === wanted;
}
function exitOnSignals() {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => process.exit(128 + number));
  }
}
function findHome(env) {
  if (env["TIUP_HOME"]) return env["TIUP_HOME"];
  const user = process.platform === "darwin" ? void 0 : findSelf();
  const directory = user ? user.home : env["HOME"];
  if (directory) return join(directory, ".tiup");
  const reason = user ? "the user's line in /etc/passwd names no home directory" : "neither /etc/passwd nor HOME tells the home directory";
  return fail("unreadable", reason, {
    advice: "name the home, or set TIUP_HOME"
  });
}
function findSelf() {
  try {
    return findUser(process.getuid?.() ?? -1);
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}
function refuseHomeText(home) {
  const name = safeJson(home);
  if (home.startsWith("~")) {
    const meant = safeJson(`./${home}`);
    fail("refused", `~ is not expanded in ${name}`, {
      advice: `write the path in full, or ${meant} for that very name`
    });
  }
  if (/(^|\/)telemetry\/+meta\.yaml\/*$/.test(home)) {
    const meant = safeJson(dirname(dirname(home)));
    fail("refused", `${name} is the file in a home`, {
      advice: `write the home, ${meant}`
    });
  }
}
function refuseHomeByLook(home) {
  try {
    lookAtHome(home);
  } catch (error) {
    throw asMetaError(error, "unreadable");
  }
}
function lookAtHome(home) {
  const name = safeJson(home);
  if (basename(home) === "telemetry" && isThere(join(home, "meta.yaml"))) {
    fail("refused", `${name} is the folder in a home`, {
      advice: `write the home, ${safeJson(dirname(home))}`
    });
  }
  if (isThere(metaFile(home)) || isThere(join(home, "telemetry"))) return;
  const inner = join(home, ".tiup");
  if (isThere(inner)) {
    fail("refused", `${name} holds a home and is none`, {
      advice: `write ${safeJson(inner)}`
    });
  }
}
var ERAS = "TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry";
function remarks(outcome, env, options = {}) {
  const { command, file, source, status, found, homeMissing } = outcome;
  const { DO_NOT_TRACK = "", TIUP_TELEMETRY_STATUS: variable } = env;
  const name = safeJson(file);
  const folder = safeJson(outcome.home);
  const lines = [];
  const note = (text) => lines.push({ level: "note", text });
  const warn = (text) => lines.push({ level: "warning", text });
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
function homeRemarks(home, env) {
  const { TIUP_HOME, HOME } = env;
  if (TIUP_HOME || !HOME || join(HOME, ".tiup") === join(home)) return [];
  const where = `HOME is ${safeJson(HOME)}, but TiUP follows /etc/passwd`;
  return [{ level: "warning", text: `${where}: using ${safeJson(home)}` }];
}
function isReadOnly(command, check = false) {
  return command === "status" || check;
}
var LIST = "find /srv -maxdepth 2 -name .tiup -print0 |";
var EXAMPLES = {
  help: [
    "  telemetry status            # what the file says",
    "  telemetry disable           # turn telemetry off",
    "  telemetry disable --check   # prove that it is off, change nothing"
  ],
  status: [
    "  telemetry status",
    "  telemetry status --home /srv/tiup --json",
    `  ${LIST} telemetry status --home - --null`
  ],
  enable: [
    "  telemetry enable",
    "  telemetry enable --check --home /srv/tiup"
  ],
  disable: [
    "  telemetry disable",
    "  telemetry disable --check --home /srv/tiup",
    `  ${LIST} telemetry disable --home - --null`
  ],
  reset: [
    "  telemetry reset         # a new uuid",
    "  telemetry reset --all   # and a new secret: no link to earlier reports"
  ]
};
var VERSION_FLAGS = ["-v", "--version"];
var TEXT_FLAGS = ["-h", "--help", ...VERSION_FLAGS];
var COMMAND_NAMES = Object.keys(COMMANDS);
if (false) {
  startSource();
} else if (false) {
  start();
}
export {
  MetaError,
  VERSION,
  describe,
  editMeta,
  exitOnSignals,
  findHome,
  homeRemarks,
  isProved,
  metaFile,
  parseMeta,
  printable,
  readMeta,
  refuseHomeByLook,
  refuseHomeText,
  remarks,
  runCommand
};

/*!
uuid 14.0.3

The MIT License (MIT)

Copyright (c) 2010-2020 Robert Kieffer and other contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
*/
