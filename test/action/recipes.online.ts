/** The recipes of the documents, run in nektos/act as they stand. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { act, options, OURS, repository } from "../helpers/act.ts";
import {
  DISABLED,
  ENABLED,
  makeHome,
  readHome,
  ROOT,
} from "../helpers/harness.ts";

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
  assert.ok(RECIPES.length >= 8);
});

// A README shows steps alone where the rest would say nothing; what its scripts
// are is the reader's, and so are the homes.
function asWorkflow(text: string, folder: string, home: string) {
  if (text.startsWith("- uses")) {
    const stubs = { run: `cp "${repository}"/*.sh .`, shell: "bash" };
    const steps = [stubs, ...parse(text)];
    const job = { "runs-on": "ubuntu-latest", steps };
    return { on: "push", jobs: { job } };
  }
  const homes = text.replaceAll(/\/(home|srv)\/\w+/g, `${folder}/$1`)
    .replaceAll("${{ github.workspace }}/.tiup", home);
  const workflow = parse(homes);
  // Docker is not there; that the home is found in a container is CI's to prove.
  for (const job of Object.values<{ container?: string }>(workflow.jobs)) {
    delete job.container;
  }
  return workflow;
}

for (const { name, text } of RECIPES) {
  for (const file of [ENABLED, DISABLED, undefined]) {
    const state = file ? /status: \w+/.exec(file)?.[0] : "no file";
    const checks = text.split(OURS).slice(1).every((step) =>
      /^ +mode: check$/m.test(step)
    );
    const passes = !checks || file === DISABLED;
    const title = `act: the recipe ${name}, with ${state}`;
    test(`${title}, ${passes ? "passes" : "fails"}`, options, () => {
      const home = makeHome(file);
      const folder = makeHome();
      const workflow = asWorkflow(text, folder, home);
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

test(
  "act: the last step for runners that ignore post finds what came before it",
  options,
  () => {
    const [recipe] = RECIPES.filter(({ text }) =>
      text.includes("if: always()")
    );
    const home = makeHome(ENABLED);
    const turnOn =
      `printf 'status: enable\\n' > "$TIUP_HOME/telemetry/meta.yaml"`;
    const workflow = asWorkflow(recipe?.text ?? "", home, home);
    workflow.jobs.job.steps.splice(-1, 0, { run: turnOn });
    const yaml = JSON.stringify(workflow);
    const { ok, log } = act(yaml, "push", { TIUP_HOME: home });
    assert.equal(ok, false);
    assert.match(
      log,
      /Main OWNER.*\n(.*\n)*.*::error.*".*" says enable, not disable/,
    );
  },
);
