/** A home in which somebody swaps links, and a vault that nothing may touch. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { backdate, LOCK } from "./disk.ts";
import {
  BUN,
  environment,
  makeHome,
  type Result,
  type Runtime,
  start,
} from "./harness.ts";

const ATTACKER = fileURLToPath(new URL("attacker.ts", import.meta.url));

/** What is locked up: where one of them appears, something was read. */
const UUID_INSIDE = "99999999-9999-4999-8999-999999999999";
const SECRET_INSIDE = "5ec2e75ec2e75ec2e75ec2e75ec2e75e";
const INSIDE =
  `uuid: ${UUID_INSIDE}\nsecret: ${SECRET_INSIDE}\nstatus: enable\n`;

export interface Arena {
  /** The user's folder, two above the home. */
  readonly user: string;
  readonly home: string;
  readonly vault: string;
}

/** A user's home that holds this text, beside a vault of root's, or of `owner`'s. */
export function makeArena(text: string, user: number, owner = 0): Arena {
  const folder = makeHome();
  fs.chmodSync(folder, 0o755);
  const arena = {
    user: join(folder, "user"),
    home: join(folder, "user/p/.tiup"),
    vault: join(folder, "vault"),
  };
  fs.mkdirSync(join(arena.home, "telemetry"), { recursive: true });
  fs.writeFileSync(join(arena.home, "telemetry/meta.yaml"), text);
  give(arena.user, user);
  makeVault(arena.vault, owner);
  return arena;
}

/** A folder that only `owner` may enter: a TiUP home, with what a crash left. */
export function makeVault(folder: string, owner = 0): void {
  const inner = join(folder, ".tiup/telemetry");
  fs.mkdirSync(inner, { recursive: true, mode: 0o700 });
  fs.writeFileSync(join(inner, "meta.yaml"), INSIDE, { mode: 0o600 });
  for (const name of [LOCK, "meta.yaml.0123456789ab.tmp"]) {
    fs.writeFileSync(join(inner, name), "", { mode: 0o600 });
    backdate(join(inner, name), 600);
  }
  give(folder, owner);
}

/** Gives a folder and all that is in it to that user. */
function give(folder: string, owner: number): void {
  for (const name of tree(folder).keys()) {
    fs.lchownSync(join(folder, name), owner, owner);
  }
}

/** All that is in a folder, and what changes with every change; no link is followed. */
export function tree(folder: string, name = ""): Map<string, string> {
  const stat = fs.lstatSync(join(folder, name), { bigint: true });
  const { mode, uid, gid, ino, ctimeNs } = stat;
  const found = new Map([[name, [mode, uid, gid, ino, ctimeNs].join()]]);
  if (!stat.isDirectory()) return found;
  for (const inner of fs.readdirSync(join(folder, name)).sort()) {
    for (const entry of tree(folder, join(name, inner))) found.set(...entry);
  }
  return found;
}

/** What a run touched of what is locked up. */
function trespasses(
  { vault, user }: Arena,
  before: ReadonlyMap<string, string>,
  { stdout, stderr }: Pick<Result, "stdout" | "stderr">,
): string[] {
  const after = tree(vault);
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const touched = names.filter((name) => before.get(name) !== after.get(name));
  const copies = [...tree(user).keys()].map((name) => join(user, name))
    .filter(isCopy);
  return [
    ...touched.map((name) => `touched ${name || "the vault"}`),
    ...copies.map((path) => `copied to ${path}`),
    ...isInside(stdout + stderr) ? ["read"] : [],
  ];
}

// A hard link to what is inside is no copy.
function isCopy(path: string): boolean {
  const stat = fs.lstatSync(path);
  return stat.isFile() && stat.nlink === 1 &&
    isInside(fs.readFileSync(path, "latin1"));
}

function isInside(text: string): boolean {
  return text.includes(UUID_INSIDE) || text.includes(SECRET_INSIDE);
}

/** What is swapped in the user's folder: names, and where in the vault links lead. */
export type Swap = readonly (readonly [name: string, target: string])[];

/** An attack on one run of a command. */
export interface Attack {
  readonly arena: Arena;
  /** Who attacks, if not the user of the arena. */
  readonly attacker?: number;
  /** The exit code that the command must have, if it matters. */
  readonly code?: number;
  readonly swap: Swap;
  readonly mode: "loop" | "step";
  readonly args: readonly string[];
  readonly runtime: Runtime;
}

/** Runs a command under attack, and says what was won. */
export async function attack(its: Attack): Promise<string[]> {
  const { user, home, vault } = its.arena;
  const { attacker = fs.statSync(user).uid } = its;
  const pairs = its.swap.map(([name, target], index) => {
    const link = join(user, `link${index}`);
    fs.symlinkSync(join(vault, target), link);
    fs.lchownSync(link, attacker, attacker);
    backdate(link, 600);
    return [join(user, name), link] as const;
  });
  const before = tree(vault);
  const stop = await startAttacker([
    ...[`${attacker}`, its.mode, join(home, "telemetry")],
    ...pairs.flat(),
  ]);
  const { result } = start([...its.args, "--home", home], its);
  const output = await result;
  await stop();
  const won = trespasses(its.arena, before, output);
  if (output.code !== (its.code ?? output.code)) {
    won.push(`exit ${output.code}`);
  }
  fs.rmSync(join(user, ".."), { recursive: true });
  return won;
}

async function startAttacker(args: readonly string[]) {
  const child = spawn(BUN, [ATTACKER, ...args], {
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  await Promise.race([once(child.stdout, "data"), ended]);
  return async () => {
    assert.equal(child.exitCode, null, "the attacker gave up");
    child.kill("SIGKILL");
    await ended;
  };
}
