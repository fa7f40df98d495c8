/**
 * Root runs a command in the homes of others: it acts as the user that a home
 * belongs to, whatever that user planted there, and is root again in its own.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe } from "node:test";
import {
  annotated,
  assertRefused,
  backdate,
  CHANGES,
  succeed,
  telemetry,
} from "../helpers/disk.ts";
import {
  BUN,
  BUNDLE,
  BUNDLED,
  flags,
  inShell,
  makeHome,
  metaOf,
  objects,
  readHome,
  type Runtime,
  start,
} from "../helpers/harness.ts";
import { privileged } from "../helpers/strace.ts";
import { as, OTHER, USER } from "../helpers/users.ts";
import {
  type Arena,
  give,
  makeArena,
  makeVault,
  tree,
  trespasses,
  UUID_INSIDE,
} from "../helpers/arena.ts";

const NODE: Runtime = { name: "Node", command: [process.execPath, BUNDLE] };
const RUNTIMES = [NODE, { name: "Bun", command: [BUN, BUNDLE] }];
const GROUP = 4999;
const DAMAGED = "status: [\n";

/** The folder of a user, and a home in it that is not there yet. */
function makeUser(user = USER, mode = 0o755, group = user) {
  const folder = makeHome();
  fs.chmodSync(folder, mode);
  give(folder, user, group);
  return { folder, home: join(folder, ".tiup") };
}

function fill(home: string, text: string, mode = 0o644): void {
  fs.mkdirSync(join(home, "telemetry"), { recursive: true });
  fs.writeFileSync(metaOf(home), text, { mode });
}

