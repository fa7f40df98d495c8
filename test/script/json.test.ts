/** What --json says, for one home, for many, and for those that fail. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  CANARY,
  DISABLED,
  ENABLED,
  flags,
  makeHome,
  metaOf,
  objects,
  readHome,
  run,
  UUID,
} from "../helpers/harness.ts";

const BROKEN = `secret: ${CANARY}\nstatus: [\n`;

test("--json gives an object a line, failures included", () => {
  const [a, bad, none] = [makeHome(ENABLED), makeHome(BROKEN), makeHome()];
  const { code, stdout } = run(["disable", "--json", ...flags([a, bad, none])]);
  assert.equal(code, 1);
  const [one, two, three] = objects(stdout);
  const common = (home: string) => ({
    schema: 1,
    command: "disable",
    home,
    file: metaOf(home),
  });
  assert.deepEqual(one, {
    ...common(a),
    source: "file",
    status: "disable",
    previous: "enable",
    uuid: UUID,
    changed: true,
  });
  const { error, ...rest } = two as { error: Record<string, unknown> };
  assert.deepEqual(rest, common(bad));
  const { message, ...known } = error;
  assert.deepEqual(known, { code: "invalid-meta", line: 2 });
  assert.ok(String(message).includes(metaOf(bad)), String(message));
  assert.deepEqual(three, {
    ...common(none),
    source: "default",
    status: "disable",
    previous: "disable",
    uuid: null,
    changed: true,
  });
});

// Exit code and answer, in the order source, status, previous, uuid, changed;
// `previous` is not there after `status`.
const ANSWERS: readonly (readonly [
  args: string,
  on: string | undefined,
  code: number,
  source: string,
  status: string,
  previous: string | undefined,
  uuid: string | null,
  changed: boolean,
])[] = [
  ["status", ENABLED, 0, "file", "enable", undefined, UUID, false],
  ["status", undefined, 0, "default", "disable", undefined, null, false],
  ["status", "status: on\n", 0, "file", "disable", undefined, null, false],
  ["disable", DISABLED, 0, "file", "disable", "disable", UUID, false],
  ["enable", ENABLED, 0, "file", "enable", "enable", UUID, false],
  ["disable --check", ENABLED, 3, "file", "enable", "enable", UUID, true],
  ["disable --check", DISABLED, 0, "file", "disable", "disable", UUID, false],
  [
    "disable --check",
    undefined,
    3,
    "default",
    "disable",
    "disable",
    null,
    true,
  ],
  [
    "enable --check",
    "status: enable\n",
    0,
    "file",
    "enable",
    "enable",
    null,
    true,
  ],
  ["enable --check", DISABLED, 3, "file", "disable", "disable", UUID, true],
];

for (
  const [args, on, code, source, status, previous, uuid, changed] of ANSWERS
) {
  test(`telemetry ${args} --json on ${JSON.stringify(on)}`, () => {
    const home = makeHome(on);
    const result = run([...args.split(" "), "--json", "--home", home]);
    assert.equal(result.code, code);
    const [command] = args.split(" ");
    const subject = { schema: 1, command, home, file: metaOf(home), source };
    const before = previous === undefined ? {} : { previous };
    const state = { status, ...before, uuid, changed };
    assert.deepEqual(objects(result.stdout), [{ ...subject, ...state }]);
  });
}

test("reset --json says which uuid is now in the file", () => {
  const home = makeHome(ENABLED);
  const { stdout } = run(["reset", "--json", "--home", home]);
  const [object] = objects(stdout);
  const { uuid, ...rest } = object ?? {};
  assert.notEqual(uuid, UUID);
  assert.equal(readHome(home), ENABLED.replace(UUID, String(uuid)));
  assert.deepEqual(rest, {
    schema: 1,
    command: "reset",
    home,
    file: metaOf(home),
    source: "file",
    status: "enable",
    previous: "enable",
    changed: true,
  });
});

test("an unreadable and an unwritable home have codes of their own", () => {
  const [folder, file] = [makeHome(), makeHome()];
  fs.mkdirSync(metaOf(folder), { recursive: true });
  fs.writeFileSync(join(file, "telemetry"), "");
  fs.mkdirSync(join(file, "dir"));
  fs.symlinkSync("loop", join(file, "loop"));
  const code = (home: string) => {
    const { stdout } = run(["enable", "--json", "--as-root", "--home", home]);
    const [object] = objects<{ error: { code: string } }>(stdout);
    return object?.error.code;
  };
  assert.equal(code(folder), "invalid-meta");
  assert.equal(code(file), "unreadable");
  assert.equal(code(join(file, "loop")), "unreadable");
  assert.equal(code("/dev/null/x"), "unreadable");
  assert.equal(code("/proc/none"), "unwritable");
});
