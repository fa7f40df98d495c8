/**
 * Measures what the commands cost beyond the start of the runtime: `npm run bench`.
 *
 * Each run is paired with one of a floor program on the same runtime, which only
 * reads the file and prints it, or for a change also replaces it durably. The
 * order within a pair alternates, so that a drift of the machine cancels out. A
 * ratio is the median over the pairs, with its quartiles. Bun is the driver, as
 * it tells a child's CPU time and peak memory (wait4); Node and Deno do not.
 * Prints Markdown tables, and writes bench.json and bench.svg.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import { join } from "node:path";
import process from "node:process";
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

const PAIRS = Number(process.env["BENCH_PAIRS"] ?? 31);
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

const READ = `import { readFileSync, writeSync } from "node:fs";
writeSync(1, readFileSync(process.argv[2]));
`;
const WRITE = `import * as fs from "node:fs";
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
`;

const PLAIN = { "as TiUP writes it": "" };
const BOTH = { ...PLAIN, "with comments": "# set by the platform team\n" };
const CASES = ([
  ["status", "status", ENABLED, READ, BOTH],
  ["disable, nothing to do", "disable", DISABLED, READ, BOTH],
  ["disable, a change", "disable", ENABLED, WRITE, BOTH],
  ["reset", "reset", ENABLED, WRITE, BOTH],
  ["--help", "--help", ENABLED, READ, PLAIN],
] as const).map(([name, arg, before, floor, files]) => (
  { name, args: [arg], before, floor, files }
));

const NODE = [...(process.env["TELEMETRY_NODES"] ?? "").split(":"), "node"]
  .find((node) => node && ask(node, "--version").startsWith("v24.")) ?? "node";
const DENO = ask(
  join(ROOT, "node_modules/.bin/deno"),
  "eval",
  "console.log(Deno.execPath())",
);
const RUNTIMES = [
  { name: "Node", command: [ask(NODE, "-p", "process.execPath")] },
  {
    name: "Deno",
    command: [
      ...[DENO, "run", "--no-prompt", "--allow-sys=uid", "--allow-read"],
      `--allow-write=${TEMP}`,
      "--allow-env=TIUP_HOME,TIUP_TELEMETRY_STATUS,DO_NOT_TRACK,HOME",
    ],
  },
  { name: "Bun", command: [process.execPath] },
].map(({ name, command }) => {
  const version = ask(command[0] ?? "", "--version");
  return { name: `${name} ${/\d+\.\d+\.\d+/.exec(version)}`, command };
});

function ask(program: string, ...args: string[]): string {
  return spawnSync(program, args, { encoding: "utf8" }).stdout?.trim() ?? "";
}

function measureCase(
  runtime: Command,
  before: string,
  { args, floor }: typeof CASES[number],
) {
  const program = join(TEMP, "floor.mjs");
  fs.writeFileSync(program, floor);
  const one = [...runtime, program, META];
  const other = [...runtime, BUNDLE, ...args];
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

/** Runs over more and more homes, given as flags or on standard input. */
function measureHomes(runtime: Command, homes: Command, given: string) {
  const runs = SIZES.map((size) => {
    const some = homes.slice(0, size);
    const input = join(TEMP, `homes.${size}`);
    fs.writeFileSync(input, some.map((home) => `${home}\n`).join(""));
    const flags = given === "--home -"
      ? ["--home", "-"]
      : some.flatMap((home) => ["--home", home]);
    const command = [...runtime, BUNDLE, "status", "--json", ...flags];
    return { size, command, input };
  });
  const rounds = Array.from(
    { length: ROUNDS },
    () => runs.map(({ command, input }) => time(command, input).wall),
  );
  return runs.map(({ size, command, input }, i) => {
    const further = (walls: readonly number[]) =>
      ((walls[i] ?? NaN) - (walls[i - 1] ?? NaN)) /
      (size - (SIZES[i - 1] ?? 0));
    return {
      given,
      homes: size,
      wall: summarise(rounds.map((walls) => walls[i] ?? NaN)),
      ...(i > 0 && { further: summarise(rounds.map(further)) }),
      peak: summarise(rounds.map(() => peak(command, input))),
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
  const commands = RUNTIMES.flatMap(({ name: runtime, command }) =>
    CASES.flatMap((one) =>
      Object.entries(one.files).map(([file, comment]) => {
        const measured = measureCase(command, comment + one.before, one);
        return { runtime, command: one.name, file, ...measured };
      })
    )
  );
  const homes = makeHomes(Math.max(...SIZES));
  const many = RUNTIMES.flatMap(({ name: runtime, command }) =>
    ["--home DIR", "--home -"].flatMap((given) =>
      measureHomes(command, homes, given).map((row) => ({ runtime, ...row }))
    )
  );
  return { commands, many, others: measureOthers() };
}

const { length: cores, 0: cpu } = os.cpus();
const [kernel] = /^[\d.]+/.exec(os.release()) ?? [];
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cores} x ${cpu?.model}, ${os.type()} ${kernel} ${os.arch()}`,
  pairs: PAIRS,
  ...measureAll(),
};
console.log(tabulate(results));
const file = (name: string) => join(import.meta.dirname, name);
fs.writeFileSync(file("bench.json"), `${JSON.stringify(results, null, 1)}\n`);
fs.writeFileSync(file("bench.svg"), draw(results));
