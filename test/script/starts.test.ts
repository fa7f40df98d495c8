/**
 * However the program is started, exit 0 is never said where it did nothing:
 * every runtime, every way to name the file, every working folder. All ask for
 * `disable --check` of a file that says `enable`, to which 0 is always wrong.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import {
  BUN,
  BUNDLE,
  concurrency,
  DENO,
  denoFlags,
  DISABLED,
  ENABLED,
  EXECUTABLE,
  makeHome,
  metaOf,
  NODES,
  OLD_NODES,
  readHome,
  type Result,
  ROOT,
  run,
  skip,
  SOURCE,
  UUID,
  version,
} from "../helpers/harness.ts";

/** What the contract says of a start. */
type Claim = "runs" | "says which Node it needs" | "runs or fails";

interface Runtime {
  readonly name: string;
  readonly kind: "node" | "deno" | "bun" | "executable";
  /** What comes before the file. */
  readonly command: readonly string[];
  readonly node?: readonly [major: number, minor: number];
}

function nodeAt(path: string): Runtime {
  const name = version(path);
  const [major = 0, minor = 0] = name.replace("Node ", "").split(".").map(
    Number,
  );
  return { name, kind: "node", command: [path], node: [major, minor] };
}

const DENO_COMMAND = [DENO, ...denoFlags("/tmp", ROOT)];
const RUNTIMES: readonly Runtime[] = [
  ...[...NODES, ...OLD_NODES].map(nodeAt),
  { name: "Deno", kind: "deno", command: DENO_COMMAND },
  { name: "Bun", kind: "bun", command: [BUN] },
];

function isOld({ node }: Runtime): boolean {
  return node !== undefined && node[0] < 20;
}

// Whether a name without extension, or standard input, may be a module.
function detectsModules({ kind, node }: Runtime): boolean {
  if (kind !== "node") return true;
  const [major = 0, minor = 0] = node ?? [];
  return major > 22 || (major === 22 && minor >= 7) ||
    (major === 20 && minor >= 19);
}

/** How to start it, in a folder of its own. */
interface Start {
  readonly args: readonly string[];
  readonly input?: Buffer;
  readonly cwd?: string;
}

/** A way to start it; `of` says what is promised of the runtime. */
interface Way {
  readonly name: string;
  readonly start: (file: string, folder: string) => Start;
  readonly claim: (runtime: Runtime) => Claim;
  readonly only?: Runtime["kind"];
}

const always = (runtime: Runtime): Claim =>
  isOld(runtime) ? "says which Node it needs" : "runs";
const whereModule = (runtime: Runtime): Claim =>
  detectsModules(runtime) ? "runs" : "runs or fails";
const perhaps = (): Claim => "runs or fails";

function link(file: string, path: string): string {
  fs.symlinkSync(file, path);
  return path;
}

function copy(file: string, path: string): string {
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.copyFileSync(file, path);
  return path;
}

