/** Any sequence of commands, kills and stale locks keeps to a model of the file. */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as fs from "node:fs";
import { test } from "node:test";
import {
  annotated,
  assertKept,
  assertLeftovers,
  assertRecovers,
  backdate,
  type Change,
  CHANGES,
  inFolder,
  isNew,
  LOCK,
  rounds,
  statusOf,
  succeed,
  uuidOf,
} from "../helpers/disk.ts";
import {
  BUNDLED,
  makeHome,
  metaOf,
  readHome,
  type Runtime,
  start,
} from "../helpers/harness.ts";

type Step =
  | { kind: "run"; commands: Change[]; runtime: Runtime }
  | { kind: "kill"; command: Change; after: number }
  | { kind: "lock"; age: number; breaker: boolean }
  | { kind: "temp"; age: number }
  | { kind: "TiUP"; status: Change };

const change = fc.constantFrom(...CHANGES);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      commands: fc.array(change, { minLength: 1, maxLength: 4 }),
      runtime: fc.constantFrom(...BUNDLED),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("kill" as const),
      command: change,
      after: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  fc.record({
    kind: fc.constant("lock" as const),
    age: fc.constantFrom(6, 3_600, -3_600),
    breaker: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("temp" as const),
    age: fc.constantFrom(0, 90),
  }),
  fc.record({
    kind: fc.constant("TiUP" as const),
    status: fc.constantFrom("enable" as const, "disable" as const),
  }),
);

test("whatever was acknowledged is there, and nothing else has changed", async () => {
  const lifetime = await measure();
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 9 }),
      async (steps) => {
        const home = makeHome(annotated());
        for (const step of steps) await take(step, home, lifetime);
        await assertRecovers(home);
      },
    ),
    { numRuns: rounds(6, 100), endOnFailure: true },
  );
});

async function measure(): Promise<number> {
  const home = makeHome(annotated());
  const began = performance.now();
  await succeed(["reset", "--home", home]);
  return performance.now() - began;
}

async function take(step: Step, home: string, lifetime: number) {
  switch (step.kind) {
    case "run":
      return await runAll(home, step.commands, step.runtime);
    case "kill":
      return await killOne(home, step.command, step.after * lifetime);
    case "lock":
      plant(home, LOCK, step.age);
      if (step.breaker) plant(home, `${LOCK}.break`, step.age);
      return;
    case "temp":
      return plant(home, "meta.yaml.00c0ffee0000.tmp", step.age);
    case "TiUP":
      return fs.writeFileSync(
        metaOf(home),
        readHome(home).replace(/^status: \w+/m, `status: ${step.status}`),
      );
  }
}

function plant(home: string, name: string, age: number): void {
  fs.writeFileSync(inFolder(home, name), "");
  backdate(inFolder(home, name), age);
}

async function runAll(home: string, commands: Change[], runtime: Runtime) {
  const before = readHome(home);
  const outputs = await Promise.all(
    commands.map((command) => succeed([command, "--home", home], { runtime })),
  );
  const text = readHome(home);
  assertKept(text);
  const wanted = commands.filter((command) => command !== "reset");
  const status = statusOf(text);
  const allowed: unknown[] = wanted.length > 0 ? wanted : [statusOf(before)];
  assert.ok(allowed.includes(status), `${status} was not asked for`);
  const minted = outputs.flatMap((output) =>
    /^Reset uuid as: (\S+) success\n$/.exec(output)?.[1] ?? []
  );
  const uuids = minted.length > 0 ? minted : [uuidOf(before)];
  assert.ok(uuids.includes(uuidOf(text)), `${uuidOf(text)} is not the last`);
}

async function killOne(home: string, command: Change, delay: number) {
  const before = readHome(home);
  const { child, result } = start([command, "--home", home]);
  setTimeout(() => child.kill("SIGKILL"), delay);
  const { stdout } = await result;
  const text = readHome(home);
  const done = isNew(command, before, text);
  assert.ok(done || (text === before && stdout === ""), "neither old nor new");
  assertKept(text);
  for (const name of assertLeftovers(home, 0o644)) {
    // As if five seconds had gone by.
    if (name.startsWith(LOCK)) backdate(inFolder(home, name), 6);
  }
}
