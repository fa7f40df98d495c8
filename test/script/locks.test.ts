/** Locks that were left, are none, are never let go, or whose holder is stopped. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  annotated,
  assertRefused,
  backdate,
  type Change,
  inFolder,
  LOCK,
  snapshot,
  succeed,
  telemetry,
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

const DAY = 86_400;

/** What somebody else may have put where the lock goes, a while ago. */
const PLANTS: Record<string, (victim: string, lock: string) => void> = {
  "link": (victim, lock) => {
    fs.symlinkSync(victim, lock);
    backdate(lock, 60);
  },
  "dangling link": (victim, lock) => {
    fs.symlinkSync(victim, lock);
    backdate(lock, 60);
  },
  "hard link": (victim, lock) => {
    backdate(victim, 60);
    fs.linkSync(victim, lock);
  },
};

describe("a lock", { concurrency: true }, () => {
  for (const age of [6, DAY, -DAY]) {
    test(`that died ${age} s ago holds nobody up`, async () => {
      const home = makeHome(annotated());
      fs.writeFileSync(inFolder(home, LOCK), "");
      backdate(inFolder(home, LOCK), age);
      const began = performance.now();
      await succeed(["disable", "--home", home]);
      assert.ok(performance.now() - began < 4_000);
      assert.equal(readHome(home), annotated("disable"));
      assert.deepEqual(listing(home), ["meta.yaml"]);
    });
  }

  test("that has just been left is waited for once, about five seconds", async () => {
    const home = makeHome(annotated());
    fs.writeFileSync(inFolder(home, LOCK), "");
    fs.writeFileSync(inFolder(home, `${LOCK}.break`), "");
    const began = performance.now();
    await succeed(["disable", "--home", home]);
    const first = performance.now() - began;
    assert.ok(first > 4_000 && first < 9_000, `${first} ms`);
    await succeed(["enable", "--home", home]);
    assert.ok(performance.now() - began - first < 3_000);
    assert.equal(readHome(home), annotated());
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });

  test("that someone keeps fresh is given up after ten seconds, and named", async () => {
    const home = makeHome(annotated());
    fs.writeFileSync(inFolder(home, LOCK), "");
    const refresh = setInterval(() => backdate(inFolder(home, LOCK), 0), 100);
    try {
      const began = performance.now();
      const [plain, json] = await Promise.all([
        telemetry(["disable", "--home", home]),
        telemetry(["reset", "--home", home, "--json"]),
      ]);
      const seconds = (performance.now() - began) / 1000;
      assert.ok(seconds > 9 && seconds < 15, `${seconds} s`);
      assertRefused(plain, metaOf(home));
      assert.ok(plain.stderr.includes(inFolder(home, LOCK)));
      assert.equal(json.code, 1);
      assert.equal(JSON.parse(json.stdout).error.code, "locked");
    } finally {
      clearInterval(refresh);
    }
    assert.equal(readHome(home), annotated());
    assert.deepEqual(listing(home), ["meta.yaml", LOCK]);
  });

  test("that is a folder is refused, and named", async () => {
    const home = makeHome(annotated());
    fs.mkdirSync(inFolder(home, LOCK));
    backdate(inFolder(home, LOCK), 60);
    const before = snapshot(home);
    const result = await telemetry(["disable", "--home", home]);
    assertRefused(result, metaOf(home));
    assert.ok(result.stderr.includes(inFolder(home, LOCK)));
    assert.deepEqual(snapshot(home), before);
  });

  for (const [kind, plant] of Object.entries(PLANTS)) {
    test(`that is a ${kind} never reaches what it stands for`, async () => {
      const home = makeHome(annotated());
      const victim = `${home}/victim`;
      if (kind !== "dangling link") fs.writeFileSync(victim, "precious");
      const before = snapshot(home).filter((line) => line.startsWith("victim"));
      plant(victim, inFolder(home, LOCK));
      await succeed(["disable", "--home", home]);
      const after = snapshot(home).filter((line) => line.startsWith("victim"));
      if (kind !== "hard link") assert.deepEqual(after, before);
      else assert.equal(fs.readFileSync(victim, "utf8"), "precious");
      assert.equal(readHome(home), annotated("disable"));
      assert.deepEqual(listing(home), ["meta.yaml"]);
    });
  }
});

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
