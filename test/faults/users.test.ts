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
  everywhereAs,
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

const NOBODY = 65534; // has a line in /etc/passwd, with a home that is not there
const UNKNOWN = 54321; // has none

// Whose home, with which environment, and which home that is.
const HOMES: readonly (readonly [
  uid: number,
  env: Readonly<Record<string, string>>,
  home: string | null,
])[] = [
  [NOBODY, {}, "/nonexistent/.tiup"],
  [NOBODY, { HOME: "/elsewhere" }, "/nonexistent/.tiup"],
  [NOBODY, { HOME: "/elsewhere", TIUP_HOME: "/t" }, "/t"],
  [UNKNOWN, { HOME: "/elsewhere" }, "/elsewhere/.tiup"],
  [UNKNOWN, { HOME: "/elsewhere", TIUP_HOME: "/t" }, "/t"],
  [UNKNOWN, { TIUP_HOME: "/t" }, "/t"],
  [UNKNOWN, { HOME: "" }, null],
  [UNKNOWN, {}, null],
];

privileged(
  "the home is that of the line in /etc/passwd, else HOME, on every runtime",
  async () => {
    for (const [uid, env, wanted] of HOMES) {
      for (const runtime of everywhereAs(uid)) {
        const what = `${runtime.name}, ${JSON.stringify(env)}`;
        const options = { runtime, env };
        const { code, stdout, stderr } = await telemetry(
          ["status", "--json"],
          options,
        );
        const { home, file, error } = JSON.parse(stdout);
        assert.equal(home, wanted, what);
        const differs = uid === NOBODY && env["HOME"] && !env["TIUP_HOME"];
        assert.equal(/^warning: HOME is "\/elsewhere"/.test(stderr), !!differs);
        if (wanted !== null) continue;
        assert.deepEqual([code, file, error.code], [1, null, "unreadable"]);
        assert.match(
          stderr,
          /^error: [^\n]*\/etc\/passwd[^\n]*TIUP_HOME[^\n]*\n$/,
        );
      }
    }
  },
);

privileged("without any home none is made up", async () => {
  const cwd = makeHome();
  fs.chmodSync(cwd, 0o777);
  const options = { runtime: as(UNKNOWN), cwd };
  for (const command of ["status", ...CHANGES]) {
    const { code, stdout } = await telemetry([command], options);
    assert.deepEqual([code, stdout], [1, ""]);
  }
  assert.deepEqual(fs.readdirSync(cwd), []);
  await succeed(["enable"], { ...options, env: { TIUP_HOME: "x" } });
});
