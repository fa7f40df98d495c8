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

function assertFails(stage: Stage, message: RegExp, file?: string) {
  const errors = stage.annotations.filter(({ level }) => level === "error");
  assert.equal(errors.length, 1, stage.log);
  assert.match(errors[0]?.message ?? "", message);
  assert.equal(errors[0]?.file, file);
  assert.equal(stage.exit, 1);
}

function assertQuiet(stage: Stage) {
  assert.deepEqual(stage.annotations, []);
  assert.equal(stage.exit, 0);
}

// ------------------------------------------- what happens to the file

for (const node of NODES) {
  test(`enforce turns telemetry off and post proves it, on ${node}`, () => {
    const home = makeHome(ENABLED);
    const job = startJob({ node });
    assert.equal(job.main({ "tiup-home": home }).exit, 0);
    assert.equal(readHome(home), DISABLED);
    assert.deepEqual(listing(home), ["meta.yaml"]);
    assertQuiet(job.post());
  });
}

const KEPT: [what: string, before: string, after: string][] = [
  [
    "comments and unknown keys",
    `# ours\nnote: x\n${ENABLED}`,
    `# ours\nnote: x\n${DISABLED}`,
  ],
  ["a file that is already so", DISABLED, DISABLED],
];

for (const [what, before, after] of KEPT) {
  test(`enforce leaves alone ${what}`, () => {
    const home = makeHome(before);
    fs.utimesSync(metaOf(home), 1, 1);
    assert.equal(startJob().main({ "tiup-home": home }).exit, 0);
    assert.equal(readHome(home), after);
    const touched = fs.statSync(metaOf(home)).mtimeMs !== 1000;
    assert.equal(touched, before !== after);
  });
}

test("a home without a file gets one before TiUP runs", () => {
  const home = makeHome();
  assert.equal(startJob().main({ "tiup-home": home }).exit, 0);
  assert.equal(readHome(home), "status: disable\n");
});

test("state: enable mints uuid and secret, and masks both", () => {
  const home = makeHome();
  const main = startJob().main({ "tiup-home": home, state: "enable" });
  const [, uuid = "", secret = ""] =
    /^uuid: (\S+)\nsecret: "?(\w+)"?\nstatus: enable\n$/.exec(readHome(home)) ??
      [];
  assert.match(uuid, CANONICAL);
  assert.deepEqual(main.masks, [uuid, secret]);
  assert.equal(main.outputs["uuid"], uuid);
});

test("reset: true gives a new uuid, masks both, and keeps the secret", () => {
  const home = makeHome(ENABLED);
  const main = startJob().main({ "tiup-home": home, reset: "true" });
  const uuid = main.outputs["uuid"] ?? "";
  assert.match(uuid, CANONICAL);
  assert.notEqual(uuid, UUID);
  assert.equal(readHome(home), DISABLED.replace(UUID, uuid));
  assert.deepEqual(main.masks, [UUID, CANARY, uuid]);
});

test("mode: check changes and makes nothing, pass or fail", () => {
  for (const file of [ENABLED, DISABLED, undefined]) {
    const home = makeHome(file);
    startJob().main({ "tiup-home": home, mode: "check" });
    if (file) assert.equal(readHome(home), file);
    else assert.deepEqual(fs.readdirSync(home), []);
  }
});

for (const written of ["status: enable", `uuid: ${UUID}\nstatus: disable`]) {
  const options = { skip: spawnSync("strace", ["-V"]).status !== 0 };
  test(
    `another program that writes ${
      JSON.stringify(written)
    } at the same time fails the job`,
    options,
    () => {
      const home = makeHome("status: enable\n");
      const writer = `for i in $(seq 500); do
      grep -q disable "$0" && echo "$1" > "$0" && exit
      sleep 0.01
    done`;
      spawn("sh", ["-c", writer, metaOf(home), written], { stdio: "ignore" });
      const trace = ["-f", "-o", "/dev/null", "-e", "trace=rename"];
      const delay = ["-e", "inject=rename:delay_exit=400000"];
      const job = startJob({ under: ["strace", ...trace, ...delay] });
      const main = job.main({ "tiup-home": home });
      assertFails(
        main,
        /^Another program changed ".*" meanwhile$/,
        metaOf(home),
      );
    },
  );
}

