/**
 * Root uses only what nobody but root can change. Every command refuses the
 * rest in one line, before it opens anything there, with advice that works.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import {
  annotated,
  assertRefused,
  CHANGES,
  snapshot,
  succeed,
  telemetry,
} from "../helpers/disk.ts";
import {
  BUNDLE,
  BUNDLED,
  flags,
  inShell,
  makeHome,
  metaOf,
  objects,
  readHome,
  type RunOptions,
  type Runtime,
} from "../helpers/harness.ts";
import { privileged } from "../helpers/strace.ts";
import { as, traceFiles, USER } from "../helpers/users.ts";

/** A path to a meta file with a component that others can change. */
interface Situation {
  /** Makes it, in a folder of root's that holds HOME, also of root's. */
  readonly line: string;
  readonly home: string;
  /** The component that is named. */
  readonly component: string;
  /** What works there; `@` is the component's path. */
  readonly advice: string;
}

const HOME = "user/.tiup";
const FOLDER = `${HOME}/telemetry`;
const META = `${FOLDER}/meta.yaml`;

const SUDO = "sudo -u daemon"; // uid 1 in every /etc/passwd
const AS_ROOT = "--as-root";
const CHMOD = "chmod go-w @";
const MKDIR = "mkdir @";
const ELSEWHERE = "use a home that only root can change"; // not: close /dev/null
const ADVICES = [SUDO, AS_ROOT, CHMOD, MKDIR, ELSEWHERE];
const verb = (advice: string) => advice.replace("@", "");

/** What lets others change a component `@`. */
const FLAWS: Readonly<Record<string, string>> = {
  "chown daemon @": SUDO,
  "chown 4321 @": AS_ROOT, // has no name
  "chown 65534 @": AS_ROOT, // whoever has no uid in a user namespace
  "chmod g+w @": CHMOD,
  "chmod o+w @": CHMOD,
  "setfacl -m u:4321:rwx @": CHMOD,
  "mv @ real; ln -s $PWD/real @; chown -h daemon @": SUDO,
};

function situation(
  line: string,
  component: string,
  advice: string,
  home = HOME,
): Situation {
  return { line, home, component, advice };
}

const FLAWED = ["user", HOME, FOLDER, META].flatMap((component) =>
  Object.entries(FLAWS).map(([line, advice]) =>
    situation(line.replaceAll("@", component), component, advice)
  )
);

// In place of what is there, root's link to where it is now.
function link(name: string, place: string, target: string): string {
  return `mv ${name} ${place}; ln -s ${target} ${name}`;
}

// From a link, `..` is above where the link leads, not above where it stands.
const THROUGH = "mkdir -p deep/in; ln -s deep/in there; " +
  link(HOME, "deep/real", "../there/../real");
const TO_FILE = link(META, "sticky/x", "$PWD/sticky/x");
const TO_NOTHING = `rm -r ${FOLDER}; ln -s $PWD/sticky/x ${FOLDER}`;
const STICKY = "mkdir -m 1777 sticky";
const ODD = "a $(touch b)";

const SITUATIONS = [
  ...FLAWED,
  situation(`chmod 1777 ${FOLDER}`, FOLDER, CHMOD),
  situation(STICKY, "sticky/.tiup", MKDIR, "sticky/.tiup"),
  situation(STICKY, "sticky/a", MKDIR, "sticky/a/.tiup"),
  situation(STICKY, "sticky/telemetry", MKDIR, "sticky"),
  situation("mkdir -m 775 open", "open", CHMOD, "open/.tiup"),
  situation(`mkdir -m 775 '${ODD}'`, ODD, CHMOD, `${ODD}/.tiup`),
  situation(`${link(HOME, "at", "../at")}; chown daemon at`, "at", SUDO),
  situation(`${link(FOLDER, "at", "$PWD/at")}; chown daemon at`, "at", SUDO),
  situation(`${link(META, "at", "$PWD/at")}; chown daemon at`, "at", SUDO),
  situation(`${THROUGH}; chown daemon deep/real`, "deep/real", SUDO),
  situation(`${link(FOLDER, "at", "$PWD/at")}; chmod 1777 at`, "at", ELSEWHERE),
  situation(`${STICKY}; ${TO_FILE}`, "sticky", ELSEWHERE),
  situation(`rm ${META}; mknod -m 666 ${META} c 1 3`, META, ELSEWHERE),
  situation(`${STICKY}; ${TO_NOTHING}`, "sticky/x", MKDIR),
];

