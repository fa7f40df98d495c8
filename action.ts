/**
 * The GitHub Action (action.yml), over the same functions as the command line.
 *
 * The main stage reads the inputs, enforces or checks the state, sets the outputs,
 * writes a summary and saves what it found. The post stage runs at the end of the
 * job: it reads what main saved, and no input, and looks at the state again, if it
 * was told to. It writes a summary only where it finds something wrong.
 *
 * dist/action.mjs is the main stage, dist/post.mjs the post stage (see build.ts).
 */
import * as core from "@actions/core";
import { realpathSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import {
  describe,
  exitOnSignals,
  findHome,
  homeRemarks,
  isProved,
  type Meta,
  MetaError,
  metaFile,
  type Outcome,
  printable,
  readMeta,
  refuseHomeByLook,
  refuseHomeText,
  remarks,
  runCommand,
  type Status,
} from "./telemetry.ts";

// Importing node:process would start stdin and stderr: 2 ms.
const { process } = globalThis;

// ---------------------------------------------------- Types and constants

const STATES = ["enable", "disable"] as const;
const MODES = ["enforce", "check"] as const;
const BOOLEANS = ["true", "false"] as const;
const SIGHTS = [...STATES, "neither enable nor disable", "no file"] as const;
const ORIGINS = ["tiup-home", "TIUP_HOME", "the user's home"] as const;

/** What a meta file says, in the words of the log. */
type Sight = typeof SIGHTS[number];

/** What the inputs ask for. */
interface Request {
  readonly state: Status;
  readonly mode: typeof MODES[number];
  readonly reset: boolean;
  readonly verify: boolean;
}

/** A TiUP home and how it was chosen. */
interface Place {
  /** An absolute path. */
  readonly home: string;
  readonly from: typeof ORIGINS[number];
}

/** What main found and was told: all that post knows of it. */
interface Saved extends Place {
  readonly state: Status;
  readonly mode: typeof MODES[number];
  readonly verify: boolean;
  /** TIUP_HOME as main found it; empty where it was not set. */
  readonly variable: string;
  /** What the file said when main ended. */
  readonly left: Sight;
}

/** Whether a home was changed, and how. */
type Change =
  | "none"
  | "changed"
  /** The state was the same, but the uuid or the secret was missing. */
  | "completed"
  /** The uuid is new, and the state may be, too. */
  | "reset"
  /** By someone else, after main. */
  | "later";

/** A home that a stage looks at: a row of its summary. */
interface Visit {
  readonly home: string;
  readonly from: Place["from"];
  /** Whether that home was only chosen at the end of the job. */
  readonly isLate: boolean;
  readonly wanted: Status;
  /** What the file said before; undefined where nobody looked. */
  before?: Sight;
  /** What the file says now; undefined until it was looked at. */
  after?: Sight;
  /** Undefined where it is not known. */
  changed?: Change;
}

/** The stages of the action. */
export type Stage = "main" | "post";

/** What a stage has done so far. */
interface Report {
  readonly stage: Stage;
  readonly visits: Visit[];
  /** The values that the runner hides already. */
  readonly masked: Set<string>;
}

/** What a look at a meta file found. */
interface Look {
  readonly sight: Sight;
  readonly outcome: Outcome;
}

/**
 * A stage passes, and exits with 0, only where it has proved the state; post also
 * where it was told not to look.
 */
type Verdict = "passed" | "failed";

const TITLES = {
  main: "TiUP telemetry",
  post: "TiUP telemetry at the end of the job",
} as const;
const FAILED_TITLES = {
  main: "TiUP telemetry failed",
  post: "TiUP telemetry failed at the end of the job",
} as const;
const CHANGED_TITLE = "TiUP telemetry changed";

// Main saves it at its end, even where verify is false: a later step can plant a key that
// was not saved, by GITHUB_ENV, but cannot replace one that was. The runner puts saved
// state into the environment after what steps wrote to GITHUB_ENV ("Apply action's
// intra-action state at last" in src/Runner.Worker/ActionRunner.cs).
const STATE_KEY = "telemetry";

const INPUTS = ["state", "mode", "tiup-home", "reset", "verify"];
// What a user may have written for one of our inputs, in lower case and without `-`,
// `_`, `.` and blanks. The names of the inputs are here for `st-ate`, `State_` and such.
const MEANT_FOR_US = new Set([
  "all",
  "check",
  "disable",
  "disabled",
  "dryrun",
  "enable",
  "enabled",
  "force",
  "home",
  "homes",
  "json",
  "mod",
  "mode",
  "modes",
  "modus",
  "reset",
  "resets",
  "sate",
  "stat",
  "state",
  "states",
  "status",
  "telemetry",
  "tiup",
  "tiuphome",
  "tiuphomes",
  "verfy",
  "verifies",
  "verifiy",
  "verify",
]);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SECRET = /^[0-9a-f]{32}$/i;

// The advice of the command line speaks of its flags.
const ADVICE = new Map([
  [
    "invalid-meta",
    "mend the file, or delete it and let mode: enforce write a new one",
  ],
]);

// --------------------------------------------------------------- Messages

/** Every message of the action; docs/action.md says of each what happened. */
export const MESSAGES = {
  changed: (file: string, before: string, now: string) =>
    `Changed ${file}: ${before} before, ${now} now`,
  changedAndReset: (file: string, before: string, now: string) =>
    `Changed ${file}: ${before} before, ${now} now, the uuid is new`,
  reset: (file: string, now: string) =>
    `Changed ${file}: ${now}, the uuid is new`,
  completed: (file: string, now: string) =>
    `Changed ${file}: ${now}, now complete`,
  unchanged: (file: string, now: string) => `Not changed ${file}: ${now}`,
  variableSet: (state: string) =>
    `TIUP_TELEMETRY_STATUS is ${state} for the steps from here on`,
  atEnd: (file: string, now: string) => `${file}: ${now} at the end of the job`,
  notAsked: () => "Not read again: verify is false",
  notReached: () => "Not read again: this step did not get to its end",
  home: (home: string, from: string) => `Home: ${home}, from ${from}`,

  elsewhere: (variable: string, home: string) =>
    `TIUP_HOME leads to ${variable}, and TiUP uses that, not tiup-home ${home}; set both to the same home`,
  neither: (file: string) =>
    `${file} says neither enable nor disable, and TiUP takes that as disabled`,
  noSummary: (reason: string) => `The summary cannot be written (${reason})`,

  value: (input: string, given: string, valid: string) =>
    `${input} is ${given}, not ${valid}`,
  resetInCheck: () => "reset: true is valid with mode: enforce only",
  undeclared: (given: string, variable: string) =>
    `No input is ${given}; valid are ${INPUTS.join(", ")}; ` +
    `if you did not write it, ${variable} is a variable of the job's own, or an input of an outer composite action that the runner hands on; rename it there`,
  missingHome: () =>
    "INPUT_TIUP-HOME is missing; a shell between the runner and Node drops such names: use a runner that starts Node directly",
  oddHome: (given: string) =>
    `tiup-home is ${given}, and nothing expands $ or splits lines; write one path in full`,
  refusedHome: (reason: string) => `tiup-home: ${reason}`,
  relativeVariable: (given: string) =>
    `TIUP_HOME is ${given}, a relative path, which TiUP looks for in the folder of each step; write the path in full`,

  differs: (file: string, found: string, state: string) =>
    `${file} says ${found}, not ${state}; set mode: enforce to change that`,
  differsFromNeither: (file: string, state: string) =>
    `${file} does not say ${state}: its status is neither enable nor disable, and TiUP takes that as disabled; set mode: enforce to change that`,
  noFile: (file: string) =>
    `No file ${file}: TiUP up to 1.11.2 takes that as enabled, later versions as disabled; set mode: enforce to write it`,
  noPlace: (reason: string) =>
    `No TiUP home: ${reason}; set tiup-home or TIUP_HOME`,
  noHome: (home: string, state: string) =>
    `No home folder ${home}, so no file that says ${state}; check the path, or use mode: enforce`,
  contradicted: (state: string) =>
    `TIUP_TELEMETRY_STATUS is not ${state}, and what TiUP starts follows it; remove the variable`,
  meanwhile: (file: string) =>
    `Another program changed ${file} while this step ran; run the step while no TiUP runs`,
  runnerFile: (purpose: string, reason: string, what: string) =>
    `The runner's file for ${purpose} cannot be written (${reason}); make it writable for the user of the job; the telemetry file was ${what}`,
  internal: (reason: string) =>
    `internal: ${reason}; this is a fault of the action, please report it`,

  drift: (now: string, had: string) =>
    `Changed after this step: ${now}, this step had ${had}; look for later steps, and for other jobs on this machine`,
  moved: (variable: string, file: string, found: string) =>
    `${variable} leads to ${file} now, and ${found}; set ${variable} before this step, or use the action again after it`,
  unset: (file: string, found: string) =>
    `TIUP_HOME is not set now, TiUP uses ${file}, and ${found}; set TIUP_HOME for all steps, or use the action again without it`,
  contradictedAtEnd: (state: string) =>
    `TIUP_TELEMETRY_STATUS is not ${state} at the end of the job, and what TiUP starts follows it; look for later steps that set it, and for env: of this step`,
};

/** What failed, said in full. */
class Failure extends Error {
  /** The meta file, where the failure is about it. */
  readonly file: string | undefined;

  constructor(message: string, file?: string) {
    super(message);
    this.file = file;
  }
}

function quote(text: string): string {
  const shown = printable(text);
  return shown.startsWith('"') ? shown : `"${shown}"`;
}

function reasonOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error));
}

