import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import {
  CANARY,
  DISABLED,
  ENABLED,
  listing,
  makeHome,
  metaOf,
  NODES,
  readHome,
  UUID,
} from "../helpers/harness.ts";
import { ACTION, METADATA, type Stage, startJob } from "../helpers/runner.ts";

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/;

/** What a home with ENABLED gives out, where nothing else happens. */
function outputsOf(home: string, others: Record<string, string>) {
  return { uuid: UUID, file: metaOf(home), ...others };
}

function assertFails(stage: Stage, message: RegExp, file?: string) {
  const errors = stage.annotations.filter(({ level }) => level === "error");
  assert.equal(errors.length, 1, stage.log);
  assert.match(errors[0]?.message ?? "", message);
  assert.match(errors[0]?.title ?? "", /TiUP telemetry/);
  assert.equal(errors[0]?.file, file);
  assert.ok(!stage.ok);
}

function assertQuiet(stage: Stage) {
  assert.deepEqual(stage.annotations, []);
  assert.ok(stage.ok);
}

// -------------------------------------------------------------- enforce

for (const node of NODES) {
  test(`enforce turns telemetry off, on ${node}`, () => {
    const home = makeHome(ENABLED);
    const job = startJob({ node });
    const main = job.main({ "tiup-home": home });
    assert.ok(main.ok);
    assert.equal(readHome(home), DISABLED);
    assert.deepEqual(listing(home), ["meta.yaml"]);
    assert.deepEqual(
      main.outputs,
      outputsOf(home, {
        status: "disable",
        previous: "enable",
        changed: "true",
      }),
    );
    assertQuiet(job.post());
  });
}

test("a change is a notice that names the file", () => {
  const home = makeHome(ENABLED);
  const { annotations } = startJob().main({ "tiup-home": home });
  const message = `"${metaOf(home)}": enable before, disable now`;
  assert.deepEqual(annotations, [{
    level: "notice",
    title: "TiUP telemetry changed",
    file: metaOf(home),
    message,
  }]);
});

test("uuid and secret are masked before anything is printed", () => {
  const home = makeHome(ENABLED);
  const { stdout, masks } = startJob().main({ "tiup-home": home });
  assert.deepEqual(masks.slice(0, 2), [UUID, CANARY]);
  assert.ok(stdout.startsWith(`::add-mask::${UUID}\n::add-mask::${CANARY}\n`));
});

test("a home that is already so is left alone, and says so", () => {
  const home = makeHome(DISABLED);
  fs.utimesSync(metaOf(home), 1, 1);
  const main = startJob().main({ "tiup-home": home });
  assertQuiet(main);
  assert.match(main.log, /Not changed: .*: disable before, disable now/);
  assert.equal(fs.statSync(metaOf(home)).mtimeMs, 1000);
  assert.deepEqual(
    main.outputs,
    outputsOf(home, {
      status: "disable",
      previous: "disable",
      changed: "false",
    }),
  );
});

test("a home without a file gets one before TiUP runs", () => {
  const home = makeHome();
  const main = startJob().main({ "tiup-home": home });
  assert.ok(main.ok);
  assert.equal(readHome(home), "status: disable\n");
  assert.deepEqual(main.outputs, {
    status: "disable",
    previous: "disable",
    changed: "true",
    uuid: "",
    file: metaOf(home),
  });
});

test("state: enable mints uuid and secret, and masks both", () => {
  const home = makeHome();
  const main = startJob().main({ "tiup-home": home, state: "enable" });
  const [, uuid = "", secret = ""] =
    /^uuid: (\S+)\nsecret: "?(\w+)"?\nstatus: enable\n$/.exec(readHome(home)) ??
      [];
  assert.ok(main.ok);
  assert.match(uuid, CANONICAL);
  assert.deepEqual(main.masks, [uuid, secret]);
  assert.equal(main.outputs["uuid"], uuid);
  assert.equal(main.outputs["status"], "enable");
});

test("inputs are trimmed", () => {
  const home = makeHome(ENABLED);
  const inputs = { state: " disable\n", "tiup-home": `\t${home}\n` };
  assert.ok(startJob().main({ ...inputs, reset: " false " }).ok);
  assert.equal(readHome(home), DISABLED);
});

