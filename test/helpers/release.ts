/** A release, rehearsed in a checkout of its own, up to what cannot be taken back. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { checkout, git } from "./checkout.ts";
import { environment, makeHome, ROOT } from "./harness.ts";

const { version, repository } = JSON.parse(
  fs.readFileSync(join(ROOT, "package.json"), "utf8"),
);
/** The version that the next release will have. */
export const VERSION: string = version;
/** `owner/name`, where that will be. */
export const REPOSITORY = String(repository.url).slice(
  "git+https://github.com/".length,
  -".git".length,
);

/** A text in a file, and by what it is replaced. */
export type Edit = readonly [file: string, from: string, to: string];

/** Runs .ci/release.ts in a clean checkout; `made` is what it would have published. */
export function rehearse(env: Readonly<Record<string, string>>, edit?: Edit) {
  const cwd = checkout();
  if (edit) change(cwd, edit);
  fs.symlinkSync(join(ROOT, "node_modules"), join(cwd, "node_modules"));
  git(cwd, "init", "--quiet");
  fs.appendFileSync(join(cwd, ".git/info/exclude"), "node_modules\n");
  git(cwd, "add", ".");
  git(cwd, "commit", "--quiet", "--message", "All of it");
  const folder = join(makeHome(), "release");
  const tsx = ["--import", import.meta.resolve("tsx"), ".ci/release.ts"];
  const { status, stderr } = spawnSync(process.execPath, [...tsx, folder], {
    cwd,
    encoding: "utf8",
    env: environment({
      PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
      HOME: makeHome(),
      NO_COLOR: "1",
      npm_config_update_notifier: "false",
      GITHUB_REF_NAME: `v${VERSION}`,
      GITHUB_REPOSITORY: REPOSITORY,
      ...env,
    }),
  });
  const made = fs.existsSync(folder)
    ? fs.readdirSync(folder, { recursive: true }).map(String).sort()
    : [];
  return { status, stderr, made, folder };
}

function change(folder: string, [file, from, to]: Edit): void {
  const path = join(folder, file);
  const text = fs.readFileSync(path, "utf8");
  assert.ok(text.includes(from), `${file} does not say ${from}`);
  fs.writeFileSync(path, text.replace(from, to));
}