/** Whose each file and folder is, and its mode. */
function owners(folder: string): string[] {
  return [...tree(folder).keys()].map((name) => {
    const { uid, gid, mode } = fs.lstatSync(join(folder, name));
    return `${name} ${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
  });
}

/** The program, where /etc/passwd holds these lines. */
function withPasswd(lines: string, { command }: Runtime): Runtime {
  const file = join(makeHome(), "passwd");
  fs.writeFileSync(file, lines);
  const line = `mount --bind ${file} /etc/passwd && exec "$@"`;
  return inShell(`exec unshare -m sh -c '${line}' sh "$@"`, {
    name: "",
    command,
  });
}

const NEW_MODES = [
  { umask: "022", parent: 0o755, folder: 755, file: 644 },
  { umask: "002", parent: 0o775, folder: 775, file: 664 },
  { umask: "077", parent: 0o700, folder: 700, file: 600 },
] as const;

const STATES = {
  new: () => {},
  empty: (home: string) => fs.mkdirSync(home),
  existing: (home: string) => fill(home, annotated(), 0o640),
} as const;

const RELATIVE = {
  "by a relative path": { args: ["--home", "new/.tiup"], env: {} },
  "as the working directory": { args: ["--home", "."], env: {} },
  "above the working directory": { args: ["--home", "../a/../new"], env: {} },
  "by TIUP_HOME": { args: [], env: { TIUP_HOME: "new" } },
} as const;

const OWN_LINKS = {
  "in place of the file": "p/.tiup/telemetry/meta.yaml",
  "in place of the telemetry folder": "p/.tiup/telemetry",
  "in place of the home": "p/.tiup",
  "above the home": "p",
} as const;

for (const runtime of RUNTIMES) {
  describe(`in a home of another user, on ${runtime.name}`, () => {
    for (const [state, make] of Object.entries(STATES)) {
      for (const command of CHANGES) {
        privileged(
          `${command} leaves a ${state} one to that user`,
          async () => {
            const { folder, home } = makeUser();
            make(home);
            give(folder, USER);
            await succeed([command, "--home", home], { runtime });
            for (const owner of owners(folder)) {
              assert.match(owner, / 4321:4321 /);
            }
            await assertUserGoesOn(home);
          },
        );
      }
    }

    for (const { umask, parent, folder, file } of NEW_MODES) {
      privileged(
        `a new file has its mode under the umask ${umask}`,
        async () => {
          const its = makeUser(USER, parent);
          const shell = inShell(`umask ${umask}; exec "$@"`, runtime);
          await succeed(["disable", "--home", its.home], { runtime: shell });
          assert.deepEqual(owners(its.home), [
            ` 4321:4321 ${folder}`,
            `telemetry 4321:4321 ${folder}`,
            `telemetry/meta.yaml 4321:4321 ${file}`,
          ]);
        },
      );
    }

    privileged("the group is that of the user in /etc/passwd", async () => {
      const { folder, home } = makeUser();
      const lines =
        `root:x:0:0::/root:\na:x:${USER}:${GROUP}::/:\nb:x:${USER}:0::/:\n`;
      await succeed(["enable", "--home", home], {
        runtime: withPasswd(lines, runtime),
      });
      for (const owner of owners(home)) assert.match(owner, / 4321:4999 /);
      assert.match(owners(folder)[0]!, / 4321:4321 /);
    });

    privileged("a damaged copy and a dead lock are the user's", async () => {
      const { folder, home } = makeUser();
      fill(home, DAMAGED);
      fs.writeFileSync(`${metaOf(home)}.lock`, "");
      give(folder, USER);
      backdate(`${metaOf(home)}.lock`, 60);
      await succeed(["disable", "--force", "--home", home], { runtime });
      assert.deepEqual(owners(join(home, "telemetry")), [
        " 4321:4321 755",
        "meta.yaml 4321:4321 644",
        "meta.yaml.bad 4321:4321 644",
      ]);
      fs.writeFileSync(metaOf(home), DAMAGED);
      await succeed(["disable", "--force", "--home", home], {
        runtime: as(USER),
      });
      await assertUserGoesOn(home);
    });

    privileged(
      "the homes after it are those of their users again",
      async () => {
        const { folder, home } = makeUser();
        fs.symlinkSync("/root", join(folder, "hostile"));
        give(folder, USER);
        const [roots, last] = [makeUser(0), makeUser(OTHER)];
        const homes = [join(folder, "hostile"), home, roots.home, last.home];
        const result = await telemetry(["disable", ...flags(homes)], {
          runtime,
        });
        assert.equal(result.code, 1);
        assert.match(result.stderr, /^error: .*hostile.*\n$/);
        for (
          const [uid, its] of [[USER, home], [0, roots.home], [
            OTHER,
            last.home,
          ]]
        ) {
          for (const owner of owners(its as string)) {
            assert.ok(owner.includes(` ${uid}:${uid} `), owner);
          }
        }
      },
    );

    for (const [how, { args, env }] of Object.entries(RELATIVE)) {
      privileged(`a home that is given ${how} is the user's`, async () => {
        const { folder } = makeUser();
        const cwd = join(folder, "work");
        fs.mkdirSync(cwd);
        give(folder, USER);
        await succeed(["enable", ...args], { runtime, cwd, env });
        const made = owners(folder).filter((owner) => /telemetry/.test(owner));
        assert.equal(made.length, 2);
        for (const owner of made) assert.match(owner, / 4321:4321 /);
      });
    }

    privileged("a relative path leads there from a closed folder", async () => {
      const { folder, home } = makeUser();
      const cwd = join(makeHome(), "closed");
      fs.mkdirSync(cwd, { mode: 0o700 });
      const args = ["enable", "--home", relative(cwd, home)];
      await succeed(args, { runtime, cwd });
      assert.equal(owners(home).length, 3);
      for (const owner of owners(folder)) assert.match(owner, / 4321:4321 /);
    });

    for (const [what, name] of Object.entries(OWN_LINKS)) {
      privileged(`the user's own link ${what} is followed`, async () => {
        const { user, home } = makeArena(annotated(), USER);
        fs.renameSync(join(user, name), join(user, "real"));
        fs.symlinkSync(join(user, "real"), join(user, name));
        give(user, USER);
        await succeed(["disable", "--home", home], { runtime });
        assert.equal(readHome(home), annotated("disable"));
        assert.ok(fs.lstatSync(join(user, name)).isSymbolicLink());
        for (const owner of owners(user)) assert.match(owner, / 4321:4321 /);
        await assertUserGoesOn(home);
      });
    }

    privileged(
      "a folder of root's on the way to it changes nothing",
      async () => {
        const { folder, home } = makeUser();
        fs.mkdirSync(home);
        fs.mkdirSync(join(home, "telemetry"));
        const before = owners(folder);
        const result = await telemetry(["disable", "--home", home], {
          runtime,
        });
        assertRefused(result, metaOf(home));
        assert.deepEqual(owners(folder), before);
      },
    );

    privileged("root's link to it leads to the user's", async () => {
      const { folder } = makeUser();
      const open = makeHome();
      fs.chmodSync(open, 0o755);
      const home = join(open, "link");
      fs.symlinkSync(folder, home);
      await succeed(["disable", "--home", home], { runtime });
      for (const owner of owners(folder)) assert.match(owner, / 4321:4321 /);
    });
  });
}