/** What nobody but root can change. */
const FINE = [
  "chmod -R go-rwx .",
  "chgrp -R 5000 .; chmod g+s user",
  "chmod 1777 user",
  `chmod 1777 ${HOME}`,
  `rm ${META}`,
  `rm -r ${FOLDER}`,
  `rm -r ${HOME}`,
  link(META, "at", "$PWD/at"),
  link(FOLDER, "at", "../../at"),
  THROUGH,
  `rm -r ${FOLDER}; ln -s ../../real ${FOLDER}`,
  `rm ${META}; ln -s ../../../real ${META}`,
];

const COMMANDS = [
  ...["status", ...CHANGES],
  ...["enable --check", "disable --check"],
  ...["enable --force", "disable --force", "reset --all --force"],
].map((line) => line.split(" "));

/** A folder of root's that all may enter, and what the shell makes of it. */
function arrange(line = ""): string {
  const folder = makeHome();
  fs.chmodSync(folder, 0o755);
  fs.mkdirSync(join(folder, FOLDER), { recursive: true });
  fs.writeFileSync(join(folder, META), annotated());
  execFileSync("/bin/sh", ["-ec", line], { cwd: folder });
  return folder;
}

interface Arranged extends Situation {
  readonly folder: string;
  readonly path: string;
}

function arrangeAll(situations: readonly Situation[]): Arranged[] {
  return situations.map((it) => {
    const folder = arrange(it.line);
    return { ...it, folder, path: join(folder, it.home) };
  });
}

/** That this is what is said, and returns the advice as one would paste it. */
function assertAdvised(message: string, it: Arranged): string {
  const path = join(it.folder, it.component);
  const complaint = `${it.line}\n${message}`;
  assert.match(message, /^[^\n]+$/, complaint);
  for (const named of [metaOf(it.path), path]) {
    assert.ok(message.includes(named), complaint);
  }
  const given = ADVICES.filter((advice) => message.includes(verb(advice)));
  assert.deepEqual(given, [it.advice], complaint);
  // Nobody may paste what a shell would take apart.
  const word = /^[\w/.-]+$/.test(path) ? path : "PATH";
  const pasted = message.slice(message.lastIndexOf(verb(it.advice)));
  assert.ok(pasted.startsWith(it.advice.replace("@", word)), complaint);
  return pasted.replace("PATH", `'${path}'`);
}

for (const runtime of BUNDLED) {
  describe(`root, on ${runtime.name},`, () => {
    for (const args of COMMANDS) {
      privileged(
        `is refused ${args.join(" ")}`,
        () => assertAllRefused(runtime, args),
      );
    }
  });
}

async function assertAllRefused(
  runtime: Runtime,
  args: readonly string[],
): Promise<void> {
  const all = arrangeAll(SITUATIONS);
  const homes = all.map(({ path }) => path);
  const before = all.map(({ folder }) => snapshot(folder));
  const traced = traceFiles(runtime);
  const result = await telemetry([...args, ...flags(homes)], traced.options);
  assert.equal(result.code, 1);
  assert.equal(result.stdout, homes.map((it) => `home: ${it}\n`).join("\n"));
  const lines = result.stderr.trimEnd().split("\n");
  assert.equal(lines.length, all.length, result.stderr);
  for (const [index, it] of all.entries()) {
    assertAdvised(lines[index]!, it);
    assert.deepEqual(snapshot(it.folder), before[index], it.line);
    assertNotOpened(traced.calls(it.folder), it);
  }
}

