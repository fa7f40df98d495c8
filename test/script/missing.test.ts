/** A meta file, or a home, that is not there: never proof, and never made unsaid. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertHarmless } from "../helpers/disk.ts";
import {
  inShell,
  listing,
  makeHome,
  metaOf,
  objects,
  readHome,
  run,
} from "../helpers/harness.ts";

const ERAS = /1\.11\.2.*enabled|enabled.*1\.11\.2/;

// What is missing, as the home is given, and the level of what is said of it.
const MISSING: readonly (readonly [
  what: string,
  home: string,
  level: "note" | "warning",
])[] = [
  ["the file", "file", "note"],
  ["the telemetry folder", "folder", "note"],
  ["the home", "none", "warning"],
  ["the folder above", "none/none", "warning"],
  ["the target of a link", "link", "note"],
];

function makePlace(): string {
  const place = makeHome();
  fs.mkdirSync(join(place, "file/telemetry"), { recursive: true });
  fs.mkdirSync(join(place, "folder"));
  fs.mkdirSync(join(place, "link/telemetry"), { recursive: true });
  fs.symlinkSync("none", join(place, "link/telemetry/meta.yaml"));
  return place;
}

for (const [what, name, level] of MISSING) {
  test(`status where ${what} is missing says disable, with a ${level}`, () => {
    const place = makePlace();
    const home = join(place, name);
    const before = fs.readdirSync(place, { recursive: true });
    const { code, stdout, stderr } = run(["status", "--home", home]);
    assert.deepEqual([code, stdout], [0, "status: disable\nuuid: \n"]);
    assert.match(stderr, new RegExp(`^${level}: [^\n]+\n$`));
    assert.match(stderr, ERAS);
    assert.ok(stderr.includes(JSON.stringify(metaOf(home))), stderr);
    assert.deepEqual(fs.readdirSync(place, { recursive: true }), before);
  });

  for (const command of ["enable", "disable"]) {
    test(`${command} --check where ${what} is missing exits 3, and says why`, () => {
      const place = makePlace();
      const home = join(place, name);
      const before = fs.readdirSync(place, { recursive: true });
      const args = [command, "--check", "--home", home];
      const result = run(args);
      assertHarmless(result);
      assert.deepEqual(
        [result.code, result.stdout],
        [3, "status: disable\nuuid: \n"],
      );
      const errors = result.stderr.match(/^error: .*\n/gm) ?? [];
      assert.equal(errors.length, 1, result.stderr);
      assert.match(errors[0] ?? "", ERAS);
      assert.ok(errors[0]?.includes(JSON.stringify(metaOf(home))));
      const json = run([...args, "--json"]);
      assert.equal(json.code, 3);
      const [object] = objects(json.stdout);
      const { source, status, changed } = object ?? {};
      assert.deepEqual([source, status, changed], ["default", "disable", true]);
      assert.equal(run([...args, "--force"]).code, 3);
      assert.deepEqual(fs.readdirSync(place, { recursive: true }), before);
    });
  }

  test(`disable where ${what} is missing makes it, and says so of a home`, () => {
    const home = join(makePlace(), name);
    const named = run(["disable", "--home", home]);
    assert.deepEqual(
      [named.code, named.stdout],
      [0, "Disable telemetry success\n"],
    );
    assert.equal(readHome(home), "status: disable\n");
    assert.ok(listing(home).includes("meta.yaml"));
    assertSaid(named.stderr, level === "warning" ? "warning" : "", home);
    const TIUP_HOME = join(makePlace(), name);
    const found = run(["disable"], { env: { TIUP_HOME } });
    assert.equal(found.code, 0);
    assertSaid(found.stderr, level === "warning" ? "note" : "", TIUP_HOME);
    assert.equal(run(["disable", "--check", "--home", home]).code, 0);
  });
}

function assertSaid(stderr: string, level: string, home: string): void {
  if (!level) return assert.equal(stderr, "");
  assert.match(stderr, new RegExp(`^${level}: [^\n]+\n$`));
  assert.ok(stderr.includes(JSON.stringify(home)), stderr);
}

test("a missing file among many homes that are off is 3, not 0", () => {
  const off = makeHome("status: disable\n");
  const args = ["disable", "--check", "--json", "--home", off, "--home"];
  assert.equal(run([...args, off]).code, 0);
  assert.equal(run([...args, makeHome()]).code, 3);
});

test("--check > /dev/null leaves cron a line of what differs", () => {
  const home = makeHome("status: enable\n");
  const runtime = inShell('"$@" > /dev/null');
  const check = (command: string) =>
    run([command, "--check", "--home", home], { runtime });
  assert.deepEqual(check("disable"), {
    code: 3,
    signal: null,
    stdout: "",
    stderr: `error: ${JSON.stringify(metaOf(home))} says enable, not disable\n`,
  });
  assert.equal(check("enable").stderr, "");
});
