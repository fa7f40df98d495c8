/** The standalone executable: what it is, and what it needs of a machine. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { before, describe, test, type TestContext } from "node:test";
import { compile } from "../../.ci/compile.ts";
import { checkout } from "../helpers/checkout.ts";
import {
  BUNDLE,
  DISABLED,
  ENABLED,
  inShell,
  makeHome,
  metaOf,
  objects,
  readHome,
  ROOT,
  run,
  type Runtime,
  skip,
  UUID,
} from "../helpers/harness.ts";

const FOLDER = makeHome();
const PROGRAM = join(FOLDER, "telemetry");
const ENABLE = `status: enable\nuuid: ${UUID}\n`;
const { PATH = "" } = process.env;

/** The executable, started by a command that takes another one. */
function started(by: readonly string[] = [], path = PROGRAM): Runtime {
  return { name: "the executable", command: [...by, path] };
}

/** Skips the test where the tool is missing. */
function has(t: TestContext, tool: string): boolean {
  const isThere = spawnSync(tool, ["--version"]).status === 0;
  if (!isThere) skip(t, tool);
  return isThere;
}

/** Skips the test for whoever is not root. */
function isRoot(t: TestContext): boolean {
  const isIt = process.getuid?.() === 0;
  if (!isIt) skip(t, "root");
  return isIt;
}

describe("the executable", { skip: process.platform !== "linux" }, () => {
  before(() => compile(BUNDLE, PROGRAM));

  test("has the same bytes wherever the project lies", () => {
    const [one, other] = [checkout(), checkout()].map((cwd) => {
      fs.symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"));
      execFileSync("npm", ["run", "--silent", "compile"], { cwd });
      return fs.readFileSync(join(cwd, "build/telemetry"));
    });
    assert.ok(one && other && one.length > 1e6);
    assert.ok(one.equals(other));
  });

  test("runs under any name, and through a link", () => {
    const home = makeHome(ENABLED);
    const [renamed, link] = ["renamed", "link"].map((name) =>
      join(FOLDER, name)
    ) as [string, string];
    fs.linkSync(PROGRAM, renamed);
    fs.symlinkSync(PROGRAM, link);
    for (const path of [PROGRAM, renamed, link]) {
      const args = ["disable", "--check", "--home", home];
      assert.equal(run(args, { runtime: started([], path) }).code, 3, path);
    }
  });

  test("finds the home without HOME", () => {
    const runtime = started(["/usr/bin/env", "-i"]);
    const { stdout } = run(["status", "--json"], { runtime });
    const file = `${userInfo().homedir}/.tiup/telemetry/meta.yaml`;
    assert.deepEqual(objects(stdout).map((found) => found["file"]), [file]);
  });

  test("opens nothing where it is started, writes nothing, uses no network", (t) => {
    if (!has(t, "strace")) return;
    const home = makeHome(ENABLED);
    const cwd = makeHome();
    const trace = join(FOLDER, "trace");
    const strace = ["strace", "-f", "-o", trace, "-e", "trace=%file,%network"];
    const runtime = started(strace);
    const result = run(["status", "--home", home], {
      runtime,
      cwd,
      env: { PATH },
    });
    assert.deepEqual([result.code, result.stdout], [0, ENABLE]);
    const calls = fs.readFileSync(trace, "utf8").split("\n");
    assert.ok(calls.some((call) => call.includes(metaOf(home))));
    for (const call of calls.filter((call) => !call.includes("getcwd("))) {
      assert.doesNotMatch(call, /O_WRONLY|O_RDWR|O_CREAT|socket\(|connect\(/);
      assert.ok(!call.includes(cwd), call);
      assert.doesNotMatch(call, /\((AT_FDCWD, )?"[^/"]/, "a relative path");
    }
  });

  test("runs for a user who may execute it but not read it", (t) => {
    if (!isRoot(t)) return;
    const home = makeHome(ENABLED);
    for (const path of [home, join(home, "telemetry"), metaOf(home)]) {
      fs.chownSync(path, 4321, 4321);
    }
    fs.chmodSync(FOLDER, 0o711);
    fs.chmodSync(PROGRAM, 0o711);
    const user = ["setpriv", "--reuid=4321", "--regid=4321", "--clear-groups"];
    const say = (command: string, ...flags: string[]) =>
      run([command, "--home", home, ...flags], {
        runtime: started(user),
        env: { PATH },
      });
    const read = { name: "cat", command: [...user, "cat"] };
    assert.equal(run([PROGRAM], { runtime: read, env: { PATH } }).code, 1);
    assert.equal(say("status").stdout, ENABLE);
    assert.equal(say("disable").stdout, "Disable telemetry success\n");
    assert.equal(readHome(home), DISABLED);
  });

  test("shows the status where nothing can be written", (t) => {
    if (!isRoot(t)) return;
    const home = makeHome(ENABLED);
    const lock = 'for at in / /tmp; do mount -o remount,ro,bind "$at"; done';
    const shell = ["sh", "-c", `${lock} 2> /dev/null; exec "$@"`, "sh"];
    const by = ["unshare", "--mount", ...shell];
    const say = (command: string) =>
      run([command, "--home", home], { runtime: started(by), env: { PATH } });
    assert.deepEqual(say("status"), {
      code: 0,
      signal: null,
      stdout: ENABLE,
      stderr: "",
    });
    const { code, stderr } = say("disable");
    assert.equal(code, 1);
    assert.match(stderr, /^error: [^\n]*read-only[^\n]*\n$/i);
    assert.equal(readHome(home), ENABLED);
  });

  test("answers for 10,000 homes, each right", () => {
    const homes = [makeHome(ENABLED), makeHome(DISABLED)];
    const input = `${homes.join("\n")}\n`.repeat(5_000);
    const answers = join(FOLDER, "answers");
    const runtime = inShell(`"$@" > ${answers}`, started());
    const args = ["status", "--json", "--home", "-"];
    const { code, stderr } = run(args, { runtime, input });
    assert.deepEqual([code, stderr], [0, ""]);
    const found = objects(fs.readFileSync(answers, "utf8"))
      .map(({ home, status }) => [home, status]);
    const pair = [[homes[0], "enable"], [homes[1], "disable"]];
    assert.deepEqual(found, Array.from({ length: 5_000 }, () => pair).flat());
  });
});
