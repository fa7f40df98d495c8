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
  [["enabel"], 'Unknown command "enabel", did you mean enable?;'],
  [["staus"], 'Unknown command "staus", did you mean status?;'],
  [["rest", "--json"], 'Unknown command "rest", did you mean reset?;'],
  [["Enable"], 'Unknown command "Enable", did you mean enable?;'],
  [["off"], 'Unknown command "off", did you mean disable?;'],
  [["on"], 'Unknown command "on", did you mean enable?;'],
  [["hlep"], 'Unknown command "hlep", did you mean help?;'],
  [["opt-out"], 'Unknown command "opt-out";'],
  [["stauss"], 'Unknown command "stauss";'],
  [["ebanel"], 'Unknown command "ebanel";'],
  [["help", "nonsense"], 'Unknown command "nonsense";'],
  [["help", "reset", "status"], "help takes one command"],
  [["help", "--json"], "help takes no flags"],
  [["help", "--home", "x"], "help takes no flags"],
  [["status", "--quiet"], 'Unknown flag "--quiet";'],
  [["status", "--jsonn"], 'Unknown flag "--jsonn", did you mean --json?;'],
  [["status", "--null"], "--home -"],
  [["status", "--home", "-", "--home", "-"], "--home - is given twice"],
  [["toString"], 'Unknown command "toString"'],
  [["5"], 'Unknown command "5"'],
  [["a\x1b[31m\n::b"], 'Unknown command "a\\u001b[31m\\n::b"'],
  [["disable", ""], "Unused args: ``"],
  [["disable", "reset"], "Unused args: `reset`"],
  [["disable", "--check", "no"], "Unused args: `no`"],
  [["disable", "--chek"], 'Unknown flag "--chek", did you mean --check?;'],
  [["disable", "--jsn"], 'Unknown flag "--jsn", did you mean --json?;'],
  [["reset", "--froce"], 'Unknown flag "--froce", did you mean --force?;'],
  [["--chek", "disable"], 'Unknown flag "--chek"'],
  [["disable", "--check.x"], 'Unknown flag "--check.x"'],
  [["--", "disable"], 'Unknown flag "--"'],
  [["disable", "-check"], 'Unknown flag "-check", did you mean --check?;'],
  [["disable", "-fh"], 'Unknown flag "-fh"'],
  [["--h"], 'Unknown flag "--h"'],
  [["status", "--help=no"], 'Unknown flag "--help=no";'],
  [["-verify"], 'Unknown flag "-verify"'],
  [["staus", "--help"], 'Unknown command "staus"'],
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
  ...["-v", "--version", "-h", "--help"].map((flag): [string[], string] => [
    ["disable", "--check", flag],
    "--check goes without --help and --version",
  ]),
  [["disable", "--all"], "--all goes with reset"],
  [["reset", "--check"], "--check goes with enable, disable"],
  [["status", "--check"], "--check goes with enable, disable"],
  [["status", "--force"], "--force goes with enable, disable, reset"],
  [["--all", "status"], "--all goes with reset"],
  [["disable", "--home"], "--home needs a directory"],
  [["disable", "--home", ""], "--home needs a directory"],
  [["disable", "--home="], "--home needs a directory"],
  [["disable", "--home", "--json"], "--home needs a directory"],
  [["disable", "--check", "--home=~/.tiup"], "write the path in full, or"],
  [["disable", "--home", "~"], `or "./~" for that very name`],
];

for (const [args, says] of MISUSE) {
  test(`telemetry ${args.map((arg) => JSON.stringify(arg)).join(" ")} is misuse`, () => {
    const home = makeHome(BROKEN);
    const result = run(args, { env: { TIUP_HOME: home }, input: home });
    assert.equal(result.code, 2);
    assert.equal(result.stdout, "");
    assert.match(
      result.stderr,
      /^error: [^\n]+; usage: telemetry <command> \[flags\], see telemetry --help\n$/,
    );
    assert.ok(result.stderr.includes(says), result.stderr);
    assert.equal(readHome(home), BROKEN);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}

const ALL = ["status", "enable", "disable", "reset", "help [command]"];
const COMMON = ["--home <dir>", "--null", "--json", "--as-root", "-h, --help"];

// What each help shows, a line each; `help` says what `--help` says.
const HELP: readonly (readonly [
  args: string[],
  shows: string[],
  same?: string[],
])[] = [
  [["-h"], [...ALL, "0", "1", "2", "3"], ["help"]],
  [["help", "help"], [...ALL, "0", "1", "2", "3"], ["help"]],
  [["--json", "--help"], ALL],
  [["status", "-h"], ["0", "1", "2"], ["help", "status"]],
  [["enable", "-h"], ["--check", "--force", "3"], ["help", "enable"]],
  [["disable", "--help"], ["--check", "--force", "3"], ["help", "disable"]],
  [["--json", "-h", "reset"], ["--all", "--force", "2"], ["help", "reset"]],
];

for (const [args, shows, same = args] of HELP) {
  test(`telemetry ${args.join(" ")} shows help on stdout`, () => {
    const home = makeHome(BROKEN);
    const env = { TIUP_HOME: home };
    const { code, stdout, stderr } = run(args, { env });
    assert.deepEqual([code, stderr], [0, ""]);
    for (const words of [...shows, ...COMMON]) {
      const start = words.replace(/[[\]]/g, "\\$&");
      assert.match(stdout, new RegExp(`^  ${start}  +[A-Za-z-]`, "m"));
    }
    assert.equal(run(same, { env }).stdout, stdout);
    assert.ok(stdout.split("\n").every((line) => line.length <= 80), stdout);
    const titles = stdout.match(/^[A-Z][a-z ]+:$/gm) ?? [];
    assert.equal(titles[0], "Examples:");
    const hasCheck = shows.includes("--check") || shows.includes("status");
    assert.equal(/^ {2}3 /m.test(stdout), hasCheck, "exit codes of its own");
  });
}

test("telemetry --version says what package.json says", () => {
  const json = fs.readFileSync(join(ROOT, "package.json"), "utf8");
  for (const args of [["-v"], ["--version"], ["status", "--version"]]) {
    const { code, stdout, stderr } = run(args);
    assert.deepEqual([code, stderr], [0, ""]);
    const version = `telemetry/${JSON.parse(json).version} `;
    assert.ok(stdout.startsWith(version) && /^[^\n]+\n$/.test(stdout), stdout);
  }
});
