/**
 * Bundles the two programs into dist/, each one reviewable file that needs no
 * installation: `npm run build`. The output depends on the sources and the
 * lockfile alone, so that anyone can rebuild and compare it.
 */
import { build, type BuildOptions, type Plugin } from "esbuild";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

// The packages used here do nothing when they are loaded, but not all of them say
// so; without it, a bundle would hold all of yaml, and an HTTP client.
const dropUnused: Plugin = {
  name: "drop-unused",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^/]/ }, async ({ path, pluginData, ...options }) => {
      if (pluginData === dropUnused) return undefined; // asked by the line below
      const found = await resolve(path, { ...options, pluginData: dropUnused });
      return { ...found, sideEffects: !found.path.includes("/node_modules/") };
    });
  },
};

const common: BuildOptions = {
  bundle: true,
  write: false,
  metafile: true,
  format: "esm",
  platform: "neutral",
  target: "node20",
  conditions: ["browser"],
  mainFields: ["module", "main"],
  external: ["node:*"],
  legalComments: "none",
  plugins: [dropUnused],
};

await bundle("telemetry", {}, "#!/usr/bin/env node\n");

async function bundle(name: string, options: BuildOptions, head: string) {
  const entryPoints = [`${name}.ts`];
  const result = await build({ ...common, ...options, entryPoints });
  const code = result.outputFiles?.[0]?.text.replace(/^#!.*\n/, "");
  const inputs = Object.keys(result.metafile?.inputs ?? {});
  mkdirSync("dist", { recursive: true });
  writeFileSync(`dist/${name}.mjs`, `${head}${code}\n${licences(inputs)}`);
}

/** The licences of the packages that went into a bundle, as one comment. */
function licences(inputs: string[]): string {
  const folders = inputs.flatMap((input) =>
    /^node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []
  );
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(
      readFileSync(`${folder}/package.json`, "utf8"),
    );
    const [file] = readdirSync(folder).filter((name) => /^licen/i.test(name));
    const text = readFileSync(`${folder}/${file}`, "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `/*!\n${texts.join("\n----\n\n")}*/\n`;
}
