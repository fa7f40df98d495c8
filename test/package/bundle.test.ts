/** The committed bundle: reviewable, offline, and what anyone would build. */
import assert from "node:assert/strict";
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { BUNDLE, environment, makeHome, ROOT } from "../helpers/harness.ts";

const BUNDLES = fs.readdirSync(join(ROOT, "dist")).filter((name) =>
  name.endsWith(".mjs")
).map((name) => name === "telemetry.mjs" ? BUNDLE : join(ROOT, "dist", name));

const { imports } = JSON.parse(text(join(ROOT, "deno.json")));
const SOURCE_PACKAGES = Object.keys(imports).sort();

function text(path: string): string {
  return fs.readFileSync(path, "utf8");
}

/** Every import and require of a file, as a bundler sees it. */
async function importsOf(path: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [path],
    bundle: true,
    external: ["*"],
    format: "esm",
    metafile: true,
    write: false,
  });
  return Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.map(({ path }) => path)
  );
}

const NETWORK =
  /^(node:)?(http|https|http2|net|tls|dns|dgram|child_process|cluster|inspector|worker_threads|vm|wasi|quic)(\/|$)/;

for (const path of BUNDLES) {
  const name = path.replace(/.*\//, "dist/");

  test(`${name} imports from Node alone, and nothing that could reach out`, async () => {
    const imports = await importsOf(path);
    assert.ok(imports.length > 0);
    for (const name of imports) {
      const builtin = isBuiltin(name) &&
        (path !== BUNDLE || /^node:/.test(name));
      assert.ok(builtin || /^\.\/[a-z]+\.mjs$/.test(name), name);
      assert.doesNotMatch(name, NETWORK);
    }
  });

  test(`${name} evaluates no text as code and knows no network API`, () => {
    assert.doesNotMatch(
      text(path),
      /(?<!--)\beval\b|\bFunction\(|\bfetch\(|\bWebSocket\b|\bXMLHttpRequest\b|\bEventSource\b|\bsendBeacon\b|\bprocess\.binding\b|\bimport\([^"]|\bDeno\.(?!version)|\bBun\.(?!version)/,
    );
  });

  test(`${name} is small, ASCII with LF, and not minified`, () => {
    const bytes = fs.readFileSync(path);
    assert.ok(bytes.length < 300_000, `${bytes.length} bytes`);
    assert.ok(bytes.every((byte) => byte < 128 && byte !== 13));
    const lines = bytes.toString().split("\n");
    const code = lines.slice(0, lines.indexOf("/*!"));
    const width = code.join("").length / code.length;
    assert.ok(width < 80, `${width} characters a line`);
  });

  test(`${name} holds the licence of every package in it`, () => {
    const bundle = text(path);
    const packages = new Set(
      Array.from(
        bundle.matchAll(/^ *\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//mg),
        ([, name = ""]) => name,
      ),
    );
    const licences = bundle.slice(bundle.lastIndexOf("/*!"));
    for (const name of packages) {
      const folder = join(ROOT, "node_modules", name);
      const { version } = JSON.parse(text(join(folder, "package.json")));
      const [file = ""] = fs.readdirSync(folder).filter((name) =>
        /^licen/i.test(name)
      );
      assert.ok(
        licences.includes(`${name} ${version}\n`),
        `${name} ${version}`,
      );
      assert.ok(licences.includes(text(join(folder, file)).trim()), name);
    }
    if (path === BUNDLE) {
      assert.deepEqual([...packages].sort(), SOURCE_PACKAGES);
    }
  });
}

test("npm run build makes the committed files byte for byte, wherever it runs", () => {
  const folder = makeHome();
  for (
    const name of fs.readdirSync(ROOT).filter((name) =>
      /\.(ts|json)$/.test(name)
    )
  ) {
    fs.copyFileSync(join(ROOT, name), join(folder, name));
  }
  fs.symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const { scripts } = JSON.parse(text(join(ROOT, "package.json")));
  assert.equal(scripts.build, "tsx build.ts");
  const tsx = ["--import", import.meta.resolve("tsx"), "build.ts"];
  const { status, stderr } = spawnSync(process.execPath, tsx, {
    cwd: folder,
    env: environment(),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const built = fs.readdirSync(join(folder, "dist")).sort();
  assert.deepEqual(built, fs.readdirSync(join(ROOT, "dist")).sort());
  for (const name of built) {
    const same =
      text(join(folder, "dist", name)) === text(join(ROOT, "dist", name));
    assert.ok(same, `dist/${name} is not what its sources make; npm run build`);
  }
});
