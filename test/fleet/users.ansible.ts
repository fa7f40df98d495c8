/**
 * The playbook of examples/ansible over the users of a host, and with what a
 * host may lack: a runtime, a folder that runs programs.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import {
  ansibleIsMissing,
  makeShell,
  playHosts,
  readCsv,
} from "../helpers/ansible.ts";
import {
  DENO,
  DISABLED,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
  ROOT,
  skip,
} from "../helpers/harness.ts";
import {
  EACH_USER,
  giveTo,
  makeOpenFolder,
  makePerson,
  makeProgram,
  makeScript,
  type Person,
  whereTheseAre,
} from "../helpers/people.ts";

const ROLE = join(ROOT, "examples/ansible/roles/telemetry");
const NEEDED_BY_EACH_USER = [
  ...["bash", "cat", "getent", "ls", "runuser", "setsid", "sh", "timeout"],
];

const off = ansibleIsMissing();
const isRoot = process.getuid?.() === 0;

function whereRoot(title: string, body: () => void): void {
  test(title, { skip: off }, (t) => {
    if (!isRoot) return skip(t, "root");
    body();
  });
}

function tiup({ home }: Person): string {
  return join(home, ".tiup");
}

/** A file that stands for a standalone executable. */
function makeExecutable(): string {
  return makeScript(`exec ${process.execPath} ${makeProgram()} "$@"`);
}

function makePeople() {
  const people = {
    on: makePerson("on", 7001, ENABLED),
    off: makePerson("off", 7002, DISABLED),
    bad: makePerson("bad", 7003, "status: ["),
    hostile: makePerson("hostile", 7004, ENABLED),
    none: { name: "none", uid: 7005, home: join(makeOpenFolder(), "none") },
  };
  fs.rmSync(metaOf(tiup(people.hostile)));
  fs.symlinkSync("/etc/shadow", metaOf(tiup(people.hostile)));
  giveTo(people.hostile);
  return people;
}

/** The cells of interest, for each row of the report. */
function rowsOf(report: string): string[] {
  return readCsv(report).map(([host, user, , , source, result]) =>
    [host, user, source, result].join(" ")
  );
}

describe("telemetry_users", () => {
  const RUNS = {
    "with --check": { args: ["--check"], on: "file would change", status: 2 },
    "enforcing": { args: [], on: "file changed", status: 2 },
    "with telemetry_mode=check": {
      args: ["--extra-vars", "telemetry_mode=check"],
      on: "file differs",
      status: 2,
    },
  };
  for (const [how, { args, on, status }] of Object.entries(RUNS)) {
    whereRoot(`has a row for each user, ${how}`, () => {
      const people = makePeople();
      const report = join(makeHome(), "report");
      const hosts = {
        each: { telemetry_users: "all" },
        some: { telemetry_users: ["off", "none", "nobody-here"] },
      };
      const prefix = whereTheseAre(Object.values(people));
      const played = playHosts(hosts, args, report, prefix);
      assert.equal(played.status, status, played.output);
      assert.deepEqual(rowsOf(report), [
        `each on ${on}`,
        "each off file ok",
        "each bad  failed",
        "each hostile  failed",
        "some off file ok",
        "some nobody-here  failed",
        "some none  no home",
      ]);
      const changed = on === "file changed";
      assert.equal(readHome(tiup(people.on)), changed ? DISABLED : ENABLED);
      assert.equal(fs.statSync(metaOf(tiup(people.on))).uid, 7001);
      assert.ok(!readCsv(report).flat().join().includes("root:"));
    });
  }

  whereRoot("are refused beside telemetry_homes, before any is asked", () => {
    const { status, output } = playHosts(
      {
        one: { telemetry_users: "all", telemetry_homes: ["/root/.tiup"] },
      },
      [],
      join(makeHome(), "report"),
    );
    assert.equal(status, 2);
    assert.match(output, /telemetry_users or telemetry_homes/);
  });

  test("need root, and say so", { skip: off }, () => {
    const report = join(makeHome(), "report");
    const programs = { node: process.execPath, id: makeScript("echo 7001") };
    const { status } = playHosts(
      {
        one: {
          telemetry_users: "all",
          ansible_shell_executable: makeShell(programs, NEEDED_BY_EACH_USER),
        },
      },
      [],
      report,
    );
    assert.equal(status, 2);
    const [row = []] = readCsv(report);
    assert.match(row.at(-1) ?? "", /^error: only root can run commands/);
  });
});