test("comments and unknown keys stay", () => {
  const home = makeHome(`# ours\nnote: x\n${ENABLED}`);
  assert.ok(startJob().main({ "tiup-home": home }).ok);
  assert.equal(readHome(home), `# ours\nnote: x\n${DISABLED}`);
});

test("a file that cannot be parsed fails the job, and stays", () => {
  const text = `status: disable\nsecret: ${CANARY}\nstatus: enable\n`;
  const home = makeHome(text);
  const main = startJob().main({ "tiup-home": home });
  assertFails(main, /^Cannot read ".*meta\.yaml", line 3: /, metaOf(home));
  assert.equal(main.annotations[0]?.line, "3");
  assert.deepEqual(main.outputs, {});
  assert.equal(readHome(home), text);
});

test("a file that cannot be written fails the job", () => {
  const home = makeHome();
  fs.writeFileSync(join(home, "telemetry"), "");
  const main = startJob().main({ "tiup-home": home });
  assertFails(main, /^Cannot (read|change) /, metaOf(home));
});

test("a file that another program changes at the same time fails the job", (t) => {
  if (spawnSync("strace", ["-V"]).status !== 0) return t.skip("no strace");
  const home = makeHome(ENABLED);
  const writer = `for i in $(seq 500); do
      grep -q disable "$0" && printf 'status: enable\\n' > "$0" && exit
      sleep 0.01
    done`;
  spawn("sh", ["-c", writer, metaOf(home)], { stdio: "ignore" });
  const trace = ["-f", "-o", "/dev/null", "-e", "trace=rename"];
  const delay = ["-e", "inject=rename:delay_exit=400000"];
  const job = startJob({ under: ["strace", ...trace, ...delay] });
  const main = job.main({ "tiup-home": home });
  assertFails(main, /was changed at the same time$/, metaOf(home));
});

// ---------------------------------------------------------------- reset

test("reset: true gives a new uuid and keeps the secret", () => {
  const home = makeHome(ENABLED);
  const main = startJob().main({ "tiup-home": home, reset: "true" });
  const uuid = main.outputs["uuid"] ?? "";
  assert.match(uuid, CANONICAL);
  assert.notEqual(uuid, UUID);
  assert.equal(readHome(home), DISABLED.replace(UUID, uuid));
  assert.ok([UUID, uuid, CANARY].every((text) => main.masks.includes(text)));
});

test("reset: true is a change, even where the state is already so", () => {
  const home = makeHome(DISABLED);
  const main = startJob().main({ "tiup-home": home, reset: "true" });
  assert.equal(main.outputs["changed"], "true");
  assert.equal(main.outputs["previous"], "disable");
  assert.equal(main.annotations[0]?.title, "TiUP telemetry changed");
});

test("reset: true with mode: check is refused", () => {
  const home = makeHome(ENABLED);
  const inputs = { "tiup-home": home, reset: "true", mode: "check" };
  assertFails(startJob().main(inputs), /reset: true .* mode: enforce/);
  assert.equal(readHome(home), ENABLED);
});

// ---------------------------------------------------------------- check

test("mode: check passes where the state is as asked for", () => {
  const home = makeHome(DISABLED);
  const main = startJob().main({ "tiup-home": home, mode: "check" });
  assertQuiet(main);
  assert.equal(main.outputs["status"], "disable");
  assert.equal(main.outputs["changed"], "false");
});