const ODD = "a b#c?d%41\u00fc";
const WAYS: readonly Way[] = [
  { name: "as a file", start: (file) => ({ args: [file] }), claim: always },
  {
    name: "by a relative path",
    start: (file) => ({ args: ["./telemetry.mjs"], cwd: dirname(file) }),
    claim: always,
  },
  {
    name: "through a link without extension, as npm makes it",
    start: (file, at) => ({ args: [link(file, join(at, "telemetry"))] }),
    claim: always,
  },
  {
    name: "through a link, with --preserve-symlinks-main",
    start: (file, at) => ({
      args: ["--preserve-symlinks-main", link(file, join(at, "telemetry.mjs"))],
    }),
    claim: always,
    only: "node",
  },
  {
    name: "through a link in a linked folder, with both --preserve-symlinks",
    start: (file, at) => ({
      args: [
        "--preserve-symlinks",
        "--preserve-symlinks-main",
        join(link(dirname(file), join(at, "dist")), "telemetry.mjs"),
      ],
    }),
    claim: always,
    only: "node",
  },
  {
    name: "in a folder with an odd name",
    start: (file, at) => ({ args: [copy(file, join(at, ODD, "t.mjs"))] }),
    claim: (runtime) => runtime.kind === "node" ? always(runtime) : perhaps(),
  },
  {
    name: "by a name without extension",
    start: (file, at) => ({ args: [copy(file, join(at, "telemetry"))] }),
    claim: whereModule,
  },
  {
    name: "as telemetry.js, which may be CommonJS",
    start: (file, at) => ({ args: [copy(file, join(at, "telemetry.js"))] }),
    claim: whereModule,
  },
  {
    name: "from standard input",
    start: (file) => ({ args: ["-"], input: fs.readFileSync(file) }),
    claim: whereModule,
  },
  {
    name: "from standard input, as a module",
    start: (file) => ({
      args: ["--input-type=module", "-"],
      input: fs.readFileSync(file),
    }),
    claim: always,
    only: "node",
  },
  {
    name: "with --frozen-intrinsics",
    start: (file) => ({ args: ["--frozen-intrinsics", file] }),
    claim: perhaps,
    only: "node",
  },
];

