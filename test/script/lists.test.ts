/** Lists of homes on standard input: what a line is, and when it is read. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertHarmless } from "../helpers/disk.ts";
import {
  BUNDLE,
  BUNDLED,
  DISABLED,
  ENABLED,
  environment,
  flags,
  inShell,
  makeHome,
  objects,
  readHome,
  type Result,
  run,
} from "../helpers/harness.ts";

type Answer = "enable" | "disable" | "refused" | "unreadable";

// A is a home that says enable, B one that says disable, `a b` and the line break
// in `a\nb` are part of a name. What stands for each home in the answer.
const LISTS: readonly (readonly [
  title: string,
  input: string | Buffer,
  answers: readonly Answer[],
  ...flags: string[],
])[] = [
  ["lines", "A\nB\n", ["enable", "disable"]],
  ["a last line without its end", "A\nB", ["enable", "disable"]],
  ["empty lines", "\n\nA\n\n\nB\n\n", ["enable", "disable"]],
  ["one line", "A\n", ["enable"]],
  ["a blank in a name", "a b\n", ["enable"]],
  ["CRLF", "A\r\nB\r\n", ["refused", "refused"]],
  ["CRLF and empty lines", "A\r\n\r\nB\n", ["refused", "refused", "disable"]],
  ["CRLF, of which the last is cut off", "B\r\nA", ["refused", "enable"]],
  ["a byte order mark", "\ufeffA\nB\n", ["refused", "disable"]],
  ["a byte order mark further down", "B\n\ufeffA\n", ["disable", "refused"]],
  ["a tilde", "~/.tiup\n~\n~root/.tiup\nA\n", [
    "refused",
    "refused",
    "refused",
    "enable",
  ]],
  ["a meta file", "A/telemetry/meta.yaml\nB\n", ["refused", "disable"]],
  ["NUL between names", "A\0B\0", ["refused"]],
  ["NUL in one line of two", "A\0\nB\n", ["refused", "disable"]],
  ["a line that is not UTF-8", Buffer.from("\xff\nB\n", "latin1"), [
    "refused",
    "disable",
  ]],
  ["--null", "A\0B\0", ["enable", "disable"], "--null"],
  ["--null, and no last NUL", "A\0B", ["enable", "disable"], "--null"],
  ["--null, and nothing between two", "\0A\0\0B\0", [
    "enable",
    "disable",
  ], "--null"],
  ["--null, and a line break in a name", "a\nb\0A\0", [
    "enable",
    "enable",
  ], "--null"],
  ["--null, and a line break at the end of a name", "c\n\0A\0", [
    "enable",
    "enable",
  ], "--null"],
  ["--null, and a tilde", "~/.tiup\0A\0", ["refused", "enable"], "--null"],
  ["--null, and a byte order mark", "\ufeffA\0B\0", [
    "refused",
    "disable",
  ], "--null"],
];

// Stands for a home in the list; what is not UTF-8 must pass.
function fill(input: string | Buffer, homes: Record<string, string>): Buffer {
  const text = Buffer.from(input).toString("latin1");
  return Buffer.from(
    text.replace(/[AB]/g, (name) => homes[name] ?? ""),
    "latin1",
  );
}

function makeHomes(): { cwd: string; homes: Record<string, string> } {
  const cwd = makeHome();
  for (const name of ["a b", "a\nb", "c\n"]) {
    fs.renameSync(makeHome(ENABLED), join(cwd, name));
  }
  return { cwd, homes: { A: makeHome(ENABLED), B: makeHome(DISABLED) } };
}

function answersOf(stdout: string): unknown[] {
  return objects<{ status?: string; error?: { code: string } }>(stdout)
    .map(({ status, error }) => error?.code ?? status);
}

// What is not UTF-8 has no line of its own in the contract: it fails.
function sorted(answer: unknown): unknown {
  return answer === "unreadable" ? "refused" : answer;
}

for (const [title, input, answers, ...more] of LISTS) {
  test(`a list with ${title} is ${answers.join(", ")}`, () => {
    const { cwd, homes } = makeHomes();
    const list = fill(input, homes);
    const options = { input: list, cwd };
    const args = ["status", "--home", "-", ...more];
    const json = run([...args, "--json"], options);
    assert.deepEqual(answersOf(json.stdout).map(sorted), answers);
    const failed = answers.filter((answer) => answer === "refused").length;
    const text = run(args, options);
    for (const result of [json, text]) {
      assertHarmless(result);
      assert.equal(result.code, failed > 0 ? 1 : 0);
      assert.match(
        result.stderr,
        new RegExp(`^(error: [^\n]+\n){${failed}}$`),
      );
    }
    const headers = text.stdout.match(/^home: /gm)?.length;
    assert.equal(headers, answers.length, "a header a home, failed ones too");
    const check = ["disable", "--check", ...args.slice(1)];
    const wanted = failed > 0 ? 1 : answers.includes("enable") ? 3 : 0;
    assert.equal(run(check, options).code, wanted);
    const before = fs.readdirSync(cwd);
    run(["enable", ...args.slice(1)], options);
    assert.deepEqual(fs.readdirSync(cwd), before, "nothing is made");
  });
}

// What a refusal must name, so that its reader knows what to write instead.
const ADVICE: readonly (readonly [input: string, says: RegExp])[] = [
  ["/x\r\n", /carriage return|CRLF/i],
  ["\ufeff/x\n", /byte order mark/i],
  ["/x\0/y\0", /--null/],
  ["~/.tiup\n", /in full/],
  ["/x/telemetry/meta.yaml\n", /"\/x"/],
];

for (const [input, says] of ADVICE) {
  test(`the refusal of ${JSON.stringify(input)} says what to write instead`, () => {
    const { code, stderr } = run(["status", "--home", "-"], { input });
    assert.equal(code, 1);
    assert.match(stderr, /^error: [^\n]+\n$/);
    assert.match(stderr, says);
  });
}

for (const order of ["le", "be"] as const) {
  test(`a list in UTF-16 (${order}) fails, and makes nothing`, () => {
    const home = makeHome(ENABLED);
    const cwd = makeHome();
    const input = Buffer.from(`\ufeff${home}\nx\n`, "utf16le");
    if (order === "be") input.swap16();
    for (const command of ["status", "enable", "disable --check"]) {
      const args = [...command.split(" "), "--home", "-"];
      const result = run(args, { input, cwd });
      assertHarmless(result);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /^(error: [^\n]+\n)+$/);
      assert.doesNotMatch(result.stdout, /^status|success/m);
    }
    assert.deepEqual(fs.readdirSync(cwd), []);
    assert.equal(readHome(home), ENABLED);
  });
}

for (
  const [input, ...more] of [[""], ["\n\n"], ["", "--null"], ["\0\0", "--null"]]
) {
  test(`a list without a home (${JSON.stringify([input, ...more])}) is a failure`, () => {
    const home = makeHome(ENABLED);
    const env = { TIUP_HOME: home };
    for (const command of ["status", "disable", "disable --check"]) {
      const args = [...command.split(" "), "--home", "-", ...more];
      const { code, stdout, stderr } = run(args, { env, input: input ?? "" });
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^error: [^\n]*standard input[^\n]*\n$/);
    }
    assert.equal(readHome(home), ENABLED);
  });
}

test("a list from a closed standard input, or a folder, is a failure", () => {
  const home = makeHome(ENABLED);
  for (const line of ['"$@" <&-', '"$@" < /']) {
    const runtime = inShell(line);
    const result = run(["disable", "--home", "-"], { runtime });
    assertHarmless(result);
    assert.deepEqual([result.code, result.stdout], [1, ""], line);
    assert.match(result.stderr, /^error: [^\n]+\n$/, line);
  }
  assert.equal(readHome(home), ENABLED);
});

test("--null without --home - is misuse", () => {
  const home = makeHome(ENABLED);
  for (const args of [["--home", home], []]) {
    const { code, stdout, stderr } = run(["disable", "--null", ...args], {
      env: { TIUP_HOME: home },
    });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /--home -/);
  }
  assert.equal(readHome(home), ENABLED);
});

test("find -print0 and --null take any name that a folder can have", () => {
  const folder = makeHome();
  const names = [
    "plain",
    "line\nbreak",
    "tab\t",
    "\r",
    "\u2028",
    "-x",
    "\x1b[0m",
  ];
  const homes = names.map((name) => join(folder, name, ".tiup"));
  for (const home of homes) {
    fs.mkdirSync(join(home, ".."));
    fs.renameSync(makeHome(ENABLED), home);
  }
  const found = 'find "$D" -name .tiup -print0 | "$@"';
  const PATH = "/usr/bin:/bin";
  const result = run(["disable", "--home", "-", "--null"], {
    runtime: inShell(found),
    env: { D: folder, PATH },
  });
  assertHarmless(result);
  assert.deepEqual([result.code, result.stderr], [0, ""]);
  assert.deepEqual(homes.map(readHome), homes.map(() => DISABLED));
});

test("a list and other homes are handled in the order given", () => {
  const [a, b, c] = [makeHome(ENABLED), makeHome(ENABLED), makeHome(ENABLED)];
  const args = ["disable", "--json", "--home", a, "--home=-", "--home", c];
  const { code, stdout } = run(args, { input: `${b}\n` });
  assert.equal(code, 0);
  assert.deepEqual(objects(stdout).map(({ home }) => home), [a, b, c]);
});

test("100,000 lines are read, and their last one counts", () => {
  const [off, on] = [makeHome(DISABLED), makeHome(ENABLED)];
  const input = `${off}\n`.repeat(99_999) + on;
  const check = ["disable", "--check", "--json", "--home", "-"];
  const { code, stdout } = run(check, {
    input,
    cwd: makeHome(),
    runtime: inShell(
      '{ "$@"; echo $? >&3; } 3>code | tail -n 1; exit $(cat code)',
    ),
    env: { PATH: "/usr/bin:/bin" },
  });
  assert.equal(objects(stdout)[0]?.["home"], on);
  assert.equal(code, 3);
});

test("a line longer than any path fails alone, and is not quoted", () => {
  for (const path of ["x".repeat(8e6), "x/../".repeat(1e5), "y".repeat(5e3)]) {
    const homes = [makeHome(ENABLED), `/${path}`, makeHome(ENABLED)];
    const args = ["disable", "--json", "--home", "-"];
    const { code, stdout, stderr } = run(args, { input: homes.join("\n") });
    const codes = objects(stdout).map(({ error }) =>
      (error as { code: string } | undefined)?.code
    );
    assert.deepEqual([code, codes], [1, [undefined, "refused", undefined]]);
    assert.match(stderr, /^error: [^\n]*longer than any path[^\n]*\n$/);
    assert.ok(stderr.length < 1_000, "it quotes the line");
    assert.equal(readHome(homes[2] ?? ""), DISABLED);
  }
});

const ONE_ERROR = /^error: [^\n]+\n$/;

for (const runtime of BUNDLED) {
  test(`a home relative to a folder that is gone fails on ${runtime.name}`, () => {
    const home = makeHome(ENABLED);
    const line = 'mkdir gone; cd gone; rmdir ../gone; exec "$@"';
    const gone = {
      runtime: inShell(line, runtime),
      cwd: makeHome(),
      env: { PATH: "/usr/bin:/bin" },
    };
    for (const relative of ["x", ".", "../x", `..${home}`]) {
      for (const command of ["disable --check", "enable"]) {
        const args = [...command.split(" "), "--home", relative];
        const { code, stdout, stderr } = run(args, gone);
        assert.deepEqual([code, stdout], [1, ""], relative);
        // Deno and Node 20.0 end before ours begins, in their own words.
        const isTheirs = ["Deno", "Node 20.0.0"].includes(runtime.name);
        assert.match(stderr, isTheirs ? /./ : ONE_ERROR);
        const list = run([...args.slice(0, -1), "-"], {
          ...gone,
          input: `${relative}\n`,
        });
        assert.equal(list.code, 1);
        const env = { ...gone.env, TIUP_HOME: relative };
        assert.equal(run(command.split(" "), { ...gone, env }).code, 1);
      }
    }
    assert.equal(readHome(home), ENABLED);
  });
}

// ------------------------------------------------ As they come and go

// Where an answer waits for the next line, none comes.
const LATE_MS = 10_000;

function startList(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [BUNDLE, ...args, "--home", "-"], {
    env: environment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.on("error", () => {}); // it may have ended before
  setTimeout(() => child.kill("SIGKILL"), LATE_MS).unref();
  return child;
}

async function answerOf({ stdout, exitCode }: ChildProcess): Promise<string> {
  assert.ok(stdout && exitCode === null);
  const signal = AbortSignal.timeout(LATE_MS);
  return String((await once(stdout, "data", { signal }))[0]);
}

for (const args of [["--json"], [], ["--null"]]) {
  test(`status ${args.join(" ")} answers each home before the next is there`, async () => {
    const child = startList("status", ...args);
    const { stdin } = child;
    assert.ok(stdin);
    for (const home of [makeHome(ENABLED), makeHome(DISABLED)]) {
      stdin.write(home + (args[0] === "--null" ? "\0" : "\n"));
      const answer = await answerOf(child);
      assert.ok(answer.includes(home), answer);
    }
    stdin.end();
    assert.deepEqual(await once(child, "close"), [0, null]);
  });
}

test("a line that comes in pieces is one line", async () => {
  const home = makeHome(ENABLED);
  const child = startList("status", "--json");
  assert.ok(child.stdin);
  for (const piece of [home.slice(0, 7), home.slice(7)]) {
    child.stdin.write(piece);
    await new Promise((done) => setTimeout(done, 300));
  }
  child.stdin.end("\n");
  assert.equal(JSON.parse(await answerOf(child)).home, home);
});

const ONCE = /^error: [^\n]*standard output[^\n]*\n$/;

// Into a reader that goes away after a line; the code is that of telemetry.
function intoHead(args: readonly string[], list: string): Result {
  const line = `{ ${list} | "$@"; echo $? >&3; } 3>code | head -n 1;
    exit $(cat code)`;
  const env = { PATH: "/usr/bin:/bin" };
  return run(args, { runtime: inShell(line), cwd: makeHome(), env });
}

for (const args of [["status"], ["status", "--json"], ["disable", "--check"]]) {
  test(`${args.join(" ")} stops when its reader has gone, and says so once`, () => {
    const home = makeHome(ENABLED);
    const endless = intoHead([...args, "--home", "-"], `yes "${home}"`);
    assert.equal(endless.code, 1);
    assert.match(endless.stderr.replace(/^error: "[^\n]*\n/gm, ""), ONCE);
    const homes = Array<string>(300).fill(home);
    const given = intoHead([...args, ...flags(homes)], ":");
    assert.equal(given.code, 1);
    assert.match(given.stderr.replace(/^error: "[^\n]*\n/gm, ""), ONCE);
  });
}

for (
  const [where, redirect] of [["head -1", ""], ["a full disk", "/dev/full"]]
) {
  test(`disable of 300 homes into ${where} changes all, and says once that nobody reads`, () => {
    const homes = Array.from({ length: 300 }, () => makeHome(ENABLED));
    const args = ["disable", ...flags(homes)];
    const { code, stderr } = redirect
      ? run(args, { runtime: inShell(`"$@" > ${redirect}`) })
      : intoHead(args, ":");
    assert.equal(code, 1);
    assert.match(stderr, ONCE);
    assert.deepEqual(homes.map(readHome), homes.map(() => DISABLED));
  });
}
