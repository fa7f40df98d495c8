/** A release with one thing wrong stops before what cannot be taken back, and says why. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { ROOT } from "../helpers/harness.ts";
import { startRegistry } from "../helpers/registry.ts";
import {
  type Edit,
  rehearse,
  REPOSITORY,
  VERSION,
} from "../helpers/release.ts";

const LOCKFILE = fs.readFileSync(join(ROOT, "package-lock.json"), "utf8");
const { version: BUN_VERSION } =
  JSON.parse(LOCKFILE).packages["node_modules/bun"];

const URL = `git+https://github.com/${REPOSITORY}.git`;
const JSR = `@${REPOSITORY.toLowerCase()}`;
const USES =
  `uses: ${REPOSITORY}@0123456789abcdef0123456789abcdef01234567 # v${VERSION}`;
const DOWNLOAD = `${REPOSITORY}/releases/download/v${VERSION}`;
const OLD_DOWNLOAD = DOWNLOAD.replace(VERSION, "0.1.0");
const OLD_USES = USES.replace(VERSION, "0.1.0");

/** What each place states, with a text before it that occurs nowhere else. */
const STATED: readonly (readonly [file: string, before: string, is: string])[] =
  [
    ["package-lock.json", `"version": "`, VERSION],
    [
      "package-lock.json",
      `"name": "tiup-telemetry",\n      "version": "`,
      VERSION,
    ],
    ["deno.json", `"version": "`, VERSION],
    ["telemetry.ts", `VERSION = "`, VERSION],
    ["CHANGELOG.md", "## ", VERSION],
    ["README.md", "url=https://github.com/", DOWNLOAD],
    [".ci/bun-licenses.txt", "", `Bun ${BUN_VERSION}`],
    ["README.md", "- ", USES],
    ["package.json", `"url": "`, URL],
    ["deno.json", `"name": "`, JSR],
  ];

type Mistake = readonly [...Edit, error: string];

const MISTAKES: readonly Mistake[] = [
  ...STATED.map(([file, before, is]): Mistake => {
    const not = is.replace(/\d.\d.\d$|\b\w+(?=\/tiup)/i, "x");
    const error = `error: ${file} says ${not}, not ${is}\n`;
    return [file, before + is, before + not, error];
  }),
  [
    "README.md",
    USES,
    OLD_USES,
    `error: README.md says ${OLD_USES}, not ${USES}\n`,
  ],
  [
    "README.md",
    `${DOWNLOAD}/each-user.sh`,
    `${OLD_DOWNLOAD}/each-user.sh`,
    `error: README.md says ${OLD_DOWNLOAD}, not ${DOWNLOAD}\n`,
  ],
  [
    "CHANGELOG.md",
    `## ${VERSION}\n`,
    `## ${VERSION}\n\n## 0.1.0\n`,
    `error: CHANGELOG.md has no word on ${VERSION}\n`,
  ],
  [
    "telemetry.ts",
    "Enable telemetry success",
    "Enabled",
    "error: npm run build makes other files:\nerror:  M dist/telemetry.mjs\n",
  ],
  [
    "telemetry.ts",
    "export const VERSION",
    "export type New = 0;\nexport const VERSION",
    "error: npm run build makes other files:\nerror:  M dist/library.d.mts\n",
  ],
];

for (const [file, from, to, error] of MISTAKES) {
  test(`a release stops where ${file} says ${JSON.stringify(to)}`, () => {
    const { status, stderr, made } = rehearse({}, [file, from, to]);
    assert.deepEqual([status, stderr, made], [1, error, []]);
  });
}

test("a release stops where the tag is of another version", () => {
  const { status, stderr, made } = rehearse({ GITHUB_REF_NAME: "v0.1.0" });
  const error = `error: The tag says v0.1.0, not v${VERSION}\n`;
  assert.deepEqual([status, stderr, made], [1, error, []]);
});

test("a release stops in another repository, and says all that names this one", () => {
  const GITHUB_REPOSITORY = "other/tiup-telemetry";
  const { status, stderr, made } = rehearse({ GITHUB_REPOSITORY });
  assert.deepEqual([status, made], [1, []]);
  const files = stderr.match(/(?<=^error: )\S+(?= says .*, not .*other\/)/gm);
  assert.equal(files?.length, stderr.trimEnd().split("\n").length, stderr);
  for (const name of ["package.json", "deno.json", "README.md"]) {
    assert.ok(files?.includes(name), `${name} in ${stderr}`);
  }
});

test("a release stops where npm has this version already", async () => {
  const npm_config_registry = await startRegistry();
  const token = `${npm_config_registry.replace("http:", "--")}/:_authToken=x`;
  const args = ["publish", token, "--registry", npm_config_registry];
  assert.equal(spawnSync("npm", args, { cwd: ROOT }).status, 0);
  const { status, stderr } = rehearse({ npm_config_registry });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /previously published[^]*\nerror: npm publish .*failed\n$/,
  );
});

interface Job {
  readonly needs?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly run?: string }[];
}

/** No job may do more than its part needs. */
const RIGHTS: Readonly<Record<string, Job["permissions"]>> = {
  check: { contents: "read" },
  npm: { "id-token": "write" },
  jsr: { contents: "read", "id-token": "write" },
  github: { contents: "write", "id-token": "write", attestations: "write" },
};

const HARMLESS =
  /^(npm ci --ignore-scripts|npm publish --ignore-scripts .*|npx deno publish|gh release create .*)$/;

test("the jobs that publish wait for the one that checks, with few rights, and run no code of others", () => {
  const path = join(ROOT, ".github/workflows/release.yml");
  const { permissions, jobs } = parse(fs.readFileSync(path, "utf8"));
  assert.deepEqual(permissions, {});
  const done: string[] = [];
  for (const [name, job] of Object.entries<Job>(jobs)) {
    assert.deepEqual(job.permissions, RIGHTS[name], name);
    const commands = job.steps.flatMap(({ run }) => run ?? []);
    if (done.length === 0) assert.match(commands.join("\n"), /release\.ts/);
    else {
      assert.ok(done.includes(job.needs ?? ""), `${name} needs ${job.needs}`);
      for (const command of commands) assert.match(command, HARMLESS);
    }
    done.push(name);
  }
});
