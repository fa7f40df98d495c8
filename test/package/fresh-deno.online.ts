/** A fresh checkout under Deno, which fetches the packages itself; needs the network. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkout, NETWORK as env } from "../helpers/checkout.ts";
import {
  DENO,
  DISABLED,
  ENABLED,
  makeHome,
  readHome,
  run,
} from "../helpers/harness.ts";
import { allow, byPasswd, CHANGE } from "../helpers/permissions.ts";

const NOTED = `# by hand\n${ENABLED}`;

test("deno run telemetry.ts works in a fresh checkout", () => {
  const cwd = checkout();
  const home = makeHome(NOTED);
  const needs = byPasswd(CHANGE);
  const command = [
    DENO,
    "run",
    "--quiet",
    "--no-prompt",
    ...allow(home, needs),
    "telemetry.ts",
  ];
  const runtime = { name: "fresh Deno", command };
  const before = fs.readdirSync(cwd);
  const result = run(["disable", "--home", home], { runtime, cwd, env });
  assert.deepEqual(result, {
    code: 0,
    signal: null,
    stdout: "Disable telemetry success\n",
    stderr: "",
  });
  assert.equal(readHome(home), `# by hand\n${DISABLED}`);
  assert.deepEqual(fs.readdirSync(cwd), before, "it leaves nothing behind");
});

test("deno check telemetry.ts passes in a fresh checkout", () => {
  const runtime = { name: "deno check", command: [DENO, "check"] };
  const options = { runtime, cwd: checkout(), env };
  const { code, stderr } = run(["telemetry.ts"], options);
  assert.equal(code, 0, stderr);
});

test("./telemetry.ts works in a fresh checkout with deno on the PATH", () => {
  const cwd = checkout();
  const bin = makeHome();
  fs.symlinkSync(DENO, join(bin, "deno"));
  const home = makeHome(NOTED);
  const runtime = { name: "shebang", command: ["./telemetry.ts"] };
  const PATH = `${bin}:/usr/bin:/bin`;
  const options = { runtime, cwd, env: { ...env, PATH } };
  const { code, stdout, stderr } = run(["disable", "--home", home], options);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "Disable telemetry success\n");
  assert.equal(readHome(home), `# by hand\n${DISABLED}`);
});