// ---------------------------------------------------------------- masks

test("uuid and secret are masked before anything is printed, in both stages", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  const first = `::add-mask::${UUID}\n::add-mask::${CANARY}\n`;
  assert.ok(job.main({ "tiup-home": home }).stdout.startsWith(first));
  assert.ok(job.post().stdout.startsWith(first));
});

test("what has not the form of TiUP's uuid and secret is neither mask nor output", () => {
  for (
    const word of ["telemetry", "disabled", `${UUID}0`, UUID.toUpperCase()]
  ) {
    const home = makeHome(`uuid: ${word}\nsecret: ${word}\nstatus: disable\n`);
    const main = startJob().main({ "tiup-home": home });
    assert.deepEqual(main.masks, []);
    assert.equal(main.outputs["uuid"], "");
  }
});

// ------------------------------------------------------------- the home

test("tiup-home goes before TIUP_HOME, and that before the user's home", () => {
  const [home, other] = [makeHome(ENABLED), makeHome(ENABLED)];
  const job = startJob({ env: { TIUP_HOME: other } });
  assert.equal(job.main({ "tiup-home": home }).outputs["file"], metaOf(home));
  assert.equal(readHome(other), ENABLED);
  assert.equal(job.main().outputs["file"], metaOf(other));
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
  assert.ok(main.log.includes(`Home: "${home}", from the user's home\n`));
});

test("a user without a home fails the job, and nothing is created", (t) => {
  if (process.getuid?.() !== 0) return t.skip("needs root");
  const [uid, env] = [54321, { TIUP_HOME: "" }];
  const readable = spawnSync("cat", [join(ACTION, "dist/action.mjs")], { uid });
  if (readable.status !== 0) return t.skip("the checkout is root's alone");
  const job = startJob({ uid, env });
  fs.chmodSync(job.workspace, 0o777);
  assertFails(job.main(), /home directory.*; name the home, or set TIUP_HOME/);
  assert.deepEqual(fs.readdirSync(job.workspace), []);
});

test("a home that is not valid UTF-8 fails the job", () => {
  const under = ["sh", "-c", `TIUP_HOME=$(printf '/tmp/\\377') "$@"`, "sh"];
  const file = "/tmp/\ufffd/telemetry/meta.yaml";
  assertFails(startJob({ under }).main(), /is not valid UTF-8/, file);
});

const NO_HOME = [
  "~",
  "~/.tiup",
  "~runner/.tiup",
  "$HOME/.tiup",
  "/srv/${USER}/.tiup",
  "/srv/a\n/srv/b",
  "/srv/a\u0007",
  "telemetry",
  "/srv/.tiup/telemetry",
  "/srv/.tiup/telemetry//",
  "/srv/.tiup/telemetry/.",
  "/srv/.tiup/telemetry/meta.yaml",
  "/srv/.tiup/telemetry/meta.yaml/",
];

for (const given of NO_HOME) {
  test(`tiup-home: ${JSON.stringify(given)} is refused in each mode`, () => {
    for (const mode of ["enforce", "check"]) {
      const job = startJob();
      const main = job.main({ "tiup-home": given, mode });
      assertFails(main, /^tiup-home is ".*"; valid is one path as it is, /);
      assert.equal(job.post().exit, 1);
      assert.deepEqual(fs.readdirSync(job.workspace), []);
    }
  });
}

for (
  const given of [
    "./~",
    "a~",
    "telemetry/x",
    "my-telemetry",
    "meta.yaml.d",
    "with space",
  ]
) {
  test(`tiup-home: ${JSON.stringify(given)} is a folder like any other`, () => {
    const job = startJob();
    assert.equal(job.main({ "tiup-home": given }).exit, 0);
    assert.ok(fs.existsSync(join(job.workspace, given, "telemetry/meta.yaml")));
  });
}

// --------------------------------------------- what later steps forge

interface Forgery {
  /** What a process beside us appends to the file that GITHUB_STATE names. */
  readonly saved?: Record<string, string>;
  /** What the inputs evaluate to by the end of the job. */
  readonly now?: Record<string, string>;
  /** No annotation at all where undefined. */
  readonly message: RegExp | undefined;
}

