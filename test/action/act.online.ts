/**
 * The action in nektos/act, a runner that is not ours: `ACT` names its binary,
 * from `go install github.com/nektos/act@latest`. It runs in self-hosted mode,
 * without containers, with Node 24 first on the PATH.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { parse } from "yaml";
import {
  DISABLED,
  ENABLED,
  makeHome,
  readHome,
  ROOT,
} from "../helpers/harness.ts";
import { ACTION, METADATA, NODE } from "../helpers/runner.ts";

const ACT = process.env["ACT"] ?? "act";
const missing = spawnSync(ACT, ["--version"]).status !== 0;
const options = { skip: missing && !process.env["CI"] && "no act" };

const repository = makeHome();
const OURS = "OWNER/tiup-telemetry@0123456789abcdef0123456789abcdef01234567";

before(() => {
  fs.mkdirSync(join(repository, "dist"));
  for (const file of ["action.yml", METADATA.runs.main, METADATA.runs.post]) {
    fs.copyFileSync(join(ACTION, file), join(repository, file));
  }
  for (const program of ["install-tiup.sh", "tiup"]) {
    fs.writeFileSync(join(repository, program), "#!/bin/sh\n", { mode: 0o755 });
  }
  const git = (...args: string[]) =>
    spawnSync("git", args, { cwd: repository });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x");
});

/** Runs a workflow; what its steps find in the environment is `env`. */
function act(workflow: string, event: string, env: Record<string, string>) {
  const file = join(repository, "workflow.yml");
  fs.writeFileSync(file, workflow);
  const labels = ["ubuntu-latest", "ubuntu-24.04", "self-hosted", "linux"]
    .flatMap((label) => ["-P", `${label}=-self-hosted`]);
  const args = [event, "-W", file, ...labels, "--pull=false"];
  const path = `${dirname(NODE)}:${repository}:/usr/local/bin:/usr/bin:/bin`;
  const { status, stdout, stderr } = spawnSync(
    ACT,
    [...args, "--local-repository", `${OURS}=${repository}`],
    {
      cwd: repository,
      encoding: "utf8",
      env: { HOME: makeHome(), PATH: path, ...env }, // no cache in what is copied
      timeout: 120_000,
    },
  );
  return { ok: status === 0, log: stdout + stderr };
}

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

const JOBS: readonly Job[] = [
  {
    name: "telemetry is turned off, and found so at the end",
    shows: /still disable/,
    after: DISABLED,
  },
  {
    name: "a later step that turns telemetry on",
    later: [TURN_ON],
    shows: /A later step changed .*: enable now; this step had set disable/,
    fails: true,
    after: ON,
  },
  {
    name: "TIUP_HOME that a later step moves",
    later: ['echo "TIUP_HOME=$HOME2" >> "$GITHUB_ENV"'],
    shows: /A later step made TiUP use .*: enable now/,
    fails: true,
    after: DISABLED,
  },
  {
    name: "TIUP_HOME that a later step moves, where tiup-home is given",
    with: { "tiup-home": "${{ env.HOME1 }}" },
    later: ['echo "TIUP_HOME=$HOME2" >> "$GITHUB_ENV"'],
    shows: /still disable/,
    after: DISABLED,
  },
  {
    name: "TIUP_TELEMETRY_STATUS that a later step sets",
    later: ['echo TIUP_TELEMETRY_STATUS=enable >> "$GITHUB_ENV"'],
    shows: /TIUP_TELEMETRY_STATUS is not disable, .*later step/,
    fails: true,
    after: DISABLED,
  },
  {
    name: "mode: check where the state differs",
    with: { mode: "check" },
    shows: /Found enable instead of disable/,
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
    shows: /Cannot read .*, line 1: .*delete it first/,
    fails: true,
    after: "a\n",
  },
  ...["~/.tiup", "$HOME/.tiup", "/srv/a\n/srv/b", "/srv/.tiup/telemetry"].map((
    home,
  ) => ({
    name: `tiup-home: ${JSON.stringify(home)}`,
    with: { "tiup-home": home },
    shows: /tiup-home is ".*"; valid is one path as it is/,
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
    shows: /still disable/,
    after: DISABLED,
  },
  {
    name: "a job's own STATE_*",
    env: { STATE_verify: "false", STATE_left: "enable", STATE_home: "/" },
    later: [TURN_ON],
    shows: /A later step changed/,
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

// ------------------------------------------------- the recipes, as they are

const RECIPES = ["README.md", "docs/action.md"].flatMap((name) =>
  [
    ...fs.readFileSync(join(ROOT, name), "utf8").matchAll(
      /^```yaml\n(.*?)^```/gms,
    ),
  ]
    .map(([, text = ""], at) => ({ name: `${name}, ${at + 1}`, text }))
    .filter(({ text }) => text.includes(OURS))
);

test("there are recipes to run", () => {
  assert.ok(RECIPES.length >= 6);
});

// A README shows steps alone where the rest would say nothing; what its scripts
// are is the reader's, and so are the homes.
function asWorkflow(text: string, folder: string) {
  if (text.startsWith("- uses")) {
    const stubs = { run: `cp "${repository}"/*.sh .`, shell: "bash" };
    const steps = [stubs, ...parse(text)];
    const job = { "runs-on": "ubuntu-latest", steps };
    return { on: "push", jobs: { job } };
  }
  const workflow = parse(text.replaceAll(/\/(home|srv)\/\w+/g, `${folder}/$1`));
  // Docker is not there; that the home is found in a container is CI's to prove.
  for (const job of Object.values<{ container?: string }>(workflow.jobs)) {
    delete job.container;
  }
  return workflow;
}

for (const { name, text } of RECIPES) {
  for (const file of [ENABLED, DISABLED, undefined]) {
    const state = file ? /status: \w+/.exec(file)?.[0] : "no file";
    const checks = /^ +mode: check$/m.test(text);
    const insists = text.includes("source != 'file'");
    const passes = !checks || file === DISABLED || (!file && !insists);
    const title = `act: the recipe ${name}, with ${state}`;
    test(`${title}, ${passes ? "passes" : "fails"}`, options, () => {
      const home = makeHome(file);
      const folder = makeHome();
      const workflow = asWorkflow(text, folder);
      const [event = ""] = [Object.keys(workflow.on)[0]]
        .map((key) => typeof workflow.on === "string" ? workflow.on : key);
      const yaml = JSON.stringify(workflow);
      const { ok, log } = act(yaml, event, { TIUP_HOME: home });
      assert.equal(ok, passes, log);
      if (checks) assert.equal(file ? readHome(home) : undefined, file);
      else if (text.includes("matrix")) {
        const homes = [`${folder}/home/.tiup`, `${folder}/srv/.tiup`];
        assert.deepEqual(
          homes.map(readHome),
          Array(2).fill("status: disable\n"),
        );
      } else assert.match(readHome(home), /^status: disable$/m);
    });
  }
}
