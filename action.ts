/**
 * The GitHub Action (action.yml): its inputs go to the functions of the command
 * line, what these find goes to outputs, annotations and the job summary.
 *
 * The main stage enforces or checks, the post stage verifies.
 *
 * @module
 */
import * as core from "@actions/core";
import { basename, resolve } from "node:path";
import {
  describe,
  exitOnSignals,
  findHome,
  homeRemarks,
  MetaError,
  metaFile,
  type Outcome,
  printable,
  readMeta,
  remarks,
  runCommand,
  type Status,
} from "./telemetry.ts";

/** Ends a stage with an annotation and exit code 1. */
class Failure extends Error {
  readonly properties: core.AnnotationProperties;

  constructor(message: string, properties: core.AnnotationProperties) {
    super(message);
    this.properties = properties;
  }
}

// Importing node:process would start stdin and stderr: 2 ms.
const { process } = globalThis;
const CHANGED = "TiUP telemetry changed";
const FAILED = "TiUP telemetry failed";

// --------------------------------------------------------------- Inputs

type Reader = (input: string) => string;

const INPUTS = ["state", "mode", "tiup-home", "reset", "verify"];

type Request = Awaited<ReturnType<typeof parseRequest>>;

async function parseRequest(read: Reader) {
  refuseMisspelt(Object.keys(process.env));
  const state = oneOf(["enable", "disable"], "state", read);
  const mode = oneOf(["enforce", "check"], "mode", read);
  const reset = oneOf(["true", "false"], "reset", read) === "true";
  const verify = oneOf(["true", "false"], "verify", read) === "true";
  if (reset && mode === "check") {
    throw invalid("reset: true is valid with mode: enforce only");
  }
  const home = resolve(read("tiup-home") || await findHome(process.env));
  return { state, mode, home, reset, verify };
}

function oneOf<const T>(values: T[], input: string, read: Reader): T {
  const given = read(input);
  const value = values.find((value) => value === given);
  if (value !== undefined) return value;
  const found = given === "" ? "empty" : quote(given);
  throw invalid(`${input} is ${found}; valid are ${values.join(" and ")}`);
}

// The runner hands on an input that is not declared, and only warns of it: with
// `tiup_home: ...` ignored, the state would be enforced in another home.
function refuseMisspelt(variables: readonly string[]): void {
  for (const variable of variables) {
    const given = /^INPUT_(.+)$/s.exec(variable)?.[1]?.toLowerCase();
    if (given === undefined || INPUTS.includes(given)) continue;
    if (!INPUTS.some((input) => isClose(given, input))) continue;
    throw invalid(
      `${quote(given)} is no input; valid are ${INPUTS.join(", ")} ` +
        `(if ${quote(variable)} is a variable of your own, rename it)`,
    );
  }
}

function isClose(given: string, input: string): boolean {
  return given.includes(input) || isWithin(2, given, input) ||
    (given.length > 2 && input.includes(given));
}

// Whether so many edits (a letter put in, left out or replaced) make them equal.
function isWithin(edits: number, one: string, other: string): boolean {
  if (one === other) return true;
  const [rest, otherRest] = [one.slice(1), other.slice(1)];
  if (one[0] === other[0]) return isWithin(edits, rest, otherRest);
  return edits > 0 && (isWithin(edits - 1, rest, other) ||
    isWithin(edits - 1, one, otherRest) ||
    isWithin(edits - 1, rest, otherRest));
}

function invalid(message: string): Failure {
  return new Failure(message, { title: "Invalid input of TiUP telemetry" });
}

// ----------------------------------------------------- Reading, writing

async function enforce(request: Request): Promise<Outcome> {
  const { state, home, reset } = request;
  exitOnSignals(); // not between lock and rename
  await inspect(request);
  const { previous, changed, uuid } = await runCommand(state, home);
  const wanted = reset ? (await runCommand("reset", home)).uuid : uuid;
  const found = await inspect(request); // TiUP takes no lock: is it still so?
  if (found.uuid !== wanted) {
    throw differs(found, [`${quote(found.file)} was changed at the same time`]);
  }
  if (contradicts(state)) {
    core.exportVariable("TIUP_TELEMETRY_STATUS", state);
    const text = `TIUP_TELEMETRY_STATUS is ${state} for the steps from here on`;
    core.notice(text, { title: CHANGED });
  }
  return { ...found, command: state, previous, changed: changed || reset };
}

// Masks before anything is printed. What has the form of neither uuid nor secret
// is no mask: a word or a line break could blank half the log.
async function inspect({ home }: Request): Promise<Outcome> {
  const meta = await readMeta(metaFile(home));
  const outcome = await runCommand("status", home);
  for (const value of [meta?.uuid, meta?.secret, outcome.uuid]) {
    if (value && /^[\w+/=.-]{8,}$/.test(value)) core.setSecret(value);
  }
  return outcome;
}

// Components that TiUP starts follow the variable, whatever the file says.
function contradicts(state: Status): boolean {
  const { TIUP_TELEMETRY_STATUS: variable } = process.env;
  return !!variable && (variable === "enable") !== (state === "enable");
}

function compare({ state, mode }: Request, found: Outcome): string[] {
  const file = quote(found.file);
  const gone = mode === "enforce" && found.source === "default";
  return [
    found.status !== state && `${file} says ${found.status}, not ${state}`,
    gone && `${file} is gone, which TiUP up to 1.11.2 takes as enabled`,
    contradicts(state) &&
    `TIUP_TELEMETRY_STATUS in the environment is not ${state}`,
  ].filter((line) => line !== false);
}

