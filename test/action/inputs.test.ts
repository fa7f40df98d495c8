/** Which inputs the action takes, and which it refuses; TIUP_TELEMETRY_STATUS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DISABLED, ENABLED, makeHome, readHome } from "../helpers/harness.ts";
import { assertFails, assertQuiet, startJob } from "../helpers/runner.ts";

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

test("inputs are trimmed", () => {
  const home = makeHome(ENABLED);
  const inputs = { state: " disable\n", "tiup-home": `\t${home}\n` };
  assert.equal(startJob().main({ ...inputs, reset: " false " }).exit, 0);
  assert.equal(readHome(home), DISABLED);
});

const MEANT_FOR_US = [
  "all, check, disable, disabled, dryrun, enable, enabled, force, home, homes",
  "json, mod, modes, modus, resets, sate, stat, states, status, telemetry, tiup",
  "tiuphomes, verfy, verifies, verifiy",
  "dry-run, dry_run, Dry Run, tiup_homes, TiUP, tele.metry",
  "tiup_home, tiup home, tiuphome, tiup.home, state_, mo-de, re.set, Veri_fy",
].join(", ").split(", ");

test("an undeclared input that is meant for us is refused, and what is valid is listed", () => {
  const home = makeHome(ENABLED);
  for (const given of MEANT_FOR_US) {
    const main = startJob().main({ "tiup-home": home, [given]: "true" });
    const name = given.toLowerCase().replaceAll(" ", "_");
    const valid = "state, mode, tiup-home, reset, verify";
    const text = `No input is "${name}"; valid are ${valid}; if `;
    assertFails(main, new RegExp(`^${text}`));
    assert.equal(readHome(home), ENABLED);
  }
});

const OWN = [
  "stage, node, date, name, version, token, path, target, model, module, code",
  "preset, estate, static, start, test, result, tag, ref, repository, moed",
  "environment, debug, verbose, statement, platform, os, arch, state_file",
  "reset_db, node_version, home_dir, working-directory, rest, run, dry, mods",
  "home_page, forced, very, tiup_version, resets_at, sttae, off, on, tiup_state",
].join(", ").split(", ");

test(`${OWN.length} INPUT_* of the job's own are none of our business`, () => {
  const own = Object.fromEntries(OWN.map((name) => [name, "x"]));
  const job = startJob();
  assert.equal(job.main({ "tiup-home": makeHome(ENABLED), ...own }).exit, 0);
  assert.equal(job.post().exit, 0);
});

// ------------------------------------------------ TIUP_TELEMETRY_STATUS

const VARIABLE = "TIUP_TELEMETRY_STATUS";

test("enforce exports a contradicting TIUP_TELEMETRY_STATUS anew", () => {
  const job = startJob({ env: { [VARIABLE]: "enable" } });
  const main = job.main({ "tiup-home": makeHome(DISABLED) });
  assert.deepEqual(main.exported, { [VARIABLE]: "disable" });
});

test("env: of the step itself goes before that, and fails the job at the end", () => {
  const job = startJob();
  const inputs = { "tiup-home": makeHome(DISABLED) };
  assert.equal(job.main(inputs, { [VARIABLE]: "enable" }).exit, 0);
  const message = /is not disable at the end of the job, .* env: of this step$/;
  assertFails(job.post(), message);
});

for (const value of ["disable", "", "off"]) {
  test(`TIUP_TELEMETRY_STATUS "${value}" agrees with state: disable`, () => {
    const env = { TIUP_HOME: makeHome(DISABLED), [VARIABLE]: value };
    const main = startJob({ env }).main();
    assertQuiet(main);
    assert.deepEqual(main.exported, {});
  });
}
