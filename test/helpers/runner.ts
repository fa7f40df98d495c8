/**
 * A simulator of the GitHub Actions runner, after its documented behaviour: it
 * hands over inputs and files, runs the stages that action.yml names in real
 * processes, and does with their output what the runner would do.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { parse } from "yaml";
import { CANARY, NODES, ROOT, UUID } from "./harness.ts";

/** `TELEMETRY_ACTION` names a damaged copy of the action, to see a test fail. */
export const ACTION = process.env["TELEMETRY_ACTION"] ?? ROOT;

/** What this project uses of action.yml. */
export interface Metadata {
  readonly inputs: Record<string, { description: string; default: string }>;
  readonly outputs: Record<string, { description: string }>;
  readonly runs: { readonly using: string; main: string; post: string };
}

export const METADATA: Metadata = parse(
  fs.readFileSync(join(ACTION, "action.yml"), "utf8"),
);

type Values = Readonly<Record<string, string>>;

export interface Annotation {
  readonly level: string;
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: string;
}

/** What a stage did, as the runner and its reader see it. */
export interface Stage {
  readonly ok: boolean;
  /** The exit code; null where a signal ended the process. */
  readonly exit: number | null;
  /** As the process wrote it, which nobody ever sees. */
  readonly stdout: string;
  /** What the log shows. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly outputs: Values;
  readonly saved: Values;
  readonly exported: Values;
  readonly summary: string;
}

export interface JobOptions {
  /** The job's `env:`; TIUP_HOME is a missing folder unless it stands there. */
  readonly env?: Values;
  /** The Node that runs the action; the runner's own is version 24. */
  readonly node?: string;
  /** The job runs as this user. */
  readonly uid?: number;
  /** Runs each stage under another program, such as strace. */
  readonly under?: readonly string[];
  /** Node may complain, as a test takes something away that it needs. */
  readonly noisy?: boolean;
}

/** A job with one step that uses the action, and whatever the test does around it. */
export interface Job {
  readonly workspace: string;
  /** What a step writes into the file that GITHUB_ENV names. */
  setEnv(text: string): void;
  /** What another process appends to the file that GITHUB_STATE names. */
  save(values: Values): void;
  /** Runs the main stage; `inputs` is what stands under `with:`. */
  main(inputs?: Values, env?: Values): Stage;
  /** Runs the post stage; the inputs are those of main, unless they changed. */
  post(inputs?: Values): Stage;
}

/** The Node that runs the action in the tests: version 24 where there is one. */
export const NODE = NODES.find((node) => majorOf(node) === 24) ??
  NODES.toSorted((one, other) => majorOf(one) - majorOf(other)).at(-1) ??
  process.execPath;

function majorOf(node: string): number {
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return Number.parseInt(stdout.slice(1));
}

/** The stage failed, with one error annotation: this one, on this file. */
export function assertFails(stage: Stage, message: RegExp, file?: string) {
  const errors = stage.annotations.filter(({ level }) => level === "error");
  assert.equal(errors.length, 1, stage.log);
  assert.match(errors[0]?.message ?? "", message);
  assert.equal(errors[0]?.file, file);
  assert.equal(stage.exit, 1);
}

/** The stage passed, and nothing stands out in its log. */
export function assertQuiet(stage: Stage) {
  assert.deepEqual(stage.annotations, []);
  assert.equal(stage.exit, 0);
}

export function startJob(options: JobOptions = {}): Job {
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "job-")));
  fs.chmodSync(folder, 0o777);
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const workspace = join(folder, "workspace");
  fs.mkdirSync(workspace);
  // Never the home of whoever runs the tests, but where a test says so.
  const env: Record<string, string> = {
    TIUP_HOME: join(folder, "tiup"),
    ...options.env,
  };
  const state: Record<string, string> = {};
  const used = { inputs: {} as Values, env: {} as Values };

  function run(script: string): Stage {
    const stage = runStage(folder, script, options, {
      ...env,
      ...used.env,
      ...rename(state, (key) => `STATE_${key}`),
      ...rename({ ...defaults(), ...used.inputs }, inputVariable),
    });
    Object.assign(state, stage.saved);
    Object.assign(env, stage.exported);
    return stage;
  }
  return {
    workspace,
    save: (values) => void Object.assign(state, values),
    setEnv: (text) => void Object.assign(env, parseKeyValues(text)),
    main(inputs = {}, env = {}) {
      Object.assign(used, { inputs, env });
      return run(METADATA.runs.main);
    },
    post(inputs = used.inputs) {
      used.inputs = inputs;
      return run(METADATA.runs.post);
    },
  };
}

function defaults(): Values {
  return Object.fromEntries(
    Object.entries(METADATA.inputs).map(([name, input]) => [
      name,
      String(input.default ?? ""),
    ]),
  );
}

