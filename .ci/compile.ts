/**
 * Compiles dist/telemetry.mjs into standalone executables:
 *
 *     npm run compile             build/telemetry, for this machine
 *     npm run compile -- --all    build/linux-x64/telemetry and so on, for a release
 *
 * The file names of the bundle and of the executable are part of its bytes. Here
 * they are always the same, so that whoever compiles again gets the same bytes.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a release has, and the package whose Bun is inside. */
export const TARGETS = [
  { name: "linux-x64", bun: "@oven/bun-linux-x64" },
  { name: "linux-arm64", bun: "@oven/bun-linux-aarch64" },
  { name: "linux-x64-musl", bun: "@oven/bun-linux-x64-musl" },
  { name: "linux-arm64-musl", bun: "@oven/bun-linux-aarch64-musl" },
];

const ROOT = join(import.meta.dirname, "..");
const MODULES = join(ROOT, "node_modules");
const FLAGS = [
  "--compile",
  "--bytecode",
  "--format=esm",
  // The folder that it is started in must not decide what it does.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  // The program looks for this flag on Bun.
  "--compile-exec-argv=--no-env-file",
];

/** Compiles a script; `runtime` is the Bun to put inside, else that of this machine. */
export function compile(
  script: string,
  executable: string,
  runtime?: string,
): void {
  const bun = findBun();
  const inside = `--compile-executable-path=${runtime ?? bun}`;
  execFileSync(bun, [
    ...["build", ...FLAGS, inside],
    ...[script, `--outfile=${executable}`],
  ], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
}

// Where the install script of the package bun did not run, its Bun is still in
// the package of the platform.
function findBun(): string {
  const scope = join(MODULES, "@oven");
  const folders = fs.readdirSync(scope).map((name) => join(scope, name));
  const candidates = [
    join(MODULES, "bun/bin/bun.exe"),
    ...folders.map((folder) => join(folder, "bin/bun")),
  ];
  const found = candidates.find(isProgram);
  if (!found) throw new Error("No Bun in node_modules; run npm ci");
  return found;
}

/** False for the script that stands in for Bun, which is some hundred bytes. */
function isProgram(path: string): boolean {
  const size = fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return size > 1_000_000;
}

/** Installs Bun for every target, as the lockfile has it, and returns the folder. */
function installBuns(folder: string): string {
  const lockfile = fs.readFileSync(join(ROOT, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(lockfile);
  const dependencies: Record<string, string> = {};
  const locked: Record<string, unknown> = { "": { dependencies } };
  for (const { bun } of TARGETS) {
    const { version, integrity } = packages[`node_modules/${bun}`];
    dependencies[bun] = version;
    locked[`node_modules/${bun}`] = { version, integrity };
  }
  write("package.json", { dependencies });
  write("package-lock.json", { lockfileVersion: 3, packages: locked });
  const options = { cwd: folder, stdio: "inherit" } as const;
  // Forced, as most of these are not for this machine.
  const flags = ["--force", "--ignore-scripts", "--loglevel=error"];
  execFileSync("npm", ["ci", ...flags], options);
  return join(folder, "node_modules");

  function write(name: string, value: unknown): void {
    fs.writeFileSync(join(folder, name), JSON.stringify(value));
  }
}

function compileAll(): void {
  const folder = fs.mkdtempSync(join(tmpdir(), "compile-"));
  try {
    const modules = installBuns(folder);
    for (const { name, bun } of TARGETS) {
      const runtime = join(modules, bun, "bin/bun");
      compile("dist/telemetry.mjs", `build/${name}/telemetry`, runtime);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const args = process.argv.slice(2).join(" ");
  if (args === "--all") compileAll();
  else if (args === "") compile("dist/telemetry.mjs", "build/telemetry");
  else throw new Error(`Unknown arguments: ${args}`);
}
