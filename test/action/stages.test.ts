/** Which file is run decides which stage it is; what the bundle holds. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { DISABLED, ENABLED, makeHome, readHome } from "../helpers/harness.ts";
import {
  ACTION,
  assertFails,
  inputVariable,
  METADATA,
  NODE,
  startJob,
} from "../helpers/runner.ts";

test("the bundle is readable, and knows no network", () => {
  const code = fs.readFileSync(join(ACTION, "dist/action.mjs"), "utf8");
  assert.doesNotMatch(code, /undici|\bfetch\(|WebSocket|child_process/);
  assert.match(code, /^async function enforce\(visit, /m);
});

/** How Node is told the file; each is given its path. */
const STARTS: Readonly<Record<string, (path: string) => string[]>> = {
  "by its path": (path) => [path],
  "without its ending": (path) => {
    fs.copyFileSync(path, path.replace(/\.mjs$/, ""));
    fs.writeFileSync(join(dirname(path), "package.json"), '{"type":"module"}');
    return [path.replace(/\.mjs$/, "")];
  },
  "by a link of another name": (path) => {
    const link = join(dirname(path), "index.mjs");
    fs.symlinkSync(path, link);
    return [link];
  },
  "by a link, not followed": (path) => {
    const link = join(dirname(path), "post.js.mjs");
    fs.symlinkSync(path, link);
    return ["--preserve-symlinks-main", link];
  },
  "under the other's name": (path) => {
    const other = basename(path) === "post.mjs" ? "action.mjs" : "post.mjs";
    const copy = join(dirname(path), "copy", other);
    fs.mkdirSync(dirname(copy));
    fs.copyFileSync(path, copy);
    return [copy];
  },
  "imported": (path) => [
    "--input-type=module",
    "--eval",
    `await import(${JSON.stringify(path)})`,
  ],
};

for (const [how, start] of Object.entries(STARTS)) {
  test(`each file of dist/ is the stage that action.yml says, started ${how}`, () => {
    const home = makeHome(ENABLED);
    const inputs = Object.entries(METADATA.inputs).map(([name, input]) =>
      `${inputVariable(name)}=${name === "tiup-home" ? home : input.default}`
    );
    const run = (path: string) => {
      const folder = makeHome();
      fs.cpSync(join(ACTION, "dist"), folder, { recursive: true });
      const command = [NODE, ...start(join(folder, basename(path)))];
      const options = { encoding: "utf8", cwd: folder } as const;
      return spawnSync("env", ["-i", ...inputs, ...command], options);
    };
    const post = run(METADATA.runs.post);
    const text = "Not read again: this step did not get to its end\n";
    assert.equal(post.stdout, text, "as main has saved nothing");
    assert.equal(post.status, 1);
    assert.equal(readHome(home), ENABLED);
    const main = run(METADATA.runs.main);
    assert.equal(main.status, 0, main.stdout);
    assert.equal(readHome(home), DISABLED);
  });
}

test("a fault of our own is called so, and is exit 1", () => {
  const fault = `process.env = new Proxy(process.env, {
    get(env, name) {
      if (name === "DO_NOT_TRACK") throw new Error("x\\n::notice::y");
      return env[name];
    },
  });`;
  const url = `data:text/javascript,${encodeURIComponent(fault)}`;
  const under = ["env", `NODE_OPTIONS=--import=${url}`];
  const main = startJob({ under }).main();
  assertFails(
    main,
    /^internal: "x\\n::notice::y"; this is a fault of the action/,
  );
});
