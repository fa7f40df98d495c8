/**
 * The playbook of examples/ansible over fifty control machines, which are this
 * machine with fifty TiUP homes and more, run by the real ansible-playbook.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import {
  BUN,
  CANARY,
  DENO,
  DISABLED,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
} from "../helpers/harness.ts";
import {
  ansibleIsMissing,
  asIs,
  makeShell,
  playHosts,
  readCsv,
} from "../helpers/ansible.ts";
import { makeScript } from "../helpers/people.ts";

const options = { skip: ansibleIsMissing() };

/** Result, status and previous in the CSV, after each of the four runs. */
interface Expected {
  readonly foretold: string;
  readonly enforced: string;
  readonly again: string;
  readonly checked: string;
  /** Why it fails, where it does. */
  readonly message?: RegExp;
}

const RIGHT = always("ok disable disable");
const ON: Expected = {
  ...RIGHT,
  foretold: "would change enable enable",
  enforced: "changed disable enable",
};
const NO_FILE: Expected = {
  ...RIGHT,
  foretold: "would change disable disable",
  enforced: "changed disable disable",
};
const READ_ONLY: Expected = {
  foretold: "would change enable enable",
  enforced: "failed",
  again: "failed",
  checked: "differs enable enable",
  message: /^Cannot change .*(not permitted|permission denied)/,
};

function always(outcome: string): Expected {
  const [foretold, enforced, again, checked] = Array(4).fill(outcome);
  return { foretold, enforced, again, checked };
}

function failing(message: RegExp): Expected {
  return { ...always("failed"), message };
}

