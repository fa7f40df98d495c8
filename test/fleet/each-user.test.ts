/** examples/each-user.sh over the users of a machine, some of them hostile. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { attack, makeArena, makeVault, tree } from "../helpers/arena.ts";
import { annotated, rounds } from "../helpers/disk.ts";
import {
  CANARY,
  DISABLED,
  ENABLED,
  listing,
  makeHome,
  metaOf,
  objects,
  readHome,
  skip,
  UUID,
} from "../helpers/harness.ts";
import {
  EACH_USER,
  eachUser,
  giveTo,
  makeOpenFolder,
  makePerson,
  makeProgram,
  makeScript,
  type Person,
  SHARED_GROUP,
  whereTheseAre,
} from "../helpers/people.ts";
import { privileged } from "../helpers/strace.ts";

const ON = `status: enable\nuuid: ${UUID}\n`;
const OFF = `status: disable\nuuid: ${UUID}\n`;

function tiup({ home }: Person): string {
  return join(home, ".tiup");
}

function telemetry(): Record<string, string> {
  return { TELEMETRY: makeProgram() };
}

describe("each-user.sh", () => {
  test("has a clean bill from shellcheck", (t) => {
    const { error, status, stdout } = spawnSync(
      "shellcheck",
      [EACH_USER],
      { encoding: "utf8" },
    );
    if (error) return skip(t, "shellcheck");
    assert.deepEqual([status, stdout], [0, ""]);
  });

  privileged("runs the command once for each user who has a home", () => {
    const people = [
      makePerson("ana", 7001, ENABLED),
      makePerson("ben", 7002, DISABLED),
      { name: "homeless", uid: 7003, home: join(makeOpenFolder(), "none") },
      { name: "other", uid: 7004, home: makeOpenFolder() },
    ];
    const { code, stdout, stderr } = eachUser(people, ["status"], {
      env: telemetry(),
    });
    assert.equal(stdout, `user: ana\n${ON}user: ben\n${OFF}`);
    assert.deepEqual([code, stderr], [0, ""]);
  });

  privileged("with --json, each object ends with its user", () => {
    const people = [
      makePerson("ana", 7001, ENABLED),
      makePerson(`DOM\\b"en`, 7002, "status: ["),
    ];
    const { code, stdout } = eachUser(people, ["disable", "--json"], {
      env: telemetry(),
    });
    const answers = objects(stdout).map(({ user, file, status, error }) => ({
      user,
      file,
      status: status ?? (error as { code: string }).code,
    }));
    const [ana, ben] = people.map((person) => metaOf(tiup(person)));
    assert.deepEqual(answers, [
      { user: "ana", file: ana, status: "disable" },
      { user: `DOM\\b"en`, file: ben, status: "invalid-meta" },
    ]);
    assert.match(stdout, /,"user":"ana"\}\n/);
    assert.equal(code, 1);
    assert.ok(!stdout.includes(CANARY));
  });

  const states = { on: ENABLED, off: DISABLED, bad: "status: [" };
  const CODES: readonly [users: readonly (keyof typeof states)[], number][] = [
    [["off", "off"], 0],
    [["off", "on"], 3],
    [["on", "off"], 3],
    [["on", "bad", "off"], 1],
    [["bad", "on"], 1],
    [[], 0],
  ];
  for (const [users, expected] of CODES) {
    const title = users.join(", ") || "no user with a home";
    privileged(`${title}: disable --check is exit ${expected}`, () => {
      const people = users.map((state, i) =>
        makePerson(`u${i}`, 7001 + i, states[state])
      );
      const result = eachUser(people, ["disable", "--check"], {
        env: telemetry(),
      });
      assert.equal(result.code, expected, result.stderr);
      const headers = result.stdout.match(/^user: .*$/gm) ?? [];
      assert.deepEqual(headers, users.map((_, i) => `user: u${i}`));
      if (!users.length) assert.match(result.stderr, /^note: none of these/);
    });
  }

  privileged("USERS names the users, whom it does not know fails", () => {
    const people = ["ana", "ben", "cid"].map((name, i) =>
      makePerson(name, 7001 + i, ENABLED)
    );
    const env = { ...telemetry(), USERS: "cid nobody-here -x" };
    const { code, stdout, stderr } = eachUser(people, ["status"], { env });
    assert.equal(stdout, `user: cid\n${ON}user: nobody-here\nuser: -x\n`);
    assert.match(stderr, /nobody-here does not exist/);
    assert.match(stderr, /-x does not exist/);
    assert.equal(code, 1);
  });

  privileged(
    "a user's file that may not be read is said to be so",
    () => {
      const program = makeProgram();
      fs.chmodSync(program, 0o700);
      const people = [makePerson("ana", 7001, ENABLED)];
      const { code, stdout, stderr } = eachUser(people, ["status"], {
        env: { TELEMETRY: `node ${program}` },
      });
      assert.equal(stdout, "user: ana\n");
      assert.equal(stderr, `error: user ana: may not read ${program}\n`);
      assert.equal(code, 1);
    },
  );
});

privileged("a home in a folder that is closed to its user fails", () => {
  const closed = makeHome();
  const people = [
    { name: "ana", uid: 7001, home: join(closed, "ana") },
    { name: "ben", uid: 7002, home: "/etc/passwd/none" },
    { name: "cid", uid: 7003, home: "cid" },
    { name: "dee", uid: 7004, home: closed, shell: "/sbin/nologin" },
  ];
  fs.mkdirSync(join(closed, "ana/.tiup"), { recursive: true });
  fs.chmodSync(closed, 0o700);
  const { code, stdout, stderr } = eachUser(people, ["status"], {
    env: telemetry(),
  });
  assert.equal(stdout, "user: ana\nuser: cid\n");
  assert.deepEqual(stderr.split("\n"), [
    `error: user ana: may not enter ${closed}/ana`,
    "error: user cid: may not enter cid",
    "",
  ]);
  assert.equal(code, 1);
});

privileged("a list of users that was not read to its end is refused", () => {
  const path = makePath(["runuser", "node"], "getent");
  const person = makePerson("ana", 7001, DISABLED);
  const getent = `echo ana:x:7001:7001:a:${person.home}:/bin/sh; kill -9 $$`;
  fs.symlinkSync(makeScript(getent), join(path, "getent"));
  const line = `PATH=${path} exec sh ${EACH_USER} disable --check`;
  const { code, stdout, stderr } = eachUser([person], [], {
    shell: ["bash", "-c", line],
    env: telemetry(),
  });
  assert.match(stderr, /^error: getent lists no users: [^\n]+\n$/);
  assert.deepEqual([code, stdout], [1, ""]);
});

describe("each-user.sh without getent", () => {
  const withoutGetent = (USERS: string) => {
    const people = [makePerson("ana", 7001, ENABLED)];
    const path = makePath(["runuser", "node"], "getent");
    const line = `PATH=${path} exec sh ${EACH_USER} status`;
    return eachUser(people, [], {
      shell: ["bash", "-c", line],
      env: { ...telemetry(), USERS },
    });
  };

  privileged("finds the homes of those that USERS names", () => {
    const { code, stdout, stderr } = withoutGetent("ana nobody-here");
    assert.equal(stdout, `user: ana\n${ON}user: nobody-here\n`);
    assert.match(
      stderr,
      /^user nobody-here: runuser: .*nobody-here does not exist.*\n$/,
    );
    assert.equal(code, 1);
  });

  privileged("says that USERS must name them", () => {
    const { code, stdout, stderr } = withoutGetent("");
    assert.match(stderr, /^error: getent lists no users: [^\n]+\n$/);
    assert.deepEqual([code, stdout], [1, ""]);
  });
});

/** What is refused at once, and how. */
const REFUSED: Readonly<
  Record<string, {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly code: 1 | 2;
    readonly says: RegExp;
  }>
