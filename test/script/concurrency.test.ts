/** Commands that run at once, with each other and with TiUP: nothing is lost. */
import assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import { test } from "node:test";
import type { Hold } from "../helpers/contender.ts";
import { forkHelper, startContenders } from "../helpers/contenders.ts";
import {
  annotated,
  assertKept,
  backdate,
  CHANGES,
  inFolder,
  LOCK,
  rounds,
  succeed,
} from "../helpers/disk.ts";
import {
  BUNDLED,
  listing,
  makeHome,
  metaOf,
  readHome,
  type Runtime,
} from "../helpers/harness.ts";
import { assertNothingLost, type Entry, observe } from "../helpers/ledger.ts";

const PROCESSES = 8;
const EACH = rounds(6, 50);

const sets = [
  ...BUNDLED.map((runtime) => ({ title: runtime.name, set: [runtime] })),
  { title: "all runtimes mixed", set: BUNDLED },
];
for (const { title, set } of sets) {
  test(`${PROCESSES} x ${EACH} commands at once lose nothing: ${title}`, async () => {
    const home = makeHome(annotated());
    const stop = observe(home);
    const entries = await Promise.all(
      Array.from(
        { length: PROCESSES },
        (_, worker) => work(home, worker, set[worker % set.length]!),
      ),
    );
    await stop();
    assertNothingLost(entries.flat(), home);
  });
}

async function work(home: string, worker: number, runtime: Runtime) {
  const entries: Entry[] = [];
  for (let count = 0; count < EACH; count++) {
    const command = CHANGES[(worker + count) % CHANGES.length]!;
    const began = performance.now();
    const args = [command, "--home", home, "--json"];
    const outcome = JSON.parse(await succeed(args, { runtime }));
    entries.push({ ...outcome, began, ended: performance.now() });
  }
  return entries;
}

const TAKEOVERS = rounds(50, 500);
test(`${TAKEOVERS} takeovers of a dead lock by ${PROCESSES} processes at once never let two in`, async (t) => {
  const contenders = await startContenders(PROCESSES);
  t.after(contenders.stop);
  const home = makeHome(annotated());
  const entries: Entry[] = [];
  for (let round = 0; round < TAKEOVERS; round++) {
    leaveDeadLock(home, round);
    const commands = Array.from(
      { length: PROCESSES },
      (_, index) => CHANGES[(index + round) % CHANGES.length]!,
    );
    const answers = await contenders.race(home, commands);
    assertOneAtATime(answers.flatMap(({ holds }) => holds));
    entries.push(...answers.map(({ entry }) => entry));
  }
  assertNothingLost(entries, home);
});

// Every third time the one who was breaking a dead lock has died as well, and
// every fourth time the clock was set back since.
function leaveDeadLock(home: string, round: number): void {
  const names = round % 3 === 0 ? [LOCK, `${LOCK}.break`] : [LOCK];
  for (const name of names) {
    fs.writeFileSync(inFolder(home, name), "");
    backdate(inFolder(home, name), round % 4 === 0 ? -86_400 : 5.5);
  }
}

function assertOneAtATime(holds: readonly Hold[]): void {
  const sorted = holds.toSorted(([one], [other]) => one - other);
  let last = 0;
  for (const [from, to] of sorted) {
    assert.ok(from >= last, `two were inside for ${last - from} ms`);
    last = Math.max(last, to);
  }
}

const REWRITES = rounds(400, 1500);
test(`${REWRITES} rewrites by TiUP beside our commands never cost secret, uuid or comments`, async (t) => {
  const contenders = await startContenders(2);
  t.after(contenders.stop);
  const home = makeHome(annotated());
  const tiup = forkHelper("rewriter.ts", metaOf(home), String(REWRITES));
  const exit = once(tiup, "exit");
  let commands = 0;
  const workers = [0, 1].map(async (index) => {
    while (tiup.exitCode === null) {
      const command = CHANGES[commands++ % CHANGES.length]!;
      await contenders.ask(index, home, command);
    }
  });
  const [code] = await exit;
  await Promise.all(workers);
  assert.equal(code, 0);
  assert.ok(commands > REWRITES / 20, `only ${commands} commands beside it`);
  assertKept(readHome(home));
  assert.deepEqual(listing(home), ["meta.yaml"]);
});

// How far the clock of the file system may be from ours, in seconds.
for (const skew of [0, 3, -3, 3600]) {
  test(`TiUP may take 300 ms between truncate and write, on a clock ${skew} s off`, async () => {
    const home = makeHome(annotated());
    const descriptor = fs.openSync(metaOf(home), "w");
    const seen = Date.now() / 1000 + skew;
    fs.futimesSync(descriptor, seen, seen);
    const commands = [
      succeed(["disable", "--home", home]),
      succeed(["status", "--home", home]),
    ];
    await new Promise((done) => setTimeout(done, 300));
    fs.writeSync(descriptor, annotated());
    fs.closeSync(descriptor);
    const [, status] = await Promise.all(commands);
    assert.match(status!, /^status: \w+\nuuid: 0a6b7a1e/);
    assert.equal(readHome(home), annotated("disable"));
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}