// Looked at, without following it; and nothing below, where a file system of
// that user's could keep us waiting.
function assertNotOpened(calls: readonly string[], it: Arranged): void {
  const look = /^\d+ +(lstat|readlink|\w+\(.*AT_SYMLINK_NOFOLLOW)/;
  assert.deepEqual(calls.filter((call) => !look.test(call)), [], it.line);
  const below = `${join(it.folder, it.component)}/`;
  const paths = calls.map((call) => call.split('"')[1]!);
  assert.deepEqual(paths.filter((path) => path.startsWith(below)), [], it.line);
  assert.notEqual(calls.length, 0, it.line);
}

for (const [way, end] of [["--home -", "\n"], ["--home - --null", "\0"]]) {
  privileged(`root is refused in JSON with ${way}, and goes on`, async () => {
    const all = arrangeAll(SITUATIONS);
    const last = join(arrange(), HOME);
    const homes = [...all.map(({ path }) => path), last];
    const list = join(makeHome(), "list");
    fs.writeFileSync(list, homes.map((home) => home + end).join(""));
    const runtime = inShell(`exec "$@" ${way} < ${list}`);
    const result = await telemetry(["disable", "--json"], { runtime });
    assert.equal(result.code, 1, result.stderr);
    const answers = objects<Failure>(result.stdout);
    assert.deepEqual(answers.map(({ home }) => home), homes);
    for (const [index, it] of all.entries()) {
      const { file, error } = answers[index]!;
      assert.deepEqual([file, error.code], [metaOf(it.path), "refused"]);
      assertAdvised(error.message, it);
    }
    assert.equal(readHome(last), annotated("disable"));
  });
}

interface Failure {
  readonly home: string;
  readonly file: string;
  readonly error: { readonly code: string; readonly message: string };
}

/** How a home may be named. */
type Named = (home: string) => RunOptions & { args: readonly string[] };
const NAMED: Readonly<Record<string, Named>> = {
  "by TIUP_HOME": (home) => ({ args: [], env: { TIUP_HOME: home } }),
  "by a relative path": (cwd) => ({ args: ["--home", "../.tiup"], cwd }),
  "as the working directory": (cwd) => ({ args: ["--home", "."], cwd }),
};

for (const [how, name] of Object.entries(NAMED)) {
  privileged(`root is refused a home that is given ${how}`, async () => {
    for (const it of arrangeAll(FLAWED)) {
      if (it.line.includes("ln -s")) continue; // the working directory has none
      const { args, ...options } = name(it.path);
      const result = await telemetry(["disable", ...args], options);
      assertRefused(result, metaOf(it.path));
      assertAdvised(result.stderr.trimEnd(), it);
    }
  });
}

privileged("what root is advised to do works", async () => {
  for (const it of arrangeAll(SITUATIONS)) {
    const args = ["disable", "--home", it.path];
    const { stderr } = await telemetry(args);
    const pasted = assertAdvised(stderr.trimEnd(), it);
    if (it.advice === SUDO) {
      const status = ["status", "--home", it.path];
      await succeed(status, { runtime: as(1) });
    } else if (it.advice === AS_ROOT) {
      await succeed([...args, "--as-root"]);
    } else if (it.advice !== ELSEWHERE) {
      execFileSync("/bin/sh", ["-ec", pasted]);
      assert.equal((await telemetry(args)).code, 0, it.line);
      await succeed(args);
    }
  }
});

privileged("--as-root is as any root process", async () => {
  for (const it of arrangeAll(FLAWED)) {
    const before = fs.statSync(metaOf(it.path));
    const args = ["disable", "--as-root", "--home", it.path];
    const isLink = it.line.includes("ln -s");
    if (isLink && [FOLDER, META].includes(it.component)) {
      assertRefused(await telemetry(args), metaOf(it.path));
      continue;
    }
    await succeed(args);
    const { uid, gid, mode } = fs.statSync(metaOf(it.path));
    const [was, is] = [[before.uid, before.gid, before.mode], [uid, gid, mode]];
    assert.deepEqual(is, was, it.line);
    assert.equal(readHome(it.path), annotated("disable"));
  }
});

for (const runtime of BUNDLED) {
  privileged(`root uses what is its own, on ${runtime.name}`, async () => {
    const homes = FINE.map((line) => join(arrange(line), HOME));
    for (const command of ["status", "disable", "enable", "reset"]) {
      const args = [command, ...flags(homes)];
      const { code, stderr } = await telemetry(args, { runtime });
      assert.equal(code, 0, stderr);
    }
    for (const home of homes) assert.match(readHome(home), /^status: enable/m);
  });
}

/** Modes of `/` and of root's home, as the packages of the systems have them. */
const SYSTEMS: Readonly<Record<string, string>> = {
  "Debian, Ubuntu, Alpine": "mkdir -m 700 root; chmod 755 .",
  "Arch": "mkdir -m 750 root; chmod 755 .",
  "Fedora, RHEL": "mkdir -m 550 root; chmod 555 .",
  "Fedora CoreOS":
    "mkdir -p var; mkdir -m 700 var/roothome; ln -s var/roothome root; chmod 755 .",
};

for (const [system, line] of Object.entries(SYSTEMS)) {
  privileged(`root's default home is its own on ${system}`, async () => {
    const options = inSystem(line);
    for (const command of [...CHANGES, "status"]) {
      const { code, stderr } = await telemetry([command], options);
      assert.equal(code, 0, stderr);
    }
  });
}

privileged("root is refused where / is open to all", async () => {
  const options = inSystem("mkdir -m 700 root; chmod 777 .");
  const result = await telemetry(["disable"], options);
  assertRefused(result, "/root/.tiup/telemetry/meta.yaml");
  assert.match(result.stderr, /chmod go-w "?\/"?$/m);
});

/** Runs the bundle in a root file system that a shell line makes. */
function inSystem(line: string): RunOptions {
  const folder = makeHome();
  const shared = ["usr", "lib", "lib64", "proc"];
  for (const name of [...shared, "etc"]) fs.mkdirSync(join(folder, name));
  const passwd = "root:x:0:0:root:/root:/bin/sh\n";
  fs.writeFileSync(join(folder, "etc/passwd"), passwd);
  fs.copyFileSync(BUNDLE, join(folder, "telemetry.mjs"));
  fs.writeFileSync(join(folder, "node"), "");
  execFileSync("/bin/sh", ["-ec", line], { cwd: folder });
  const mounts = [
    ...shared.map((name) => `mount --rbind /${name} ${folder}/${name}`),
    `mount --bind ${process.execPath} ${folder}/node`,
  ].join(" && ");
  // The mounts go with the process.
  const script = `${mounts} && exec chroot ${folder} /node /telemetry.mjs "$@"`;
  const command = ["unshare", "-m", "/bin/sh", "-c", script, "sh"];
  return { runtime: { name: "chroot", command } };
}

privileged("root of a user namespace is told what works there", async () => {
  const home = join(arrange("chown -R 4321 ."), HOME);
  const { name, command } = as(USER);
  const at = command.indexOf("--") + 1;
  const runtime = {
    name,
    command: [...command.slice(0, at), "unshare", "-r", ...command.slice(at)],
  };
  const result = await telemetry(["disable", "--home", home], { runtime });
  assertRefused(result, metaOf(home));
  assert.match(result.stderr, /"?\/"? .*--as-root.*machine/);
  assert.doesNotMatch(result.stderr, /sudo|chmod|mkdir/);
  await succeed(["disable", "--as-root", "--home", home], { runtime });
  assert.equal(readHome(home), annotated("disable"));
});

privileged("root's check costs nobody else a call", async () => {
  const folder = arrange("chown -R 4321 .");
  const home = join(folder, HOME);
  const traced = traceFiles(as(USER));
  const env = { ...traced.options.env, TIUP_HOME: home };
  await succeed(["status"], { ...traced.options, env });
  const calls = traced.calls(folder);
  assert.equal(calls.length, 1, calls.join("\n"));
  assert.match(calls[0]!, /openat\(.*meta\.yaml".* = \d+$/);
});

privileged("--as-root is without effect for others", async () => {
  const options = { runtime: as(USER) };
  for (const args of COMMANDS) {
    const results = [];
    for (const flags of [[], ["--as-root"]]) {
      const home = join(arrange("chown -R 4321 ."), HOME);
      const line = [...args, ...flags, "--home", home];
      const { code, stderr } = await telemetry(line, options);
      results.push([code, stderr.replaceAll(home, "")]);
    }
    assert.deepEqual(results[0], results[1]);
  }
});
