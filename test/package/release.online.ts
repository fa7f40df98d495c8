/** The dry runs of a release, which ask the registries. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { NETWORK } from "../helpers/checkout.ts";
import { ROOT } from "../helpers/harness.ts";
import { rehearse, VERSION } from "../helpers/release.ts";

/** What the head of an executable says: the processor (e_machine) and the loader. */
const EXECUTABLES = {
  "telemetry-linux-x64": [62, "/lib64/ld-linux-x86-64.so.2"],
  "telemetry-linux-arm64": [183, "/lib/ld-linux-aarch64.so.1"],
  "telemetry-linux-x64-musl": [62, "/lib/ld-musl-x86_64.so.1"],
  "telemetry-linux-arm64-musl": [183, "/lib/ld-musl-aarch64.so.1"],
} as const;

function elfHead(bytes: Buffer): [machine: number, loader: string] {
  assert.equal(bytes.toString("latin1", 0, 4), "\x7fELF");
  const [loader = ""] =
    /\/lib\S*\/ld-[\w.-]+/.exec(bytes.toString("latin1", 0, 4096)) ?? [];
  return [bytes.readUInt16LE(18), loader];
}

test("a release in which nothing is wrong lays out what is to be published", () => {
  // The version of today may be out already.
  const env = { ...NETWORK, npm_config_force: "true" };
  const { status, stderr, made, folder } = rehearse(env);
  assert.equal(status, 0, stderr);
  const files = [
    ...fs.readdirSync(join(ROOT, "dist")),
    ...Object.keys(EXECUTABLES).map((name) => `${name}.gz`),
    "SHA256SUMS",
    "each-user.sh",
    "executable-licenses.txt",
    `tiup-telemetry-${VERSION}.tgz`,
  ].map((name) => `files/${name}`);
  assert.deepEqual(made, ["files", ...files, "notes.md"].sort());
  const notes = fs.readFileSync(join(folder, "notes.md"), "utf8");
  assert.match(notes, /^[^#\n]/);
  assert.doesNotMatch(notes, /^## /m);
  assertExecutables(join(folder, "files"));
});

function assertExecutables(folder: string): void {
  for (const [name, wanted] of Object.entries(EXECUTABLES)) {
    const bytes = gunzipSync(fs.readFileSync(join(folder, `${name}.gz`)));
    assert.deepEqual(elfHead(bytes), wanted, name);
    fs.writeFileSync(join(folder, name), bytes);
  }
  const check = ["--check", "--strict", "SHA256SUMS"];
  const sums = execFileSync("sha256sum", check, { cwd: folder });
  const names = fs.readdirSync(folder).filter((name) => name !== "SHA256SUMS");
  const lines = String(sums).trimEnd().split("\n").sort();
  assert.deepEqual(lines, names.map((name) => `${name}: OK`).sort());
  const licences = fs.readFileSync(
    join(folder, "executable-licenses.txt"),
    "utf8",
  );
  for (
    const words of [/Apache License/, /^cac \d/m, /^Bun \d/m, /JavaScriptCore/]
  ) {
    assert.match(licences, words);
  }
}

test("a release stops where deno publish refuses it", () => {
  const edit = ["deno.json", '"./telemetry.ts"', '"./missing.ts"'] as const;
  const { status, stderr, made } = rehearse(NETWORK, edit);
  assert.equal(status, 1);
  assert.match(stderr, /^error: npx deno publish --dry-run failed\n$/m);
  assert.ok(!made.includes("notes.md"));
});
