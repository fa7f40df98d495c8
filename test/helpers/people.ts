/** A machine with users of its own: this one, with another /etc/passwd. */
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { BUNDLE, makeHome, metaOf, ROOT } from "./harness.ts";

export const EACH_USER = join(ROOT, "examples/each-user.sh");

/** The group that each second user is in, besides the user's own. */
export const SHARED_GROUP = 7999;

export interface Person {
  readonly name: string;
  readonly uid: number;
  /** The home directory; the TiUP home is `.tiup` in it. */
  readonly home: string;
  readonly shell?: string;
}

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that other users may enter; the project's may be closed to them. */
export function makeOpenFolder(): string {
  const folder = makeHome();
  fs.chmodSync(folder, 0o755);
  return folder;
}

/** The program's bundle, where all users may read it. */
export function makeProgram(): string {
  const program = join(makeOpenFolder(), "telemetry.mjs");
  fs.copyFileSync(BUNDLE, program);
  fs.chmodSync(program, 0o755);
  return program;
}

/** A script that all users may run, in place of the program. */
export function makeScript(lines: string): string {
  const program = join(makeOpenFolder(), "program");
  fs.writeFileSync(program, `#!/bin/sh\n${lines}\n`);
  fs.chmodSync(program, 0o755);
  return program;
}

/** Gives a folder with all that is in it to its user; no link is followed. */
export function giveTo({ uid, home }: Person): void {
  execFileSync("chown", ["-hR", `${uid}:${uid}`, home]);
}

/** A user whose TiUP home has this meta file, or none without a text. */
export function makePerson(name: string, uid: number, text?: string): Person {
  const person = { name, uid, home: join(makeOpenFolder(), name) };
  const tiup = join(person.home, ".tiup");
  fs.mkdirSync(join(tiup, "telemetry"), { recursive: true });
  if (text !== undefined) fs.writeFileSync(metaOf(tiup), text);
  giveTo(person);
  return person;
}

/** The start of a command that runs where these are the users. */
export function whereTheseAre(people: readonly Person[]): string[] {
  const folder = makeHome();
  const lines = {
    passwd: [
      `root:x:0:0:root:${makeHome()}:/bin/sh`,
      ...people.map(({ name, uid, home, shell = "/bin/sh" }) =>
        `${name}:x:${uid}:${uid}:a:${home}:${shell}`
      ),
    ],
    group: [
      "root:x:0:",
      ...people.map(({ name, uid }) => `${name}:x:${uid}:`),
      `shared:x:${SHARED_GROUP}:` +
      people.filter(({ uid }) => uid % 2).map(({ name }) => name).join(),
    ],
    shadow: ["root", ...people.map(({ name }) => name)].map((name) =>
      `${name}:*:19000:0:99999:7:::`
    ),
  };
  const mounts = Object.entries(lines).map(([name, text]) => {
    fs.writeFileSync(join(folder, name), `${text.join("\n")}\n`);
    return `mount --bind ${join(folder, name)} /etc/${name}`;
  });
  const line = `${mounts.join(" && ")} && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", line, "sh"];
}

export interface EachOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The shell that runs the script, and what comes before it. */
  readonly shell?: readonly string[];
}

/** Runs each-user.sh with the arguments, where these are the users. */
export function eachUser(
  people: readonly Person[],
  args: readonly string[],
  { env = {}, shell = ["/bin/sh"] }: EachOptions = {},
): Answer {
  const [program = "", ...first] = whereTheseAre(people);
  const PATH = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  const { status, stdout, stderr } = spawnSync(
    program,
    [...first, ...shell, EACH_USER, ...args],
    { env: { PATH, ...env }, encoding: "utf8", timeout: 300_000 },
  );
  return { code: status, stdout, stderr };
}
