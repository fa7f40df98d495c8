/** The command line: commands, flags, exit codes (for misuse see usage.test.ts). */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  CANARY,
  DISABLED,
  ENABLED,
  listing,
  makeHome,
  metaOf,
  readHome,
  run,
  UUID,
} from "../helpers/harness.ts";

const UUID4 =
  "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const STATE_ON = `status: enable\nuuid: ${UUID}\n`;
const STATE_OFF = `status: disable\nuuid: ${UUID}\n`;
const BROKEN = `uuid: [\nsecret: ${CANARY}\n`;

const DONE_ON = "Enable telemetry success\n";
const DONE_OFF = "Disable telemetry success\n";
const DONE_RESET = new RegExp(`^Reset uuid as: ${UUID4} success\n$`);
const FRESH = new RegExp(
  `^uuid: ${UUID4}\nsecret: [0-9a-f]{32}\nstatus: enable\n$`,
);
const FILLED = new RegExp(
  `^# mine\nstatus: enable\nuuid: "${UUID4}"\nsecret: "?[0-9a-f]{32}"?\n$`,
);
const NEW_UUID = new RegExp(
  `^uuid: ${UUID4}\nsecret: ${CANARY}\nstatus: enable\n$`,
);
const NEW_BOTH = new RegExp(
  `^uuid: (?!${UUID})${UUID4}\nsecret: (?!${CANARY})"?[0-9a-f]{32}"?\nstatus: disable\n$`,
);
const ONLY_UUID = new RegExp(`^uuid: ${UUID4}\n$`);
const ONLY_ON = "status: enable\n";
const ONLY_OFF = "status: disable\n";
const EMPTY_UUID = `# mine\nstatus: disable\nuuid: ""\n`;

// What `--check` says on stderr of a file in the other state; no other run says
// anything there. `file` is what is there afterwards, if that
// is not what was there.
const RUNS: readonly (readonly [
  args: string,
  on: string | undefined,
  code: number,
  stdout: string | RegExp,
  file?: string | RegExp,
])[] = [
  ["status", ENABLED, 0, STATE_ON],
  ["status", DISABLED, 0, STATE_OFF],
  ["status", ONLY_ON, 0, "status: enable\nuuid: \n"],
  ["enable", DISABLED, 0, DONE_ON, ENABLED],
  ["enable", ENABLED, 0, DONE_ON],
  ["enable", undefined, 0, DONE_ON, FRESH],
  ["enable", EMPTY_UUID, 0, DONE_ON, FILLED],
  ["disable", ENABLED, 0, DONE_OFF, DISABLED],
  ["disable", undefined, 0, DONE_OFF, ONLY_OFF],
  ["disable", ONLY_ON, 0, DONE_OFF, ONLY_OFF],
  ["reset", ENABLED, 0, DONE_RESET, NEW_UUID],
  ["reset", undefined, 0, DONE_RESET, ONLY_UUID],
  ["reset --all", DISABLED, 0, DONE_RESET, NEW_BOTH],
  ["enable --check", ENABLED, 0, STATE_ON],
  ["enable --check", DISABLED, 3, STATE_OFF],
  ["--check disable", DISABLED, 0, STATE_OFF],
  ["--check disable", ENABLED, 3, STATE_ON],
  ["disable --check --check", ENABLED, 3, STATE_ON],
  ["disable --force", ENABLED, 0, DONE_OFF, DISABLED],
];

for (const [args, on, code, stdout, file = on] of RUNS) {
  test(`telemetry ${args} on ${JSON.stringify(on)} exits ${code}`, () => {
    const home = makeHome(on);
    const result = run(["--home", home, ...args.split(" ")]);
    same(result.stdout, stdout);
    const [says, wants] = stdout === STATE_ON
      ? ["enable", "disable"]
      : ["disable", "enable"];
    const name = JSON.stringify(metaOf(home));
    const line = `error: ${name} says ${says}, not ${wants}\n`;
    const stderr = code === 3 ? line : "";
    assert.deepEqual([result.code, result.stderr], [code, stderr]);
    same(fs.existsSync(metaOf(home)) ? readHome(home) : undefined, file);
    if (file !== undefined) assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}

function same(text: string | undefined, wanted: string | RegExp | undefined) {
  if (wanted instanceof RegExp) assert.match(text ?? "", wanted);
  else assert.equal(text, wanted);
}

for (const args of ["enable", "disable", "reset", "reset --all"]) {
  test(`telemetry ${args} --force keeps each damaged file beside the new one`, () => {
    const home = makeHome(BROKEN);
    const names = ["meta.yaml", "meta.yaml.bad", "meta.yaml.bad.1"];
    const [file = "", ...bad] = names.map((name) =>
      join(home, "telemetry", name)
    );
    const texts = [BROKEN, "\xff again"];
    const telemetry = (...flags: string[]) =>
      run([...args.split(" "), "--home", home, ...flags]);
    for (const text of texts) {
      fs.writeFileSync(file, text, "latin1");
      fs.chmodSync(file, 0o640);
      assert.equal(telemetry().code, 1);
      const { code, stderr } = telemetry("--force");
      assert.equal(code, 0);
      assert.match(stderr, /^((note|warning): [^\n]+\n)?$/);
    }
    assert.deepEqual(bad.map((file) => fs.readFileSync(file, "latin1")), texts);
    for (const path of [file, ...bad]) {
      assert.equal(fs.statSync(path).mode & 0o777, 0o640);
    }
    assert.deepEqual(listing(home), names);
    assert.equal(run(["status", "--home", home]).code, 0);
  });
}

test("--check never takes a damaged file for a setting, not even with --force", () => {
  for (const command of ["enable", "disable"]) {
    const home = makeHome(BROKEN);
    const args = [command, "--check", "--force", "--home", home];
    const { code, stdout } = run(args);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(readHome(home), BROKEN);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  }
});

test("a last key without value and line end is filled in, and others follow", () => {
  const home = makeHome("status: disable\nuuid:");
  assert.equal(run(["enable", "--home", home]).code, 0);
  assert.match(
    readHome(home),
    /^status: enable\nuuid: [\da-f-]{36}\nsecret: "?[\da-f]{32}"?$/,
  );
});

test("an edit that would make the file larger than 64 KiB is refused", () => {
  const text = `uuid: x\n${"#".repeat(64 * 1024 - 9)}\n`;
  const home = makeHome(text);
  for (const args of [["disable"], ["disable", "--force"]]) {
    const { code, stderr } = run([...args, "--home", home]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: Cannot change [^\n]*larger than 64 KiB[^\n]*\n$/,
    );
    assert.equal(readHome(home), text);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  }
});

test("an anchor on the secret, which an alias could show, is refused", () => {
  const home = makeHome(`secret: &s ${CANARY}\nuuid: *s\nstatus: *s\n`);
  const { code, stdout, stderr } = run(["status", "--home", home]);
  assert.equal(code, 1);
  assert.ok(!(stdout + stderr).includes(CANARY));
});
