/** Which home the action uses, and which it refuses. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  DISABLED,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
  run,
  skip,
} from "../helpers/harness.ts";
import {
  ACTION,
  assertFails,
  assertQuiet,
  startJob,
} from "../helpers/runner.ts";

test("tiup-home goes before TIUP_HOME, and that before the user's home", () => {
  const [home, other] = [makeHome(ENABLED), makeHome(ENABLED)];
  const job = startJob({ env: { TIUP_HOME: other } });
  assert.equal(job.main({ "tiup-home": home }).outputs["file"], metaOf(home));
  assert.equal(readHome(other), ENABLED);
  assert.equal(job.main().outputs["file"], metaOf(other));
});

test("a relative tiup-home is relative to the workspace", () => {
  const job = startJob({ env: { TIUP_HOME: "" } });
  const main = job.main({ "tiup-home": "tools/tiup" });
  const file = join(job.workspace, "tools/tiup/telemetry/meta.yaml");
  assert.equal(main.outputs["file"], file);
  assert.equal(fs.readFileSync(file, "utf8"), "status: disable\n");
});

test("tiup-home and TIUP_HOME lead to one home, by a link or a slash more", () => {
  const home = makeHome(DISABLED);
  fs.symlinkSync(home, `${makeHome()}/link`);
  for (const TIUP_HOME of [`${home}/`, `${home}/telemetry/..`]) {
    const job = startJob({ env: { TIUP_HOME } });
    assertQuiet(job.main({ "tiup-home": home }));
    assertQuiet(job.post());
  }
  const link = `${makeHome()}/link`;
  fs.symlinkSync(home, link);
  const job = startJob({ env: { TIUP_HOME: home } });
  assertQuiet(job.main({ "tiup-home": link }));
});

test("the log says so where HOME is not the home of the passwd entry", (t) => {
  if (process.platform === "darwin") return t.skip("TiUP follows HOME there");
  const env = { HOME: "/github/home", TIUP_HOME: "" };
  const main = startJob({ env }).main({ mode: "check" });
  const home = join(userInfo().homedir, ".tiup");
  const lines = `Home: "${home}", from the user's home
HOME is "/github/home", but TiUP follows /etc/passwd: using "${home}"\n`;
  assert.ok(main.log.includes(lines), main.log);
});

test("the user's home counts where a later step takes TIUP_HOME away", () => {
  const home = join(userInfo().homedir, ".tiup");
  const { stdout } = run(["status", "--home", home]);
  const state = stdout.includes("status: enable") ? "disable" : "enable";
  const HOME = userInfo().homedir;
  const job = startJob({ env: { HOME, TIUP_HOME: makeHome(ENABLED) } });
  assert.equal(job.main({ state }).exit, 0);
  job.setEnv("TIUP_HOME=\n");
  const post = job.post();
  const found = `(that says ${
    state === "enable" ? "disable" : "enable"
  }|there is no file)`;
  const text = `^TIUP_HOME is not set now, TiUP uses ".*", and ${found}; set `;
  assertFails(post, new RegExp(text), metaOf(home));
  assert.match(post.summary, /the user&#39;s home at the end of the job/);
});

test("a user without a home fails the job, and nothing is created", (t) => {
  if (process.getuid?.() !== 0) return skip(t, "root");
  const [uid, env] = [54321, { TIUP_HOME: "" }];
  const readable = spawnSync("cat", [join(ACTION, "dist/action.mjs")], { uid });
  if (readable.status !== 0) return t.skip("the checkout is root's alone");
  const job = startJob({ uid, env });
  fs.chmodSync(job.workspace, 0o777);
  assertFails(
    job.main(),
    /^No TiUP home: neither .*; set tiup-home or TIUP_HOME$/,
  );
  assert.deepEqual(fs.readdirSync(job.workspace), []);
});

test("HOME counts for a user without a line in /etc/passwd, until the end of the job", (t) => {
  if (process.getuid?.() !== 0) return skip(t, "root");
  const uid = 54321;
  const readable = spawnSync("cat", [join(ACTION, "dist/post.mjs")], { uid });
  if (readable.status !== 0) return t.skip("the checkout is root's alone");
  const [first, second] = [makeHome(), makeHome()];
  for (const home of [first, second]) fs.chmodSync(home, 0o777);
  const job = startJob({ uid, env: { TIUP_HOME: "", HOME: first } });
  const main = job.main();
  assert.equal(main.exit, 0, main.log);
  job.setEnv(`HOME=${second}\n`);
  const post = job.post();
  const text = '^HOME leads to ".*" now, and there is no file; set HOME before';
  assertFails(post, new RegExp(text), metaOf(join(second, ".tiup")));
  assert.doesNotMatch(main.log + post.log, /TiUP follows/);
});

test("root acts as root in a home of another user's, as TiUP would", (t) => {
  if (process.getuid?.() !== 0) return skip(t, "root");
  const home = makeHome(ENABLED);
  for (const path of [home, join(home, "telemetry"), metaOf(home)]) {
    fs.chownSync(path, 1001, 1001);
  }
  const job = startJob();
  const main = job.main({ "tiup-home": home });
  assert.equal(readHome(home), DISABLED);
  assert.equal(fs.statSync(metaOf(home)).uid, 1001);
  assert.equal(main.exit, 0);
  fs.writeFileSync(metaOf(home), "a\n");
  const post = job.post();
  assertFails(post, /^Cannot read /, metaOf(home));
  assert.doesNotMatch(main.log + post.log, /1001/);
});

test("a home that is not valid UTF-8 fails the job", () => {
  const script = `TIUP_HOME=$(printf '/tmp/\\377') "$@"`;
  const under = ["bash", "--norc", "-c", script, "bash"];
  const job = startJob({ under });
  const file = "/tmp/\ufffd/telemetry/meta.yaml";
  assertFails(job.main(), /is not valid UTF-8/, file);
});

interface Refusal {
  readonly home: string;
  /** Made in the workspace, where the home needs a look. */
  readonly folder?: string;
}