> = {
  "no command": { args: [], code: 2, says: /^error: usage: / },
  "an unknown command": { args: ["off"], code: 2, says: /^error: usage: / },
  "a flag first": { args: ["--json"], code: 2, says: /^error: usage: / },
  "no program": { env: { TELEMETRY: "none" }, code: 1, says: /no program/ },
  "a relative program": {
    env: { TELEMETRY: "node dist/telemetry.mjs" },
    code: 1,
    says: /no program/,
  },
  "a limit that is no number": {
    env: { TIMEOUT: "1m" },
    code: 2,
    says: /TIMEOUT is a number of seconds, not "1m"/,
  },
  "a home": {
    args: ["disable", "--home", "/srv"],
    code: 2,
    says: /leave out --home/,
  },
  "a limit of nothing": { env: { TIMEOUT: "0" }, code: 2, says: /TIMEOUT/ },
};

for (const [what, { args, env, code, says }] of Object.entries(REFUSED)) {
  privileged(`${what} is refused in one line`, () => {
    const people = [makePerson("ana", 7001, ENABLED)];
    const result = eachUser(people, args ?? ["disable"], {
      env: { ...telemetry(), ...env },
    });
    assert.match(result.stderr, says);
    assert.match(result.stderr, /^error: [^\n]+\n$/);
    assert.deepEqual([result.code, result.stdout], [code, ""]);
    assert.equal(readHome(tiup(people[0]!)), ENABLED);
  });
}

