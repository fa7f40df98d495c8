/** The playbook of examples/ansible, run by the real ansible-playbook. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { CANARY, makeHome, ROOT } from "./harness.ts";
import { makeOpenFolder } from "./people.ts";

/** Why a test of Ansible is skipped; false where it is not. */
export function ansibleIsMissing(): string | false {
  const { error } = spawnSync("ansible-playbook", ["--version"]);
  return !!error && !process.env["CI"] && "ansible-playbook is missing";
}

/** A shell whose PATH has what Ansible needs, and of the runtimes only these. */
export function makeShell(
  programs: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): string {
  const folder = makeOpenFolder();
  const needed = [
    ...[
      "awk",
      "chmod",
      "env",
      "grep",
      "gzip",
      "head",
      "id",
      "mkdir",
      "mktemp",
      "rm",
    ],
    ...["sed", "sleep", "tail", "tr", "uname", ...more],
  ];
  for (const name of needed) {
    const [path = ""] = execFileSync("which", [name], { encoding: "utf8" })
      .split("\n");
    fs.symlinkSync(path, join(folder, name));
  }
  for (const [name, path] of Object.entries(programs)) {
    fs.rmSync(join(folder, name), { force: true });
    fs.symlinkSync(path, join(folder, name));
  }
  const shell = join(folder, "shell");
  fs.writeFileSync(shell, `#!/bin/sh\nPATH=${folder} exec /bin/sh "$@"\n`, {
    mode: 0o755,
  });
  return shell;
}

/** Keeps Ansible from taking braces in a name for a template. */
export function asIs(text: string) {
  return { __ansible_unsafe: text };
}

export interface Played {
  readonly status: number | null;
  readonly output: string;
  /** What Ansible counts for each host. */
  readonly recap: ReadonlyMap<string | undefined, string>;
}

/** Runs the playbook over these hosts, which are this machine, by their variables. */
export function playHosts(
  hosts: Readonly<Record<string, object>>,
  args: readonly string[],
  report: string,
  prefix: readonly string[] = [],
): Played {
  const folder = makeHome();
  const inventory = join(folder, "inventory.json");
  const vars = { ansible_connection: "local" };
  fs.writeFileSync(inventory, JSON.stringify({ all: { hosts, vars } }));
  const [program = "", ...first] = [
    ...[...prefix, "ansible-playbook", "--inventory", inventory],
    ...["--extra-vars", JSON.stringify({ telemetry_report: report })],
    ...[join(ROOT, "examples/ansible/playbook.yml"), ...args],
  ];
  const { status, stdout, stderr } = spawnSync(program, first, {
    encoding: "utf8",
    env: {
      PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
      HOME: folder,
      LANG: "C.UTF-8",
      ANSIBLE_FORKS: "25",
      DENO_NO_UPDATE_CHECK: "1",
    },
  });
  const output = stdout + stderr;
  assert.ok(!output.includes(CANARY), "the secret must not be shown");
  return { status, output, recap: readRecap(stdout) };
}

function readRecap(stdout: string) {
  const lines = stdout.matchAll(
    /^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=\d+ +failed=(\d+)/gm,
  );
  return new Map(
    [...lines].map(([, name, changed, failed]) => [
      name,
      `changed=${changed} failed=${failed}`,
    ]),
  );
}

/** The rows of the CSV, without the quotes. */
export function readCsv(report: string): string[][] {
  const text = fs.readFileSync(`${report}.csv`, "utf8");
  const [head, ...rows] = text.trimEnd().split("\n");
  assert.equal(
    head,
    "host,user,home,file,source,result,status,previous,message",
  );
  return rows.map((row) => {
    const cells = row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g);
    return [...cells].map(([, quoted, plain = ""]) =>
      quoted?.replaceAll('""', '"') ?? plain
    );
  });
}
