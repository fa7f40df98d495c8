/** The command line: commands, flags, exit codes (for misuse see usage.test.ts). */
import assert from "node:assert/strict";
import * as fs from "node:fs";
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

// A run that says nothing on stderr; `file` is what is there afterwards.
const RUNS: readonly {
  args: string;
  on: string | undefined;
  code: number;
  stdout: string | RegExp;
  file?: string | RegExp;
}[] = [
  { args: "status", on: ENABLED, code: 0, stdout: STATE_ON },
  { args: "status", on: DISABLED, code: 0, stdout: STATE_OFF },
  {
    args: "status",
    on: "status: enable\n",
    code: 0,
    stdout: "status: enable\nuuid: \n",
  },
  {
    args: "enable",
    on: DISABLED,
    code: 0,
    stdout: "Enable telemetry success\n",
    file: ENABLED,
  },
  {
    args: "enable",
    on: ENABLED,
    code: 0,
    stdout: "Enable telemetry success\n",
  },
  {
    args: "enable",
    on: undefined,
    code: 0,
    stdout: "Enable telemetry success\n",
    file: new RegExp(
      `^uuid: ${UUID4}\nsecret: [0-9a-f]{32}\nstatus: enable\n$`,
    ),
  },
  {
    args: "enable",
    on: `# mine\nstatus: disable\nuuid: ""\n`,
    code: 0,
    stdout: "Enable telemetry success\n",
    file: new RegExp(
      `^# mine\nstatus: enable\nuuid: "${UUID4}"\nsecret: "?[0-9a-f]{32}"?\n$`,
    ),
  },
  {
    args: "disable",
    on: ENABLED,
    code: 0,
    stdout: "Disable telemetry success\n",
    file: DISABLED,
  },
  {
    args: "disable",
    on: undefined,
    code: 0,
    stdout: "Disable telemetry success\n",
    file: "status: disable\n",
  },
  {
    args: "disable",
    on: "status: enable\n",
    code: 0,
    stdout: "Disable telemetry success\n",
    file: "status: disable\n",
  },
  {
    args: "reset",
    on: ENABLED,
    code: 0,
    stdout: new RegExp(`^Reset uuid as: ${UUID4} success\n$`),
    file: new RegExp(`^uuid: ${UUID4}\nsecret: ${CANARY}\nstatus: enable\n$`),
  },
  {
    args: "reset",
    on: undefined,
    code: 0,
    stdout: /^Reset/,
    file: new RegExp(`^uuid: ${UUID4}\n$`),
  },
  {
    args: "reset --all",
    on: DISABLED,
    code: 0,
    stdout: new RegExp(`^Reset uuid as: ${UUID4} success\n$`),
    file: new RegExp(
      `^uuid: (?!${UUID})${UUID4}\nsecret: (?!${CANARY})"?[0-9a-f]{32}"?\nstatus: disable\n$`,
    ),
  },
  { args: "enable --check", on: ENABLED, code: 0, stdout: STATE_ON },
  { args: "enable --check", on: DISABLED, code: 3, stdout: STATE_OFF },
  { args: "--check disable", on: DISABLED, code: 0, stdout: STATE_OFF },
  { args: "--check disable", on: ENABLED, code: 3, stdout: STATE_ON },
  { args: "disable --check --check", on: ENABLED, code: 3, stdout: STATE_ON },
  {
    args: "disable --force",
    on: ENABLED,
    code: 0,
    stdout: "Disable telemetry success\n",
    file: DISABLED,
  },
];

for (const { args, on, code, stdout, file = on } of RUNS) {
  test(`telemetry ${args} on ${JSON.stringify(on)} exits ${code}`, () => {
    const home = makeHome(on);
    const result = run(["--home", home, ...args.split(" ")]);
    same(result.stdout, stdout);
    assert.deepEqual([result.code, result.stderr], [code, ""]);
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
    const files = [
      metaOf(home),
      `${metaOf(home)}.bad`,
      `${metaOf(home)}.bad.1`,
    ];
    const [file = "", ...bad] = files;
    const texts = [BROKEN, "\xff again"];
    for (const text of texts) {
      fs.writeFileSync(file, text, "latin1");
      fs.chmodSync(file, 0o640);
      assert.equal(run([...args.split(" "), "--home", home]).code, 1);
      const { code, stderr } = run([
        ...args.split(" "),
        "--force",
        "--home",
        home,
      ]);
      assert.equal(code, 0);
      assert.match(stderr, /^((note|warning): [^\n]+\n)?$/);
    }
    assert.deepEqual(bad.map((file) => fs.readFileSync(file, "latin1")), texts);
    assert.deepEqual(files.map((file) => fs.statSync(file).mode & 0o777), [
      0o640,
      0o640,
      0o640,
    ]);
    assert.deepEqual(listing(home), [
      "meta.yaml",
      "meta.yaml.bad",
      "meta.yaml.bad.1",
    ]);
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
  const text = `status: enable\n#${"x".repeat(65_500)}\n`;
  const home = makeHome(text);
  const { code, stderr } = run(["enable", "--home", home]);
  assert.equal(code, 1);
  assert.match(stderr, /larger than 64 KiB/);
  assert.equal(readHome(home), text);
});

test("an anchor on the secret, which an alias could show, is refused", () => {
  const home = makeHome(`secret: &s ${CANARY}\nuuid: *s\nstatus: *s\n`);
  const { code, stdout, stderr } = run(["status", "--home", home]);
  assert.equal(code, 1);
  assert.ok(!(stdout + stderr).includes(CANARY));
});
