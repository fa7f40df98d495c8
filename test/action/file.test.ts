/** What the action does to the meta file, and what it says of it in outputs. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
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
  skip,
  UUID,
} from "../helpers/harness.ts";
import { assertFails, assertQuiet, startJob } from "../helpers/runner.ts";

const MINTED = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/;

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
  assert.match(uuid, MINTED);
  assert.deepEqual(main.masks, [uuid, secret]);
  assert.equal(main.outputs["uuid"], uuid);
});

test("reset: true gives a new uuid, masks both, and keeps the secret", () => {
  const home = makeHome(ENABLED);
  const main = startJob().main({ "tiup-home": home, reset: "true" });
  const uuid = main.outputs["uuid"] ?? "";
  assert.match(uuid, MINTED);
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

// ------------------------------------------------ what happens in between

const MISSING_STRACE = spawnSync("strace", ["-V"]).status !== 0;

/** `writer`, a script with the file as $0, acts while main is held at `rename`. */
function mainBeside(home: string, writer: string, ...when: string[]) {
  spawn("sh", ["-c", writer, metaOf(home)], { stdio: "ignore" });
  const trace = ["-f", "-o", "/dev/null", "-e", "trace=rename"];
  const delay = `inject=rename:delay_exit=400000${when.join("")}`;
  const job = startJob({ under: ["strace", ...trace, "-e", delay] });
  return (inputs = {}) => job.main({ "tiup-home": home, ...inputs });
}

const UNTIL_DISABLED = `for i in $(seq 500); do
  grep -q disable "$0" && break
  sleep 0.01
done`;

for (const written of ["status: enable", `uuid: ${UUID}\nstatus: disable`]) {
  test(
    `another program that writes ${
      JSON.stringify(written)
    } at the same time fails the job, and the change is announced`,
    (t) => {
      if (MISSING_STRACE) return skip(t, "strace");
      const home = makeHome("status: enable\n");
      const writer = `${UNTIL_DISABLED}; printf '${written}\\n' > "$0"`;
      const main = mainBeside(home, writer)();
      const [notice] = main.annotations;
      assert.equal(
        notice?.message,
        `Changed "${metaOf(home)}": enable before, disable now`,
      );
      assertFails(
        main,
        /^Another program changed ".*" while this step ran; /,
        metaOf(home),
      );
    },
  );
}

test("a change is announced where the reset after it fails", (t) => {
  if (MISSING_STRACE) return skip(t, "strace");
  const home = makeHome(ENABLED);
  const folder = 'rm "$0" && mkdir "$0"';
  const main = mainBeside(home, `${UNTIL_DISABLED}; ${folder}`)({
    reset: "true",
  });
  const [notice] = main.annotations;
  assert.equal(
    notice?.message,
    `Changed "${metaOf(home)}": enable before, disable now`,
  );
  assertFails(
    main,
    /^Cannot read ".*": it is not a regular file; move it away$/,
    metaOf(home),
  );
});
