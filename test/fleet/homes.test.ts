/** Many homes at once, from flags and standard input. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  BUNDLE,
  CANARY,
  DISABLED,
  ENABLED,
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

test("a list has a header for each home, even for one, and for one that fails", () => {
  const [a, bad] = [makeHome(ENABLED), makeHome(BROKEN)];
  const list = (...homes: string[]) =>
    run(["status", "--home", "-"], { input: homes.join("\n") });
  assert.equal(list(a).stdout, `home: ${a}\n${ON}`);
  assert.equal(list(bad).stdout, `home: ${bad}\n`);
  assert.equal(list(bad, a).stdout, `home: ${bad}\n\nhome: ${a}\n${ON}`);
  assert.deepEqual(list(a, a), run(["status", ...flags([a, a])]));
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
  // The headers name the homes.
  assert.deepEqual(shown, [sum]);
  assert.deepEqual(terminal("status --home -", some.slice(0, 1)), []);
  const many = Array<string>(2_001).fill(makeHome(DISABLED));
  const sums = terminal("disable --check --home -", many)
    ?.filter((line) => line.includes(" homes"));
  assert.deepEqual(sums, [
    "note: 1000 homes so far: 1000 disabled, 0 enabled, 0 failed",
    "note: 2000 homes so far: 2000 disabled, 0 enabled, 0 failed",
    "note: 2001 homes: 2001 disabled, 0 enabled, 0 failed",
  ]);
  const piped = run(["status", "--home", "-"], { input: many.join("\n") });
  assert.equal(piped.stderr, "");
});

test("the sum on a terminal tells homes without a file from those that are off", (t) => {
  const homes = [makeHome(DISABLED), makeHome(), makeHome()];
  const sumOf = (args: string) =>
    terminal(`${args} --home -`, homes)?.filter((line) =>
      line.includes(" homes:")
    );
  if (!sumOf("status")) return skip(t, "script of util-linux");
  const unsure = "note: 3 homes: 3 disabled (2 without a file), 0 enabled";
  for (const args of ["status", "disable --check"]) {
    assert.deepEqual(sumOf(args), [`${unsure}, 0 failed`]);
  }
  const made = "note: 3 homes: 3 disabled, 0 enabled, 0 failed";
  assert.deepEqual(sumOf("disable"), [made]);
});

test("a terminal, and nothing else, shows what a change found and did", (t) => {
  const home = makeHome(ENABLED);
  const shown = terminal("disable --home -", [home]);
  if (!shown) return skip(t, "script of util-linux");
  for (
    const [before, lines] of [["enable", shown], [
      "already",
      terminal("disable --home -", [home]) ?? [],
    ]] as const
  ) {
    assert.equal(lines.length, 1, lines.join());
    for (const word of [before, "disable", JSON.stringify(metaOf(home))]) {
      assert.ok(lines[0]?.includes(word), `${word}: ${lines[0]}`);
    }
  }
  assert.equal(run(["disable", "--home", home]).stderr, "");
});
