/** The post stage uses what main saved, and nothing of the inputs or of others. */
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
import {
  assertFails,
  inputVariable,
  type Job,
  type JobOptions,
  METADATA,
  startJob,
} from "../helpers/runner.ts";

const DRIFT =
  /^Changed after this step: ".*" says enable, this step had set disable; /;

type Values = Readonly<Record<string, string>>;

/** The inputs as post finds them. */
const FOREIGN: Readonly<Record<string, Values>> = {
  "another state": { state: "enable" },
  "another mode": { mode: "check" },
  "another home": { "tiup-home": "/srv/other" },
  "a home that is refused": { "tiup-home": "~/.tiup" },
  "verify: false": { verify: "false" },
  "reset: true": { reset: "true" },
  "reset: true with mode: check": { reset: "true", mode: "check" },
  "values that are not valid": {
    state: "off",
    mode: "nightly",
    reset: "no",
    verify: "maybe",
  },
  "all of them empty": {
    state: "",
    mode: "",
    "tiup-home": "",
    reset: "",
    verify: "",
  },
  "those of an outer action": { version: "v8", mode: "nightly", os: "linux" },
  "undeclared ones that main refuses": { tiup_home: "/", force: "true" },
  "a hostile text": { state: "\n::add-mask::disable\r##[error]x" },
};

const NO_INPUTS = [
  "env",
  ...Object.keys(METADATA.inputs).flatMap((
    name,
  ) => ["-u", inputVariable(name)]),
];

/** How main is told, and what happens then; each a way through post. */
const WAYS: Readonly<
  Record<string, [Values, (home: string, job: Job) => void]>
> = {
  "nothing happened": [{}, () => {}],
  drift: [{}, (home) => fs.writeFileSync(metaOf(home), ENABLED)],
  "verify: false": [
    { verify: "false" },
    (home) => fs.writeFileSync(metaOf(home), ENABLED),
  ],
  "a moved TIUP_HOME": [
    { "tiup-home": "" },
    (_, job) => job.setEnv(`TIUP_HOME=${makeHome(ENABLED)}\n`),
  ],
};

for (const [way, [inputs, later]] of Object.entries(WAYS)) {
  test(
    `post, ${way}: ${
      Object.keys(FOREIGN).length
    } kinds of other inputs, and none, change not a byte of it`,
    () => {
      const home = makeHome(ENABLED);
      const options: {
        -readonly [name in keyof JobOptions]: JobOptions[name];
      } = { env: { TIUP_HOME: home } };
      const job = startJob(options);
      assert.equal(job.main({ "tiup-home": home, ...inputs }).exit, 0);
      later(home, job);
      const expected = job.post();
      for (const [what, foreign] of Object.entries(FOREIGN)) {
        assert.deepEqual(job.post(foreign), expected, what);
      }
      options.under = NO_INPUTS;
      assert.deepEqual(job.post(), expected, "none at all");
    },
  );
}

// ------------------------------------------------------------ what is saved

function mainOf(home: string): Job {
  const job = startJob({ env: { TIUP_HOME: home } });
  assert.equal(job.main().exit, 0);
  return job;
}

test("main saves one key, one JSON value, at its end", () => {
  const home = makeHome(ENABLED);
  const job = startJob({ env: { TIUP_HOME: home } });
  const main = job.main();
  assert.deepEqual(Object.keys(main.saved), ["telemetry"]);
  assert.deepEqual(JSON.parse(main.saved["telemetry"] ?? ""), {
    home,
    from: "TIUP_HOME",
    state: "disable",
    mode: "enforce",
    verify: true,
    variable: home,
    left: "disable",
  });
});

test("main saves nothing where it fails", () => {
  const home = makeHome(ENABLED);
  const failing = [{ mode: "check" }, { state: "off" }, { "tiup-home": "~" }];
  for (const inputs of failing) {
    const main = startJob().main({ "tiup-home": home, ...inputs });
    assert.equal(main.exit, 1);
    assert.deepEqual(main.saved, {});
  }
});

const GOOD = {
  home: "/srv/tiup",
  from: "TIUP_HOME",
  state: "disable",
  mode: "enforce",
  verify: false,
  variable: "",
  left: "disable",
};

/** What is not of the form that main saves. */
const BROKEN: readonly string[] = [
  "",
  "null",
  "true",
  "[]",
  "{}",
  "{",
  JSON.stringify(GOOD).slice(0, -1),
  ...[
    { home: "srv/tiup" },
    { home: 1 },
    { from: "an earlier environment" },
    { state: "off" },
    { mode: "" },
    { verify: "false" },
    { variable: null },
    { left: "<b>\n::error::x\r##[error]y" },
  ].map((change) => JSON.stringify({ ...GOOD, ...change })),
];

test("post fails where what was saved is missing or not of its form", () => {
  const sound = mainOf(makeHome(ENABLED));
  sound.save({ telemetry: JSON.stringify(GOOD) });
  assert.equal(sound.post().exit, 0, "verify is false in it");
  for (const telemetry of BROKEN) {
    const job = mainOf(makeHome(ENABLED));
    job.save({ telemetry });
    const post = job.post();
    assert.equal(post.exit, 1, telemetry);
    assert.equal(
      post.log,
      "Not read again: this step did not get to its end\n",
    );
    assert.equal(post.summary, "");
  }
});

test("post fails where main was killed", () => {
  const job = startJob();
  assert.equal(job.post({ "tiup-home": makeHome(DISABLED) }).exit, 1);
});

test("what steps put into STATE_* through GITHUB_ENV, before and after, stops nothing", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  const names = ["telemetry", "state", "mode", "verify", "home", "isPost"];
  const forged = names.map((name) => `STATE_${name}=${JSON.stringify(GOOD)}\n`);
  job.setEnv(forged.join(""));
  assert.equal(job.main({ "tiup-home": home }).outputs["file"], metaOf(home));
  assert.equal(readHome(home), DISABLED);
  job.setEnv(forged.join(""));
  fs.writeFileSync(metaOf(home), ENABLED);
  assertFails(job.post(), DRIFT, metaOf(home));
});