async function assertUserGoesOn(home: string): Promise<void> {
  const options = { runtime: as(USER) };
  for (const command of [...CHANGES, "status"]) {
    await succeed([command, "--home", home], options);
  }
}

/** Root's leftovers in a home of the user: nothing in them can be changed. */
const LEFTOVERS = {
  "a folder": { names: ["telemetry", "telemetry/meta.yaml"], mode: 0o644 },
  "a file": { names: ["telemetry/meta.yaml"], mode: 0o644 },
  "a private file": { names: ["telemetry/meta.yaml"], mode: 0o600 },
} as const;

describe("what root's older commands left in a home", () => {
  for (const [what, { names, mode }] of Object.entries(LEFTOVERS)) {
    privileged(`${what} is named in one line, and stays`, async () => {
      for (const runtime of RUNTIMES) {
        const { folder, home } = makeUser();
        fill(home, annotated(), mode);
        give(folder, USER);
        for (const name of names) fs.chownSync(join(home, name), 0, 0);
        fs.chmodSync(metaOf(home), mode);
        for (
          const args of [["disable"], ["reset", "--all"], [
            "disable",
            "--force",
          ]]
        ) {
          const before = owners(folder);
          const result = await telemetry([...args, "--home", home], {
            runtime,
          });
          assertRefused(result, metaOf(home));
          assert.equal(readHome(home), annotated());
          assert.deepEqual(owners(folder), before);
        }
      }
    });
  }
});

const META = "p/.tiup/telemetry/meta.yaml";
const INSIDE = ".tiup/telemetry";

/** What the user puts in place of a part of the path, and where in the vault it leads. */
const PLANTED: Readonly<
  Record<string, readonly [name: string, target: string]>
> = {
  "a file": [META, `${INSIDE}/meta.yaml`],
  "a new file": [META, "new.yaml"],
  "a telemetry folder": ["p/.tiup/telemetry", INSIDE],
  "a new telemetry folder": ["p/.tiup/telemetry", "new"],
  "a home": ["p/.tiup", ".tiup"],
  "a new home": ["p/.tiup", "new"],
  "a folder above a home": ["p", ""],
};

const EVERY_COMMAND = [
  ...[["status"], ["status", "--json"]],
  ...["enable", "disable"].flatMap((command) => [
    [command],
    [command, "--check"],
    [command, "--check", "--json"],
    [command, "--force"],
    [command, "--force", "--json"],
  ]),
  ...[["reset"], ["reset", "--all"], ["reset", "--all", "--force"]],
];

/** One of each kind, where all of them would take long. */
const SOME_COMMANDS = [
  ["status", "--json"],
  ["disable", "--check"],
  ["enable"],
  ["disable", "--force"],
  ["reset", "--all", "--force"],
];

/** How a link leads there: itself, over one of root's, through the kernel's own. */
const WAYS = {
  "a link": (target: string) => target,
  "a link over root's link": (target: string) => {
    const open = makeHome();
    fs.chmodSync(open, 0o755);
    fs.symlinkSync(target, join(open, "link"));
    return join(open, "link");
  },
  "a link over /proc": (target: string) => `/proc/self/root${target}`,
} as const;

for (const [what, [name, target]] of Object.entries(PLANTED)) {
  for (const [way, lead] of Object.entries(WAYS)) {
    const commands = way === "a link" ? EVERY_COMMAND : SOME_COMMANDS;
    privileged(`${way} to ${what} of root's leads nowhere`, async () => {
      for (const runtime of RUNTIMES) {
        const arena = makeArena(annotated(), USER);
        replace(join(arena.user, name), lead(join(arena.vault, target)));
        await assertRefusedAll(arena, runtime, commands);
      }
    });
  }
}

