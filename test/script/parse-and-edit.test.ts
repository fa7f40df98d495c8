/** What parseMeta() and editMeta() promise, over generated files. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editMeta, type Meta, MetaError, parseMeta } from "../../telemetry.ts";
import {
  changedFile,
  changes,
  file,
  meant,
  render,
  yamlValues,
} from "../helpers/metafiles.ts";
import { CANARY, DISABLED, ENABLED } from "../helpers/harness.ts";

function read(text: string): Meta {
  const { uuid, secret, status } = parseMeta(text);
  return { uuid, secret, status };
}

const property = <T extends [unknown, ...unknown[]]>(
  ...rest: Parameters<typeof fc.property<T>>
): void => fc.assert(fc.property(...rest), { numRuns: 500 });

test("parseMeta() reads what was meant, in whatever way it is written", () => {
  property(file, (file) => {
    assert.deepEqual(read(render(file)), meant(file));
  });
});

test("editMeta() changes the values asked for and no other byte", () => {
  property(file, changes, (file, changes) => {
    const edited = editMeta(render(file), changes);
    assert.equal(edited, changedFile(file, changes));
    assert.deepEqual(read(edited), { ...meant(file), ...changes });
    assert.equal(editMeta(edited, changes), edited, "twice is once");
  });
});

const garbage = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(
    fc.constantFrom(
      ..."uuid|secret|status|enable|: |\n|  |- |? |[|]|{|}|,|#|\"|'|&a |*a |!!str |!x |<<|---\n|...\n|%|@|\t|\r|\ufeff||\n|>-\n|~"
        .split("|"),
      "|",
    ),
    { maxLength: 30 },
  ).map((parts) => parts.join("")),
  fc.tuple(file.map(render), fc.nat(), fc.string({ unit: "binary" })).map(
    ([text, at, junk]) =>
      text.slice(0, at % (text.length + 1)) + junk +
      text.slice(at % (text.length + 1)),
  ),
);

function orRefused<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    assert.ok(error instanceof MetaError, `a refusal, not ${error}`);
    assert.equal(error.code, "invalid-meta");
    assert.doesNotMatch(error.message, /[\p{C}\p{Zl}\p{Zp}]/u);
    return undefined;
  }
}

test("whatever a file holds, it is read and edited as YAML, or refused", () => {
  property(garbage, changes, (text, changes) => {
    const meta = orRefused(() => read(text));
    if (!meta) return;
    assert.deepEqual(meta, yamlValues(text));
    const edited = orRefused(() => editMeta(text, changes));
    if (edited === undefined) return;
    assert.deepEqual(yamlValues(edited), { ...meta, ...changes });
  });
});

// Text, what is asked, text afterwards.
const EDITS: readonly [
  title: string,
  before: string,
  changes: Partial<Meta>,
  after: string,
][] = [
  ["a new file as TiUP would write it", "", {
    status: "enable",
    secret: CANARY,
    uuid: "u",
  }, `uuid: u\nsecret: ${CANARY}\nstatus: enable\n`],
  ["a file of TiUP's in place", ENABLED, { status: "disable" }, DISABLED],
  [
    "a secret of digits with quotes",
    "",
    { secret: "1".repeat(32) },
    `secret: "${"1".repeat(32)}"\n`,
  ],
  [
    "a secret like 123e4 with quotes",
    "secret: x\n",
    { secret: "123e4" },
    'secret: "123e4"\n',
  ],
  ["a secret that is no number without quotes", "", {
    secret: `1e${"9".repeat(30)}`,
  }, `secret: 1e${"9".repeat(30)}\n`],
  [
    "a value next to a secret like 123e4, which stays",
    "secret: 123e4\nstatus: on\n",
    { status: "enable" },
    "secret: 123e4\nstatus: enable\n",
  ],
  ["a key without a value", "uuid:\nstatus: # none\n", {
    uuid: "u",
    status: "enable",
  }, "uuid: u\nstatus: enable # none\n"],
  [
    "a null",
    "status: ~ # off\n",
    { status: "enable" },
    "status: enable # off\n",
  ],
  [
    "a value in quotes, which stay",
    `uuid: 'old' # a\nstatus: "on"\n`,
    { uuid: "u", status: "enable" },
    `uuid: 'u' # a\nstatus: "enable"\n`,
  ],
  [
    "new keys after a nested list, in CRLF and without a last line break",
    "hosts:\r\n  - a\r\n  - b",
    { uuid: "u", status: "enable" },
    "hosts:\r\n  - a\r\n  - b\r\nuuid: u\r\nstatus: enable",
  ],
];

for (const [title, before, changes, after] of EDITS) {
  test(`editMeta() writes ${title}`, () => {
    assert.equal(editMeta(before, changes), after);
  });
}
