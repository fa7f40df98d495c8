/** Notes and warnings: what a user should know besides the status. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DISABLED,
  ENABLED,
  makeHome,
  metaOf,
  run,
} from "../helpers/harness.ts";

// Which warnings come, by a word in each.
const WARNINGS: readonly (readonly [
  args: string,
  on: string,
  env: Record<string, string>,
  words: string[],
])[] = [
  ["status", ENABLED, {}, []],
  ["status", ENABLED, { DO_NOT_TRACK: "1" }, ["DO_NOT_TRACK"]],
  ["enable", DISABLED, { DO_NOT_TRACK: "1" }, ["DO_NOT_TRACK"]],
  ["enable --check", ENABLED, { DO_NOT_TRACK: "true" }, ["DO_NOT_TRACK"]],
  ["status", ENABLED, { DO_NOT_TRACK: "" }, []],
  ["status", DISABLED, { DO_NOT_TRACK: "1" }, []],
  ["disable", ENABLED, { DO_NOT_TRACK: "1" }, []],
  ["status", ENABLED, { TIUP_TELEMETRY_STATUS: "disable" }, [
    "TIUP_TELEMETRY_STATUS",
  ]],
  ["status", ENABLED, { TIUP_TELEMETRY_STATUS: "other" }, [
    "TIUP_TELEMETRY_STATUS",
  ]],
  ["status", DISABLED, { TIUP_TELEMETRY_STATUS: "enable" }, [
    "TIUP_TELEMETRY_STATUS",
  ]],
  ["disable", ENABLED, { TIUP_TELEMETRY_STATUS: "enable" }, [
    "TIUP_TELEMETRY_STATUS",
  ]],
  ["disable", ENABLED, { TIUP_TELEMETRY_STATUS: "disable" }, []],
  ["status", ENABLED, { TIUP_TELEMETRY_STATUS: "enable" }, []],
  ["status", DISABLED, { TIUP_TELEMETRY_STATUS: "other" }, []],
  ["status", ENABLED, { TIUP_TELEMETRY_STATUS: "" }, []],
  [
    "status",
    ENABLED,
    { DO_NOT_TRACK: "1", TIUP_TELEMETRY_STATUS: "disable" },
    ["DO_NOT_TRACK", "TIUP_TELEMETRY_STATUS"],
  ],
  ["status", "status: maybe\n", {}, ['Unknown status "maybe"']],
  ["status", "status: Enable\n", {}, ['Unknown status "Enable"']],
  ["status", "status: enable\u00a0\n", {}, ['Unknown status "enable\\u00a0"']],
  ["disable --check", "status: maybe\n", {}, ['Unknown status "maybe"']],
  ["status", "uuid: x\n", {}, []],
];

for (const [args, on, env, words] of WARNINGS) {
  const told = words.length
    ? `warns of ${words.join(", ")}`
    : "warns of nothing";
  test(`telemetry ${args} ${told} with ${JSON.stringify({ on, ...env })}`, () => {
    const home = makeHome(on);
    const { stderr, code } = run([...args.split(" "), "--home", home], { env });
    assert.equal(code, 0);
    const lines = stderr.split("\n").slice(0, -1);
    assert.equal(lines.length, words.length, stderr);
    for (const [index, word] of words.entries()) {
      assert.ok(lines[index]?.startsWith("warning: "), lines[index]);
      assert.ok(lines[index]?.includes(word), lines[index]);
    }
  });
}

test("telemetry status of a missing file says what each release makes of it", () => {
  const home = makeHome();
  const { code, stdout, stderr } = run(["status", "--home", home]);
  assert.deepEqual([code, stdout], [0, "status: disable\nuuid: \n"]);
  assert.match(stderr, /^note: [^\n]+\n$/);
  for (
    const word of [
      metaOf(home),
      "1.11.2",
      "1.11.3",
      "1.16.3",
      "enabled",
      "disabled",
    ]
  ) {
    assert.ok(stderr.includes(word), word);
  }
});
