/** Links of other users, attributes that bind even root, and devices. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import {
  annotated,
  assertUntouched,
  CHANGES,
  succeed,
} from "../helpers/disk.ts";
import { makeHome, metaOf, readHome } from "../helpers/harness.ts";
import { privileged } from "../helpers/strace.ts";
import { as, makeHomeOf, OTHER, USER } from "../helpers/users.ts";

/** What becomes a link at the name, and what that leads to. */
const LINKS: Readonly<Record<string, (home: string) => string>> = {
  "from the file to another": (home) => move(metaOf(home), join(home, "real")),
  "from the file to nothing": (home) => {
    fs.rmSync(metaOf(home));
    return link(metaOf(home), join(home, "real"));
  },
  "from the folder to another": (home) =>
    move(join(home, "telemetry"), join(home, "real")),
  "from the folder to nothing": (home) => {
    fs.rmSync(join(home, "telemetry"), { recursive: true });
    return link(join(home, "telemetry"), join(home, "real"));
  },
};

function move(path: string, target: string): string {
  fs.renameSync(path, target);
  return link(path, target);
}

function link(path: string, target: string): string {
  fs.symlinkSync(target, path);
  return path;
}

/** Who runs a command, and whose links it follows. */
const RUNS = [
  { who: 0, flags: ["--as-root"], options: {}, followed: [0] },
  { who: USER, flags: [], options: { runtime: as(USER) }, followed: [0, USER] },
] as const;

for (const [what, make] of Object.entries(LINKS)) {
  for (const { who, flags, options, followed } of RUNS) {
    privileged(
      `a link ${what}, for ${who}, is ${followed}'s`,
      async () => {
        for (const owner of [0, USER, OTHER]) {
          const home = makeHomeOf(USER, 0o755, 0o644);
          const path = make(home);
          fs.lchownSync(path, owner, owner);
          if (!followed.some((uid) => uid === owner)) {
            await assertUntouched(
              home,
              ["disable", "reset"],
              options,
              ...flags,
            );
            continue;
          }
          await succeed(["disable", "--home", home, ...flags], options);
          assert.match(readHome(home), /^status: disable/m);
          assert.ok(fs.lstatSync(path).isSymbolicLink());
          assert.ok(fs.existsSync(join(home, "real")));
        }
      },
    );
  }
}

for (const name of ["telemetry", "telemetry/meta.yaml"]) {
  privileged(`a loop of links at ${name} ends`, async () => {
    const home = makeHome(annotated());
    fs.rmSync(join(home, name), { recursive: true });
    fs.symlinkSync(join(home, name), join(home, name));
    await assertUntouched(home, ["status", ...CHANGES]);
    await assertUntouched(home, CHANGES, {}, "--as-root", "--force");
  });
}

for (
  const [attribute, name] of [["i", "telemetry/meta.yaml"], [
    "a",
    "telemetry/meta.yaml",
  ], ["i", "telemetry"]] as const
) {
  privileged(
    `+${attribute} on ${name} is respected`,
    async (undo) => {
      const home = makeHome(annotated());
      execFileSync("chattr", [`+${attribute}`, join(home, name)]);
      undo(() => execFileSync("chattr", [`-${attribute}`, join(home, name)]));
      await assertUntouched(home, ["disable", "reset"]);
    },
  );
}

privileged("a device in place of the file is refused", async () => {
  const home = makeHome("");
  fs.rmSync(metaOf(home));
  execFileSync("mknod", [metaOf(home), "c", "1", "5"]);
  await assertUntouched(home, ["status", ...CHANGES]);
});
