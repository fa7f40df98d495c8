/**
 * A change is killed at every system call, and every system call fails once:
 * the file is the old one or the new one, and exit 0 means the new one.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { describe } from "node:test";
import {
  annotated,
  assertHarmless,
  assertLeftovers,
  assertRecovers,
  assertRefused,
  type Change,
  CHANGES,
  isNew,
  textOf,
} from "../helpers/disk.ts";
import {
  BUNDLED,
  concurrency,
  listing,
  makeHome,
  metaOf,
} from "../helpers/harness.ts";
import {
  type Fault,
  type Injected,
  privileged,
  type Scenario,
  tryEveryCall,
} from "../helpers/strace.ts";

const FAULTS: readonly Fault[] = [
  "signal=KILL",
  "error=EIO",
  "error=ENOSPC",
  "error=EACCES",
];

// Another user's, so that root has to give the new file back to its owner.
const OWNER = 4321;
const MODE = 0o640;

describe("at every system call", { concurrency }, () => {
  for (const fault of FAULTS) {
    for (const command of CHANGES) {
      privileged(
        `${command} of a present file is all or nothing: ${fault}`,
        () => tryEveryCall(presentFile(command, fault), fault),
      );
      privileged(
        `${command} of a missing file is all or nothing: ${fault}`,
        () => tryEveryCall(missingFile(command, fault), fault),
      );
    }
    privileged(
      `disable --force of a damaged file keeps its bytes: ${fault}`,
      () => tryEveryCall(damagedFile(fault), fault),
    );
  }
});

describe("on the other runtimes", { concurrency }, () => {
  for (const { name, command } of BUNDLED.slice(1)) {
    const fault = "signal=KILL";
    const scenario = presentFile("reset", fault, command);
    privileged(
      `reset of a present file is all or nothing on ${name}: ${fault}`,
      () => tryEveryCall(scenario, fault),
    );
  }
});

function presentFile(
  command: Change,
  fault: Fault,
  program?: readonly string[],
): Scenario {
  const old = annotated(command === "enable" ? "disable" : "enable");
  // Deno gives its caches an owner as well, and so would be struck there.
  const owner = program ? 0 : OWNER;
  return {
    args: [command],
    program,
    prepare: () => {
      const home = makeHome(old);
      fs.chmodSync(metaOf(home), MODE);
      fs.chownSync(metaOf(home), owner, owner);
      return home;
    },
    judge: async (home, result, cleanup) => {
      judge(command, fault, home, old, result, cleanup);
      const { mode, uid, gid } = fs.statSync(metaOf(home));
      assert.deepEqual([mode & 0o7777, uid, gid], [MODE, owner, owner]);
      await assertRecovers(home);
    },
  };
}

function missingFile(command: Change, fault: Fault): Scenario {
  return {
    args: [command],
    prepare: () => makeHome(),
    judge: async (home, result, cleanup) => {
      judge(command, fault, home, undefined, result, cleanup);
      await assertRecovers(home);
    },
  };
}

function judge(
  command: Change,
  fault: Fault,
  home: string,
  old: string | undefined,
  result: Injected,
  cleanup: boolean,
): void {
  assertHarmless(result);
  const text = textOf(home);
  const done = isNew(command, old, text);
  assert.ok(done || text === old, `neither old nor new: ${text}`);
  const left = assertLeftovers(home, old === undefined ? 0o644 : MODE);
  if (fault === "signal=KILL") return;
  assertExit(home, result, done);
  // Once the new file is there, only the cleaning up itself can have failed.
  if (!cleanup) assert.deepEqual(left, []);
}

function assertExit(home: string, result: Injected, done: boolean): void {
  assert.equal(result.code === 0, done, `exit ${result.code}`);
  if (done) assert.equal(result.stderr, "");
  // 134: the runtime itself gave up, which no program can catch.
  else if (result.code !== 134) assertRefused(result, metaOf(home));
}

function damagedFile(fault: Fault): Scenario {
  const old = "status: [enable\n";
  return {
    args: ["disable", "--force"],
    prepare: () => makeHome(old),
    judge: (home, result, cleanup) => {
      assertHarmless(result);
      const done = textOf(home) === "status: disable\n";
      assert.ok(done || textOf(home) === old);
      const bad = listing(home).filter((name) => /\.bad/.test(name));
      const kept = bad.map((name) =>
        fs.readFileSync(`${home}/telemetry/${name}`, "utf8")
      );
      if (done) assert.deepEqual(kept, [old]);
      if (fault === "signal=KILL") return;
      if (!done) assert.deepEqual(kept, []);
      assertExit(home, result, done);
      if (!cleanup) assert.deepEqual(listing(home), ["meta.yaml", ...bad]);
    },
  };
}