test("whoever is not root is refused in one line", () => {
  const isRoot = process.getuid?.() === 0;
  const script = join(makeOpenFolder(), "each-user.sh");
  fs.copyFileSync(EACH_USER, script);
  const prefix = isRoot ? ["setpriv", "--reuid=7001", "--clear-groups"] : [];
  const [program = "", ...first] = [...prefix, "/bin/sh", script, "disable"];
  const { status, stdout, stderr } = spawnSync(program, first, {
    encoding: "utf8",
  });
  assert.match(stderr, /^error: only root can [^\n]+\n$/);
  assert.deepEqual([status, stdout], [1, ""]);
});

// Tabs do not pass, and the names in /proc would run together.
const PROBE = makeProbe();

function makeProbe(): string {
  return `
    tr '\\0' '\\n' < /proc/$$/environ | sed 's/^/env /'
    tr '\\t' ' ' < /proc/$$/status | sed 's/^/status /'
    ls -l /proc/self/fd | sed -n 's/.* \\([0-9]*\\) -> /fd \\1 /p'
    pwd | sed 's/^/cwd /'
    (: < /dev/tty) 2> /dev/null && echo 'tty open'
    printf 'x\\n' > "$HOME/.tiup/made"
  `;
}

const PATH = `${dirname(process.execPath)}:${process.env["PATH"]}`;

/** Programs that the script may find, to become another user. */
const WAYS = {
  runuser: ["runuser", "su", "sudo"],
  su: ["su", "sudo"],
  sudo: ["sudo"],
} as const;

/** A folder that holds these programs and what the script and the probe need. */
function makePath(names: readonly string[], without?: string): string {
  const folder = makeOpenFolder();
  const needed = [
    ...["awk", "bash", "cat", "env", "getent", "grep", "head", "id", "ls"],
    ...["sed", "setsid", "sh", "sleep", "timeout", "touch", "tr"],
  ];
  for (const name of [...needed, ...names]) {
    if (name === without) continue;
    const [path = ""] = spawnSync("which", [name], {
      encoding: "utf8",
      env: { PATH: `${PATH}:/usr/sbin:/sbin` },
    }).stdout.split("\n");
    if (path) fs.symlinkSync(path, join(folder, name));
  }
  return folder;
}

function has(name: string): boolean {
  return spawnSync("which", [name]).status === 0;
}

/** A shell line that starts the script where only these programs are in PATH. */
function startWith(names: readonly string[], path: string): string {
  // The script also looks for it where cron does not.
  const hide = names.includes("runuser")
    ? ":"
    : 'mount --bind /dev/null "$(PATH=/usr/sbin:/sbin command -v runuser)"';
  return `${hide}; PATH=${path} /bin/sh ${EACH_USER} status`;
}

for (const [way, names] of Object.entries(WAYS)) {
  test(`by ${way}, a command is over when its time is`, async (t) => {
    if (process.getuid?.() !== 0) return skip(t, "root");
    if (!has(way)) return skip(t, way);
    const person = makePerson("ana", 7001, ENABLED);
    const late = join(person.home, "late");
    const start = performance.now();
    const { code, stderr } = eachUser([person], [], {
      shell: ["bash", "-c", startWith(names, makePath(names))],
      env: { TELEMETRY: makeScript(`sleep 6; touch ${late}`), TIMEOUT: "1" },
    });
    assert.equal(code, 1);
    assert.match(stderr, /^error: user ana: killed, or not done within 1 s/m);
    const passed = performance.now() - start;
    await new Promise((done) => setTimeout(done, 8_000 - passed));
    assert.ok(!fs.existsSync(late), "it went on");
  });

  test(`by ${way}, a command is the user's and nothing of root's`, (t) => {
    if (process.getuid?.() !== 0) return skip(t, "root");
    if (!has(way)) return skip(t, way);
    const person = makePerson("ana", 7001, ENABLED);
    const path = makePath(names);
    const line = startWith(names, path);
    const secrets = join(makeHome(), "secrets");
    fs.writeFileSync(secrets, "root's");
    const shell =
      `exec 3< ${secrets} 7< ${secrets} 10< ${secrets} 45< ${secrets}
      cd ${makeHome()} && exec script -qec '${line}' /dev/null`;
    const { stdout } = eachUser([person], [], {
      shell: ["bash", "-c", shell],
      env: {
        TELEMETRY: makeScript(PROBE),
        TIUP_HOME: "/root/.tiup",
        SECRET: "root's",
        LD_LIBRARY_PATH: "/root/lib",
      },
    });
    assertIsUser(stdout, person, path);
  });
}

