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
  [["enabel"], 'Unknown command "enabel"; the nearest is enable;'],
  [["staus"], 'Unknown command "staus"; the nearest is status;'],
  [["rest", "--json"], 'Unknown command "rest"; the nearest is reset;'],
  [["Enable"], 'Unknown command "Enable"'],
  [["toString"], 'Unknown command "toString"'],
  [["5"], 'Unknown command "5"'],
  [["a\x1b[31m\n::b"], 'Unknown command "a\\u001b[31m\\n::b"'],
  [["disable", ""], "Unused args: ``"],
  [["disable", "reset"], "Unused args: `reset`"],
  [["disable", "--check", "no"], "Unused args: `no`"],
  [["disable", "--chek"], 'Unknown flag "--chek"; the nearest is --check;'],
  [["disable", "--jsn"], 'Unknown flag "--jsn"; the nearest is --json;'],
  [["reset", "--froce"], 'Unknown flag "--froce"; the nearest is --force;'],
  [["--chek", "disable"], 'Unknown flag "--chek"'],
  [["disable", "--check.x"], 'Unknown flag "--check.x"'],
  [["--", "disable"], 'Unknown flag "--"'],
  [["disable", "-check"], 'Unknown flag "-check"; the nearest is --check;'],
  [["disable", "-fh"], 'Unknown flag "-fh"'],
  [["--h"], 'Unknown flag "--h"'],
  [["status", "--help=no"], 'Unknown flag "--help=no"; the nearest is --help;'],
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

const HELP: readonly (readonly [args: string[], shows: string[]])[] = [
  [["-h"], ["status", "enable", "disable", "reset", "--home <dir>", "--json"]],
  [["--json", "--help"], ["status", "enable", "disable", "reset"]],
  [["disable", "--help"], ["--check", "--force", "--home <dir>", "--json"]],
  [["--json", "-h", "reset"], ["--all", "--force"]],
];

for (const [args, shows] of HELP) {
  test(`telemetry ${args.join(" ")} shows help on stdout`, () => {
    const home = makeHome(BROKEN);
    const { code, stdout, stderr } = run(args, { env: { TIUP_HOME: home } });
    assert.deepEqual([code, stderr], [0, ""]);
    for (const words of [...shows, "-h, --help", "0", "1", "2", "3"]) {
      assert.match(stdout, new RegExp(`^  ${words}  +[A-Za-z-]`, "m"));
    }
    const [command] = args.filter((arg) => !arg.startsWith("-"));
    const examples = stdout.split("Examples:\n")[1]?.split("\n\n")[0];
    assert.equal(
      examples?.match(new RegExp(`telemetry ${command} `, "g"))?.length,
      command && 2,
    );
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