test("mode: check fails where the state differs, and changes nothing", () => {
  const home = makeHome(ENABLED);
  const main = startJob().main({ "tiup-home": home, mode: "check" });
  assertFails(main, /meta\.yaml" says enable, not disable$/, metaOf(home));
  assert.equal(readHome(home), ENABLED);
  assert.deepEqual(
    main.outputs,
    outputsOf(home, {
      status: "enable",
      previous: "enable",
      changed: "false",
    }),
  );
  assert.match(main.summary, /<td>enable<\/td><td>enable<\/td><td>no<\/td>/);
  assert.match(main.summary, /Failed: <code>.* says enable/);
});

test("mode: check of a missing file says what each TiUP makes of it", () => {
  const home = makeHome();
  const job = startJob();
  const main = job.main({ "tiup-home": home, mode: "check" });
  assert.ok(main.ok);
  assert.deepEqual(main.annotations.map(({ level }) => level), ["notice"]);
  assert.match(main.annotations[0]?.message ?? "", /up to 1\.11\.2 as enabled/);
  assert.match(main.summary, /Without the file TiUP up to 1\.11\.2 reports/);
  assert.deepEqual(fs.readdirSync(home), []);
  assertQuiet(job.post());
});

test("mode: check with state: enable fails on a missing file", () => {
  const home = makeHome();
  const inputs = { "tiup-home": home, mode: "check", state: "enable" };
  assertFails(
    startJob().main(inputs),
    /says disable, not enable/,
    metaOf(home),
  );
});

// ------------------------------------------------------------- the home

test("TIUP_HOME is used where tiup-home is empty", () => {
  const home = makeHome(ENABLED);
  const main = startJob({ env: { TIUP_HOME: home } }).main();
  assert.ok(main.log.includes(`Home from TIUP_HOME: "${home}"`));
  assert.equal(readHome(home), DISABLED);
});

test("tiup-home goes before TIUP_HOME", () => {
  const [home, other] = [makeHome(ENABLED), makeHome(ENABLED)];
  const job = startJob({ env: { TIUP_HOME: other } });
  const main = job.main({ "tiup-home": home });
  assert.ok(main.log.includes(`Home from tiup-home: "${home}"`));
  assert.equal(readHome(home), DISABLED);
  assert.equal(readHome(other), ENABLED);
});

test("a relative tiup-home is relative to the workspace", () => {
  const job = startJob();
  const main = job.main({ "tiup-home": "tools/tiup" });
  const file = join(job.workspace, "tools/tiup/telemetry/meta.yaml");
  assert.equal(main.outputs["file"], file);
  assert.equal(fs.readFileSync(file, "utf8"), "status: disable\n");
});

test("the log says so where HOME is not the home of the passwd entry", () => {
  const env = { HOME: "/github/home", TIUP_HOME: "" };
  const main = startJob({ env }).main({ mode: "check" });
  const home = join(userInfo().homedir, ".tiup");
  assert.match(main.log, /HOME is "\/github\/home", but TiUP follows/);
  assert.ok(main.log.includes(`Home from the passwd entry: "${home}"`));
});

test("a user without a home fails the job, and nothing is created", (t) => {
  if (process.getuid?.() !== 0) return t.skip("needs root");
  const [uid, env] = [54321, { TIUP_HOME: "" }];
  const readable = spawnSync("cat", [join(ACTION, "dist/action.mjs")], { uid });
  if (readable.status !== 0) return t.skip("the checkout is root's alone");
  const job = startJob({ uid, env });
  fs.chmodSync(job.workspace, 0o777);
  assertFails(job.main(), /no home directory in the passwd file/);
  assert.deepEqual(fs.readdirSync(job.workspace), []);
});

test("a home that is not valid UTF-8 fails the job", () => {
  const under = ["sh", "-c", `TIUP_HOME=$(printf '/tmp/\\377') "$@"`, "sh"];
  assertFails(
    startJob({ under }).main(),
    /the path is not valid UTF-8/,
    "/tmp/\ufffd/telemetry/meta.yaml",
  );
});

// ----------------------------------------------------------------- post

test("post fails where a later step turned telemetry on", () => {
  const home = makeHome(DISABLED);
  const job = startJob();
  assert.ok(job.main({ "tiup-home": home }).ok);
  fs.writeFileSync(metaOf(home), ENABLED);
  const post = job.post();
  assertFails(post, /says enable, not disable$/, metaOf(home));
  assert.match(post.summary, /Failed: <code>/);
  assert.deepEqual(post.outputs, {});
  assert.equal(readHome(home), ENABLED);
});

test("post passes, and says so, where nothing changed", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assert.ok(job.main({ "tiup-home": home }).ok);
  const post = job.post();
  assertQuiet(post);
  assert.match(post.log, /meta\.yaml" still says disable\n$/);
  assert.equal(post.summary, "");
});

test("post fails where a later step removed the file", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assert.ok(job.main({ "tiup-home": home }).ok);
  fs.rmSync(metaOf(home));
  assertFails(job.post(), /is gone/, metaOf(home));
});

