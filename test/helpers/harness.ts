/**
 * What every test needs: the runtimes, a home of its own, and a real process
 * with an environment that holds nothing but what the test puts there.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** `TELEMETRY_BUNDLE` names a damaged copy, to see a test fail. */
export const BUNDLE = process.env["TELEMETRY_BUNDLE"] ??
  join(ROOT, "dist/telemetry.mjs");
export const SOURCE = join(ROOT, "telemetry.ts");

/** A secret that no stream of any test may ever show. */
export const CANARY = "c0ffee00deadbeefc0ffee00deadbeef";
export const UUID = "0a6b7a1e-6f0b-4c59-9d0b-3a2c1f6f0a11";
/** A meta file just as TiUP writes it. */
export const ENABLED = `uuid: ${UUID}\nsecret: ${CANARY}\nstatus: enable\n`;
export const DISABLED = ENABLED.replace("enable", "disable");

/** One way to run the program; the arguments follow `command`. */
export interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
}

/** Node itself, and those that TELEMETRY_NODES lists, separated by colons. */
export const NODES: readonly string[] = [
  ...new Set([process.execPath, ...listed("TELEMETRY_NODES")]),
];

/** Nodes that are too old, or that nobody should have: only their start is tested. */
export const OLD_NODES: readonly string[] = listed("TELEMETRY_OLD_NODES");

/** The standalone executable, where TELEMETRY_EXECUTABLE names one. */
export const EXECUTABLE: string | undefined = listed("TELEMETRY_EXECUTABLE")[0];

function listed(variable: string): string[] {
  return (process.env[variable] ?? "").split(":").filter(Boolean);
}

export const DENO = platformBinary("@deno", "deno");
export const BUN = platformBinary("@oven", "bun");

// The permissions that the README lists, where the home is under `folder`; root
// must also see whom the folders above belong to.
export function denoFlags(...folders: string[]): string[] {
  const read = process.getuid?.() === 0 ? "" : `=${folders.join(",")}`;
  return [
    "run",
    "--no-prompt",
    "--node-modules-dir=manual",
    `--allow-read${read}`,
    `--allow-write=${folders.join(",")}`,
    "--allow-sys=uid",
    "--allow-env=TIUP_HOME,TIUP_TELEMETRY_STATUS,DO_NOT_TRACK,HOME",
  ];
}

/** The bundle on every runtime. */
export const BUNDLED: readonly Runtime[] = [
  ...NODES.map((node) => ({ name: version(node), command: [node, BUNDLE] })),
  { name: "Deno", command: [DENO, ...denoFlags(tmpdir()), BUNDLE] },
  { name: "Bun", command: [BUN, "--no-env-file", BUNDLE] },
  ...(EXECUTABLE ? [{ name: "the executable", command: [EXECUTABLE] }] : []),
];

/** The source on every runtime that runs it. */
export const FROM_SOURCE: readonly Runtime[] = [
  ...NODES.filter((node) => isFrom(version(node), 20, 6)).map((node) => ({
    name: `tsx on ${version(node)}`,
    command: [node, "--import", import.meta.resolve("tsx"), SOURCE],
  })),
  ...NODES.filter((node) => isFrom(version(node), 22, 18)).map((node) => ({
    name: `source on ${version(node)}`,
    command: [node, SOURCE],
  })),
  {
    name: "source on Deno",
    command: [DENO, ...denoFlags(tmpdir(), ROOT), SOURCE],
  },
  { name: "source on Bun", command: [BUN, "--no-env-file", SOURCE] },
];

/** tsx needs Node 20.6, the source itself Node 22.18. */
function isFrom(name: string, least: number, leastMinor: number): boolean {
  const [major = 0, minor = 0] = name.replace("Node ", "").split(".").map(
    Number,
  );
  return major > least || (major === least && minor >= leastMinor);
}

