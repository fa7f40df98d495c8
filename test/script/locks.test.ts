/** Locks that were left, are not locks at all, or are never let go. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { describe, test } from "node:test";
import {
  annotated,
  assertRefused,
  backdate,
  inFolder,
  LOCK,
  snapshot,
  succeed,
  telemetry,
} from "../helpers/disk.ts";
import { listing, makeHome, metaOf, readHome } from "../helpers/harness.ts";

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
