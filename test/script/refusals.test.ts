/** What is no meta file: refused with a message of its own, and left alone. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";
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

const REFUSALS: readonly Refusal[] = [
  {
    title: "a duplicate key",
    file: `${ENABLED}status: disable\n`,
    reason: /a key stands there twice/,
    line: 4,
  },
  {
    title: "a duplicate key that TiUP does not know",
    file: `x: 1\n${ENABLED}x: 2\n`,
    reason: /a key stands there twice/,
    line: 5,
  },
  {
    title: "several documents",
    file: `${ENABLED}---\nstatus: disable\n`,
    reason: /it holds several documents/,
    line: 4,
  },
  {
    title: "a list as status",
    file: `secret: ${CANARY}\nstatus: [enable]\n`,
    reason: /"status" is not a single value/,
    line: 2,
  },
  {
    title: "a map as uuid",
    file: "uuid:\n  a: b\n",
    reason: /"uuid" is not a single value/,
    line: 1,
  },
  {
    title: "a list as secret",
    file: `status: enable\nsecret:\n- ${CANARY}\n`,
    reason: /"secret" is not a single value/,
    line: 2,
  },
  {
    title: "invalid UTF-8",
    file: Buffer.from(`${ENABLED}# caf\xe9\n`, "latin1"),
    reason: /it is not valid UTF-8/,
  },
  {
    title: "a control character",
    file: `uuid: a\nstatus: enable\x07\n`,
    reason: /it holds a control character/,
    line: 2,
  },
  {
    title: "a NUL",
    file: "status: enable\n\0",
    reason: /it holds a control character/,
    line: 2,
  },
  {
    title: "a lone carriage return",
    file: "uuid: a\rstatus: enable\n",
    reason: /it holds a control character/,
    line: 1,
  },
  {
    title: "more than 64 KiB",
    file: ENABLED + "#".repeat(64 * 1024 + 1 - ENABLED.length),
    reason: /it is larger than 64 KiB/,
  },
  {
    title: "a list at the top",
    file: "- status: enable\n",
    reason: /it is not a mapping of keys to values/,
    line: 1,
  },
  {
    title: "a text at the top",
    file: `# x\n${CANARY}\n`,
    reason: /it is not a mapping of keys to values/,
    line: 2,
  },
  {
    title: "an unclosed quote",
    file: `secret: "${CANARY}\nstatus: enable\n`,
    reason: /it is not valid YAML/,
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
    if (line !== undefined) assert.equal(failure.line, line);
    assert.deepEqual(fs.readFileSync(metaOf(home)), Buffer.from(file));
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}

test("each kind of refusal has a message of its own", () => {
  const contract = [
    "duplicate key",
    "documents",
    "as status",
    "UTF-8",
    "control",
    "KiB",
  ];
  const reasons = contract.map((kind) =>
    REFUSALS.find(({ title }) => title.includes(kind))?.reason.source
  );
  assert.equal(new Set(reasons).size, contract.length);
});

test("a file of exactly 64 KiB is read and changed", () => {
  const rest = "#".repeat(64 * 1024 - ENABLED.length - 1);
  const home = makeHome(`${ENABLED}${rest}\n`);
  assert.equal(run(["reset", "--home", home]).code, 0);
  assert.ok(readHome(home).endsWith(`\n${rest}\n`));
});

const KINDS: { readonly [kind: string]: (path: string) => unknown } = {
  folder: (path) => fs.mkdirSync(path),
  FIFO: (path) => assert.equal(spawnSync("mkfifo", [path]).status, 0),
  "link to a device": (path) => fs.symlinkSync("/dev/zero", path),
  socket: (path) =>
    new Promise<void>((done) => {
      const server = createServer().listen(path, done).unref();
      server.on("error", assert.fail);
    }),
};

for (const [kind, make] of Object.entries(KINDS)) {
  test(`a ${kind} in the file's place is refused at once`, async () => {
    const home = makeHome("");
    fs.rmSync(metaOf(home));
    await make(metaOf(home));
    const before = fs.lstatSync(metaOf(home));
    for (const args of [["status"], ["enable"], ["reset", "--force"]]) {
      const begin = performance.now();
      const result = run([...args, "--home", home]);
      assert.ok(performance.now() - begin < 3_000, "it did not wait");
      assert.equal(result.code, 1);
      assert.match(error(result, home), /it is not a regular file/);
    }
    const now = fs.lstatSync(metaOf(home));
    assert.deepEqual([now.ino, now.mode], [before.ino, before.mode]);
    assert.deepEqual(listing(home), ["meta.yaml"]);
  });
}
