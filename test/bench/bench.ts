/**
 * Measures what the commands cost beyond the start of the runtime: `npm run bench`.
 *
 * Each run is paired with one of a floor program on the same runtime, which only
 * reads the file and prints it, or for a change also replaces it durably. For the
 * executable the floor is compiled as it is. The order within a pair alternates,
 * so that a drift of the machine cancels out. A ratio is the median over the
 * pairs, with its quartiles. Bun is the driver, as it tells a child's CPU time and
 * peak memory (wait4); Node and Deno do not. Prints Markdown tables, and writes
 * bench.json and bench.svg. It takes about two minutes.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { compile } from "../../.ci/compile.ts";
import {
  type Command,
  HOME,
  inPairs,
  peak,
  spawn,
  summarise,
  TEMP,
  time,
} from "./run.ts";
import { draw, tabulate } from "./report.ts";

const PAIRS = Number(process.env["BENCH_PAIRS"] ?? 41);
const ROUNDS = 7;
const SIZES = [1, 10, 100, 1_000, 10_000];

const ROOT = join(import.meta.dirname, "../..");
const BUNDLE = join(ROOT, "dist/telemetry.mjs");
const META = join(HOME, "telemetry/meta.yaml");

const ENABLED = `uuid: 0a6b7a1e-6f0b-4c59-9d0b-3a2c1f6f0a11
secret: c0ffee00deadbeefc0ffee00deadbeef
status: enable
`;
const DISABLED = ENABLED.replace("enable", "disable");

const READ = writeFloor(
  "read.mjs",
  `import { readFileSync, writeSync } from "node:fs";
writeSync(1, readFileSync(process.argv[2]));
`,
);
const WRITE = writeFloor(
  "write.mjs",
  `import * as fs from "node:fs";
import { dirname } from "node:path";
const file = process.argv[2];
const temp = fs.openSync(file + ".tmp", "wx", 0o644);
fs.writeSync(temp, fs.readFileSync(file));
fs.fsyncSync(temp);
fs.closeSync(temp);
fs.renameSync(file + ".tmp", file);
const folder = fs.openSync(dirname(file), "r");
fs.fsyncSync(folder);
fs.closeSync(folder);
fs.writeSync(1, "done\\n");
`,
);

function writeFloor(name: string, text: string): string {
  const path = join(TEMP, name);
  fs.writeFileSync(path, text);
  return path;
}

/** A command, the file that it finds, and the floor program to compare it with. */
interface Case {
  readonly name: string;
  readonly args: Command;
  readonly before: string;
  readonly floor: string;
}

const CASES: readonly Case[] = [
  { name: "status", args: ["status"], before: ENABLED, floor: READ },
  {
    name: "disable, nothing to do",
    args: ["disable"],
    before: DISABLED,
    floor: READ,
  },
  {
    name: "disable, a change",
    args: ["disable"],
    before: ENABLED,
    floor: WRITE,
  },
  { name: "reset", args: ["reset"], before: ENABLED, floor: WRITE },
  { name: "--help", args: ["--help"], before: ENABLED, floor: READ },
];

/** A runtime, and the command that runs a script on it. */
interface Runtime {
  readonly name: string;
  readonly start: (script: string) => Command;
}

const NODE = [...(process.env["TELEMETRY_NODES"] ?? "").split(":"), "node"]
  .find((node) => node && ask(node, "--version").startsWith("v24.")) ?? "node";
const DENO = ask(
  join(ROOT, "node_modules/.bin/deno"),
  "eval",
  "console.log(Deno.execPath())",
);
const DENO_RUN = [
  ...[DENO, "run", "--no-prompt", "--allow-sys=uid", "--allow-read"],
  `--allow-write=${TEMP}`,
  "--allow-env=TIUP_HOME,TIUP_TELEMETRY_STATUS,DO_NOT_TRACK,HOME",
];
const NODE_RUN = [ask(NODE, "-p", "process.execPath")];
const BUN_RUN = [process.execPath, "--no-env-file"];

const COMPILED = new Map(
  [READ, WRITE, BUNDLE].map((script) => {
    const executable = join(TEMP, "compiled", basename(script, ".mjs"));
    compile(script, executable);
    return [script, executable];
  }),
);

const RUNTIMES: readonly Runtime[] = [
  { name: "executable", start: (script) => [COMPILED.get(script) ?? ""] },
  ...Object.entries({ Node: NODE_RUN, Deno: DENO_RUN, Bun: BUN_RUN }).map(
    ([name, command]) => {
      const said = ask(command[0] ?? "", "--version");
      const version = /\d+\.\d+\.\d+/.exec(said)?.[0];
      const start = (script: string) => [...command, script];
      return { name: `${name} ${version}`, start };
    },
  ),
];

