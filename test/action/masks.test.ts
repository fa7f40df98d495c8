/** Nothing of the file, the path or the inputs acts in the log, outputs or summary. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  CANARY,
  DISABLED,
  ENABLED,
  makeHome,
  metaOf,
  readHome,
  UUID,
} from "../helpers/harness.ts";
import {
  assertFails,
  assertQuiet,
  METADATA,
  startJob,
} from "../helpers/runner.ts";

test("uuid and secret are masked once each, before anything is printed, in both stages", () => {
  const home = makeHome(ENABLED);
  const job = startJob();
  for (const stage of [job.main({ "tiup-home": home }), job.post()]) {
    const first = `::add-mask::${UUID}\n::add-mask::${CANARY}\n`;
    assert.ok(stage.stdout.startsWith(first));
    assert.equal(stage.stdout.match(/add-mask/g)?.length, 2);
  }
});

test("uuid and secret in capitals are masked, and the uuid is an output", () => {
  const [uuid, secret] = [UUID.toUpperCase(), CANARY.toUpperCase()];
  const home = makeHome(`uuid: ${uuid}\nsecret: ${secret}\nstatus: disable\n`);
  const main = startJob().main({ "tiup-home": home });
  assert.deepEqual(main.masks, [uuid, secret]);
  assert.equal(main.outputs["uuid"], uuid);
});

test("what has not the form of TiUP's uuid and secret is neither mask nor output", () => {
  for (const word of ["telemetry", "disabled", `${UUID}0`, UUID.slice(1)]) {
    const home = makeHome(`uuid: ${word}\nsecret: ${word}\nstatus: disable\n`);
    const main = startJob().main({ "tiup-home": home });
    assert.deepEqual(main.masks, []);
    assert.equal(main.outputs["uuid"], "");
  }
});

test("a hostile input value or name acts nowhere", () => {
  const hostile = "x\n::add-mask::y\r::warning::z ##[error]w\u202e";
  const value = startJob().main({ state: hostile });
  assertFails(value, /^state is "x\\n::add-mask::y/);
  const home = startJob().main({ "tiup-home": hostile });
  assertFails(home, /^tiup-home is "x\\n::add-mask::y/);
  const name = startJob().main({ "##[error]json": "x", "j_s-o.n": "x" });
  assertFails(name, /^No input is "j_s-o.n"; /);
});

test("a hostile TIUP_HOME acts nowhere", () => {
  const TIUP_HOME = "x\n::add-mask::y\r::warning::z ##[error]w\u202e";
  const relative = startJob({ env: { TIUP_HOME } }).main();
  assertFails(relative, /^TIUP_HOME is "x\\n::add-mask::y/);
  const job = startJob({ env: { TIUP_HOME: `/${TIUP_HOME}` } });
  const beside = job.main({ "tiup-home": makeHome(DISABLED) });
  const [warning] = beside.annotations;
  assert.match(warning?.message ?? "", /^TIUP_HOME leads to "\/x\\n::add-mask/);
});

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
  const header = ["Home", "From", "Wanted", "Before", "After", "Changed"];
  const row = [home, "tiup-home", "disable", "enable", "enable", "no"];
  const table = cells("th", header) +
    cells("td", row.map((text) => `<code>${text}</code>`));
  const failure = `&#34;${metaOf(home)}&#34; says enable&#44; not disable`;
  assert.equal(
    main.summary,
    `<h3>TiUP telemetry</h3>
<table>${table}</table>
<p>Failed: <code>${failure}&#59; set mode&#58; enforce to change that</code></p>
`,
  );
});

test("a runner without job summaries is no failure", () => {
  const under = ["env", "-u", "GITHUB_STEP_SUMMARY"];
  assert.equal(startJob({ under }).main().exit, 0);
});
