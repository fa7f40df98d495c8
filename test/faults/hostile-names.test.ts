/**
 * What a user may find, or be handed, at the names that a command uses: devices,
 * terminals, leases, and things that are swapped in between two calls. As the
 * user; what root does is in root.test.ts.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  annotated,
  assertHarmless,
  assertRefused,
  assertUntouched,
  backdate,
  inFolder,
  LOCK,
  snapshot,
  telemetry,
} from "../helpers/disk.ts";
import {
  BUN,
  concurrency,
  environment,
  inShell,
  makeHome,
  metaOf,
  readHome,
  type Runtime,
  start,
} from "../helpers/harness.ts";
import {
  type Call,
  callsOf,
  privileged,
  stopAfter,
} from "../helpers/strace.ts";
import { as, everywhereAs, own, USER } from "../helpers/users.ts";

const HOLDER = join(import.meta.dirname, "../helpers/holder.ts");

/** A home of the user's, at whose file name the link leads to the target. */
function homeWithLink(target: string): string {
  const home = userHome(annotated());
  fs.rmSync(metaOf(home));
  plantLink(target, metaOf(home));
  return home;
}

function plantLink(target: string, path: string): void {
  fs.symlinkSync(target, path);
  fs.lchownSync(path, USER, USER);
}

function userHome(text: string): string {
  const home = makeHome(text);
  own(metaOf(home), USER, 0o644);
  own(join(home, "telemetry"), USER, 0o755);
  own(home, USER, 0o755);
  return home;
}

// A damaged program would else eat what the machine has.
function limited(runtime: Runtime): Runtime {
  return inShell('ulimit -t 10; exec "$@"', runtime);
}

// ------------------------------------------------------------- Links

const TARGETS = [
  "/dev/zero",
  "/dev/full",
  "/dev/tty",
  "/dev/stdin",
  "/proc/self/fd/1",
  "/proc/self/pagemap",
  "/proc/self/mem",
  "/proc/self/environ",
  "/proc/kallsyms", // 0 bytes by its stat, and megabytes to read
];

// Deno looks for what a pipe is called, and takes that for missing.
function isMissing(target: string, { name }: Runtime): boolean {
  return target === "/proc/self/fd/1" && name.startsWith("Deno");
}

