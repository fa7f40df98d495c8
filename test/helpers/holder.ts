/**
 * Holds what a Node process cannot: a lease on a file, or the other end of a
 * terminal. Run by Bun, which reaches the C library without a compiler:
 *
 *     bun holder.ts UID lease FILE     # says "ready", and holds it until killed
 *     bun holder.ts UID terminal       # says its path, and types each line it reads
 */
import { dlopen } from "bun:ffi";
import * as fs from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";

const { symbols: libc } = dlopen("libc.so.6", {
  fcntl: { args: ["int", "int", "int"], returns: "int" },
  grantpt: { args: ["int"], returns: "int" },
  posix_openpt: { args: ["int"], returns: "int" },
  ptsname_r: { args: ["int", "ptr", "u64"], returns: "int" },
  unlockpt: { args: ["int"], returns: "int" },
});

const F_SETSIG = 10;
const F_SETLEASE = 1024;
const F_WRLCK = 1;
const SIGURG = 23; // ignored, where SIGIO would end the process

const [uid = "", what = "", file = ""] = process.argv.slice(2);

function holdLease(): void {
  const descriptor = fs.openSync(file, "r+");
  libc.fcntl(descriptor, F_SETSIG, SIGURG);
  const failed = libc.fcntl(descriptor, F_SETLEASE, F_WRLCK);
  fs.writeSync(1, failed ? "no lease\n" : "ready\n");
  setInterval(() => {}, 1000);
}

function holdTerminal(): void {
  const { O_RDWR, O_NOCTTY } = fs.constants;
  const master = libc.posix_openpt(O_RDWR | O_NOCTTY);
  libc.grantpt(master);
  libc.unlockpt(master);
  const path = Buffer.alloc(64);
  libc.ptsname_r(master, path, path.length);
  fs.writeSync(1, `${path.toString("utf8", 0, path.indexOf(0))}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => fs.writeSync(master, line));
}

process.setgroups?.([]);
process.setgid?.(Number(uid));
process.setuid?.(Number(uid));
if (what === "lease") holdLease();
else holdTerminal();
