/**
 * The GitHub Action (action.yml): its inputs go to the functions of the command
 * line, what these find goes to outputs, annotations and the job summary. The
 * main stage enforces or checks, the post stage verifies.
 */
import * as core from "@actions/core";
import { existsSync } from "node:fs";
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

// Importing node:process would start stdin and stderr: 2 ms.
const { process } = globalThis;
process.exitCode = 1; // 0 only as the last thing, however Node gets out before

// A home as the summary shows it; "-" is what is not known.
const UNKNOWN = { Home: "-", From: "-", Before: "-", After: "-", Changed: "-" };
type Row = typeof UNKNOWN;
const table: Row[] = [];
const quote = (text: string) => printable(text).replace(/^(?!").*$/s, '"$&"');
const USER = "the user's home";
const MEND = new Map([["invalid-meta", "mend the file, or delete it first"]]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FORM = new RegExp(`${UUID.source}|^[0-9a-f]{32}$`);

const INPUTS = ["state", "mode", "tiup-home", "reset", "verify"];
// A letter left out, doubled or swapped: more would meet model, preset, stage.
const SLIPS = INPUTS.map((input) => input.replace("-", "")).flatMap((name) =>
  Array.from(name, (letter, at) => {
    const [head, tail] = [name.slice(0, at), name.slice(at + 1)];
    const swapped = head + tail.slice(0, 1) + letter + tail.slice(1);
    return `${head}${letter}{0,2}${tail}|${swapped}|${name}s`;
  })
).join("|");
const MEANT = new RegExp(
  `^(?!rest$)(tiup|telemetry)?(${SLIPS}|home|modus|force|dryrun)$`,
);

type Reader = (input: string) => string;
type Request = ReturnType<typeof parseRequest>;

function parseRequest(read: Reader) {
  const state = oneOf(["enable", "disable"], "state", read);
  const mode = oneOf(["enforce", "check"], "mode", read);
  const reset = oneOf(["true", "false"], "reset", read) === "true";
  const verify = oneOf(["true", "false"], "verify", read);
  if (!reset || mode === "enforce") return { state, mode, reset, verify };
  throw new Error("reset: true is valid with mode: enforce only");
}

function oneOf<const T>(values: T[], input: string, read: Reader): T {
  const given = read(input);
  const value = values.find((value) => value === given);
  if (value !== undefined) return value;
  throw new Error(`${input} is ${quote(given)}, not ${values.join(" or ")}`);
}

// Nothing expands ~ or $, and what is not there would pass a check.
function findRow(): Row {
  const given = core.getInput("tiup-home");
  const odd = /^~|[$\p{Cc}]|(^|\/)(telemetry|meta\.yaml)(\/\.?)*$/u;
  if (odd.test(given)) {
    const valid = "one path as it is, without ~ or $, to the home itself";
    throw new Error(`tiup-home is ${quote(given)}; valid is ${valid}`);
  }
  const variable = process.env["TIUP_HOME"] ? "TIUP_HOME" : USER;
  const Home = resolve(given || findHome(process.env));
  return { ...UNKNOWN, Home, From: given ? "tiup-home" : variable };
}

// The runner hands on an input that is not declared, and only warns of it: with
// `tiup_home: ...` ignored, the state would be enforced in another home.
function refuseMisspelt(variable: string): void {
  const given = /^INPUT_(.{4,})$/s.exec(variable)?.[1]?.toLowerCase();
  if (!given || INPUTS.includes(given)) return;
  if (!MEANT.test(given.replace(/[-_. ]/g, ""))) return;
  const valid = INPUTS.join(", ");
  const own = `if ${quote(variable)} is a variable of your own, rename it`;
  throw new Error(`No input is ${quote(given)}; valid are ${valid} (${own})`);
}

async function enforce(row: Row, { state, reset }: Request): Promise<Outcome> {
  exitOnSignals(); // not between lock and rename
  await inspect(row);
  const { previous, changed, uuid } = await runCommand(state, row.Home);
  const wanted = reset ? (await runCommand("reset", row.Home)).uuid : uuid;
  const found = await inspect(row); // TiUP takes no lock: is it still so?
  if (found.uuid !== wanted || row.After !== state) {
    throw new Error(`Another program changed ${quote(found.file)} meanwhile`);
  }
  if (contradiction(state)) {
    core.exportVariable("TIUP_TELEMETRY_STATUS", state);
    core.notice(`TIUP_TELEMETRY_STATUS is ${state} for the steps from here on`);
  }
  return { ...found, command: state, previous, changed: changed || reset };
}

// Masks before anything is printed. What has not TiUP's form is no mask: a word
// or a line break could blank half the log.
async function inspect(row: Row): Promise<Outcome> {
  const meta = await readMeta(row.Home);
  const outcome = await runCommand("status", row.Home);
  row.After = outcome.source === "file" ? outcome.status : "no file";
  if (row.Before === "-") row.Before = row.After;
  const values = [meta?.uuid ?? "", meta?.secret ?? "", outcome.uuid];
  values.filter((value) => FORM.test(value)).forEach(core.setSecret);
  return outcome;
}

// Components that TiUP starts follow the variable.
function contradiction(state: Status): string {
  const { TIUP_TELEMETRY_STATUS: variable } = process.env;
  if (!variable || (variable === "enable") === (state === "enable")) return "";
  return `TIUP_TELEMETRY_STATUS is not ${state}, whatever the file says`;
}

function setOutputs(outcome: Outcome): void {
  const names = ["status", "previous", "changed", "source", "file"] as const;
  for (const name of names) core.setOutput(name, outcome[name]);
  core.setOutput("uuid", UUID.test(outcome.uuid) ? outcome.uuid : "");
}

function announce(row: Row, { file, changed }: Outcome, reset: boolean): void {
  const same = row.Before === row.After;
  const state = same ? row.After : `${row.Before} before, ${row.After} now`;
  const detail = reset ? ", the uuid is new" : same ? ", now complete" : "";
  row.Changed = changed ? `yes${detail}` : "no";
  const place = { title: "TiUP telemetry changed", file: printable(file) };
  if (changed) core.notice(`Changed ${quote(file)}: ${state}${detail}`, place);
  else core.info(`Not changed ${quote(file)}: ${state}`);
}

// The functions of the command line would quote an unknown status: not here.
function annotate(outcome: Outcome): void {
  const { DO_NOT_TRACK } = process.env;
  const lost = existsSync(outcome.home) ? "" : "The home folder is not there. ";
  for (const line of remarks({ ...outcome, found: "" }, { DO_NOT_TRACK })) {
    const mere = line.startsWith("note: ") && !lost;
    (mere ? core.notice : core.warning)(lost + line.replace(/^\w+: /, ""));
  }
}

/** How both stages tell of the homes, and of what went wrong. */
async function tell(error?: Error): Promise<void> {
  const title = `TiUP telemetry${stage === post ? ", end of the job" : ""}`;
  const [file = null] = table.slice(-1).map(({ Home }) => metaFile(Home));
  const failure = error instanceof MetaError
    ? describe(error, file, MEND.get(error.code))
    : printable(error?.message ?? "");
  const place = { title: `${title}: failed`, file: printable(file ?? "") };
  if (failure) core.error(failure, place);
  for (const { Home, From } of table) {
    core.info(`Home: ${quote(Home)}, from ${From}`);
    if (From === USER) homeRemarks(Home, process.env).forEach(core.info);
  }
  if (!process.env["GITHUB_STEP_SUMMARY"] || (!error && stage === post)) return;
  const header = Object.keys(UNKNOWN).map((data) => ({ data, header: true }));
  const rows = table.length > 0 ? table : [UNKNOWN];
  const cells = rows.map((row) => Object.values(row).map(code));
  core.summary.addHeading(title, 3).addTable([header, ...cells]);
  if (failure) core.summary.addRaw(`<p>Failed: ${code(failure)}</p>`, true);
  await core.summary.write();
}

// Neither HTML nor, inside it, Markdown.
function code(text: string): string {
  const escape = (sign: string) => `&#${sign.codePointAt(0)};`;
  return `<code>${printable(text).replace(/[^\w ./-]/gu, escape)}</code>`;
}

async function main(): Promise<boolean> {
  Object.keys(process.env).forEach(refuseMisspelt);
  const request = parseRequest(core.getInput);
  const { state, mode, verify } = request;
  const row = findRow();
  table.push(row);
  const saved = Object.entries({ state, mode, verify, home: row.Home });
  for (const [name, value] of saved) core.saveState(name, value);
  const act = mode === "enforce" ? enforce : inspect;
  const outcome = await act(row, request);
  const { file, status } = outcome;
  setOutputs(outcome);
  announce(row, outcome, request.reset);
  annotate(outcome);
  const wrong = `Found ${row.After} instead of ${state}: ${quote(file)}`;
  const problem = status === state ? contradiction(state) : wrong;
  if (problem) throw new Error(problem);
  core.saveState("left", row.After);
  return true;
}

async function post(): Promise<boolean> {
  const left = core.getState("left"); // nothing, unless main got to its end
  const said = [core.getInput("verify"), core.getState("verify")];
  if (!left || said.every((value) => value === "false")) {
    const reason = left ? "verify is false" : "this step has failed";
    core.info(`Not read again: ${reason}`);
    return left !== "";
  }
  const request = parseRequest(agreed);
  const now = findRow();
  const Home = core.getState("home") || now.Home;
  const From = Home === now.Home ? now.From : "an earlier environment";
  await verify({ ...now, Home, From }, request);
  if (Home !== now.Home) await verify(now, request);
  const variable = contradiction(request.state);
  if (variable) throw new Error(`${variable}: by a later step, or env: here`);
  return true;
}

// Inputs are evaluated anew for this stage, and a later step may have made them; a
// process beside us may have changed what main saved: neither counts alone.
function agreed(input: string): string {
  const [now, saved] = [core.getInput(input), core.getState(input)];
  if (!now || !saved || now === saved) return now || saved;
  throw new Error(`${input} is ${quote(now)} now, and was ${quote(saved)}`);
}

async function verify(row: Row, { state, mode }: Request): Promise<void> {
  const own = table.push(row) === 1; // else one that TiUP was led to since
  const left = core.getState("left");
  row.Before = own ? left : "not looked at";
  const outcome = await inspect(row);
  const file = quote(outcome.file);
  const still = row.Before === row.After;
  row.Changed = still ? "no" : "yes, by a later step";
  // No file is disable, but not where this step had written or found one.
  const gone = own && (mode === "enforce" || !still) && row.After === "no file";
  if (outcome.status !== state || gone) {
    const what = `A later step ${own ? "changed" : "made TiUP use"} ${file}`;
    const had = mode === "enforce" ? `set ${state}` : `found ${left}`;
    throw new Error(`${what}: ${row.After} now; this step had ${had}`);
  }
  if (!own) annotate(outcome);
  core.info(`${file}: ${still ? "still" : "now"} ${row.After}`);
}

// Which file runs decides which stage it is. Saved state would not do: an earlier
// step can set STATE_* through GITHUB_ENV, and would turn enforcement off.
const stage = basename(process.argv[1] ?? "") === "post.mjs" ? post : main;
try {
  const proved = await stage();
  await tell();
  if (proved) process.exitCode = 0;
} catch (error) {
  await tell(error as Error).catch((last) => core.info(printable(`${last}`)));
}
