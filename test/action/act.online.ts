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
import { DISABLED, ENABLED, makeHome, readHome } from "../helpers/harness.ts";
import { ACTION, METADATA, NODE } from "../helpers/runner.ts";

const ACT = process.env["ACT"] ?? "act";
const skip = spawnSync(ACT, ["--version"]).status === 0 ? false : "no act";

const repository = makeHome();

before(() => {
  fs.mkdirSync(join(repository, "dist"));
  for (const file of ["action.yml", METADATA.runs.main, METADATA.runs.post]) {
    fs.copyFileSync(join(ACTION, file), join(repository, file));
  }
  const git = (...args: string[]) =>
    spawnSync("git", args, { cwd: repository });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x");
});

function act(home: string, inputs: Record<string, string>, ...after: string[]) {
  const workflow = join(repository, "workflow.yml");
  const uses = { id: "t", uses: "./", with: { "tiup-home": home, ...inputs } };
  const shown = { run: "echo seen=${{ join(steps.t.outputs.*, '|') }}" };
  const copy = { uses: "actions/checkout@v7" }; // act copies, nothing is fetched
  const steps = [copy, uses, shown, ...after.map((run) => ({ run }))];
  fs.writeFileSync(
    workflow,
    JSON.stringify({
      on: "push",
      jobs: { job: { "runs-on": "ubuntu-latest", steps } },
    }),
  );
  const args = ["push", "-W", workflow, "-P", "ubuntu-latest=-self-hosted"];
  const { status, stdout, stderr } = spawnSync(
    ACT,
    [...args, "--pull=false"],
    {
      cwd: repository,
      encoding: "utf8",
      env: {
        HOME: makeHome(), // act's cache must not be in what it copies
        PATH: `${dirname(NODE)}:/usr/local/bin:/usr/bin:/bin`,
      },
      timeout: 120_000,
    },
  );
  return { ok: status === 0, log: stdout + stderr };
}

test("act: telemetry is turned off, and found so at the end", { skip }, () => {
  const home = makeHome(ENABLED);
  const { ok, log } = act(home, {});
  assert.ok(ok, log);
  assert.match(log, /still says disable/);
  assert.equal(readHome(home), DISABLED);
});

test(
  "act: a later step that turns telemetry on fails the job",
  { skip },
  () => {
    const home = makeHome(ENABLED);
    const file = join(home, "telemetry/meta.yaml");
    const { ok, log } = act(home, {}, `printf 'status: enable\n' > '${file}'`);
    assert.ok(!ok, log);
    assert.match(log, /says enable, not disable/);
  },
);

test("act: mode: check fails where the state differs", { skip }, () => {
  const home = makeHome(ENABLED);
  const { ok, log } = act(home, { mode: "check" });
  assert.ok(!ok, log);
  assert.match(log, /says enable, not disable/);
  assert.equal(readHome(home), ENABLED);
});

test("act: a bad input fails the job", { skip }, () => {
  const home = makeHome(ENABLED);
  const { ok, log } = act(home, { state: "off" });
  assert.ok(!ok, log);
  assert.match(log, /valid are enable and disable/);
  assert.equal(readHome(home), ENABLED);
});
