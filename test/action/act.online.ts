/** The action in nektos/act: single jobs, composite actions, calls, a matrix. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { act, HASH, options, OURS, type Step } from "../helpers/act.ts";
import { DISABLED, ENABLED, makeHome, readHome } from "../helpers/harness.ts";

// -------------------------------------------------- one job, a few steps

interface Job {
  readonly name: string;
  readonly file?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  /** Scripts of later steps; $HOME1 is the home, $HOME2 one that is on. */
  readonly later?: readonly string[];
  /** What the log must show; the job fails where it shows an error. */
  readonly shows: RegExp;
  readonly fails?: true;
  readonly after: string;
}

const TURN_ON = `printf 'status: enable\\n' > "$HOME1/telemetry/meta.yaml"`;
const ON = "status: enable\n";

const AT_END = /": disable at the end of the job/;
const DRIFT =
  /Changed after this step: ".*" says enable, this step had set disable/;

/** What would stop post, if it were taken for what main saved. */
const FORGED = JSON.stringify({
  home: "/srv/tiup",
  from: "TIUP_HOME",
  state: "disable",
  mode: "enforce",
  verify: false,
  variable: "",
  left: "disable",
});

const JOBS: readonly Job[] = [
  {
    name: "telemetry is turned off, and found so at the end",
    shows: AT_END,
    after: DISABLED,
  },
  {
    name: "a later step that turns telemetry on",
    later: [TURN_ON],
    shows: DRIFT,
    fails: true,
    after: ON,
  },
  {
    name: "TIUP_HOME that a later step moves",
    later: ['echo "TIUP_HOME=$HOME2" >> "$GITHUB_ENV"'],
    shows: /TIUP_HOME leads to ".*" now, and that says enable/,
    fails: true,
    after: DISABLED,
  },
  {
    name: "TIUP_HOME that a later step moves, where tiup-home is given",
    with: { "tiup-home": "${{ env.HOME1 }}" },
    later: ['echo "TIUP_HOME=$HOME2" >> "$GITHUB_ENV"'],
    shows: AT_END,
    after: DISABLED,
  },
  {
    name: "TIUP_TELEMETRY_STATUS that a later step sets",
    later: ['echo TIUP_TELEMETRY_STATUS=enable >> "$GITHUB_ENV"'],
    shows: /TIUP_TELEMETRY_STATUS is not disable at the end of the job/,
    fails: true,
    after: DISABLED,
  },
  {
    name: "mode: check where the state differs",
    with: { mode: "check" },
    shows: /".*" says enable, not disable/,
    fails: true,
    after: ENABLED,
  },
  {
    name: "mode: check where it is so",
    file: DISABLED,
    with: { mode: "check" },
    shows: /Not changed .*: disable/,
    after: DISABLED,
  },
  {
    name: "verify: false",
    with: { verify: false },
    later: [TURN_ON],
    shows: /Not read again: verify is false/,
    after: ON,
  },
  {
    name: "a bad input",
    with: { state: "off" },
    shows: /state is "off", not enable or disable/,
    fails: true,
    after: ENABLED,
  },
  {
    name: "a corrupt file",
    file: "a\n",
    shows:
      /Cannot read .*, line 1: .*delete it and let mode: enforce write a new one/,
    fails: true,
    after: "a\n",
  },
  ...["~/.tiup", "$HOME/.tiup", "/srv/a\n/srv/b"].map((home) => ({
    name: `tiup-home: ${JSON.stringify(home)}`,
    with: { "tiup-home": home },
    shows: /tiup-home(:| is) .*".*".*; write /,
    fails: true,
    after: ENABLED,
  } as const)),
  {
    name: "a misspelt input",
    with: { tiup_home: "/srv" },
    shows: /No input is "tiup_home"; valid are/,
    fails: true,
    after: ENABLED,
  },
  {
    name: "a job's own INPUT_*",
    env: {
      INPUT_STAGE: "x",
      INPUT_NODE: "x",
      INPUT_DATE: "x",
      INPUT_MODEL: "x",
    },
    shows: AT_END,
    after: DISABLED,
  },
  {
    name: "a job's own STATE_*",
    env: { STATE_telemetry: FORGED },
    later: [TURN_ON],
    shows: DRIFT,
    fails: true,
    after: ON,
  },
];

