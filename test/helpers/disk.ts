/**
 * What the tests of the disk share: a home as the disk shows it, before and
 * after, and what every failure has in common.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import {
  CANARY,
  listing,
  metaOf,
  readHome,
  type Result,
  type RunOptions,
  start,
  UUID,
} from "./harness.ts";

/** Continuous integration asks for all the rounds; `npm test` takes a sample. */
export function rounds(few: number, all: number): number {
  return process.env["TELEMETRY_FULL"] === "1" ? all : few;
}

/** The commands that write. */
export const CHANGES = ["enable", "disable", "reset"] as const;
export type Change = typeof CHANGES[number];

/** What a person may have added to a meta file, and no command may lose. */
export const NOTES = "# kept by hand\nteam: storage # why\n";

/** A meta file with comments and a key that TiUP does not know. */
export function annotated(status = "enable"): string {
  return `${NOTES}uuid: ${UUID} # ours
secret: ${CANARY}
status: ${status} # since May
`;
}

/** Runs `telemetry` beside whatever else runs, and looks at what it prints. */
export async function telemetry(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const { child, result: promise } = start(args, options);
  const limit = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const result = await promise;
  clearTimeout(limit);
  assertHarmless(result);
  return result;
}

/** Runs a command that must succeed without a word on standard error. */
export async function succeed(
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await telemetry(args, options);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

/** No stream shows the secret, a stack, or what a terminal or runner obeys. */
export function assertHarmless({ stdout, stderr }: Result): void {
  for (const text of [stdout, stderr]) {
    assert.ok(!text.includes(CANARY), "the secret");
    assert.doesNotMatch(text, /^\s+at |node:internal/m, "a stack");
    assert.doesNotMatch(
      text,
      /[^\P{C}\n]|\p{Zl}|\p{Zp}/u,
      "control characters",
    );
    assert.doesNotMatch(text, /[^\S \n]/u, "blanks that look like another");
    assert.doesNotMatch(text, /^\s*::|##(vso)?\[/m, "workflow commands");
  }
}

/** Exit 1 and one line that names the path, nothing else. */
export function assertRefused(result: Result, path: string): void {
  assertHarmless(result);
  const { code, stdout, stderr } = result;
  assert.deepEqual({ code, stdout }, { code: 1, stdout: "" }, stderr);
  assert.match(stderr, /^error: [^\n]+\n$/);
  assert.ok(stderr.includes(path), `${path} is not named: ${stderr}`);
}

/** Everything in a folder: kind, mode, owner, inode, time, and bytes or target. */
export function snapshot(folder: string): string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.sort().map((name) => {
    const path = join(folder, name);
    const stat = fs.lstatSync(path);
    // Making and removing a lock rightly touches the folder's own time.
    const time = stat.isDirectory() ? "" : stat.mtimeMs;
    const owner = `${stat.uid}:${stat.gid}`;
    return `${name} ${stat.mode.toString(8)} ${owner} ${stat.ino} ${time} ${
      contentOf(path, stat)
    }`;
  });
}

function contentOf(path: string, stat: fs.Stats): string {
  if (stat.isSymbolicLink()) return `-> ${fs.readlinkSync(path)}`;
  if (!stat.isFile()) return "";
  if (stat.size > 1e6) return `${stat.size} bytes`;
  const bytes = fs.readFileSync(path);
  return stat.size < 1e3
    ? bytes.toString("latin1")
    : createHash("sha256").update(bytes).digest("hex");
}

/** Each of the commands must fail with one line, and leave all as it was. */
export async function assertUntouched(
  home: string,
  commands: string | readonly string[],
  options: RunOptions = {},
  ...flags: string[]
): Promise<void> {
  const before = snapshot(home);
  for (const command of [commands].flat()) {
    const args = [command, "--home", home, ...flags];
    assertRefused(await telemetry(args, options), metaOf(home));
    assert.deepEqual(snapshot(home), before);
  }
}

/** Makes a file look that old, as waiting would; links are not followed. */
export function backdate(path: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  fs.lutimesSync(path, time, time);
}

export const LOCK = "meta.yaml.lock";
export const TEMP = /^meta\.yaml\.[0-9a-f]{12}\.tmp$/;

export function inFolder(home: string, name: string): string {
  return join(home, "telemetry", name);
}

/**
 * What a kill may leave is a lock or a temp file, and no temp file shows the
 * secret to more people than the meta file itself does.
 */
export function assertLeftovers(home: string, mode: number): string[] {
  if (!fs.existsSync(join(home, "telemetry"))) return [];
  const names = listing(home).filter((name) => name !== "meta.yaml");
  for (const name of names) {
    assert.match(name, /^meta\.yaml\.(lock(\.break)?|[0-9a-f]{12}\.tmp)$/);
    const stat = fs.lstatSync(inFolder(home, name));
    const allowed = stat.size > 0 ? [0o600, mode] : [0o600, mode, 0o644];
    assert.ok(allowed.includes(stat.mode & 0o7777), `${name}: ${stat.mode}`);
  }
  return names;
}

/** After the leftovers have aged, one more change leaves but the meta file. */
export async function assertRecovers(home: string): Promise<void> {
  const folder = join(home, "telemetry");
  for (const name of fs.existsSync(folder) ? listing(home) : []) {
    if (name !== "meta.yaml") backdate(inFolder(home, name), 120);
  }
  const before = textOf(home);
  const stdout = await succeed(["reset", "--as-root", "--home", home]);
  const after = textOf(home);
  assert.equal(stdout, `Reset uuid as: ${uuidOf(after)} success\n`);
  assert.ok(isNew("reset", before, after));
  assert.deepEqual(listing(home), ["meta.yaml"]);
}

/** The text of the meta file; undefined where there is none. */
export function textOf(home: string): string | undefined {
  return fs.existsSync(metaOf(home)) ? readHome(home) : undefined;
}

const UUID_LINE = /^uuid: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/m;
const SECRET_LINE = /^secret: ("?)[0-9a-f]{32}\1$/m;

export function uuidOf(text = ""): string {
  return UUID_LINE.exec(text)?.[1] ?? "";
}

export function statusOf(text: string): string | undefined {
  return /^status: (enable|disable)\b/m.exec(text)?.[1];
}

/** Secret, comments, unknown keys: all but status and uuid are `annotated()`'s. */
export function assertKept(text: string): void {
  assert.notEqual(uuidOf(text), "");
  assert.equal(text.replace(uuidOf(text), UUID), annotated(statusOf(text)));
}

/** Whether the text is byte for byte what the command makes of the old one. */
export function isNew(
  command: Change,
  old: string | undefined,
  text: string | undefined,
): boolean {
  if (text === undefined) return false;
  const blank = text.replace(UUID_LINE, "uuid: U");
  if (old === undefined) {
    return blank.replace(SECRET_LINE, "secret: S") === FRESH[command];
  }
  if (command !== "reset") {
    return text === old.replace(/^status: \w+/m, `status: ${command}`);
  }
  const [, uuid] = UUID_LINE.exec(old) ?? [];
  const wanted = uuid ? old.replace(uuid, "U") : `${old}uuid: U\n`;
  return blank === wanted && uuidOf(text) !== uuid;
}

const FRESH = {
  enable: "uuid: U\nsecret: S\nstatus: enable\n",
  disable: "status: disable\n",
  reset: "uuid: U\n",
} as const;