describe("a meta file that is a link", { concurrency }, () => {
  for (const target of TARGETS) {
    for (const runtime of everywhereAs(USER)) {
      if (isMissing(target, runtime)) continue;
      privileged(
        `to ${target} is refused at once, ${runtime.name}`,
        async () => {
          const home = homeWithLink(target);
          for (const args of ["status", "disable", "disable --check"]) {
            const [command = "", ...more] = args.split(" ");
            const began = performance.now();
            const options = { runtime: limited(runtime) };
            await assertUntouched(home, command, options, ...more);
            assert.ok(performance.now() - began < 5_000, args);
          }
        },
      );
    }
  }

  privileged("to another process' memory map is refused at once", async () => {
    const other = spawn("setpriv", [
      ...[`--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"],
      ...["sleep", "60"],
    ]);
    try {
      await sleep(200);
      const home = homeWithLink(`/proc/${other.pid}/pagemap`);
      const options = { runtime: limited(as(USER)) };
      await assertUntouched(home, ["status", "disable"], options);
    } finally {
      other.kill();
    }
  });

  privileged("is read up to 64 KiB, whatever its size is said to be", () => {
    const home = homeWithLink("/proc/kallsyms");
    const trace = join(makeHome(), "trace");
    const { stdout } = spawnSync("strace", [
      ...["-f", "-y", "-s0", "-o", trace, "-e", "trace=read,pread64,readv"],
      ...[...limited(as(USER)).command, "status", "--json", "--home", home],
    ], { env: { ...environment(), PATH: process.env["PATH"] } });
    assert.match(String(stdout), /"error"/);
    const lines = fs.readFileSync(trace, "utf8").split("\n");
    const reads = lines.filter((line) => line.includes("kallsyms"));
    const bytes = reads.map((line) => Number(/ = (\d+)$/.exec(line)?.[1] ?? 0));
    const sum = bytes.reduce((sum, count) => sum + count, 0);
    assert.ok(sum > 0 && sum <= 64 * 1024 + 1, `${sum} bytes`);
    return Promise.resolve();
  });
});

// --------------------------------------------------------- A terminal

async function startHolder(...args: string[]) {
  const child = spawn(BUN, [HOLDER, String(USER), ...args], {
    env: environment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  after(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  return { child, said: String(line).trim() };
}

async function answerOf(child: ChildProcess, line: string): Promise<string> {
  child.stdin?.on("error", () => {}); // it may have ended
  child.stdin?.write(`${line}\n`);
  const [answer] = await Promise.race([
    once(child.stdout!, "data"),
    once(child, "exit").then((ended) => [`it ended: ${ended}`]),
    sleep(10_000).then(() => ["nothing"]),
  ]);
  return String(answer);
}

for (const { name, command } of everywhereAs(USER)) {
  privileged(`a terminal behind the link is not taken, ${name}`, async () => {
    const { child: holder, said: terminal } = await startHolder("terminal");
    const [program = "", ...first] = command;
    const list = ["status", "--json", "--home", "-"];
    // Detached is the leader of a session, which takes the terminals it opens.
    const child = spawn(program, [...first, ...list], {
      env: environment(),
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    after(() => child.kill("SIGKILL"));
    assert.match(await answerOf(child, homeWithLink(terminal)), /"error"/);
    holder.stdin.write("\x03\n");
    await sleep(300);
    const good = userHome(annotated());
    assert.match(await answerOf(child, good), /"status":"enable"/);
    child.stdin.end();
    assert.deepEqual(await once(child, "close"), [1, null]);
    holder.kill("SIGKILL");
  });
}

// ------------------------------------------------ Swapped between calls

const DAMAGED = "status: [\n# what is kept\n";
const OTHER = "status: {\n# put there meanwhile\n";

/** What is put in the place of the file, or of its folder, meanwhile. */
const SWAPS: Readonly<Record<string, (home: string) => void>> = {
  "another damaged file": (home) => {
    const path = join(home, "other");
    fs.writeFileSync(path, OTHER);
    own(path, USER, 0o644);
    fs.renameSync(path, metaOf(home));
  },
  "a link to /dev/zero": (home) => swapLink(home, "/dev/zero"),
  "a link to the program's output": (home) => swapLink(home, "/proc/self/fd/1"),
  "a FIFO": (home) => {
    const path = join(home, "other");
    makeFifo(path);
    fs.renameSync(path, metaOf(home));
  },
  "a FIFO for the folder": (home) => {
    fs.renameSync(join(home, "telemetry"), join(home, "moved"));
    makeFifo(join(home, "telemetry"));
  },
};

function swapLink(home: string, target: string): void {
  plantLink(target, join(home, "other"));
  fs.renameSync(join(home, "other"), metaOf(home));
}

function makeFifo(path: string): void {
  assert.equal(spawnSync("mkfifo", [path]).status, 0);
  own(path, USER, 0o644);
}

interface Swapped {
  readonly args: readonly string[];
  readonly text: string;
}

const RUNS: readonly Swapped[] = [
  { args: ["disable", "--force"], text: DAMAGED },
  { args: ["disable"], text: annotated() },
  { args: ["status"], text: annotated() },
];

describe("swapped in after any call", { concurrency }, () => {
  for (const its of RUNS) {
    for (const [what, swap] of Object.entries(SWAPS)) {
      privileged(`of ${its.args.join(" ")}: ${what}`, async () => {
        const first = userHome(its.text);
        const calls = await listCalls(its, first);
        const complaints: string[] = [];
        for (const call of calls) {
          const complaint = await trySwap(its, call, swap);
          if (complaint) complaints.push(complaint);
        }
        assert.deepEqual(complaints, []);
      });
    }
  }
});

function listCalls({ args }: Swapped, home: string): Promise<Call[]> {
  return callsOf([...args, "--home", home], home, as(USER).command);
}

async function trySwap(
  its: Swapped,
  call: Call,
  swap: (home: string) => void,
): Promise<string> {
  const home = userHome(its.text);
  const args = [...its.args, "--home", home];
  const began = performance.now();
  let wasNew = false;
  try {
    const { command } = as(USER);
    const result = await stopAfter(call, args, command, () => {
      wasNew = isNewFile(metaOf(home));
      swap(home);
    });
    assert.ok(result.struck, "it was never stopped");
    assert.ok(performance.now() - began < 12_000, "it hangs");
    assertHarmless(result);
    assert.ok(result.code === 0 || result.code === 1, `exit ${result.code}`);
    if (result.code === 1) assert.match(result.stderr, /^error: [^\n]+\n$/);
    const isDone = result.code === 0 && its.args[0] !== "status";
    if (wasNew) assert.ok(isDone, "it was done, and is not told so");
    else assertKept(home, its.text, isDone);
    return "";
  } catch (error) {
    const message = (error as Error).message.replace(/\s+/g, " ");
    return `${call.name} ${call.ordinal}: ${message}`;
  }
}

function isNewFile(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true &&
    /^status: disable/m.test(fs.readFileSync(file, "utf8"));
}

/** `.bad` is whole, and there only where the new file is; nothing else is left. */
function assertKept(home: string, text: string, isDone: boolean): void {
  const isMoved = fs.existsSync(join(home, "moved"));
  const folder = join(home, isMoved ? "moved" : "telemetry");
  const names = fs.readdirSync(folder);
  const bad = names.filter((name) => name.startsWith("meta.yaml.bad"));
  for (const name of bad) {
    const copy = fs.readFileSync(join(folder, name), "utf8");
    assert.ok([DAMAGED, OTHER].includes(copy), `kept: ${copy}`);
  }
  assert.equal(isNewFile(join(folder, "meta.yaml")), isDone, "told otherwise");
  if (isMoved) return; // what was made there is out of reach
  const kept = isDone && text === DAMAGED ? 1 : 0;
  assert.equal(bad.length, kept, "copies");
  assert.deepEqual(names.sort(), ["meta.yaml", ...bad].sort());
}

// ------------------------------------------------------- At the lock

interface Plant {
  readonly what: string;
  readonly at: string;
  readonly put: (path: string) => unknown;
  /** What the message must say; undefined where the change must succeed. */
  readonly says?: RegExp;
}

const SECONDS = /lease|another process|in use|temporarily/i;
const PLANTS: readonly Plant[] = [
  {
    what: "a folder at the lock's name",
    at: LOCK,
    put: (path) => fs.mkdirSync(path),
    says: /folder|directory/i,
  },
  {
    what: "a folder at the breaker's name",
    at: `${LOCK}.break`,
    put: (path) => {
      fs.writeFileSync(path.replace(/\.break$/, ""), "");
      fs.mkdirSync(path);
    },
    says: /folder|directory/i,
  },
  { what: "a socket at the lock's name", at: LOCK, put: listen },
  { what: "a FIFO at the lock's name", at: LOCK, put: makeFifo },
  {
    what: "a lease on an old lock",
    at: LOCK,
    put: async (path) => {
      fs.writeFileSync(path, "");
      own(path, USER, 0o600);
      await takeLease(path);
    },
  },
  {
    what: "a lease on the file",
    at: "meta.yaml",
    put: takeLease,
    says: SECONDS,
  },
];

function listen(path: string): Promise<void> {
  const server = createServer().unref();
  return new Promise((done) => server.listen(path, done));
}

async function takeLease(path: string): Promise<void> {
  const { child, said } = await startHolder("lease", path);
  assert.equal(said, "ready");
  leases.set(path, child);
}

// While one is held, this process could not look at the file either.
const leases = new Map<string, ChildProcess>();

async function endLease(path: string): Promise<void> {
  const holder = leases.get(path);
  if (!holder) return;
  holder.kill("SIGKILL");
  await once(holder, "close");
}

// Our own waits are ten seconds at most; a runtime needs a moment to start.
const LONGEST_MS = 11_500;

describe("in the way", { concurrency: true }, () => {
  for (const { what, at, put, says } of PLANTS) {
    privileged(`${what} is told as it is, or goes`, async () => {
      const home = userHome(annotated());
      const path = inFolder(home, at);
      const bare = snapshot(home);
      await put(path);
      if (at !== "meta.yaml") ageAll(home);
      const before = leases.has(path) ? bare : snapshot(home);
      const began = performance.now();
      const options = { runtime: as(USER) };
      const result = await telemetry(["disable", "--home", home], options);
      assert.ok(performance.now() - began < LONGEST_MS, "it waits too long");
      await endLease(path);
      if (!says) {
        assert.equal(result.code, 0, result.stderr);
        assert.equal(readHome(home), annotated("disable"));
        return;
      }
      assertRefused(result, path);
      assert.match(result.stderr, says);
      assert.doesNotMatch(result.stderr, /permission|if no other command runs/);
      assert.deepEqual(snapshot(home), before);
    });
  }

  test("a lock that is let go and taken again holds up ten seconds at most", async () => {
    const home = makeHome(annotated());
    const lock = inFolder(home, LOCK);
    // So many to look at that the lock is held for longer than it takes to see it.
    for (let count = 0; count < 3_000; count++) {
      const name = `meta.yaml.${count.toString(16).padStart(12, "0")}.tmp`;
      fs.writeFileSync(inFolder(home, name), "");
    }
    take(lock);
    const began = performance.now();
    const { child, result: ended } = start(["disable", "--home", home]);
    for (let second = 0; second < 9; second++) {
      await sleep(1000);
      fs.utimesSync(lock, new Date(), new Date());
    }
    fs.rmSync(lock);
    spin(() => fs.existsSync(lock));
    child.kill("SIGSTOP");
    fs.appendFileSync(metaOf(home), "# news\n");
    fs.rmSync(lock);
    take(lock);
    child.kill("SIGCONT");
    const keep = setInterval(() => backdate(lock, 0), 500);
    const result = await ended;
    clearInterval(keep);
    const took = performance.now() - began;
    assert.ok(took > 9_000, "it was not held up");
    assert.ok(took < LONGEST_MS, `${took} ms`);
    assertRefused(result, lock);
  });
});

// Folders and locks that died a while ago.
function ageAll(home: string): void {
  for (const name of fs.readdirSync(join(home, "telemetry"))) {
    if (name.startsWith(LOCK)) backdate(inFolder(home, name), 60);
  }
}

function spin(until: () => boolean): void {
  const end = performance.now() + 1000;
  while (!until() && performance.now() < end);
}

function take(lock: string): boolean {
  try {
    fs.closeSync(fs.openSync(lock, "wx"));
    return true;
  } catch {
    return false;
  }
}
