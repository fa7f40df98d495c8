/** Files and folders that belong to several users. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  annotated,
  assertRefused,
  assertUntouched,
  backdate,
  CHANGES,
  inFolder,
  LOCK,
  snapshot,
  succeed,
  telemetry,
} from "../helpers/disk.ts";
import { makeHome, metaOf } from "../helpers/harness.ts";
import { privileged } from "../helpers/strace.ts";
import {
  as,
  assertOwner,
  makeHomeOf,
  OTHER,
  own,
  USER,
} from "../helpers/users.ts";

describe("without permission", () => {
  privileged(
    "a change of another user's file is refused, its status is shown",
    async () => {
      const home = makeHomeOf(OTHER, 0o755, 0o644);
      const options = { runtime: as(USER) };
      await assertUntouched(home, ["disable", "reset"], options);
      const { stderr } = await telemetry(["disable", "--home", home], options);
      assert.match(stderr, /^error: Cannot change .+permission denied.+\n$/);
      assert.ok(stderr.includes(JSON.stringify(metaOf(home))), stderr);
      await succeed(["enable", "--home", home], options); // as it is already
      await succeed(["status", "--home", home], options);
    },
  );

  privileged(
    "a private file or folder is refused to all commands",
    async () => {
      for (
        const [folder, file] of [
          [0o777, 0o600],
          [0o755, 0o600],
          [0o700, 0o644],
        ] as const
      ) {
        const home = makeHomeOf(OTHER, folder, file);
        const options = { runtime: as(USER) };
        await assertUntouched(home, ["status", ...CHANGES], options);
        await assertUntouched(home, "disable", options, "--force");
        for (const command of ["status", "disable"]) {
          const args = [command, "--json", "--home", home];
          const { stdout } = await telemetry(args, options);
          assert.equal(JSON.parse(stdout).error.code, "unreadable");
        }
      }
    },
  );

  privileged("a writable file in a closed folder is refused", async () => {
    const home = makeHomeOf(OTHER, 0o755, 0o666);
    await assertUntouched(home, "disable", { runtime: as(USER) });
  });

  privileged("a read-only file in one's own folder is refused", async () => {
    const home = makeHomeOf(USER, 0o755, 0o444);
    await assertUntouched(home, "disable", { runtime: as(USER) });
  });

  privileged("a dead lock that one may not remove is named", async () => {
    const home = makeHomeOf(USER, 0o755, 0o644);
    own(join(home, "telemetry"), 0, 0o1777);
    fs.writeFileSync(inFolder(home, LOCK), "");
    own(inFolder(home, LOCK), OTHER, 0o600);
    backdate(inFolder(home, LOCK), 60);
    const before = snapshot(home);
    const options = { runtime: as(USER) };
    const result = await telemetry(["disable", "--home", home], options);
    assertRefused(result, inFolder(home, LOCK));
    assert.deepEqual(snapshot(home), before);
  });
});

describe("owner and mode", () => {
  privileged(
    "of another user's private file stay when root changes it",
    async () => {
      const home = makeHomeOf(USER, 0o700, 0o600);
      await succeed(["disable", "--home", home]);
      assertOwner(home, USER, USER, 0o600);
      await succeed(["reset", "--home", home], { runtime: as(USER) });
    },
  );

  for (const owner of [0, OTHER]) {
    privileged(
      `stay when a member of the group changes a file of ${owner}`,
      async () => {
        const home = makeHome(annotated());
        own(home, 0, 0o755);
        own(join(home, "telemetry"), owner, 0o2775, 5000);
        own(metaOf(home), owner, 0o664, 5000);
        const options = { runtime: as(USER, 5000) };
        await succeed(["disable", "--home", home], options);
        assertOwner(home, owner, 5000, 0o664);
      },
    );
  }

  privileged(
    "are not bought by changing the other names of a file",
    async () => {
      const home = makeHome(annotated());
      own(home, 0, 0o755);
      own(join(home, "telemetry"), 0, 0o2775, 5000);
      own(metaOf(home), 0, 0o664, 5000);
      fs.linkSync(metaOf(home), join(home, "other"));
      await assertUntouched(home, "disable", { runtime: as(USER, 5000) });
    },
  );
});

privileged(
  "a user without passwd entry has no home, and none is made up",
  async () => {
    const runtime = as(54321);
    const cwd = makeHome();
    fs.chmodSync(cwd, 0o777);
    for (const command of ["status", ...CHANGES]) {
      const options = { runtime, cwd, env: { HOME: cwd } };
      const { code, stdout, stderr } = await telemetry([command], options);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^error: [^\n]*passwd[^\n]*--home[^\n]*\n$/);
    }
    const { stdout } = await telemetry(["enable", "--json"], { runtime, cwd });
    const { home, file, error } = JSON.parse(stdout);
    assert.deepEqual([home, file, error.code], [null, null, "unreadable"]);
    assert.deepEqual(fs.readdirSync(cwd), []);
    await succeed(["enable"], { runtime, cwd, env: { TIUP_HOME: "x" } });
  },
);
