/** Writes dist/ from the sources and the lockfile alone: rebuild, and compare. */
import { build, type Plugin } from "esbuild";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";

// No package here does anything when it is merely imported, though few say so:
// what is not used of @actions/core, its whole HTTP client, stays out.
const leaveOutUnused: Plugin = {
  name: "leave-out-unused",
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      if (pluginData) return undefined;
      const found = await resolve(path, { ...from, pluginData: "resolving" });
      return { ...found, sideEffects: false };
    }),
};

const TSC = `node_modules/typescript/bin/tsc telemetry.ts --ignoreConfig
  --declaration --emitDeclarationOnly --outDir dist --module nodenext --types node`;
execFileSync(process.execPath, TSC.split(/\s+/)); // makes the folder, too
const types = readFileSync("dist/telemetry.d.ts", "utf8");
writeFileSync("dist/library.d.mts", types.replace(/^#!.*\n/, ""));
rmSync("dist/telemetry.d.ts");
// Bun would transpile the plain JavaScript once more, unless told not to. A file that
// was cut off may still be valid, and would end before it does anything.
const failFirst = "process.exitCode = 1; // until the work is done\n";
const head = `#!/usr/bin/env node\n// @bun\n${failFirst}`;
// Which file is run decides what it is: that is built into each.
await bundle("telemetry", "telemetry", { BUNDLE: "program" }, head, 0o755);
await bundle("telemetry", "library", { BUNDLE: "library" });
await bundle(
  "action",
  "action",
  { BUNDLE: "library", STAGE: "main" },
  failFirst,
);
await bundle("action", "post", { BUNDLE: "library", STAGE: "post" }, failFirst);

async function bundle(
  source: string,
  name: string,
  constants: Readonly<Record<string, string>>,
  head = "",
  mode = 0o644,
) {
  const literals = Object.entries(constants).map(([name, value]) =>
    [name, JSON.stringify(value)] as const
  );
  const { outputFiles } = await build({
    entryPoints: [`${source}.ts`],
    define: Object.fromEntries(literals),
    bundle: true,
    write: false,
    format: "esm",
    target: "node20",
    platform: "neutral",
    preserveSymlinks: true,
    external: ["node:*", ...builtinModules],
    conditions: ["browser"], // uuid without node:crypto, which is slow to load
    plugins: [leaveOutUnused],
  });
  const code = outputFiles[0]?.text.replace(/^#!.*\n/, "") ?? "";
  writeFileSync(`dist/${name}.mjs`, head + code + licences(code), { mode });
}

/** The licences of the packages in a bundle, which names each file in it. */
function licences(code: string): string {
  const names = /(?<=^ *\/\/ node_modules\/)(@.+?\/)?[^/\n]+/gm;
  const texts = [...new Set(code.match(names))].sort().map((name) => {
    const folder = `node_modules/${name}`;
    const read = (file = "") => readFileSync(`${folder}/${file}`, "utf8");
    const { version } = JSON.parse(read("package.json"));
    const file = readdirSync(folder).find((name) => /^licen/i.test(name));
    return `\n${name} ${version}\n\n${read(file).trim()}\n`;
  });
  return `\n/*!${texts.join("\n----\n")}*/\n`;
}