test("post fails where a later step broke the file", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assert.ok(job.main({ "tiup-home": home }).ok);
  fs.writeFileSync(metaOf(home), "status: [\n");
  assertFails(job.post(), /^Cannot read /, metaOf(home));
});

test("verify: false leaves out the reading at the end", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assert.ok(job.main({ "tiup-home": home, verify: "false" }).ok);
  fs.writeFileSync(metaOf(home), ENABLED);
  const post = job.post();
  assertQuiet(post);
  assert.match(post.log, /^verify is false/);
});

test("post does not turn a failed job green", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assert.ok(!job.main({ "tiup-home": home, mode: "check" }).ok);
  assert.ok(!job.post().ok);
});

test("post reads the home of main, whatever a later step exports", () => {
  const home = makeHome(ENABLED);
  const job = startJob({ env: { TIUP_HOME: home } });
  assert.ok(job.main().ok);
  job.setEnv(`TIUP_HOME=${makeHome(DISABLED)}\n`);
  fs.writeFileSync(metaOf(home), ENABLED);
  assertFails(job.post(), /says enable, not disable$/, metaOf(home));
});

test("post asks for the state of main, whatever the input evaluates to now", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assert.ok(job.main({ "tiup-home": home, state: "disable" }).ok);
  fs.writeFileSync(metaOf(home), ENABLED);
  const now = { "tiup-home": home, state: "enable", verify: "false" };
  assertFails(job.post(now), /says enable, not disable$/, metaOf(home));
});

// --------------------------------------------------------- forged state

const FORGED = [
  "state=enable",
  "mode=check",
  "verify=false",
  "reset=false",
  "isPost=true",
  "post=true",
  "main=true",
  "stage=post",
  "done=true",
].map((pair) => `STATE_${pair}\n`).join("");

test("saved state forged by an earlier step does not stop enforcement", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  job.setEnv(`${FORGED}STATE_tiup-home=${makeHome(DISABLED)}\n`);
  const main = job.main({ "tiup-home": home });
  assert.ok(main.ok);
  assert.equal(main.outputs["file"], metaOf(home));
  assert.equal(readHome(home), DISABLED);
});

test("saved state forged by any step does not stop the verification", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  job.setEnv(FORGED);
  assert.ok(job.main({ "tiup-home": home }).ok);
  job.setEnv(`${FORGED}STATE_tiup-home=${makeHome(DISABLED)}\n`);
  fs.writeFileSync(metaOf(home), ENABLED);
  assertFails(job.post(), /says enable, not disable$/, metaOf(home));
});

test("post verifies by the inputs where main was killed", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assertFails(job.post({ "tiup-home": home }), /says enable/, metaOf(home));
});

// ------------------------------------------------ TIUP_TELEMETRY_STATUS

const VARIABLE = "TIUP_TELEMETRY_STATUS";

test("TIUP_TELEMETRY_STATUS that contradicts the state fails mode: check", () => {
  const home = makeHome(DISABLED);
  const job = startJob({ env: { [VARIABLE]: "enable" } });
  const main = job.main({ "tiup-home": home, mode: "check" });
  assertFails(main, /^TIUP_TELEMETRY_STATUS .* is not disable$/, metaOf(home));
  assert.deepEqual(main.exported, {});
});

test("enforce sets a contradicting TIUP_TELEMETRY_STATUS right, and says so", () => {
  const home = makeHome(DISABLED);
  const job = startJob({ env: { [VARIABLE]: "enable" } });
  const main = job.main({ "tiup-home": home });
  assert.ok(main.ok);
  assert.deepEqual(main.exported, { [VARIABLE]: "disable" });
  assert.match(main.annotations[0]?.message ?? "", /^TIUP_TELEMETRY_STATUS is/);
  assertQuiet(job.post());
});

test("post fails where a later step sets TIUP_TELEMETRY_STATUS", () => {
  const home = makeHome(DISABLED);
  const job = startJob();
  assert.ok(job.main({ "tiup-home": home }).ok);
  job.setEnv(`${VARIABLE}<<EOF\nenable\nEOF\n`);
  assertFails(job.post(), /^TIUP_TELEMETRY_STATUS /, metaOf(home));
});

