/**
 * The action in a harness that is not ours: our own simulator could have the
 * same mistake as the action.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RunOptions, RunTarget } from "github-action-ts-run-api";
import {
  DISABLED,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
  UUID,
} from "../helpers/harness.ts";
import { ACTION } from "../helpers/runner.ts";

const METADATA = join(ACTION, "action.yml");

function runStage(stage: "mainJs" | "postJs", home: string, state = {}) {
  const options = RunOptions.create({
    inputs: { "tiup-home": home, mode: "enforce" },
    state,
    outputOptions: { printStdout: false, printStderr: false },
  });
  return RunTarget[stage](METADATA).run(options);
}

test("github-action-ts-run-api sees telemetry turned off and verified", async () => {
  const home = makeHome(ENABLED);
  const main = await runStage("mainJs", home);
  assert.equal(main.exitCode, 0, main.stdout);
  assert.equal(readHome(home), DISABLED);
  assert.deepEqual(main.commands.outputs, {
    status: "disable",
    previous: "enable",
    changed: "true",
    source: "file",
    uuid: UUID,
    file: metaOf(home),
  });
  assert.equal(main.commands.notices.length, 1);
  assert.deepEqual(main.runnerWarnings, []);
  const post = await runStage("postJs", home, main.commands.savedState);
  assert.equal(post.exitCode, 0, post.stdout);
});

test("github-action-ts-run-api sees drift found at the end", async () => {
  const home = makeHome(ENABLED);
  const main = await runStage("mainJs", home);
  fs.writeFileSync(metaOf(home), ENABLED);
  const post = await runStage("postJs", home, main.commands.savedState);
  assert.equal(post.exitCode, 1);
  assert.deepEqual(post.commands.errors, [
    `Changed after this step: "${
      metaOf(home)
    }" says enable, this step had set disable; look for later steps, and for other jobs on this machine`,
  ]);
});