function replace(path: string, target: string, owner = USER): void {
  fs.rmSync(path, { recursive: true });
  fs.symlinkSync(target, path);
  fs.lchownSync(path, owner, owner);
}

async function assertRefusedAll(
  arena: Arena,
  runtime: Runtime,
  commands: readonly (readonly string[])[] = SOME_COMMANDS,
): Promise<void> {
  const before = tree(arena.vault);
  const mine = tree(arena.user);
  for (const args of commands) {
    const result = await telemetry([...args, "--home", arena.home], {
      runtime,
    });
    const title = `${args.join(" ")}: ${result.stderr}${result.stdout}`;
    assert.deepEqual(trespasses(arena, before, result), [], title);
    assert.deepEqual(tree(arena.user), mine, title);
    assert.equal(result.code, 1, title);
    assert.match(result.stderr, /^error: [^\n]+\n$/);
    assert.ok(result.stderr.includes(metaOf(arena.home)), title);
    const failures = args.includes("--json") ? objects(result.stdout) : [];
    for (const { error } of failures) assert.ok(error, title);
    if (!args.includes("--json")) assert.equal(result.stdout, "", title);
  }
}

describe("what a user plants", () => {
  for (const [what, [name, target]] of Object.entries(PLANTED)) {
    privileged(
      `a link of root's to ${what} is followed as the user`,
      async () => {
        for (const runtime of RUNTIMES) {
          const arena = makeArena(annotated(), USER);
          replace(join(arena.user, name), join(arena.vault, target), 0);
          await assertRefusedAll(arena, runtime);
        }
      },
    );
    privileged(
      `a link to ${what} of another user's leads nowhere`,
      async () => {
        for (const runtime of RUNTIMES) {
          const arena = makeArena(annotated(), USER, OTHER);
          replace(join(arena.user, name), join(arena.vault, target));
          await assertRefusedAll(arena, runtime);
        }
      },
    );
    privileged(
      `a link to ${what} that all may enter does what it does for the user`,
      async () => {
        for (const runtime of RUNTIMES) {
          const arena = makeArena(annotated(), USER);
          for (const folder of ["", ".tiup", INSIDE]) {
            fs.chmodSync(join(arena.vault, folder), 0o755);
          }
          replace(join(arena.user, name), join(arena.vault, target));
          await assertSameAsUser(arena, runtime);
        }
      },
    );
  }

  privileged("a link in a shared folder of root's leads nowhere", async () => {
    for (const runtime of RUNTIMES) {
      const arena = makeArena(annotated(), USER);
      const link = join(arena.user, META);
      replace(link, join(arena.vault, INSIDE, "meta.yaml"));
      for (const name of ["", "p", "p/.tiup", "p/.tiup/telemetry"]) {
        fs.chownSync(join(arena.user, name), 0, 0);
      }
      fs.chmodSync(dirname(link), 0o2777);
      await assertRefusedAll(arena, runtime);
    }
  });

  privileged("a hard link to a private file leads nowhere", async () => {
    for (const runtime of RUNTIMES) {
      const arena = makeArena(annotated(), USER);
      fs.rmSync(join(arena.user, META));
      fs.linkSync(
        join(arena.vault, INSIDE, "meta.yaml"),
        join(arena.user, META),
      );
      await assertRefusedAll(arena, runtime);
    }
  });

  privileged("the working directory of root leads nowhere", async () => {
    for (const runtime of RUNTIMES) {
      const arena = makeArena(annotated(), USER);
      const cwd = join(arena.vault, INSIDE);
      for (const folder of [".tiup", INSIDE]) {
        fs.chmodSync(join(arena.vault, folder), 0o755);
      }
      fs.chmodSync(join(cwd, "meta.yaml"), 0o644);
      replace(join(arena.user, META), "/proc/self/cwd/meta.yaml");
      const before = tree(arena.vault);
      const inside = { ...runtime, command: inFolder(cwd, runtime) };
      for (const args of EVERY_COMMAND) {
        const line = [...args, "--home", arena.home];
        const result = await telemetry(line, { runtime: inside });
        assert.deepEqual(trespasses(arena, before, result), [], line.join(" "));
      }
    }
  });

  // A file that has just been emptied is waited for: that long we are the user.
  privileged("a working folder that the user swaps leads nowhere", async () => {
    for (const runtime of RUNTIMES) {
      const { folder } = makeUser();
      const vault = makeHome();
      fs.mkdirSync(join(vault, "b"));
      const cwd = join(folder, "work");
      fill(join(cwd, "x"), "");
      give(folder, USER);
      const args = ["disable", ...flags(["x", "b/.tiup"])];
      const { result } = start(args, { runtime, cwd });
      await new Promise((done) => setTimeout(done, 300));
      fs.renameSync(cwd, join(folder, "old"));
      fs.symlinkSync(vault, cwd);
      fs.lchownSync(cwd, USER, USER);
      await result;
      assert.deepEqual(fs.readdirSync(join(vault, "b")), [], runtime.name);
    }
  });
});