for (const value of ["disable", "", "off"]) {
  test(`TIUP_TELEMETRY_STATUS "${value}" agrees with state: disable`, () => {
    const home = makeHome(DISABLED);
    const job = startJob({ env: { [VARIABLE]: value } });
    const main = job.main({ "tiup-home": home });
    assertQuiet(main);
    assert.deepEqual(main.exported, {});
  });
}

test("DO_NOT_TRACK with state: enable is a warning", () => {
  const home = makeHome(ENABLED);
  const job = startJob({ env: { DO_NOT_TRACK: "1" } });
  const main = job.main({ "tiup-home": home, state: "enable" });
  assert.ok(main.ok);
  assert.equal(main.annotations[0]?.level, "warning");
  assert.match(main.annotations[0]?.message ?? "", /DO_NOT_TRACK/);
});

// ----------------------------------------------------------- bad inputs

const LISTED: Record<string, string> = {
  state: "enable and disable",
  mode: "enforce and check",
  reset: "true and false",
  verify: "true and false",
};

for (const [input, values] of Object.entries(LISTED)) {
  for (const value of ["", " ", "yes", "Disable", "TRUE", "enable,disable"]) {
    test(`${input}: "${value}" is refused, and what is valid is listed`, () => {
      const home = makeHome(ENABLED);
      const main = startJob().main({ "tiup-home": home, [input]: value });
      const shown = value.trim() ? `"${value}"` : "empty";
      assertFails(
        main,
        new RegExp(`^${input} is ${shown}; valid are ${values}$`),
      );
      assert.equal(readHome(home), ENABLED);
      assert.deepEqual(main.outputs, {});
    });
  }
}

const MISSPELT = [
  "status",
  "stat",
  "telemetry state",
  "modus",
  "Moed",
  "tiup_home",
  "tiup home",
  "tiuphome",
  "home",
  "tiup",
  "resets",
  "verfiy",
];

for (const given of MISSPELT) {
  test(`the input name "${given}" is refused, and what is valid is listed`, () => {
    const home = makeHome(ENABLED);
    const main = startJob().main({ "tiup-home": home, [given]: "x" });
    const valid = Object.keys(METADATA.inputs).join(", ");
    assertFails(main, new RegExp(`no input; valid are ${valid} \\(if `));
    assert.equal(readHome(home), ENABLED);
  });
}

test("an input that is close to none of ours is the runner's to warn of", () => {
  const home = makeHome(ENABLED);
  const inputs = { "tiup-home": home, token: "x", version: "1" };
  assert.ok(startJob().main(inputs).ok);
});

