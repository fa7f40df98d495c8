/** Whatever is taken away from a stage, it never says 0 unless it has proved the state. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import {
  DISABLED,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
} from "../helpers/harness.ts";
import { type Job, type JobOptions, startJob } from "../helpers/runner.ts";

const bash = (script: string) => ["bash", "-c", script, "bash"];

/** What a stage runs under. */
const HAZARDS: Readonly<Record<string, readonly string[]>> = {
  "NODE_CHANNEL_FD, nothing behind it": ["env", "NODE_CHANNEL_FD=5"],
  "NODE_CHANNEL_FD, a file": ["env", "NODE_CHANNEL_FD=0"],
  "NODE_CHANNEL_FD, stdout": ["env", "NODE_CHANNEL_FD=1"],
  "NODE_CHANNEL_FD, no number": ["env", "NODE_CHANNEL_FD=x"],
  "NODE_CHANNEL_FD, a pipe that ends": bash(
    'NODE_CHANNEL_FD=6 exec "$@" 6< <(:)',
  ),
  "stdout closed": bash('exec "$@" >&-'),
  "stdout full": bash('exec "$@" >/dev/full'),
  "stdout without a reader": bash('exec "$@" > >(:)'),
  "no summary to write": ["env", "GITHUB_STEP_SUMMARY=/proc/none"],
  "no outputs to write": ["env", "GITHUB_OUTPUT=/proc/none"],
  "no state to save": ["env", "GITHUB_STATE=/proc/none"],
  "swallowed rejections": ["env", "NODE_OPTIONS=--unhandled-rejections=none"],
};

/** Each way through main: the file, the inputs, and whether it proves the state. */
const MAIN: Readonly<
  Record<
    string,
    [file: string, inputs: Record<string, string>, proves: boolean]
  >
> = {
  enforce: [ENABLED, {}, true],
  reset: [DISABLED, { reset: "true" }, true],
  "check, so": [DISABLED, { mode: "check" }, true],
  "check, not so": [ENABLED, { mode: "check" }, false],
  "a bad input": [DISABLED, { state: "off" }, false],
  "a bad home": [DISABLED, { "tiup-home": "~" }, false],
  "a corrupt file": ["a\n", {}, false],
};

/** Each way through post, after a main that had written disable. */
const POST: Readonly<
  Record<string, [later: (home: string, job: Job) => void, proves: boolean]>
> = {
  "still so": [() => {}, true],
  drift: [(home) => fs.writeFileSync(metaOf(home), ENABLED), false],
  "no file": [(home) => fs.rmSync(metaOf(home)), false],
  "a corrupt file": [(home) => fs.writeFileSync(metaOf(home), "a\n"), false],
  "a moved home": [
    (_, job) => job.setEnv(`TIUP_HOME=${makeHome(ENABLED)}\n`),
    false,
  ],
  "a variable": [
    (_, job) => job.setEnv("TIUP_TELEMETRY_STATUS=enable\n"),
    false,
  ],
  "a main that failed": [(_, job) => job.save({ telemetry: "" }), false],
};

function start(home: string) {
  const options: { -readonly [name in keyof JobOptions]: JobOptions[name] } = {
    env: { TIUP_HOME: home },
    noisy: true,
  };
  return { options, job: startJob(options) };
}

for (const [hazard, under] of Object.entries(HAZARDS)) {
  for (const [way, [file, inputs, proves]] of Object.entries(MAIN)) {
    test(`main, ${way}, with ${hazard}`, () => {
      const home = makeHome(file);
      const { options, job } = start(home);
      options.under = under;
      const { exit } = job.main(inputs);
      if (proves && exit === 0) {
        assert.match(readHome(home), /^status: disable$/m);
      } else assert.notEqual(exit, 0);
    });
  }
  for (const [way, [later, proves]] of Object.entries(POST)) {
    test(`post, ${way}, with ${hazard}`, () => {
      const home = makeHome(ENABLED);
      const { options, job } = start(home);
      assert.equal(job.main().exit, 0);
      later(home, job);
      options.under = under;
      const { exit } = job.post();
      if (!proves) assert.notEqual(exit, 0);
    });
  }
}

const FATAL = [
  "stdout full",
  "no outputs to write",
  "no state to save",
];

for (const hazard of FATAL) {
  test(`main fails, although it has enforced, with ${hazard}`, () => {
    const { options, job } = start(makeHome(ENABLED));
    options.under = HAZARDS[hazard] ?? [];
    assert.equal(job.main().exit, 1);
  });
}
