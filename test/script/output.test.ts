/** Nothing that could harm reaches the two streams, and never the secret. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertHarmless } from "../helpers/disk.ts";
import {
  CANARY,
  flags,
  makeHome,
  type Result,
  run,
} from "../helpers/harness.ts";

function assertClean(result: Result): void {
  assertHarmless(result);
  const { stdout, stderr } = result;
  assert.doesNotMatch(stdout + stderr, /node:|\.mjs:/, "our sources");
  assert.match(stderr, /^((note|warning|error): [^\n]+\n)*$/);
}

const HOSTILE = [
  "\x1b[31mred",
  "\x9b31m",
  "a\r::error::b",
  "a\n::add-mask::b",
  "a\n##[set-output name=x]b",
  "##[error]x",
  "##vso[task.setvariable variable=x]y",
  "::error::x",
  "%0A::error::x",
  "\u202egnp.exe",
  "a\u0085b",
  "a\u2028::error::b",
  "a\u200bb",
  "\u2066x\u2069",
  "enable\u00a0",
  "a\u3000b\u2007",
  "\x7f",
  '"\\u001b',
  "a\ue000b",
  "\u{e0041}",
];
const FLAGS = [["status"], ["status", "--json"], ["disable", "--check"], [
  "disable",
  "--json",
], ["enable", "--force"]];

for (const args of FLAGS) {
  const command = args.join(" ");
  test(`telemetry ${command} disarms what stands in a file`, () => {
    const homes = HOSTILE.flatMap((text) => {
      const value = JSON.stringify(text);
      return [
        `uuid: ${value}\nsecret: ${CANARY}\nstatus: enable\n`,
        `secret: ${CANARY}\nstatus: ${value}\n`,
        `${value}: x\nsecret: ${CANARY}\nsecret: ${CANARY}\n`,
      ].map((text) => makeHome(text));
    });
    const result = run([...args, "--home", "-"], { input: homes.join("\n") });
    assertClean(result);
    assert.equal(result.stdout.match(/^home: |^\{/mg)?.length, homes.length);
  });

  test(`telemetry ${command} disarms paths and variables`, () => {
    const cwd = makeHome();
    for (const text of HOSTILE) {
      const home = text.replaceAll("/", "");
      fs.mkdirSync(join(cwd, home, "telemetry"), { recursive: true });
      fs.writeFileSync(join(cwd, home, "telemetry/meta.yaml"), "[");
    }
    assertClean(run([...args, ...flags(HOSTILE)], { cwd }));
    for (const text of HOSTILE) {
      const env = { TIUP_HOME: `none/${text}`, TIUP_TELEMETRY_STATUS: text };
      if (command === "status") {
        assertClean(run(args, { cwd, env: { ...env, DO_NOT_TRACK: text } }));
      }
    }
  });
}

test("arguments are disarmed in the usage error", () => {
  for (const text of HOSTILE) {
    const { stderr, ...rest } = run([text], { env: { HOME: text } });
    assertClean({ ...rest, stderr: stderr.replace(/\n\n.*/s, "\n") });
  }
});

const BROKEN = [
  `secret: ${CANARY}: x\n`,
  `secret: "${CANARY}\n`,
  `secret: [${CANARY}\n`,
  `${CANARY}\n`,
  `secret: ${CANARY}\nsecret: ${CANARY}\n`,
  `secret: !!int ${CANARY}\n`,
  `secret: *${CANARY}\n`,
  `secret: |\n  ${CANARY}\n\x07`,
  `? ${CANARY}\n`,
];

test("the secret is in no message about a file that cannot be parsed", () => {
  const homes = BROKEN.map((text) => makeHome(text)).join("\n");
  for (const flag of [[], ["--json"], ["--check"]]) {
    const result = run(["enable", ...flag, "--home", "-"], { input: homes });
    assert.equal(result.code, 1);
    assertClean(result);
  }
});