// Of a flag that is an experiment, Node says so.
const NODES_OWN = /^\(node:\d+\) .*\n|^\(Use `node .*\n/gm;
const BAD_OPTION = 9; // Node's own exit code
const CHECK = ["disable", "--check", "--home"];
const STATE = `status: enable\nuuid: ${UUID}\n`;

function assertClaim(result: Result, claim: Claim, home: string): void {
  const { code, stdout, stderr } = result;
  const seen = `exit ${code}: ${stdout}${stderr}`;
  if (claim === "says which Node it needs") {
    assert.deepEqual([code, stdout], [1, ""], seen);
    assert.match(stderr, /^error: [^\n]*\bNode(\.js)? 20\.0\.0\b[^\n]*\n$/);
  } else if (claim === "runs" || code === 3) {
    assert.deepEqual([code, stdout], [3, STATE], seen);
    const line = `error: ${
      JSON.stringify(metaOf(home))
    } says enable, not disable\n`;
    assert.equal(stderr.replace(NODES_OWN, ""), line);
  } else {
    assert.ok(code === 1 || code === BAD_OPTION, seen);
    assert.notEqual(stderr, "", "it fails without a word");
  }
}

for (const runtime of RUNTIMES) {
  const { name, kind, command } = runtime;
  const ways = WAYS.filter(({ only = kind }) => only === kind);
  describe(`the bundle on ${name}`, { concurrency }, () => {
    for (const { name: way, start, claim } of ways) {
      const wanted = claim(runtime);
      test(`${way}: ${wanted}`, () => {
        const { args, ...options } = start(BUNDLE, makeHome());
        const begin = { name, command: [...command, ...args] };
        const telemetry = (...given: string[]) =>
          run(given, { runtime: begin, ...options });
        const home = makeHome(ENABLED);
        assertClaim(telemetry(...CHECK, home), wanted, home);
        assert.equal(readHome(home), ENABLED);
        assert.notEqual(telemetry("nonsense").code, 0, "a nonsense command");
        const { code } = telemetry("disable", "--home", home);
        assert.equal(readHome(home), code === 0 ? DISABLED : ENABLED);
        if (wanted === "runs") assert.equal(code, 0);
      });
    }
  });
}

for (const runtime of RUNTIMES) {
  const { name, command } = runtime;
  test(`a bundle that was cut off on its way never says 0 on ${name}`, () => {
    const text = fs.readFileSync(BUNDLE, "utf8");
    // Behind a function or a class, where it is a valid module.
    const ends = [...text.matchAll(/^};?\n/gm)].map((match) =>
      match.index + match[0].length
    );
    const home = makeHome(ENABLED);
    const file = join(makeHome(), "telemetry.mjs");
    for (const end of ends.filter((_, i) => i % 10 === 0 && i < 200)) {
      fs.writeFileSync(file, text.slice(0, end));
      const begin = { name, command: [...command, file] };
      const { code } = run([...CHECK, home], { runtime: begin });
      assert.notEqual(code, 0, `cut off behind ${end} bytes`);
    }
  });
}

for (const runtime of RUNTIMES.filter(({ kind }) => kind !== "deno")) {
  test(`by --eval on ${runtime.name} it says why not: an argument would be lost`, () => {
    const { name, kind, command } = runtime;
    const module = kind === "node" ? ["--input-type=module"] : [];
    const code = fs.readFileSync(BUNDLE, "utf8");
    const begin = { name, command: [...command, ...module, "-e", code, "--"] };
    const env = { TIUP_HOME: makeHome(DISABLED) };
    const args = [`--home=${makeHome(ENABLED)}`, "disable", "--check"];
    const result = run(args, { runtime: begin, env });
    assert.deepEqual([result.code, result.stdout], [1, ""]);
    assert.match(result.stderr, /^error: [^\n]*(--eval|Node 20)[^\n]*\n$/);
  });
}

// From source it finds its packages beside itself.
function besidePackages(path: string): string {
  link(join(ROOT, "node_modules"), join(dirname(path), "node_modules"));
  return path;
}

const SOURCE_WAYS: readonly Omit<Way, "claim">[] = [
  { name: "as a file", start: (file) => ({ args: [file] }) },
  {
    name: "without its extension, as tsx finds it",
    start: (file) => ({ args: [file.replace(/\.ts$/, "")] }),
  },
  {
    name: "as telemetry.js, as tsx finds it",
    start: (file) => ({ args: [file.replace(/ts$/, "js")] }),
  },
  {
    name: "as telemetry.jsx, as tsx finds it",
    start: (file) => ({ args: [file.replace(/ts$/, "jsx")] }),
  },
  {
    name: "with a fragment, which tsx takes for one of a URL",
    start: (file) => ({ args: [`${file}#x`] }),
  },
  {
    name: "as the index of a folder, as tsx finds it",
    start: (file, at) => ({
      args: [dirname(besidePackages(copy(file, join(at, "in/index.ts"))))],
    }),
  },
  {
    name: "by a relative path",
    start: (file) => ({ args: ["./telemetry.ts"], cwd: dirname(file) }),
  },
  {
    name: "through a link",
    start: (file, at) => ({ args: [link(file, join(at, "telemetry.ts"))] }),
  },
  {
    name: "through a link, with --preserve-symlinks-main",
    start: (file, at) => {
      const path = besidePackages(link(file, join(at, "telemetry.ts")));
      return { args: ["--preserve-symlinks-main", path] };
    },
    only: "node",
  },
  {
    name: "in a folder with an odd name",
    start: (file, at) => ({
      args: [besidePackages(copy(file, join(at, ODD, "telemetry.ts")))],
    }),
  },
  {
    name: "from standard input",
    start: (file) => ({
      args: ["-"],
      input: fs.readFileSync(file),
      cwd: ROOT,
    }),
  },
  {
    name: "from standard input, as a module",
    start: (file) => ({
      args: ["--input-type=module-typescript", "-"],
      input: fs.readFileSync(file),
      cwd: ROOT,
    }),
    only: "node",
  },
];

const TSX = ["--import", import.meta.resolve("tsx")];
const SOURCE_RUNTIMES: readonly Runtime[] = RUNTIMES.flatMap((runtime) => {
  const { name, kind, command } = runtime;
  if (isOld(runtime)) return [];
  const tsx = { name: `tsx on ${name}`, kind, command: [...command, ...TSX] };
  return kind === "node" ? [runtime, tsx] : [runtime];
});

