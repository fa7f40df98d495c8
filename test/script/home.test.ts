/** Which TiUP home is meant, and with which modes it is made. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  DISABLED,
  ENABLED,
  flags,
  inShell,
  listing,
  makeHome,
  metaOf,
  readHome,
  type Result,
  run,
} from "../helpers/harness.ts";

const PASSWD = userInfo().homedir;
const TIUP = join(PASSWD, ".tiup");

function homeIn({ stdout }: Result): string {
  return JSON.parse(stdout).home;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}

function mode(path: string): string {
  return octal(fs.statSync(path).mode & 0o777);
}

test("--home comes before TIUP_HOME, and TIUP_HOME before the passwd entry", () => {
  const [flag, variable] = [makeHome(ENABLED), makeHome(ENABLED)];
  const env = { TIUP_HOME: variable, HOME: makeHome() };
  const both = run(["status", "--json", "--home", flag], { env });
  const one = run(["status", "--json"], { env });
  assert.deepEqual([both, one].map(homeIn), [flag, variable]);
  assert.deepEqual([both.stderr, one.stderr], ["", ""]);
});

test("a HOME that is not the passwd entry's is warned of, and not used", () => {
  const HOME = makeHome();
  const result = run(["status", "--json"], { env: { HOME } });
  assert.equal(homeIn(result), TIUP);
  const [warning = ""] = result.stderr.split("\n");
  assert.match(warning, /^warning: /);
  assert.ok(warning.includes(JSON.stringify(HOME)), warning);
  assert.ok(warning.includes(JSON.stringify(TIUP)), warning);
  assert.deepEqual(fs.readdirSync(HOME), []);
});

const QUIET: readonly Readonly<Record<string, string>>[] = [
  {},
  { HOME: "" },
  { HOME: PASSWD },
  { HOME: `${PASSWD}/` },
  { HOME: PASSWD, TIUP_HOME: "" },
];

for (const env of QUIET) {
  const names = Object.entries(env).map(([name, value]) =>
    `${name}=${value.replace(PASSWD, "passwd's")}`
  );
  test(`the passwd entry is used with ${names.join(" ") || "nothing"} set, without a warning`, () => {
    const result = run(["status", "--json"], { env });
    assert.equal(homeIn(result), TIUP);
    assert.doesNotMatch(result.stderr, /HOME/);
  });
}

const NAMES = [
  "x",
  "a/b/c",
  "a b",
  " ",
  "a\nb",
  "☃",
  "a,b",
  "~",
  "~/x",
  "x/",
  "./x",
  "../y",
  ".",
  "null",
  "$HOME",
  "-x",
  "*",
];

for (const name of NAMES) {
  test(`TIUP_HOME=${JSON.stringify(name)} is taken literally, from the working folder`, () => {
    const cwd = join(makeHome(), "cwd");
    fs.mkdirSync(cwd);
    const env = { TIUP_HOME: name, HOME: "/nowhere" };
    const result = run(["disable", "--json"], { cwd, env });
    assert.equal(result.code, 0);
    // It was made, but for the working folder itself.
    const isMade = /^note: The folder [^\n]+ was missing and was made\n$/;
    assert.match(result.stderr, name === "." ? /^$/ : isMade);
    assert.equal(homeIn(result), name);
    assert.equal(readHome(`${cwd}/${name}`), "status: disable\n");
    assert.deepEqual(listing(`${cwd}/${name}`), ["meta.yaml"]);
  });
}

test("telemetry status makes no home where there is none", () => {
  const parent = makeHome();
  for (const home of [parent, join(parent, "none"), join(parent, "no/ne")]) {
    const { code, stdout, stderr } = run(["status", "--home", home]);
    assert.deepEqual([code, stdout], [0, "status: disable\nuuid: \n"]);
    assert.match(stderr, /^(note|warning): [^\n]+\n$/);
    assert.ok(stderr.includes(JSON.stringify(metaOf(home))), stderr);
  }
  assert.deepEqual(fs.readdirSync(parent), []);
});

const BYTES = {
  "TIUP_HOME": 'TIUP_HOME="$(printf "x\\377")" exec "$@" enable',
  "--home": 'exec "$@" enable --home "$(printf "x\\377")"',
  "standard input": 'printf "x\\377\\n" | "$@" enable --home -',
};

for (const [where, line] of Object.entries(BYTES)) {
  test(`a path in ${where} that is not UTF-8 is refused`, () => {
    const cwd = makeHome();
    const { code, stdout, stderr } = run([], { runtime: inShell(line), cwd });
    assert.equal(code, 1);
    assert.equal(stdout, where === "standard input" ? "home: x\ufffd\n" : "");
    assert.match(stderr, /^error: [^\n]+not valid UTF-8[^\n]+\n$/);
    assert.deepEqual(fs.readdirSync(cwd), []);
  });
}

for (const umask of [0o000, 0o002, 0o022, 0o027, 0o077]) {
  const runtime = inShell(`umask ${octal(umask)}; exec "$@"`);

  test(`umask ${octal(umask)} holds for new files, and their folders' modes`, () => {
    const parents = [0o700, 0o755, 0o775, 0o777];
    const homes = parents.map((mode) => {
      const parent = makeHome();
      fs.chmodSync(parent, mode);
      return join(parent, "home");
    });
    const args = ["enable", "--as-root", ...flags(homes)];
    assert.equal(run(args, { runtime }).code, 0);
    for (const [index, home] of homes.entries()) {
      const folder = (0o755 | (parents[index] ?? 0)) & ~umask;
      const inner = (0o755 | folder) & ~umask;
      const file = (0o644 | (inner & 0o666)) & ~umask;
      const paths = [home, join(home, "telemetry"), metaOf(home)];
      assert.deepEqual(paths.map(mode), [folder, inner, file].map(octal));
    }
  });

  test(`umask ${octal(umask)} leaves an existing mode alone`, () => {
    const modes = [0o600, 0o640, 0o644, 0o664, 0o666];
    const homes = modes.map((mode) => {
      const home = makeHome(ENABLED);
      fs.chmodSync(metaOf(home), mode);
      return home;
    });
    const args = ["disable", "--as-root", ...flags(homes)];
    assert.equal(run(args, { runtime }).code, 0);
    assert.deepEqual(homes.map(readHome), homes.map(() => DISABLED));
    assert.deepEqual(homes.map((home) => mode(metaOf(home))), modes.map(octal));
  });
}