function ask(program: string, ...args: string[]): string {
  return spawnSync(program, args, { encoding: "utf8" }).stdout?.trim() ?? "";
}

function measureCase(
  { start }: Runtime,
  { args, before, floor }: Case,
) {
  const one = [...start(floor), META];
  const other = [...start(BUNDLE), ...args];
  const fresh = (command: Command) => {
    fs.writeFileSync(META, before);
    return command;
  };
  spawn(fresh(one));
  spawn(fresh(other));
  const changed = fs.readFileSync(META, "utf8") !== before;
  if (changed !== (floor === WRITE)) throw new Error(`${args} did otherwise`);
  const times = inPairs(
    PAIRS,
    () => Object.values(time(fresh(one))),
    () => Object.values(time(fresh(other))),
  );
  const peaks = inPairs(
    ROUNDS,
    () => [peak(fresh(one))],
    () => [peak(fresh(other))],
  );
  return { wall: times(0), cpu: times(1), peak: peaks(0) };
}

/** Runs over more and more homes, given on standard input. */
function measureHomes({ start }: Runtime, homes: readonly string[]) {
  const command = [...start(BUNDLE), "status", "--json", "--home", "-"];
  const inputs = SIZES.map((size) => {
    const input = join(TEMP, `homes.${size}`);
    const lines = homes.slice(0, size).map((home) => `${home}\n`);
    fs.writeFileSync(input, lines.join(""));
    return input;
  });
  const rounds = Array.from(
    { length: ROUNDS },
    () => inputs.map((input) => time(command, input).wall),
  );
  return SIZES.map((size, i) => {
    const further = (walls: readonly number[]) =>
      ((walls[i] ?? NaN) - (walls[i - 1] ?? NaN)) /
      (size - (SIZES[i - 1] ?? 0));
    const peaks = rounds.map(() => peak(command, inputs[i]));
    return {
      homes: size,
      wall: summarise(rounds.map((walls) => walls[i] ?? NaN)),
      ...(i > 0 && { further: summarise(rounds.map(further)) }),
      peak: summarise(peaks),
    };
  });
}

/** What a user would otherwise run; none of them is durable, or checks. */
function measureOthers() {
  const yq = ask("yq", "--help").includes("mikefarah") ? "-i" : "-yi";
  const others = [
    ["sed", "-i", "s/^status: .*/status: disable/", META],
    ["yq", yq, '.status = "disable"', META],
  ];
  return others.filter(([name = ""]) => ask(name, "--help")).map((command) => {
    const runs = Array.from({ length: PAIRS }, () => {
      fs.writeFileSync(META, ENABLED);
      return time([...command]).wall;
    });
    return { name: command.slice(0, 2).join(" "), wall: summarise(runs) };
  });
}

function makeHomes(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const home = join(TEMP, "homes.d", String(i));
    fs.mkdirSync(join(home, "telemetry"), { recursive: true });
    fs.writeFileSync(join(home, "telemetry/meta.yaml"), ENABLED);
    return home;
  });
}

function measureAll() {
  fs.mkdirSync(join(HOME, "telemetry"), { recursive: true });
  const commands = RUNTIMES.flatMap((runtime) =>
    CASES.map((one) => ({
      runtime: runtime.name,
      command: one.name,
      ...measureCase(runtime, one),
    }))
  );
  const homes = makeHomes(Math.max(...SIZES));
  const many = RUNTIMES.flatMap((runtime) =>
    measureHomes(runtime, homes).map((row) => ({
      runtime: runtime.name,
      ...row,
    }))
  );
  return { commands, many, others: measureOthers() };
}

const { length: cores, 0: cpu } = os.cpus();
const [kernel] = /^[\d.]+/.exec(os.release()) ?? [];
const results = {
  date: new Date().toISOString().slice(0, 10),
  user: process.getuid?.() === 0 ? "root" : "not root",
  machine: `${cores} x ${cpu?.model}, ${os.type()} ${kernel} ${os.arch()}`,
  pairs: PAIRS,
  ...measureAll(),
};
console.log(tabulate(results));
const file = (name: string) => join(import.meta.dirname, name);
fs.writeFileSync(file("bench.json"), `${JSON.stringify(results, null, 1)}\n`);
fs.writeFileSync(file("bench.svg"), draw(results));
