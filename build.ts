/**
 * Bundles the two programs into dist/, each one reviewable file that needs no
 * installation: `npm run build`. The output depends on the sources and the
 * lockfile alone, so that anyone can rebuild and compare it.
 */
import { build, type BuildOptions, type Plugin } from "esbuild";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";

// What @actions/core asks of node:crypto, random delimiters, straight from where
// that has its seed: loading the module is a sixth of the action's whole run.
const RANDOM_UUID = `
import { closeSync, openSync, readSync } from "node:fs";
export function randomUUID() {
  const bytes = Buffer.alloc(16);
  const source = openSync("/dev/urandom");
  readSync(source, bytes);
  closeSync(source);
  return bytes.toString("hex");
}`;

// No package here does anything when it is merely imported, though few say so:
// what is not used of @actions/core, its whole HTTP client, can stay out.
const leaveOutUnused: Plugin = {
  name: "leave-out-unused",
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /^crypto$/ }, () => ({ path: "-", namespace: "uuid" }));
    onLoad(
      { filter: /./, namespace: "uuid" },
      () => ({ contents: RANDOM_UUID }),
    );
    onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) => {
      if (isBuiltin(path)) {
        const name = path.replace(/^(?!node:)/, "node:");
        return { path: name, external: true, sideEffects: false };
      }
      const ours = /^(\.\/)?\w+\.ts$/.test(path);
      if (ours || pluginData === "resolving") return undefined;
      const found = await resolve(path, { ...from, pluginData: "resolving" });
      return { ...found, sideEffects: false };
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
  plugins: [leaveOutUnused],
  legalComments: "none",
};

// Bun would transpile the plain JavaScript once more, unless told not to.
await bundle("telemetry", {}, "#!/usr/bin/env node\n// @bun\n");
// In the action telemetry.ts is a library: its entry line must stay silent.
await bundle("action", { define: { "import.meta.main": "false" } }, "");
writeFileSync(
  "dist/post.mjs",
  `// The post stage of the action; see the end of action.ts.\nimport "./action.mjs";\n`,
);

async function bundle(name: string, options: BuildOptions, head: string) {
  const entryPoints = [`${name}.ts`];
  const result = await build({ ...common, ...options, entryPoints });
  const code = result.outputFiles?.[0]?.text.replace(/^#!.*\n/, "");
  const inputs = Object.keys(
    Object.values(result.metafile?.outputs ?? {})[0]?.inputs ?? {},
  );
  mkdirSync("dist", { recursive: true });
  const mode = head.startsWith("#!") ? 0o755 : 0o644;
  const text = `${head}${code}\n${licences(inputs)}`;
  writeFileSync(`dist/${name}.mjs`, text, { mode });
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
