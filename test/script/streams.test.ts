/** Where the streams lead, and what a command leaves alone. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  DISABLED,
  ENABLED,
  flags,
  inShell,
  makeHome,
  metaOf,
  readHome,
  run,
  skip,
} from "../helpers/harness.ts";

for (
  const [command, text] of [["enable", ENABLED], ["disable", DISABLED]] as const
) {
  test(`telemetry ${command} does not touch a file that says so already`, () => {
    const home = makeHome(text);
    fs.utimesSync(metaOf(home), 1e9, 1e9);
    const state = () => {
      const paths = [metaOf(home), join(home, "telemetry"), home];
      return paths.map((path) => {
        const { ino, mtimeNs, ctimeNs } = fs.statSync(path, { bigint: true });
        return { ino, mtimeNs, ctimeNs };
      });
    };
    const before = state();
    assert.equal(run([command, "--home", home]).code, 0);
    assert.deepEqual(state(), before);
  });
}

const CHANGING =
  / (open.*O_(WRONLY|RDWR|CREAT|TRUNC)|socket|connect|bind|mk|rename|unlink|link|symlink|f?ch|f?truncate|utime)/;

test("telemetry status opens nothing for writing, and no socket", (t) => {
  const home = makeHome(`# by hand\n${ENABLED}`);
  const cwd = makeHome();
  const runtime = inShell(
    'exec strace -f -o trace -e trace=%file,%network,%desc "$@"',
  );
  const calls = (command: string) => {
    if (run([command, "--home", home], { runtime, cwd }).code !== 0) return;
    const lines = fs.readFileSync(join(cwd, "trace"), "utf8").split("\n");
    return lines.filter((line) => CHANGING.test(line));
  };
  const changing = calls("disable");
  if (!changing) return skip(t, "strace, and the right to trace");
  assert.ok(changing.length > 3, "the trace of disable shows its writing");
  assert.deepEqual(calls("status"), []);
});

const TOLD = /^(error: [^\n]*standard output[^\n]*\n)+$/;

// Where the streams of `disable` lead; only standard output is the result.
const STREAMS: readonly (readonly [
  title: string,
  line: string,
  codes: number[],
  says?: RegExp,
])[] = [
  ["stdout is full", '"$@" > /dev/full', [1], TOLD],
  ["stderr is full", '"$@" 2> /dev/full', [0]],
  ["both are full", '"$@" > /dev/full 2> /dev/full', [1]],
  [
    "the reader of stdout has gone",
    '{ sleep 0.3; "$@"; echo $? >&3; } 3>code | :; exit $(cat code)',
    [1],
    TOLD,
  ],
  [
    "the reader of stderr has gone",
    '{ sleep 0.3; "$@" 2>&1 >/dev/null; echo $? >&3; } 3>code | :; exit $(cat code)',
    [0],
  ],
  // Node puts /dev/null in the place of a closed descriptor before it runs us.
  ["stdout is closed", '"$@" >&-', [0, 1]],
  ["stderr is closed", '"$@" 2>&-', [0]],
  ["all of them are closed", '"$@" <&- >&- 2>&-', [0, 1]],
];

for (const [title, line, codes, says = /^$/] of STREAMS) {
  test(`telemetry disable does its work where ${title}`, (t) => {
    if (line.includes("/dev/full") && !fs.existsSync("/dev/full")) {
      return skip(t, "/dev/full");
    }
    const homes = [makeHome(ENABLED), makeHome(ENABLED)];
    const args = ["disable", ...flags(homes)];
    // Every home has a warning for stderr, so that it is written to.
    const env = { TIUP_TELEMETRY_STATUS: "enable" };
    const result = run(args, { runtime: inShell(line), cwd: makeHome(), env });
    assert.ok(codes.includes(result.code ?? -1), `exit ${result.code}`);
    assert.doesNotMatch(result.stderr, /^\s+at /m);
    const errors = result.stderr.replace(/^warning: .*\n/gm, "");
    assert.match(errors, says);
    assert.deepEqual(homes.map(readHome), [DISABLED, DISABLED]);
  });
}

for (const args of ["--help", "--version", "foo"]) {
  test(`telemetry ${args} on a full disk shows no stack`, (t) => {
    if (!fs.existsSync("/dev/full")) return skip(t, "/dev/full");
    const full = inShell('"$@" > /dev/full');
    const result = run([args], { runtime: full });
    assert.equal(result.code, args === "foo" ? 2 : 1);
    assert.doesNotMatch(result.stderr, /^\s+at /m);
    const both = inShell('"$@" > /dev/full 2>&1');
    assert.ok([1, 2].includes(run([args], { runtime: both }).code ?? -1));
  });
}
