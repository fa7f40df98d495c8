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

// node_modules/@actions/core/lib/file-command.js
import * as crypto2 from "crypto";
import * as fs from "fs";
import * as os2 from "os";
function issueFileCommand(command, message) {
  const filePath = process.env[`GITHUB_${command}`];
  if (!filePath) {
    throw new Error(`Unable to find environment variable for file command ${command}`);
  }
  if (!fs.existsSync(filePath)) {
    throw new Error(`Missing file at path: ${filePath}`);
  }
  fs.appendFileSync(filePath, `${toCommandValue(message)}${os2.EOL}`, {
    encoding: "utf8"
  });
}
function prepareKeyValueMessage(key, value) {
  const delimiter = `ghadelimiter_${crypto2.randomUUID()}`;
  const convertedValue = toCommandValue(value);
  if (key.includes(delimiter)) {
    throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
  }
  if (convertedValue.includes(delimiter)) {
    throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
  }
  return `${key}<<${delimiter}${os2.EOL}${convertedValue}${os2.EOL}${delimiter}`;
}

// node_modules/@actions/core/lib/core.js
import * as os3 from "os";

// node_modules/@actions/core/lib/summary.js
import { EOL as EOL3 } from "os";
import { constants, promises } from "fs";
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve3) {
      resolve3(value);
    });
  }
  return new (P || (P = Promise))(function(resolve3, reject) {
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
      result.done ? resolve3(result.value) : adopt(result.value).then(fulfilled, rejected);
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
      const overwrite2 = !!(options === null || options === void 0 ? void 0 : options.overwrite);
      const filePath = yield this.filePath();
      const writeFunc = overwrite2 ? writeFile : appendFile;
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
    return this.addRaw(EOL3);
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
      const cells = row.map((cell) => {
        if (typeof cell === "string") {
          return this.wrap("td", cell);
        }
        const { header, data, colspan, rowspan } = cell;
        const tag = header ? "th" : "td";
        const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
        return this.wrap(tag, data, attrs);
      }).join("");
      return this.wrap("tr", cells);
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
function exportVariable(name, val) {
  const convertedVal = toCommandValue(val);
  process.env[name] = convertedVal;
  const filePath = process.env["GITHUB_ENV"] || "";
  if (filePath) {
    return issueFileCommand("ENV", prepareKeyValueMessage(name, val));
  }
  issueCommand("set-env", { name }, convertedVal);
}
function setSecret(secret) {
  issueCommand("add-mask", {}, secret);
}
function getInput(name, options) {
  const val = process.env[`INPUT_${name.replace(/ /g, "_").toUpperCase()}`] || "";
  if (options && options.required && !val) {
    throw new Error(`Input required and not supplied: ${name}`);
  }
  if (options && options.trimWhitespace === false) {
    return val;
  }
  return val.trim();
}
function setOutput(name, value) {
  const filePath = process.env["GITHUB_OUTPUT"] || "";
  if (filePath) {
    return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
  }
  process.stdout.write(os3.EOL);
  issueCommand("set-output", { name }, toCommandValue(value));
}
function error(message, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function warning(message, properties = {}) {
  issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function notice(message, properties = {}) {
  issueCommand("notice", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function info(message) {
  process.stdout.write(message + os3.EOL);
}
function saveState(name, value) {
  const filePath = process.env["GITHUB_STATE"] || "";
  if (filePath) {
    return issueFileCommand("STATE", prepareKeyValueMessage(name, value));
  }
  issueCommand("save-state", { name }, toCommandValue(value));
}
function getState(name) {
  return process.env[`STATE_${name}`] || "";
}

// action.ts
import { basename as basename2, resolve as resolve2 } from "node:path";

// telemetry.ts
import { Buffer, isUtf8 } from "node:buffer";
import * as fs2 from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

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

// node_modules/yaml/browser/dist/parse/cst.js
var BOM = "\uFEFF";
var DOCUMENT = "";
var FLOW_END = "";
var SCALAR = "";
function tokenType(source) {
  switch (source) {
    case BOM:
      return "byte-order-mark";
    case DOCUMENT:
      return "doc-mode";
    case FLOW_END:
      return "flow-error-end";
    case SCALAR:
      return "scalar";
    case "---":
      return "doc-start";
    case "...":
      return "doc-end";
    case "":
    case "\n":
    case "\r\n":
      return "newline";
    case "-":
      return "seq-item-ind";
    case "?":
      return "explicit-key-ind";
    case ":":
      return "map-value-ind";
    case "{":
      return "flow-map-start";
    case "}":
      return "flow-map-end";
    case "[":
      return "flow-seq-start";
    case "]":
      return "flow-seq-end";
    case ",":
      return "comma";
  }
  switch (source[0]) {
    case " ":
    case "	":
      return "space";
    case "#":
      return "comment";
    case "%":
      return "directive-line";
    case "*":
      return "alias";
    case "&":
      return "anchor";
    case "!":
      return "tag";
    case "'":
      return "single-quoted-scalar";
    case '"':
      return "double-quoted-scalar";
    case "|":
    case ">":
      return "block-scalar-header";
  }
  return null;
}

// node_modules/yaml/browser/dist/parse/lexer.js
function isEmpty(ch) {
  switch (ch) {
    case void 0:
    case " ":
    case "\n":
    case "\r":
    case "	":
      return true;
    default:
      return false;
  }
}
var hexDigits = new Set("0123456789ABCDEFabcdef");
var tagChars = new Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-#;/?:@&=+$_.!~*'()");
var flowIndicatorChars = new Set(",[]{}");
var invalidAnchorChars = new Set(" ,[]{}\n\r	");
var isNotAnchorChar = (ch) => !ch || invalidAnchorChars.has(ch);
var Lexer = class {
  constructor() {
    this.atEnd = false;
    this.blockScalarIndent = -1;
    this.blockScalarKeep = false;
    this.buffer = "";
    this.flowKey = false;
    this.flowLevel = 0;
    this.indentNext = 0;
    this.indentValue = 0;
    this.lineEndPos = null;
    this.next = null;
    this.pos = 0;
  }
  /**
   * Generate YAML tokens from the `source` string. If `incomplete`,
   * a part of the last line may be left as a buffer for the next call.
   *
   * @returns A generator of lexical tokens
   */
  *lex(source, incomplete = false) {
    if (source) {
      if (typeof source !== "string")
        throw TypeError("source is not a string");
      this.buffer = this.buffer ? this.buffer + source : source;
      this.lineEndPos = null;
    }
    this.atEnd = !incomplete;
    let next = this.next ?? "stream";
    while (next && (incomplete || this.hasChars(1)))
      next = yield* this.parseNext(next);
  }
  atLineEnd() {
    let i = this.pos;
    let ch = this.buffer[i];
    while (ch === " " || ch === "	")
      ch = this.buffer[++i];
    if (!ch || ch === "#" || ch === "\n")
      return true;
    if (ch === "\r")
      return this.buffer[i + 1] === "\n";
    return false;
  }
  charAt(n) {
    return this.buffer[this.pos + n];
  }
  continueScalar(offset) {
    let ch = this.buffer[offset];
    if (this.indentNext > 0) {
      let indent = 0;
      while (ch === " ")
        ch = this.buffer[++indent + offset];
      if (ch === "\r") {
        const next = this.buffer[indent + offset + 1];
        if (next === "\n" || !next && !this.atEnd)
          return offset + indent + 1;
      }
      return ch === "\n" || indent >= this.indentNext || !ch && !this.atEnd ? offset + indent : -1;
    }
    if (ch === "-" || ch === ".") {
      const dt = this.buffer.substr(offset, 3);
      if ((dt === "---" || dt === "...") && isEmpty(this.buffer[offset + 3]))
        return -1;
    }
    return offset;
  }
  getLine() {
    let end = this.lineEndPos;
    if (typeof end !== "number" || end !== -1 && end < this.pos) {
      end = this.buffer.indexOf("\n", this.pos);
      this.lineEndPos = end;
    }
    if (end === -1)
      return this.atEnd ? this.buffer.substring(this.pos) : null;
    if (this.buffer[end - 1] === "\r")
      end -= 1;
    return this.buffer.substring(this.pos, end);
  }
  hasChars(n) {
    return this.pos + n <= this.buffer.length;
  }
  setNext(state) {
    this.buffer = this.buffer.substring(this.pos);
    this.pos = 0;
    this.lineEndPos = null;
    this.next = state;
    return null;
  }
  peek(n) {
    return this.buffer.substr(this.pos, n);
  }
  *parseNext(next) {
    switch (next) {
      case "stream":
        return yield* this.parseStream();
      case "line-start":
        return yield* this.parseLineStart();
      case "block-start":
        return yield* this.parseBlockStart();
      case "doc":
        return yield* this.parseDocument();
      case "flow":
        return yield* this.parseFlowCollection();
      case "quoted-scalar":
        return yield* this.parseQuotedScalar();
      case "block-scalar":
        return yield* this.parseBlockScalar();
      case "plain-scalar":
        return yield* this.parsePlainScalar();
    }
  }
  *parseStream() {
    let line = this.getLine();
    if (line === null)
      return this.setNext("stream");
    if (line[0] === BOM) {
      yield* this.pushCount(1);
      line = line.substring(1);
    }
    if (line[0] === "%") {
      let dirEnd = line.length;
      let cs = line.indexOf("#");
      while (cs !== -1) {
        const ch = line[cs - 1];
        if (ch === " " || ch === "	") {
          dirEnd = cs - 1;
          break;
        } else {
          cs = line.indexOf("#", cs + 1);
        }
      }
      while (true) {
        const ch = line[dirEnd - 1];
        if (ch === " " || ch === "	")
          dirEnd -= 1;
        else
          break;
      }
      const n = (yield* this.pushCount(dirEnd)) + (yield* this.pushSpaces(true));
      yield* this.pushCount(line.length - n);
      this.pushNewline();
      return "stream";
    }
    if (this.atLineEnd()) {
      const sp = yield* this.pushSpaces(true);
      yield* this.pushCount(line.length - sp);
      yield* this.pushNewline();
      return "stream";
    }
    yield DOCUMENT;
    return yield* this.parseLineStart();
  }
  *parseLineStart() {
    const ch = this.charAt(0);
    if (!ch && !this.atEnd)
      return this.setNext("line-start");
    if (ch === "-" || ch === ".") {
      if (!this.atEnd && !this.hasChars(4))
        return this.setNext("line-start");
      const s = this.peek(3);
      if ((s === "---" || s === "...") && isEmpty(this.charAt(3))) {
        yield* this.pushCount(3);
        this.indentValue = 0;
        this.indentNext = 0;
        return s === "---" ? "doc" : "stream";
      }
    }
    this.indentValue = yield* this.pushSpaces(false);
    if (this.indentNext > this.indentValue && !isEmpty(this.charAt(1)))
      this.indentNext = this.indentValue;
    return yield* this.parseBlockStart();
  }
  *parseBlockStart() {
    const [ch0, ch1] = this.peek(2);
    if (!ch1 && !this.atEnd)
      return this.setNext("block-start");
    if ((ch0 === "-" || ch0 === "?" || ch0 === ":") && isEmpty(ch1)) {
      const n = (yield* this.pushCount(1)) + (yield* this.pushSpaces(true));
      this.indentNext = this.indentValue + 1;
      this.indentValue += n;
      return "block-start";
    }
    return "doc";
  }
  *parseDocument() {
    yield* this.pushSpaces(true);
    const line = this.getLine();
    if (line === null)
      return this.setNext("doc");
    let n = yield* this.pushIndicators();
    switch (line[n]) {
      case "#":
        yield* this.pushCount(line.length - n);
      // fallthrough
      case void 0:
        yield* this.pushNewline();
        return yield* this.parseLineStart();
      case "{":
      case "[":
        yield* this.pushCount(1);
        this.flowKey = false;
        this.flowLevel = 1;
        return "flow";
      case "}":
      case "]":
        yield* this.pushCount(1);
        return "doc";
      case "*":
        yield* this.pushUntil(isNotAnchorChar);
        return "doc";
      case '"':
      case "'":
        return yield* this.parseQuotedScalar();
      case "|":
      case ">":
        n += yield* this.parseBlockScalarHeader();
        n += yield* this.pushSpaces(true);
        yield* this.pushCount(line.length - n);
        yield* this.pushNewline();
        return yield* this.parseBlockScalar();
      default:
        return yield* this.parsePlainScalar();
    }
  }
  *parseFlowCollection() {
    let nl, sp;
    let indent = -1;
    do {
      nl = yield* this.pushNewline();
      if (nl > 0) {
        sp = yield* this.pushSpaces(false);
        this.indentValue = indent = sp;
      } else {
        sp = 0;
      }
      sp += yield* this.pushSpaces(true);
    } while (nl + sp > 0);
    const line = this.getLine();
    if (line === null)
      return this.setNext("flow");
    if (indent !== -1 && indent < this.indentNext && line[0] !== "#" || indent === 0 && (line.startsWith("---") || line.startsWith("...")) && isEmpty(line[3])) {
      const atFlowEndMarker = indent === this.indentNext - 1 && this.flowLevel === 1 && (line[0] === "]" || line[0] === "}");
      if (!atFlowEndMarker) {
        this.flowLevel = 0;
        yield FLOW_END;
        return yield* this.parseLineStart();
      }
    }
    let n = 0;
    while (line[n] === ",") {
      n += yield* this.pushCount(1);
      n += yield* this.pushSpaces(true);
      this.flowKey = false;
    }
    n += yield* this.pushIndicators();
    switch (line[n]) {
      case void 0:
        return "flow";
      case "#":
        yield* this.pushCount(line.length - n);
        return "flow";
      case "{":
      case "[":
        yield* this.pushCount(1);
        this.flowKey = false;
        this.flowLevel += 1;
        return "flow";
      case "}":
      case "]":
        yield* this.pushCount(1);
        this.flowKey = true;
        this.flowLevel -= 1;
        return this.flowLevel ? "flow" : "doc";
      case "*":
        yield* this.pushUntil(isNotAnchorChar);
        return "flow";
      case '"':
      case "'":
        this.flowKey = true;
        return yield* this.parseQuotedScalar();
      case ":": {
        const next = this.charAt(1);
        if (this.flowKey || isEmpty(next) || next === ",") {
          this.flowKey = false;
          yield* this.pushCount(1);
          yield* this.pushSpaces(true);
          return "flow";
        }
      }
      // fallthrough
      default:
        this.flowKey = false;
        return yield* this.parsePlainScalar();
    }
  }
  *parseQuotedScalar() {
    const quote2 = this.charAt(0);
    let end = this.buffer.indexOf(quote2, this.pos + 1);
    if (quote2 === "'") {
      while (end !== -1 && this.buffer[end + 1] === "'")
        end = this.buffer.indexOf("'", end + 2);
    } else {
      while (end !== -1) {
        let n = 0;
        while (this.buffer[end - 1 - n] === "\\")
          n += 1;
        if (n % 2 === 0)
          break;
        end = this.buffer.indexOf('"', end + 1);
      }
    }
    const qb = this.buffer.substring(0, end);
    let nl = qb.indexOf("\n", this.pos);
    if (nl !== -1) {
      while (nl !== -1) {
        const cs = this.continueScalar(nl + 1);
        if (cs === -1)
          break;
        nl = qb.indexOf("\n", cs);
      }
      if (nl !== -1) {
        end = nl - (qb[nl - 1] === "\r" ? 2 : 1);
      }
    }
    if (end === -1) {
      if (!this.atEnd)
        return this.setNext("quoted-scalar");
      end = this.buffer.length;
    }
    yield* this.pushToIndex(end + 1, false);
    return this.flowLevel ? "flow" : "doc";
  }
  *parseBlockScalarHeader() {
    this.blockScalarIndent = -1;
    this.blockScalarKeep = false;
    let i = this.pos;
    while (true) {
      const ch = this.buffer[++i];
      if (ch === "+")
        this.blockScalarKeep = true;
      else if (ch > "0" && ch <= "9")
        this.blockScalarIndent = Number(ch) - 1;
      else if (ch !== "-")
        break;
    }
    return yield* this.pushUntil((ch) => isEmpty(ch) || ch === "#");
  }
  *parseBlockScalar() {
    let nl = this.pos - 1;
    let indent = 0;
    let ch;
    loop: for (let i2 = this.pos; ch = this.buffer[i2]; ++i2) {
      switch (ch) {
        case " ":
          indent += 1;
          break;
        case "\n":
          nl = i2;
          indent = 0;
          break;
        case "\r": {
          const next = this.buffer[i2 + 1];
          if (!next && !this.atEnd)
            return this.setNext("block-scalar");
          if (next === "\n")
            break;
        }
        // fallthrough
        default:
          break loop;
      }
    }
    if (!ch && !this.atEnd)
      return this.setNext("block-scalar");
    if (indent >= this.indentNext) {
      if (this.blockScalarIndent === -1)
        this.indentNext = indent;
      else {
        this.indentNext = this.blockScalarIndent + (this.indentNext === 0 ? 1 : this.indentNext);
      }
      do {
        const cs = this.continueScalar(nl + 1);
        if (cs === -1)
          break;
        nl = this.buffer.indexOf("\n", cs);
      } while (nl !== -1);
      if (nl === -1) {
        if (!this.atEnd)
          return this.setNext("block-scalar");
        nl = this.buffer.length;
      }
    }
    let i = nl + 1;
    ch = this.buffer[i];
    while (ch === " ")
      ch = this.buffer[++i];
    if (ch === "	") {
      while (ch === "	" || ch === " " || ch === "\r" || ch === "\n")
        ch = this.buffer[++i];
      nl = i - 1;
    } else if (!this.blockScalarKeep) {
      do {
        let i2 = nl - 1;
        let ch2 = this.buffer[i2];
        if (ch2 === "\r")
          ch2 = this.buffer[--i2];
        const lastChar = i2;
        while (ch2 === " ")
          ch2 = this.buffer[--i2];
        if (ch2 === "\n" && i2 >= this.pos && i2 + 1 + indent > lastChar)
          nl = i2;
        else
          break;
      } while (true);
    }
    yield SCALAR;
    yield* this.pushToIndex(nl + 1, true);
    return yield* this.parseLineStart();
  }
  *parsePlainScalar() {
    const inFlow = this.flowLevel > 0;
    let end = this.pos - 1;
    let i = this.pos - 1;
    let ch;
    while (ch = this.buffer[++i]) {
      if (ch === ":") {
        const next = this.buffer[i + 1];
        if (isEmpty(next) || inFlow && flowIndicatorChars.has(next))
          break;
        end = i;
      } else if (isEmpty(ch)) {
        let next = this.buffer[i + 1];
        if (ch === "\r") {
          if (next === "\n") {
            i += 1;
            ch = "\n";
            next = this.buffer[i + 1];
          } else
            end = i;
        }
        if (next === "#" || inFlow && flowIndicatorChars.has(next))
          break;
        if (ch === "\n") {
          const cs = this.continueScalar(i + 1);
          if (cs === -1)
            break;
          i = Math.max(i, cs - 2);
        }
      } else {
        if (inFlow && flowIndicatorChars.has(ch))
          break;
        end = i;
      }
    }
    if (!ch && !this.atEnd)
      return this.setNext("plain-scalar");
    yield SCALAR;
    yield* this.pushToIndex(end + 1, true);
    return inFlow ? "flow" : "doc";
  }
  *pushCount(n) {
    if (n > 0) {
      yield this.buffer.substr(this.pos, n);
      this.pos += n;
      return n;
    }
    return 0;
  }
  *pushToIndex(i, allowEmpty) {
    const s = this.buffer.slice(this.pos, i);
    if (s) {
      yield s;
      this.pos += s.length;
      return s.length;
    } else if (allowEmpty)
      yield "";
    return 0;
  }
  *pushIndicators() {
    let n = 0;
    loop: while (true) {
      switch (this.charAt(0)) {
        case "!":
          n += yield* this.pushTag();
          n += yield* this.pushSpaces(true);
          continue loop;
        case "&":
          n += yield* this.pushUntil(isNotAnchorChar);
          n += yield* this.pushSpaces(true);
          continue loop;
        case "-":
        // this is an error
        case "?":
        // this is an error outside flow collections
        case ":": {
          const inFlow = this.flowLevel > 0;
          const ch1 = this.charAt(1);
          if (isEmpty(ch1) || inFlow && flowIndicatorChars.has(ch1)) {
            if (!inFlow)
              this.indentNext = this.indentValue + 1;
            else if (this.flowKey)
              this.flowKey = false;
            n += yield* this.pushCount(1);
            n += yield* this.pushSpaces(true);
            continue loop;
          }
        }
      }
      break loop;
    }
    return n;
  }
  *pushTag() {
    if (this.charAt(1) === "<") {
      let i = this.pos + 2;
      let ch = this.buffer[i];
      while (!isEmpty(ch) && ch !== ">")
        ch = this.buffer[++i];
      return yield* this.pushToIndex(ch === ">" ? i + 1 : i, false);
    } else {
      let i = this.pos + 1;
      let ch = this.buffer[i];
      while (ch) {
        if (tagChars.has(ch))
          ch = this.buffer[++i];
        else if (ch === "%" && hexDigits.has(this.buffer[i + 1]) && hexDigits.has(this.buffer[i + 2])) {
          ch = this.buffer[i += 3];
        } else
          break;
      }
      return yield* this.pushToIndex(i, false);
    }
  }
  *pushNewline() {
    const ch = this.buffer[this.pos];
    if (ch === "\n")
      return yield* this.pushCount(1);
    else if (ch === "\r" && this.charAt(1) === "\n")
      return yield* this.pushCount(2);
    else
      return 0;
  }
  *pushSpaces(allowTabs) {
    let i = this.pos - 1;
    let ch;
    do {
      ch = this.buffer[++i];
    } while (ch === " " || allowTabs && ch === "	");
    const n = i - this.pos;
    if (n > 0) {
      yield this.buffer.substr(this.pos, n);
      this.pos = i;
    }
    return n;
  }
  *pushUntil(test) {
    let i = this.pos;
    let ch = this.buffer[i];
    while (!test(ch))
      ch = this.buffer[++i];
    return yield* this.pushToIndex(i, false);
  }
};

// node_modules/yaml/browser/dist/parse/parser.js
function includesToken(list, type) {
  for (let i = 0; i < list.length; ++i)
    if (list[i].type === type)
      return true;
  return false;
}
function findNonEmptyIndex(list) {
  for (let i = 0; i < list.length; ++i) {
    switch (list[i].type) {
      case "space":
      case "comment":
      case "newline":
        break;
      default:
        return i;
    }
  }
  return -1;
}
function isFlowToken(token) {
  switch (token?.type) {
    case "alias":
    case "scalar":
    case "single-quoted-scalar":
    case "double-quoted-scalar":
    case "flow-collection":
      return true;
    default:
      return false;
  }
}
function getPrevProps(parent) {
  switch (parent.type) {
    case "document":
      return parent.start;
    case "block-map": {
      const it = parent.items[parent.items.length - 1];
      return it.sep ?? it.start;
    }
    case "block-seq":
      return parent.items[parent.items.length - 1].start;
    /* istanbul ignore next should not happen */
    default:
      return [];
  }
}
function getFirstKeyStartProps(prev) {
  if (prev.length === 0)
    return [];
  let i = prev.length;
  loop: while (--i >= 0) {
    switch (prev[i].type) {
      case "doc-start":
      case "explicit-key-ind":
      case "map-value-ind":
      case "seq-item-ind":
      case "newline":
        break loop;
    }
  }
  while (prev[++i]?.type === "space") {
  }
  return prev.splice(i, prev.length);
}
function arrayPushArray(target, source) {
  if (source.length < 1e5)
    Array.prototype.push.apply(target, source);
  else
    for (let i = 0; i < source.length; ++i)
      target.push(source[i]);
}
function fixFlowSeqItems(fc) {
  if (fc.start.type === "flow-seq-start") {
    for (const it of fc.items) {
      if (it.sep && !it.value && !includesToken(it.start, "explicit-key-ind") && !includesToken(it.sep, "map-value-ind")) {
        if (it.key)
          it.value = it.key;
        delete it.key;
        if (isFlowToken(it.value)) {
          if (it.value.end)
            arrayPushArray(it.value.end, it.sep);
          else
            it.value.end = it.sep;
        } else
          arrayPushArray(it.start, it.sep);
        delete it.sep;
      }
    }
  }
}
var Parser = class {
  /**
   * @param onNewLine - If defined, called separately with the start position of
   *   each new line (in `parse()`, including the start of input).
   */
  constructor(onNewLine) {
    this.atNewLine = true;
    this.atScalar = false;
    this.indent = 0;
    this.offset = 0;
    this.onKeyLine = false;
    this.stack = [];
    this.source = "";
    this.type = "";
    this.lexer = new Lexer();
    this.onNewLine = onNewLine;
  }
  /**
   * Parse `source` as a YAML stream.
   * If `incomplete`, a part of the last line may be left as a buffer for the next call.
   *
   * Errors are not thrown, but yielded as `{ type: 'error', message }` tokens.
   *
   * @returns A generator of tokens representing each directive, document, and other structure.
   */
  *parse(source, incomplete = false) {
    if (this.onNewLine && this.offset === 0)
      this.onNewLine(0);
    for (const lexeme of this.lexer.lex(source, incomplete))
      yield* this.next(lexeme);
    if (!incomplete)
      yield* this.end();
  }
  /**
   * Advance the parser by the `source` of one lexical token.
   */
  *next(source) {
    this.source = source;
    if (this.atScalar) {
      this.atScalar = false;
      yield* this.step();
      this.offset += source.length;
      return;
    }
    const type = tokenType(source);
    if (!type) {
      const message = `Not a YAML token: ${source}`;
      yield* this.pop({ type: "error", offset: this.offset, message, source });
      this.offset += source.length;
    } else if (type === "scalar") {
      this.atNewLine = false;
      this.atScalar = true;
      this.type = "scalar";
    } else {
      this.type = type;
      yield* this.step();
      switch (type) {
        case "newline":
          this.atNewLine = true;
          this.indent = 0;
          if (this.onNewLine)
            this.onNewLine(this.offset + source.length);
          break;
        case "space":
          if (this.atNewLine && source[0] === " ")
            this.indent += source.length;
          break;
        case "explicit-key-ind":
        case "map-value-ind":
        case "seq-item-ind":
          if (this.atNewLine)
            this.indent += source.length;
          break;
        case "doc-mode":
        case "flow-error-end":
          return;
        default:
          this.atNewLine = false;
      }
      this.offset += source.length;
    }
  }
  /** Call at end of input to push out any remaining constructions */
  *end() {
    while (this.stack.length > 0)
      yield* this.pop();
  }
  get sourceToken() {
    const st = {
      type: this.type,
      offset: this.offset,
      indent: this.indent,
      source: this.source
    };
    return st;
  }
  *step() {
    const top = this.peek(1);
    if (this.type === "doc-end" && top?.type !== "doc-end") {
      while (this.stack.length > 0)
        yield* this.pop();
      this.stack.push({
        type: "doc-end",
        offset: this.offset,
        source: this.source
      });
      return;
    }
    if (!top)
      return yield* this.stream();
    switch (top.type) {
      case "document":
        return yield* this.document(top);
      case "alias":
      case "scalar":
      case "single-quoted-scalar":
      case "double-quoted-scalar":
        return yield* this.scalar(top);
      case "block-scalar":
        return yield* this.blockScalar(top);
      case "block-map":
        return yield* this.blockMap(top);
      case "block-seq":
        return yield* this.blockSequence(top);
      case "flow-collection":
        return yield* this.flowCollection(top);
      case "doc-end":
        return yield* this.documentEnd(top);
    }
    yield* this.pop();
  }
  peek(n) {
    return this.stack[this.stack.length - n];
  }
  *pop(error2) {
    const token = error2 ?? this.stack.pop();
    if (!token) {
      const message = "Tried to pop an empty stack";
      yield { type: "error", offset: this.offset, source: "", message };
    } else if (this.stack.length === 0) {
      yield token;
    } else {
      const top = this.peek(1);
      if (token.type === "block-scalar") {
        token.indent = "indent" in top ? top.indent : 0;
      } else if (token.type === "flow-collection" && top.type === "document") {
        token.indent = 0;
      }
      if (token.type === "flow-collection")
        fixFlowSeqItems(token);
      switch (top.type) {
        case "document":
          top.value = token;
          break;
        case "block-scalar":
          top.props.push(token);
          break;
        case "block-map": {
          const it = top.items[top.items.length - 1];
          if (it.value) {
            top.items.push({ start: [], key: token, sep: [] });
            this.onKeyLine = true;
            return;
          } else if (it.sep) {
            it.value = token;
          } else {
            Object.assign(it, { key: token, sep: [] });
            this.onKeyLine = !it.explicitKey;
            return;
          }
          break;
        }
        case "block-seq": {
          const it = top.items[top.items.length - 1];
          if (it.value)
            top.items.push({ start: [], value: token });
          else
            it.value = token;
          break;
        }
        case "flow-collection": {
          const it = top.items[top.items.length - 1];
          if (!it || it.value)
            top.items.push({ start: [], key: token, sep: [] });
          else if (it.sep)
            it.value = token;
          else
            Object.assign(it, { key: token, sep: [] });
          return;
        }
        /* istanbul ignore next should not happen */
        default:
          yield* this.pop();
          yield* this.pop(token);
      }
      if ((top.type === "document" || top.type === "block-map" || top.type === "block-seq") && (token.type === "block-map" || token.type === "block-seq")) {
        const last = token.items[token.items.length - 1];
        if (last && !last.sep && !last.value && last.start.length > 0 && findNonEmptyIndex(last.start) === -1 && (token.indent === 0 || last.start.every((st) => st.type !== "comment" || st.indent < token.indent))) {
          if (top.type === "document")
            top.end = last.start;
          else
            top.items.push({ start: last.start });
          token.items.splice(-1, 1);
        }
      }
    }
  }
  *stream() {
    switch (this.type) {
      case "directive-line":
        yield { type: "directive", offset: this.offset, source: this.source };
        return;
      case "byte-order-mark":
      case "space":
      case "comment":
      case "newline":
        yield this.sourceToken;
        return;
      case "doc-mode":
      case "doc-start": {
        const doc = {
          type: "document",
          offset: this.offset,
          start: []
        };
        if (this.type === "doc-start")
          doc.start.push(this.sourceToken);
        this.stack.push(doc);
        return;
      }
    }
    yield {
      type: "error",
      offset: this.offset,
      message: `Unexpected ${this.type} token in YAML stream`,
      source: this.source
    };
  }
  *document(doc) {
    if (doc.value)
      return yield* this.lineEnd(doc);
    switch (this.type) {
      case "doc-start": {
        if (findNonEmptyIndex(doc.start) !== -1) {
          yield* this.pop();
          yield* this.step();
        } else
          doc.start.push(this.sourceToken);
        return;
      }
      case "anchor":
      case "tag":
      case "space":
      case "comment":
      case "newline":
        doc.start.push(this.sourceToken);
        return;
    }
    const bv = this.startBlockValue(doc);
    if (bv)
      this.stack.push(bv);
    else {
      yield {
        type: "error",
        offset: this.offset,
        message: `Unexpected ${this.type} token in YAML document`,
        source: this.source
      };
    }
  }
  *scalar(scalar) {
    if (this.type === "map-value-ind") {
      const prev = getPrevProps(this.peek(2));
      const start = getFirstKeyStartProps(prev);
      let sep;
      if (scalar.end) {
        sep = scalar.end;
        sep.push(this.sourceToken);
        delete scalar.end;
      } else
        sep = [this.sourceToken];
      const map = {
        type: "block-map",
        offset: scalar.offset,
        indent: scalar.indent,
        items: [{ start, key: scalar, sep }]
      };
      this.onKeyLine = true;
      this.stack[this.stack.length - 1] = map;
    } else
      yield* this.lineEnd(scalar);
  }
  *blockScalar(scalar) {
    switch (this.type) {
      case "space":
      case "comment":
      case "newline":
        scalar.props.push(this.sourceToken);
        return;
      case "scalar":
        scalar.source = this.source;
        this.atNewLine = true;
        this.indent = 0;
        if (this.onNewLine) {
          let nl = this.source.indexOf("\n") + 1;
          while (nl !== 0) {
            this.onNewLine(this.offset + nl);
            nl = this.source.indexOf("\n", nl) + 1;
          }
        }
        yield* this.pop();
        break;
      /* istanbul ignore next should not happen */
      default:
        yield* this.pop();
        yield* this.step();
    }
  }
  *blockMap(map) {
    const it = map.items[map.items.length - 1];
    switch (this.type) {
      case "newline":
        this.onKeyLine = false;
        if (it.value) {
          const end = "end" in it.value ? it.value.end : void 0;
          const last = Array.isArray(end) ? end[end.length - 1] : void 0;
          if (last?.type === "comment")
            end?.push(this.sourceToken);
          else
            map.items.push({ start: [this.sourceToken] });
        } else if (it.sep) {
          it.sep.push(this.sourceToken);
        } else {
          it.start.push(this.sourceToken);
        }
        return;
      case "space":
      case "comment":
        if (it.value) {
          map.items.push({ start: [this.sourceToken] });
        } else if (it.sep) {
          it.sep.push(this.sourceToken);
        } else {
          if (this.atIndentedComment(it.start, map.indent)) {
            const prev = map.items[map.items.length - 2];
            const end = prev?.value?.end;
            if (Array.isArray(end)) {
              arrayPushArray(end, it.start);
              end.push(this.sourceToken);
              map.items.pop();
              return;
            }
          }
          it.start.push(this.sourceToken);
        }
        return;
    }
    if (this.indent >= map.indent) {
      const atMapIndent = !this.onKeyLine && this.indent === map.indent;
      const atNextItem = atMapIndent && (it.sep || it.explicitKey) && this.type !== "seq-item-ind";
      let start = [];
      if (atNextItem && it.sep && !it.value) {
        const nl = [];
        for (let i = 0; i < it.sep.length; ++i) {
          const st = it.sep[i];
          switch (st.type) {
            case "newline":
              nl.push(i);
              break;
            case "space":
              break;
            case "comment":
              if (st.indent > map.indent)
                nl.length = 0;
              break;
            default:
              nl.length = 0;
          }
        }
        if (nl.length >= 2)
          start = it.sep.splice(nl[1]);
      }
      switch (this.type) {
        case "anchor":
        case "tag":
          if (atNextItem || it.value) {
            start.push(this.sourceToken);
            map.items.push({ start });
            this.onKeyLine = true;
          } else if (it.sep) {
            it.sep.push(this.sourceToken);
          } else {
            it.start.push(this.sourceToken);
          }
          return;
        case "explicit-key-ind":
          if (!it.sep && !it.explicitKey) {
            it.start.push(this.sourceToken);
            it.explicitKey = true;
          } else if (atNextItem || it.value) {
            start.push(this.sourceToken);
            map.items.push({ start, explicitKey: true });
          } else {
            this.stack.push({
              type: "block-map",
              offset: this.offset,
              indent: this.indent,
              items: [{ start: [this.sourceToken], explicitKey: true }]
            });
          }
          this.onKeyLine = true;
          return;
        case "map-value-ind":
          if (it.explicitKey) {
            if (!it.sep) {
              if (includesToken(it.start, "newline")) {
                Object.assign(it, { key: null, sep: [this.sourceToken] });
              } else {
                const start2 = getFirstKeyStartProps(it.start);
                this.stack.push({
                  type: "block-map",
                  offset: this.offset,
                  indent: this.indent,
                  items: [{ start: start2, key: null, sep: [this.sourceToken] }]
                });
              }
            } else if (it.value) {
              map.items.push({ start: [], key: null, sep: [this.sourceToken] });
            } else if (includesToken(it.sep, "map-value-ind")) {
              this.stack.push({
                type: "block-map",
                offset: this.offset,
                indent: this.indent,
                items: [{ start, key: null, sep: [this.sourceToken] }]
              });
            } else if (isFlowToken(it.key) && !includesToken(it.sep, "newline")) {
              const start2 = getFirstKeyStartProps(it.start);
              const key = it.key;
              const sep = it.sep;
              sep.push(this.sourceToken);
              delete it.key;
              delete it.sep;
              this.stack.push({
                type: "block-map",
                offset: this.offset,
                indent: this.indent,
                items: [{ start: start2, key, sep }]
              });
            } else if (start.length > 0) {
              it.sep = it.sep.concat(start, this.sourceToken);
            } else {
              it.sep.push(this.sourceToken);
            }
          } else {
            if (!it.sep) {
              Object.assign(it, { key: null, sep: [this.sourceToken] });
            } else if (it.value || atNextItem) {
              map.items.push({ start, key: null, sep: [this.sourceToken] });
            } else if (includesToken(it.sep, "map-value-ind")) {
              this.stack.push({
                type: "block-map",
                offset: this.offset,
                indent: this.indent,
                items: [{ start: [], key: null, sep: [this.sourceToken] }]
              });
            } else {
              it.sep.push(this.sourceToken);
            }
          }
          this.onKeyLine = true;
          return;
        case "alias":
        case "scalar":
        case "single-quoted-scalar":
        case "double-quoted-scalar": {
          const fs3 = this.flowScalar(this.type);
          if (atNextItem || it.value) {
            map.items.push({ start, key: fs3, sep: [] });
            this.onKeyLine = true;
          } else if (it.sep) {
            this.stack.push(fs3);
          } else {
            Object.assign(it, { key: fs3, sep: [] });
            this.onKeyLine = true;
          }
          return;
        }
        default: {
          const bv = this.startBlockValue(map);
          if (bv) {
            if (bv.type === "block-seq") {
              if (!it.explicitKey && it.sep && !includesToken(it.sep, "newline")) {
                yield* this.pop({
                  type: "error",
                  offset: this.offset,
                  message: "Unexpected block-seq-ind on same line with key",
                  source: this.source
                });
                return;
              }
            } else if (atMapIndent) {
              map.items.push({ start });
            }
            this.stack.push(bv);
            return;
          }
        }
      }
    }
    yield* this.pop();
    yield* this.step();
  }
  *blockSequence(seq) {
    const it = seq.items[seq.items.length - 1];
    switch (this.type) {
      case "newline":
        if (it.value) {
          const end = "end" in it.value ? it.value.end : void 0;
          const last = Array.isArray(end) ? end[end.length - 1] : void 0;
          if (last?.type === "comment")
            end?.push(this.sourceToken);
          else
            seq.items.push({ start: [this.sourceToken] });
        } else
          it.start.push(this.sourceToken);
        return;
      case "space":
      case "comment":
        if (it.value)
          seq.items.push({ start: [this.sourceToken] });
        else {
          if (this.atIndentedComment(it.start, seq.indent)) {
            const prev = seq.items[seq.items.length - 2];
            const end = prev?.value?.end;
            if (Array.isArray(end)) {
              arrayPushArray(end, it.start);
              end.push(this.sourceToken);
              seq.items.pop();
              return;
            }
          }
          it.start.push(this.sourceToken);
        }
        return;
      case "anchor":
      case "tag":
        if (it.value || this.indent <= seq.indent)
          break;
        it.start.push(this.sourceToken);
        return;
      case "seq-item-ind":
        if (this.indent !== seq.indent)
          break;
        if (it.value || includesToken(it.start, "seq-item-ind"))
          seq.items.push({ start: [this.sourceToken] });
        else
          it.start.push(this.sourceToken);
        return;
    }
    if (this.indent > seq.indent) {
      const bv = this.startBlockValue(seq);
      if (bv) {
        this.stack.push(bv);
        return;
      }
    }
    yield* this.pop();
    yield* this.step();
  }
  *flowCollection(fc) {
    const it = fc.items[fc.items.length - 1];
    if (this.type === "flow-error-end") {
      let top;
      do {
        yield* this.pop();
        top = this.peek(1);
      } while (top?.type === "flow-collection");
    } else if (fc.end.length === 0) {
      switch (this.type) {
        case "comma":
        case "explicit-key-ind":
          if (!it || it.sep)
            fc.items.push({ start: [this.sourceToken] });
          else
            it.start.push(this.sourceToken);
          return;
        case "map-value-ind":
          if (!it || it.value)
            fc.items.push({ start: [], key: null, sep: [this.sourceToken] });
          else if (it.sep)
            it.sep.push(this.sourceToken);
          else
            Object.assign(it, { key: null, sep: [this.sourceToken] });
          return;
        case "space":
        case "comment":
        case "newline":
        case "anchor":
        case "tag":
          if (!it || it.value)
            fc.items.push({ start: [this.sourceToken] });
          else if (it.sep)
            it.sep.push(this.sourceToken);
          else
            it.start.push(this.sourceToken);
          return;
        case "alias":
        case "scalar":
        case "single-quoted-scalar":
        case "double-quoted-scalar": {
          const fs3 = this.flowScalar(this.type);
          if (!it || it.value)
            fc.items.push({ start: [], key: fs3, sep: [] });
          else if (it.sep)
            this.stack.push(fs3);
          else
            Object.assign(it, { key: fs3, sep: [] });
          return;
        }
        case "flow-map-end":
        case "flow-seq-end":
          fc.end.push(this.sourceToken);
          return;
      }
      const bv = this.startBlockValue(fc);
      if (bv)
        this.stack.push(bv);
      else {
        yield* this.pop();
        yield* this.step();
      }
    } else {
      const parent = this.peek(2);
      if (parent.type === "block-map" && (this.type === "map-value-ind" && parent.indent === fc.indent || this.type === "newline" && !parent.items[parent.items.length - 1].sep)) {
        yield* this.pop();
        yield* this.step();
      } else if (this.type === "map-value-ind" && parent.type !== "flow-collection") {
        const prev = getPrevProps(parent);
        const start = getFirstKeyStartProps(prev);
        fixFlowSeqItems(fc);
        const sep = fc.end.splice(1, fc.end.length);
        sep.push(this.sourceToken);
        const map = {
          type: "block-map",
          offset: fc.offset,
          indent: fc.indent,
          items: [{ start, key: fc, sep }]
        };
        this.onKeyLine = true;
        this.stack[this.stack.length - 1] = map;
      } else {
        yield* this.lineEnd(fc);
      }
    }
  }
  flowScalar(type) {
    if (this.onNewLine) {
      let nl = this.source.indexOf("\n") + 1;
      while (nl !== 0) {
        this.onNewLine(this.offset + nl);
        nl = this.source.indexOf("\n", nl) + 1;
      }
    }
    return {
      type,
      offset: this.offset,
      indent: this.indent,
      source: this.source
    };
  }
  startBlockValue(parent) {
    switch (this.type) {
      case "alias":
      case "scalar":
      case "single-quoted-scalar":
      case "double-quoted-scalar":
        return this.flowScalar(this.type);
      case "block-scalar-header":
        return {
          type: "block-scalar",
          offset: this.offset,
          indent: this.indent,
          props: [this.sourceToken],
          source: ""
        };
      case "flow-map-start":
      case "flow-seq-start":
        return {
          type: "flow-collection",
          offset: this.offset,
          indent: this.indent,
          start: this.sourceToken,
          items: [],
          end: []
        };
      case "seq-item-ind":
        return {
          type: "block-seq",
          offset: this.offset,
          indent: this.indent,
          items: [{ start: [this.sourceToken] }]
        };
      case "explicit-key-ind": {
        this.onKeyLine = true;
        const prev = getPrevProps(parent);
        const start = getFirstKeyStartProps(prev);
        start.push(this.sourceToken);
        return {
          type: "block-map",
          offset: this.offset,
          indent: this.indent,
          items: [{ start, explicitKey: true }]
        };
      }
      case "map-value-ind": {
        this.onKeyLine = true;
        const prev = getPrevProps(parent);
        const start = getFirstKeyStartProps(prev);
        return {
          type: "block-map",
          offset: this.offset,
          indent: this.indent,
          items: [{ start, key: null, sep: [this.sourceToken] }]
        };
      }
    }
    return null;
  }
  atIndentedComment(start, indent) {
    if (this.type !== "comment")
      return false;
    if (this.indent <= indent)
      return false;
    return start.every((st) => st.type === "newline" || st.type === "space");
  }
  *documentEnd(docEnd) {
    if (this.type !== "doc-mode") {
      if (docEnd.end)
        docEnd.end.push(this.sourceToken);
      else
        docEnd.end = [this.sourceToken];
      if (this.type === "newline")
        yield* this.pop();
    }
  }
  *lineEnd(token) {
    switch (this.type) {
      case "comma":
      case "doc-start":
      case "doc-end":
      case "flow-seq-end":
      case "flow-map-end":
      case "map-value-ind":
        yield* this.pop();
        yield* this.step();
        break;
      case "newline":
        this.onKeyLine = false;
      // fallthrough
      case "space":
      case "comment":
      default:
        if (token.end)
          token.end.push(this.sourceToken);
        else
          token.end = [this.sourceToken];
        if (this.type === "newline")
          yield* this.pop();
    }
  }
};

// telemetry.ts
var { process: process2 } = globalThis;
var KEYS = ["uuid", "secret", "status"];
var MAX_BYTES = 64 * 1024;
var DEAD_LOCK_MS = 5e3;
var GIVE_UP_MS = 1e4;
var OLD_TEMP_MS = 6e4;
var SETTLED_MS = 500;
var ADVICE = {
  "invalid-meta": `mend the file, or let enable, disable or reset with --force keep it as "meta.yaml.bad" and write a new one`,
  unreadable: "check the path and its permissions",
  unwritable: "nothing was changed; check permissions, owner and disk",
  locked: "nothing was changed; remove the lock if no other command runs"
};
var MetaError = class extends Error {
  code;
  /** Line in the file, from 1, where it is known. */
  line;
  constructor(code2, reason, line) {
    super(reason);
    this.code = code2;
    this.line = line;
  }
};
var REASONS = {
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
  EROFS: "read-only file system"
};
function errno(error2) {
  return error2?.code ?? "";
}
function asMetaError(error2, code2) {
  if (error2 instanceof MetaError) return error2;
  const reason = REASONS[errno(error2)] ?? errno(error2);
  return new MetaError(code2, reason || printable(messageOf(error2)));
}
function messageOf(error2) {
  return error2 instanceof Error ? error2.message : String(error2);
}
function describe(error2, file) {
  const where = error2.line === void 0 ? "" : `, line ${error2.line}`;
  const verb = error2.code === "unwritable" || error2.code === "locked" ? "change" : "read";
  const what = file === null ? "a TiUP home" : safeJson(file);
  return `Cannot ${verb} ${what}${where}: ${error2.message}; ${ADVICE[error2.code]}`;
}
var PLAIN_ASCII = /^[ -~]*$/;
var UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
function escape(character) {
  return character.split("").map(
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  ).join("");
}
function safeJson(value) {
  const json = JSON.stringify(value).replaceAll("##[", "#\\u0023[");
  return PLAIN_ASCII.test(json) ? json : json.replace(UNPRINTABLE, escape);
}
function printable(text) {
  const plain = PLAIN_ASCII.test(text) || text.search(UNPRINTABLE) < 0;
  return plain && !/^"|##\[/.test(text) ? text : safeJson(text);
}
var UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
var TIUP_FORM = new RegExp(
  `^(?:uuid: (${UUID})
)?(?:secret: ([0-9a-f]{32}|"[0-9a-f]{32}")
)?(?:status: (enable|disable)
)?$`
);
function parseMeta(text) {
  const { uuid, secret, status } = parseLayout(text);
  return { uuid, secret, status };
}
function parseLayout(text) {
  return parseTiupForm(text) ?? parseYaml(text);
}
function parseTiupForm(text) {
  const match = TIUP_FORM.exec(text);
  if (!match) return void 0;
  const [, uuid = "", secret = "", status = ""] = match;
  const spans = {};
  let end = 0;
  for (const [index, key] of KEYS.entries()) {
    const value = match[index + 1];
    if (value === void 0) continue;
    const start = end + `${key}: `.length;
    spans[key] = [start, start + value.length];
    end = start + `${value}
`.length;
  }
  const values = { uuid, secret: secret.replaceAll('"', ""), status };
  return { ...values, text, spans, end: endOfBlock(text, "") };
}
function invalid(reason, text, position = 0) {
  const line = text?.slice(0, position).split("\n").length;
  return new MetaError("invalid-meta", reason, line);
}
function doubtful(text, position = 0) {
  const reason = "it is not valid YAML, or YAML that TiUP may read differently";
  return invalid(reason, text, position);
}
var STRANGE = /\r(?!\n)|[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
var DOUBTFUL_LINE = /^([^#\n]*\t|%|\.\.\.| *(- *)*[?:])/m;
function parseYaml(text) {
  const body = text.replace(/^\ufeff(?! )/, "");
  const strange = body.search(STRANGE);
  if (strange >= 0) {
    throw invalid("it holds a control character", body, strange);
  }
  const line = body.search(DOUBTFUL_LINE);
  if (line >= 0) throw doubtful(body, line);
  try {
    return readDocument([...new Parser().parse(text)], text);
  } catch (error2) {
    if (error2 instanceof RangeError) throw invalid("it is nested too deeply");
    throw error2;
  }
}
function readDocument(tokens, text) {
  const [document, second] = tokens.filter(({ type }) => type === "document");
  if (second) throw invalid("it holds several documents", text, at(second));
  expect(text, tokens, ...BLANK, "byte-order-mark", "document");
  const { start = [], value: map, end } = document ?? {};
  expect(text, start, ...BLANK, "doc-start");
  expect(text, end, ...BLANK);
  if (!map) return { ...NO_META, text, end: endOfBlock(text, "") };
  if (map.type !== "block-map" && !isFlow(map, "{")) {
    throw invalid("it is not a mapping of keys to values", text, at(map));
  }
  const pairs = readCollection(map, { text, anchors: /* @__PURE__ */ new Map(), column: 0 });
  return { ...pickMeta(pairs, text), text, end: endOfMap(map, text) };
}
function pickMeta(pairs, text) {
  const values = {};
  const spans = {};
  const seen = /* @__PURE__ */ new Set();
  for (const { key, start, value, span } of pairs) {
    if (seen.has(key)) throw invalid("a key stands there twice", text, start);
    if (key === "<<") throw doubtful(text, start);
    seen.add(key);
    const known = KEYS.find((known2) => known2 === key);
    if (!known) continue;
    if (value === void 0) {
      throw invalid(`"${known}" is not a single value`, text, start);
    }
    values[known] = value;
    spans[known] = span;
  }
  return { ...NO_META, ...values, spans };
}
var NO_META = { uuid: "", secret: "", status: "", spans: {} };
var BLANK = ["space", "newline", "comment"];
function at(token) {
  return token && "offset" in token ? token.offset : 0;
}
function isFlow(token, bracket) {
  return token.type === "flow-collection" && token.start.source === bracket;
}
function expect(text, tokens, ...types) {
  for (const token of tokens ?? []) {
    const glued = token.type === "comment" && /[^\s\ufeff]/.test(text[at(token) - 1] ?? "\n");
    if (glued || !types.includes(token.type)) throw doubtful(text, at(token));
  }
}
function readCollection(token, context) {
  switch (token.type) {
    case "block-map":
    case "block-seq":
      return readBlock(token, context);
    case "flow-collection":
      return readFlow(token, { ...context, column: void 0 });
    default:
      throw doubtful(context.text, at(token));
  }
}
function readBlock(block, context) {
  const { text } = context;
  const column = columnOf(block, text);
  if (column < (context.column ?? Infinity)) throw doubtful(text, block.offset);
  const pairs = [];
  for (const item of block.items) {
    const dash = item.start.findIndex(({ type }) => type === "seq-item-ind");
    expect(text, dash < 0 ? item.start : item.start.slice(0, dash), ...BLANK);
    const mark = dash < 0 ? item.key : item.start[dash];
    if (!mark && !item.sep && !item.value) continue;
    if (!mark || columnOf(mark, text) !== column) {
      throw doubtful(text, at(mark ?? block));
    }
    if (dash < 0) pairs.push(readPair(item, { ...context, column }));
    else readElement(item, item.start.slice(dash + 1), { ...context, column });
  }
  return pairs;
}
function columnOf(token, text) {
  const start = text.lastIndexOf("\n", at(token) - 1) + 1;
  const before = text.slice(start, at(token)).replace(/^\ufeff/, "");
  if (!/^ *(- +)*$/.test(before)) throw doubtful(text, at(token));
  return before.length;
}
function readFlow(flow, context) {
  const { text } = context;
  const [close, ...rest] = flow.end;
  const isMap = isFlow(flow, "{");
  expect(text, rest, ...BLANK);
  if (close?.source !== (isMap ? "}" : "]") || text.slice(flow.offset, close.offset).includes("\n")) {
    throw doubtful(text, flow.offset);
  }
  const pairs = [];
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
function readElement({ key, sep, value }, props, context) {
  if (key || sep) throw doubtful(context.text, at(value));
  const column = context.column === void 0 ? void 0 : context.column + 1;
  readValue(value, props, { ...context, column });
}
function readPair({ key, sep = [], value }, context) {
  const { text } = context;
  const colon = sep.findIndex(({ type }) => type === "map-value-ind");
  const start = at(key);
  const end = at(sep[colon]) + 1;
  expect(text, sep.slice(0, Math.max(0, colon)), "space");
  const json = context.column === void 0 && /["']/.test(text[start] ?? "");
  if (colon < 0 || !(json || /^\s?$/.test(text.charAt(end)))) {
    throw doubtful(text, start);
  }
  const column = context.column === void 0 || value?.type === "block-seq" ? context.column : context.column + 1;
  const name = readScalar(key, context);
  if (name === "secret" && sep.some(({ type }) => type === "anchor")) {
    throw invalid("an anchor could repeat the secret", text, start);
  }
  const source = isScalar(value) ? value.source : "";
  return {
    key: name,
    start,
    value: readValue(value, sep.slice(colon + 1), { ...context, column }),
    span: source ? [at(value), at(value) + source.length] : [end, end]
  };
}
function isScalar(token) {
  return /scalar$|^alias$/.test(token?.type ?? "") && token?.type !== "block-scalar";
}
function readValue(token, before, context) {
  const property = readProperty(token, before, context.text);
  if (!token) return "";
  if (!isScalar(token)) {
    readCollection(token, context);
    return void 0;
  }
  const scalar = readScalar(token, context);
  const isNull = token.type === "scalar" && property?.type !== "tag" && /^(~|null|Null|NULL)?$/.test(scalar);
  const value = isNull ? "" : scalar;
  if (property?.type === "anchor") context.anchors.set(property.source, value);
  return value;
}
function readProperty(token, before, text) {
  const index = before.findIndex(({ type }) => !BLANK.includes(type));
  const property = before[index];
  if (!property) {
    expect(text, before, ...BLANK);
    return void 0;
  }
  expect(text, before.slice(0, index), ...BLANK);
  expect(text, before.slice(index + 1), "space");
  const bare = !isScalar(token) || token.type === "alias" || !token.source;
  if (bare || !before[index + 1] || !SAFE_PROPERTY.test(property.source)) {
    throw doubtful(text, property.offset);
  }
  return property;
}
var SAFE_PROPERTY = /^(&[\w-]+|!(!str|\w+))$/;
var SINGLE_QUOTED = /^'[^'\n]*'$/;
var DOUBLE_QUOTED = /^"([^\\"\t\n]|\\["\\bfnrt]|\\u(?![dD][89a-fA-F])[\da-fA-F]{4})*"$/;
var PLAIN = /^([^:?'"{}[\],`@%|>&*!#\s][^\n]*)?$/;
var PLAIN_IN_FLOW = /^([^:?'"{}[\],`@%|>&*!#\s][^?'"{}[\],\n]*)?$/;
function readScalar(token, { text, anchors, column }) {
  if (!isScalar(token)) throw doubtful(text, at(token));
  const { type, source, end } = token;
  expect(text, end, ...BLANK);
  const plain = column === void 0 ? PLAIN_IN_FLOW : PLAIN;
  if (type === "alias") {
    const known = anchors.get(source.replace("*", "&"));
    if (known !== void 0) return known;
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
function endOfMap(map, text) {
  if (map.type !== "flow-collection") {
    return endOfBlock(text, " ".repeat(columnOf(map, text)));
  }
  const close = at(map.end[0]);
  const open = /[{,]\s*$/.test(text.slice(map.offset, close));
  return { at: close, before: open ? "" : ", ", between: ", ", after: "" };
}
function endOfBlock(text, indent) {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const complete = text === "" || text.endsWith("\n");
  return {
    at: text.length,
    before: (complete ? "" : newline) + indent,
    between: newline + indent,
    after: complete ? newline : ""
  };
}
function edit(layout, changes) {
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
function splice({ text, spans, end }, wanted, keys) {
  const edits = keys.flatMap((key) => {
    const span = spans[key];
    return span ? [{ span, by: replacement(text, span, wanted[key]) }] : [];
  });
  const added = keys.filter((key) => !spans[key]).map((key) => `${key}: ${stringifyValue(wanted[key])}`);
  if (added.length > 0) {
    const by = end.before + added.join(end.between) + end.after;
    edits.unshift({ span: [end.at, end.at], by });
  }
  return edits.sort((one, other) => other.span[0] - one.span[0]).reduce(
    (text2, { span: [start, end2], by }) => text2.slice(0, start) + by + text2.slice(end2),
    text
  );
}
function replacement(text, [start, end], value) {
  const [quote2] = /^["']?/.exec(text.slice(start, end)) ?? [];
  if (quote2) return quote2 + value + quote2;
  return (start === end ? " " : "") + stringifyValue(value);
}
function stringifyValue(value) {
  const number = /^\d+(e\d+)?$/.test(value) && Number.isFinite(Number(value));
  return number || /^0b[01]+$/.test(value) ? `"${value}"` : value;
}
function metaFile(home) {
  return join(home, "telemetry", "meta.yaml");
}
async function findHome(env) {
  if (env["TIUP_HOME"]) return env["TIUP_HOME"];
  const { userInfo } = await import("node:os");
  let directory = "";
  try {
    directory = userInfo().homedir;
  } catch (error2) {
    if (errno(error2) !== "ERR_SYSTEM_ERROR") {
      throw asMetaError(error2, "unreadable");
    }
  }
  if (!directory) {
    const reason = "this user has no home directory in the passwd file";
    throw new MetaError("unreadable", `${reason}; give --home or TIUP_HOME`);
  }
  return join(directory, ".tiup");
}
var { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = fs2.constants;
var CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
function readContent(file) {
  let descriptor;
  try {
    descriptor = fs2.openSync(file, O_RDONLY | O_NONBLOCK);
    const stat = fs2.fstatSync(descriptor);
    if (!stat.isFile()) {
      throw new MetaError("unreadable", "it is not a regular file");
    }
    if (stat.size > MAX_BYTES) return invalid("it is larger than 64 KiB");
    const bytes = fs2.readFileSync(descriptor);
    return isUtf8(bytes) ? bytes.toString() : invalid("it is not valid UTF-8");
  } catch (error2) {
    if (errno(error2) === "ENOENT") return void 0;
    throw asMetaError(error2, "unreadable");
  } finally {
    if (descriptor !== void 0) closeQuietly(descriptor);
  }
}
function isSame(one, other) {
  return one instanceof MetaError && other instanceof MetaError ? one.message === other.message : one === other;
}
function sleep(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
async function readSettled(file) {
  const deadline = Date.now() + SETTLED_MS;
  for (; ; ) {
    const content = readContent(file);
    if (content !== "" || Date.now() > deadline) return content;
    const stat = fs2.statSync(file, { throwIfNoEntry: false });
    if (ageOf(stat) > SETTLED_MS) return content;
    await sleep(10);
  }
}
async function readMeta(file) {
  const content = await readSettled(file);
  if (content instanceof MetaError) throw content;
  return content === void 0 ? void 0 : parseMeta(content);
}
async function replaceFile(file, before, text, damaged) {
  try {
    const folder = followLinks(dirname(file));
    makeFolder(folder);
    const target = followLinks(join(folder, basename(file)));
    return await withLock(`${target}.lock`, (lock) => {
      if (!isSame(readContent(target), before)) return false;
      sweepTemps(target);
      const isCurrent = () => inode(lock.path) === lock.inode && isSame(readContent(target), before);
      return commit(target, text, damaged, isCurrent);
    });
  } catch (error2) {
    throw asMetaError(error2, "unwritable");
  }
}
function commit(target, text, damaged, isCurrent) {
  const old = openForWriting(target);
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  const temp = `${target}.${random.padStart(12, "0")}.tmp`;
  let kept;
  try {
    const stat = old === void 0 ? void 0 : fs2.fstatSync(old);
    const replaceable = writeNew(temp, text, stat);
    if (!isCurrent()) return false;
    if (damaged) kept = keepDamaged(target, stat);
    if (!replaceable || !renameOver(temp, target)) overwrite(old, text);
    return true;
  } catch (error2) {
    if (kept) unlinkQuietly(kept);
    throw error2;
  } finally {
    unlinkQuietly(temp);
    if (old !== void 0) closeQuietly(old);
  }
}
function openForWriting(target) {
  try {
    return fs2.openSync(target, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  } catch (error2) {
    if (errno(error2) === "ENOENT") return void 0;
    throw error2;
  }
}
function writeNew(path, content, old) {
  const mode = old ? 384 : 420 | fs2.statSync(dirname(path)).mode & 438;
  const descriptor = fs2.openSync(path, CREATE, mode);
  try {
    const made = fs2.fstatSync(descriptor);
    fs2.fchmodSync(descriptor, 384);
    fs2.writeFileSync(descriptor, content);
    fs2.fsyncSync(descriptor);
    if (old && (made.uid !== old.uid || made.gid !== old.gid)) {
      fs2.fchownSync(descriptor, old.uid, old.gid);
    }
    fs2.fchmodSync(descriptor, (old ?? made).mode & 4095);
    return true;
  } catch (error2) {
    if (old && errno(error2) === "EPERM") return false;
    throw error2;
  } finally {
    fs2.closeSync(descriptor);
  }
}
function renameOver(temp, target) {
  try {
    fs2.renameSync(temp, target);
  } catch (error2) {
    if (errno(error2) === "EBUSY") return false;
    throw error2;
  }
  ignoreErrors(() => syncFolder(dirname(target)));
  return true;
}
function overwrite(descriptor, text) {
  if (descriptor === void 0 || fs2.fstatSync(descriptor).nlink !== 1) {
    throw new MetaError(
      "unwritable",
      "it has hard links and cannot be replaced"
    );
  }
  const old = fs2.readFileSync(descriptor);
  const bytes = Buffer.from(text);
  const padding = Buffer.alloc(Math.max(0, old.length - bytes.length), "\n");
  try {
    writeAt(descriptor, Buffer.concat([bytes, padding]));
    fs2.ftruncateSync(descriptor, bytes.length);
    fs2.fsyncSync(descriptor);
  } catch (error2) {
    writeAt(descriptor, old);
    fs2.ftruncateSync(descriptor, old.length);
    throw error2;
  }
}
function writeAt(descriptor, bytes) {
  for (let at2 = 0; at2 < bytes.length; ) {
    at2 += fs2.writeSync(descriptor, bytes, at2, bytes.length - at2, at2);
  }
}
function keepDamaged(target, old) {
  for (let count = 0; ; count++) {
    const name = `${target}.bad${count ? `.${count}` : ""}`;
    try {
      writeNew(name, fs2.readFileSync(target), old);
      return name;
    } catch (error2) {
      if (errno(error2) === "EEXIST") continue;
      unlinkQuietly(name);
      throw error2;
    }
  }
}
function sweepTemps(target) {
  const prefix = `${basename(target)}.`;
  for (const name of fs2.readdirSync(dirname(target))) {
    if (!name.startsWith(prefix)) continue;
    if (!/^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length))) continue;
    const temp = join(dirname(target), name);
    ignoreErrors(() => isOlder(temp, OLD_TEMP_MS) && fs2.unlinkSync(temp));
  }
}
function followLinks(path) {
  for (let links = 0; links < 40; links++) {
    const stat = fs2.lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isSymbolicLink()) return path;
    const folder = fs2.realpathSync(dirname(path));
    const trusted = stat.uid === 0 || stat.uid === fs2.statSync(folder).uid || stat.uid === process2.geteuid?.();
    if (!trusted) {
      throw new MetaError("unwritable", "it is a link of another user");
    }
    path = resolve(folder, fs2.readlinkSync(path));
  }
  throw new MetaError("unwritable", "too many symbolic links");
}
function makeFolder(folder) {
  if (fs2.statSync(folder, { throwIfNoEntry: false })) return;
  const parent = dirname(folder);
  makeFolder(parent);
  try {
    fs2.mkdirSync(folder, 493 | fs2.statSync(parent).mode & 511);
  } catch (error2) {
    if (errno(error2) !== "EEXIST") throw error2;
  }
  ignoreErrors(() => syncFolder(parent));
}
function syncFolder(folder) {
  const descriptor = fs2.openSync(folder, O_RDONLY);
  try {
    fs2.fsyncSync(descriptor);
  } finally {
    fs2.closeSync(descriptor);
  }
}
async function withLock(path, action) {
  const deadline = Date.now() + GIVE_UP_MS;
  for (; ; ) {
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
function tryLock(path) {
  let descriptor;
  try {
    descriptor = fs2.openSync(path, CREATE, 384);
    return { path, descriptor, inode: fs2.fstatSync(descriptor).ino };
  } catch (error2) {
    if (errno(error2) === "EEXIST") return void 0;
    if (descriptor !== void 0) {
      unlinkQuietly(path);
      closeQuietly(descriptor);
    }
    throw error2;
  }
}
function breakDeadLock(path) {
  if (!isOlder(path, DEAD_LOCK_MS)) return;
  const breaker = tryLock(`${path}.break`);
  try {
    if (!breaker) {
      if (isOlder(`${path}.break`, DEAD_LOCK_MS)) {
        fs2.unlinkSync(`${path}.break`);
      }
    } else if (isOlder(path, DEAD_LOCK_MS)) fs2.unlinkSync(path);
  } catch (error2) {
    if (errno(error2) === "ENOENT") return;
    const { message } = asMetaError(error2, "locked");
    throw new MetaError(
      "locked",
      `${safeJson(path)} is in the way: ${message}`
    );
  } finally {
    if (breaker) releaseLock(breaker);
  }
}
function releaseLock({ path, descriptor, inode: own }) {
  ignoreErrors(() => inode(path) === own && fs2.unlinkSync(path));
  closeQuietly(descriptor);
}
function inode(path) {
  return fs2.lstatSync(path, { throwIfNoEntry: false })?.ino;
}
function isOlder(path, milliseconds) {
  return ageOf(fs2.lstatSync(path, { throwIfNoEntry: false })) > milliseconds;
}
function ageOf(stat) {
  return stat ? Math.abs(Date.now() - stat.mtimeMs) : 0;
}
function ignoreErrors(action) {
  try {
    action();
  } catch {
  }
}
function closeQuietly(descriptor) {
  ignoreErrors(() => fs2.closeSync(descriptor));
}
function unlinkQuietly(path) {
  ignoreErrors(() => fs2.unlinkSync(path));
}
async function runCommand(command, home, options = {}) {
  checkPath(home);
  const file = metaFile(home);
  const { content, layout, changes, changed } = await carryOut(
    command,
    file,
    options
  );
  const after = options.check ? layout : { ...layout, ...changes };
  return {
    command,
    home,
    file,
    source: content === void 0 ? "default" : "file",
    status: statusOf(after),
    previous: statusOf(layout),
    found: layout.status,
    uuid: after.uuid,
    changed
  };
}
function checkPath(home) {
  if (!/[\0\ufffd]/.test(home)) return;
  const reason = "the path is not valid UTF-8, or holds a NUL";
  throw new MetaError("unreadable", reason);
}
async function carryOut(command, file, options) {
  const deadline = Date.now() + GIVE_UP_MS;
  for (; ; ) {
    const planned = plan(command, await readSettled(file), options);
    const { content, edited, changed, damaged } = planned;
    if (!changed || options.check) return planned;
    if (await replaceFile(file, content, edited, damaged)) return planned;
    if (Date.now() > deadline) {
      throw new MetaError("locked", "it keeps changing");
    }
  }
}
function plan(command, content, options) {
  const start = (text, damaged) => {
    const layout = parseLayout(text);
    const changes = changesOf(command, layout, options);
    const edited = edit(layout, changes);
    const changed = damaged || edited !== text;
    return { content, layout, changes, edited, changed, damaged };
  };
  try {
    if (content instanceof MetaError) throw content;
    return start(content ?? "", false);
  } catch (error2) {
    const code2 = error2 instanceof MetaError ? error2.code : void 0;
    const { force, check } = options;
    if (!force || check || code2 !== "invalid-meta") throw error2;
    return start("", true);
  }
}
function changesOf(command, meta, { all }) {
  switch (command) {
    case "status":
      return {};
    case "enable":
      return {
        uuid: meta.uuid || v4_default(),
        secret: meta.secret || mintSecret(),
        status: "enable"
      };
    case "disable":
      return { status: "disable" };
    case "reset":
      return { uuid: v4_default(), ...all && { secret: mintSecret() } };
  }
}
function mintSecret() {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString(
    "hex"
  );
}
function statusOf({ status }) {
  return status === "enable" ? "enable" : "disable";
}
function remarks({ command, file, source, status, found }, env, { check } = {}) {
  const { DO_NOT_TRACK = "", TIUP_TELEMETRY_STATUS: variable } = env;
  const name = safeJson(file);
  const lines = [];
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
  if (variable && variable === "enable" !== (status === "enable")) {
    const what = `TIUP_TELEMETRY_STATUS is ${safeJson(variable)}`;
    lines.push(
      `warning: ${what}: what starts from here follows that, not ${name}`
    );
  }
  return lines;
}
var ERAS = "TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry";
function homeRemarks(home, env) {
  const { TIUP_HOME, HOME } = env;
  if (TIUP_HOME || !HOME || resolve(HOME, ".tiup") === resolve(home)) return [];
  return [
    `warning: HOME is ${safeJson(HOME)}, but TiUP follows the passwd entry: using ${safeJson(home)}`
  ];
}
function exitOnSignals() {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  for (const [signal, number] of Object.entries(signals)) {
    process2.on(signal, () => process2.exit(128 + number));
  }
}
if (false) {
  process2.exitCode = await main(process2.argv.slice(2), process2.env);
}

// action.ts
var Failure = class extends Error {
  properties;
  constructor(message, properties) {
    super(message);
    this.properties = properties;
  }
};
var { process: process3 } = globalThis;
var CHANGED = "TiUP telemetry changed";
var FAILED = "TiUP telemetry failed";
var INPUTS = ["state", "mode", "tiup-home", "reset", "verify"];
async function parseRequest(read) {
  refuseMisspelt(Object.keys(process3.env));
  const state = oneOf(["enable", "disable"], "state", read);
  const mode = oneOf(["enforce", "check"], "mode", read);
  const reset = oneOf(["true", "false"], "reset", read) === "true";
  const verify = oneOf(["true", "false"], "verify", read) === "true";
  if (reset && mode === "check") {
    throw invalid2("reset: true is valid with mode: enforce only");
  }
  const home = resolve2(read("tiup-home") || await findHome(process3.env));
  return { state, mode, home, reset, verify };
}
function oneOf(values, input, read) {
  const given = read(input);
  const value = values.find((value2) => value2 === given);
  if (value !== void 0) return value;
  const found = given === "" ? "empty" : quote(given);
  throw invalid2(`${input} is ${found}; valid are ${values.join(" and ")}`);
}
function refuseMisspelt(variables) {
  for (const variable of variables) {
    const given = /^INPUT_(.+)$/s.exec(variable)?.[1]?.toLowerCase();
    if (given === void 0 || INPUTS.includes(given)) continue;
    if (!INPUTS.some((input) => isClose(given, input))) continue;
    throw invalid2(
      `${quote(given)} is no input; valid are ${INPUTS.join(", ")} (if ${quote(variable)} is a variable of your own, rename it)`
    );
  }
}
function isClose(given, input) {
  return given.includes(input) || isWithin(2, given, input) || given.length > 2 && input.includes(given);
}
function isWithin(edits, one, other) {
  if (one === other) return true;
  const [rest, otherRest] = [one.slice(1), other.slice(1)];
  if (one[0] === other[0]) return isWithin(edits, rest, otherRest);
  return edits > 0 && (isWithin(edits - 1, rest, other) || isWithin(edits - 1, one, otherRest) || isWithin(edits - 1, rest, otherRest));
}
function invalid2(message) {
  return new Failure(message, { title: "Invalid input of TiUP telemetry" });
}
async function enforce(request) {
  const { state, home, reset } = request;
  exitOnSignals();
  await inspect(request);
  const { previous, changed, uuid } = await runCommand(state, home);
  const wanted = reset ? (await runCommand("reset", home)).uuid : uuid;
  const found = await inspect(request);
  if (found.uuid !== wanted) {
    throw differs(found, [`${quote(found.file)} was changed at the same time`]);
  }
  if (contradicts(state)) {
    exportVariable("TIUP_TELEMETRY_STATUS", state);
    const text = `TIUP_TELEMETRY_STATUS is ${state} for the steps from here on`;
    notice(text, { title: CHANGED });
  }
  return { ...found, command: state, previous, changed: changed || reset };
}
async function inspect({ home }) {
  const meta = await readMeta(metaFile(home));
  const outcome = await runCommand("status", home);
  for (const value of [meta?.uuid, meta?.secret, outcome.uuid]) {
    if (value && /^[\w+/=.-]{8,}$/.test(value)) setSecret(value);
  }
  return outcome;
}
function contradicts(state) {
  const { TIUP_TELEMETRY_STATUS: variable } = process3.env;
  return !!variable && variable === "enable" !== (state === "enable");
}
function compare({ state, mode }, found) {
  const file = quote(found.file);
  const gone = mode === "enforce" && found.source === "default";
  return [
    found.status !== state && `${file} says ${found.status}, not ${state}`,
    gone && `${file} is gone, which TiUP up to 1.11.2 takes as enabled`,
    contradicts(state) && `TIUP_TELEMETRY_STATUS in the environment is not ${state}`
  ].filter((line) => line !== false);
}
function differs({ file }, problems) {
  const title = "TiUP telemetry is not as asked for";
  return new Failure(problems.join("; "), { title, file: printable(file) });
}
function quote(text) {
  const shown = printable(text);
  return shown === text ? `"${text}"` : shown;
}
function setOutputs({ status, previous, changed, uuid, file }) {
  const canonical = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid);
  const safe = { status, previous, changed, uuid: canonical ? uuid : "", file };
  for (const [name, value] of Object.entries(safe)) setOutput(name, value);
}
function log({ home }, outcome) {
  const { TIUP_HOME } = process3.env;
  const given = getInput("tiup-home") && "tiup-home";
  const origin = given || (TIUP_HOME ? "TIUP_HOME" : "the passwd entry");
  info(`Home from ${origin}: ${quote(home)}`);
  if (!given) homeRemarks(home, process3.env).forEach((line) => info(line));
  const { file, status, previous, changed } = outcome;
  const text = `${quote(file)}: ${previous} before, ${status} now`;
  const place = { title: CHANGED, file: printable(file) };
  if (changed) notice(text, place);
  else info(`Not changed: ${text}`);
}
function annotate(outcome) {
  const { DO_NOT_TRACK } = process3.env;
  const known = ["", "enable", "disable"].includes(outcome.found);
  const shown = { ...outcome, found: known ? outcome.found : "not shown here" };
  for (const line of remarks(shown, { DO_NOT_TRACK })) {
    const note = line.startsWith("note: ");
    (note ? notice : warning)(line.replace(/^\w+: /, ""));
  }
}
var ERAS2 = {
  enable: "TiUP 1.0 to 1.16.2 reports; from 1.16.3 on it has no telemetry",
  disable: "TiUP 1.0 to 1.16.2 does not report; from 1.16.3 on it has no telemetry",
  missing: "Without the file TiUP up to 1.11.2 reports, 1.11.3 to 1.16.2 does not; from 1.16.3 on it has no telemetry"
};
async function summarise(outcome, problems) {
  const { file, previous, status, changed, source } = outcome;
  const header = ["File", "Before", "After", "Changed"];
  summary.addHeading("TiUP telemetry", 3).addTable([
    header.map((data) => ({ data, header: true })),
    [code(printable(file)), previous, status, changed ? "yes" : "no"]
  ]);
  for (const problem of problems) {
    summary.addRaw(`<p>Failed: ${code(problem)}</p>`, true);
  }
  const era = ERAS2[source === "default" ? "missing" : status];
  await summary.addRaw(`<p>${era}.</p>`, true).write();
}
function code(text) {
  const safe = text.replace(/[^\w ./-]/gu, (c) => `&#${c.codePointAt(0)};`);
  return `<code>${safe}</code>`;
}
async function main() {
  const request = await parseRequest(getInput);
  for (const input of INPUTS) saveState(input, getInput(input));
  saveState("tiup-home", request.home);
  const outcome = await act(request.mode, request);
  setOutputs(outcome);
  log(request, outcome);
  annotate(outcome);
  await conclude(outcome, compare(request, outcome));
}
async function act(mode, request) {
  try {
    switch (mode) {
      case "enforce":
        return await enforce(request);
      case "check":
        return await inspect(request);
    }
  } catch (error2) {
    if (!(error2 instanceof MetaError)) throw error2;
    const file = metaFile(request.home);
    const line = error2.line === void 0 ? {} : { startLine: error2.line };
    const place = { title: FAILED, file: printable(file), ...line };
    throw new Failure(describe(error2, file), place);
  }
}
async function post() {
  const request = await parseRequest(
    (input) => getState(input) || getInput(input)
  );
  if (!request.verify) return info("verify is false: not read again");
  const outcome = await act("check", request);
  const problems = compare(request, outcome);
  if (problems.length > 0) await conclude(outcome, problems);
  else info(`${quote(outcome.file)} still says ${outcome.status}`);
}
async function conclude(outcome, problems) {
  if (problems.length > 0) fail(differs(outcome, problems));
  if (process3.env["GITHUB_STEP_SUMMARY"]) await summarise(outcome, problems);
  else info("No job summary, as this runner has none");
}
function fail(error2) {
  process3.exitCode = 1;
  if (error2 instanceof Failure) error(error2.message, error2.properties);
  else if (error2 instanceof MetaError) {
    error(describe(error2, null), { title: FAILED });
  } else error(printable(String(error2)), { title: FAILED });
}
var stage = basename2(process3.argv[1] ?? "") === "post.mjs" ? post : main;
await stage().catch(fail);

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

----

yaml 2.9.1

Copyright Eemeli Aro <eemeli@gmail.com>

Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
*/
