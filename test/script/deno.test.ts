/** Deno's permissions: these suffice, with one less nothing is done. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import {
  BUNDLE,
  DENO,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
  ROOT,
  run,
  skip,
  SOURCE,
} from "../helpers/harness.ts";
import {
  allow,
  byPasswd,
  byVariable,
  CHANGE,
  CREATE,
  LOOK,
  type Permissions,
  SEEK,
} from "../helpers/permissions.ts";

// Root has more to look at than a user: the user's few permissions are tried as a
// user, with copies of what may be closed to others.
const USER = 4321;
const isRoot = process.getuid?.() === 0;
const OPEN = isRoot ? openCopy() : undefined;

function openCopy(): string {
  const folder = makeHome();
  fs.copyFileSync(DENO, join(folder, "deno"));
  for (const name of ["telemetry.ts", "package.json", "node_modules"]) {
    const names = name === "node_modules" ? ["cac", "uuid"] : [""];
    for (const inner of names) {
      const path = join(name, inner);
      fs.cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    }
  }
  fs.mkdirSync(join(folder, "dist"));
  fs.copyFileSync(BUNDLE, join(folder, "dist/telemetry.mjs"));
  fs.mkdirSync(join(folder, "cache"));
  give(folder);
  return folder;
}

function give(path: string): void {
  const { status } = spawnSync("chown", ["-R", `${USER}:${USER}`, path]);
  assert.equal(status, 0);
}

function deno(program: string, flags: readonly string[], home?: string) {
  const first = ["run", "--no-prompt", "--node-modules-dir=manual", ...flags];
  if (!OPEN) return { name: "Deno", command: [DENO, ...first, program] };
  if (home) give(home);
  const user = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`];
  const env = ["--clear-groups", "env", `DENO_DIR=${join(OPEN, "cache")}`];
  const copy = join(OPEN, relative(ROOT, program));
  return {
    name: "Deno as a user",
    command: [...user, ...env, join(OPEN, "deno"), ...first, copy],
  };
}

const NOTED = `# by hand\n${ENABLED}`;

// `on` is undefined where the folder is not there yet.
const NEEDS:
  readonly (readonly [args: string, needs: Permissions, on?: string])[] = [
    ["status", LOOK, NOTED],
    ["disable --check", LOOK, NOTED],
    ["status --json", SEEK],
    ["disable", CHANGE, NOTED],
    ["reset --all", CHANGE, NOTED],
    ["enable", CHANGE, "status: disable\n"],
    ["enable --force", CHANGE, "["],
    ["enable", CREATE],
    ["disable", CREATE],
  ];

for (const [args, needs, on] of NEEDS) {
  const what = on === undefined ? "without a file" : JSON.stringify(on);
  for (const [name, program] of Object.entries({ BUNDLE, SOURCE })) {
    test(`${args} of the ${name}, on ${what}, has all permissions it needs on Deno`, () => {
      const home = makeHome(on);
      const runtime = deno(program, allow(home, needs, false), home);
      const { code, stderr } = run([...args.split(" "), "--home", home], {
        runtime,
      });
      assert.equal(code, args.includes("--check") ? 3 : 0, stderr);
      assert.doesNotMatch(stderr, /permission|access|prompt/i);
    });
  }
}

// Where this test's user has a line in /etc/passwd, HOME does not matter.
const HOME = isRoot ? makeHome() : userInfo().homedir;
if (isRoot) give(HOME);

test("Deno needs TIUP_HOME's permission without --home, and more without both", () => {
  const TIUP_HOME = makeHome(NOTED);
  const needs = allow(TIUP_HOME, byVariable(CHANGE), false);
  const variable = deno(BUNDLE, needs, TIUP_HOME);
  assert.equal(
    run(["disable"], { runtime: variable, env: { TIUP_HOME } }).code,
    0,
  );
  const home = join(HOME, ".tiup");
  const passwd = deno(BUNDLE, allow(home, byPasswd(SEEK), false));
  const { code, stdout, stderr } = run(["status", "--json"], {
    runtime: passwd,
    env: { HOME },
  });
  assert.equal(JSON.parse(stdout).home, home, stderr);
  if (!fs.existsSync(metaOf(home))) assert.equal(code, 0);
});

/** Every way to leave out one permission, as flags, by what a message may name. */
function less(home: string, needs: Permissions): (readonly string[])[] {
  const { write: _, ...readOnly } = needs;
  const without = (it: string) => ({
    ...needs,
    env: needs.env.filter((name) => name !== it),
  });
  const all = allow(home, needs, false);
  return [
    allow(home, { ...needs, read: "nothing" }, false),
    ...(needs.write ? [allow(home, readOnly, false)] : []),
    ...needs.env.map((it) => allow(home, without(it), false)),
    all.filter((flag) => !flag.startsWith("--allow-sys")),
    ...(needs.also ? [all.map((flag) => flag.replace(/,\/etc.*/, ""))] : []),
  ];
}