function inFolder(folder: string, { command }: Runtime): readonly string[] {
  return inShell(`cd '${folder}' && exec "$@"`, { name: "", command }).command;
}

async function assertSameAsUser(arena: Arena, runtime: Runtime): Promise<void> {
  const before = tree(arena.vault);
  for (const args of EVERY_COMMAND) {
    const line = [...args, "--home", arena.home];
    const result = await telemetry(line, { runtime });
    assert.deepEqual(trespasses(arena, before, result), [], line.join(" "));
    const theirs = await telemetry(line, { runtime: as(USER) });
    const who = / as user 4321, whose home it is:/g;
    for (const key of ["code", "stdout", "stderr"] as const) {
      assert.equal(`${result[key]}`.replace(who, ""), `${theirs[key]}`);
    }
  }
}

/** Groups that root has, and the user does not. */
const GROUPS = { "root's group": 0, "another group of root's": 5000 } as const;

describe("a file for a group", () => {
  for (const [whose, group] of Object.entries(GROUPS)) {
    privileged(`is not read by ${whose}`, async () => {
      for (const runtime of RUNTIMES) {
        const arena = makeArena(annotated(), USER);
        openToGroup(arena, group);
        replace(join(arena.user, META), join(arena.vault, INSIDE, "meta.yaml"));
        await assertRefusedAll(arena, withGroup(group, runtime));
      }
    });
  }

  // By a setgid folder a user can come to own a folder of a group that is not his.
  for (const [whose, group] of Object.entries(GROUPS)) {
    privileged(`is not read because the home is of ${whose}`, async () => {
      for (const runtime of RUNTIMES) {
        const arena = makeArena(annotated(), USER);
        give(arena.user, USER, group);
        openToGroup(arena, group);
        replace(join(arena.user, META), join(arena.vault, INSIDE, "meta.yaml"));
        await assertRefusedAll(arena, runtime);
      }
    });
  }

  privileged(
    "does not keep a user without a line in /etc/passwd from a home of root's group",
    async () => {
      for (const runtime of RUNTIMES) {
        const { folder, home } = makeUser(USER, 0o755, 0);
        await succeed(["enable", "--home", home], { runtime });
        for (const owner of owners(folder)) assert.match(owner, / 4321:/);
        await assertUserGoesOn(home);
      }
    },
  );
});

function openToGroup({ vault }: Arena, group: number): void {
  give(vault, 0, group);
  for (const name of tree(vault).keys()) {
    const path = join(vault, name);
    fs.chmodSync(path, fs.statSync(path).isDirectory() ? 0o770 : 0o660);
  }
}

function withGroup(group: number, { name, command }: Runtime): Runtime {
  return { name, command: ["setpriv", `--groups=${group}`, "--", ...command] };
}

/** Ways in which root may not become another user. */
const BOUND = {
  "without the right to change users": [
    "setpriv",
    "--bounding-set=-setuid",
    "--",
  ],
  "without the right to change groups": [
    "setpriv",
    "--bounding-set=-setgid",
    "--",
  ],
  "without both": ["setpriv", "--bounding-set=-setuid,-setgid", "--"],
  "in a namespace without other users": ["unshare", "--map-root-user", "--"],
} as const;

describe("where root cannot become the user", () => {
  for (const runtime of RUNTIMES) {
    for (const [where, prefix] of Object.entries(BOUND)) {
      privileged(
        `${where}, on ${runtime.name}`,
        () =>
          assertOnlyRoots({
            name: where,
            command: [...prefix, ...runtime.command],
          }),
      );
    }
  }

  for (const runtime of BUNDLED.filter(({ name }) => name === "Deno")) {
    privileged("on Deno", () => assertOnlyRoots(runtime));
  }
});