/** The name of the environment variable that carries an input. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`;
}

function rename(values: Values, name: (key: string) => string): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [name(key), value]),
  );
}

const FILES = ["OUTPUT", "STATE", "ENV", "PATH", "STEP_SUMMARY"] as const;

function runStage(
  folder: string,
  script: string,
  { node = NODE, uid, under = [], noisy = false }: JobOptions,
  env: Values,
): Stage {
  const files = freshFiles(folder);
  const [program = "", ...args] = [
    ...under,
    node,
    "--throw-deprecation",
    resolve(ACTION, script),
  ];
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: join(folder, "workspace"),
    env: {
      CI: "true",
      GITHUB_ACTIONS: "true",
      ...env,
      GITHUB_WORKSPACE: join(folder, "workspace"),
      RUNNER_TEMP: folder,
      ...rename(files, (key) => `GITHUB_${key}`),
    },
    encoding: "utf8",
    timeout: 60_000,
    ...(uid !== undefined && { uid }),
  });
  if (!noisy) assert.equal(stderr, "", "the action writes to stdout only");
  const text = (file: string) => fs.readFileSync(file, "utf8");
  const { log, annotations, masks } = processLog(stdout);
  const stage: Stage = {
    ok: status === 0,
    exit: status,
    stdout,
    log,
    annotations,
    masks,
    outputs: parseKeyValues(text(files.OUTPUT)),
    saved: parseKeyValues(text(files.STATE)),
    exported: parseKeyValues(text(files.ENV)),
    summary: text(files.STEP_SUMMARY),
  };
  assertDiscreet(stage);
  assert.equal(text(files.PATH), "");
  return stage;
}

let count = 0;

function freshFiles(folder: string): Record<(typeof FILES)[number], string> {
  const paths = FILES.map((name) => {
    const path = join(folder, `${name.toLowerCase()}_${count}`);
    fs.writeFileSync(path, "");
    fs.chmodSync(path, 0o666);
    return [name, path];
  });
  count++;
  return Object.fromEntries(paths);
}

// No test may find these, so every test looks for them.
function assertDiscreet(stage: Stage): void {
  const seen = stage.log + stage.summary + JSON.stringify(stage.annotations);
  for (const secret of [CANARY, UUID, stage.outputs["uuid"]]) {
    if (secret) assert.ok(!seen.includes(secret), `${secret} in ${seen}`);
  }
  assert.ok(!stage.ok || stage.annotations.every((a) => a.level !== "error"));
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(stage.stdout, /[^\P{C}\n]|\x1b/u);
}

/** Reads a command file: `name=value`, or `name<<delimiter`, value, delimiter. */
function parseKeyValues(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split("\n");
  for (let line; (line = lines.shift()) !== undefined;) {
    if (line === "") continue;
    const [, name = "", sign, rest = ""] = /^(.*?)(=|<<)(.*)$/.exec(line) ?? [];
    assert.ok(name && (sign === "=" || rest), `Invalid format ${line}`);
    if (sign === "=") values[name] = rest;
    else {
      const end = lines.indexOf(rest);
      assert.ok(end >= 0, `Matching delimiter not found ${rest}`);
      values[name] = lines.splice(0, end + 1).slice(0, -1).join("\n");
    }
    assert.notEqual(name.toUpperCase(), "NODE_OPTIONS", "the runner blocks it");
  }
  return values;
}

const COMMANDS =
  "add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher save-state set-env set-output stop-commands warning"
    .split(" ");

interface Command {
  readonly name: string;
  readonly properties: Values;
  readonly data: string;
}

// The form of today begins a line; the old one may stand anywhere in it.
function parseCommand(line: string): Command | undefined {
  const [, name = "", properties = "", data = ""] =
    /^\s*::([^ :]+)(?: (.*?))?::(.*)$/.exec(line) ??
      /##\[([^ \]]+)(?: (.*?))?\](.*)$/.exec(line) ?? [];
  if (!COMMANDS.includes(name)) return undefined;
  const pairs = properties.split(",").filter(Boolean).map((pair) => {
    const [key = "", value = ""] = pair.split(/=(.*)/s);
    return [key, unescape(value)];
  });
  return {
    name,
    properties: Object.fromEntries(pairs),
    data: unescape(data),
  };
}

function unescape(text: string): string {
  const signs: Values = { "0D": "\r", "0A": "\n", "3A": ":", "2C": "," };
  return text.replace(/%(0D|0A|3A|2C)/g, (_, code) => signs[code] ?? "")
    .replaceAll("%25", "%");
}

// Only what masks and annotates may be in the action's output at all.
function processLog(stdout: string) {
  const masks: string[] = [];
  const annotations: Annotation[] = [];
  const hide = (text: string) =>
    masks.reduce((text, mask) => text.replaceAll(mask, "***"), text);
  const lines = stdout.split(/\r\n|\r|\n/).flatMap((line) => {
    const command = parseCommand(line);
    if (command === undefined) return hide(line);
    const { name, properties, data } = command;
    if (name === "add-mask") {
      const parts = [data, ...data.split(/[\r\n]/).map((part) => part.trim())];
      masks.push(...parts.filter(Boolean));
      return [];
    }
    assert.match(name, /^(error|warning|notice)$/, `${name} in the output`);
    annotations.push({ level: name, message: hide(data), ...properties });
    return `##[${name}]${hide(data)}`;
  });
  return { log: lines.join("\n"), annotations, masks: [...new Set(masks)] };
}
