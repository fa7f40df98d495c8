process.exitCode = 1; // until the work is done
// node_modules/@actions/core/lib/command.js
import * as os from "os";

// node_modules/@actions/core/lib/utils.js
function toCommandValue(input) {
  if (input === null || input === void 0) {
    return "";
  } else if (typeof input === "string" || input instanceof String) {
    return input;
  }
  return JSON.stringify(input);
}
function toCommandProperties(annotationProperties) {
  if (!Object.keys(annotationProperties).length) {
    return {};
  }
  return {
    title: annotationProperties.title,
    file: annotationProperties.file,
    line: annotationProperties.startLine,
    endLine: annotationProperties.endLine,
    col: annotationProperties.startColumn,
    endColumn: annotationProperties.endColumn
  };
}

// node_modules/@actions/core/lib/command.js
function issueCommand(command, properties, message) {
  const cmd = new Command(command, properties, message);
  process.stdout.write(cmd.toString() + os.EOL);
}
var CMD_STRING = "::";
var Command = class {
  constructor(command, properties, message) {
    if (!command) {
      command = "missing.command";
    }
    this.command = command;
    this.properties = properties;
    this.message = message;
  }
  toString() {
    let cmdStr = CMD_STRING + this.command;
    if (this.properties && Object.keys(this.properties).length > 0) {
      cmdStr += " ";
      let first = true;
      for (const key in this.properties) {
        if (this.properties.hasOwnProperty(key)) {
          const val = this.properties[key];
          if (val) {
            if (first) {
              first = false;
            } else {
              cmdStr += ",";
            }
            cmdStr += `${key}=${escapeProperty(val)}`;
          }
        }
      }
    }
    cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
    return cmdStr;
  }
};
function escapeData(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}

// node_modules/@actions/core/lib/core.js
import * as os2 from "os";

