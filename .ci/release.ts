/**
 * Checks all of a release that can be known before the first thing that cannot be
 * taken back, then lays out in FOLDER what is to be published:
 *
 *     GITHUB_REF_NAME=v1.0.0 GITHUB_REPOSITORY=OWNER/tiup-telemetry \
 *       npx tsx .ci/release.ts FOLDER
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { gzipSync } from "node:zlib";
import { TARGETS } from "./compile.ts";

const { GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: repository = "" } =
  process.env;
const [, , folder = ""] = process.argv;

const read = (path: string) => readFileSync(path, "utf8");
const { name, version, repository: origin } = JSON.parse(read("package.json"));
const [, entry = ""] = read("CHANGELOG.md").split(/^## /m);
const [latest, ...notes] = entry.trim().split("\n");
const BUN_LICENSES = ".ci/bun-licenses.txt";

type Fact = readonly [where: string, says: unknown, wanted: string];

/** Whatever is written in more than one place. */
function* facts(): Generator<Fact> {
  yield ["The tag", tag, `v${version}`];
  const lock = JSON.parse(read("package-lock.json"));
  yield ["package-lock.json", lock.version, version];
  yield ["package-lock.json", lock.packages[""].version, version];
  const { version: bun } = lock.packages["node_modules/bun"];
  const [inside] = /^Bun \S+/.exec(read(BUN_LICENSES)) ?? [];
  yield [BUN_LICENSES, inside, `Bun ${bun}`];
  const deno = JSON.parse(read("deno.json"));
  yield ["deno.json", deno.version, version];
  const [, literal] = /VERSION = "(.+)"/.exec(read("telemetry.ts")) ?? [];
  yield ["telemetry.ts", literal, version];
  yield ["CHANGELOG.md", latest, version];
  const url = `git+https://github.com/${repository}.git`;
  yield ["package.json", origin.url, url];
  const [owner = ""] = repository.toLowerCase().split("/");
  yield ["deno.json", deno.name, `@${owner}/${name}`];
  const examples = ["grep", `uses: .*/${name}@`, "*.md", "examples"];
  for (const line of output("git", ...examples)) {
    const [file = "", uses = ""] = line.split(/:.*(?=uses: )/);
    const right = uses.replace(/ .+@/, ` ${repository}@`)
      .replace(/#.*/, `# v${version}`);
    yield [file, uses, right];
  }
  const download = "[^/ ]+/[^/ ]+/releases/download/v[0-9.]+[0-9]";
  const places = ["grep", "-oE", download, "--", "*.md", "examples"];
  for (const line of output("git", ...places)) {
    const [file = "", address] = line.split(":");
    yield [file, address, `${repository}/releases/download/v${version}`];
  }
}

/** The lines that a command prints. */
function output(command: string, ...args: readonly string[]): string[] {
  const text = execFileSync(command, args, { encoding: "utf8" });
  return text.split("\n").filter(Boolean);
}

function run(command: string, ...args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) stop([`${command} ${args.join(" ")} failed`]);
}

function stop(reasons: readonly string[]): never {
  for (const reason of reasons) console.error(`error: ${reason}`);
  process.exit(1);
}

/** Compresses the executables, and runs the one that can run here. */
function addExecutables(): void {
  run("npm", "run", "compile", "--", "--all");
  for (const { name } of TARGETS) {
    const executable = `build/${name}/telemetry`;
    if (name === `linux-${process.arch}`) run(executable, "--version");
    const compressed = gzipSync(readFileSync(executable));
    writeFileSync(`${files}/telemetry-${name}.gz`, compressed);
  }
}

/** The licences of all that is in an executable. */
function licences(): string {
  const [, ofPackages = ""] =
    /\/\*!([^]*)\*\//.exec(read("dist/telemetry.mjs")) ??
      [];
  return [read("LICENSE"), ofPackages, read(BUN_LICENSES)].join("\n----\n");
}

/** What SHA256SUMS says of the files, and of the executables in them. */
function sums(): string {
  const unpacked = TARGETS.map(({ name }) =>
    [`telemetry-${name}`, `build/${name}/telemetry`] as const
  );
  const packed = readdirSync(files).map((name) =>
    [name, `${files}/${name}`] as const
  );
  const lines = [...packed, ...unpacked].map(([name, path]) => {
    const sum = createHash("sha256").update(readFileSync(path)).digest("hex");
    return `${sum}  ${name}\n`;
  });
  return lines.join("");
}

const wrong = [...facts()].filter(([, says, wanted]) => says !== wanted)
  .map(([where, says, wanted]) => `${where} says ${says}, not ${wanted}`);
if (notes.length === 0) wrong.push(`CHANGELOG.md has no word on ${latest}`);
if (wrong.length > 0) stop(wrong);

run("npm", "run", "build");
const changed = output("git", "status", "--porcelain");
if (changed.length > 0) stop(["npm run build makes other files:", ...changed]);

const files = `${folder}/files`; // those that the release here will have
mkdirSync(files, { recursive: true });
run("npm", "pack", "--silent", "--pack-destination", files);
run("npm", "publish", "--dry-run", `${files}/${name}-${version}.tgz`);
run("npx", "deno", "publish", "--dry-run");
cpSync("dist", files, { recursive: true });
cpSync("examples/each-user.sh", `${files}/each-user.sh`);
addExecutables();
writeFileSync(`${files}/executable-licenses.txt`, licences());
writeFileSync(`${files}/SHA256SUMS`, sums());
writeFileSync(`${folder}/notes.md`, `${notes.join("\n").trim()}\n`);
