/** Full disks, read-only mounts, and a meta file that is itself a mount point. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  annotated,
  assertHarmless,
  assertUntouched,
  CHANGES,
  inFolder,
  LOCK,
  succeed,
  textOf,
} from "../helpers/disk.ts";
import {
  concurrency,
  listing,
  makeHome,
  metaOf,
  readHome,
} from "../helpers/harness.ts";
import { privileged, tryEveryCall, type Undo } from "../helpers/strace.ts";

function mount(undo: Undo, ...args: string[]): void {
  execFileSync("mount", args);
  undo(() => execFileSync("umount", ["-l", args.at(-1)!]));
}

/** A home on a file system of its own. */
function makeSmallHome(undo: Undo, size: string, text?: string): string {
  const home = makeHome();
  mount(undo, "-t", "tmpfs", "-o", `size=${size},mode=755`, "tmpfs", home);
  fs.mkdirSync(join(home, "telemetry"));
  if (text !== undefined) fs.writeFileSync(metaOf(home), text);
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

describe("a full disk", () => {
  privileged("leaves the old file", async (undo) => {
    for (const text of [annotated(), undefined]) {
      const home = makeSmallHome(undo, "16k", text);
      fillUp(home);
      for (const command of CHANGES) {
        if (text !== undefined && command === "enable") continue; // nothing to do
        await assertUntouched(home, command);
      }
    }
  });

  privileged(
    "in the middle of the new file leaves the old one",
    async (undo) => {
      const home = makeSmallHome(
        undo,
        "64k",
        `${annotated()}${padding(40_000)}`,
      );
      await assertUntouched(home, ["disable", "reset"]);
    },
  );

  privileged(
    "without room for one more file leaves the old one",
    async (undo) => {
      const home = makeSmallHome(undo, "64k,nr_inodes=4", annotated());
      fs.writeFileSync(join(home, "filler"), "");
      await assertUntouched(home, ["disable", "reset"]);
    },
  );

  privileged("does not keep a half written file with --force", async (undo) => {
    const home = makeSmallHome(undo, "16k", "\tdamaged");
    fillUp(home);
    await assertUntouched(home, "disable", {}, "--force");
  });
});

function padding(length: number): string {
  return `# ${"x".repeat(77)}\n`.repeat(length / 80);
}

describe("a mount", { concurrency }, () => {
  privileged(
    "that is read-only refuses a change and shows the status",
    async (undo) => {
      const home = makeHome(annotated());
      mount(undo, "--bind", home, home);
      execFileSync("mount", ["-o", "remount,ro,bind", home]);
      await assertUntouched(home, ["disable", "reset"]);
      await succeed(["enable", "--home", home]); // as it is already
      const stdout = await succeed(["status", "--home", home]);
      assert.match(stdout, /^status: enable\n/);
    },
  );

  privileged("that is read-only refuses to make a file", async (undo) => {
    const home = makeHome();
    mount(undo, "--bind", home, home);
    execFileSync("mount", ["-o", "remount,ro,bind", home]);
    await assertUntouched(home, CHANGES);
  });

  for (const command of ["enable", "disable"] as const) {
    privileged(
      `onto the file is written in place by ${command}`,
      async (undo) => {
        const home = makeMountedFile(opposite(command));
        undo(() => unmountFile(home));
        const { ino } = fs.statSync(metaOf(home));
        await succeed([command, "--home", home]);
        assert.equal(readHome(home), annotated(command));
        assert.equal(
          fs.readFileSync(join(home, "source"), "utf8"),
          readHome(home),
        );
        assert.equal(fs.statSync(metaOf(home)).ino, ino);
        assert.deepEqual(listing(home), ["meta.yaml"]);
      },
    );
  }

  privileged("onto the file that is read-only is refused", async (undo) => {
    const home = makeMountedFile("enable");
    undo(() => unmountFile(home));
    execFileSync("mount", ["-o", "remount,ro,bind", metaOf(home)]);
    await assertUntouched(home, ["disable", "reset"]);
  });

  privileged("onto a damaged file is mended with --force", async (undo) => {
    const home = makeMountedFile("enable");
    undo(() => unmountFile(home));
    fs.writeFileSync(metaOf(home), "uuid: [\n");
    await succeed(["disable", "--force", "--home", home]);
    assert.equal(readHome(home), "status: disable\n");
    assert.equal(
      fs.readFileSync(`${metaOf(home)}.bad`, "utf8"),
      "uuid: [\n",
    );
    assert.deepEqual(listing(home), ["meta.yaml", "meta.yaml.bad"]);
  });

  privileged("onto a file with hard links is refused", async (undo) => {
    const home = makeMountedFile("enable");
    undo(() => unmountFile(home));
    fs.linkSync(join(home, "source"), join(home, "other"));
    await assertUntouched(home, "disable");
  });

  for (const command of ["enable", "disable"] as const) {
    for (const fault of ["signal=KILL", "error=EIO"] as const) {
      privileged(
        `onto the file is never torn by ${command}: ${fault}`,
        () =>
          tryEveryCall({
            args: [command],
            prepare: () => makeMountedFile(opposite(command)),
            dispose: unmountFile,
            judge: async (home, result) => {
              assertHarmless(result);
              // Line breaks at the end cover an old text that was longer.
              const text = textOf(home)?.replace(/\n+$/, "\n");
              const done = text === annotated(command);
              assert.ok(done || text === annotated(opposite(command)), text);
              if (result.code === 0) assert.equal(readHome(home), text);
              if (fault !== "signal=KILL") {
                assert.equal(result.code === 0, done);
              }
              fs.rmSync(inFolder(home, LOCK), { force: true });
              await succeed([opposite(command), "--home", home]);
            },
          }, fault),
      );
    }
  }
});

function opposite(command: "enable" | "disable"): "enable" | "disable" {
  return command === "enable" ? "disable" : "enable";
}

function makeMountedFile(status: string): string {
  const home = makeHome("");
  fs.writeFileSync(join(home, "source"), annotated(status));
  execFileSync("mount", ["--bind", join(home, "source"), metaOf(home)]);
  return home;
}

function unmountFile(home: string): void {
  execFileSync("umount", ["-l", metaOf(home)]);
}