// node_modules/@actions/core/lib/summary.js
import { EOL as EOL2 } from "os";
import { constants, promises } from "fs";
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve2) {
      resolve2(value);
    });
  }
  return new (P || (P = Promise))(function(resolve2, reject) {
    function fulfilled(value) {
      try {
        step(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step(result) {
      result.done ? resolve2(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var { access, appendFile, writeFile } = promises;
var SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
  constructor() {
    this._buffer = "";
  }
  /**
   * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
   * Also checks r/w permissions.
   *
   * @returns step summary file path
   */
  filePath() {
    return __awaiter(this, void 0, void 0, function* () {
      if (this._filePath) {
        return this._filePath;
      }
      const pathFromEnv = process.env[SUMMARY_ENV_VAR];
      if (!pathFromEnv) {
        throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
      }
      try {
        yield access(pathFromEnv, constants.R_OK | constants.W_OK);
      } catch (_a) {
        throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
      }
      this._filePath = pathFromEnv;
      return this._filePath;
    });
  }
  /**
   * Wraps content in an HTML tag, adding any HTML attributes
   *
   * @param {string} tag HTML tag to wrap
   * @param {string | null} content content within the tag
   * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
   *
   * @returns {string} content wrapped in HTML element
   */
  wrap(tag, content, attrs = {}) {
    const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
    if (!content) {
      return `<${tag}${htmlAttrs}>`;
    }
    return `<${tag}${htmlAttrs}>${content}</${tag}>`;
  }
  /**
   * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
   *
   * @param {SummaryWriteOptions} [options] (optional) options for write operation
   *
   * @returns {Promise<Summary>} summary instance
   */
  write(options) {
    return __awaiter(this, void 0, void 0, function* () {
      const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
      const filePath = yield this.filePath();
      const writeFunc = overwrite ? writeFile : appendFile;
      yield writeFunc(filePath, this._buffer, { encoding: "utf8" });
      return this.emptyBuffer();
    });
  }
  /**
   * Clears the summary buffer and wipes the summary file
   *
   * @returns {Summary} summary instance
   */
  clear() {
    return __awaiter(this, void 0, void 0, function* () {
      return this.emptyBuffer().write({ overwrite: true });
    });
  }
  /**
   * Returns the current summary buffer as a string
   *
   * @returns {string} string of summary buffer
   */
  stringify() {
    return this._buffer;
  }
  /**
   * If the summary buffer is empty
   *
   * @returns {boolen} true if the buffer is empty
   */
  isEmptyBuffer() {
    return this._buffer.length === 0;
  }
  /**
   * Resets the summary buffer without writing to summary file
   *
   * @returns {Summary} summary instance
   */
  emptyBuffer() {
    this._buffer = "";
    return this;
  }
  /**
   * Adds raw text to the summary buffer
   *
   * @param {string} text content to add
   * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
   *
   * @returns {Summary} summary instance
   */
  addRaw(text, addEOL = false) {
    this._buffer += text;
    return addEOL ? this.addEOL() : this;
  }
  /**
   * Adds the operating system-specific end-of-line marker to the buffer
   *
   * @returns {Summary} summary instance
   */
  addEOL() {
    return this.addRaw(EOL2);
  }
  /**
   * Adds an HTML codeblock to the summary buffer
   *
   * @param {string} code content to render within fenced code block
   * @param {string} lang (optional) language to syntax highlight code
   *
   * @returns {Summary} summary instance
   */
  addCodeBlock(code2, lang) {
    const attrs = Object.assign({}, lang && { lang });
    const element = this.wrap("pre", this.wrap("code", code2), attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML list to the summary buffer
   *
   * @param {string[]} items list of items to render
   * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
   *
   * @returns {Summary} summary instance
   */
  addList(items, ordered = false) {
    const tag = ordered ? "ol" : "ul";
    const listItems = items.map((item) => this.wrap("li", item)).join("");
    const element = this.wrap(tag, listItems);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML table to the summary buffer
   *
   * @param {SummaryTableCell[]} rows table rows
   *
   * @returns {Summary} summary instance
   */
  addTable(rows) {
    const tableBody = rows.map((row) => {
      const cells2 = row.map((cell) => {
        if (typeof cell === "string") {
          return this.wrap("td", cell);
        }
        const { header, data, colspan, rowspan } = cell;
        const tag = header ? "th" : "td";
        const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
        return this.wrap(tag, data, attrs);
      }).join("");
      return this.wrap("tr", cells2);
    }).join("");
    const element = this.wrap("table", tableBody);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds a collapsable HTML details element to the summary buffer
   *
   * @param {string} label text for the closed state
   * @param {string} content collapsable content
   *
   * @returns {Summary} summary instance
   */
  addDetails(label, content) {
    const element = this.wrap("details", this.wrap("summary", label) + content);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML image tag to the summary buffer
   *
   * @param {string} src path to the image you to embed
   * @param {string} alt text description of the image
   * @param {SummaryImageOptions} options (optional) addition image attributes
   *
   * @returns {Summary} summary instance
   */
  addImage(src, alt, options) {
    const { width, height } = options || {};
    const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
    const element = this.wrap("img", null, Object.assign({ src, alt }, attrs));
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML section heading element
   *
   * @param {string} text heading text
   * @param {number | string} [level=1] (optional) the heading level, default: 1
   *
   * @returns {Summary} summary instance
   */
  addHeading(text, level) {
    const tag = `h${level}`;
    const allowedTag = ["h1", "h2", "h3", "h4", "h5", "h6"].includes(tag) ? tag : "h1";
    const element = this.wrap(allowedTag, text);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML thematic break (<hr>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addSeparator() {
    const element = this.wrap("hr", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML line break (<br>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addBreak() {
    const element = this.wrap("br", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML blockquote to the summary buffer
   *
   * @param {string} text quote text
   * @param {string} cite (optional) citation url
   *
   * @returns {Summary} summary instance
   */
  addQuote(text, cite) {
    const attrs = Object.assign({}, cite && { cite });
    const element = this.wrap("blockquote", text, attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML anchor tag to the summary buffer
   *
   * @param {string} text link text/content
   * @param {string} href hyperlink
   *
   * @returns {Summary} summary instance
   */
  addLink(text, href) {
    const element = this.wrap("a", text, { href });
    return this.addRaw(element).addEOL();
  }
};
var _summary = new Summary();
var summary = _summary;

// node_modules/@actions/core/lib/core.js
var ExitCode;
(function(ExitCode2) {
  ExitCode2[ExitCode2["Success"] = 0] = "Success";
  ExitCode2[ExitCode2["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
function setSecret(secret) {
  issueCommand("add-mask", {}, secret);
}
function error(message, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function warning(message, properties = {}) {
  issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function info(message) {
  process.stdout.write(message + os2.EOL);
}
function getState(name) {
  return process.env[`STATE_${name}`] || "";
}

// action.ts
import { realpathSync as realpathSync2 } from "node:fs";
import { isAbsolute as isAbsolute2, resolve } from "node:path";

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
var { process: process2 } = globalThis;
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
  constructor(code2, reason, more = {}) {
    super(reason);
    this.code = code2;
    this.line = more.line;
    this.advice = more.advice;
  }
};
function describe(error2, file, advice = error2.advice ?? ADVICE[error2.code]) {
  const what = file === null ? "a TiUP home" : safeJson(file);
  const where = error2.line === void 0 ? "" : `, line ${error2.line}`;
  const cause = `${FAILED[error2.code]} ${what}${where}: ${error2.message}`;
  const internal = error2.code === "internal" ? "internal: " : "";
  return `${internal}${cause}; ${advice}`;
}
function fail(code2, reason, more) {
  throw new MetaError(code2, reason, more);
}
function asMetaError(error2, code2) {
  if (error2 instanceof MetaError) return error2;
  const kind = isFromSystem(error2) ? code2 : "internal";
  return new MetaError(kind, reasonOf(error2));
}
function reasonOf(error2) {
  const message = messageOf(error2);
  return printable(/^E[A-Z\d]+[:,] ([^,]+)/.exec(message)?.[1] ?? message);
}
function messageOf(error2) {
  return error2 instanceof Error ? error2.message : String(error2);
}
function errno(error2) {
  const { code: code2 } = Object(error2);
  return typeof code2 === "string" && /^E[A-Z\d]+$/.test(code2) ? code2 : "";
}
function isFromSystem(error2) {
  const { name, code: code2 } = Object(error2);
  const isDenied = name === "NotCapable" || code2 === "ERR_ACCESS_DENIED";
  return isDenied || errno(error2) !== "";
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
    const quote2 = written.slice(0, 1);
    return head + quote2 + value + quote2 + tail;
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
    return process2.cwd();
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
  } catch (error2) {
    switch (errno(error2)) {
      case "ENOENT":
        return void 0;
      case "ENXIO":
        return fail("invalid-meta", NOT_REGULAR, MOVE_AWAY);
      case "EAGAIN":
        return fail("unreadable", "another process holds a lease on it", {
          advice: "try again"
        });
      default:
        throw error2;
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
  } catch (error2) {
    for (const path of made.reverse()) quietly(() => fs.rmdirSync(path));
    throw asMetaError(error2, "unwritable");
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
  } catch (error2) {
    close(descriptor);
    remove(path);
    throw error2;
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
  } catch (error2) {
    if (["EPERM", "EINVAL"].includes(errno(error2))) return false;
    throw error2;
  }
}
function keepDamaged(target, damaged) {
  for (let count = 0; ; count++) {
    const name = `${target}.bad${count > 0 ? `.${count}` : ""}`;
    try {
      writeNew(name, damaged.bytes, damaged.stat);
      syncFolder(dirname(name));
      return name;
    } catch (error2) {
      if (errno(error2) !== "EEXIST") throw error2;
    }
  }
}
function renameOver(temporary, target) {
  try {
    fs.renameSync(temporary, target);
  } catch (error2) {
    if (errno(error2) !== "EBUSY") throw error2;
    const advice = "nothing was changed; change it where it is mounted from";
    fail("unwritable", "it is a mount point", { advice });
  }
}
function linkAsNew(temporary, target) {
  try {
    fs.linkSync(temporary, target);
    remove(temporary);
  } catch (error2) {
    if (errno(error2) === "EEXIST") return false;
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
    if (stat.uid !== 0 && stat.uid !== process2.geteuid?.()) {
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
  } catch (error2) {
    if (errno(error2) !== "EEXIST") throw error2;
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
  } catch (error2) {
    if (errno(error2) === "EEXIST") return void 0;
    throw error2;
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
  } catch (error2) {
    if (errno(error2) === "ENOENT") return;
    const reason = `${safeJson(path)} is stale and cannot be removed`;
    const advice = "nothing was changed; it will not go away by itself: remove it";
    fail("locked", `${reason} (${reasonOf(error2)})`, { advice });
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
  return Number(process2.hrtime.bigint()) / 1e6;
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
  } catch (error2) {
    throw asMetaError(error2, "unreadable");
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
  } catch (error2) {
    throw asMetaError(error2, "unreadable");
  }
}
function makePlan(command, snapshot, options) {
  try {
    const text = snapshot ? decode(snapshot.bytes) : "";
    return planChange(command, text, options);
  } catch (error2) {
    const isInvalid = error2 instanceof MetaError && error2.code === "invalid-meta";
    const canForce = COMMANDS[command].flags.includes("force");
    const isForced = options.force === true && canForce && !options.check;
    if (!isInvalid || !isForced) throw error2;
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
function findHome(env) {
  if (env["TIUP_HOME"]) return env["TIUP_HOME"];
  const user = process2.platform === "darwin" ? void 0 : findSelf();
  const directory = user ? user.home : env["HOME"];
  if (directory) return join(directory, ".tiup");
  const reason = user ? "the user's line in /etc/passwd names no home directory" : "neither /etc/passwd nor HOME tells the home directory";
  return fail("unreadable", reason, {
    advice: "name the home, or set TIUP_HOME"
  });
}
function findSelf() {
  try {
    return findUser(process2.getuid?.() ?? -1);
  } catch (error2) {
    throw asMetaError(error2, "unreadable");
  }
}
function homeRemarks(home, env) {
  const { TIUP_HOME, HOME } = env;
  if (TIUP_HOME || !HOME || join(HOME, ".tiup") === join(home)) return [];
  const where = `HOME is ${safeJson(HOME)}, but TiUP follows /etc/passwd`;
  return [{ level: "warning", text: `${where}: using ${safeJson(home)}` }];
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

// action.ts
var { process: process3 } = globalThis;
var STATES = ["enable", "disable"];
var MODES = ["enforce", "check"];
var SIGHTS = [...STATES, "neither enable nor disable", "no file"];
var ORIGINS = ["tiup-home", "TIUP_HOME", "the user's home"];
var TITLES = {
  main: "TiUP telemetry",
  post: "TiUP telemetry at the end of the job"
};
var FAILED_TITLES = {
  main: "TiUP telemetry failed",
  post: "TiUP telemetry failed at the end of the job"
};
var STATE_KEY = "telemetry";
var INPUTS = ["state", "mode", "tiup-home", "reset", "verify"];
var UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
var SECRET = /^[0-9a-f]{32}$/i;
var ADVICE2 = /* @__PURE__ */ new Map([
  [
    "invalid-meta",
    "mend the file, or delete it and let mode: enforce write a new one"
  ]
]);
var MESSAGES = {
  changed: (file, before, now) => `Changed ${file}: ${before} before, ${now} now`,
  changedAndReset: (file, before, now) => `Changed ${file}: ${before} before, ${now} now, the uuid is new`,
  reset: (file, now) => `Changed ${file}: ${now}, the uuid is new`,
  completed: (file, now) => `Changed ${file}: ${now}, now complete`,
  unchanged: (file, now) => `Not changed ${file}: ${now}`,
  variableSet: (state) => `TIUP_TELEMETRY_STATUS is ${state} for the steps from here on`,
  atEnd: (file, now) => `${file}: ${now} at the end of the job`,
  notAsked: () => "Not read again: verify is false",
  notReached: () => "Not read again: this step did not get to its end",
  home: (home, from) => `Home: ${home}, from ${from}`,
  elsewhere: (variable, home) => `TIUP_HOME leads to ${variable}, and TiUP uses that, not tiup-home ${home}; set both to the same home`,
  neither: (file) => `${file} says neither enable nor disable, and TiUP takes that as disabled`,
  noSummary: (reason) => `The summary cannot be written (${reason})`,
  value: (input, given, valid) => `${input} is ${given}, not ${valid}`,
  resetInCheck: () => "reset: true is valid with mode: enforce only",
  undeclared: (given, variable) => `No input is ${given}; valid are ${INPUTS.join(", ")}; if you did not write it, ${variable} is a variable of the job's own, or an input of an outer composite action that the runner hands on; rename it there`,
  missingHome: () => "INPUT_TIUP-HOME is missing; a shell between the runner and Node drops such names: use a runner that starts Node directly",
  oddHome: (given) => `tiup-home is ${given}, and nothing expands $ or splits lines; write one path in full`,
  refusedHome: (reason) => `tiup-home: ${reason}`,
  relativeVariable: (given) => `TIUP_HOME is ${given}, a relative path, which TiUP looks for in the folder of each step; write the path in full`,
  differs: (file, found, state) => `${file} says ${found}, not ${state}; set mode: enforce to change that`,
  differsFromNeither: (file, state) => `${file} does not say ${state}: its status is neither enable nor disable, and TiUP takes that as disabled; set mode: enforce to change that`,
  noFile: (file) => `No file ${file}: TiUP up to 1.11.2 takes that as enabled, later versions as disabled; set mode: enforce to write it`,
  noPlace: (reason) => `No TiUP home: ${reason}; set tiup-home or TIUP_HOME`,
  noHome: (home, state) => `No home folder ${home}, so no file that says ${state}; check the path, or use mode: enforce`,
  contradicted: (state) => `TIUP_TELEMETRY_STATUS is not ${state}, and what TiUP starts follows it; remove the variable`,
  meanwhile: (file) => `Another program changed ${file} while this step ran; run the step while no TiUP runs`,
  runnerFile: (purpose, reason, what) => `The runner's file for ${purpose} cannot be written (${reason}); make it writable for the user of the job; the telemetry file was ${what}`,
  internal: (reason) => `internal: ${reason}; this is a fault of the action, please report it`,
  drift: (now, had) => `Changed after this step: ${now}, this step had ${had}; look for later steps, and for other jobs on this machine`,
  moved: (variable, file, found) => `${variable} leads to ${file} now, and ${found}; set ${variable} before this step, or use the action again after it`,
  unset: (file, found) => `TIUP_HOME is not set now, TiUP uses ${file}, and ${found}; set TIUP_HOME for all steps, or use the action again without it`,
  contradictedAtEnd: (state) => `TIUP_TELEMETRY_STATUS is not ${state} at the end of the job, and what TiUP starts follows it; look for later steps that set it, and for env: of this step`
};
var Failure = class extends Error {
  /** The meta file, where the failure is about it. */
  file;
  constructor(message, file) {
    super(message);
    this.file = file;
  }
};
function quote(text) {
  const shown = printable(text);
  return shown.startsWith('"') ? shown : `"${shown}"`;
}
function reasonOf2(error2) {
  return printable(error2 instanceof Error ? error2.message : String(error2));
}
function isOneOf(values, value) {
  return values.some((known) => known === value);
}
function findPlace() {
  const from = process3.env["TIUP_HOME"] ? "TIUP_HOME" : "the user's home";
  try {
    return { home: resolve(findHome(process3.env)), from };
  } catch (error2) {
    if (!(error2 instanceof MetaError)) throw error2;
    throw new Failure(MESSAGES.noPlace(error2.message));
  }
}
function refuseRelativeVariable() {
  const { TIUP_HOME } = process3.env;
  if (!TIUP_HOME || isAbsolute2(TIUP_HOME)) return;
  throw new Failure(MESSAGES.relativeVariable(quote(TIUP_HOME)));
}
function isSameFolder(one, other) {
  return realPathOf(one) === realPathOf(other);
}
function realPathOf(path) {
  try {
    return realpathSync2(path);
  } catch {
    return resolve(path);
  }
}
async function look(home, report) {
  return await namingFile(home, async () => {
    const meta = await readMeta(home);
    const outcome = await runCommand("status", home);
    mask(meta, outcome, report);
    return { sight: sightOf(outcome), outcome };
  });
}
function mask(meta, outcome, report) {
  const values = [meta?.uuid ?? "", meta?.secret ?? "", outcome.uuid];
  for (const value of values) {
    if (!UUID.test(value) && !SECRET.test(value)) continue;
    if (report.masked.has(value)) continue;
    report.masked.add(value);
    setSecret(value);
  }
}
function sightOf({ source, found }) {
  if (source === "default") return "no file";
  return isOneOf(STATES, found) ? found : "neither enable nor disable";
}
async function namingFile(home, work, advice) {
  try {
    return await work();
  } catch (error2) {
    if (!(error2 instanceof MetaError)) throw error2;
    const file = metaFile(home);
    const what = error2.advice ?? advice ?? ADVICE2.get(error2.code);
    throw new Failure(describe(error2, file, what), file);
  }
}
function isContradicted(state) {
  const { TIUP_TELEMETRY_STATUS: variable } = process3.env;
  if (!variable) return false;
  return variable === "enable" !== (state === "enable");
}
async function post(report) {
  const saved = parseSaved(getState(STATE_KEY));
  if (!saved) {
    info(MESSAGES.notReached());
    return "failed";
  }
  if (!saved.verify) {
    info(MESSAGES.notAsked());
    return "passed";
  }
  refuseRelativeVariable();
  await verify(saved, report);
  if (saved.from !== "tiup-home") await verifyHomeOfNow(saved, report);
  else if ((process3.env["TIUP_HOME"] ?? "") !== saved.variable) {
    printElsewhere(saved, TITLES.post);
  }
  if (isContradicted(saved.state)) {
    throw new Failure(MESSAGES.contradictedAtEnd(saved.state));
  }
  return "passed";
}
function parseSaved(text) {
  try {
    const value = JSON.parse(text);
    return isSaved(value) ? value : void 0;
  } catch {
    return void 0;
  }
}
function isSaved(value) {
  const saved = Object(value);
  return isOneOf(STATES, saved.state) && isOneOf(MODES, saved.mode) && typeof saved.verify === "boolean" && typeof saved.home === "string" && isAbsolute2(saved.home) && isOneOf(ORIGINS, saved.from) && typeof saved.variable === "string" && isOneOf(SIGHTS, saved.left);
}
async function verify(saved, report) {
  const { home, from, state, mode, left } = saved;
  const visit = {
    home,
    from,
    isLate: false,
    wanted: state,
    before: left
  };
  report.visits.push(visit);
  const { sight, outcome } = await look(home, report);
  visit.after = sight;
  visit.changed = sight === left ? "none" : "later";
  const file = quote(outcome.file);
  if (isProved(outcome, state)) {
    info(MESSAGES.atEnd(file, sight));
    return;
  }
  const now = sight === "no file" ? `${file} is gone` : `${file} says ${sight}`;
  const had = mode === "enforce" ? `set ${state}` : `found ${left}`;
  throw new Failure(MESSAGES.drift(now, had), outcome.file);
}
async function verifyHomeOfNow(saved, report) {
  const { home, from } = findPlace();
  if (isSameFolder(home, saved.home)) return;
  const visit = { home, from, isLate: true, wanted: saved.state };
  report.visits.push(visit);
  const { sight, outcome } = await look(home, report);
  visit.after = sight;
  const file = quote(outcome.file);
  if (isProved(outcome, saved.state)) {
    info(MESSAGES.atEnd(file, sight));
    return;
  }
  const found = sight === "no file" ? "there is no file" : `that says ${sight}`;
  const isUnset = saved.from === "TIUP_HOME" && from !== "TIUP_HOME";
  const text = isUnset ? MESSAGES.unset(file, found) : MESSAGES.moved(from === "TIUP_HOME" ? from : "HOME", file, found);
  throw new Failure(text, outcome.file);
}
function printElsewhere({ home }, title) {
  const { TIUP_HOME } = process3.env;
  if (!TIUP_HOME || isSameFolder(TIUP_HOME, home)) return;
  warning(MESSAGES.elsewhere(quote(TIUP_HOME), quote(home)), { title });
}
function printHomes({ stage, visits }) {
  for (const visit of visits) {
    const { home, from, isLate } = visit;
    info(MESSAGES.home(quote(home), originText(visit)));
    const isChosenHere = stage === "main" || isLate;
    if (from !== "the user's home" || !isChosenHere) continue;
    for (const { text } of homeRemarks(home, process3.env)) info(text);
  }
}
function originText({ from, isLate }) {
  return isLate ? `${from} at the end of the job` : from;
}
function printFailure({ message, file }, stage) {
  const title = FAILED_TITLES[stage];
  error(message, { title, ...file && { file: printable(file) } });
}
async function writeSummary(report, failure) {
  const { stage, visits } = report;
  if (!process3.env["GITHUB_STEP_SUMMARY"]) return;
  if (stage === "post" && !failure) return;
  summary.addHeading(TITLES[stage], 3);
  if (visits.length > 0) summary.addTable([HEADER, ...visits.map(cells)]);
  if (failure) {
    summary.addRaw(`<p>Failed: ${code(failure.message)}</p>`, true);
  }
  try {
    await summary.write();
  } catch (error2) {
    const title = TITLES[stage];
    warning(MESSAGES.noSummary(reasonOf2(error2)), { title });
  }
}
var HEADER = ["Home", "From", "Wanted", "Before", "After", "Changed"].map((data) => ({ data, header: true }));
var CHANGE_CELLS = {
  none: "no",
  changed: "yes",
  completed: "yes, now complete",
  reset: "yes, the uuid is new",
  later: "yes, after this step"
};
function cells(visit) {
  const { home, wanted, before, after, changed } = visit;
  const change = changed && CHANGE_CELLS[changed];
  const texts = [printable(home), originText(visit), wanted, before, after];
  return [...texts, change].map((text) => code(text ?? "-"));
}
function code(text) {
  const escape = (sign) => `&#${sign.codePointAt(0)};`;
  return `<code>${text.replace(/[^\w ./-]/gu, escape)}</code>`;
}
async function runStage(stage, run) {
  process3.exitCode = 1;
  const report = { stage, visits: [], masked: /* @__PURE__ */ new Set() };
  let verdict = "failed";
  let failure;
  try {
    verdict = await run(report);
  } catch (error2) {
    failure = asFailure(error2);
    printFailure(failure, stage);
  }
  printHomes(report);
  await writeSummary(report, failure);
  if (verdict === "passed") process3.exitCode = 0;
}
function asFailure(error2) {
  if (error2 instanceof Failure) return error2;
  return new Failure(MESSAGES.internal(reasonOf2(error2)));
}
if (true) {
  if (false) await runStage("post", main);
  else await runStage("post", post);
}
export {
  MESSAGES
};

/*!
@actions/core 3.0.1

The MIT License (MIT)

Copyright 2019 GitHub

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

----

uuid 14.0.3

The MIT License (MIT)

Copyright (c) 2010-2020 Robert Kieffer and other contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
*/
