/** A command that is stopped while it holds the lock, and what others do then. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  annotated,
  backdate,
  type Change,
  inFolder,
  LOCK,
  succeed,
  uuidOf,
} from "../helpers/disk.ts";
import {
  listing,
  makeHome,
  metaOf,
  readHome,
  type Result,
  start,
} from "../helpers/harness.ts";

describe("a holder of the lock that is stopped", { concurrency: 2 }, () => {
  for (const seconds of [1, 7]) {
    test(`for ${seconds} s loses neither its edit nor another's`, async () => {
      const home = makeHome(annotated());
      const stopped = await stopInside(home);
      const other = succeed(["disable", "--home", home]);
      await sleep(seconds * 1000);
      const taken = seconds > 5;
      if (taken) await other;
      assert.equal(readHome(home), annotated(taken ? "disable" : "enable"));
      const uuid = await stopped.resume();
      await other;
      assert.equal(readHome(home), withUuid(annotated("disable"), uuid));
      assertTidy(home);
    });
  }

  test("until another has taken over waits for that one", async () => {
    const home = makeHome(annotated());
    const first = await stopInside(home);
    backdate(inFolder(home, LOCK), 6);
    const second = await stopInside(home, "disable", inodeOf(home));
    first.wake();
    await sleep(500);
    assert.equal(readHome(home), annotated(), "two were inside");
    await second.resume();
    const uuid = await first.resume();
    assert.equal(readHome(home), withUuid(annotated("disable"), uuid));
    assertTidy(home);
  });

  test("keeps what TiUP writes meanwhile", async () => {
    const home = makeHome(annotated());
    const stopped = await stopInside(home);
    fs.writeFileSync(metaOf(home), `${annotated("disable")}new: key\n`);
    const uuid = await stopped.resume();
    assert.equal(
      readHome(home),
      withUuid(`${annotated("disable")}new: key\n`, uuid),
    );
    assertTidy(home);
  });
});

// A crowd of young temp files gives the holder so much to look at that it can be
// caught at it from outside.
const CROWD = 1500;

/** The home must say `annotated()`; `earlier` is a lock that does not count. */
async function stopInside(
  home: string,
  command: Change = "reset",
  earlier?: number,
) {
  crowd(home);
  const isLocked = () => ![undefined, earlier].includes(inodeOf(home));
  for (let tries = 0; tries < 50; tries++) {
    const { child, result } = start([command, "--home", home]);
    while (child.exitCode === null && !isLocked()) {
      await new Promise(setImmediate);
    }
    child.kill("SIGSTOP");
    await sleep(50);
    const wake = () => child.kill("SIGCONT");
    if (isLocked() && readHome(home) === annotated()) {
      return { wake, resume: () => finish(wake, result) };
    }
    wake();
    await result;
    fs.writeFileSync(metaOf(home), annotated());
  }
  throw new Error("The lock was never seen");
}

async function finish(wake: () => void, result: Promise<Result>) {
  wake();
  const { code, stdout, stderr } = await result;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return /^Reset uuid as: (\S+) success\n$/.exec(stdout)?.[1] ?? "";
}

function inodeOf(home: string): number | undefined {
  const path = inFolder(home, LOCK);
  return fs.statSync(path, { throwIfNoEntry: false })?.ino;
}

function crowd(home: string): void {
  for (let count = 0; count < CROWD; count++) {
    const name = `meta.yaml.${count.toString(16).padStart(12, "0")}.tmp`;
    fs.writeFileSync(inFolder(home, name), "");
  }
}

// The crowd is younger than a minute, so it stays; nothing else does.
function assertTidy(home: string): void {
  const names = listing(home);
  assert.deepEqual([names[0], names.length], ["meta.yaml", CROWD + 1]);
}

function withUuid(text: string, uuid: string): string {
  return text.replace(uuidOf(text), uuid);
}
