#!/usr/bin/env node
// @bun
process.exitCode = 1; // until the work is done

// node_modules/cac/dist/index.js
function toArr(any) {
  return any == null ? [] : Array.isArray(any) ? any : [any];
}
function toVal(out, key, val, opts) {
  var x, old = out[key], nxt = !!~opts.string.indexOf(key) ? val == null || val === true ? "" : String(val) : typeof val === "boolean" ? val : !!~opts.boolean.indexOf(key) ? val === "false" ? false : val === "true" || (out._.push((x = +val, x * 0 === 0) ? x : val), !!val) : (x = +val, x * 0 === 0) ? x : val;
  out[key] = old == null ? nxt : Array.isArray(old) ? old.concat(nxt) : [old, nxt];
}
function lib_default(args, opts) {
  args = args || [];
  opts = opts || {};
  var k, arr, arg, name, val, out = { _: [] };
  var i = 0, j = 0, idx = 0, len = args.length;
  const alibi = opts.alias !== void 0;
  const strict = opts.unknown !== void 0;
  const defaults = opts.default !== void 0;
  opts.alias = opts.alias || {};
  opts.string = toArr(opts.string);
  opts.boolean = toArr(opts.boolean);
  if (alibi) for (k in opts.alias) {
    arr = opts.alias[k] = toArr(opts.alias[k]);
    for (i = 0; i < arr.length; i++) (opts.alias[arr[i]] = arr.concat(k)).splice(i, 1);
  }
  for (i = opts.boolean.length; i-- > 0; ) {
    arr = opts.alias[opts.boolean[i]] || [];
    for (j = arr.length; j-- > 0; ) opts.boolean.push(arr[j]);
  }
  for (i = opts.string.length; i-- > 0; ) {
    arr = opts.alias[opts.string[i]] || [];
    for (j = arr.length; j-- > 0; ) opts.string.push(arr[j]);
  }
  if (defaults) for (k in opts.default) {
    name = typeof opts.default[k];
    arr = opts.alias[k] = opts.alias[k] || [];
    if (opts[name] !== void 0) {
      opts[name].push(k);
      for (i = 0; i < arr.length; i++) opts[name].push(arr[i]);
    }
  }
  const keys = strict ? Object.keys(opts.alias) : [];
  for (i = 0; i < len; i++) {
    arg = args[i];
    if (arg === "--") {
      out._ = out._.concat(args.slice(++i));
      break;
    }
    for (j = 0; j < arg.length; j++) if (arg.charCodeAt(j) !== 45) break;
    if (j === 0) out._.push(arg);
    else if (arg.substring(j, j + 3) === "no-") {
      name = arg.substring(j + 3);
      if (strict && !~keys.indexOf(name)) return opts.unknown(arg);
      out[name] = false;
    } else {
      for (idx = j + 1; idx < arg.length; idx++) if (arg.charCodeAt(idx) === 61) break;
      name = arg.substring(j, idx);
      val = arg.substring(++idx) || i + 1 === len || ("" + args[i + 1]).charCodeAt(0) === 45 || args[++i];
      arr = j === 2 ? [name] : name;
      for (idx = 0; idx < arr.length; idx++) {
        name = arr[idx];
        if (strict && !~keys.indexOf(name)) return opts.unknown("-".repeat(j) + name);
        toVal(out, name, idx + 1 < arr.length || val, opts);
      }
    }
  }
  if (defaults) {
    for (k in opts.default) if (out[k] === void 0) out[k] = opts.default[k];
  }
  if (alibi) for (k in out) {
    arr = opts.alias[k] || [];
    while (arr.length > 0) out[arr.shift()] = out[k];
  }
  return out;
}
function removeBrackets(v) {
  return v.replace(/[<[].+/, "").trim();
}
function findAllBrackets(v) {
  const ANGLED_BRACKET_RE_GLOBAL = /<([^>]+)>/g;
  const SQUARE_BRACKET_RE_GLOBAL = /\[([^\]]+)\]/g;
  const res = [];
  const parse = (match) => {
    let variadic = false;
    let value = match[1];
    if (value.startsWith("...")) {
      value = value.slice(3);
      variadic = true;
    }
    return {
      required: match[0].startsWith("<"),
      value,
      variadic
    };
  };
  let angledMatch;
  while (angledMatch = ANGLED_BRACKET_RE_GLOBAL.exec(v)) res.push(parse(angledMatch));
  let squareMatch;
  while (squareMatch = SQUARE_BRACKET_RE_GLOBAL.exec(v)) res.push(parse(squareMatch));
  return res;
}
function getMriOptions(options) {
  const result = {
    alias: /* @__PURE__ */ Object.create(null),
    boolean: []
  };
  for (const [index, option] of options.entries()) {
    if (option.names.length > 1) result.alias[option.names[0]] = option.names.slice(1);
    if (option.isBoolean) {
      if (option.negated) {
        if (!options.some((o, i) => {
          return i !== index && o.names.some((name) => option.names.includes(name)) && typeof o.required === "boolean";
        })) result.boolean.push(option.names[0]);
      } else result.boolean.push(option.names[0]);
    }
  }
  return result;
}
function findLongest(arr) {
  return arr.sort((a, b) => b.length - a.length)[0];
}
function padRight(str, length) {
  return str.length >= length ? str : `${str}${" ".repeat(length - str.length)}`;
}
function camelcase(input) {
  return input.replaceAll(/([a-z])-([a-z])/g, (_, p1, p2) => {
    return p1 + p2.toUpperCase();
  });
}
var UNSAFE_KEYS = /* @__PURE__ */ new Set([
  "__proto__",
  "constructor",
  "prototype"
]);
function setDotProp(obj, keys, val) {
  if (keys.some((key) => UNSAFE_KEYS.has(key))) return;
  let current = obj;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (i === keys.length - 1) {
      current[key] = val;
      return;
    }
    if (current[key] == null) {
      const nextKeyIsArrayIndex = +keys[i + 1] > -1;
      current[key] = nextKeyIsArrayIndex ? [] : {};
    }
    current = current[key];
  }
}
function setByType(obj, transforms) {
  for (const [key, transform] of Object.entries(transforms)) if (transform.shouldTransform && key in obj) {
    obj[key] = [obj[key]].flat();
    if (typeof transform.transformFunction === "function") obj[key] = obj[key].map(transform.transformFunction);
  }
}
function getFileName(input) {
  const m = /([^\\/]+)$/.exec(input);
  return m ? m[1] : "";
}
function camelcaseOptionName(name) {
  return name.split(".").map((v, i) => {
    return i === 0 ? camelcase(v) : v;
  }).join(".");
}
var CACError = class extends Error {
  constructor(message) {
    super(message);
    this.name = "CACError";
    if (typeof Error.captureStackTrace !== "function") this.stack = new Error(message).stack;
  }
};
var Option = class {
  rawName;
  description;
  /** Option name */
  name;
  /** Option name and aliases */
  names;
  isBoolean;
  required;
  config;
  negated;
  constructor(rawName, description, config) {
    this.rawName = rawName;
    this.description = description;
    this.config = Object.assign({}, config);
    rawName = rawName.replaceAll(".*", "");
    this.negated = false;
    this.names = removeBrackets(rawName).split(",").map((v) => {
      let name = v.trim().replace(/^-{1,2}/, "");
      if (name.startsWith("no-")) {
        this.negated = true;
        name = name.replace(/^no-/, "");
      }
      return camelcaseOptionName(name);
    }).sort((a, b) => a.length - b.length);
    this.name = this.names.at(-1);
    if (this.negated && this.config.default == null) this.config.default = true;
    if (rawName.includes("<")) this.required = true;
    else if (rawName.includes("[")) this.required = false;
    else this.isBoolean = true;
  }
};
var runtimeInfo;
if (typeof process !== "undefined") {
  let runtimeName;
  if (typeof Deno !== "undefined" && typeof Deno.version?.deno === "string") runtimeName = "deno";
  else if (typeof Bun !== "undefined" && typeof Bun.version === "string") runtimeName = "bun";
  else runtimeName = "node";
  runtimeInfo = `${process.platform}-${process.arch} ${runtimeName}-${process.version}`;
} else if (typeof navigator === "undefined") runtimeInfo = `unknown`;
else runtimeInfo = `${navigator.platform} ${navigator.userAgent}`;
function getRuntimeProcessArgs() {
  return typeof process === "undefined" ? void 0 : process.argv;
}
var Command = class {
  rawName;
  description;
  config;
  cli;
  options;
  aliasNames;
  name;
  args;
  commandAction;
  usageText;
  versionNumber;
  examples;
  helpCallback;
  globalCommand;
  constructor(rawName, description, config = {}, cli) {
    this.rawName = rawName;
    this.description = description;
    this.config = config;
    this.cli = cli;
    this.options = [];
    this.aliasNames = [];
    this.name = removeBrackets(rawName);
    this.args = findAllBrackets(rawName);
    this.examples = [];
  }
  usage(text) {
    this.usageText = text;
    return this;
  }
  allowUnknownOptions() {
    this.config.allowUnknownOptions = true;
    return this;
  }
  ignoreOptionDefaultValue() {
    this.config.ignoreOptionDefaultValue = true;
    return this;
  }
  version(version, customFlags = "-v, --version") {
    this.versionNumber = version;
    this.option(customFlags, "Display version number");
    return this;
  }
  example(example) {
    this.examples.push(example);
    return this;
  }
  /**
  * Add a option for this command
  * @param rawName Raw option name(s)
  * @param description Option description
  * @param config Option config
  */
  option(rawName, description, config) {
    const option = new Option(rawName, description, config);
    this.options.push(option);
    return this;
  }
  alias(name) {
    this.aliasNames.push(name);
    return this;
  }
  action(callback) {
    this.commandAction = callback;
    return this;
  }
  /**
  * Check if a command name is matched by this command
  * @param name Command name
  */
  isMatched(name) {
    return this.name === name || this.aliasNames.includes(name);
  }
  get isDefaultCommand() {
    return this.name === "" || this.aliasNames.includes("!");
  }
  get isGlobalCommand() {
    return this instanceof GlobalCommand;
  }
  /**
  * Check if an option is registered in this command
  * @param name Option name
  */
  hasOption(name) {
    name = name.split(".", 1)[0];
    return this.options.find((option) => {
      return option.names.includes(name);
    });
  }
  outputHelp() {
    const { name, commands } = this.cli;
    const { versionNumber, options: globalOptions, helpCallback } = this.cli.globalCommand;
    let sections = [{ body: `${name}${versionNumber ? `/${versionNumber}` : ""}` }];
    sections.push({
      title: "Usage",
      body: `  $ ${name} ${this.usageText || this.rawName}`
    });
    if ((this.isGlobalCommand || this.isDefaultCommand) && commands.length > 0) {
      const longestCommandName = findLongest(commands.map((command) => command.rawName));
      sections.push({
        title: "Commands",
        body: commands.map((command) => {
          return `  ${padRight(command.rawName, longestCommandName.length)}  ${command.description}`;
        }).join("\n")
      }, {
        title: `For more info, run any command with the \`--help\` flag`,
        body: commands.map((command) => `  $ ${name}${command.name === "" ? "" : ` ${command.name}`} --help`).join("\n")
      });
    }
    let options = this.isGlobalCommand ? globalOptions : [...this.options, ...globalOptions || []];
    if (!this.isGlobalCommand && !this.isDefaultCommand) options = options.filter((option) => option.name !== "version");
    if (options.length > 0) {
      const longestOptionName = findLongest(options.map((option) => option.rawName));
      sections.push({
        title: "Options",
        body: options.map((option) => {
          return `  ${padRight(option.rawName, longestOptionName.length)}  ${option.description} ${option.config.default === void 0 ? "" : `(default: ${option.config.default})`}`;
        }).join("\n")
      });
    }
    if (this.examples.length > 0) sections.push({
      title: "Examples",
      body: this.examples.map((example) => {
        if (typeof example === "function") return example(name);
        return example;
      }).join("\n")
    });
    if (helpCallback) sections = helpCallback(sections) || sections;
    console.info(sections.map((section) => {
      return section.title ? `${section.title}:
${section.body}` : section.body;
    }).join("\n\n"));
  }
  outputVersion() {
    const { name } = this.cli;
    const { versionNumber } = this.cli.globalCommand;
    if (versionNumber) console.info(`${name}/${versionNumber} ${runtimeInfo}`);
  }
  checkRequiredArgs() {
    const minimalArgsCount = this.args.filter((arg) => arg.required).length;
    if (this.cli.args.length < minimalArgsCount) throw new CACError(`missing required args for command \`${this.rawName}\``);
  }
  /**
  * Check if the parsed options contain any unknown options
  *
  * Exit and output error when true
  */
  checkUnknownOptions() {
    const { options, globalCommand } = this.cli;
    if (!this.config.allowUnknownOptions) {
      for (const name of Object.keys(options)) if (name !== "--" && !this.hasOption(name) && !globalCommand.hasOption(name)) throw new CACError(`Unknown option \`${name.length > 1 ? `--${name}` : `-${name}`}\``);
    }
  }
  /**
  * Check if the required string-type options exist
  */
  checkOptionValue() {
    const { options: parsedOptions, globalCommand } = this.cli;
    const options = [...globalCommand.options, ...this.options];
    for (const option of options) {
      const value = parsedOptions[option.name.split(".", 1)[0]];
      if (option.required) {
        const hasNegated = options.some((o) => o.negated && o.names.includes(option.name));
        if (value === true || value === false && !hasNegated) throw new CACError(`option \`${option.rawName}\` value is missing`);
      }
    }
  }
  /**
  * Check if the number of args is more than expected
  */
  checkUnusedArgs() {
    const maximumArgsCount = this.args.some((arg) => arg.variadic) ? Infinity : this.args.length;
    if (maximumArgsCount < this.cli.args.length) throw new CACError(`Unused args: ${this.cli.args.slice(maximumArgsCount).map((arg) => `\`${arg}\``).join(", ")}`);
  }
};
var GlobalCommand = class extends Command {
  constructor(cli) {
    super("@@global@@", "", {}, cli);
  }
};
var CAC = class extends EventTarget {
  /** The program name to display in help and version message */
  name;
  commands;
  globalCommand;
  matchedCommand;
  matchedCommandName;
  /**
  * Raw CLI arguments
  */
  rawArgs;
  /**
  * Parsed CLI arguments
  */
  args;
  /**
  * Parsed CLI options, camelCased
  */
  options;
  showHelpOnExit;
  showVersionOnExit;
  /**
  * @param name The program name to display in help and version message
  */
  constructor(name = "") {
    super();
    this.name = name;
    this.commands = [];
    this.rawArgs = [];
    this.args = [];
    this.options = {};
    this.globalCommand = new GlobalCommand(this);
    this.globalCommand.usage("<command> [options]");
  }
  /**
  * Add a global usage text.
  *
  * This is not used by sub-commands.
  */
  usage(text) {
    this.globalCommand.usage(text);
    return this;
  }
  /**
  * Add a sub-command
  */
  command(rawName, description, config) {
    const command = new Command(rawName, description || "", config, this);
    command.globalCommand = this.globalCommand;
    this.commands.push(command);
    return command;
  }
  /**
  * Add a global CLI option.
  *
  * Which is also applied to sub-commands.
  */
  option(rawName, description, config) {
    this.globalCommand.option(rawName, description, config);
    return this;
  }
  /**
  * Show help message when `-h, --help` flags appear.
  *
  */
  help(callback) {
    this.globalCommand.option("-h, --help", "Display this message");
    this.globalCommand.helpCallback = callback;
    this.showHelpOnExit = true;
    return this;
  }
  /**
  * Show version number when `-v, --version` flags appear.
  *
  */
  version(version, customFlags = "-v, --version") {
    this.globalCommand.version(version, customFlags);
    this.showVersionOnExit = true;
    return this;
  }
  /**
  * Add a global example.
  *
  * This example added here will not be used by sub-commands.
  */
  example(example) {
    this.globalCommand.example(example);
    return this;
  }
  /**
  * Output the corresponding help message
  * When a sub-command is matched, output the help message for the command
  * Otherwise output the global one.
  *
  */
  outputHelp() {
    if (this.matchedCommand) this.matchedCommand.outputHelp();
    else this.globalCommand.outputHelp();
  }
  /**
  * Output the version number.
  *
  */
  outputVersion() {
    this.globalCommand.outputVersion();
  }
  setParsedInfo({ args, options }, matchedCommand, matchedCommandName) {
    this.args = args;
    this.options = options;
    if (matchedCommand) this.matchedCommand = matchedCommand;
    if (matchedCommandName) this.matchedCommandName = matchedCommandName;
    return this;
  }
  unsetMatchedCommand() {
    this.matchedCommand = void 0;
    this.matchedCommandName = void 0;
  }
  /**
  * Parse argv
  */
  parse(argv, { run = true } = {}) {
    if (!argv) {
      const runtimeProcessArgs = getRuntimeProcessArgs();
      if (!runtimeProcessArgs) throw new Error("No argv provided and runtime process argv is not available.");
      argv = runtimeProcessArgs;
    }
    this.rawArgs = argv;
    if (!this.name) this.name = argv[1] ? getFileName(argv[1]) : "cli";
    let shouldParse = true;
    for (const command of this.commands) {
      const parsed = this.mri(argv.slice(2), command);
      const commandName = parsed.args[0];
      if (command.isMatched(commandName)) {
        shouldParse = false;
        const parsedInfo = {
          ...parsed,
          args: parsed.args.slice(1)
        };
        this.setParsedInfo(parsedInfo, command, commandName);
        this.dispatchEvent(new CustomEvent(`command:${commandName}`, { detail: command }));
      }
    }
    if (shouldParse) {
      for (const command of this.commands) if (command.isDefaultCommand) {
        shouldParse = false;
        const parsed = this.mri(argv.slice(2), command);
        this.setParsedInfo(parsed, command);
        this.dispatchEvent(new CustomEvent("command:!", { detail: command }));
      }
    }
    if (shouldParse) {
      const parsed = this.mri(argv.slice(2));
      this.setParsedInfo(parsed);
    }
    if (this.options.help && this.showHelpOnExit) {
      this.outputHelp();
      run = false;
      this.unsetMatchedCommand();
    }
    if (this.options.version && this.showVersionOnExit && this.matchedCommandName == null) {
      this.outputVersion();
      run = false;
      this.unsetMatchedCommand();
    }
    const parsedArgv = {
      args: this.args,
      options: this.options
    };
    if (run) this.runMatchedCommand();
    if (!this.matchedCommand && this.args[0]) this.dispatchEvent(new CustomEvent("command:*", { detail: this.args[0] }));
    return parsedArgv;
  }
  mri(argv, command) {
    const cliOptions = [...this.globalCommand.options, ...command ? command.options : []];
    const mriOptions = getMriOptions(cliOptions);
    let argsAfterDoubleDashes = [];
    const doubleDashesIndex = argv.indexOf("--");
    if (doubleDashesIndex !== -1) {
      argsAfterDoubleDashes = argv.slice(doubleDashesIndex + 1);
      argv = argv.slice(0, doubleDashesIndex);
    }
    let parsed = lib_default(argv, mriOptions);
    parsed = Object.keys(parsed).reduce((res, name) => {
      return {
        ...res,
        [camelcaseOptionName(name)]: parsed[name]
      };
    }, { _: [] });
    const args = parsed._;
    const options = { "--": argsAfterDoubleDashes };
    const ignoreDefault = command && command.config.ignoreOptionDefaultValue ? command.config.ignoreOptionDefaultValue : this.globalCommand.config.ignoreOptionDefaultValue;
    const transforms = /* @__PURE__ */ Object.create(null);
    for (const cliOption of cliOptions) {
      if (!ignoreDefault && cliOption.config.default !== void 0) for (const name of cliOption.names) options[name] = cliOption.config.default;
      if (Array.isArray(cliOption.config.type) && transforms[cliOption.name] === void 0) {
        transforms[cliOption.name] = /* @__PURE__ */ Object.create(null);
        transforms[cliOption.name].shouldTransform = true;
        transforms[cliOption.name].transformFunction = cliOption.config.type[0];
      }
    }
    for (const [key, value] of Object.entries(parsed)) if (key !== "_") {
      setDotProp(options, key.split("."), value);
      setByType(options, transforms);
    }
    return {
      args,
      options
    };
  }
  runMatchedCommand() {
    const { args, options, matchedCommand: command } = this;
    if (!command || !command.commandAction) return;
    command.checkUnknownOptions();
    command.checkOptionValue();
    command.checkRequiredArgs();
    command.checkUnusedArgs();
    const actionArgs = [];
    command.args.forEach((arg, index) => {
      if (arg.variadic) actionArgs.push(args.slice(index));
      else actionArgs.push(args[index]);
    });
    actionArgs.push(options);
    return command.commandAction.apply(this, actionArgs);
  }
};
var cac = (name = "") => new CAC(name);

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
var { process: process2 } = globalThis;
var OLDEST_NODE = 20;
var META_KEYS = ["uuid", "secret", "status"];
var MAX_BYTES = 64 * 1024;
var MAX_LINKS = 40;
var MAX_PATH = 4096;
var MAX_ENTRY = 64 * 1024;
var STALE_LOCK_MS = 5e3;
var GIVE_UP_MS = 1e4;
var OLD_TEMP_MS = 6e4;
var SETTLED_MS = 500;
var AT_REST_MS = 6e4;
var OVERFLOW_UID = 65534;
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
  const { written, start: start2 } = line;
  const head = text.slice(0, start2);
  const tail = text.slice(start2 + written.length);
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
  let start2 = text.startsWith("\uFEFF") ? 1 : 0;
  let mayBegin = true;
  const rows = text.slice(start2).split("\n");
  for (const [index, row] of rows.entries()) {
    const number = index + 1;
    const isCrlf = row.endsWith("\r") && number < rows.length;
    const content = isCrlf ? row.slice(0, -1) : row;
    if (STRANGE.test(content)) failLine(CHARACTER, number);
    if (mayBegin && DOCUMENT.test(content)) {
      mayBegin = false;
    } else if (!BLANK.test(content)) {
      mayBegin = false;
      const line = parseLine(content, start2);
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
    start2 += row.length + 1;
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
  let count2 = 0;
  do {
    const room = bytes.length - length;
    count2 = fs.readSync(descriptor, bytes, length, room, length);
    length += count2;
  } while (count2 > 0 && length < bytes.length);
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
  for (let count2 = 0; ; count2++) {
    const name = `${target}.bad${count2 > 0 ? `.${count2}` : ""}`;
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
function envFileIn(folder) {
  return fs.readdirSync(folder).find((name) => /^\.env(\.|$)/.test(name));
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
function inspectPath(file) {
  const names = namesOf(file);
  let path = "/";
  let othersCanMake = false;
  let links = 0;
  for (; ; ) {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stat) {
      return othersCanMake ? { kind: "missing", path } : { kind: "safe" };
    }
    if (stat.uid !== 0) return { kind: "foreign", path, uid: stat.uid };
    if (stat.isSymbolicLink()) {
      if (path.startsWith("/proc/")) return { kind: "proc", path };
      links += 1;
      if (links > MAX_LINKS) fail("unreadable", "too many symlinks");
      const target = fs.readlinkSync(path);
      names.unshift(...namesOf(target));
      path = isAbsolute(target) ? "/" : dirname(path);
      continue;
    }
    const othersCanWrite = (stat.mode & 18) !== 0;
    const isSticky = stat.isDirectory() && (stat.mode & 512) !== 0;
    const isLastFolder = names.length === 1;
    if (othersCanWrite && (!isSticky || isLastFolder)) {
      return { kind: kindOfWritable(path, stat, links > 0), path };
    }
    othersCanMake = othersCanWrite;
    const name = names.shift();
    if (name === void 0) return { kind: "safe" };
    path = join(path, name);
  }
}
function kindOfWritable(path, stat, isBehindLink) {
  const isDevice = !stat.isFile() && !stat.isDirectory();
  const isElsewhere = isBehindLink && basename(path) !== "telemetry";
  return isDevice || isElsewhere ? "shared" : "writable";
}
function namesOf(path) {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
function shellWord(text, placeholder) {
  return /^[\w./@+][\w./@+-]*$/.test(text) ? text : placeholder;
}
function refuseForRoot(file) {
  if (process2.geteuid?.() !== 0) return;
  const finding = inspectPath(file);
  if (finding.kind === "safe") return;
  const path = safeJson(finding.path);
  const word = shellWord(finding.path, "PATH");
  const rule = "and root uses only what nobody else can change";
  switch (finding.kind) {
    case "foreign": {
      const { uid } = finding;
      const name = uid === OVERFLOW_UID ? void 0 : findUser(uid)?.name;
      const owner = name === void 0 ? `user ${uid}` : printable(name);
      const advice = name === void 0 ? "use --as-root where nobody else uses this machine" : `run it as that user: sudo -u ${shellWord(name, "NAME")}`;
      return fail("refused", `${path} belongs to ${owner}, ${rule}`, {
        advice
      });
    }
    case "writable":
      return fail("refused", `others can change ${path}, ${rule}`, {
        advice: `chmod go-w ${word}`
      });
    case "shared":
      return fail("refused", `others can change ${path}, ${rule}`, {
        advice: "use a home that only root can change"
      });
    case "proc":
      return fail("refused", `${path} is a symlink of /proc, ${rule}`, {
        advice: "use a home that only root can change"
      });
    case "missing":
      return fail("refused", `others can make ${path}, ${rule}`, {
        advice: `make it first: mkdir ${word}`
      });
  }
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
    process2.on(signal, () => process2.exit(128 + number));
  }
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
function refuseListEntry(entry) {
  const name = safeJson(entry);
  if (entry.startsWith("\uFEFF")) {
    fail("refused", `${name} begins with a byte order mark`, {
      advice: "save the list as UTF-8 without one"
    });
  }
  if (entry.includes("\0")) {
    fail("refused", `${name} holds a NUL`, {
      advice: "add --null, or save the list as UTF-8"
    });
  }
  if (entry.endsWith("\r")) {
    fail("refused", `${name} ends in a carriage return`, {
      advice: "save the list without carriage returns"
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
function differenceText(outcome, erasSaid) {
  const { command, file, source, found } = outcome;
  const name = safeJson(file);
  if (source === "file") {
    return `${name} says ${wordFor(found)}, not ${command}`;
  }
  const eras = erasSaid ? "" : `: ${ERAS}`;
  return `No file ${name}, so nothing says ${command}${eras}`;
}
function terminalNote(run, outcome) {
  const { command, source, status, changed } = outcome;
  const name = safeJson(outcome.file);
  const note = (text) => [{ level: "note", text }];
  if (isReadOnly(command, run.options.check)) {
    return source === "file" && !hasMany(run) ? note(`Read ${name}`) : [];
  }
  if (!changed) return note(`Not changed ${name}: ${status} already`);
  return note(`Changed ${name}: ${changeText(run, outcome)}`);
}
function changeText(run, outcome) {
  const { command, source, status, found, kept } = outcome;
  if (kept !== void 0) {
    const where = `the damaged file is kept as ${safeJson(kept)}`;
    return `a new file, ${status} now, ${where}`;
  }
  if (command === "reset") {
    return run.options.all ? "the uuid and the secret are new" : "the uuid is new";
  }
  if (found === status) return `${status} before, now complete`;
  const before = source === "file" ? wordFor(found) : "no file";
  return `${before} before, ${status} now`;
}
function hasMany(run) {
  return run.homes.length > 1 || run.homes.includes("-");
}
function wordFor(status) {
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
function formatRemark({ level, text }) {
  return `${level}: ${text}`;
}
function formatText({ command, status, uuid }, check) {
  const state = `status: ${status}
uuid: ${printable(uuid)}
`;
  if (check) return state;
  switch (command) {
    case "status":
      return state;
    case "enable":
      return "Enable telemetry success\n";
    case "disable":
      return "Disable telemetry success\n";
    case "reset":
      return `Reset uuid as: ${uuid} success
`;
  }
}
function formatJson(outcome) {
  const { command, home, file, source, status, uuid, changed } = outcome;
  const previous = command === "status" ? void 0 : outcome.previous;
  const state = { source, status, previous, uuid: uuid || null, changed };
  return `${safeJson({ schema: 1, command, home, file, ...state })}
`;
}
function formatFailure(command, home, file, error) {
  const { code, line } = error;
  const failure = { code, message: describe(error, file ?? home), line };
  return `${safeJson({ schema: 1, command, home, file, error: failure })}
`;
}
function formatTally(run, tally, soFar = "") {
  const { homes, disable, enable, failed, withoutFile } = tally;
  const isUnsaid = isReadOnly(run.command, run.options.check) && withoutFile > 0;
  const unsaid = isUnsaid ? ` (${withoutFile} without a file)` : "";
  const states = `${disable} disabled${unsaid}, ${enable} enabled`;
  return `note: ${homes} homes${soFar}: ${states}, ${failed} failed`;
}
var FLAGS = {
  home: "Use this TiUP home; repeat for more, or - to read a list",
  null: "Homes of the list end with NUL, as from find -print0",
  json: "Print one JSON object a line instead of text",
  "as-root": "As root, also use homes that others can change",
  check: "Change nothing; exit 3 unless a file is in that state",
  all: "Also mint a new secret, so that reports cannot be linked",
  force: "Keep a damaged file as meta.yaml.bad, write a new one"
};
var DESCRIPTION = "Check TiUP's telemetry, turn it on or off, prove its state";
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
var COMMON_FLAGS = ["home", "null", "json", "as-root", "help", "version"];
var VERSION_FLAGS = ["-v", "--version"];
var TEXT_FLAGS = ["-h", "--help", ...VERSION_FLAGS];
var EXIT = { done: 0, failed: 1, usage: 2, differs: 3 };
var EXIT_CODES = {
  done: "done, or already so",
  failed: "a home failed, or the whole run; standard error says why",
  usage: "usage; nothing was read or written",
  differs: "--check: a file is in another state, or is missing"
};
var NO_FLAGS = { kind: "flags", options: {} };
var USAGE = "usage: telemetry <command> [flags], see telemetry --help";
var COMMAND_NAMES = Object.keys(COMMANDS);
var RunError = class extends Error {
  exitCode;
  constructor(message, exitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
};
function failUsage(message) {
  throw new RunError(`${message}; ${USAGE}`, EXIT.usage);
}
function parseArguments(argv) {
  const { homes, words, flags } = expandHelp(sortArguments(argv));
  const [command] = words;
  if (command !== void 0 && !isCommand(command)) failUnknownCommand(command);
  const isPlain = words.length === 1 && flags.length === 0;
  const parsed = isPlain ? NO_FLAGS : parseFlags(command, words, flags);
  if (parsed.kind === "text") return parsed;
  if (command === void 0) return failUsage("No command");
  const has = (name) => parsed.options[name] === true;
  if (has("null") && !homes.includes("-")) {
    failUsage("--null goes with --home -");
  }
  const run = {
    command,
    homes,
    json: has("json"),
    separator: has("null") ? "\0" : "\n",
    asRoot: has("asRoot"),
    options: { check: has("check"), all: has("all"), force: has("force") }
  };
  return { kind: "run", run };
}
function parseFlags(command, words, flags) {
  refuseFlags(flags, command);
  const isProof = flags.includes("--check");
  if (isProof && flags.some((flag) => TEXT_FLAGS.includes(flag))) {
    failUsage("--check goes without --help and --version");
  }
  const cli = makeCli(command);
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
function sortArguments(argv) {
  const homes = [];
  const words = [];
  const flags = [];
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
function checkHome(home) {
  if (home === "" || home.startsWith("-") && home !== "-") {
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
function expandHelp(given) {
  if (given.words[0] !== "help") return given;
  const words = given.words.filter((word) => word !== "help");
  if (given.flags.length > 0 || given.homes.length > 0) {
    failUsage("help takes no flags");
  }
  if (words.length > 1) failUsage("help takes one command");
  return { homes: [], words, flags: ["--help"] };
}
function refuseFlags(flags, command) {
  const all = [...new Set(COMMAND_NAMES.flatMap(flagsOf))];
  const valid = command ? flagsOf(command) : all;
  const odd = flags.find((flag) => !valid.includes(flag));
  if (odd === void 0) return;
  const takers = COMMAND_NAMES.filter((name) => flagsOf(name).includes(odd));
  if (takers.length > 0) failUsage(`${odd} goes with ${takers.join(", ")}`);
  const long = all.filter((flag) => flag.startsWith("--"));
  failUnknown("flag", odd, long.find((flag) => isOneLetterOff(odd, flag)));
}
function flagsOf(command) {
  const names = [...COMMON_FLAGS, ...COMMANDS[command].flags];
  return ["-h", "-v", ...names.map((name) => `--${name}`)];
}
function failUnknownCommand(given) {
  switch (given) {
    case "off":
      return failUnknown("command", given, "disable");
    case "on":
      return failUnknown("command", given, "enable");
  }
  const near = [...COMMAND_NAMES, "help"].find(
    (name) => isOneLetterOff(given, name)
  );
  return failUnknown("command", given, near);
}
function failUnknown(kind, given, meant) {
  const hint = meant === void 0 ? "" : `, did you mean ${meant}?`;
  return failUsage(`Unknown ${kind} ${safeJson(given)}${hint}`);
}
function isOneLetterOff(given, word) {
  let start2 = 0;
  while (start2 < word.length && given[start2] === word[start2]) start2 += 1;
  const rest = given.slice(start2);
  const wanted = word.slice(start2);
  const isLeftOut = rest === wanted.slice(1);
  const isAdded = rest.slice(1) === wanted;
  const isChanged = rest.slice(1) === wanted.slice(1);
  const swapped = wanted.slice(1, 2) + wanted.slice(0, 1) + wanted.slice(2);
  return isLeftOut || isAdded || isChanged || rest === swapped;
}
function isCommand(name) {
  return Object.hasOwn(COMMANDS, name);
}
function makeCli(asked) {
  const cli = cac("telemetry").usage("<command> [flags]").option("--home <dir>", FLAGS.home).option("--null", FLAGS.null).option("--json", FLAGS.json).option("--as-root", FLAGS["as-root"]).version(VERSION).help((sections) => arrangeHelp(sections, asked));
  for (const name of COMMAND_NAMES) {
    const { summary, flags } = COMMANDS[name];
    const command = cli.command(name, summary).usage(`${name} [flags]`);
    for (const flag of flags) command.option(`--${flag}`, FLAGS[flag]);
  }
  cli.command("help [command]", "Show this help, or that of a command");
  return cli;
}
function arrangeHelp(sections, asked) {
  const body = (title2) => sections.find((section) => section.title === title2)?.body.replace(/ +$/gm, "") ?? "";
  const title = asked ? `telemetry ${asked}: ${COMMANDS[asked].summary}` : `telemetry: ${DESCRIPTION}`;
  const canDiffer = !asked || COMMANDS[asked].flags.includes("check");
  const codes = Object.entries(EXIT_CODES).filter(([name]) => canDiffer || name !== "differs").map(([name, when]) => `  ${EXIT[name]}  ${when}`);
  return [
    { body: title },
    { title: "Examples", body: EXAMPLES[asked ?? "help"].join("\n") },
    { title: "Usage", body: body("Usage") },
    ...asked ? [] : [{ title: "Commands", body: body("Commands") }],
    { title: "Flags", body: body("Options") },
    { title: "Exit codes", body: codes.join("\n") }
  ];
}
function capture(action) {
  const { info } = console;
  let text = "";
  console.info = (line) => text += `${line}
`;
  try {
    action();
  } finally {
    console.info = info;
  }
  return text;
}
async function runAll(run, env) {
  const onlyReads = isReadOnly(run.command, run.options.check);
  const context = {
    env: variablesFor(run, env),
    folder: workingFolder(),
    isTerminal: await isTerminalAt(2)
  };
  if (!onlyReads) exitOnSignals();
  const tally = {
    homes: 0,
    disable: 0,
    enable: 0,
    failed: 0,
    withoutFile: 0,
    differing: 0
  };
  let isLost = false;
  for await (const given of listHomes(run, context)) {
    if (!onlyReads && tally.homes > 0) await sleep(0);
    const erasSaid = tally.withoutFile > 0;
    const report = await attempt(run, given, context, erasSaid);
    const header = headerOf(run, given, tally.homes);
    isLost = await printReport(report, header, isLost);
    count(tally, report);
    if (isLost && onlyReads) break;
    if (context.isTerminal && tally.homes % 1e3 === 0) {
      await printLines([formatTally(run, tally, " so far")]);
    }
  }
  if (context.isTerminal && tally.homes > 1) {
    await printLines([formatTally(run, tally)]);
  }
  if (isLost || tally.failed > 0) return EXIT.failed;
  return tally.differing > 0 ? EXIT.differs : EXIT.done;
}
async function printReport(report, header, isLost) {
  const problem = isLost ? void 0 : await printText(header + report.text);
  const lines = [...report.lines];
  if (problem !== void 0) lines.push(problem);
  await printLines(lines);
  return isLost || problem !== void 0;
}
function count(tally, report) {
  tally.homes += 1;
  tally[report.state] += 1;
  if (report.hadNoFile) tally.withoutFile += 1;
  if (report.differs) tally.differing += 1;
}
function variablesFor(run, env) {
  const { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS } = env;
  if (run.homes.length > 0) return { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS };
  const { TIUP_HOME, HOME } = env;
  return { DO_NOT_TRACK, TIUP_TELEMETRY_STATUS, TIUP_HOME, HOME };
}
async function isTerminalAt(descriptor) {
  try {
    if (!fs.fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  const { isatty } = await import("node:tty");
  return isatty(descriptor);
}
function headerOf(run, given, count2) {
  if (run.json || !hasMany(run) || given.kind === "tiup") return "";
  return `${count2 > 0 ? "\n" : ""}home: ${printable(given.home)}
`;
}
async function* listHomes(run, context) {
  if (run.homes.length === 0) yield { kind: "tiup" };
  for (const home of run.homes) {
    if (home === "-") yield* listEntries(run, context);
    else yield { kind: "flag", home };
  }
}
async function* listEntries(run, context) {
  const [, program] = process2.argv;
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
async function* readEntries(separator) {
  let rest = Buffer.alloc(0);
  let isBeginning = true;
  for await (const chunk of process2.stdin) {
    rest = Buffer.concat([rest, chunk]);
    if (isBeginning && /^(fffe|feff)/.test(rest.toString("hex", 0, 2))) {
      throw new RunError("The list is UTF-16; save it as UTF-8");
    }
    isBeginning = false;
    let start2 = 0;
    let end = rest.indexOf(separator);
    while (end >= 0) {
      if (end > start2) yield rest.toString("utf8", start2, end);
      start2 = end + 1;
      end = rest.indexOf(separator, start2);
    }
    rest = rest.subarray(start2, start2 + MAX_ENTRY);
  }
  if (rest.length > 0) yield rest.toString();
}
async function attempt(run, given, context, erasSaid) {
  const warnings = [];
  let home = null;
  let file = null;
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
      erasSaid
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
      lines: [...warnings.map(formatRemark), line]
    };
  }
}
function reportOutcome(run, outcome, told, erasSaid) {
  const { check } = run.options;
  const differs = check && !isProved(outcome, run.command);
  const lines = told.map(formatRemark);
  if (differs) lines.push(`error: ${differenceText(outcome, erasSaid)}`);
  return {
    state: outcome.status,
    hadNoFile: outcome.source === "default",
    differs,
    text: run.json ? formatJson(outcome) : formatText(outcome, check),
    lines
  };
}
function refuseHome(run, given, absolute) {
  if (given.kind === "overlong") {
    fail("refused", "the entry of the list is longer than any path");
  }
  if (given.kind === "entry") {
    refuseListEntry(given.home);
    refuseHomeText(given.home);
  }
  refuseOddPath(absolute);
  if (!run.asRoot) refuseForRoot(metaFile(absolute));
  if (given.kind !== "tiup") refuseHomeByLook(absolute);
}
async function printText(text) {
  try {
    await write(1, text);
    return void 0;
  } catch (error) {
    return `error: Cannot write to standard output: ${reasonOf(error)}`;
  }
}
async function printLines(lines) {
  try {
    await write(2, lines.map((line) => `${line}
`).join(""));
  } catch {
  }
}
async function write(descriptor, text) {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(descriptor, rest));
    } catch (error) {
      if (errno(error) !== "EAGAIN") throw error;
      await sleep(5);
    }
  }
}
async function main(argv, env) {
  try {
    refuseRuntime();
    const request = parseArguments(argv);
    if (request.kind === "run") return await runAll(request.run, env);
    const problem = await printText(request.text);
    if (problem === void 0) return EXIT.done;
    await printLines([problem]);
    return EXIT.failed;
  } catch (error) {
    if (error instanceof RunError) {
      await printLines([`error: ${error.message}`]);
      return error.exitCode;
    }
    const text = isFromSystem(error) ? printable(messageOf(error)) : `internal: ${reasonOf(error)}`;
    await printLines([`error: ${text}`]);
    return EXIT.failed;
  }
}
var EVAL_FLAGS = ["-e", "-p", "-pe", "--eval", "--print"];
var ENV_FILE_FLAGS = ["--no-env-file", "--env-file"];
function refuseRuntime() {
  const { node = "", bun } = process2.versions;
  if (Number.parseInt(node) < OLDEST_NODE) {
    const needed = `Node ${OLDEST_NODE}.0.0 or newer is needed`;
    throw new RunError(`${needed}, and this is ${node}`);
  }
  const isEval = (flag) => EVAL_FLAGS.includes(flag.split("=", 1)[0] ?? "");
  if (process2.execArgv.some(isEval)) {
    throw new RunError("This text was started by --eval; start it as a file");
  }
  if (bun !== void 0) refuseEnvFiles();
}
function refuseEnvFiles() {
  const decides = (flag) => ENV_FILE_FLAGS.includes(flag) || flag.startsWith("--env-file=");
  if (process2.execArgv.some(decides)) return;
  const file = envFileIn(".");
  if (file === void 0) return;
  const why = `Bun may read ${safeJson(file)} in this folder, TiUP does not`;
  throw new RunError(`${why}; start it with bun --no-env-file`);
}
function start() {
  process2.exitCode = EXIT.failed;
  void main(process2.argv.slice(2), process2.env).then((code) => {
    process2.exitCode = code;
  });
}
if (false) {
  startSource();
} else if (true) {
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
cac 7.1.0

The MIT License (MIT)

Copyright (c) EGOIST <0x142857@gmail.com> (https://github.com/egoist)

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN
THE SOFTWARE.

----

uuid 14.0.3

The MIT License (MIT)

Copyright (c) 2010-2020 Robert Kieffer and other contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
*/