for (const { name, kind, command } of SOURCE_RUNTIMES) {
  describe(`the source on ${name}`, { concurrency }, () => {
    for (const way of SOURCE_WAYS.filter(({ only = kind }) => only === kind)) {
      test(`${way.name}: runs or fails`, () => {
        const { args, ...options } = way.start(SOURCE, makeHome());
        const begin = { name, command: [...command, ...args] };
        const home = makeHome(ENABLED);
        const result = run([...CHECK, home], { runtime: begin, ...options });
        assertClaim(result, "runs or fails", home);
      });
    }
  });
}

test("the oldest Nodes are there, and the standalone executable", (t) => {
  if (!OLD_NODES.some((node) => isOld(nodeAt(node)))) {
    skip(t, "Nodes older than 20 in TELEMETRY_OLD_NODES");
  } else if (!EXECUTABLE) skip(t, "an executable in TELEMETRY_EXECUTABLE");
});

// ------------------------------------------------- The working folder

/** Files of a folder that would answer for another home, or run other code. */
const EVIL = "console.log('status: disable'); process.exit(0);\n";
const ENV_FILES = [
  ".env",
  ".env.local",
  ".env.production",
  ".env.development",
  ".env.test",
  ".env.development.local",
];
const OTHER_FILES: Readonly<Record<string, string>> = {
  "evil.mjs": EVIL,
  "evil.ts": EVIL,
  "node_modules/cac/index.js": EVIL,
  "node_modules/cac/package.json": '{"name":"cac","main":"index.js"}',
  "node_modules/uuid/index.js": EVIL,
  "node_modules/uuid/package.json": '{"name":"uuid","main":"index.js"}',
  "package.json":
    '{"name":"evil","type":"commonjs","imports":{"#x":"./evil.mjs"},"main":"evil.mjs"}',
  "deno.json":
    '{"imports":{"cac":"./evil.ts","uuid":"./evil.ts","node:fs":"./evil.ts"}}',
  "tsconfig.json":
    '{"compilerOptions":{"baseUrl":".","paths":{"cac":["./evil.ts"],"node:fs":["./evil.ts"]}}}',
  ".npmrc": "node-options=--import=./evil.mjs\n",
  ".node-version": "16.0.0\n",
};
// What makes Bun run code before ours, or in its place.
const BEFORE_OURS = {
  "bunfig.toml": 'preload = ["./evil.ts"]\n',
  "tsconfig.json":
    '{"compilerOptions":{"baseUrl":".","paths":{"*":["./evil.ts"]}}}',
};

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = makeHome();
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(folder, name)), { recursive: true });
    fs.writeFileSync(join(folder, name), text);
  }
  return folder;
}

function envFiles(names: readonly string[], decoy: string) {
  const text = `TIUP_HOME=${decoy}\nHOME=${decoy}\nexport TIUP_HOME\n`;
  return Object.fromEntries(names.map((name) => [name, text]));
}

const SHUT = [
  "--no-env-file",
  "--config=/dev/null",
  "--tsconfig-override=/dev/null",
];
const bun = (...flags: string[]): Runtime => ({
  name: ["bun", ...flags].join(" "),
  kind: "bun",
  command: [BUN, ...flags],
});

/** Which runtime needs to be told what, to stand which files. */
const IN_FOLDERS: readonly (readonly [Runtime, "all" | "all but some"])[] = [
  ...RUNTIMES.filter((runtime) => runtime.kind !== "bun" && !isOld(runtime))
    .map((runtime) => [runtime, "all"] as const),
  [bun(...SHUT), "all"],
  [bun("--no-env-file"), "all but some"],
  ...(EXECUTABLE
    ? [
      [
        { name: "the executable", kind: "executable", command: [EXECUTABLE] },
        "all",
      ] as const,
    ]
    : []),
];

function programsOf({ kind, node = [0, 0] }: Runtime): (readonly string[])[] {
  if (kind === "executable") return [[]];
  return kind !== "node" || node[0] > 22 ? [[BUNDLE], [SOURCE]] : [[BUNDLE]];
}

