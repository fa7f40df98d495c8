/** Ctrl-C, a closed terminal, a cancelled job: the old file or the new one. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { describe, test } from "node:test";
import {
  annotated,
  assertHarmless,
  inFolder,
  isNew,
  LOCK,
  rounds,
} from "../helpers/disk.ts";
import {
  BUNDLED,
  concurrency,
  flags,
  listing,
  makeHome,
  readHome,
  type Result,
  type Runtime,
  start,
} from "../helpers/harness.ts";

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof SIGNALS;

// So many homes that most of the time that a process lives it is changing one.
const HOMES = 16;

for (const [index, runtime] of BUNDLED.entries()) {
  const times = index === 0 ? rounds(6, 150) : rounds(3, 30);
  describe(`${times} signals on ${runtime.name}`, { concurrency }, () => {
    for (const signal of Object.keys(SIGNALS) as Signal[]) {
      test(`${signal} at any time leaves the old or the new file`, async (t) => {
        let { duration } = await interrupt(runtime, signal, undefined);
        let stopped = 0;
        for (let count = 0; count < times; count++) {
          const delay = (count + Math.random()) / times * duration;
          const ended = await interrupt(runtime, signal, delay);
          if (ended.code !== 0) stopped++;
          else duration = Math.min(duration, ended.duration);
        }
        t.diagnostic(`${stopped} of ${times} stopped it`);
        assert.ok(stopped > 0);
      });

      test(`${signal} while it waits for a lock ends it at once`, async () => {
        const home = makeHome(annotated());
        fs.writeFileSync(inFolder(home, LOCK), "");
        const { child, result } = start(["reset", "--home", home], { runtime });
        setTimeout(() => child.kill(signal), 1500);
        const { code, stdout, stderr } = await result;
        const { [signal]: wanted } = SIGNALS;
        assert.deepEqual([code, stdout, stderr], [wanted, "", ""]);
        assert.equal(readHome(home), annotated());
        assert.deepEqual(listing(home), ["meta.yaml", LOCK]);
      });
    }
  });
}

for (const runtime of BUNDLED) {
  test(`SIGINT stops it between two homes on ${runtime.name}`, async () => {
    const homes = Array.from({ length: 100 }, () => makeHome(annotated()));
    const args = ["reset", ...flags(homes)];
    const { child, result } = start(args, { runtime });
    while (child.exitCode === null && readHome(homes[0]!) === annotated()) {
      await new Promise(setImmediate);
    }
    child.kill("SIGINT");
    const ended = await result;
    assertHarmless(ended);
    assert.equal(ended.code, SIGNALS.SIGINT);
    const changed = homes.filter((home) => isChanged(home, ended)).length;
    assert.ok(changed > 0 && changed < homes.length, `${changed} changed`);
  });
}

async function interrupt(
  runtime: Runtime,
  signal: Signal,
  delay: number | undefined,
) {
  const homes = Array.from({ length: HOMES }, () => makeHome(annotated()));
  const args = ["reset", ...flags(homes)];
  const began = performance.now();
  const { child, result } = start(args, { runtime });
  const timer = delay === undefined
    ? undefined
    : setTimeout(() => child.kill(signal), delay);
  const ended = await result;
  const duration = performance.now() - began;
  clearTimeout(timer);
  const changed = homes.filter((home) => isChanged(home, ended)).length;
  assertExit(ended, signal, changed);
  return { code: ended.code, duration };
}

function isChanged(home: string, { stdout }: Result): boolean {
  const text = readHome(home);
  const changed = isNew("reset", annotated(), text);
  assert.ok(changed || text === annotated(), `neither old nor new: ${text}`);
  assert.ok(changed || !stdout.includes(`home: ${home}\nReset`));
  assert.deepEqual(listing(home), ["meta.yaml"]);
  return changed;
}

function assertExit(result: Result, signal: Signal, changed: number): void {
  assertHarmless(result);
  assert.equal(result.stderr, "");
  if (result.code === 0) assert.equal(changed, HOMES);
  else if (result.signal === null) assert.equal(result.code, SIGNALS[signal]);
  else {
    // Before there is a handler nothing has begun, and after it all is done.
    assert.equal(result.signal, signal);
    assert.ok(changed === 0 || changed === HOMES, `${changed} changed`);
  }
}
