/** A fresh checkout under Deno, which fetches the packages itself; needs the network. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import {
  DENO,
  DISABLED,
  ENABLED,
  makeHome,
  readHome,
  ROOT,
  run,
  skip,
} from "../helpers/harness.ts";
import { allow, byPasswd, CHANGE } from "../helpers/permissions.ts";

// How this machine reaches the registry, if not directly.
const NETWORK =
  /^((https?|all|no)_proxy|deno_(cert|tls_ca_store)|ssl_cert_(file|dir)|npm_config_registry)$/i;
const env = {
  DENO_TLS_CA_STORE: "mozilla,system", // a company's own certificates too
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      NETWORK.test(name) && value ? [[name, value]] : []
    ),
  ),
};

/** Copies what a clone would hold, with today's content, into a new folder. */
function checkout(): string | undefined {
  const list = spawnSync("git", ["ls-files", "-z"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (list.status !== 0) return undefined;
  const folder = makeHome();
  for (const name of list.stdout.split("\0").filter(Boolean)) {
    fs.mkdirSync(join(folder, dirname(name)), { recursive: true });
    fs.copyFileSync(join(ROOT, name), join(folder, name));
  }
  return folder;
}

const NOTED = `# for the parser\n${ENABLED}`;

test("deno run telemetry.ts works in a fresh checkout", (t) => {
  const cwd = checkout();
  if (!cwd) return skip(t, "git, and a checkout of it");
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
  assert.equal(readHome(home), `# for the parser\n${DISABLED}`);
  assert.deepEqual(fs.readdirSync(cwd), before, "it leaves nothing behind");
});

test("./telemetry.ts works in a fresh checkout with deno on the PATH", (t) => {
  const cwd = checkout();
  if (!cwd) return skip(t, "git, and a checkout of it");
  const bin = makeHome();
  fs.symlinkSync(DENO, join(bin, "deno"));
  const home = makeHome(NOTED);
  const runtime = { name: "shebang", command: ["./telemetry.ts"] };
  const PATH = `${bin}:/usr/bin:/bin`;
  const options = { runtime, cwd, env: { ...env, PATH } };
  const { code, stdout, stderr } = run(["disable", "--home", home], options);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "Disable telemetry success\n");
  assert.equal(readHome(home), `# for the parser\n${DISABLED}`);
});