describe("the working folder does not decide", { concurrency }, () => {
  for (const [start, which] of IN_FOLDERS) {
    for (const program of programsOf(start)) {
      const what = `${start.name} ${program.map((path) => basename(path))}`;
      test(`${what}, among ${which} of the hostile files`, () => {
        const decoy = makeHome(DISABLED);
        const more = which === "all" ? BEFORE_OURS : {};
        const files = envFiles(ENV_FILES, decoy);
        const cwd = folderWith({ ...OTHER_FILES, ...files, ...more });
        const command = [...start.command, ...program];
        const runtime = { name: what, command };
        const home = makeHome(ENABLED);
        const named = run([...CHECK, home], { runtime, cwd });
        assertClaim(named, "runs", home);
        const env = { TIUP_HOME: home };
        const byVariable = run(["disable", "--check"], { runtime, cwd, env });
        assertClaim(byVariable, "runs", home);
        const found = (cwd: string) =>
          run(["status", "--json"], { runtime, cwd });
        assert.deepEqual(found(cwd), found(makeHome()));
        assert.equal(readHome(decoy), DISABLED);
      });
    }
  }
});

const NAMES_FLAG = /^error: [^\n]*bun --no-env-file[^\n]*\n$/;

for (const name of ENV_FILES) {
  test(`Bun in a folder with ${name} is refused, whatever the command, and names the flag`, () => {
    const decoy = makeHome(DISABLED);
    const home = makeHome(ENABLED);
    const cwd = folderWith(envFiles([name], decoy));
    const runtime = { name, command: [BUN, BUNDLE] };
    const commands = [
      ["disable", "--check"],
      ["disable", "--check", "--home", home],
      ["disable"],
      ["status", "--json"],
      ["--help"],
      ["nonsense"],
    ];
    for (const args of commands) {
      const { code, stdout, stderr } = run(args, { runtime, cwd });
      assert.deepEqual([code, stdout], [1, ""], args.join(" "));
      assert.match(stderr, NAMES_FLAG);
    }
    assert.deepEqual([decoy, home].map(readHome), [DISABLED, ENABLED]);
  });
}

const ALLOWED = [
  ["--no-env-file"],
  ["--env-file=given"],
  ["--env-file", "given"],
];

// Bun takes no notice of these, and reads .env all the same.
for (const flag of ["--env-file-if-exists=given", "--no-env-filee"]) {
  test(`bun ${flag} beside .env is refused`, () => {
    const cwd = folderWith(envFiles([".env"], makeHome(DISABLED)));
    const runtime = { name: "Bun", command: [BUN, flag, BUNDLE] };
    const { code, stdout, stderr } = run(["disable", "--check"], {
      runtime,
      cwd,
    });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, NAMES_FLAG);
  });
}

for (const flags of ALLOWED) {
  test(`bun ${flags.join(" ")} runs beside .env`, () => {
    const home = makeHome(ENABLED);
    const files = envFiles([".env"], makeHome(DISABLED));
    const cwd = folderWith({ ...files, given: "X=1\n" });
    const runtime = { name: "Bun", command: [BUN, ...flags, BUNDLE] };
    const env = { TIUP_HOME: home };
    const result = run(["disable", "--check"], { runtime, cwd, env });
    assertClaim(result, "runs", home);
  });
}

test("Bun without flags runs where .env is in the folder above, or belongs to another program", () => {
  const home = makeHome(ENABLED);
  const above = { ".env": "X=1\n" };
  const inside = Object.entries({ ...OTHER_FILES, ".envrc": "", "env": "" })
    .map(([name, text]) => [`in/${name}`, text]);
  const cwd = folderWith({ ...above, ...Object.fromEntries(inside) });
  const runtime = { name: "Bun", command: [BUN, BUNDLE] };
  const result = run([...CHECK, home], { runtime, cwd: join(cwd, "in") });
  assertClaim(result, "runs", home);
});