async function assertOnlyRoots(runtime: Runtime): Promise<void> {
  const others = makeUser();
  fill(others.home, annotated());
  const { home: missing } = makeUser();
  give(others.folder, USER);
  const before = tree(others.folder);
  for (const home of [others.home, missing]) {
    for (
      const args of EVERY_COMMAND.filter((args) => !args.includes("--json"))
    ) {
      const result = await telemetry([...args, "--home", home], { runtime });
      assertRefused(result, metaOf(home));
      assert.match(result.stderr, /sudo -u/);
      assert.deepEqual(tree(others.folder), before);
    }
  }
  const roots = makeUser(0);
  const homes = flags([others.home, roots.home, missing]);
  const { code } = await telemetry(["disable", ...homes], { runtime });
  assert.equal(code, 1);
  assert.ok(!fs.existsSync(missing));
  assert.deepEqual(owners(roots.home).length, 3);
  await succeed(["status", "--home", roots.home], { runtime });
}

const USERS = 50;

for (const runtime of RUNTIMES) {
  privileged(
    `1,000 homes of ${USERS} users, every tenth hostile, on ${runtime.name}`,
    async () => {
      const vault = join(makeHome(), "vault");
      makeVault(vault);
      const before = tree(vault);
      const users = Array.from(
        { length: 1000 },
        (_, index) => makeOneOf(index, vault),
      );
      const homes = users.map(({ home }) => home);
      const list = join(makeHome(), "list");
      fs.writeFileSync(list, `${homes.join("\n")}\n`);
      const { result } = start(["disable", "--json", "--home", "-"], {
        runtime: inShell(`exec "$@" < ${list}`, runtime),
      });
      const { code, stdout, stderr } = await result;
      assert.equal(code, 1);
      const answers = objects(stdout);
      assert.deepEqual(answers.map(({ home }) => home), homes);
      assert.match(stderr, /^(error: [^\n]+\n){100}$/);
      for (const [index, user] of users.entries()) {
        assertHandled(index, user, !!answers[index]?.["error"]);
      }
      assert.deepEqual(tree(vault), before);
      assert.ok(!stdout.includes(UUID_INSIDE));
    },
  );
}

function assertHandled(
  index: number,
  { folder, home }: ReturnType<typeof makeUser>,
  failed: boolean,
): void {
  const uid = 6000 + index % USERS;
  assert.equal(failed, index % 10 === 0, home);
  for (const owner of owners(folder)) {
    assert.ok(owner.includes(` ${uid}:${uid} `), owner);
  }
  if (!failed) assert.match(readHome(home), /^status: disable/m);
}

// One home in three is new.
function makeOneOf(index: number, vault: string) {
  const its = makeUser(6000 + index % USERS);
  if (index % 10 === 0) fs.symlinkSync(join(vault, ".tiup"), its.home);
  else if (index % 3) fill(its.home, annotated());
  give(its.folder, 6000 + index % USERS);
  return its;
}

privileged(
  "a user's own status opens the file and does nothing else with the home",
  async () => {
    const { folder, home } = makeUser();
    fill(home, annotated());
    give(folder, USER);
    const trace = join(makeHome(), "trace");
    const strace = ["strace", "-f", "-o", trace, "-e", "trace=%file,%creds"];
    const command = [...strace, ...as(USER).command];
    await succeed(["status", "--home", home], {
      runtime: { name: "strace", command },
      env: { PATH: process.env["PATH"] ?? "" },
    });
    const lines = fs.readFileSync(trace, "utf8").split("\n");
    const calls = lines.filter((line) =>
      line.includes(folder) && !line.includes("execve(")
    );
    assert.equal(calls.length, 1, calls.join("\n"));
    assert.match(calls[0]!, /openat\(.*meta\.yaml".* = \d+$/);
    const start = lines.findLastIndex((line) => line.includes("execve("));
    const changes = lines.slice(start).filter((line) =>
      /\bset(\w*[ug]id|groups)\(/.test(line)
    );
    assert.deepEqual(changes, []);
  },
);
