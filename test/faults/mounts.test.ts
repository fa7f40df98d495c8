/** Full disks, read-only mounts, and a meta file that is itself a mount point. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  annotated,
  assertRefused,
  assertUntouched,
  CHANGES,
  succeed,
  telemetry,
} from "../helpers/disk.ts";
import { listing, makeHome, metaOf, readHome } from "../helpers/harness.ts";
import { privileged, type Undo } from "../helpers/strace.ts";

function mount(undo: Undo, ...args: string[]): void {
  execFileSync("mount", args);
  undo(() => execFileSync("umount", ["-l", args.at(-1)!]));
}

function remountReadOnly(path: string): void {
  execFileSync("mount", ["-o", "remount,ro,bind", path]);
}

/** A home on a file system of its own. */
function makeSmallHome(undo: Undo, size: string, text?: string): string {
  const home = makeHome();
  mount(undo, "-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs", home);
  if (text === undefined) return home;
  fs.mkdirSync(join(home, "telemetry"));
  fs.writeFileSync(metaOf(home), text);
  return home;
}

function fillUp(home: string): void {
  const descriptor = fs.openSync(join(home, "filler"), "w");
  try {
    for (;;) fs.writeSync(descriptor, Buffer.alloc(4096));
  } catch (error) {
    assert.equal((error as { code?: string }).code, "ENOSPC");
  } finally {
    fs.closeSync(descriptor);
  }
}

const LONG = `${annotated()}${`# ${"x".repeat(77)}\n`.repeat(500)}`;

/** A disk without room for a change: its size, the file, and what else it holds. */
const SHORT_OF: Readonly<
  Record<string, readonly [string, string, (home: string) => void]>
> = {
  space: ["16k", annotated(), fillUp],
  "space for a copy": ["16k", "\tdamaged", fillUp],
  "space for all of the new file": ["64k", LONG, () => {}],
  "another name": ["64k,nr_inodes=3", annotated(), () => {}],
};

for (const [what, [size, text, fill]] of Object.entries(SHORT_OF)) {
  privileged(`a disk without ${what} leaves the old file`, async (undo) => {
    const home = makeSmallHome(undo, size, text);
    fill(home);
    await assertUntouched(home, "disable", {}, "--force");
    await assertUntouched(home, "reset", {}, "--force");
  });
}

privileged("a full disk is left without a new folder", async (undo) => {
  const home = makeSmallHome(undo, "16k");
  fillUp(home);
  for (const inner of ["", "a/.tiup"]) {
    for (const command of CHANGES) {
      const path = join(home, inner);
      assertRefused(await telemetry([command, "--home", path]), metaOf(path));
      assert.deepEqual(fs.readdirSync(home), ["filler"]);
    }
  }
});

describe("a read-only mount", () => {
  privileged("refuses a change and shows the status", async (undo) => {
    const home = makeHome(annotated());
    mount(undo, "--bind", home, home);
    remountReadOnly(home);
    await assertUntouched(home, ["disable", "reset"]);
    await succeed(["enable", "--home", home]); // as it is already
    const stdout = await succeed(["status", "--home", home]);
    assert.match(stdout, /^status: enable\n/);
  });

  privileged("refuses to make a file", async (undo) => {
    const home = makeHome();
    mount(undo, "--bind", home, home);
    remountReadOnly(home);
    await assertUntouched(home, CHANGES);
  });
});

/** What else is true of a meta file that is a mount point. */
const MOUNTED: Readonly<Record<string, (home: string) => void>> = {
  "that is writable": () => {},
  "that is read-only": (home) => remountReadOnly(metaOf(home)),
  "with another name": (home) =>
    fs.linkSync(join(home, "source"), join(home, "other")),
  "that a link leads to": (home) => {
    fs.mkdirSync(join(home, "there"));
    fs.renameSync(join(home, "telemetry"), join(home, "there/telemetry"));
    fs.symlinkSync("there/telemetry", join(home, "telemetry"));
  },
};

describe("a mount onto the file", () => {
  for (const [what, make] of Object.entries(MOUNTED)) {
    privileged(`${what} is read, and not changed`, async (undo) => {
      const home = makeMounted(undo, annotated());
      make(home);
      await succeed(["enable", "--home", home]); // as it is already
      await succeed(["status", "--home", home]);
      await assertUntouched(home, ["disable", "reset"]);
      const args = ["disable", "--json", "--home", home];
      const { error } = JSON.parse((await telemetry(args)).stdout);
      assert.equal(error.code, "unwritable");
      if (!what.includes("read-only")) {
        assert.match(error.message, /mount point.*mounted from/);
      }
    });
  }

  privileged("that is damaged is not mended with --force", async (undo) => {
    const home = makeMounted(undo, "uuid: [\n");
    await assertUntouched(home, CHANGES, {}, "--force");
  });
});

function makeMounted(undo: Undo, text: string): string {
  const home = makeHome("");
  fs.writeFileSync(join(home, "source"), text);
  mount(undo, "--bind", join(home, "source"), metaOf(home));
  return home;
}

privileged(
  "a mount onto folder or home changes nothing",
  async (undo) => {
    const home = makeHome(annotated());
    mount(undo, "--bind", home, home);
    mount(undo, "--bind", join(home, "telemetry"), join(home, "telemetry"));
    await succeed(["disable", "--home", home]);
    assert.equal(readHome(home), annotated("disable"));
    assert.deepEqual(listing(home), ["meta.yaml"]);
  },
);