const DRIFT =
  /^A later step changed ".*": enable now; this step had set disable$/;

const FORGERIES: readonly Forgery[] = [
  {
    saved: { verify: "false" },
    message: /^verify is "true" now, and was "false"$/,
  },
  {
    now: { verify: "false" },
    message: /^verify is "false" now, and was "true"$/,
  },
  { saved: { verify: "" }, now: { verify: "false" }, message: DRIFT },
  { saved: { verify: "false" }, now: { verify: "" }, message: DRIFT },
  {
    saved: { state: "enable" },
    message: /^state is "disable" now, and was "enable"$/,
  },
  {
    now: { state: "enable" },
    message: /^state is "enable" now, and was "disable"$/,
  },
  {
    saved: { mode: "check" },
    message: /^mode is "enforce" now, and was "check"$/,
  },
  { saved: { home: "" }, message: DRIFT },
  {
    saved: { home: makeHome(DISABLED) },
    message: /made TiUP use ".*": enable now; /,
  },
  { saved: { left: "enable" }, message: DRIFT },
  { saved: { left: "no file" }, message: DRIFT },
  { saved: { left: "<b>\n::error::x\r##[error]y" }, message: DRIFT },
  { saved: { left: "" }, message: undefined },
  {
    saved: { isPost: "", post: "false", failed: "", done: "true" },
    message: DRIFT,
  },
];

for (const { saved = {}, now = {}, message } of FORGERIES) {
  const what = JSON.stringify({ saved, now });
  test(`post fails on drift, whoever forged ${what}`, () => {
    const home = makeHome(ENABLED);
    const job = startJob();
    assert.equal(job.main({ "tiup-home": home }).exit, 0);
    fs.writeFileSync(metaOf(home), ENABLED);
    job.save(saved);
    const post = job.post({ "tiup-home": home, ...now });
    const [error] = post.annotations;
    if (message) assert.match(error?.message ?? "", message);
    else assert.equal(error, undefined);
    assert.equal(post.exit, 1);
  });
}

test("what is forged acts nowhere, where a failed check shows it", () => {
  const home = makeHome(DISABLED);
  const job = startJob();
  assert.equal(job.main({ "tiup-home": home, mode: "check" }).exit, 0);
  fs.writeFileSync(metaOf(home), ENABLED);
  job.save({ left: "<b>\n::add-mask::x\r::error::y##[error]z\u001b" });
  const post = job.post();
  assertFails(post, /this step had found <b>\\n::add-mask::x/, metaOf(home));
  assertOnlyOurMarkup(post.summary);
});

test("post fails on a file that is gone, whoever forged that there was none", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  assert.equal(job.main({ "tiup-home": home }).exit, 0);
  fs.rmSync(metaOf(home));
  job.save({ left: "no file" });
  assertFails(
    job.post(),
    /: no file now; this step had set disable$/,
    metaOf(home),
  );
});

test("what an earlier step puts into STATE_* through GITHUB_ENV stops nothing", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  const names = ["state", "mode", "verify", "home", "left", "post", "isPost"];
  job.setEnv(names.map((name) => `STATE_${name}=false\n`).join(""));
  assert.equal(job.main({ "tiup-home": home }).outputs["file"], metaOf(home));
  assert.equal(readHome(home), DISABLED);
  fs.writeFileSync(metaOf(home), ENABLED);
  assertFails(job.post(), DRIFT, metaOf(home));
});

test("post fails where main was killed", () => {
  const job = startJob();
  assert.equal(job.post({ "tiup-home": makeHome(DISABLED) }).exit, 1);
});

// ------------------------------------------------ TIUP_TELEMETRY_STATUS

const VARIABLE = "TIUP_TELEMETRY_STATUS";

test("enforce exports a contradicting TIUP_TELEMETRY_STATUS anew", () => {
  const job = startJob({ env: { [VARIABLE]: "enable" } });
  const main = job.main({ "tiup-home": makeHome(DISABLED) });
  assert.deepEqual(main.exported, { [VARIABLE]: "disable" });
});