describe("a host without a runtime", () => {
  whereRoot("runs the executable of its architecture", () => {
    const people = [makePerson("ana", 7001, ENABLED)];
    const own = makeHome(ENABLED);
    const report = join(makeHome(), "report");
    const machine = execFileSync("uname", ["-m"], { encoding: "utf8" }).trim();
    const shell = makeShell({}, NEEDED_BY_EACH_USER);
    const executables = { [machine]: makeExecutable(), other: "/dev/null" };
    const { status, output } = playHosts(
      {
        users: { telemetry_users: "all", ansible_shell_executable: shell },
        homes: { telemetry_homes: [own], ansible_shell_executable: shell },
      },
      ["--extra-vars", JSON.stringify({ telemetry_executables: executables })],
      report,
      whereTheseAre(people),
    );
    assert.equal(status, 0, output);
    assert.deepEqual(rowsOf(report), [
      "users ana file changed",
      "homes root file changed",
    ]);
    assert.equal(readHome(own), DISABLED);
  });
});

whereRoot("telemetry_as_root reaches a home that others can change", () => {
  const [refused, used] = [7001, 7002].map((uid) =>
    makePerson("ana", uid, ENABLED)
  ) as [Person, Person];
  const report = join(makeHome(), "report");
  playHosts(
    {
      refused: { telemetry_homes: [tiup(refused)] },
      used: { telemetry_homes: [tiup(used)], telemetry_as_root: true },
    },
    [],
    report,
  );
  assert.deepEqual(rowsOf(report), [
    "refused root  failed",
    "used root file changed",
  ]);
});

/** What the role ships, built by hand. */
function ship(program: string): string {
  const file = join(makeHome(), "shipped");
  const lines = [
    `cat ${ROLE}/files/ship.sh; echo '#== each-user.sh'`,
    `cat ${EACH_USER}; echo '#== program'; gzip -1 < ${program}`,
  ];
  execFileSync("sh", ["-c", `{ ${lines.join("; ")}; } > ${file}`]);
  return file;
}