function assertIsUser(text: string, { name, uid, home }: Person, path: string) {
  // What is no answer comes on standard error.
  const lines = text.replaceAll("\r", "").replaceAll(`user ${name}: `, "")
    .split("\n");
  const of = (kind: string) =>
    lines.filter((line) => line.startsWith(`${kind} `))
      .map((line) => line.slice(kind.length + 1));
  assert.deepEqual(of("env").sort(), [
    `HOME=${home}`,
    `LOGNAME=${name}`,
    `PATH=${path}:/usr/sbin:/sbin`,
    `USER=${name}`,
  ], text);
  const status = new Map(
    of("status").map((line) => line.split(/: */) as [string, string]),
  );
  const ids = Array(4).fill(uid).join(" ");
  assert.equal(status.get("Uid"), ids);
  assert.equal(status.get("Gid"), ids);
  assert.equal(status.get("Groups")?.trim(), `${uid} ${SHARED_GROUP}`);
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) {
    assert.match(status.get(set) ?? "", /^0+$/, set);
  }
  const [input, output, errors, listing, ...more] = of("fd");
  assert.equal(input, "0 /dev/null");
  assert.match(`${output} ${errors}`, /^1 pipe:\S+ 2 pipe:\S+$/);
  assert.match(listing ?? "", /^3 \/proc\//);
  assert.deepEqual(more, []);
  assert.deepEqual(of("cwd"), ["/"]);
  assert.deepEqual(of("tty"), []);
  const { uid: owner, gid } = fs.statSync(join(home, ".tiup/made"));
  assert.deepEqual([owner, gid], [uid, uid]);
}

privileged("no program of the user's ever has root's environment", () => {
  const trace = join(makeHome(), "trace");
  const { code } = eachUser([makePerson("ana", 7001, ENABLED)], ["status"], {
    shell: ["strace", "-fvqo", trace, "-e", "trace=execve", "/bin/sh"],
    env: { ...telemetry(), USERS: "ana", SECRET: "root's" },
  });
  assert.equal(code, 0);
  const lines = fs.readFileSync(trace, "utf8").split("\n");
  const start = lines.findIndex((line) =>
    /execve\("[^"]*runuser", \["runuser", "-u", "ana"/.test(line)
  );
  const programs = lines.slice(start).filter((line) =>
    /execve\("[^"]*\/(runuser|sh|env|node|telemetry.mjs)", .* = 0$/.test(line)
  );
  assert.ok(programs.length >= 4, lines.join("\n"));
  assert.ok(lines.some((line) => line.includes("SECRET=")));
  for (const line of programs) assert.doesNotMatch(line, /SECRET=/);
});

/** What a hostile user's process may do in place of answering, and what is shown. */
interface Hostile {
  readonly lines: string;
  /** What text shows after the user's name. */
  readonly text?: string;
  /** Why there is no answer; undefined where text takes it for one. */
  readonly fault?: RegExp;
  /** The same for JSON, where it differs. */
  readonly json?: RegExp;
}

const SILENT = /^exit code 0 without an answer$/;
const OVER = /^killed, or not done within 4 seconds$/;

