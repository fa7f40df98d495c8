/**
 * Checks all of a release that can be known before the first thing that cannot be
 * taken back, then lays out in FOLDER what is to be published:
 *
 *     GITHUB_REF_NAME=v1.0.0 GITHUB_REPOSITORY=OWNER/tiup-telemetry \
 *       npx tsx .ci/release.ts FOLDER
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const { GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: repository = "" } =
  process.env;
const [, , folder = ""] = process.argv;

const read = (path: string) => readFileSync(path, "utf8");
const { name, version, repository: origin } = JSON.parse(read("package.json"));
const [, entry = ""] = read("CHANGELOG.md").split(/^## /m);
const [latest, ...notes] = entry.trim().split("\n");

type Fact = readonly [where: string, says: unknown, wanted: string];

/** Whatever is written in more than one place. */
function* facts(): Generator<Fact> {
  yield ["The tag", tag, `v${version}`];
  const lock = JSON.parse(read("package-lock.json"));
  yield ["package-lock.json", lock.version, version];
  yield ["package-lock.json", lock.packages[""].version, version];
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

const wrong = [...facts()].filter(([, says, wanted]) => says !== wanted)
  .map(([where, says, wanted]) => `${where} says ${says}, not ${wanted}`);
if (notes.length === 0) wrong.push(`CHANGELOG.md has no word on ${latest}`);
if (wrong.length > 0) stop(wrong);

run("npm", "run", "build");
const changed = output("git", "status", "--porcelain");
if (changed.length > 0) stop(["npm run build makes other files:", ...changed]);

mkdirSync(folder, { recursive: true });
run("npm", "pack", "--silent", "--pack-destination", folder);
run("npm", "publish", "--dry-run", `${folder}/${name}-${version}.tgz`);
run("npx", "deno", "publish", "--dry-run");
cpSync("dist", `${folder}/dist`, { recursive: true });
writeFileSync(`${folder}/notes.md`, `${notes.join("\n").trim()}\n`);
