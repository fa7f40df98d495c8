/** Links of other users, attributes that bind even root, and devices. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  annotated,
  assertUntouched,
  CHANGES,
  succeed,
} from "../helpers/disk.ts";
import { makeHome, metaOf } from "../helpers/harness.ts";
import { privileged, type Undo } from "../helpers/strace.ts";
import { as, assertOwner, makeHomeOf, OTHER, USER } from "../helpers/users.ts";

describe("a link of another user", () => {
  for (const target of ["a file", "nothing"]) {
    privileged(`to ${target} is refused`, async () => {
      const home = makeHomeOf(USER, 0o777, 0o644);
      const victim = join(home, "victim");
      if (target === "a file") fs.renameSync(metaOf(home), victim);
      else fs.rmSync(metaOf(home));
      fs.symlinkSync(victim, metaOf(home));
      fs.lchownSync(metaOf(home), OTHER, OTHER);
      await assertUntouched(home, "disable");
      await assertUntouched(home, "reset", { runtime: as(USER) });
    });
  }

  privileged("in place of the folder is refused", async () => {
    const home = makeHomeOf(USER, 0o755, 0o644);
    fs.renameSync(join(home, "telemetry"), join(home, "elsewhere"));
    fs.symlinkSync("elsewhere", join(home, "telemetry"));
    fs.lchownSync(join(home, "telemetry"), OTHER, OTHER);
    await assertUntouched(home, "disable");
    await assertUntouched(home, "reset", { runtime: as(USER) });
  });

  for (const owner of [0, USER]) {
    privileged(
      `is followed where it belongs to ${owner}, root or the folder's owner`,
      async () => {
        const home = makeHomeOf(USER, 0o755, 0o644);
        fs.renameSync(metaOf(home), join(home, "real"));
        fs.symlinkSync("../real", metaOf(home));
        fs.lchownSync(metaOf(home), owner, owner);
        await succeed(["disable", "--home", home]);
        assertOwner(home, USER, USER, 0o644);
        assert.ok(fs.lstatSync(metaOf(home)).isSymbolicLink());
      },
    );
  }
});

describe("an attribute", () => {
  for (
    const [attribute, where] of [["i", "file"], ["a", "file"], [
      "i",
      "folder",
    ]] as const
  ) {
    privileged(`+${attribute} on the ${where} is respected`, async (undo) => {
      const home = makeHome(annotated());
      const path = where === "file" ? metaOf(home) : join(home, "telemetry");
      changeAttribute(undo, attribute, path);
      await assertUntouched(home, ["disable", "reset"]);
    });
  }
});

function changeAttribute(undo: Undo, attribute: string, path: string) {
  execFileSync("chattr", [`+${attribute}`, path]);
  undo(() => execFileSync("chattr", [`-${attribute}`, path]));
}

privileged("a device in place of the file is refused", async () => {
  const home = makeHome("");
  fs.rmSync(metaOf(home));
  execFileSync("mknod", [metaOf(home), "c", "1", "5"]);
  await assertUntouched(home, ["status", ...CHANGES]);
});
