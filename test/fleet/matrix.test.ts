/** The scripts of examples/github-matrix.yml, run as the runner would. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { makeHome, ROOT } from "../helpers/harness.ts";

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const { jobs } = parse(
  fs.readFileSync(join(ROOT, "examples/github-matrix.yml"), "utf8"),
);
const { error: missing } = spawnSync("jq", ["--version"]);
const options = { skip: missing && !process.env["CI"] && "jq is missing" };

function runScript(job: string, cwd: string, env: Record<string, string>) {
  const [step] = jobs[job].steps.filter(({ run }: Step) => run);
  assert.deepEqual(
    Object.keys(step.env).filter((name) => env[name] === undefined),
    [],
  );
  const { PATH = "" } = process.env;
  return spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
    { cwd, env: { PATH, ...env }, encoding: "utf8" },
  );
}

function makeResult(folder: string, runner: string, text: string): void {
  const file = join(folder, `results/telemetry-${runner}/result`);
  fs.mkdirSync(dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function report(folder: string, runners: string[], result: string) {
  const summary = join(folder, "summary.md");
  const { status } = runScript("report", folder, {
    RUNNERS: JSON.stringify(runners),
    RESULT: result,
    GITHUB_STEP_SUMMARY: summary,
  });
  return {
    status,
    rows: fs.readFileSync(summary, "utf8").split("\n").slice(2),
  };
}

test(
  "github-matrix.yml: what a job writes down is what the table shows",
  options,
  () => {
    const folder = makeHome();
    const { status } = runScript("telemetry", folder, {
      OUTCOME: "success",
      PREVIOUS: "enable",
      STATUS: "disable",
      CHANGED: "true",
      RUNNER_TEMP: folder,
    });
    assert.equal(status, 0);
    const text = fs.readFileSync(join(folder, "result"), "utf8");
    makeResult(folder, "control-1", text);
    assert.deepEqual(report(folder, ["control-1"], "success"), {
      status: 0,
      rows: ["| control-1 | success | enable | disable | true |", ""],
    });
  },
);

test(
  "github-matrix.yml: a machine without an answer stands in the table, and fails",
  options,
  () => {
    const folder = makeHome();
    makeResult(folder, "b", "failure|||\n");
    makeResult(folder, "c", "success|disable|disable|false\n");
    assert.deepEqual(report(folder, ["a", "b", "c"], "failure"), {
      status: 1,
      rows: [
        "| a | no answer |  |  |  |",
        "| b | failure |  |  |  |",
        "| c | success | disable | disable | false |",
        "",
      ],
    });
  },
);

test(
  "github-matrix.yml: a machine cannot write into the table",
  options,
  () => {
    const folder = makeHome();
    makeResult(
      folder,
      "a",
      "<img src=x>|[x](http://x)|\u001b[31m|`1`\n| more |",
    );
    makeResult(folder, "b", "no newline");
    assert.deepEqual(report(folder, ["a", "b"], "success").rows, [
      "| a | imgsrcx | xhttpx | m |  |",
      "| b | nonewline |  |  |  |",
      "",
    ]);
  },
);
