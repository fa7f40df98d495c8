#!/usr/bin/env node
// @bun

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
import { Buffer, isUtf8 } from "node:buffer";
import * as fs from "node:fs";
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

// telemetry.ts
var VERSION = "1.0.0";
var { process: process2 } = globalThis;
var KEYS = ["uuid", "secret", "status"];
var MAX_BYTES = 64 * 1024;
var MAX_LINKS = 40;
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
  constructor(code, reason, line) {
    super(reason);
    this.code = code;
    this.line = line;
  }
};
function describe(error, file, advice = ADVICE[error.code]) {
  const where = error.line === void 0 ? "" : `, line ${error.line}`;
  const change = error.code === "unwritable" || error.code === "locked";
  const what = file === null ? "a TiUP home" : safeJson(file);
  const failed = `Cannot ${change ? "change" : "read"} ${what}${where}`;
  return `${failed}: ${error.message}; ${advice}`;
}
function fail(code, reason, line) {
  throw new MetaError(code, reason, line);
}
function asMetaError(error, code) {
  if (error instanceof MetaError) return error;
  return new MetaError(code, reasonOf(error));
}
function reasonOf(error) {
  const message = error instanceof Error ? error.message : String(error);
  return printable(/^E[A-Z]+[:,] ([^,]+)/.exec(message)?.[1] ?? message);
}
function errno(error) {
  return error?.code ?? "";
}
var PLAIN_ASCII = /^[ -~]*$/;
var UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
function safeJson(value) {
  const json = JSON.stringify(value).replaceAll("##[", "#\\u0023[");
  if (PLAIN_ASCII.test(json)) return json;
  const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(UNPRINTABLE, (c) => c.split("").map(escape).join(""));
}
function printable(text) {
  const plain = PLAIN_ASCII.test(text) || text.search(UNPRINTABLE) < 0;
  return plain && !/^"|##\[/.test(text) ? text : safeJson(text);
}
var STRANGE = /\r(?!\n)|[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]/;
var HEAD = /^\ufeff?(---(\r?\n|$))?/;
var BLANK = /^ *(#.*)?\r?\n?$/;
var MARK = String.raw`([A-Za-z][\w-]{0,1023}):(?= |$)|-(?= )`;
var QUOTED = String.raw`'[^'\t]*'|"[^"\\\t]*"`;
var PLAIN = String.raw`[^ \t\-?:,[\]{}#&*!|>'"%@\x60](?:(?! #|:(?: |$))[^\t])*`;
var LINE = new RegExp(
  `^(( *)(?:${MARK}) *)(?:(${QUOTED}) *?|(${PLAIN}))?(?: #.*)?$`
);
var HOLDS = 'a meta file holds lines "key: value", comments, and indented under other keys lists and mappings of one-line values';
var ODDITIES = [
  [STRANGE, "it holds a control character"],
  [/^[^#]*\t/, "it holds a tab"],
  [/^(---|\.\.\.)/, "it starts or ends a document"],
  [/^(\S+:)? *[[{]/, "it holds JSON or a flow collection"],
  [/^ *(\S+:|-) +["']/, "its quotes hold quotes or escapes, or do not end"],
  [/^ *(\S+:|-) +\W/, "it holds an anchor, a tag, or a text of several lines"],
  [LINE, "its key stands above already, or its indentation fits no line above"],
  [/^/, "it is no key with a value"]
];
function parseMeta(text) {
  return metaOf(findLines(text));
}
function metaOf(lines) {
  const [uuid = "", secret = "", status = ""] = KEYS.map((key) => {
    const { source = "" } = lines[key] ?? {};
    if (/^["']/.test(source)) return source.slice(1, -1);
    return /^(~|null|Null|NULL)$/.test(source) ? "" : source;
  });
  return { uuid, secret, status };
}
function findLines(text) {
  const lines = {};
  const levels = [];
  const keys = /* @__PURE__ */ new Set();
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
function parseLine(row, offset) {
  const [line, before = "", { length: indent } = "", key, quoted, plain] = LINE.exec(row.replace(/\r?\n$/, "")) ?? [];
  if (line === void 0) return void 0;
  const source = quoted ?? plain?.replace(/ +$/, "") ?? "";
  const start = offset + (source ? before : before.trimEnd()).length;
  const opens = !source && key !== void 0 && !(isOurs(key) && indent === 0);
  return { indent, key, source, start, opens };
}
function isOurs(key) {
  return KEYS.some((known) => known === key);
}
function nest(levels, line) {
  const last = levels.at(-1);
  if (last?.opens && line.indent > last.indent) return levels.push(line) > 0;
  while ((levels.at(-1)?.indent ?? 0) > line.indent) levels.pop();
  const { indent, key } = levels.pop() ?? { indent: 0, key: "" };
  levels.push(line);
  const sameKind = key === void 0 === (line.key === void 0);
  return sameKind && indent === line.indent;
}
function editMeta(text, changes) {
  const lines = findLines(text);
  return edit(text, lines, { ...metaOf(lines), ...changes });
}
function edit(text, lines, wanted) {
  const before = metaOf(lines);
  const at = (key) => lines[key]?.start ?? -1;
  const changed = KEYS.filter((key) => wanted[key] !== before[key]);
  if (changed.length === 0) return text;
  const edited = changed.sort((one, other) => at(other) - at(one)).reduce((text2, key) => put(text2, key, wanted[key], lines[key]), text);
  const reread = parseMeta(decode(Buffer.from(edited)));
  if (KEYS.some((key) => reread[key] !== wanted[key])) {
    fail("invalid-meta", "no edit changes just what was asked for");
  }
  return edited;
}
function put(text, key, value, line) {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const written = stringifyValue(value);
  if (line) {
    const { source, start } = line;
    const [quote] = /^["']/.exec(source) ?? [];
    const by = quote ? quote + value + quote : (source ? "" : " ") + written;
    return text.slice(0, start) + by + text.slice(start + source.length);
  }
  const complete = text === "" || text.endsWith("\n");
  return complete ? `${text}${key}: ${written}${newline}` : `${text}${newline}${key}: ${written}`;
}
function stringifyValue(value) {
  const number = /^\d+(e\d+)?$/.test(value) && Number.isFinite(Number(value));
  return number || /^0b[01]+$/.test(value) ? `"${value}"` : value;
}
function decode(bytes) {
  const { length } = bytes;
  if (length > MAX_BYTES) fail("invalid-meta", "it is larger than 64 KiB");
  if (!isUtf8(bytes)) fail("invalid-meta", "it is not valid UTF-8");
  return bytes.toString();
}
function metaFile(home) {
  return join(home, "telemetry", "meta.yaml");
}
var { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;
var CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
function readBytes(file) {
  const open = () => fs.openSync(file, O_RDONLY | O_NONBLOCK);
  const descriptor = unless(["ENOENT"], open);
  if (descriptor === void 0) return void 0;
  try {
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) fail("unreadable", "it is not a regular file");
    if (stat.size > MAX_BYTES) return Buffer.alloc(MAX_BYTES + 1);
    return fs.readFileSync(descriptor);
  } finally {
    close(descriptor);
  }
}
async function readSettled(file) {
  const deadline = Date.now() + SETTLED_MS;
  for (; ; ) {
    const bytes = readBytes(file);
    if (bytes?.length !== 0 || Date.now() > deadline) return bytes;
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (ageOf(stat) > SETTLED_MS) return bytes;
    await sleep(10);
  }
}
function sleep(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
async function replaceFile(file, before, plan) {
  const folder = followLinks(dirname(file));
  makeFolder(folder);
  const target = followLinks(join(folder, basename(file)));
  const { uid, missing } = process2.geteuid?.() === 0 ? walk(folder) : HERE;
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
function commit(target, plan, isOurTurn) {
  const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
  const old = unless(["ENOENT"], () => fs.openSync(target, flags));
  const random = Math.floor(Math.random() * 2 ** 48).toString(16);
  const temp = `${target}.${random.padStart(12, "0")}.tmp`;
  let kept;
  try {
    const stat = old === void 0 ? void 0 : fs.fstatSync(old);
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
function writeNew(path, content, old) {
  const mode = old ? 384 : 420 | fs.statSync(dirname(path)).mode & 438;
  const descriptor = fs.openSync(path, CREATE, mode);
  try {
    const made = fs.fstatSync(descriptor);
    fs.fchmodSync(descriptor, 384);
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
    if (old && (made.uid !== old.uid || made.gid !== old.gid)) {
      fs.fchownSync(descriptor, old.uid, old.gid);
    }
    fs.fchmodSync(descriptor, (old ?? made).mode & 4095);
    return true;
  } catch (error) {
    if (old && errno(error) === "EPERM") return false;
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}
function renameOver(temp, target) {
  try {
    fs.renameSync(temp, target);
  } catch (error) {
    if (errno(error) === "EBUSY") return false;
    throw error;
  }
  syncFolder(dirname(target));
  return true;
}
function overwrite(descriptor, text) {
  if (descriptor === void 0 || fs.fstatSync(descriptor).nlink !== 1) {
    fail("unwritable", "it has hard links and cannot be replaced");
  }
  const old = fs.readFileSync(descriptor);
  const length = Buffer.byteLength(text);
  const padding = "\n".repeat(Math.max(0, old.length - length));
  try {
    writeStart(descriptor, Buffer.from(text + padding), length);
  } catch (error) {
    writeStart(descriptor, old, old.length);
    throw error;
  }
}
function writeStart(descriptor, bytes, length) {
  for (let at = 0; at < bytes.length; ) {
    at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
  }
  fs.ftruncateSync(descriptor, length);
  fs.fsyncSync(descriptor);
}
function keepDamaged(target, old) {
  for (let count = 0; ; count++) {
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
function sweepTemps(target) {
  for (const name of fs.readdirSync(dirname(target))) {
    const temp = join(dirname(target), name);
    const ours = temp.startsWith(target) && /^\.[0-9a-f]{12}\.tmp$/.test(temp.slice(target.length));
    if (ours && isOlder(temp, OLD_TEMP_MS)) remove(temp);
  }
}
function followLinks(path) {
  for (let links = 0; links < MAX_LINKS; links++) {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!stat?.isSymbolicLink()) return path;
    if (stat.uid !== 0 && stat.uid !== process2.geteuid?.()) {
      fail("unwritable", "it is a link of another user");
    }
    path = resolve(fs.realpathSync(dirname(path)), fs.readlinkSync(path));
  }
  return fail("unwritable", "too many symbolic links");
}
var HERE = { uid: 0, missing: 0 };
function walk(path) {
  let [uid, at, links] = [0, "/", 0];
  const names = resolve(path).split("/");
  while (names.length > 0) {
    const next = join(at, names[0] ?? "");
    const look = () => fs.lstatSync(next, { throwIfNoEntry: false });
    const stat = unless(["EACCES", "ENOTDIR"], look);
    const isLink = stat?.isSymbolicLink();
    if (!stat || !isLink && !stat.isDirectory()) break;
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
function makeFolder(folder) {
  if (fs.statSync(folder, { throwIfNoEntry: false })) return;
  const parent = dirname(folder);
  makeFolder(parent);
  const mode = 493 | fs.statSync(parent).mode & 511;
  unless(["EEXIST"], () => fs.mkdirSync(folder, mode));
  syncFolder(parent);
}
function syncFolder(folder) {
  quietly(() => {
    const descriptor = fs.openSync(folder, O_RDONLY);
    quietly(() => fs.fsyncSync(descriptor));
    close(descriptor);
  });
}
async function withLock(path, work) {
  const deadline = Date.now() + GIVE_UP_MS;
  for (; ; ) {
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
function tryLock(path) {
  const open = () => fs.openSync(path, CREATE, 384);
  const descriptor = unless(["EEXIST"], open);
  if (descriptor === void 0) return void 0;
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
function breakDeadLock(path) {
  if (!isOlder(path, DEAD_LOCK_MS)) return;
  const mark = `${path}.break`;
  const breaker = tryLock(mark);
  if (breaker) {
    if (isOlder(path, DEAD_LOCK_MS)) remove(path);
    breaker.release();
  } else if (isOlder(mark, DEAD_LOCK_MS)) remove(mark);
}
function isOlder(path, milliseconds) {
  return ageOf(fs.lstatSync(path, { throwIfNoEntry: false })) > milliseconds;
}
function ageOf(stat) {
  return stat ? Math.abs(Date.now() - stat.mtimeMs) : 0;
}
function unless(codes, action) {
  try {
    return action();
  } catch (error) {
    if (codes.includes(errno(error))) return void 0;
    throw error;
  }
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
function findHome(env) {
  if (env["TIUP_HOME"]) return env["TIUP_HOME"];
  const user = findUser(process2.getuid?.() ?? -1);
  const directory = user ? user.home : env["HOME"];
  if (directory) return join(directory, ".tiup");
  const reason = "neither /etc/passwd nor HOME names a home directory";
  return fail("unreadable", `${reason}; name the home, or set TIUP_HOME`);
}
function findUser(uid) {
  const before = String.raw`^[ \t]*[^\s:#+-][^:\n]*:[^:\n]*`;
  const line = new RegExp(`${before}:${uid}:(\\d+):[^:\\n]*:([^:\\n]*):`, "m");
  const read = () => fs.readFileSync("/etc/passwd", "utf8");
  const [, gid, home = ""] = line.exec(unless(["ENOENT"], read) ?? "") ?? [];
  return gid === void 0 ? void 0 : { uid, gid: Number(gid), home };
}
var lastTurn = Promise.resolve();
var away;
function asOwner(home, action) {
  const turn = lastTurn.then(async () => {
    let owner;
    let back;
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
  lastTurn = turn.catch(() => {
  });
  return turn;
}
function findOwner(file) {
  const bad = /[\0\ufffd]/.test(file);
  if (bad) fail("unreadable", "the path is not valid UTF-8, or holds a NUL");
  const { uid } = process2.geteuid?.() === 0 ? walk(file) : HERE;
  return uid === 0 ? void 0 : { uid, gid: findUser(uid)?.gid ?? uid };
}
function become({ uid, gid }) {
  const { getegid, getgroups, setegid, seteuid, setgroups } = process2;
  const advice = `use Node or Bun as root, or sudo -u "#${uid}"`;
  if (!setgroups) fail("unreadable", `Deno has no way to do so; ${advice}`);
  const [group = 0, groups = []] = [getegid?.(), getgroups?.()];
  away ??= unless(["ENOENT"], () => process2.cwd()) ?? "/";
  const back = () => {
    seteuid?.(0);
    setegid?.(group);
    setgroups(groups);
    quietly(comeBack);
  };
  try {
    process2.chdir("/");
    setgroups([gid]);
    setegid?.(gid);
    seteuid?.(uid);
    return back;
  } catch (error) {
    quietly(back);
    return fail("unreadable", `root may not (${reasonOf(error)}); ${advice}`);
  }
}
function comeBack() {
  process2.chdir(away ?? "/");
  if (process2.cwd() === away) away = void 0;
  else process2.chdir("/");
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
    change: (_, all) => all ? { uuid: v4_default(), secret: mintSecret() } : { uuid: v4_default() }
  }
};
function readMeta(home) {
  return asOwner(home, async (file) => {
    const bytes = await readSettled(file);
    return bytes && parseMeta(decode(bytes));
  });
}
function runCommand(command, home, options = {}) {
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
async function carryOut(command, file, options) {
  const deadline = Date.now() + GIVE_UP_MS;
  for (; ; ) {
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
function makePlan(command, bytes, options) {
  const { all, check, force } = options;
  const plan = (old, damaged) => {
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
function mintSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes).toString("hex");
}
function statusOf(status) {
  return status === "enable" ? "enable" : "disable";
}
function formatText({ command, status, uuid }, check = false) {
  const state = `status: ${status}
uuid: ${printable(uuid)}
`;
  const done = {
    status: state,
    enable: "Enable telemetry success\n",
    disable: "Disable telemetry success\n",
    reset: `Reset uuid as: ${uuid} success
`
  };
  return check ? state : done[command];
}
function formatJson({ command, home, file, ...rest }) {
  const { source, status, changed } = rest;
  const previous = command === "status" ? void 0 : rest.previous;
  const state = { status, previous, uuid: rest.uuid || null, changed };
  return `${safeJson({ schema: 1, command, home, file, source, ...state })}
`;
}
function formatFailure(command, error, at) {
  const [home, file] = at === void 0 ? [null, null] : [at, metaFile(at)];
  const { code, line } = error;
  const failure = { code, message: describe(error, file), line };
  return `${safeJson({ schema: 1, command, home, file, error: failure })}
`;
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
  if (variable && statusOf(variable) !== status) {
    const what = `TIUP_TELEMETRY_STATUS is ${safeJson(variable)}, and what`;
    lines.push(`warning: ${what} starts from here follows that, not ${name}`);
  }
  return lines;
}
var ERAS = "TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry";
function homeRemarks(home, env) {
  const { TIUP_HOME, HOME } = env;
  if (TIUP_HOME || !HOME || resolve(HOME, ".tiup") === resolve(home)) return [];
  const where = `HOME is ${safeJson(HOME)}, but TiUP follows /etc/passwd`;
  return [`warning: ${where}: using ${safeJson(home)}`];
}
var FLAGS = {
  home: "That TiUP home, may be repeated; - reads them from standard input",
  json: "One JSON object a line instead of text",
  check: "Change nothing, exit 3 if the status differs",
  all: "Also a new secret, so that reports cannot be linked",
  force: "Keep a damaged file as meta.yaml.bad, write a new one"
};
var EXIT_CODES = `  0  done, or already so
  1  a home failed, or standard output is closed or full
  2  usage: nothing was read or written
  3  --check found another status`;
var USAGE = "usage: telemetry <command> [flags], see telemetry --help";
var NAMES = Object.keys(COMMANDS);
function parseArguments(argv) {
  const { homes, words, flags } = sortArguments(argv);
  const [command] = words;
  const isPlain = words.length === 1 && flags.length === 0;
  if (isPlain && isCommand(command)) return { command, homes };
  if (command !== void 0 && !isCommand(command)) {
    throw unknown("command", command, NAMES);
  }
  const valid = command ? flagsOf(command) : NAMES.flatMap(flagsOf);
  const odd = flags.find((it) => !valid.includes(it) && !/^-[hv]$/.test(it));
  if (odd !== void 0) throw unknown("flag", odd, NAMES.flatMap(flagsOf));
  const cli = makeCli();
  const version = flags.find((flag) => ["-v", "--version"].includes(flag));
  const given = version ? [version] : [...words, ...flags];
  const text = capture(() => cli.parse(["", "", ...given], { run: false }));
  if (text) return text;
  if (command === void 0) throw new Error("No command");
  return { ...cli.runMatchedCommand(), command, homes };
}
function flagsOf(command) {
  const names = ["home", "json", ...COMMANDS[command].flags, "help", "version"];
  return names.map((name) => `--${name}`);
}
function unknown(kind, given, valid) {
  const takers = NAMES.filter((name) => flagsOf(name).includes(given));
  if (takers[0]) return new Error(`${given} goes with ${takers.join(", ")}`);
  const likeness = (word) => [...word].filter((_, at) => given.includes(word.slice(at, at + 2))).length / word.length;
  const order = (one, other) => likeness(other) - likeness(one);
  const what = `Unknown ${kind} ${safeJson(given)}`;
  return new Error(`${what}; the nearest is ${valid.toSorted(order)[0]}`);
}
function isCommand(name) {
  return name !== void 0 && Object.hasOwn(COMMANDS, name);
}
function sortArguments(argv) {
  const homes = [];
  const words = [];
  const flags = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--home") homes.push(checkHome(argv[++index]));
    else if (word.startsWith("--home=")) homes.push(checkHome(word.slice(7)));
    else (word.startsWith("-") ? flags : words).push(word);
  }
  return { homes, words, flags };
}
function checkHome(home = "") {
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
    const command = cli.command(name, summary).example(`  telemetry ${name} --home /srv/tiup --json`).example(`  find /home -name .tiup | telemetry ${name} --home -`).action(({ json, check, all, force }) => ({ json, check, all, force }));
    for (const flag of flags) command.option(`--${flag}`, FLAGS[flag]);
  }
  return cli.option("--home <dir>", FLAGS.home).option("--json", FLAGS.json).version(VERSION).help((help) => [...help, { title: "Exit codes", body: EXIT_CODES }]);
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
async function* listHomes({ homes, json = false }) {
  let first;
  if (homes.length === 0) yield { home: first, many: false };
  let many = json;
  for (const given of homes) {
    for await (const home of given === "-" ? readLines() : [given]) {
      if (first !== void 0) yield { home: first, many: true };
      many ||= first !== void 0;
      if (many) yield { home, many };
      first = many ? void 0 : home;
    }
  }
  if (first !== void 0) yield { home: first, many };
}
async function* readLines() {
  let rest = Buffer.alloc(0);
  for await (const chunk of process2.stdin) {
    rest = Buffer.concat([rest, chunk]);
    for (let at; (at = rest.indexOf("\n")) >= 0; rest = rest.subarray(at + 1)) {
      if (at > 0) yield rest.toString("utf8", 0, at);
    }
  }
  if (rest.length > 0) yield rest.toString();
}
async function attempt(run, given, env) {
  const { command, json, ...options } = run;
  const lines = [];
  let home = given;
  try {
    home ??= findHome(env);
    if (given === void 0) lines.push(...homeRemarks(home, env));
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
    return { lines, state: "failed", text };
  }
}
async function runAll(run, env) {
  const { command, json, check } = run;
  const changing = command !== "status" && !check;
  if (changing) exitOnSignals();
  const tally = { homes: 0, enable: 0, disable: 0, failed: 0, untold: 0 };
  for await (const { home, many } of listHomes(run)) {
    if (changing && tally.homes > 0) await sleep(0);
    const { text, lines, state } = await attempt(run, home, env);
    const gap = tally.homes > 0 ? "\n" : "";
    const header = many && !json ? `${gap}home: ${printable(home ?? "")}
` : "";
    if (!print(header + text, lines)) tally.untold += 1;
    tally[state] += 1;
    tally.homes += 1;
    if (!json && tally.homes % 1e3 === 0) await sumUp(tally, " so far");
  }
  if (tally.homes === 0) throw new Error("No TiUP home on standard input");
  if (!json && tally.homes > 1) await sumUp(tally);
  if (tally.failed + tally.untold > 0) return 1;
  const differing = command === "enable" ? tally.disable : tally.enable;
  return check && differing > 0 ? 3 : 0;
}
async function sumUp(tally, soFar = "") {
  const { isatty } = await import("node:tty");
  const { homes, disable, enable, failed } = tally;
  const states = `${disable} disabled, ${enable} enabled, ${failed} failed`;
  if (isatty(2)) print("", [`note: ${homes} homes${soFar}: ${states}`]);
}
function print(text, lines) {
  let told = true;
  try {
    write(1, text);
  } catch (error) {
    const { message } = asMetaError(error, "unwritable");
    lines = [...lines, `error: Cannot write to standard output: ${message}`];
    told = false;
  }
  quietly(() => write(2, lines.map((line) => `${line}
`).join("")));
  return told;
}
function exitOnSignals() {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  for (const [signal, number] of Object.entries(signals)) {
    process2.on(signal, () => process2.exit(128 + number));
  }
}
function write(descriptor, text) {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(fs.writeSync(descriptor, rest));
    } catch (error) {
      if (errno(error) !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
async function main(argv, env) {
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
function isProgram() {
  const [, program] = process2.argv;
  const path = unless(["ENOENT"], () => fs.realpathSync(program ?? ""));
  return path === import.meta.filename;
}
if (import.meta.main ?? isProgram()) {
  process2.exitCode = await main(process2.argv.slice(2), process2.env);
}
export {
  COMMANDS,
  MetaError,
  VERSION,
  describe,
  editMeta,
  exitOnSignals,
  findHome,
  homeRemarks,
  metaFile,
  parseMeta,
  printable,
  readMeta,
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
