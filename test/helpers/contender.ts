/**
 * A process that changes a home whenever it is told to, at an instant that all
 * contenders share, and notes when it held the lock. Only the notes are added:
 * every call reaches the disk as it is.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { Command } from "../../telemetry.ts";

export interface Task {
  readonly home: string;
  readonly command: Command;
  readonly at: number;
}

/** When a lock was held, in milliseconds of a clock that all processes share. */
export type Hold = readonly [from: number, to: number];

const holds: Hold[] = [];
let taken: number | undefined;

function leave(): void {
  if (taken !== undefined) holds.push([taken, now()]);
  taken = undefined;
}

const { openSync, unlinkSync } = fs;
fs.openSync = (path, ...rest) => {
  if (String(path).endsWith(".break")) dawdle();
  const descriptor = openSync(path, ...rest);
  if (String(path).endsWith(".lock")) {
    leave(); // of one that was taken from us
    taken = now();
  }
  return descriptor;
};
fs.unlinkSync = (path) => {
  if (String(path).endsWith(".lock")) {
    if (taken === undefined) dawdle();
    leave();
  }
  unlinkSync(path);
};
syncBuiltinESMExports();

// Whoever looks at a dead lock takes its time before the next step, so that the
// others come in between far more often than they would by chance.
function dawdle(): void {
  const until = now() + Math.random() * 3;
  while (now() < until);
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const { runCommand }: typeof import("../../telemetry.ts") = await import(
  process.argv[2]!
);

process.on("message", async ({ home, command, at }: Task) => {
  while (Date.now() < at);
  const began = now();
  try {
    const { previous, status, uuid } = await runCommand(command, home);
    leave();
    const entry = { command, began, ended: now(), previous, status, uuid };
    process.send!({ entry, holds: holds.splice(0) });
  } catch (error) {
    process.send!({ failure: String(error) });
  }
});
process.send!("ready");