interface Host {
  readonly homes: readonly (readonly [home: string, expected: Expected])[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** What a host's Node does in place of running the program, and what is reported. */
interface Fault {
  readonly node: string;
  readonly fault: RegExp;
  readonly variables?: Readonly<Record<string, string>>;
}

const NO_RUNTIME =
  /^No Node 20, Deno 2 or Bun 1 in PATH, and no executable for \w+$/;
const NOTHING = /^Exit code 0 without an answer$/;
const FAULTS: Readonly<Record<string, Fault>> = {
  "answers nothing": { node: "exit 0", fault: NOTHING },
  "answers garbage": {
    node: String
      .raw`printf '\377\033[31m\0 {{ 1 / 0 }} \342\200\250\n{"schema":1,}\n'
      printf '{"schema":1,"status":"disable","changed":[[\n'
      printf '{"schema":1,"status":"\ud800","changed":true}\n[1]\n"'
      head -c 100000 /dev/zero | tr '\0' '['`,
    fault: /^[^\p{C}]*\{\{ 1 \/ 0 \}\}[^\p{C}]*$/u,
  },
  "answers half a line": {
    node: `printf '{"schema":1,"command":"disable","home":"/'`,
    fault: /^\{"schema":1,"command":"disable","home":"\/$/,
  },
  "fails without a word": {
    node: "exit 1",
    fault: /^Exit code 1 without an answer$|^error: nowhere/,
  },
  "is killed": { node: "kill -9 $$", fault: /Killed|137/ },
  "kills what runs it": {
    node: 'rm -rf "${1%/*}"; kill -9 $PPID',
    fault: /^Exit code (-9|137) without an answer$|Killed/,
  },
  "hangs": {
    node: "exec sleep 20",
    fault: /time frame/,
    variables: { telemetry_timeout: "5" },
  },
  "has an old Node": { node: "old", fault: NO_RUNTIME },
  "answers without an end": {
    node: "head -c 5000000 /dev/zero | tr '\\0' '\\n'",
    fault: /^An answer of more than 4000000 bytes$/,
  },
};

/** A program that takes the place of Node. */
function makeNode(lines: string): string {
  const node = join(makeHome(), "node");
  const check = lines === "old" ? "exit 1" : "exit 0";
  fs.writeFileSync(
    node,
    `#!/bin/sh\ntest "$1" != -e || ${check}\n` +
      `test "$2" != --version || exit 0\n${lines}\n`,
    { mode: 0o755 },
  );
  return node;
}

const HOSTILE = "{{ lookup('pipe', 'false') }}";
const CORRUPT = failing(/^Cannot read .*meta\.yaml", line 1: /);

function makeFleet(): ReadonlyMap<string, Host> {
  const hosts: Host[] = [
    ...many(17 - 1 - Object.keys(FAULTS).length, () => [makeHome(ENABLED), ON]),
    ...many(9, () => [makeHome(DISABLED), RIGHT]),
    ...many(5, () => [makeHome(), NO_FILE]),
    ...many(4, () => [makeHome("status: ["), CORRUPT]),
    ...many(4, () => [makeReadOnlyHome(), READ_ONLY]),
    ...many(2, () => [fileAsHome(), failing(/^Cannot read .*not a directory/)]),
    {
      homes: [
        [makeHome(ENABLED), ON],
        [makeHome("status: ["), CORRUPT],
        [makeStrangeHome(), ON],
      ],
    },
    { homes: [[makeHome(`uuid: "${HOSTILE}"\nstatus: enable\n`), ON]] },
    ...[{ deno: DENO }, { bun: BUN }].map((programs): Host => ({
      homes: [[makeHome(ENABLED), ON]],
      variables: { ansible_shell_executable: makeShell(programs) },
    })),
    {
      homes: [["", failing(NO_RUNTIME)]],
      variables: { ansible_shell_executable: makeShell({}) },
    },
    {
      homes: [["", failing(/time frame/)]],
      variables: {
        ansible_shell_executable: makeScript("exec sleep 20"),
        telemetry_timeout: "5",
      },
    },
    {
      homes: [["", failing(/no-such-runtime.*not found/)]],
      variables: { telemetry_runtime: "no-such-runtime" },
    },
    {
      homes: [["", failing(/^Failed to create temporary directory/)]],
      variables: { ansible_remote_tmp: "/dev/null/none" },
    },
    {
      homes: [["", failing(/^Failed to connect to the host via ssh/)]],
      variables: {
        ansible_connection: "ssh",
        ansible_host: "127.0.0.1",
        ansible_port: "1",
      },
    },
    ...Object.values(FAULTS).map(({ node, fault, variables }): Host => ({
      homes: [["", failing(fault)]],
      variables: {
        ansible_shell_executable: makeShell({ node: makeNode(node) }),
        ...variables,
      },
    })),
  ];
  return new Map([
    ["=1+1", { homes: [[makeHome(ENABLED), ON]] }],
    ...hosts.map((host, i): [string, Host] => [`machine${i + 2}`, host]),
  ]);
}

function many(count: number, make: () => Host["homes"][number]): Host[] {
  return Array.from({ length: count }, () => ({ homes: [make()] }));
}

// Permissions do not bind root, the attribute does.
function makeReadOnlyHome(): string {
  const isRoot = process.getuid?.() === 0;
  const [program, lock, unlock] = isRoot
    ? ["chattr", "+i", "-i"] as const
    : ["chmod", "a-w", "u+w"] as const;
  const set = (flag: string) =>
    execFileSync(program, [flag, metaOf(home), dirname(metaOf(home))]);
  after(() => set(unlock)); // before the home is removed
  const home = makeHome(ENABLED);
  set(lock);
  return home;
}

function fileAsHome(): string {
  const home = makeHome();
  fs.writeFileSync(join(home, "telemetry"), "");
  return home;
}

function makeStrangeHome(): string {
  const home = join(makeHome(), `a "b", c'd $e {{ f }}`);
  fs.mkdirSync(join(home, "telemetry"), { recursive: true });
  fs.writeFileSync(metaOf(home), ENABLED);
  return home;
}

// As long as it is missing, nothing is made that would have to be removed.
const FLEET = options.skip ? new Map<string, Host>() : makeFleet();
const FOLDER = makeHome();
const REPORT = join(FOLDER, "report");

/** Runs the playbook; the settings are those of one host, on top of its own. */
function play(args: readonly string[], settings: object = {}) {
  const hosts = [...FLEET].map(([name, { homes, variables }]) =>
    [
      name,
      { telemetry_homes: homes.map(([home]) => asIs(home)), ...variables },
    ] as const
  );
  Object.assign(hosts[1]?.[1] ?? {}, settings);
  return playHosts(Object.fromEntries(hosts), args, REPORT);
}

function assertReport(run: Exclude<keyof Expected, "message">) {
  const rows = readCsv(REPORT);
  const expected = [...FLEET].flatMap(([name, { homes }]) =>
    homes.map(([home, expected]) => ({ name, home, expected }))
  );
  assert.equal(rows.length, expected.length);
  for (const [i, { name, home, expected: wanted }] of expected.entries()) {
    const [host, , where, file, , result, status, previous, message = ""] =
      rows[i] ?? [];
    assert.equal(host, name.replace(/^=/, "'="));
    assert.equal(where, home);
    assert.equal(file, home && metaOf(home));
    const outcome = `${result} ${status} ${previous}`.trim();
    assert.equal(outcome, wanted[run], name);
    assert.match(message, result === "failed" ? wanted.message ?? /$^/ : /^$/);
  }
}

/** Which hosts Ansible must count as changed, and which as failed. */
function assertRecap(
  recap: ReadonlyMap<string | undefined, string>,
  run: Exclude<keyof Expected, "message">,
) {
  for (const [name, { homes }] of FLEET) {
    const results = homes.map(([, expected]) => expected[run]);
    const changed = results.some((result) => /^(would )?change/.test(result));
    const failed = results.some((result) => /^(failed|differs)/.test(result));
    assert.equal(
      recap.get(name),
      `changed=${Number(changed)} failed=${Number(failed)}`,
      name,
    );
  }
}

function snapshot(): string[] {
  return [...FLEET.values()].flatMap(({ homes }) =>
    homes.map(([home]) => fs.existsSync(metaOf(home)) ? readHome(home) : home)
  );
}

test("the fleet is fifty hosts", options, () => {
  assert.equal(FLEET.size, 50);
});

for (
  const setting of [
    { telemetry_mode: "chek" },
    { telemetry_state: "disabled" },
    { telemetry_homes: "{{ nowhere }}" },
    { telemetry_mode: "{{ nowhere }}" },
  ]
) {
  test(
    `one host's ${JSON.stringify(setting)} fails before any is asked`,
    options,
    () => {
      const { status, output } = play([], setting);
      assert.equal(status, 2);
      assert.doesNotMatch(output, /Ask what the host has/);
      assert.ok(!fs.existsSync(`${REPORT}.csv`));
    },
  );
}

test("--check foretells and changes nothing", options, () => {
  const before = snapshot();
  const { status, recap } = play(["--check"]);
  assert.equal(status, 2);
  assertReport("foretold");
  assertRecap(recap, "foretold");
  assert.deepEqual(snapshot(), before);
});

test(
  "enforce changes what differs and reports the whole fleet",
  options,
  () => {
    const { status, recap } = play([]);
    assert.equal(status, 2);
    assertReport("enforced");
    assertRecap(recap, "enforced");
    for (const { homes } of FLEET.values()) {
      for (const [home, { enforced }] of homes) {
        if (/^(changed|ok)/.test(enforced)) {
          assert.match(readHome(home), /^status: disable$/m);
        }
      }
    }
    assert.equal(fs.statSync(`${REPORT}.csv`).mode & 0o777, 0o600);
  },
);

test("the JSON report says what the program said, as text", options, () => {
  const report = JSON.parse(fs.readFileSync(`${REPORT}.json`, "utf8"));
  assert.equal(report.length, readCsv(REPORT).length);
  assert.ok(report.some((row: { uuid?: string }) => row.uuid === HOSTILE));
  assert.ok(!JSON.stringify(report).includes(CANARY));
  for (const row of report) {
    assert.ok(FLEET.has(row.host));
    const unanswered = row.error?.code === "unanswered";
    assert.equal(row.schema, unanswered ? undefined : 1);
  }
});

test("enforce again changes nothing", options, () => {
  const before = snapshot();
  const { recap } = play([]);
  assertReport("again");
  assertRecap(recap, "again");
  assert.ok([...recap.values()].every((line) => line.startsWith("changed=0")));
  assert.deepEqual(snapshot(), before);
});

test(
  "telemetry_mode=check changes nothing and fails what differs",
  options,
  () => {
    const before = snapshot();
    const { status, recap } = play(["--extra-vars", "telemetry_mode=check"]);
    assert.equal(status, 2);
    assertReport("checked");
    assertRecap(recap, "checked");
    assert.deepEqual(snapshot(), before);
  },
);

test("a fleet in the right state passes", options, () => {
  const right = [...FLEET].filter(([, { homes }]) =>
    homes.every(([, expected]) => expected.checked.startsWith("ok"))
  );
  const names = right.map(([name]) => name).join(":");
  const check = ["--extra-vars", "telemetry_mode=check", "--limit", names];
  assert.equal(play(check).status, 0);
  assert.equal(readCsv(REPORT).length, right.length);
});

// It answers each connection with a line that the ssh client repeats in its message.
const SSH_SERVER = `
  require("node:net").createServer((socket) => {
    socket.on("error", () => {});
    socket.end("SSH-" + process.argv[1] + "\\r\\n");
  }).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;

for (const template of ["{{ lookup('pipe', 'touch FILE') }}", '{{ "']) {
  test(
    `an SSH server that says ${template} runs nothing on the controller`,
    options,
    async () => {
      const file = join(makeHome(), "made");
      const banner = template.replace("FILE", file);
      const server = spawn(process.execPath, ["-e", SSH_SERVER, banner]);
      try {
        const [port] = await once(server.stdout, "data");
        const hostile = {
          ansible_connection: "ssh",
          ansible_host: "127.0.0.1",
          ansible_port: String(port).trim(),
        };
        const good = { telemetry_homes: [makeHome(DISABLED)] };
        const report = join(makeHome(), "report");
        const { status } = playHosts({ hostile, good }, [], report);
        assert.equal(status, 2);
        const [first, second] = readCsv(report);
        assert.deepEqual([first?.[0], first?.[5]], ["hostile", "failed"]);
        assert.match(first?.at(-1) ?? "", /ssh: .*SSH-\{\{ /);
        assert.deepEqual([second?.[0], second?.[5]], ["good", "ok"]);
        assert.ok(!fs.existsSync(file));
      } finally {
        server.kill();
      }
    },
  );
}
