/** Files and folders that belong to several users, and mounts that let nobody give them away. */
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
import {
  inShell,
  listing,
  makeHome,
  metaOf,
  readHome,
  type RunOptions,
} from "../helpers/harness.ts";
import { privileged } from "../helpers/strace.ts";
import {
  as,
  everywhereAs,
  makeHomeOf,
  OTHER,
  own,
  underStrace,
  USER,
} from "../helpers/users.ts";

describe("without permission", () => {
  privileged("another user's file is shown, and not changed", async () => {
    const home = makeHomeOf(OTHER, 0o755, 0o644);
    const options = { runtime: as(USER) };
    await assertUntouched(home, ["disable", "reset"], options);
    const { stderr } = await telemetry(["disable", "--home", home], options);
    assert.match(stderr, /^error: Cannot change .+permission denied.+\n$/);
    await succeed(["enable", "--home", home], options); // as it is already
    await succeed(["status", "--home", home], options);
  });

  for (const modes of [[0o777, 0o600], [0o755, 0o600], [0o700, 0o644]]) {
    const [folder = 0, file = 0] = modes;
    const title = modes.map((mode) => mode.toString(8)).join("/");
    privileged(
      `a file in ${title} is refused to all`,
      async () => {
        const home = makeHomeOf(OTHER, folder, file);
        const options = { runtime: as(USER) };
        await assertUntouched(home, ["status", ...CHANGES], options);
        await assertUntouched(home, "disable", options, "--force");
        for (const command of ["status", "disable"]) {
          const args = [command, "--json", "--home", home];
          const { stdout } = await telemetry(args, options);
          assert.equal(JSON.parse(stdout).error.code, "unreadable");
        }
      },
    );
  }

  const MODES = [
    [OTHER, 0o755, 0o666, "a writable file in a closed folder"],
    [OTHER, 0o777, 0o644, "a read-only file in an open folder"],
    [USER, 0o755, 0o444, "a read-only file in one's own folder"],
  ] as const;
  for (const [owner, folder, file, title] of MODES) {
    privileged(`${title} is refused`, async () => {
      const home = makeHomeOf(owner, folder, file);
      await assertUntouched(home, "disable", { runtime: as(USER) });
    });
  }

  privileged("a stale lock that one may not remove is named", async () => {
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

const GROUP = 5000;
type Ids = readonly [uid: number, mode: number, gid: number];

/** Whose folder and file it was, and whose file it is once it was changed. */
interface Change {
  readonly title: string;
  readonly folder: Ids;
  readonly before: Ids;
  /** Nothing: root. */
  readonly who?: RunOptions;
  /** Nothing: it is refused. */
  readonly after?: Ids;
}

const OWNERS: readonly Change[] = [
  ...[0o600, 0o664].map((mode): Change => ({
    title: `root keeps the owner of a file ${mode.toString(8)}`,
    folder: [USER, 0o770, GROUP],
    before: [USER, mode, GROUP],
    after: [USER, mode, GROUP],
  })),
  ...[0o2775, 0o775].flatMap((mode) =>
    [0, OTHER, USER].map((owner): Change => ({
      title: `a member of the group writes in ${
        mode.toString(8)
      } after ${owner}`,
      folder: [owner, mode, GROUP],
      before: [owner, 0o664, GROUP],
      who: { runtime: as(USER, GROUP) },
      after: [USER, 0o664, GROUP],
    }))
  ),
  {
    title: "anyone may write, and is of another group",
    folder: [OTHER, 0o777, OTHER],
    before: [OTHER, 0o666, OTHER],
    who: { runtime: as(USER) },
    after: [USER, 0o666, USER],
  },
  ...[0o640, 0o604].map((mode): Change => ({
    title: `the group of ${mode.toString(8)} cannot be kept, and matters`,
    folder: [USER, 0o755, USER],
    before: [USER, mode, GROUP],
    who: { runtime: as(USER) },
  })),
];

describe("owner, mode and group, where", () => {
  for (const { title, folder, before, who, after } of OWNERS) {
    privileged(title, async () => {
      const home = makeHome(annotated());
      own(home, 0, 0o755);
      own(join(home, "telemetry"), ...folder);
      own(metaOf(home), ...before);
      const args = ["--home", home, ...who ? [] : ["--as-root"]];
      if (!after) return await assertUntouched(home, "disable", who);
      await succeed(["disable", ...args], who);
      const { uid, mode, gid } = fs.statSync(metaOf(home));
      assert.deepEqual([uid, mode & 0o7777, gid], after);
      assert.equal(readHome(home), annotated("disable"));
      assert.deepEqual(listing(home), ["meta.yaml"]);
      if (gid !== GROUP || mode % 0o100 < 0o60) return;
      for (const member of [OTHER, USER]) {
        await succeed(["reset", ...args], { runtime: as(member, GROUP) });
      }
    });
  }

  privileged("a file has another name, which keeps the old text", async () => {
    const home = makeHome(annotated());
    fs.linkSync(metaOf(home), join(home, "other"));
    await succeed(["disable", "--home", home]);
    assert.equal(fs.readFileSync(join(home, "other"), "utf8"), annotated());
  });
});

// As on drvfs, 9p and some FUSE: nobody may change a mode or an owner there.
const FIXED = underStrace([
  ...["-o", "/dev/null", "-e"],
  "inject=?chmod,fchmod,fchmodat,?chown,fchown,fchownat:error=EOPNOTSUPP",
]);

describe("where no mode and no owner can be changed", () => {
  privileged("a file that needs neither is changed", async () => {
    const home = makeHome(annotated());
    fs.chmodSync(metaOf(home), 0o600);
    await succeed(["disable", "--home", home], FIXED);
    assert.equal(readHome(home), annotated("disable"));
  });

  for (const command of CHANGES) {
    privileged(`${command} makes a new file`, async () => {
      const home = makeHome();
      await succeed([command, "--home", home], FIXED);
      assert.deepEqual(listing(home), ["meta.yaml"]);
    });
  }

  privileged("a damaged file is kept, and another written", async () => {
    const home = makeHome("\tdamaged");
    fs.chmodSync(metaOf(home), 0o600);
    await succeed(["disable", "--force", "--home", home], FIXED);
    const kept = fs.readFileSync(`${metaOf(home)}.bad`, "utf8");
    assert.deepEqual([kept, readHome(home)], [
      "\tdamaged",
      "status: disable\n",
    ]);
  });

  privileged("a file whose mode the umask forbids stays", async () => {
    const runtime = inShell('umask 022; exec "$@"', FIXED.runtime);
    for (const text of [annotated(), "\tdamaged"]) {
      const home = makeHome(text);
      fs.chmodSync(metaOf(home), 0o666);
      await assertUntouched(home, "disable", { ...FIXED, runtime }, "--force");
    }
  });
});

privileged("a change that fails removes the folders it made", async () => {
  const options = underStrace([
    "-o",
    "/dev/null",
    "-e",
    "inject=fsync:error=EIO",
  ]);
  for (const home of ["", "a", "a/b/.tiup"]) {
    const folder = makeHome();
    fs.writeFileSync(join(folder, "stays"), "");
    for (const command of CHANGES) {
      const path = join(folder, home);
      const result = await telemetry([command, "--home", path], options);
      assertRefused(result, metaOf(path));
      assert.deepEqual(fs.readdirSync(folder), ["stays"]);
    }
  }
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
  "the home is that of /etc/passwd, else HOME",
  async () => {
    for (const [uid, env, wanted] of HOMES) {
      for (const runtime of everywhereAs(uid)) {
        const options = { runtime, env };
        const result = await telemetry(["status", "--json"], options);
        const { code, stdout, stderr } = result;
        const { home, file, error } = JSON.parse(stdout);
        assert.equal(home, wanted, `${runtime.name}, ${JSON.stringify(env)}`);
        const differs = uid === NOBODY && env["HOME"] && !env["TIUP_HOME"];
        assert.equal(
          /^warning: HOME is "\/elsewhere"/m.test(stderr),
          !!differs,
        );
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

// Lines for uid 54321, and which of them Go's os/user takes, tried with Go itself.
const PASSWD_LINES: readonly (readonly [lines: string, home: string])[] = [
  ["a:x:54321:1::/h:/s", "/h"],
  ["a:x:54321:+1::/h:/s", "/h"],
  ["a:x:54321:-1::/h:/s:more", "/h"],
  ["\ufeffa:x:54321:1::/h:/s", "/h"],
  ["\v\u00a0a:x:54321:1::/h:/s", "/h"],
  ["a:x\r:54321:1:\u2028:/h:/s\r", "/h"],
  ["a:x:54321:1:: /a home :/s", " /a home "],
  ["a:x:54321:1::/first:/s\nb:x:54321:1::/second:/s", "/first"],
  ["x:x:54321:x::/no:/s\na:x:54321:1::/h:/s", "/h"],
  ...[
    "a:x:54321:x::/h:/s",
    "a:x:+54321:1::/h:/s",
    "a:x: 54321:1::/h:/s",
    "# a:x:54321:1::/h:/s",
    "+a:x:54321:1::/h:/s",
    "-a:x:54321:1::/h:/s",
    ":x:54321:1::/h:/s",
    "a:x:54321:1::/h",
  ].map((line) => [line, "/elsewhere"] as const),
];

privileged("odd lines of /etc/passwd are read as Go reads them", async () => {
  const file = join(makeHome(), "passwd");
  const script = `mount --bind ${file} /etc/passwd && exec "$@"`;
  const { name, command } = as(UNKNOWN);
  const runtime = {
    name,
    command: ["unshare", "-m", "sh", "-c", script, "sh", ...command],
  };
  for (const [lines, wanted] of PASSWD_LINES) {
    fs.writeFileSync(file, `root:x:0:0::/root:/bin/sh\n${lines}\n`);
    const options = { runtime, env: { HOME: "/elsewhere" } };
    const { stdout } = await telemetry(["status", "--json"], options);
    assert.equal(JSON.parse(stdout).home, `${wanted}/.tiup`, lines);
  }
});

privileged("without any home none is made up", async () => {
  const cwd = makeHome();
  fs.chmodSync(cwd, 0o777);
  const options = { runtime: as(UNKNOWN), cwd };
  for (const command of ["status", ...CHANGES]) {
    const { code, stdout } = await telemetry([command], options);
    assert.deepEqual([code, stdout], [1, ""]);
  }
  assert.deepEqual(fs.readdirSync(cwd), []);
  const named = { ...options, env: { TIUP_HOME: "x" } };
  assert.equal((await telemetry(["enable"], named)).code, 0);
});