test("a hostile input value or name acts nowhere", () => {
  const hostile = "x\n::add-mask::y\r::warning::z ##[error]w\u202e";
  const value = startJob().main({ state: hostile });
  assertFails(value, /^state is "x\\n::add-mask::y/);
  const name = startJob().main({ [`mode${hostile}`]: "" });
  assertFails(name, /^"modex\\n::add-mask::y.* is no input/);
});

// ------------------------------------------------------- hostile values

const HOSTILE = [
  "::add-mask::enable",
  "\n::add-mask::disable\n::set-output name=status::disable",
  "\r::error::pwned",
  "x##[set-output name=status]pwned",
  "##[add-mask]disable",
  "%0A::error::pwned",
  "<script>alert(1)</script><img src=x onerror=pwned>",
  "</code></td></table>\n\n# pwned\n\n[x](javascript:pwned) | `pwned` @pwned",
  "ghadelimiter\nstatus=disable\n",
  "\u001b[31mpwned\u0007\u009b\u202e",
  "enable",
  "d",
];

for (const hostile of HOSTILE) {
  const quoted = JSON.stringify(hostile).replace(
    /[\x7f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

  test(`${quoted} in the file reaches nobody`, () => {
    const text = `uuid: ${quoted}\nsecret: ${quoted}\nstatus: ${quoted}\n`;
    const home = makeHome(`${text}other: ${quoted}\n# ${quoted}\n`);
    const inputs = { "tiup-home": home, mode: "check" };
    const main = startJob().main({
      ...inputs,
      state: hostile === "enable" ? "enable" : "disable",
    });
    const { status, previous, changed, uuid, file } = main.outputs;
    const on = hostile === "enable" ? "enable" : "disable";
    assert.deepEqual([status, previous, changed], [on, on, "false"]);
    assert.deepEqual([uuid, file], ["", metaOf(home)]);
    assert.deepEqual(main.masks, []);
    const seen = main.log + main.summary + JSON.stringify(main.annotations);
    if (hostile.length > 6) assert.ok(!seen.includes(hostile));
    assert.doesNotMatch(seen, /pwned/);
  });

  test(`${quoted} in the path acts nowhere`, () => {
    const home = join(makeHome(), hostile.replaceAll("/", "\u2215"));
    const job = startJob({ env: { TIUP_HOME: home } });
    const main = job.main();
    assert.ok(main.ok);
    assert.deepEqual(Object.keys(main.outputs).sort(), [
      "changed",
      "file",
      "previous",
      "status",
      "uuid",
    ]);
    assert.equal(main.outputs["file"], metaOf(home));
    assert.equal(readHome(home), "status: disable\n");
    assert.deepEqual(main.masks, []);
    assert.deepEqual(main.annotations.map(({ level }) => level), ["notice"]);
    assert.equal(main.annotations[0]?.title, "TiUP telemetry changed");
    assertOnlyOurMarkup(main.summary);
    assertQuiet(job.post());
  });
}

function assertOnlyOurMarkup(summary: string) {
  const tags = summary.match(/<[^>]*>?/g) ?? [];
  for (const tag of tags) {
    assert.match(tag, /^<\/?(h3|table|tr|th|td|p|code)>$/);
  }
  assert.equal(summary.split("\n").length, 4);
  const [, path = ""] = /<td><code>(.*?)<\/code>/.exec(summary) ?? [];
  assert.doesNotMatch(path, /[`*|[\]@#](?!\d+;)/);
  for (const [, code] of path.matchAll(/&#(\d+);/g)) {
    assert.doesNotMatch(String.fromCodePoint(Number(code)), /\p{C}/u);
  }
}

// -------------------------------------------------------------- summary

test("the summary says at a glance what happened, and what it means", () => {
  const home = makeHome(ENABLED);
  const { summary } = startJob().main({ "tiup-home": home });
  const row = ["File", "Before", "After", "Changed"];
  assert.equal(
    summary,
    `<h3>TiUP telemetry</h3>
<table><tr>${
      row.map((name) => `<th>${name}</th>`).join("")
    }</tr><tr><td><code>${
      metaOf(home)
    }</code></td><td>enable</td><td>disable</td><td>yes</td></tr></table>
<p>TiUP 1.0 to 1.16.2 does not report; from 1.16.3 on it has no telemetry.</p>
`,
  );
});

test("a summary that cannot be written fails the job", () => {
  const home = makeHome(ENABLED);
  const under = ["env", "GITHUB_STEP_SUMMARY=/proc/none"];
  const main = startJob({ under }).main({ "tiup-home": home });
  assert.ok(!main.ok);
  assert.equal(main.annotations.at(-1)?.title, "TiUP telemetry failed");
});

test("a runner without job summaries is no failure", () => {
  const home = makeHome(ENABLED);
  const under = ["env", "-u", "GITHUB_STEP_SUMMARY"];
  const main = startJob({ under }).main({ "tiup-home": home });
  assert.ok(main.ok);
  assert.match(main.log, /^No job summary/m);
});

// ----------------------------------------------------------- the bundle

test("the bundle is small, readable, and knows no network", () => {
  const code = fs.readFileSync(join(ACTION, "dist/action.mjs"), "utf8");
  assert.ok(code.length < 350_000);
  const modules = code.matchAll(/\b(?:from|import|require)\b\(?\s*"([^"]+)"/g);
  assert.deepEqual([...new Set([...modules].map(([, name]) => name))].sort(), [
    "node:buffer",
    "node:fs",
    "node:os",
    "node:path",
  ]);
  assert.doesNotMatch(code, /undici|\bfetch\(|WebSocket|child_process/);
  assert.match(code, /^async function enforce\(request\) \{$/m);
});

test("post.mjs does nothing but run action.mjs", () => {
  const code = fs.readFileSync(join(ACTION, METADATA.runs.post), "utf8");
  assert.equal(code.replace(/^\/\/.*\n/, ""), 'import "./action.mjs";\n');
  assert.equal(dirname(METADATA.runs.post), dirname(METADATA.runs.main));
  assert.equal(basename(METADATA.runs.post), "post.mjs");
});
