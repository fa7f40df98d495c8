/**
 * Paths that nobody means by a TiUP home: refused wherever a user gives one, with
 * what to write instead. For homes that are missing see missing.test.ts.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertHarmless, snapshot } from "../helpers/disk.ts";
import {
  DISABLED,
  ENABLED,
  flags,
  makeHome,
  metaOf,
  objects,
  readHome,
  run,
} from "../helpers/harness.ts";

// A user's folder with a home in it, and what is beside it. The working folder.
function makeUser(): string {
  const user = makeHome();
  fs.renameSync(makeHome(ENABLED), join(user, ".tiup"));
  fs.mkdirSync(join(user, "empty/.tiup"), { recursive: true });
  fs.renameSync(makeHome(ENABLED), join(user, "both"));
  fs.mkdirSync(join(user, "both/.tiup"));
  fs.renameSync(makeHome(ENABLED), join(user, "~"));
  fs.renameSync(makeHome(ENABLED), join(user, "telemetry"));
  fs.mkdirSync(join(user, "deep"));
  fs.renameSync(makeHome(ENABLED), join(user, "deep/telemetry"));
  return user;
}

// What the text shows is misuse as a flag and a failed home as a line; what needs a
// look is a failed home in both. In what is said, U is the user's folder.
const REFUSED: readonly (readonly [
  home: string,
  shown: "by its text" | "by a look",
  says: string,
])[] = [
  ["~", "by its text", '"./~"'],
  ["~/.tiup", "by its text", "in full"],
  ["~root/.tiup", "by its text", "in full"],
  ["~+", "by its text", "in full"],
  [".tiup/telemetry/meta.yaml", "by its text", '".tiup"'],
  ["U/.tiup/telemetry/meta.yaml", "by its text", '"U/.tiup"'],
  ["U/.tiup//telemetry//meta.yaml", "by its text", '"U/.tiup'],
  ["none/telemetry/meta.yaml", "by its text", '"none"'],
  ["telemetry/meta.yaml", "by its text", "meta.yaml"],
  [".tiup/telemetry", "by a look", '"U/.tiup"'],
  ["U/.tiup/telemetry", "by a look", '"U/.tiup"'],
  ["U/.tiup/telemetry/", "by a look", '"U/.tiup'],
  ["U/.tiup/./telemetry/.", "by a look", "U/.tiup"],
  ["U", "by a look", '"U/.tiup"'],
  ["U/", "by a look", "U/.tiup"],
  [".", "by a look", ".tiup"],
  ["empty", "by a look", "empty/.tiup"],
  ["both/../empty", "by a look", "empty/.tiup"],
];

for (const [name, shown, says] of REFUSED) {
  test(`--home ${name} is refused ${shown}, and told what is meant`, () => {
    const user = join(makeUser(), "");
    if (name.includes("U") || name === ".") removeTelemetry(user);
    const home = name.replace("U", user);
    const before = snapshot(user);
    for (const command of ["status", "disable --check", "enable", "reset"]) {
      const args = [...command.split(" "), "--json", "--home"];
      const flag = run([...args, home], { cwd: user });
      const line = run([...args, "-"], { cwd: user, input: `${home}\n` });
      for (const result of [flag, line]) {
        assertHarmless(result);
        assert.match(result.stderr, /^error: [^\n]+\n$/);
        const meant = says.replace("U", user);
        assert.ok(result.stderr.includes(meant), result.stderr);
      }
      assert.equal(line.code, 1);
      assert.equal(flag.code, shown === "by its text" ? 2 : 1);
      for (const { code, stdout } of [flag, line]) {
        if (code === 2) assert.equal(stdout, "");
        else assertFailure(stdout, home, user);
      }
    }
    assert.deepEqual(snapshot(user), before);
  });
}

function removeTelemetry(user: string): void {
  fs.rmSync(join(user, "telemetry"), { recursive: true });
}

function assertFailure(stdout: string, home: string, cwd: string): void {
  const [object] = objects<
    { home: string; file: string; error: { code: string } }
  >(stdout);
  assert.equal(object?.error.code, "refused");
  assert.equal(object?.home, home);
  assert.ok(object?.file.startsWith("/"), object?.file);
  assert.ok(home.startsWith("~") || object?.file.startsWith(cwd));
}

// Near to those, and homes all the same.
const HOMES = [
  "./~",
  "both",
  "U/.tiup",
  ".tiup",
  ".tiup/",
  ".tiup/telemetry/..",
  "telemetry", // a home of that name, which holds no meta.yaml itself
  "deep/telemetry",
  "U/deep/telemetry",
];

for (const name of HOMES) {
  test(`--home ${name} is a home, as a line of a list too`, () => {
    const user = makeUser();
    const home = name.replace("U", user);
    const options = { cwd: user, input: home };
    for (const given of [home, "-"]) {
      const args = ["disable", "--check", "--home", given];
      assert.equal(run(args, options).code, 3);
    }
    assert.equal(run(["disable", "--home", home], options).code, 0);
    assert.equal(readHome(join(user, name.replace("U", "."))), DISABLED);
  });
}

// TiUP takes it as it is, and what it then uses is what counts.
for (const TIUP_HOME of ["~", "~/.tiup", "empty", "telemetry"]) {
  test(`TIUP_HOME=${TIUP_HOME} is taken as TiUP takes it`, () => {
    const cwd = makeUser();
    const { code, stdout } = run(["disable", "--json"], {
      cwd,
      env: { TIUP_HOME },
    });
    assert.equal(code, 0);
    assert.equal(objects(stdout)[0]?.["file"], metaOf(join(cwd, TIUP_HOME)));
  });
}

test("a home that nobody means is misuse of all, or one home that fails", () => {
  const user = makeUser();
  const [a, b] = [makeHome(ENABLED), makeHome(ENABLED)];
  const texts = () => [a, b].map(readHome);
  const misuse = run(["disable", ...flags([a, "~/.tiup", b])], { cwd: user });
  assert.deepEqual([misuse.code, misuse.stdout], [2, ""]);
  assert.deepEqual(texts(), [ENABLED, ENABLED]);
  const check = ["disable", "--check", ...flags([a, "empty", b])];
  assert.equal(run(check, { cwd: user }).code, 1);
  const look = run(["disable", ...flags([a, "empty", b])], { cwd: user });
  assert.equal(look.code, 1);
  assert.deepEqual(texts(), [DISABLED, DISABLED]);
});
