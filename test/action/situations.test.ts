/** What a person reads in each situation, through main and post. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { makeHome, metaOf } from "../helpers/harness.ts";
import {
  type Annotation,
  type JobOptions,
  type Stage,
  startJob,
} from "../helpers/runner.ts";
import { type Place, type Situation, SITUATIONS } from "./situations.ts";

for (const situation of SITUATIONS) {
  test(`what one reads: ${situation.name}`, () => play(situation));
}

function play(situation: Situation): void {
  const { file, inputs, under, postInputs } = situation;
  const home = makeHome(typeof file === "string" ? file : undefined);
  const other = makeHome(situation.other);
  if (typeof file === "function") file(home);
  const { env: given } = situation;
  const env = typeof given === "function" ? given({ other }) : given;
  const options: { -readonly [name in keyof JobOptions]: JobOptions[name] } = {
    env: { TIUP_HOME: home, ...env },
  };
  const job = startJob(options);
  const place = { home, other, job };
  if (under) options.under = under;
  const main = job.main({ "tiup-home": home, ...inputs });
  assert.deepEqual(transcript(main, "main", place), situation.main);
  delete options.under;
  situation.later?.(place);
  const post = job.post(postInputs);
  assert.deepEqual(transcript(post, "post", place), situation.post);
  assert.ok(!fs.existsSync(`${job.workspace}/.tiup`));
}

const HEADINGS = {
  main: "TiUP telemetry",
  post: "TiUP telemetry at the end of the job",
};

/** The exit code, each line of the log, the summary's rows, the outputs. */
function transcript(
  stage: Stage,
  name: keyof typeof HEADINGS,
  place: Place,
): string[] {
  const { exit, log, outputs } = stage;
  const annotations = stage.annotations.map(asLine);
  const lines = log.trimEnd().split("\n").map((line) =>
    line.startsWith("##[") ? annotations.shift() ?? "" : line
  );
  const pairs = Object.entries(outputs).map(([name, value]) =>
    `${name}=${CANONICAL.test(value) ? "a-uuid" : value}`
  );
  const rows = rowsOf(stage, HEADINGS[name]);
  const read = [`exit ${exit}`, ...lines, ...rows, pairs.join(" ")];
  return read.filter(Boolean).map((line) => abbreviate(line, place));
}

const CANONICAL = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function asLine({ level, title, file, message }: Annotation): string {
  assert.ok(title && !/[,:]/.test(title), "each has a title that runners show");
  return [level, `[${title}]`, file, message].filter(Boolean).join(" ");
}

/** The rows of the summary; its heading and its last line are checked here. */
function rowsOf({ summary, annotations }: Stage, title: string): string[] {
  const [heading, ...rows] = asLines(summary);
  if (heading === undefined) return [];
  assert.equal(heading, title);
  const error = annotations.find(({ level }) => level === "error");
  if (error) assert.equal(rows.pop(), `Failed: ${error.message}`);
  const header = "Home | From | Wanted | Before | After | Changed";
  if (rows.length > 0) assert.equal(rows.shift(), header);
  return rows;
}

// As a browser shows it; of what HTML it is made has a test of its own.
function asLines(summary: string): string[] {
  return summary.replace(/<\/(tr|table|h3)>/g, "\n")
    .replace(/<\/t[dh]>(?=<t)/g, " | ").replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .split("\n").filter(Boolean);
}

function abbreviate(line: string, { home, other }: Place): string {
  return line.replaceAll(metaOf(home), "F1").replaceAll(metaOf(other), "F2")
    .replaceAll(home, "H1").replaceAll(other, "H2");
}
