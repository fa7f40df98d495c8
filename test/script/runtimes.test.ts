/** The same program on every runtime, from source and as the bundle. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { allow, CHANGE } from "../helpers/permissions.ts";
import {
  BUNDLE,
  BUNDLED,
  DENO,
  DISABLED,
  ENABLED,
  FROM_SOURCE,
  inShell,
  listing,
  makeHome,
  objects,
  readHome,
  run,
  start,
  UUID,
} from "../helpers/harness.ts";

// A line that is not TiUP's, and stays.
const NOTE = "# kept # by hand\r\n";

for (const runtime of [...BUNDLED, ...FROM_SOURCE]) {
  test(`${runtime.name} runs the four commands`, () => {
    const home = makeHome(NOTE + ENABLED);
    const say = (...args: string[]) => {
      const result = run([...args, "--home", home], { runtime });
      assert.deepEqual([result.code, result.stderr], [0, ""]);
      return result.stdout;
    };
    assert.equal(say("status"), `status: enable\nuuid: ${UUID}\n`);
    assert.equal(say("disable"), "Disable telemetry success\n");
    assert.equal(readHome(home), NOTE + DISABLED);
    const uuid = /^Reset uuid as: ([0-9a-f-]{36}) success\n$/.exec(say("reset"))
      ?.[1];
    assert.ok(uuid && uuid !== UUID);
    assert.equal(say("enable"), "Enable telemetry success\n");
    assert.equal(readHome(home), NOTE + ENABLED.replace(UUID, uuid));
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });

  test(`${runtime.name} exits with 1, 2 and 3`, () => {
    const homes = ["[", ENABLED, "status: disable\n"].map((text) =>
      makeHome(text)
    ).join("\n");
    const json = ["disable", "--check", "--json", "--home", "-"];
    const failed = run(json, { runtime, input: homes });
    assert.equal(failed.code, 1);
    const answers = objects(failed.stdout).map(({ error, changed }) =>
      (error as { code: string } | undefined)?.code ?? changed
    );
    assert.deepEqual(answers, ["invalid-meta", true, false]);
    assert.match(
      failed.stderr,
      /^error: Cannot read [^\n]+\nerror: [^\n]+ says enable, not disable\n$/,
    );
    assert.equal(
      run(["disable", "--check", "--home", makeHome(ENABLED)], { runtime })
        .code,
      3,
    );
    const misuse = run(["disable", "--chek"], { runtime });
    assert.deepEqual([misuse.code, misuse.stdout], [2, ""]);
  });
}

for (const runtime of BUNDLED) {
  test(`${runtime.name} never writes to the file what was meant for a closed stream`, () => {
    const home = makeHome(ENABLED);
    const closed = inShell('"$@" <&- >&- 2>&-', runtime);
    const env = { TIUP_TELEMETRY_STATUS: "enable" };
    run(["disable", "--home", home], { runtime: closed, env });
    assert.equal(readHome(home), DISABLED);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });

  test(`${runtime.name} makes no home of a path that is not UTF-8`, () => {
    const cwd = makeHome();
    for (
      const line of [
        'TIUP_HOME="$(printf "x\\377")" "$@"',
        '"$@" --home "$(printf "x\\377")"',
      ]
    ) {
      const { code, stdout } = run(["enable"], {
        runtime: inShell(line, runtime),
        cwd,
      });
      assert.deepEqual([code, stdout], [1, ""]);
    }
    assert.deepEqual(fs.readdirSync(cwd), []);
  });
}

test("Deno runs the bundle from a URL, with no right to use the network", async () => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    response.setHeader("content-type", "text/javascript");
    response.end(fs.readFileSync(BUNDLE));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const home = makeHome(ENABLED);
    const flags = [`--allow-import=${host}`, ...allow(home, CHANGE)];
    const url = `http://${host}/telemetry.mjs`;
    const command = [
      DENO,
      "run",
      "--quiet",
      "--no-prompt",
      "--no-lock",
      ...flags,
      url,
    ];
    const runtime = { name: "URL", command };
    const { result } = start(["disable", "--home", home], { runtime });
    assert.deepEqual(await result, {
      code: 0,
      signal: null,
      stdout: "Disable telemetry success\n",
      stderr: "",
    });
    assert.equal(readHome(home), DISABLED);
    assert.deepEqual(requests, ["/telemetry.mjs"]);
  } finally {
    server.close();
  }
});
