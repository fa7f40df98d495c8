/** The dry runs of a release, which ask the registries. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { NETWORK } from "../helpers/checkout.ts";
import { type Edit, rehearse, VERSION } from "../helpers/release.ts";

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

const MISTAKES: readonly (readonly [...Edit, error: string])[] = [
  ["package.json", '"license"', '"private": true, "license"', "npm publish"],
  ["deno.json", '"./telemetry.ts"', '"./missing.ts"', "npx deno publish"],
];

for (const [file, from, to, command] of MISTAKES) {
  test(`a release stops where ${command} refuses it`, () => {
    const { status, stderr, made } = rehearse(NETWORK, [file, from, to]);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^error: ${command} .*failed$`, "m"));
    assert.ok(!made.includes("notes.md"));
  });
}