for (
  const {
    name,
    file = ENABLED,
    with: inputs = {},
    env = {},
    later = [],
    shows,
    fails = false,
    after,
  } of JOBS
) {
  test(`act: ${name}${fails ? " fails the job" : ""}`, options, () => {
    const home = makeHome(file);
    const homes = { HOME1: home, HOME2: makeHome(ENABLED) };
    const steps = [
      { uses: OURS, with: inputs },
      ...later.map((run) => ({ run })),
    ];
    const job = {
      "runs-on": "ubuntu-latest",
      env: { ...env, ...homes, TIUP_HOME: home },
      steps,
    };
    const { ok, log } = act(
      JSON.stringify({ on: "push", jobs: { job } }),
      "push",
      {},
    );
    assert.match(log, shows);
    assert.equal(ok, !fails, log);
    assert.equal(readHome(home), after);
  });
}

// ------------------------------------------ composites, calls and matrices

/** A step that uses our action for HOME1, in each of its wrappings. */
const WRAPPED: Readonly<Record<string, readonly Step[]>> = {
  "a composite action": [
    { uses: `OWNER/inner@${HASH}`, with: { home: "${{ env.HOME1 }}" } },
  ],
  "a composite action in a composite action": [
    { uses: `OWNER/outer@${HASH}`, with: { home: "${{ env.HOME1 }}" } },
  ],
  "a composite action that is used twice": [
    { uses: `OWNER/outer@${HASH}`, with: { home: "${{ env.HOME1 }}" } },
    { uses: `OWNER/outer@${HASH}`, with: { home: "${{ env.HOME3 }}" } },
  ],
};

/** A later step, and what it makes of HOME1. */
const LATER:
  readonly (readonly [what: string, script: string, after: string])[] = [
    ["nothing happens", "true", DISABLED],
    ["a later step turns telemetry on", TURN_ON, ON],
    [
      "a later step turns telemetry on and forges the state",
      `${TURN_ON}; echo 'STATE_telemetry=${FORGED}' >> "$GITHUB_ENV"`,
      ON,
    ],
  ];

for (const [wrapping, wrapped] of Object.entries(WRAPPED)) {
  for (const [what, script, after] of LATER) {
    test(`act: ${wrapping}, ${what}`, options, () => {
      const home = makeHome(ENABLED);
      const env = { HOME1: home, HOME3: makeHome(ENABLED) };
      const forge = `echo 'STATE_telemetry=${FORGED}' >> "$GITHUB_ENV"`;
      const steps = [{ run: forge }, ...wrapped, { run: script }];
      const job = { "runs-on": "ubuntu-latest", env, steps };
      const workflow = JSON.stringify({ on: "push", jobs: { job } });
      const { ok, log } = act(workflow, "push", {});
      assert.equal(ok, after === DISABLED, log);
      assert.match(log, after === DISABLED ? AT_END : DRIFT);
      assert.equal(readHome(home), after);
      assert.equal(
        readHome(env.HOME3),
        wrapped.length > 1 ? DISABLED : ENABLED,
      );
    });
  }
}

for (const [what, script, after] of LATER.slice(0, 2)) {
  test(`act: a reusable workflow, ${what}`, options, () => {
    const home = makeHome(ENABLED);
    const job = {
      uses: "./.github/workflows/called.yml",
      with: { home, script },
    };
    const workflow = JSON.stringify({ on: "push", jobs: { job } });
    const { ok, log } = act(workflow, "push", {});
    assert.equal(ok, after === DISABLED, log);
    assert.match(log, after === DISABLED ? AT_END : DRIFT);
    assert.equal(readHome(home), after);
  });
}

test(
  "act: a matrix on one home, whose jobs undo each other, fails",
  options,
  () => {
    const home = makeHome(DISABLED);
    // The first job to come waits until the second has been here.
    const meet = `touch "$HOME1/$STATE"
    for i in $(seq 100); do
      test -e "$HOME1/enable" && test -e "$HOME1/disable" && exit
      sleep 0.1
    done; exit 1`;
    const job = {
      "runs-on": "ubuntu-latest",
      strategy: {
        "fail-fast": false,
        matrix: { state: ["enable", "disable"] },
      },
      env: { HOME1: home, STATE: "${{ matrix.state }}" },
      steps: [
        {
          uses: OURS,
          with: {
            state: "${{ matrix.state }}",
            "tiup-home": "${{ env.HOME1 }}",
          },
        },
        { run: meet },
      ],
    };
    const workflow = JSON.stringify({ on: "push", jobs: { job } });
    const { ok, log } = act(workflow, "push", {});
    assert.equal(ok, false, log);
    assert.match(
      log,
      /Changed after this step: ".*" says (en|dis)able, this step had set (en|dis)able; look for later steps, and for other jobs on this machine/,
    );
  },
);
