/** The dry runs of a release, which ask the registries. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { NETWORK } from "../helpers/checkout.ts";
import { rehearse, VERSION } from "../helpers/release.ts";

test("a release in which nothing is wrong lays out what is to be published", () => {
  // The version of today may be out already.
  const env = { ...NETWORK, npm_config_force: "true" };
  const { status, stderr, made, folder } = rehearse(env);
  assert.equal(status, 0, stderr);
  assert.deepEqual(made, [
    "dist",
    "dist/action.mjs",
    "dist/post.mjs",
    "dist/telemetry.d.mts",
    "dist/telemetry.mjs",
    "notes.md",
    `tiup-telemetry-${VERSION}.tgz`,
  ]);
  const notes = fs.readFileSync(join(folder, "notes.md"), "utf8");
  assert.match(notes, /^[^#\n]/);
  assert.doesNotMatch(notes, /^## /m);
});

test("a release stops where deno publish refuses it", () => {
  const edit = ["deno.json", '"./telemetry.ts"', '"./missing.ts"'] as const;
  const { status, stderr, made } = rehearse(NETWORK, edit);
  assert.equal(status, 1);
  assert.match(stderr, /^error: npx deno publish --dry-run failed\n$/m);
  assert.ok(!made.includes("notes.md"));
});