// ----------------------------------------------------------------- Inputs

// The runner only warns of an input that is not declared, and hands it on: with
// `tiup_home: ...` ignored, the state would be enforced in another home.
function refuseUndeclared(variable: string): void {
  const [, name] = /^INPUT_(.+)$/s.exec(variable) ?? [];
  const given = name?.toLowerCase() ?? "";
  if (INPUTS.includes(given)) return;
  if (!MEANT_FOR_US.has(given.replace(/[-_. ]/g, ""))) return;
  throw new Failure(MESSAGES.undeclared(quote(given), quote(variable)));
}

function readRequest(): Request {
  const state = readInput("state", STATES);
  const mode = readInput("mode", MODES);
  const reset = readInput("reset", BOOLEANS) === "true";
  const verify = readInput("verify", BOOLEANS) === "true";
  if (reset && mode === "check") throw new Failure(MESSAGES.resetInCheck());
  return { state, mode, reset, verify };
}

function readInput<const T extends string>(
  input: string,
  values: readonly T[],
): T {
  const given = core.getInput(input);
  if (isOneOf(values, given)) return given;
  const valid = values.join(" or ");
  throw new Failure(MESSAGES.value(input, quote(given), valid));
}

function isOneOf<T>(values: readonly T[], value: unknown): value is T {
  return values.some((known) => known === value);
}

