/** Many homes at once, from flags and standard input. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  BUNDLE,
  CANARY,
  DISABLED,
  ENABLED,
  environment,
  flags,
  listing,
  makeHome,
  metaOf,
  objects,
  readHome,
  run,
  skip,
  UUID,
} from "../helpers/harness.ts";

const BROKEN = `secret: ${CANARY}\nstatus: [\n`;
const ON = `status: enable\nuuid: ${UUID}\n`;
const OFF = `status: disable\nuuid: ${UUID}\n`;

test("one home needs no header, several have one each and a blank line between", () => {
  const [a, b, c] = [makeHome(ENABLED), makeHome(DISABLED), makeHome(ENABLED)];
  const block = (home: string, state: string) => `home: ${home}\n${state}`;
  assert.equal(run(["status", "--home", a]).stdout, ON);
  const several = run(["status", ...flags([a, b, c])]);
  const blocks = [block(a, ON), block(b, OFF), block(c, ON)];
  assert.equal(several.stdout, blocks.join("\n"));
  assert.deepEqual([several.code, several.stderr], [0, ""]);
  const twice = run(["disable", "--home", a, `--home=${a}`]);
  const done = block(a, "Disable telemetry success\n");
  assert.equal(twice.stdout, [done, done].join("\n"));
});

test("every home is handled, also after one has failed", () => {
  const [a, bad, b] = [makeHome(ENABLED), makeHome(BROKEN), makeHome(ENABLED)];
  const { code, stdout, stderr } = run(["disable", ...flags([a, bad, b])]);
  assert.equal(code, 1);
  const done = "Disable telemetry success\n";
  assert.equal(
    stdout,
    `home: ${a}\n${done}\nhome: ${bad}\n\nhome: ${b}\n${done}`,
  );
  assert.match(stderr, /^error: [^\n]+\n$/);
  assert.ok(stderr.includes(JSON.stringify(metaOf(bad))), stderr);
  assert.deepEqual([a, bad, b].map(readHome), [DISABLED, BROKEN, DISABLED]);
});

test("--check over many homes exits 3, or 1 if one of them failed", () => {
  const [on, off, bad] = [
    makeHome(ENABLED),
    makeHome(DISABLED),
    makeHome(BROKEN),
  ];
  const check = (...homes: string[]) =>
    run(["disable", "--check", ...flags(homes)]).code;
  assert.equal(check(off, off), 0);
  assert.equal(check(off, on, off), 3);
  assert.equal(check(on, bad, off), 1);
});

// What standard input holds (A and B are homes), and the homes it stands for.
const INPUTS: readonly (readonly [input: string, homes: string])[] = [
  ["A\nB\n", "AB"],
  ["A\nB", "AB"],
  ["\n\nA\n\n\nB\n\n", "AB"],
  ["A\n", "A"],
  ["A", "A"],
];

for (const [input, names] of INPUTS) {
  test(`--home - reads homes from ${JSON.stringify(input)}`, () => {
    const homes: Record<string, string> = {
      A: makeHome(ENABLED),
      B: makeHome(DISABLED),
    };
    const lines = input.replace(/[AB]/g, (name) => homes[name] ?? "");
    const given = [...names].map((name) => homes[name] ?? "");
    const read = run(["status", "--home", "-"], { input: lines });
    assert.deepEqual(read, run(["status", ...flags(given)]));
    assert.equal(read.code, 0);
  });
}

test("--home - and other homes are handled in the order given", () => {
  const [a, b, c] = [makeHome(ENABLED), makeHome(ENABLED), makeHome(ENABLED)];
  const args = ["disable", "--json", "--home", a, "--home=-", "--home", c];
  const { code, stdout } = run(args, { input: `${b}\n` });
  assert.equal(code, 0);
  const homes = objects(stdout).map(({ home }) => home);
  assert.deepEqual(homes, [a, b, c]);
});

test("a line of standard input is taken literally", () => {
  const folder = makeHome();
  const names = [
    "a b",
    " a",
    "a ",
    "a\r",
    "5",
    "--home",
    "~",
    "$HOME",
    "a,b",
    '"a"',
  ];
  const run1 = run(["disable", "--home", "-"], {
    cwd: folder,
    input: names.join("\n"),
  });
  assert.equal(run1.code, 0);
  assert.deepEqual(fs.readdirSync(folder).sort(), [...names].sort());
});

for (const input of ["", "\n\n"]) {
  test(`--home - without a home (${JSON.stringify(input)}) is a failure`, () => {
    const home = makeHome(ENABLED);
    const env = { TIUP_HOME: home };
    const result = run(["disable", "--home", "-"], { env, input });
    assert.equal(result.code, 1);
    assert.equal(result.stdout, "");
    assert.match(result.stderr, /^error: [^\n]*standard input[^\n]*\n$/);
    assert.equal(readHome(home), ENABLED);
  });
}

for (
  const name of ["5", "0", "1e3", "0x10", "true", "a=b", "-", "=", "--json"]
) {
  test(`a home called ${name} is just that`, () => {
    const folder = makeHome();
    const path = name.startsWith("-") ? `./${name}` : name;
    for (const args of [["--home", path], [`--home=${path}`]]) {
      const { code, stdout } = run(["disable", "--json", ...args], {
        cwd: folder,
      });
      assert.equal(code, 0);
      assert.equal(objects(stdout)[0]?.["home"], path);
    }
    assert.deepEqual(fs.readdirSync(folder), [name]);
    assert.deepEqual(listing(join(folder, name)), ["meta.yaml"]);
  });
}

test("--json answers each line of standard input before the next is there", async () => {
  const home = makeHome(ENABLED);
  const child = spawn(process.execPath, [
    BUNDLE,
    ...["status", "--json", "--home", "-"],
  ], { env: environment(), stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write(`${home}\n`);
  const [answer] = await once(child.stdout, "data");
  assert.equal(JSON.parse(String(answer)).home, home);
  child.stdin.end();
  assert.deepEqual(await once(child, "close"), [0, null]);
});

// What a terminal shows of standard error; standard output goes to a file.
function terminal(
  args: string,
  homes: readonly string[],
): string[] | undefined {
  const cwd = makeHome();
  const line = `"${process.execPath}" "${BUNDLE}" ${args} < homes > out`;
  fs.writeFileSync(join(cwd, "homes"), homes.join("\n"));
  const command = ["script", "--quiet", "--command", line, "typescript"];
  const { code } = run([], { runtime: { name: "script", command }, cwd });
  if (code === null) return undefined;
  const text = fs.readFileSync(join(cwd, "typescript"), "utf8");
  return text.split(/\r?\n/).filter((line) => line.startsWith("note: "));
}

test("a terminal, and nothing else, shows how many homes are in which state", (t) => {
  const some = [makeHome(ENABLED), makeHome(DISABLED), makeHome(BROKEN)];
  const sum = "note: 3 homes: 1 disabled, 1 enabled, 1 failed";
  const shown = terminal("status --home -", some);
  if (!shown) return skip(t, "script of util-linux");
  assert.deepEqual(shown, [sum]);
  assert.deepEqual(terminal("status --json --home -", some), []);
  assert.deepEqual(terminal("status --home -", some.slice(0, 1)), []);
  const many = Array<string>(2_001).fill(makeHome(DISABLED));
  assert.deepEqual(terminal("disable --check --home -", many), [
    "note: 1000 homes so far: 1000 disabled, 0 enabled, 0 failed",
    "note: 2000 homes so far: 2000 disabled, 0 enabled, 0 failed",
    "note: 2001 homes: 2001 disabled, 0 enabled, 0 failed",
  ]);
  const piped = run(["status", "--home", "-"], { input: many.join("\n") });
  assert.equal(piped.stderr, "");
});
