/**
 * Enumerates the system calls with which a real run touches a home, and makes
 * one of them kill the process or fail.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BUNDLE, type Result, skip, start } from "./harness.ts";

/** A system call of the main thread: its name and how many of them came before. */
export interface Call {
  readonly name: string;
  readonly ordinal: number;
}

export type Fault = "signal=KILL" | `error=${string}` | `delay_enter=${number}`;

const PROGRAM: readonly string[] = [process.execPath, BUNDLE];

const TRACES = fs.mkdtempSync(join(tmpdir(), "telemetry-trace-"));
after(() => fs.rmSync(TRACES, { recursive: true, force: true }));
let traces = 0;

/** Runs the bundle and lists its calls that touch the folder, in their order. */
export async function callsOf(
  args: readonly string[],
  folder: string,
  program: readonly string[] = PROGRAM,
): Promise<Call[]> {
  const traced = await strace(["-e", "trace=file,desc"], [...program, ...args]);
  return mainThread(traced.trace).filter(({ line }) => line.includes(folder));
}

/** Whether the fault struck a call that touches the folder. */
export interface Injected extends Result {
  readonly struck: boolean;
}

export async function inject(
  { name, ordinal }: Call,
  fault: Fault,
  args: readonly string[],
  folder: string,
  program: readonly string[] = PROGRAM,
): Promise<Injected> {
  const options = [
    ...["-e", `trace=${name}`],
    ...["-e", `inject=${name}:${fault}:when=${ordinal}`],
  ];
  const result = await strace(options, [...program, ...args]);
  const call = mainThread(result.trace).find((call) =>
    call.ordinal === ordinal
  );
  const alive = fault === "signal=KILL" && result.signal !== "SIGKILL";
  return { ...result, struck: !alive && !!call?.line.includes(folder) };
}

/** Runs the bundle where each of these calls fails, whatever it touches. */
export function injectAlways(
  names: string,
  fault: Fault,
  args: readonly string[],
): Promise<Result> {
  const options = ["-e", `trace=${names}`, "-e", `inject=${names}:${fault}`];
  return strace(options, [...PROGRAM, ...args]);
}

/** Stops the run right after the call, acts, and lets it go on. */
export async function stopAfter(
  { name, ordinal }: Call,
  args: readonly string[],
  program: readonly string[],
  act: () => void,
): Promise<Injected> {
  const file = join(TRACES, `${traces++}`);
  const options = [
    ...["-f", "-s0", "-o", file, "-e", `trace=${name}`],
    ...["-e", `inject=${name}:signal=STOP:when=${ordinal}`],
  ];
  const runtime = { name: "strace", command: ["strace", ...options] };
  const { PATH = "" } = process.env;
  const { child, result } = start([...program, ...args], {
    runtime,
    env: { PATH },
  });
  const trace = () => fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  let struck = false;
  while (child.exitCode === null && !struck) {
    await new Promise((done) => setTimeout(done, 5));
    struck = trace().includes("--- stopped by SIGSTOP ---");
  }
  const traced = Number(trace().split(" ", 1)[0]);
  if (struck) {
    act();
    process.kill(traced, "SIGCONT");
  }
  // Killing strace would leave what it traces.
  const limit = setTimeout(() => process.kill(traced, "SIGKILL"), 30_000);
  const ended = await result;
  clearTimeout(limit);
  fs.rmSync(file);
  return { ...ended, struck };
}

async function strace(
  options: readonly string[],
  command: readonly string[],
): Promise<Result & { trace: string }> {
  const file = join(TRACES, `${traces++}`);
  const runtime = {
    name: "strace",
    command: ["strace", "-f", "-y", "-s0", "-o", file, ...options],
  };
  const { PATH = "" } = process.env;
  const result = await start(command, { runtime, env: { PATH } }).result;
  const trace = fs.readFileSync(file, "utf8");
  fs.rmSync(file);
  return { ...result, trace };
}

// strace counts the calls of each thread by itself, and so must we.
function mainThread(trace: string): (Call & { line: string })[] {
  const counts = new Map<string, number>();
  const [pid] = trace.split(" ", 1);
  return trace.split("\n").flatMap((line) => {
    const [, thread, name = ""] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (thread !== pid || !name) return [];
    const ordinal = (counts.get(name) ?? 0) + 1;
    counts.set(name, ordinal);
    return [{ name, ordinal, line }];
  });
}

/** A change in a home of its own, and what must hold however it ended. */
export interface Scenario {
  readonly prepare: () => string;
  readonly args: readonly string[];
  /** Another runtime than this Node. */
  readonly program?: readonly string[] | undefined;
  /** What has to be undone before the home is removed. */
  readonly dispose?: (home: string) => void;
  /** `cleanup`: the fault struck after the change itself was done. */
  readonly judge: (
    home: string,
    result: Injected,
    cleanup: boolean,
  ) => void | Promise<void>;
}

let points = 0;
after(() => points > 0 && console.log(`${points} points tried`));

/** Repeats the change, and each time another one of its calls is struck. */
export async function tryEveryCall(
  its: Scenario,
  fault: Fault,
  names = /./,
): Promise<void> {
  const calls = await listCalls(its);
  const complaints: string[] = [];
  for (const [index, { name }] of calls.entries()) {
    if (!names.test(name)) continue;
    points += 1;
    const complaint = await tryCall(its, fault, calls, index);
    if (complaint) complaints.push(complaint);
  }
  assert.deepEqual(complaints, []);
}

async function listCalls(its: Scenario): Promise<Call[]> {
  const home = its.prepare();
  const args = [...its.args, "--home", home];
  const calls = await callsOf(args, home, its.program);
  remove(its, home);
  assert.ok(calls.length > 20, "the traced run did not change the home");
  return calls;
}

async function tryCall(
  its: Scenario,
  fault: Fault,
  calls: readonly Call[],
  index: number,
): Promise<string> {
  for (let tries = 0; tries < 5; tries++) {
    const call = calls[index]!;
    const home = its.prepare();
    const args = [...its.args, "--home", home];
    const result = await inject(call, fault, args, home, its.program);
    try {
      if (result.struck) {
        await its.judge(home, result, index > lastStep(calls));
        return "";
      }
    } catch (error) {
      const message = (error as Error).message.replace(/\s+/g, " ");
      return `${call.name} ${call.ordinal}: ${message}`;
    } finally {
      remove(its, home);
    }
    calls = await listCalls(its); // the runtime's own calls came otherwise
  }
  return `${calls[index]?.name}, call ${index}, was never struck`;
}

function remove({ dispose }: Scenario, home: string): void {
  dispose?.(home);
  fs.rmSync(home, { recursive: true });
}

function lastStep(calls: readonly Call[]): number {
  return calls.findLastIndex(({ name }) => /^(rename|link)/.test(name));
}

/** What undoes a step of a test, run before its homes are removed. */
export type Undo = (action: () => void) => void;

/** A test that needs root, and more. */
export function privileged(
  title: string,
  body: (undo: Undo) => void | Promise<void>,
): void {
  test(title, async (t) => {
    const missing = whatIsMissing();
    if (missing) return skip(t, missing);
    const steps: (() => void)[] = [];
    try {
      await body((action) => steps.unshift(action));
    } finally {
      for (const undo of steps) undo();
    }
  });
}

function whatIsMissing(): string {
  if (process.platform !== "linux") return "Linux";
  if (process.geteuid?.() !== 0) return "root";
  for (const tool of ["strace", "setpriv", "chattr", "mount"]) {
    if (spawnSync(tool, ["--version"]).error) return tool;
  }
  return "";
}