// ------------------------------------------------------------------ Homes

function chooseHome(): Place {
  refuseRelativeVariable();
  if (process.env["INPUT_TIUP-HOME"] === undefined) {
    throw new Failure(MESSAGES.missingHome());
  }
  const given = core.getInput("tiup-home");
  if (given === "") return findPlace();
  refuseGivenHome(given);
  return { home: resolve(given), from: "tiup-home" };
}

function findPlace(): Place {
  const from = process.env["TIUP_HOME"] ? "TIUP_HOME" : "the user's home";
  try {
    return { home: resolve(findHome(process.env)), from };
  } catch (error) {
    if (!(error instanceof MetaError)) throw error;
    throw new Failure(MESSAGES.noPlace(error.message));
  }
}

// TiUP resolves it anew in the folder of each step: nothing can be proved of it.
function refuseRelativeVariable(): void {
  const { TIUP_HOME } = process.env;
  if (!TIUP_HOME || isAbsolute(TIUP_HOME)) return;
  throw new Failure(MESSAGES.relativeVariable(quote(TIUP_HOME)));
}

function refuseGivenHome(given: string): void {
  if (/[$\p{Cc}]/u.test(given)) {
    throw new Failure(MESSAGES.oddHome(quote(given)));
  }
  try {
    refuseHomeText(given);
    refuseHomeByLook(given);
  } catch (error) {
    if (!(error instanceof MetaError)) throw error;
    const { message, advice = "write the path of the home" } = error;
    const reason = `${message}; ${advice}`;
    throw new Failure(MESSAGES.refusedHome(reason));
  }
}