describe("ship.sh", () => {
  test("has a clean bill from shellcheck", (t) => {
    const { error, status, stdout } = spawnSync(
      "shellcheck",
      [join(ROLE, "files/ship.sh")],
      { encoding: "utf8" },
    );
    if (error) return skip(t, "shellcheck");
    assert.deepEqual([status, stdout], [0, ""]);
  });

  test("runs an executable where the file system lets it, and leaves nothing", (t) => {
    if (!isRoot) return skip(t, "root");
    const shipped = ship(makeExecutable());
    const home = makeHome(ENABLED);
    const mounts = [
      ...["mount --bind /tmp /tmp", "mount -o remount,bind,noexec /tmp"],
      ...["mount -t tmpfs none /var/tmp", "mount -t tmpfs none /opt"],
    ];
    const script = `${mounts.join(" && ")} || exit 9
      sh ${shipped} '' '' disable --home ${home}
      echo "exit $?"; ls -d /tmp/telemetry.?????? /var/tmp/* /opt/*`;
    const { stdout } = spawnSync("unshare", ["--mount", "sh", "-c", script], {
      encoding: "utf8",
      env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` },
    });
    assert.equal(stdout, "Disable telemetry success\nexit 0\n");
  });
});

test("what a host tells reaches no terminal and no spreadsheet as it is", {
  skip: off,
}, () => {
  const report = join(makeHome(), "report");
  const lines = [
    String.raw`{"schema":1,"status":"enable"}`,
    String
      .raw`{"schema":1,"error":{"code":"x","message":"\t=1\u009b2J\u202e;=2;x"}}`,
  ];
  const node = makeScript(`
    case $1$2 in -e* | *--version) exit 0 ;; esac
    printf '%s\\n' '${lines.join("' '")}'; exit 1`);
  const { output } = playHosts(
    { one: { ansible_shell_executable: makeShell({ node }) } },
    ["--extra-vars", "telemetry_mode=check"],
    report,
  );
  assert.match(output, /a home does not say disable/);
  assert.match(output, / =1 2J /);
  assert.doesNotMatch(output, /[\u0080-\u009f\u202e]/);
  assert.deepEqual(readCsv(report).map((row) => row.at(-1)), [
    "",
    "' =1 2J ;'=2;x",
  ]);
});

/** What the role says of the runtime of a host that has only Deno. */
function runtimeOfDeno(): string {
  const tasks: { readonly "ansible.builtin.raw"?: string }[] = parse(
    fs.readFileSync(join(ROLE, "tasks/main.yml"), "utf8"),
  );
  const ask = tasks.map((task) => task["ansible.builtin.raw"]).find(Boolean);
  const shell = makeShell({ deno: DENO });
  const said = execFileSync(shell, ["-c", ask ?? ""], { encoding: "utf8" });
  return /^telemetry_runtime=(.*deno.*)$/m.exec(said)?.[1] ?? "";
}

test("Deno takes no deno.json from a folder that users can write", (t) => {
  if (!isRoot) return skip(t, "root");
  const shipped = ship(makeProgram());
  const script = `
    mount -t tmpfs none /mnt && cp "$1" /mnt/shipped &&
    touch /mnt/deno && mount --bind "$2" /mnt/deno || exit 9
    mkdir -p /mnt/.tiup/telemetry
    for folder in /opt /var/tmp /tmp; do
      mount -t tmpfs none "$folder" || exit 9
      echo '{"imports":{"node:fs":"/nothing.mjs"}}' > "$folder/deno.json"
    done
    PATH=/mnt:$PATH sh /mnt/shipped "$3" '' disable --home /mnt/.tiup`;
  const { stdout, stderr } = spawnSync(
    "unshare",
    ["--mount", "sh", "-c", script, "sh", shipped, DENO, runtimeOfDeno()],
    { encoding: "utf8", env: { PATH: process.env["PATH"], HOME: "/none" } },
  );
  assert.equal(stdout, "Disable telemetry success\n", stderr);
});

const ANSWER = '{"schema":1,"source":"file","status":"disable","user":"ana"}';
const STRANGER = "An answer of a user that was not asked: ana";

/** What stands on standard output of a host, and what the report makes of it. */
const TOLD: Readonly<
  Record<string, {
    readonly stdout: string;
    readonly users?: "all" | readonly string[];
    /** User, result and reason of each row. */
    readonly rows: readonly string[];
  }>
> = {
  "an answer": { stdout: ANSWER, rows: ["ana ok "] },
  "an answer after a blank": {
    stdout: ` ${ANSWER}`,
    rows: [` failed ${ANSWER}`],
  },
  "an answer that a user wrote on standard error": {
    stdout: `user ben: ${ANSWER}`,
    rows: [` failed user ben: ${ANSWER}`],
  },
  "an answer of a user who was not asked": {
    stdout: ANSWER,
    users: ["ben"],
    rows: [` failed ${STRANGER}`, "ben no home No TiUP home"],
  },
  "an answer of nobody": {
    stdout: ANSWER.replace("user", "used"),
    rows: [` failed ${STRANGER.replace("ana", "")}`],
  },
  "a note that nobody has a home": {
    stdout: "note: none of these users has a TiUP home",
    rows: [" no home No user has a TiUP home"],
  },
  "this note by a user": {
    stdout: "user ben: note: none of these users has a TiUP home",
    rows: [" failed user ben: note: none of these users has a TiUP home"],
  },
};

for (const [what, { stdout, users = "all", rows }] of Object.entries(TOLD)) {
  test(`the report, where a host told ${what}`, { skip: off }, () => {
    const asked = { state: "disable", mode: "enforce", dry_run: false };
    const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
from telemetry import telemetry_rows
answer, asked = json.loads(sys.argv[2])
print(json.dumps(telemetry_rows([answer, {}], "host", asked)))`;
    const told = [{ rc: 0, stdout }, { ...asked, users, homes: [] }];
    const found: {
      readonly user?: string;
      readonly result: string;
      readonly note?: string;
      readonly error?: { readonly message: string };
    }[] = JSON.parse(execFileSync(
      "python3",
      ["-B", "-c", script, join(ROLE, "filter_plugins"), JSON.stringify(told)],
      { encoding: "utf8" },
    ));
    assert.deepEqual(
      found.map(({ user = "", result, note, error }) =>
        `${user} ${result} ${error?.message ?? note ?? ""}`
      ),
      rows,
    );
  });
}

test("the sample inventory is read, and names what the role knows", (t) => {
  const file = join(ROOT, "examples/ansible/inventory.yml");
  const { error, status, stdout } = spawnSync(
    "ansible-inventory",
    ["--inventory", file, "--list"],
    { encoding: "utf8" },
  );
  if (error) return skip(t, "ansible-inventory");
  assert.equal(status, 0);
  const hosts: Record<string, object> = JSON.parse(stdout)._meta.hostvars;
  assert.equal(Object.keys(hosts).length, 4);
  const defaults = parse(
    fs.readFileSync(join(ROLE, "defaults/main.yml"), "utf8"),
  );
  const used = Object.values(hosts).flatMap(Object.keys)
    .filter((name) => name.startsWith("telemetry_"));
  assert.ok(used.length > 0);
  for (const name of used) assert.ok(name in defaults, name);
});
