/** What is no meta file: refused with a message of its own, and left alone. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import {
  CANARY,
  ENABLED,
  listing,
  makeHome,
  metaOf,
  readHome,
  run,
} from "../helpers/harness.ts";

interface Refusal {
  readonly title: string;
  readonly file: string | Buffer;
  readonly reason: RegExp;
  readonly line?: number;
}

// A reason is named only where it is certainly the one.
const NO_LINE = /, line \d+: not a line that a meta file may hold;/;

const REFUSALS: readonly Refusal[] = [
  {
    title: "a duplicate key",
    file: `${ENABLED}status: disable\n`,
    reason: /its key stands above already/,
    line: 4,
  },
  {
    title: "a duplicate key that TiUP does not know",
    file: `x: 1\n${ENABLED}x: 2\n`,
    reason: /its key stands above already/,
    line: 5,
  },
  {
    title: "several documents",
    file: `${ENABLED}---\nstatus: disable\n`,
    reason: NO_LINE,
    line: 4,
  },
  {
    title: "a list as status",
    file: `secret: ${CANARY}\nstatus: [enable]\n`,
    reason: /it holds JSON or a flow collection/,
    line: 2,
  },
  {
    title: "JSON",
    file: `{"status": "enable", "secret": "${CANARY}"}\n`,
    reason: /it holds JSON or a flow collection/,
    line: 1,
  },
  {
    title: "a mapping as uuid",
    file: "# x\nuuid:\n  a: b\n",
    reason: NO_LINE,
    line: 3,
  },
  {
    title: "a list as secret",
    file: `status: enable\nsecret:\n- ${CANARY}\n`,
    reason: NO_LINE,
    line: 3,
  },
  {
    title: "a value of several lines",
    file: `secret:\n  ${CANARY}\nstatus: enable\n`,
    reason: NO_LINE,
    line: 2,
  },
  {
    title: "a first line that is indented",
    file: " status: enable\n",
    reason: NO_LINE,
    line: 1,
  },
  {
    title: "a block scalar",
    file: `secret: |\n  ${CANARY}\n`,
    reason: NO_LINE,
    line: 1,
  },
  {
    title: "an anchor",
    file: `x: &a ${CANARY}\nuuid: *a\n`,
    reason: NO_LINE,
    line: 1,
  },
  {
    title: "quotes in quotes",
    file: `secret: '${CANARY}'''\n`,
    reason:
      /quotes must hold the whole value, and neither a quote nor a backslash/,
    line: 1,
  },
  {
    title: "an unclosed quote",
    file: `uuid: x\nsecret: "${CANARY}\nstatus: enable\n`,
    reason:
      /quotes must hold the whole value, and neither a quote nor a backslash/,
    line: 2,
  },
  {
    title: "a colon at the end",
    file: "status: enable:\r\n",
    reason: NO_LINE,
    line: 1,
  },
  {
    title: "a tab",
    file: "uuid:\tx\n",
    reason: /it holds a tab/,
    line: 1,
  },
  {
    title: "a control character",
    file: `uuid: a\nstatus: enable\x07\n`,
    reason: /it holds a character that a meta file may not hold/,
    line: 2,
  },
  {
    title: "a NUL in a comment",
    file: "---\nstatus: enable\n# \0",
    reason: /it holds a character that a meta file may not hold/,
    line: 3,
  },
  {
    title: "a lone carriage return",
    file: "uuid: a\rstatus: enable\n",
    reason: /it holds a character that a meta file may not hold/,
    line: 1,
  },
  {
    title: "a lone carriage return at the end",
    file: "\ufeff---\r\nuuid: a\r",
    reason: /it holds a character that a meta file may not hold/,
    line: 2,
  },
  {
    title: "a value that begins with a hyphen",
    file: "n: -1\n",
    reason: NO_LINE,
    line: 1,
  },
  {
    title: "an escape in a value",
    file: '"status": "di\\u0073able"\n',
    reason: /quotes must hold the whole value, and neither/,
    line: 1,
  },
  {
    title: "JSON without a blank behind the colon",
    file: '"status":"disable"\n',
    reason: NO_LINE,
    line: 1,
  },
  {
    title: "a list at the top",
    file: "- status: enable\n",
    reason: NO_LINE,
    line: 1,
  },
  {
    title: "a text at the top",
    file: `# x\n${CANARY}\n`,
    reason: NO_LINE,
    line: 2,
  },
  {
    title: "invalid UTF-8",
    file: Buffer.from(`${ENABLED}# caf\xe9\n`, "latin1"),
    reason: /it is not valid UTF-8/,
  },
  {
    title: "more than 64 KiB",
    file: ENABLED + "#".repeat(64 * 1024 + 1 - ENABLED.length),
    reason: /it is larger than 64 KiB/,
  },
];

function error(result: { stderr: string }, home: string): string {
  const { stderr } = result;
  assert.match(stderr, /^error: [^\n]+\n$/, "one line");
  assert.ok(stderr.includes(JSON.stringify(metaOf(home))), "names the file");
  assert.ok(!stderr.includes(CANARY), "keeps the secret");
  return stderr;
}

for (const { title, file, reason, line } of REFUSALS) {
  test(`${title} is refused, and the file left alone`, () => {
    const home = makeHome(file);
    for (const command of ["status", "enable", "disable", "reset"]) {
      const result = run([command, "--home", home]);
      assert.equal(result.code, 1);
      assert.equal(result.stdout, "");
      assert.match(error(result, home), reason);
    }
    const { stdout } = run(["disable", "--json", "--home", home]);
    const failure = JSON.parse(stdout).error;
    assert.equal(failure.code, "invalid-meta");
    assert.match(failure.message, reason);
    const advice = /64 KiB/.test(failure.message)
      ? /; move it away$/
      : /; mend the file, or let .* --force keep it/;
    assert.match(failure.message, advice);
    assert.equal(failure.line, line);
    if (line) assert.match(failure.message, /a meta file holds lines "key: /);
    assert.deepEqual(fs.readFileSync(metaOf(home)), Buffer.from(file));
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}

test("a file of exactly 64 KiB is read and changed", () => {
  const rest = "#".repeat(64 * 1024 - ENABLED.length - 1);
  const home = makeHome(`${ENABLED}${rest}\n`);
  assert.equal(run(["reset", "--home", home]).code, 0);
  assert.ok(readHome(home).endsWith(`\n${rest}\n`));
});
