/** Other users than root, and homes that belong to them. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { annotated } from "./disk.ts";
import {
  BUN,
  BUNDLE,
  BUNDLED,
  DENO,
  makeHome,
  metaOf,
  type RunOptions,
  type Runtime,
} from "./harness.ts";

export const USER = 4321;
export const OTHER = 4322;

// Where the project is checked out may be closed to other users.
const OPEN = fs.mkdtempSync(join(tmpdir(), "telemetry-open-"));
after(() => fs.rmSync(OPEN, { recursive: true, force: true }));
fs.chmodSync(OPEN, 0o755);
fs.copyFileSync(BUNDLE, join(OPEN, "telemetry.mjs"));

function setpriv(uid: number, group: string): string[] {
  return ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, group, "--"];
}

export function as(uid: number, ...groups: number[]): Runtime {
  const group = groups.length > 0
    ? `--groups=${groups.join()}`
    : "--clear-groups";
  const command = [process.execPath, join(OPEN, "telemetry.mjs")];
  return { name: `as ${uid}`, command: [...setpriv(uid, group), ...command] };
}

/** The bundle on Node, Deno and Bun, as a user who may not enter the checkout. */
export function everywhereAs(uid: number): Runtime[] {
  const cache = join(OPEN, "cache");
  fs.mkdirSync(cache, { recursive: true });
  fs.chmodSync(cache, 0o1777);
  const [deno, bun] = Object.entries({ deno: DENO, bun: BUN }).map(
    ([name, from]) => {
      const path = join(OPEN, name);
      if (!fs.existsSync(path)) fs.copyFileSync(from, path);
      return path;
    },
  );
  return Object.entries({
    Node: [process.execPath],
    Deno: [
      ...["env", `DENO_DIR=${cache}`, deno ?? "", "run", "--no-prompt"],
      ...["--allow-read", "--allow-write", "--allow-sys=uid", "--allow-env"],
    ],
    Bun: [bun ?? ""],
  }).map(([name, command]) => ({
    name: `${name} as ${uid}`,
    command: [
      ...setpriv(uid, "--clear-groups"),
      ...command,
      join(OPEN, "telemetry.mjs"),
    ],
  }));
}

export function own(
  path: string,
  owner: number,
  mode: number,
  group = owner,
): void {
  fs.chownSync(path, owner, group);
  fs.chmodSync(path, mode);
}

/** A home whose folders and file have that owner and mode. */
export function makeHomeOf(
  owner: number,
  folderMode: number,
  fileMode: number,
) {
  const home = makeHome(annotated());
  own(metaOf(home), owner, fileMode);
  own(join(home, "telemetry"), owner, folderMode);
  own(home, owner, 0o755);
  return home;
}

/** Runs the bundle, on this Node unless told, under strace with these options. */
export function underStrace(
  options: readonly string[],
  { name, command }: Runtime = BUNDLED[0]!,
): RunOptions {
  return {
    runtime: { name, command: ["strace", "-f", ...options, ...command] },
    env: { PATH: process.env["PATH"] ?? "" },
  };
}

/** The calls of a run that name what is in a folder, once it has been run. */
export function traceFiles(runtime: Runtime) {
  const trace = join(makeHome(), "trace");
  const options = ["-s", "999", "-o", trace, "-e", "trace=%file"];
  const calls = (folder: string) =>
    fs.readFileSync(trace, "utf8").split("\n").filter((line) =>
      line.includes(`"${folder}`) && !line.includes(" execve(")
    );
  return { options: underStrace(options, runtime), calls };
}