function differs({ file }: Outcome, problems: string[]): Failure {
  const title = "TiUP telemetry is not as asked for";
  return new Failure(problems.join("; "), { title, file: printable(file) });
}

// --------------------------------------------------------------- Output

function quote(text: string): string {
  const shown = printable(text);
  return shown === text ? `"${text}"` : shown;
}

function setOutputs({ status, previous, changed, uuid, file }: Outcome): void {
  const canonical = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid);
  const safe = { status, previous, changed, uuid: canonical ? uuid : "", file };
  for (const [name, value] of Object.entries(safe)) core.setOutput(name, value);
}

function log({ home }: Request, outcome: Outcome): void {
  const { TIUP_HOME } = process.env;
  const given = core.getInput("tiup-home") && "tiup-home";
  const origin = given || (TIUP_HOME ? "TIUP_HOME" : "the passwd entry");
  core.info(`Home from ${origin}: ${quote(home)}`);
  if (!given) homeRemarks(home, process.env).forEach((line) => core.info(line));
  const { file, status, previous, changed } = outcome;
  const text = `${quote(file)}: ${previous} before, ${status} now`;
  const place = { title: CHANGED, file: printable(file) };
  if (changed) core.notice(text, place);
  else core.info(`Not changed: ${text}`);
}

// The functions of the command line quote an unknown status: not here.
function annotate(outcome: Outcome): void {
  const { DO_NOT_TRACK } = process.env;
  const known = ["", "enable", "disable"].includes(outcome.found);
  const shown = { ...outcome, found: known ? outcome.found : "not shown here" };
  for (const line of remarks(shown, { DO_NOT_TRACK })) {
    const note = line.startsWith("note: ");
    (note ? core.notice : core.warning)(line.replace(/^\w+: /, ""));
  }
}

const ERAS = {
  enable: "TiUP 1.0 to 1.16.2 reports; from 1.16.3 on it has no telemetry",
  disable:
    "TiUP 1.0 to 1.16.2 does not report; from 1.16.3 on it has no telemetry",
  missing:
    "Without the file TiUP up to 1.11.2 reports, 1.11.3 to 1.16.2 does not; from 1.16.3 on it has no telemetry",
} as const;

async function summarise(outcome: Outcome, problems: string[]): Promise<void> {
  const { file, previous, status, changed, source } = outcome;
  const header = ["File", "Before", "After", "Changed"];
  core.summary.addHeading("TiUP telemetry", 3).addTable([
    header.map((data) => ({ data, header: true })),
    [code(printable(file)), previous, status, changed ? "yes" : "no"],
  ]);
  for (const problem of problems) {
    core.summary.addRaw(`<p>Failed: ${code(problem)}</p>`, true);
  }
  const era = ERAS[source === "default" ? "missing" : status];
  await core.summary.addRaw(`<p>${era}.</p>`, true).write();
}

// Neither HTML nor, inside it, Markdown.
function code(text: string): string {
  const safe = text.replace(/[^\w ./-]/gu, (c) => `&#${c.codePointAt(0)};`);
  return `<code>${safe}</code>`;
}

// --------------------------------------------------------------- Stages

async function main(): Promise<void> {
  const request = await parseRequest(core.getInput);
  for (const input of INPUTS) core.saveState(input, core.getInput(input));
  core.saveState("tiup-home", request.home); // whatever TIUP_HOME will be then
  const outcome = await act(request.mode, request);
  setOutputs(outcome);
  log(request, outcome);
  annotate(outcome);
  await conclude(outcome, compare(request, outcome));
}

async function act(mode: Request["mode"], request: Request): Promise<Outcome> {
  try {
    switch (mode) {
      case "enforce":
        return await enforce(request);
      case "check":
        return await inspect(request);
    }
  } catch (error) {
    if (!(error instanceof MetaError)) throw error;
    const file = metaFile(request.home);
    const line = error.line === undefined ? {} : { startLine: error.line };
    const place = { title: FAILED, file: printable(file), ...line };
    throw new Failure(describe(error, file), place);
  }
}

// Inputs are evaluated again for this stage, and later steps may have changed what
// they come from: what the main stage saved goes first. No step can change that.
async function post(): Promise<void> {
  const request = await parseRequest((input) =>
    core.getState(input) || core.getInput(input)
  );
  if (!request.verify) return core.info("verify is false: not read again");
  const outcome = await act("check", request);
  const problems = compare(request, outcome);
  if (problems.length > 0) await conclude(outcome, problems);
  else core.info(`${quote(outcome.file)} still says ${outcome.status}`);
}

async function conclude(outcome: Outcome, problems: string[]): Promise<void> {
  if (problems.length > 0) fail(differs(outcome, problems));
  if (process.env["GITHUB_STEP_SUMMARY"]) await summarise(outcome, problems);
  else core.info("No job summary, as this runner has none");
}

function fail(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof Failure) core.error(error.message, error.properties);
  else if (error instanceof MetaError) {
    core.error(describe(error, null), { title: FAILED });
  } else core.error(printable(String(error)), { title: FAILED });
}

// Which file runs decides which stage it is. Saved state would not do: an earlier
// step can set STATE_* through GITHUB_ENV, and would turn enforcement off.
const stage = basename(process.argv[1] ?? "") === "post.mjs" ? post : main;
await stage().catch(fail);
