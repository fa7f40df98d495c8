/** One run of a program, measured, and many of them in pairs: see bench.ts. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Comparison, Summary } from "./report.ts";

declare const Bun: {
  nanoseconds(): number;
  file(path: string): unknown;
  spawnSync(command: Command, options: object): Finished;
};

/** A program and its arguments. */
export type Command = readonly string[];

interface Finished {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly resourceUsage: { readonly cpuTime: { readonly total: bigint } };
}

/** Milliseconds. */
interface Times {
  readonly wall: number;
  readonly cpu: number;
}

/** Removed at the end. */
export const TEMP = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "bench-")));
process.on("exit", () => fs.rmSync(TEMP, { recursive: true }));

/** The TiUP home of every run that is given none. */
export const HOME = join(TEMP, "home");

// Bun's own cache of transpiled files is off, Deno's cache is warm, Node has none.
const ENV = {
  PATH: process.env["PATH"],
  TIUP_HOME: HOME,
  DENO_DIR: join(TEMP, "deno"),
  DENO_NO_UPDATE_CHECK: "1",
  BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
};

/** Runs a command to its end; one that fails is no measurement. */
export function spawn(command: Command, input = "/dev/null"): Finished {
  const result = Bun.spawnSync(command, {
    env: ENV,
    stdin: Bun.file(input),
  });
  if (result.exitCode !== 0) {
    const said = new TextDecoder().decode(result.stderr);
    throw new Error(`${command.slice(0, 9).join(" ")} failed: ${said}`);
  }
  return result;
}

/** Wall and CPU time of one run, in milliseconds. */
export function time(command: Command, input?: string): Times {
  const start = Bun.nanoseconds();
  const { resourceUsage } = spawn(command, input);
  const wall = (Bun.nanoseconds() - start) / 1e6;
  return { wall, cpu: Number(resourceUsage.cpuTime.total) / 1e3 };
}

// A child starts with its parent's peak on its account. This driver's would hide
// what it measures; that of a fresh Bun is small, and it says how small.
const PEAK = `const [input, ...command] = process.argv.slice(1);
const { resourceUsage } = Bun.spawnSync(command, { stdin: Bun.file(input) });
console.log(resourceUsage.maxRSS / 1e6, process.memoryUsage.rss() / 1e6);`;

/** Peak memory of one run, in MB. */
export function peak(command: Command, input = "/dev/null"): number {
  const { stdout } = spawn([process.execPath, "-e", PEAK, input, ...command]);
  const said = new TextDecoder().decode(stdout);
  const [child = 0, own = 0] = said.split(" ").map(Number);
  if (child <= own) throw new Error(`Cannot measure a peak below ${own} MB`);
  return child;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) * part;
  const [low = NaN, high = low] = sorted.slice(Math.floor(at));
  return low + (high - low) * (at % 1);
}

/** Rounded to thousandths. */
export function summarise(values: readonly number[]): Summary {
  const round = (part: number) => Number(quantile(values, part).toFixed(3));
  return { median: round(0.5), quartiles: [round(0.25), round(0.75)] };
}

/** Measures both in turn, and compares what stands at an index. */
export function inPairs(
  count: number,
  floor: () => number[],
  ours: () => number[],
): (index: number) => Comparison {
  const pairs = Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) return { floor: floor(), ours: ours() };
    const first = ours();
    return { floor: floor(), ours: first };
  });
  return (index: number) => {
    const floors = pairs.map(({ floor }) => floor[index] ?? NaN);
    const others = pairs.map(({ ours }) => ours[index] ?? NaN);
    return {
      floor: summarise(floors),
      ours: summarise(others),
      ratio: summarise(others.map((value, i) => value / (floors[i] ?? NaN))),
    };
  };
}