const REFUSED: readonly Refusal[] = [
  { home: "~" },
  { home: "~/.tiup" },
  { home: "~runner/.tiup" },
  { home: "$HOME/.tiup" },
  { home: "/srv/${USER}/.tiup" },
  { home: "/srv/a\n/srv/b" },
  { home: "/srv/a\u0007" },
  { home: "telemetry/meta.yaml" },
  { home: "/srv/.tiup/telemetry/meta.yaml" },
  { home: "/srv/.tiup/telemetry/meta.yaml/" },
  { home: "x/telemetry", folder: "x/telemetry/meta.yaml" },
  { home: "x/telemetry/", folder: "x/telemetry/meta.yaml" },
  { home: "x", folder: "x/.tiup" },
];

for (const { home, folder } of REFUSED) {
  test(`tiup-home: ${JSON.stringify(home)} is refused in each mode`, () => {
    for (const mode of ["enforce", "check"]) {
      const job = startJob({ env: { TIUP_HOME: "" } });
      if (folder) {
        fs.mkdirSync(join(job.workspace, folder), { recursive: true });
      }
      const before = fs.readdirSync(job.workspace, { recursive: true });
      const main = job.main({ "tiup-home": home, mode });
      assertFails(main, /^tiup-home(:| is) .*".*".*; .+$/);
      assert.doesNotMatch(main.log, /--/, "flags are the command line's");
      assert.equal(job.post().exit, 1);
      const after = fs.readdirSync(job.workspace, { recursive: true });
      assert.deepEqual(after, before);
    }
  });
}

const TAKEN = [
  "./~",
  "a~",
  "telemetry",
  "telemetry/x",
  "my-telemetry",
  "meta.yaml.d",
  "with space",
];

for (const given of TAKEN) {
  test(`tiup-home: ${JSON.stringify(given)} is a folder like any other`, () => {
    const job = startJob();
    assert.equal(job.main({ "tiup-home": given }).exit, 0);
    assert.ok(fs.existsSync(join(job.workspace, given, "telemetry/meta.yaml")));
  });
}