test("env: of the step itself goes before that, and fails the job at the end", () => {
  const home = makeHome(DISABLED);
  const job = startJob();
  const main = job.main({ "tiup-home": home }, { [VARIABLE]: "enable" });
  assert.equal(main.exit, 0);
  const message = /is not disable, .*: by a later step, or env: here$/;
  assertFails(job.post(), message, metaOf(home));
});

for (const value of ["disable", "", "off"]) {
  test(`TIUP_TELEMETRY_STATUS "${value}" agrees with state: disable`, () => {
    const job = startJob({ env: { [VARIABLE]: value } });
    const main = job.main({ "tiup-home": makeHome(DISABLED) });
    assertQuiet(main);
    assert.deepEqual(main.exported, {});
  });
}

// --------------------------------------------------------------- inputs

const LISTED: Record<string, string> = {
  state: "enable or disable",
  mode: "enforce or check",
  reset: "true or false",
  verify: "true or false",
};

for (const [input, values] of Object.entries(LISTED)) {
  test(`${input}: another value is refused, and what is valid is listed`, () => {
    for (const value of ["", " ", "yes", "Disable", "TRUE", "enable,disable"]) {
      const home = makeHome(ENABLED);
      const main = startJob().main({ "tiup-home": home, [input]: value });
      const text = `^${input} is "${value.trim()}", not ${values}$`;
      assertFails(main, new RegExp(text));
      assert.equal(readHome(home), ENABLED);
      assert.deepEqual(main.outputs, {});
    }
  });
}

test("reset: true with mode: check is refused", () => {
  const inputs = { "tiup-home": makeHome(ENABLED), reset: "true" };
  const main = startJob().main({ ...inputs, mode: "check" });
  assertFails(main, /^reset: true is valid with mode: enforce only$/);
});

test("inputs are trimmed", () => {
  const home = makeHome(ENABLED);
  const inputs = { state: " disable\n", "tiup-home": `\t${home}\n` };
  assert.equal(startJob().main({ ...inputs, reset: " false " }).exit, 0);
  assert.equal(readHome(home), DISABLED);
});

const MEANT = [
  "tiup_home, tiup home, tiuphome, tiup.home, Tiup-homes, tiu-home, home",
  "sate, stat, stae, sttae, state_, sstate, states",
  "telemetry state, tiup-state, telemetry_mode, tiup-verify",
  "modus, Moed, mmode, modes, resets, rset, reest, verfy, verfiy, veriffy",
  "force, dry-run, dry_run, dryrun",
].join(", ").split(", ");

for (const given of MEANT) {
  test(`the input name "${given}" is refused, and what is valid is listed`, () => {
    const home = makeHome(ENABLED);
    const main = startJob().main({ "tiup-home": home, [given]: "true" });
    const valid = Object.keys(METADATA.inputs).join(", ");
    assertFails(
      main,
      new RegExp(`^No input is ".*"; valid are ${valid} \\(if `),
    );
    assert.equal(readHome(home), ENABLED);
  });
}

const OWN = [
  "stage, node, date, name, version, token, path, target, model, module, code",
  "preset, estate, static, start, test, result, tag, ref, repository, mod",
  "environment, debug, verbose, statement, platform, os, arch, state_file",
  "reset_db, node_version, home_dir, working-directory, rest, run, dry, mods",
  "status, home_page, forced, very, tiup_version, resets_at",
].join(", ").split(", ");

test(`${OWN.length} INPUT_* of the job's own are none of our business`, () => {
  const own = Object.fromEntries(OWN.map((name) => [name, "x"]));
  const job = startJob();
  assert.equal(job.main({ "tiup-home": makeHome(ENABLED), ...own }).exit, 0);
  assert.equal(job.post().exit, 0);
});