const HOSTILE: Readonly<Record<string, Hostile>> = {
  endless: {
    lines: "trap '' TERM HUP INT; while :; do sleep 1; done",
    fault: OVER,
  },
  stopped: { lines: "kill -STOP $$", fault: OVER },
  silent: { lines: "exit 0", fault: SILENT },
  silent3: { lines: "exit 3", fault: /^exit code 3 without an answer$/ },
  mute: { lines: "exit 1", fault: /^exit code 1 without an answer$/ },
  crash: { lines: "kill -SEGV $$", fault: /^exit code 139/ },
  odd: { lines: "echo no >&2; exit 7", fault: /^exit code 7: no$/ },
  murder: { lines: "kill -9 -1", fault: SILENT },
  suicide: { lines: "kill -9 $$", fault: OVER },
  daemon: {
    lines: "echo 'Disable telemetry success'; setsid sleep 60 & exit 0",
    text: "Disable telemetry success\n",
    json: /^exit code 0 without an answer: Disable telemetry success$/,
  },
  chatty: {
    lines: "echo hello; echo 'Disable telemetry success'",
    fault: /^exit code 0 without an answer: hello$/,
  },
  flood: {
    lines: "yes '{\"schema\":1,' | head -c 9000000",
    fault: /^exit code/,
  },
  escapes: {
    lines: String
      .raw`printf '\033[31mred\007\r\b\177 \302\302\233\2332J \303\251 \0 x'`,
    fault: /^exit code 0 without an answer: \?\[31mred\?{4} \?{4}2J \?\? \? x$/,
  },
  // The echo of some shells makes control characters of these.
  backslashes: {
    lines: String.raw`printf '%s\n' '\033]0;pwned\007\r' >&2; exit 5`,
    fault: /^exit code 5: \\033\]0;pwned\\007\\r$/,
  },
  backslash_code: {
    lines: String.raw`printf '%s\n' 'code \033[2J'`,
    fault: /^exit code \\033\[2J$/,
  },
  forger: {
    lines: `printf 'user: root\\nstatus: disable\\n'
      printf 'user: root\\n{"schema":1,"user":"root"}\\n' >&2`,
    fault: /^exit code 0 without an answer: user: root$/,
  },
  half: {
    lines: `printf '{"schema":1,"command":"sta'`,
    fault: /^exit code 0 without an answer: \{"schema":1,"command":"sta$/,
  },
};

function makeHostile() {
  const people = [...Object.keys(HOSTILE), "good"].map((name, i) =>
    makePerson(name, 7001 + i, ENABLED)
  );
  const cases = Object.entries(HOSTILE).map(([name, { lines }]) =>
    `  ${name}) ${lines} ;;`
  );
  const program = makeScript(`
    case $USER in
    ${cases.join("\n")}
    good) exec node ${makeProgram()} "$@" ;;
    esac`);
  return { people, env: { TELEMETRY: program, TIMEOUT: "4" } };
}

/** No user's line may pass for one of the script or of another user. */
function assertMarked(stderr: string, people: readonly Person[]) {
  const names = people.map(({ name }) => name).join("|");
  for (const line of stderr.trimEnd().split("\n")) {
    assert.match(line, new RegExp(`^(error: )?user (${names}): `));
  }
}

/** The fault lines of standard error, by user. */
function faults(stderr: string): Map<string, string> {
  const lines = stderr.matchAll(/^error: user (\S+): (.*)$/gm);
  return new Map([...lines].map(([, user = "", fault = ""]) => [user, fault]));
}

function assertFault(fault: string | undefined, wanted: RegExp | undefined) {
  if (wanted) assert.match(fault ?? "", wanted);
  else assert.equal(fault, undefined);
}

describe("hostile users", () => {
  privileged("keep no other user from the answer, in text", () => {
    const { people, env } = makeHostile();
    const { code, stdout, stderr } = eachUser(people, ["disable"], { env });
    assert.equal(code, 1);
    assert.match(stdout + stderr, /^[ -~\n]*$/);
    assertMarked(stderr, people);
    const found = faults(stderr);
    const blocks = stdout.split(/^user: /m).slice(1);
    assert.deepEqual(
      blocks.map((block) => block.split("\n")[0]),
      people.map(({ name }) => name),
    );
    for (
      const [i, [name, { text = "", fault }]] of Object.entries(HOSTILE)
        .entries()
    ) {
      if (name !== "flood") assert.equal(blocks[i], `${name}\n${text}`);
      assertFault(found.get(name), fault);
    }
    assert.equal(blocks.at(-1), "good\nDisable telemetry success\n");
    assert.ok(stdout.length < 200_000);
  });

  privileged("keep no other user from the answer, in JSON", () => {
    const { people, env } = makeHostile();
    const args = ["disable", "--json"];
    const { code, stdout, stderr } = eachUser(people, args, { env });
    assert.equal(code, 1);
    assertMarked(stderr, people);
    const found = faults(stderr);
    const answers = objects<
      { user: string; status?: string; error?: { message: string } }
    >(stdout);
    assert.deepEqual(
      answers.map(({ user }) => user),
      people.map(({ name }) => name),
    );
    for (const { user, status, error } of answers) {
      const { fault, json = fault } = HOSTILE[user] ?? {};
      assertFault(error?.message, json);
      assert.equal(error?.message, found.get(user));
      assert.equal(status, user === "good" ? "disable" : undefined);
    }
  });

  const ANSWER =
    '{"schema":1,"command":"status","home":"/h","file":null,"source":"file",' +
    '"status":"disable","uuid":null,"changed":false}';
  const FORGED = {
    "another user's name": ANSWER.replace("}", ',"user":"root"}'),
    "two objects in a line": ANSWER.replace("}", ',"user":"root"}') + ANSWER,
    "two lines": `${ANSWER}\n${ANSWER}`,
    "a line before": `x\n${ANSWER}`,
    "a line behind": `${ANSWER}\nx`,
    "a blank first": ` ${ANSWER}`,
    "a key twice": ANSWER.replace("{", '{"schema":1,'),
    "an object that is not closed": '{"schema":1,"a":{}',
    "an escape that JSON does not know": ANSWER.replace("/h", "\\x"),
    "a string that is not closed": ANSWER.replace("/h", "\\"),
  };
  privileged("a line of the form that the program prints is an answer", () => {
    const people = [makePerson("ana", 7001, ENABLED)];
    const env = { TELEMETRY: makeScript(`printf '%s\\n' '${ANSWER}'`) };
    const { stdout } = eachUser(people, ["status", "--json"], { env });
    assert.equal(stdout, ANSWER.replace("}", ',"user":"ana"}\n'));
  });
  for (const [what, lines] of Object.entries(FORGED)) {
    privileged(`cannot answer for another user by ${what}`, () => {
      const people = [makePerson("ana", 7001, ENABLED)];
      const env = { TELEMETRY: makeScript(`printf '%s\\n' '${lines}'`) };
      const { code, stdout } = eachUser(people, ["status", "--json"], { env });
      const [answer, ...more] = objects<
        { user: string; error?: { code: string } }
      >(stdout);
      assert.deepEqual(more, []);
      assert.equal(answer?.user, "ana");
      assert.equal(answer?.error?.code, "unanswered");
      assert.equal(code, 1);
    });
  }
});

privileged("many users are asked where no temporary file can be made", () => {
  const folder = makeHome();
  const none = join(folder, "none");
  const shell = `/${"x".repeat(8000)}`;
  const people: Person[] = [
    makePerson("ana", 7001, ENABLED),
    ...Array.from({ length: 9 }, (_, i) => (
      { name: `none${i}`, uid: 7002 + i, home: none, shell }
    )),
  ];
  const line =
    `mount -t tmpfs -o nr_inodes=1 none ${folder} && exec bash --posix "$@"`;
  const { code, stdout } = eachUser(people, ["disable", "--check"], {
    shell: ["sh", "-c", line, "sh"],
    env: { ...telemetry(), TMPDIR: folder },
  });
  assert.deepEqual([code, stdout], [3, `user: ana\n${ON}`]);
});

test("a user's process has no key of root's session", (t) => {
  if (process.getuid?.() !== 0) return skip(t, "root");
  if (!has("keyctl")) return skip(t, "keyctl");
  const line = `exec keyctl session - sh -c '
    keyctl add user test-secret of-root @s && exec sh "$0" "$@"' "$@"`;
  const { stderr } = eachUser([makePerson("ana", 7001, ENABLED)], ["status"], {
    shell: ["sh", "-c", line, "sh"],
    env: { TELEMETRY: makeScript("keyctl print %user:test-secret; echo done") },
  });
  assert.match(stderr, /^user ana: done$/m);
  assert.doesNotMatch(stderr, /of-root/);
});

/** What hostile users plant in their homes, by whom the vault is attacked. */
const PLANTED: readonly ((home: string, vault: string) => void)[] = [
  (home, vault) =>
    replace(metaOf(home), join(vault, ".tiup/telemetry/meta.yaml")),
  (home, vault) =>
    replace(join(home, "telemetry"), join(vault, ".tiup/telemetry")),
  (home, vault) => replace(home, join(vault, ".tiup")),
  (home, vault) => replace(home, join(vault, "new")),
  (home) => replace(home, "/proc/self/fd/1"),
  (home) => replace(metaOf(home), "/proc/self/fd/1"),
  (home) => replace(metaOf(home), "/dev/zero"),
  (home) => {
    fs.rmSync(metaOf(home));
    spawnSync("mkfifo", [metaOf(home)]);
  },
  (home) => {
    const real = `${home}\n--as-root`;
    fs.renameSync(home, real);
    replace(join(real, "telemetry"), "/root");
    fs.symlinkSync(real, home);
  },
];

function replace(path: string, target: string): void {
  fs.rmSync(path, { recursive: true });
  fs.symlinkSync(target, path);
}

const USERS = 50;

privileged(`${USERS} users, every fifth hostile`, () => {
  const vault = join(makeHome(), "vault");
  makeVault(vault);
  const before = tree(vault);
  const people = Array.from({ length: USERS }, (_, i): Person => {
    const person = makePerson(`user${i}`, 7001 + i, annotated());
    const shell = i % 7 === 0 ? "/usr/sbin/nologin" : "/bin/sh";
    if (i % 5 === 0) {
      PLANTED[i / 5 % PLANTED.length]?.(tiup(person), vault);
      giveTo(person);
    }
    return { ...person, shell };
  });
  const program = makeScript(`
    sed -n 's/\\t/ /g; /^[UG]id:/p; /^Cap[IPE]/p' /proc/self/status > "$HOME/proof"
    exec node ${makeProgram()} "$@"`);
  const args = ["disable", "--json"];
  const { code, stdout } = eachUser(people, args, {
    env: { TELEMETRY: program, TIMEOUT: "20" },
  });
  assert.equal(code, 1);
  for (const { uid, home } of people) {
    const ids = Array(4).fill(uid).join(" ");
    assert.match(
      fs.readFileSync(join(home, "proof"), "utf8"),
      new RegExp(`^Uid: ${ids}\nGid: ${ids}\n(Cap\\w+: 0+\n){3}$`),
    );
    assert.equal(fs.statSync(join(home, "proof")).uid, uid);
  }
  const answers = objects<{ user: string; error?: unknown }>(stdout);
  assert.deepEqual(
    answers.map(({ user }) => user),
    people.map(({ name }) => name),
  );
  for (const [i, person] of people.entries()) {
    if (i % 5 === 0) {
      assert.ok(answers[i]?.error, person.name);
      continue;
    }
    assert.equal(answers[i]?.error, undefined);
    assert.equal(readHome(tiup(person)), annotated("disable"));
    assert.deepEqual(listing(tiup(person)), ["meta.yaml"]);
    assert.equal(fs.statSync(metaOf(tiup(person))).uid, person.uid);
  }
  assert.deepEqual(tree(vault), before);
});

const META = "p/.tiup/telemetry/meta.yaml";
const INSIDE = ".tiup/telemetry";

/** What a user swaps for links into root's vault while the script runs. */
const SWAPS = [
  [["p", ""]],
  [["p/.tiup", ".tiup"]],
  [["p/.tiup/telemetry", INSIDE]],
  [[META, `${INSIDE}/meta.yaml`]],
  [[META, "new.yaml"]],
  [[`${META}.lock`, "new.lock"], [`${META}.bad`, "new.bad"]],
] as const;

const ATTACKED = [["status"], ["disable"], ["enable"], ["reset", "--force"]];

for (const args of ATTACKED) {
  privileged(
    `a user who swaps wins nothing from ${args.join(" ")}`,
    async () => {
      const program = makeProgram();
      for (let round = 0; round < rounds(6, 20); round++) {
        const uid = 7001;
        const text = args.includes("--force") ? "status: [\n" : annotated();
        const arena = makeArena(text, uid);
        const people = [{ name: "ana", uid, home: join(arena.user, "p") }];
        const won = await attack({
          arena,
          // Without its own check the program would follow where root went.
          args: [EACH_USER, ...args, "--as-root"],
          swap: SWAPS[round % SWAPS.length]!,
          mode: round % 2 ? "step" : "loop",
          runtime: {
            name: "each-user.sh",
            command: [
              ...["env", `PATH=${PATH}`, `TELEMETRY=${program}`],
              ...[...whereTheseAre(people), "/bin/sh"],
            ],
          },
        });
        assert.deepEqual(won, [], `round ${round}`);
      }
    },
  );
}