function isSameFolder(one: string, other: string): boolean {
  return realPathOf(one) === realPathOf(other);
}

// What is not there, or not for us to see, is taken by its name.
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

// ----------------------------------------------------- What a file says

// Masks before anything is printed.
async function look(home: string, report: Report): Promise<Look> {
  return await namingFile(home, async () => {
    const meta = await readMeta(home); // an outcome does not have the secret
    const outcome = await runCommand("status", home);
    mask(meta, outcome, report);
    return { sight: sightOf(outcome), outcome };
  });
}

// Only values of TiUP's form: the mask of a common word would hide half of the log.
function mask(meta: Meta | undefined, outcome: Outcome, report: Report): void {
  const values = [meta?.uuid ?? "", meta?.secret ?? "", outcome.uuid];
  for (const value of values) {
    if (!UUID.test(value) && !SECRET.test(value)) continue;
    if (report.masked.has(value)) continue;
    report.masked.add(value);
    core.setSecret(value);
  }
}

// What the file said before the command.
function sightOf({ source, found }: Outcome): Sight {
  if (source === "default") return "no file";
  return isOneOf(STATES, found) ? found : "neither enable nor disable";
}

// What fails in the work is reported with the meta file of the home.
async function namingFile<T>(
  home: string,
  work: () => Promise<T>,
  advice?: string,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MetaError)) throw error;
    const file = metaFile(home);
    const what = error.advice ?? advice ?? ADVICE.get(error.code);
    throw new Failure(describe(error, file, what), file);
  }
}

// Components that TiUP starts follow the variable.
function isContradicted(state: Status): boolean {
  const { TIUP_TELEMETRY_STATUS: variable } = process.env;
  if (!variable) return false;
  return (variable === "enable") !== (state === "enable");
}

// ------------------------------------------------------------- Main stage

async function main(report: Report): Promise<Verdict> {
  Object.keys(process.env).forEach(refuseUndeclared);
  const request = readRequest();
  const place = chooseHome();
  const visit: Visit = { ...place, isLate: false, wanted: request.state };
  report.visits.push(visit);
  const outcome = request.mode === "enforce"
    ? await enforce(visit, request, report)
    : await check(visit, report);
  writeRunnerFile("outputs", visit, () => setOutputs(outcome));
  printWarnings(place, request.state, outcome);
  if (request.mode === "check") judge(visit, outcome);
  else if (isContradicted(request.state)) setVariable(visit);
  const { state, mode, verify } = request;
  const variable = process.env["TIUP_HOME"] ?? "";
  const saved = { ...place, state, mode, verify, variable, left: visit.after };
  const text = JSON.stringify(saved);
  writeRunnerFile("state", visit, () => core.saveState(STATE_KEY, text));
  return "passed";
}

