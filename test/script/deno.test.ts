/** Deno's permissions: these suffice, with one less nothing is done. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  BUNDLE,
  DENO,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
  type Result,
  ROOT,
  run,
  SOURCE,
} from "../helpers/harness.ts";
import {
  allow,
  byPasswd,
  byVariable,
  CHANGE,
  CREATE,
  fromSource,
  LOOK,
  type Permissions,
} from "../helpers/permissions.ts";

function deno(program: string, flags: readonly string[]) {
  const first = [DENO, "run", "--no-prompt", "--node-modules-dir=manual"];
  return { name: "Deno", command: [...first, ...flags, program] };
}

const NOTED = `# for the parser\n${ENABLED}`;

// `on` is undefined where the folder is not there yet.
const NEEDS:
  readonly (readonly [args: string, needs: Permissions, on?: string])[] = [
    ["status", LOOK, NOTED],
    ["disable --check", LOOK, NOTED],
    ["status --json", LOOK],
    ["disable", CHANGE, NOTED],
    ["reset --all", CHANGE, NOTED],
    ["enable", CHANGE, "status: disable\n"],
    ["enable --force", CHANGE, "["],
    ["enable", CREATE],
    ["disable", CREATE],
  ];

for (const [args, needs, on] of NEEDS) {
  const what = on === undefined ? "without a file" : JSON.stringify(on);
  const programs = {
    bundle: [BUNDLE, needs],
    source: [SOURCE, fromSource(needs)],
  } as const;
  for (const [name, [program, needs]] of Object.entries(programs)) {
    test(`${args} of the ${name}, on ${what}, has all permissions it needs on Deno`, () => {
      const home = makeHome(on);
      const runtime = deno(program, allow(home, needs));
      const { code, stderr } = run([...args.split(" "), "--home", home], {
        runtime,
      });
      assert.equal(code, args.includes("--check") ? 3 : 0, stderr);
      assert.doesNotMatch(stderr, /permission|access|prompt/i);
    });
  }
}

test("Deno needs TIUP_HOME's permission without --home, and more without both", () => {
  const TIUP_HOME = makeHome(NOTED);
  const variable = deno(BUNDLE, allow(TIUP_HOME, byVariable(CHANGE)));
  assert.equal(
    run(["disable"], { runtime: variable, env: { TIUP_HOME } }).code,
    0,
  );
  const home = join(userInfo().homedir, ".tiup");
  const passwd = deno(BUNDLE, allow(home, byPasswd(LOOK)));
  const { code, stdout, stderr } = run(["status", "--json"], {
    runtime: passwd,
  });
  assert.equal(JSON.parse(stdout).home, home, stderr);
  if (!fs.existsSync(metaOf(home))) assert.equal(code, 0);
});

/** Every way to leave out one permission, and the name that a message may use. */
function less(
  needs: Permissions,
): (readonly [name: string, less: Permissions])[] {
  const { write: _, ...readOnly } = needs;
  const without = (list: readonly string[], it: string) =>
    list.filter((name) => name !== it);
  return [
    ["read", { ...needs, read: "nothing" }],
    ...(needs.write ? [["write", readOnly] as const] : []),
    ...needs.env.map((it) =>
      [it, { ...needs, env: without(needs.env, it) }] as const
    ),
    ...(needs.sys ?? []).map((it) =>
      [it, { ...needs, sys: without(needs.sys ?? [], it) }] as const
    ),
  ];
}

function assertRefused({ code, stdout, stderr }: Result, title: string): void {
  assert.deepEqual([code, stdout], [1, ""], title);
  assert.match(
    stderr,
    /^error: [^\n]*Requires \w+ access[^\n]*--allow-[^\n]+\n$/,
    title,
  );
}

test("without one of the permissions Deno's own message says which, and nothing is done", () => {
  const home = makeHome(NOTED);
  for (const [title, permissions] of less(CHANGE)) {
    const runtime = deno(BUNDLE, allow(home, permissions));
    assertRefused(run(["disable", "--home", home], { runtime }), title);
    assert.equal(readHome(home), NOTED);
  }
  const env = { TIUP_HOME: home, HOME: home };
  const [last = ["", LOOK] as const] = less(byVariable(LOOK)).reverse();
  const variable = deno(BUNDLE, allow(home, last[1]));
  assertRefused(run(["status"], { runtime: variable, env }), last[0]);
  const { homedir: HOME } = userInfo();
  for (const [title, permissions] of less(byPasswd(LOOK))) {
    const runtime = deno(BUNDLE, allow(join(HOME, ".tiup"), permissions));
    assertRefused(run(["status"], { runtime, env: { HOME } }), title);
  }
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
  assert.ok("cac" in imports);
  for (const [name, from] of Object.entries(imports)) {
    assert.equal(from, `npm:${name}@${devDependencies[name]}`);
  }
});

const [SHEBANG = ""] = fs.readFileSync(SOURCE, "utf8").split("\n");

test("the shebang line asks for what the commands need, and no more", () => {
  const { env, sys = [] } = byPasswd(fromSource(LOOK));
  const [program, ...flags] = SHEBANG.replace("#!/usr/bin/env -S ", "").split(
    " ",
  );
  assert.equal(program, "deno");
  const list = (name: string) => {
    const flag = flags.find((flag) => flag.startsWith(`--allow-${name}=`));
    return flag?.replace(/.*=/, "").split(",").sort();
  };
  assert.deepEqual(list("env"), [...env].sort());
  assert.deepEqual(list("sys"), [...sys].sort());
  const rest = flags.filter((flag) => !/^--allow-(env|sys)=/.test(flag));
  assert.deepEqual(rest, [
    "run",
    "--no-prompt",
    "--allow-read",
    "--allow-write",
  ]);
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
