/**
 * nektos/act, a runner that is not ours: `ACT` names its binary, from
 * `go install github.com/nektos/act@latest`. It runs in self-hosted mode, without
 * containers, with Node 24 first on the PATH.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { before } from "node:test";
import { makeHome } from "./harness.ts";
import { ACTION, NODE } from "./runner.ts";

const ACT = process.env["ACT"] ?? "act";
const missing = spawnSync(ACT, ["--version"]).status !== 0;
export const options = { skip: missing && !process.env["CI"] && "no act" };

export const repository = makeHome();
export const HASH = "0123456789abcdef0123456789abcdef01234567";
export const OURS = `OWNER/tiup-telemetry@${HASH}`;

function commitAll(cwd: string): void {
  const git = (...args: string[]) => spawnSync("git", args, { cwd });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x");
}

// ------------------------------------- actions and workflows around ours

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** Composite actions by name, each with inputs that bear the names of ours. */
const COMPOSITES: Readonly<Record<string, readonly Step[]>> = {
  inner: [{ uses: OURS, with: { "tiup-home": "${{ inputs.home }}" } }],
  outer: [
    { uses: `OWNER/inner@${HASH}`, with: { home: "${{ inputs.home }}" } },
    { run: "true", shell: "sh" },
  ],
};

const FOLDERS = new Map(
  Object.keys(COMPOSITES).map((name) => [name, makeHome()]),
);

function writeComposite(folder: string, name: string): void {
  const given = (value: string) => ({ description: "x", default: value });
  const inputs = { home: given(""), mode: given("nightly"), state: given("") };
  const runs = { using: "composite", steps: COMPOSITES[name] };
  const metadata = { name, description: "x", inputs, runs };
  fs.writeFileSync(join(folder, "action.yml"), JSON.stringify(metadata));
  commitAll(folder);
}

/** A reusable workflow that turns telemetry off; `script` is a later step. */
const CALLED = {
  on: {
    workflow_call: {
      inputs: {
        home: { type: "string", required: true },
        script: { type: "string", required: true },
      },
    },
  },
  jobs: {
    job: {
      "runs-on": "ubuntu-latest",
      steps: [
        { uses: OURS, with: { "tiup-home": "${{ inputs.home }}" } },
        {
          run: 'sh -c "$SCRIPT"',
          env: { SCRIPT: "${{ inputs.script }}", HOME1: "${{ inputs.home }}" },
        },
      ],
    },
  },
};

before(() => {
  fs.copyFileSync(join(ACTION, "action.yml"), join(repository, "action.yml"));
  fs.cpSync(join(ACTION, "dist"), join(repository, "dist"), {
    recursive: true,
  });
  for (const [name, folder] of FOLDERS) writeComposite(folder, name);
  const called = join(repository, ".github/workflows/called.yml");
  fs.mkdirSync(dirname(called), { recursive: true });
  fs.writeFileSync(called, JSON.stringify(CALLED));
  for (const program of ["install-tiup.sh", "tiup"]) {
    fs.writeFileSync(join(repository, program), "#!/bin/sh\n", { mode: 0o755 });
  }
  commitAll(repository);
});

/** Runs a workflow; what its steps find in the environment is `env`. */
export function act(
  workflow: string,
  event: string,
  env: Record<string, string>,
) {
  const file = join(repository, "workflow.yml");
  fs.writeFileSync(file, workflow);
  const labels = ["ubuntu-latest", "ubuntu-24.04", "self-hosted", "linux"]
    .flatMap((label) => ["-P", `${label}=-self-hosted`]);
  const args = [event, "-W", file, ...labels, "--pull=false"];
  const path = `${dirname(NODE)}:${repository}:/usr/local/bin:/usr/bin:/bin`;
  const actions = [
    `${OURS}=${repository}`,
    ...[...FOLDERS].map(([name, folder]) => `OWNER/${name}@${HASH}=${folder}`),
  ].flatMap((pair) => ["--local-repository", pair]);
  const { status, stdout, stderr } = spawnSync(
    ACT,
    [...args, ...actions],
    {
      cwd: repository,
      encoding: "utf8",
      env: { HOME: makeHome(), PATH: path, ...env }, // no cache in what is copied
      timeout: 120_000,
    },
  );
  return { ok: status === 0, log: stdout + stderr };
}