async function enforce(
  visit: Visit,
  request: Request,
  report: Report,
): Promise<Outcome> {
  const { home } = visit;
  const { state, reset } = request;
  exitOnSignals(); // so that none ends the step between lock and rename
  const { sight } = await look(home, report);
  visit.before = sight;
  visit.after = sight;
  try {
    const written = await namingFile(home, () => runCommand(state, home));
    visit.before = sightOf(written);
    visit.after = state;
    const kind = visit.before === state ? "completed" : "changed";
    visit.changed = written.changed ? kind : "none";
    let { uuid } = written;
    if (reset) {
      uuid = await resetUuid(home);
      visit.changed = "reset";
    }
    // TiUP takes no lock: is it still so?
    const last = await look(home, report);
    visit.after = last.sight;
    if (last.sight !== state || last.outcome.uuid !== uuid) {
      const { file } = last.outcome;
      throw new Failure(MESSAGES.meanwhile(quote(file)), file);
    }
    // What the file says now, with what it said before it was written.
    const { previous, homeMissing } = written;
    const changed = written.changed || reset;
    return { ...last.outcome, command: state, previous, changed, homeMissing };
  } finally {
    // Also where something failed after the change was written. It says what this step
    // wrote, not what is there now.
    printChange(visit, state);
  }
}

async function resetUuid(home: string): Promise<string> {
  const advice = "the uuid was not changed";
  const reset = () => runCommand("reset", home);
  const { uuid } = await namingFile(home, reset, advice);
  return uuid;
}

async function check(visit: Visit, report: Report): Promise<Outcome> {
  const { sight, outcome } = await look(visit.home, report);
  visit.before = sight;
  visit.after = sight;
  visit.changed = "none";
  printChange(visit, sight);
  return outcome;
}

// Throws where the state is not as it was wanted, or not for sure.
function judge({ home, wanted }: Visit, outcome: Outcome): void {
  const { file, source, status, homeMissing } = outcome;
  if (homeMissing) {
    throw new Failure(MESSAGES.noHome(quote(home), wanted), file);
  }
  if (source === "default") {
    throw new Failure(MESSAGES.noFile(quote(file)), file);
  }
  if (status !== wanted) {
    const found = sightOf(outcome);
    const text = isOneOf(STATES, found)
      ? MESSAGES.differs(quote(file), found, wanted)
      : MESSAGES.differsFromNeither(quote(file), wanted);
    throw new Failure(text, file);
  }
  if (isContradicted(wanted)) throw new Failure(MESSAGES.contradicted(wanted));
}

function setOutputs(outcome: Outcome): void {
  const names = ["status", "previous", "changed", "source", "file"] as const;
  for (const name of names) core.setOutput(name, outcome[name]);
  core.setOutput("uuid", UUID.test(outcome.uuid) ? outcome.uuid : "");
}

function setVariable(visit: Visit): void {
  const { wanted } = visit;
  const set = () => core.exportVariable("TIUP_TELEMETRY_STATUS", wanted);
  writeRunnerFile("variables", visit, set);
  core.notice(MESSAGES.variableSet(wanted), { title: CHANGED_TITLE });
}

// What fails here is about a file of the runner's, not about the meta file.
function writeRunnerFile(
  purpose: "outputs" | "state" | "variables",
  { changed }: Visit,
  action: () => void,
): void {
  try {
    action();
  } catch (error) {
    const what = changed === "none" ? "not changed" : "changed";
    const reason = reasonOf(error);
    throw new Failure(MESSAGES.runnerFile(purpose, reason, what));
  }
}

// ------------------------------------------------------------- Post stage

async function post(report: Report): Promise<Verdict> {
  const saved = parseSaved(core.getState(STATE_KEY));
  if (!saved) {
    core.info(MESSAGES.notReached());
    return "failed"; // main has said why
  }
  if (!saved.verify) {
    core.info(MESSAGES.notAsked());
    return "passed";
  }
  refuseRelativeVariable();
  await verify(saved, report);
  if (saved.from !== "tiup-home") await verifyHomeOfNow(saved, report);
  else if ((process.env["TIUP_HOME"] ?? "") !== saved.variable) {
    printElsewhere(saved, TITLES.post); // of the old value main has warned
  }
  if (isContradicted(saved.state)) {
    throw new Failure(MESSAGES.contradictedAtEnd(saved.state));
  }
  return "passed";
}