// npm may have blocked the install script that puts the binary of the platform's
// package where the shim in .bin looks for it.
function platformBinary(scope: string, name: string): string {
  const modules = join(ROOT, "node_modules");
  const candidates = [
    `${name}/bin/${name}.exe`,
    `${name}/${name}`,
    ...fs.readdirSync(join(modules, scope)).flatMap((folder) => [
      `${scope}/${folder}/bin/${name}`,
      `${scope}/${folder}/${name}`,
    ]),
  ];
  for (const path of candidates) {
    const binary = join(modules, path);
    if (spawnSync(binary, ["--version"]).status === 0) return binary;
  }
  throw new Error(`No ${name} runs in node_modules; run npm ci`);
}

/** `Node 20.0.0` of the path of a Node. */
export function version(node: string): string {
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return `Node ${stdout.trim().slice(1)}`;
}

export interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly runtime?: Runtime;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
}

const [FIRST = { name: "", command: [] }] = BUNDLED;

/** Deno and Bun keep caches; these must not depend on HOME. */
const CACHE = fs.mkdtempSync(join(tmpdir(), "telemetry-cache-"));
after(() => fs.rmSync(CACHE, { recursive: true, force: true }));

export function environment(
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    DENO_DIR: join(CACHE, "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
    ...env,
  };
}

/** Runs `telemetry` with the arguments, the bundle on this Node unless told. */
export function run(args: readonly string[], options: RunOptions = {}): Result {
  const { runtime = FIRST, env, input = "", cwd } = options;
  const [program = "", ...first] = runtime.command;
  const { status, signal, stdout, stderr } = spawnSync(
    program,
    [...first, ...args],
    { env: environment(env), input, cwd, encoding: "utf8", timeout: 120_000 },
  );
  return { code: status, signal, stdout, stderr };
}

/** Starts `telemetry`, and promises its result, for tests of what runs at once. */
export function start(
  args: readonly string[],
  options: RunOptions = {},
): { child: ChildProcess; result: Promise<Result> } {
  const { runtime = FIRST, env, cwd } = options;
  const [program = "", ...first] = runtime.command;
  const child = spawn(program, [...first, ...args], {
    env: environment(env),
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => output.stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text) => output.stderr += text);
  const result = new Promise<Result>((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => done({ code, signal, ...output }));
  });
  return { child, result };
}

/** How many processes tests may have running at once. */
export const concurrency = Math.max(2, availableParallelism());

/** Skips a test that cannot run here; where all have to, that is a failure. */
export function skip(t: TestContext, missing: string): void {
  assert.notEqual(process.env["TELEMETRY_FULL"], "1", `No ${missing}`);
  t.skip(`needs ${missing}`);
}

/** A new TiUP home with this text as its meta file; removed after the test. */
export function makeHome(text?: string | Buffer): string {
  const home = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "telemetry-")));
  after(() => fs.rmSync(home, { recursive: true, force: true }));
  if (text !== undefined) {
    fs.mkdirSync(join(home, "telemetry"));
    fs.writeFileSync(metaOf(home), text);
  }
  return home;
}

export function metaOf(home: string): string {
  return join(home, "telemetry", "meta.yaml");
}

export function readHome(home: string): string {
  return fs.readFileSync(metaOf(home), "utf8");
}

/** What is in the telemetry folder, sorted; nothing else may stay there. */
export function listing(home: string): string[] {
  return fs.readdirSync(join(home, "telemetry")).sort();
}

/** The program, started by a shell line around `"$@"`: redirected, say. */
export function inShell(line: string, { command } = FIRST): Runtime {
  return { name: line, command: ["/bin/sh", "-c", line, "sh", ...command] };
}

/** The homes as arguments. */
export function flags(homes: readonly string[]): string[] {
  return homes.flatMap((home) => ["--home", home]);
}

/** What `--json` printed. */
export function objects<T = Record<string, unknown>>(stdout: string): T[] {
  assert.match(stdout, /^([^\n]+\n)*$/, "whole lines, none of them empty");
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}