function assertRefused(args: string[], flags: readonly string[], env = {}) {
  const runtime = deno(BUNDLE, flags);
  const { code, stdout, stderr } = run(args, { runtime, env });
  const given = flags.join(" ");
  assert.deepEqual([code, stdout], [1, ""], given);
  const own = /^error: [^\n]*Requires \w+ access[^\n]*--allow-[^\n]+\n$/;
  assert.match(stderr, own, given);
}

test("without one of the permissions Deno's own message says which, and nothing is done", () => {
  const home = makeHome(NOTED);
  if (OPEN) give(home);
  for (const flags of less(home, CHANGE)) {
    assertRefused(["disable", "--home", home], flags);
    assert.equal(readHome(home), NOTED);
  }
  const env = { TIUP_HOME: home, HOME: home };
  const withoutHome = { ...LOOK, env: [...LOOK.env, "TIUP_HOME"] };
  assertRefused(["status"], allow(home, withoutHome, false), env);
  for (const flags of less(join(HOME, ".tiup"), byPasswd(SEEK))) {
    assertRefused(["status"], flags, { HOME });
  }
});

test("root on Deno must see the folders on the way, and a home of root's works", (t) => {
  if (!isRoot) return skip(t, "root");
  const home = makeHome(NOTED);
  const runtime = (root: boolean) => ({
    name: "Deno as root",
    command: [DENO, "run", "--no-prompt", ...allow(home, CHANGE, root), BUNDLE],
  });
  const args = ["disable", "--home", home];
  const { code, stderr } = run(args, { runtime: runtime(false) });
  assert.equal(code, 1);
  assert.match(stderr, /^error: [^\n]+Requires read access to [^\n]+\n$/);
  assert.equal(readHome(home), NOTED);
  assert.equal(run(args, { runtime: runtime(true) }).code, 0);
  assert.equal(readHome(home), NOTED.replace("enable", "disable"));
});

test("help and version need no permission at all", () => {
  for (const flag of ["--help", "--version"]) {
    const { code, stderr } = run([flag], { runtime: deno(BUNDLE, []) });
    assert.deepEqual([code, stderr], [0, ""]);
  }
});

test("deno.json fetches the versions that package.json names", () => {
  const read = (name: string) =>
    JSON.parse(fs.readFileSync(join(ROOT, name), "utf8"));
  const { devDependencies } = read("package.json");
  const { imports } = read("deno.json");
  assert.deepEqual(Object.keys(imports).sort(), ["cac", "uuid"]);
  for (const [name, from] of Object.entries(imports)) {
    assert.equal(from, `npm:${name}@${devDependencies[name]}`);
  }
});

const [SHEBANG = ""] = fs.readFileSync(SOURCE, "utf8").split("\n");

test("the shebang line asks for what the commands need, and no more", () => {
  const { env } = byPasswd(LOOK);
  const [program, ...flags] = SHEBANG.replace("#!/usr/bin/env -S ", "").split(
    " ",
  );
  assert.deepEqual([program, ...flags.slice(0, -1)], [
    "deno",
    "run",
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-sys=uid",
  ]);
  const names = flags.at(-1)?.replace("--allow-env=", "").split(",");
  assert.deepEqual(names?.sort(), [...env].sort());
});

test("./telemetry.ts runs as it is, by its shebang line", () => {
  const folder = makeHome();
  for (const file of ["telemetry.ts", "package.json"]) {
    fs.copyFileSync(join(ROOT, file), join(folder, file)); // keeps the mode
  }
  fs.symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  // The project's own says to fetch packages; fresh-deno.online.ts lets it.
  fs.writeFileSync(
    join(folder, "deno.json"),
    '{"nodeModulesDir": "manual", "lock": false}',
  );
  fs.mkdirSync(join(folder, "bin"));
  fs.symlinkSync(DENO, join(folder, "bin/deno"));
  const home = makeHome(NOTED);
  const PATH = `${join(folder, "bin")}:${
    dirname(process.execPath)
  }:/usr/bin:/bin`;
  const runtime = { name: "shebang", command: [join(folder, "telemetry.ts")] };
  for (const args of [["status"], ["disable"], ["reset"], ["enable"]]) {
    const { code, stderr } = run([...args, "--home", home], {
      runtime,
      env: { PATH },
    });
    assert.deepEqual([code, stderr], [0, ""]);
  }
  assert.match(readHome(home), /enable/);
});

test("dist/telemetry.mjs runs as it is, by its shebang line", () => {
  const folder = makeHome();
  fs.symlinkSync(process.execPath, join(folder, "node"));
  const runtime = { name: "shebang", command: [BUNDLE] };
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  assert.equal(run(["--version"], { runtime, env }).code, 0);
});
