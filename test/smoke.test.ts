import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BUNDLED,
  DISABLED,
  ENABLED,
  FROM_SOURCE,
  listing,
  makeHome,
  readHome,
  run,
} from "./harness.ts";
for (const runtime of [...BUNDLED, ...FROM_SOURCE]) {
  test(`${runtime.name} runs the four commands`, () => {
    const home = makeHome(ENABLED);
    assert.deepEqual(run(["disable", "--home", home], { runtime }), {
      code: 0,
      signal: null,
      stdout: "Disable telemetry success\n",
      stderr: "",
    });
    assert.equal(readHome(home), DISABLED);
    assert.equal(run(["reset", "--home", home], { runtime }).code, 0);
    assert.equal(
      run(["enable", "--home", home, "--json"], { runtime }).code,
      0,
    );
    assert.equal(run(["status", "--home", home], { runtime }).code, 0);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}
