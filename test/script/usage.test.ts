/** What is misuse of the command line, and what help and version say. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  CANARY,
  listing,
  makeHome,
  readHome,
  ROOT,
  run,
} from "../helpers/harness.ts";

const BROKEN = `uuid: [\nsecret: ${CANARY}\n`;

// Each in a home whose file would be another error if it were read.
const MISUSE: readonly (readonly [args: string[], says: string])[] = [
  [[], "No command"],
  [["--json"], "No command"],
  [[""], 'Unknown command ""'],
  [["enabel"], 'Unknown command "enabel"'],
  [["Enable"], 'Unknown command "Enable"'],
  [["toString"], 'Unknown command "toString"'],
  [["5"], 'Unknown command "5"'],
  [["a\x1b[31m\n::b"], 'Unknown command "a\\u001b[31m\\n::b"'],
  [["disable", ""], 'Unexpected argument ""'],
  [["disable", "reset"], 'Unexpected argument "reset"'],
  [["disable", "--check", "no"], 'Unexpected argument "no"'],
  [["disable", "--chek"], 'Unknown flag "--chek"'],
  [["disable", "-c"], 'Unknown flag "-c"'],
  [["disable", "-jv"], 'Unknown flag "-jv"'],
  [["disable", "--"], 'Unknown flag "--"'],
  [["disable", "-"], 'Unknown flag "-"'],
  [["disable", "--check=false"], 'Unknown flag "--check=false"'],
  [["disable", "--json="], 'Unknown flag "--json="'],
  [["disable", "--no-json"], 'Unknown flag "--no-json"'],
  [["disable", "--no-check"], 'Unknown flag "--no-check"'],
  [["disable", "--JSON"], 'Unknown flag "--JSON"'],
  [["disable", "--homes", "x"], 'Unknown flag "--homes"'],
  [["disable", "--tiup-home=x"], 'Unknown flag "--tiup-home=x"'],
  [["disable", "--all"], "--all"],
  [["reset", "--check"], "--check"],
  [["status", "--check"], "--check"],
  [["status", "--force"], "--force"],
  [["--all", "status"], "--all"],
  [["disable", "--home"], "--home needs a directory"],
  [["disable", "--home", ""], "--home needs a directory"],
  [["disable", "--home="], "--home needs a directory"],
  [["disable", "--home", "--json"], "--home needs a directory"],
];

for (const [args, says] of MISUSE) {
  test(`telemetry ${args.map((arg) => JSON.stringify(arg)).join(" ")} is misuse`, () => {
    const home = makeHome(BROKEN);
    const result = run(args, { env: { TIUP_HOME: home }, input: home });
    assert.equal(result.code, 2);
    assert.equal(result.stdout, "");
    const [error = "", blank, usage] = result.stderr.split("\n");
    assert.ok(error.startsWith("error: ") && error.includes(says), error);
    assert.deepEqual([blank, usage], [
      "",
      "Usage: telemetry <command> [flags]",
    ]);
    assert.equal(readHome(home), BROKEN);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}

const HELP = [["-h"], ["--help"], ["disable", "--help"], [
  "--json",
  "-h",
  "reset",
]];

for (const args of HELP) {
  test(`telemetry ${args.join(" ")} shows every command and flag on stdout`, () => {
    const home = makeHome(BROKEN);
    const { code, stdout, stderr } = run(args, { env: { TIUP_HOME: home } });
    assert.deepEqual([code, stderr], [0, ""]);
    const commands = ["status", "enable", "disable", "reset"];
    const flags = [
      "--home DIR",
      "--json",
      "--check",
      "--all",
      "--force",
      "-h, --help",
      "-v, --version",
    ];
    for (const words of [...commands, ...flags]) {
      assert.match(stdout, new RegExp(`^  ${words}  +[A-Z]`, "m"));
    }
    assert.match(stdout, /^Usage: telemetry <command> \[flags\]\n/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
  });
}

test("the usage after misuse is the help", () => {
  const [, usage] = run(["foo"]).stderr.split(/\n\n(.*)/s);
  assert.equal(usage, run(["--help"]).stdout);
});

test("telemetry --version says what package.json says", () => {
  const json = fs.readFileSync(join(ROOT, "package.json"), "utf8");
  for (const flag of ["-v", "--version"]) {
    const { code, stdout, stderr } = run([flag]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, `telemetry ${JSON.parse(json).version}\n`);
  }
});