function parseSaved(text: string): Saved | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isSaved(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSaved(value: unknown): value is Saved {
  const saved = Object(value) as { [name in keyof Saved]?: unknown };
  return isOneOf(STATES, saved.state) && isOneOf(MODES, saved.mode) &&
    typeof saved.verify === "boolean" &&
    typeof saved.home === "string" && isAbsolute(saved.home) &&
    isOneOf(ORIGINS, saved.from) && typeof saved.variable === "string" &&
    isOneOf(SIGHTS, saved.left);
}

async function verify(saved: Saved, report: Report): Promise<void> {
  const { home, from, state, mode, left } = saved;
  const visit: Visit = {
    home,
    from,
    isLate: false,
    wanted: state,
    before: left,
  };
  report.visits.push(visit);
  const { sight, outcome } = await look(home, report);
  visit.after = sight;
  visit.changed = sight === left ? "none" : "later";
  const file = quote(outcome.file);
  if (isProved(outcome, state)) {
    core.info(MESSAGES.atEnd(file, sight));
    return;
  }
  const now = sight === "no file" ? `${file} is gone` : `${file} says ${sight}`;
  const had = mode === "enforce" ? `set ${state}` : `found ${left}`;
  throw new Failure(MESSAGES.drift(now, had), outcome.file);
}

// A later step may have moved TiUP to another home: that must have the state, too.
async function verifyHomeOfNow(saved: Saved, report: Report): Promise<void> {
  const { home, from } = findPlace();
  if (isSameFolder(home, saved.home)) return;
  const visit: Visit = { home, from, isLate: true, wanted: saved.state };
  report.visits.push(visit);
  const { sight, outcome } = await look(home, report);
  visit.after = sight;
  const file = quote(outcome.file);
  if (isProved(outcome, saved.state)) {
    core.info(MESSAGES.atEnd(file, sight));
    return;
  }
  const found = sight === "no file" ? "there is no file" : `that says ${sight}`;
  const isUnset = saved.from === "TIUP_HOME" && from !== "TIUP_HOME";
  const text = isUnset
    ? MESSAGES.unset(file, found)
    : MESSAGES.moved(from === "TIUP_HOME" ? from : "HOME", file, found);
  throw new Failure(text, outcome.file);
}

// --------------------------------------------------------------- Printing

// Prints what this step did, whatever another program made of it since. As long as it
// has done nothing, `changed` is undefined.
function printChange(visit: Visit, now: Sight): void {
  const { home, before, changed } = visit;
  if (before === undefined || changed === undefined) return;
  const file = metaFile(home);
  const text = changeText(quote(file), changed, before, now);
  if (changed === "none") core.info(text);
  else core.notice(text, { title: CHANGED_TITLE, file: printable(file) });
}

function changeText(
  file: string,
  changed: Change,
  before: Sight,
  now: Sight,
): string {
  switch (changed) {
    case "none":
      return MESSAGES.unchanged(file, now);
    case "completed":
      return MESSAGES.completed(file, now);
    case "reset":
      return before === now
        ? MESSAGES.reset(file, now)
        : MESSAGES.changedAndReset(file, before, now);
    case "changed":
    case "later":
      return MESSAGES.changed(file, before, now);
  }
}

function printWarnings(place: Place, wanted: Status, outcome: Outcome): void {
  const { file, source, status } = outcome;
  const isNeither = sightOf(outcome) === "neither enable nor disable";
  if (isNeither && status === wanted) {
    core.warning(MESSAGES.neither(quote(file)), { title: TITLES.main });
  }
  // remarks() is told that the wanted command was run, not `status`: then it says nothing
  // of a missing file or an unknown status, for which the action has its own messages.
  // But it would say of a missing home that it was made, also where nothing was.
  const homeMissing = outcome.homeMissing && source === "file";
  const change = { ...outcome, command: wanted, homeMissing };
  const { DO_NOT_TRACK } = process.env;
  const isNamed = place.from === "tiup-home";
  for (
    const { level, text } of remarks(change, { DO_NOT_TRACK }, { isNamed })
  ) {
    if (level === "note") core.info(text);
    else core.warning(text, { title: TITLES.main });
  }
  if (isNamed) printElsewhere(place, TITLES.main);
}

function printElsewhere({ home }: Place, title: string): void {
  const { TIUP_HOME } = process.env;
  if (!TIUP_HOME || isSameFolder(TIUP_HOME, home)) return;
  core.warning(MESSAGES.elsewhere(quote(TIUP_HOME), quote(home)), { title });
}

function printHomes({ stage, visits }: Report): void {
  for (const visit of visits) {
    const { home, from, isLate } = visit;
    core.info(MESSAGES.home(quote(home), originText(visit)));
    // Main has printed these remarks on the home that it chose. By now HOME may be
    // another.
    const isChosenHere = stage === "main" || isLate;
    if (from !== "the user's home" || !isChosenHere) continue;
    for (const { text } of homeRemarks(home, process.env)) core.info(text);
  }
}

function originText({ from, isLate }: Visit): string {
  return isLate ? `${from} at the end of the job` : from;
}

function printFailure({ message, file }: Failure, stage: Stage): void {
  const title = FAILED_TITLES[stage];
  core.error(message, { title, ...(file && { file: printable(file) }) });
}

async function writeSummary(report: Report, failure?: Failure): Promise<void> {
  const { stage, visits } = report;
  if (!process.env["GITHUB_STEP_SUMMARY"]) return; // a runner that has none
  if (stage === "post" && !failure) return;
  core.summary.addHeading(TITLES[stage], 3);
  if (visits.length > 0) core.summary.addTable([HEADER, ...visits.map(cells)]);
  if (failure) {
    core.summary.addRaw(`<p>Failed: ${code(failure.message)}</p>`, true);
  }
  try {
    await core.summary.write();
  } catch (error) {
    const title = TITLES[stage];
    core.warning(MESSAGES.noSummary(reasonOf(error)), { title });
  }
}

const HEADER = ["Home", "From", "Wanted", "Before", "After", "Changed"]
  .map((data) => ({ data, header: true }));

const CHANGE_CELLS: { readonly [change in Change]: string } = {
  none: "no",
  changed: "yes",
  completed: "yes, now complete",
  reset: "yes, the uuid is new",
  later: "yes, after this step",
};

function cells(visit: Visit): string[] {
  const { home, wanted, before, after, changed } = visit;
  const change = changed && CHANGE_CELLS[changed];
  const texts = [printable(home), originText(visit), wanted, before, after];
  return [...texts, change].map((text) => code(text ?? "-"));
}

// Escapes all that HTML, or Markdown inside of it, could take for more than text.
function code(text: string): string {
  const escape = (sign: string) => `&#${sign.codePointAt(0)};`;
  return `<code>${text.replace(/[^\w ./-]/gu, escape)}</code>`;
}

// -------------------------------------------------------------- The stages

/** Runs a stage; the exit code is 0 only where it has passed. */
async function runStage(
  stage: Stage,
  run: (report: Report) => Promise<Verdict>,
): Promise<void> {
  process.exitCode = 1; // 0 only as the last thing, however Node gets out before
  const report: Report = { stage, visits: [], masked: new Set() };
  let verdict: Verdict = "failed";
  let failure: Failure | undefined;
  try {
    verdict = await run(report);
  } catch (error) {
    failure = asFailure(error);
    printFailure(failure, stage);
  }
  printHomes(report);
  await writeSummary(report, failure);
  if (verdict === "passed") process.exitCode = 0;
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure(MESSAGES.internal(reasonOf(error)));
}

/** Which stage a bundle is, as build.ts writes into it; undefined from source. */
declare const STAGE: Stage | undefined;

if (typeof STAGE !== "undefined") {
  if (STAGE === "main") await runStage(STAGE, main);
  else await runStage(STAGE, post);
}