test("a hostile input value or name acts nowhere", () => {
  const hostile = "x\n::add-mask::y\r::warning::z ##[error]w\u202e";
  const value = startJob().main({ state: hostile });
  assertFails(value, /^state is "x\\n::add-mask::y/);
  const home = startJob().main({ "tiup-home": hostile });
  assertFails(home, /^tiup-home is "x\\n::add-mask::y/);
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
    const value = quoted.includes("\\") ? quoted : `'${hostile}'`;
    const text = `uuid: ${value}\nsecret: ${value}\nstatus: ${value}\n`;
    const home = makeHome(`${text}other: ${value}\n# ${quoted}\n`);
    const state = hostile === "enable" ? "enable" : "disable";
    const main = startJob().main({ "tiup-home": home, mode: "check", state });
    if (main.exit === 0) {
      const { status, previous, changed, source, uuid, file } = main.outputs;
      assert.deepEqual([status, previous, changed], [state, state, "false"]);
      assert.deepEqual([source, uuid, file], ["file", "", metaOf(home)]);
    } else assertFails(main, /^Cannot read .*, line 1: /, metaOf(home));
    assert.deepEqual(main.masks, []);
    const seen = main.log + main.summary + JSON.stringify(main.annotations);
    if (hostile.length > 6) assert.ok(!seen.includes(hostile));
    assert.doesNotMatch(seen, /pwned/);
  });

  test(`${quoted} in the path acts nowhere`, () => {
    const home = join(makeHome(), hostile.replaceAll("/", "\u2215"));
    const job = startJob({ env: { TIUP_HOME: home } });
    const main = job.main();
    const names = Object.keys(METADATA.outputs).sort();
    assert.deepEqual(Object.keys(main.outputs).sort(), names);
    assert.equal(main.outputs["file"], metaOf(home));
    assert.equal(readHome(home), "status: disable\n");
    assert.deepEqual(main.masks, []);
    const titles = main.annotations.map(({ title }) => title);
    assert.deepEqual(titles, ["TiUP telemetry changed"]);
    assertOnlyOurMarkup(main.summary);
    assertQuiet(job.post());
    fs.writeFileSync(metaOf(home), ENABLED);
    const post = job.post();
    assert.equal(post.annotations.length, 1);
    assertOnlyOurMarkup(post.summary);
  });
}

function assertOnlyOurMarkup(summary: string) {
  for (const tag of summary.match(/<[^>]*>?/g) ?? []) {
    assert.match(tag, /^<\/?(h3|table|tr|th|td|p|code)>$/);
  }
  const text = summary.replace(/<[^>]*>/g, "");
  assert.doesNotMatch(text, /[`*|[\]@#](?!\d+;)/);
  for (const [, code] of text.matchAll(/&#(\d+);/g)) {
    assert.doesNotMatch(String.fromCodePoint(Number(code)), /\p{C}/u);
  }
}

test("the summary is a small table, as HTML", () => {
  const home = makeHome(ENABLED);
  const main = startJob().main({ "tiup-home": home, mode: "check" });
  const cells = (tag: string, values: string[]) =>
    `<tr>${values.map((value) => `<${tag}>${value}</${tag}>`).join("")}</tr>`;
  const header = ["Home", "From", "Before", "After", "Changed"];
  const row = [home, "tiup-home", "enable", "enable", "no"];
  const table = cells("th", header) +
    cells("td", row.map((text) => `<code>${text}</code>`));
  const failure = "Found enable instead of disable&#58; &#34;";
  assert.equal(
    main.summary,
    `<h3>TiUP telemetry</h3>
<table>${table}</table>
<p>Failed: <code>${failure}${metaOf(home)}&#34;</code></p>
`,
  );
});

test("a runner without job summaries is no failure", () => {
  const under = ["env", "-u", "GITHUB_STEP_SUMMARY"];
  assert.equal(startJob({ under }).main().exit, 0);
});

// ----------------------------------------------------------- the bundle

test("the bundle is readable, and knows no network", () => {
  const code = fs.readFileSync(join(ACTION, "dist/action.mjs"), "utf8");
  assert.doesNotMatch(code, /undici|\bfetch\(|WebSocket|child_process/);
  assert.match(code, /^async function enforce\(row, /m);
});

test("post.mjs does nothing but run action.mjs", () => {
  const code = fs.readFileSync(join(ACTION, METADATA.runs.post), "utf8");
  assert.match(code, /^import ".\/action.mjs"; \/\/ [\w ]+\n$/);
  assert.equal(dirname(METADATA.runs.post), dirname(METADATA.runs.main));
  assert.equal(basename(METADATA.runs.post), "post.mjs");
});
