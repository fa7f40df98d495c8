/**
 * A change is killed at every system call, and every system call fails once:
 * the file is the old one or the new one, and exit 0 means the new one.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  annotated,
  assertHarmless,
  assertLeftovers,
  assertRecovers,
  assertRefused,
  type Change,
  CHANGES,
  inFolder,
  isNew,
  textOf,
} from "../helpers/disk.ts";
import {
  BUNDLE,
  BUNDLED,
  concurrency,
  ENABLED,
  listing,
  makeHome,
  metaOf,
} from "../helpers/harness.ts";
import {
  callsOf,
  type Fault,
  injectAlways,
  type Injected,
  privileged,
  type Scenario,
  stopAfter,
  tryEveryCall,
} from "../helpers/strace.ts";

const FAULTS: readonly Fault[] = [
  "signal=KILL",
  "error=EIO",
  "error=ENOSPC",
  "error=EACCES",
];

// What the code itself branches on; one command each shows all of its branches.
const BRANCHES: readonly Fault[] = [
  "error=EPERM",
  "error=EINVAL",
  "error=EBUSY",
  "error=EEXIST",
  "error=ENOENT",
  "error=EAGAIN",
];

// Another user's, so that root has to give the new file back to its owner.
const OWNER = 4321;
const MODE = 0o640;

describe("at every system call", { concurrency }, () => {
  for (const fault of [...FAULTS, ...BRANCHES]) {
    const all = FAULTS.includes(fault);
    for (const command of all ? CHANGES : ["disable"] as const) {
      privileged(
        `${command} of a present file is all or nothing: ${fault}`,
        () => tryEveryCall(presentFile(command, fault), fault),
      );
    }
    for (const command of all ? CHANGES : ["enable"] as const) {
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

// What some mounts (drvfs, 9p, FUSE) say to chmod and chown.
const MOUNT_FAULTS: readonly Fault[] = [
  "error=EPERM",
  "error=ENOSYS",
  "error=EOPNOTSUPP",
];
const MODE_CALLS = "fchmod,fchown,chmod,chown,fchmodat,fchownat,lchown";

// Of a file that is as a new one is made, nothing has to be changed.
const MOUNTED: readonly (readonly [
  what: string,
  args: string,
  text: string | undefined,
  mode: number,
  code: number,
])[] = [
  ["a missing file", "enable", undefined, 0, 0],
  ["a closed file", "disable", annotated(), 0o600, 0],
  ["a damaged, closed file", "disable --force", "status: [\n", 0o600, 0],
  ["a file with another mode", "disable", annotated(), 0o644, 1],
  ["a damaged one", "disable --force", "status: [\n", 0o644, 1],
];

describe("where a mount refuses chmod and chown", { concurrency }, () => {
  for (const fault of MOUNT_FAULTS) {
    for (const [what, args, text, mode, code] of MOUNTED) {
      privileged(`${args} of ${what} exits ${code}: ${fault}`, async () => {
        const home = makeHome(text);
        if (text !== undefined) fs.chmodSync(metaOf(home), mode);
        const command = [...args.split(" "), "--home", home];
        const result = await injectAlways(MODE_CALLS, fault, command);
        assertHarmless(result);
        assert.equal(result.code, code, result.stderr);
        const done = textOf(home)?.includes(`status: ${args.split(" ")[0]}\n`);
        if (code === 1) assertRefused(result, metaOf(home));
        else assert.ok(done || isNew("disable", text, textOf(home)));
        if (code === 1) assert.equal(textOf(home), text);
        const isKept = code === 0 && args.includes("--force");
        const bad = isKept ? ["meta.yaml.bad"] : [];
        assert.deepEqual(listing(home), ["meta.yaml", ...bad]);
        for (const name of bad) {
          assert.equal(fs.readFileSync(inFolder(home, name), "utf8"), text);
        }
      });
    }
    privileged(
      `any one of them fails, all or nothing: ${fault}`,
      async () => {
        const names = /^f?ch(mod|own)/;
        await tryEveryCall(presentFile("disable", fault), fault, names);
        await tryEveryCall(damagedFile(fault), fault, names);
      },
    );
  }
});

describe("on the other runtimes", { concurrency }, () => {
  for (const { name, command } of BUNDLED.slice(1)) {
    const fault = "signal=KILL";
    const scenario = presentFile("reset", fault, command);
    // Of reads Deno itself makes more or fewer in each run.
    const names = /^(?!pread64)/;
    privileged(
      `reset of a present file is all or nothing on ${name}: ${fault}`,
      () => tryEveryCall(scenario, fault, names),
    );
  }
});

privileged(
  "TiUP makes the file at any moment, and nothing of it is lost",
  async () => {
    const program = [process.execPath, BUNDLE];
    const traced = makeHome();
    const args = (home: string) => ["disable", "--home", home];
    const calls = await callsOf(args(traced), traced);
    for (const call of calls) {
      const home = makeHome();
      let isMade = false;
      const result = await stopAfter(call, args(home), program, () => {
        fs.mkdirSync(join(home, "telemetry"), { recursive: true });
        fs.writeFileSync(metaOf(home), ENABLED);
        isMade = true;
      });
      assert.equal(result.code, 0, result.stderr);
      if (!isMade) continue;
      const text = textOf(home)?.replace("enable", "disable");
      const where = `${call.name} ${call.ordinal}`;
      assert.equal(text, ENABLED.replace("enable", "disable"), where);
      assert.deepEqual(listing(home), ["meta.yaml"]);
    }
  },
);

function presentFile(
  command: Change,
  fault: Fault,
  program?: readonly string[],
): Scenario {
  const old = annotated(command === "enable" ? "disable" : "enable");
  // Deno gives its caches an owner as well, and so would be struck there.
  const owner = program ? 0 : OWNER;
  return {
    args: [command, "--as-root"],
    program,
    prepare: () => makeFileOf(owner, old),
    judge: async (home, result, cleanup) => {
      judge(command, fault, home, old, result, cleanup);
      assertOwned(metaOf(home), owner, fault);
      await assertRecovers(home);
    },
  };
}

function makeFileOf(owner: number, text: string): string {
  const home = makeHome(text);
  fs.chmodSync(metaOf(home), MODE);
  fs.chownSync(metaOf(home), owner, owner);
  return home;
}

// The owner stays where the system permits, and is else who changed the file.
function assertOwned(path: string, owner: number, fault: Fault): void {
  const { mode, uid, gid } = fs.statSync(path);
  assert.deepEqual([mode & 0o7777, gid], [MODE, owner]);
  const isRefused = ["error=EPERM", "error=EINVAL"].includes(fault);
  assert.ok(uid === owner || (isRefused && uid === 0), `owner ${uid}`);
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
  // Where the system itself says ENOENT of the home, that is believed.
  if (done) assert.match(result.stderr, /^(warning: The folder [^\n]+\n)?$/);
  // 134: the runtime itself gave up, which no program can catch.
  else if (result.code !== 134) assertRefused(result, metaOf(home));
}

function damagedFile(fault: Fault): Scenario {
  const old = "status: [enable\n";
  return {
    args: ["disable", "--force", "--as-root"],
    prepare: () => makeFileOf(OWNER, old),
    judge: (home, result, cleanup) => {
      assertHarmless(result);
      const done = textOf(home) === "status: disable\n";
      assert.ok(done || textOf(home) === old);
      const bad = listing(home).filter((name) => /\.bad/.test(name));
      const kept = bad.map((name) =>
        fs.readFileSync(`${home}/telemetry/${name}`, "utf8")
      );
      if (done) assert.deepEqual(kept, [old]);
      for (const name of ["meta.yaml", ...bad]) {
        if (fault === "signal=KILL") continue; // it may be half done
        assertOwned(inFolder(home, name), OWNER, fault);
      }
      if (fault === "signal=KILL") return;
      if (!done) assert.deepEqual(kept, []);
      assertExit(home, result, done);
      if (!cleanup) assert.deepEqual(listing(home), ["meta.yaml", ...bad]);
    },
  };
}
