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
  secret,
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

// Most of these are just as TiUP writes them, and so take the way without a parser.
const almostTiups = fc.tuple(
  fc.option(fc.oneof(fc.uuid(), fc.constantFrom("", "1", "~")), { nil: null }),
  fc.option(fc.oneof(secret, secret.map((it) => `"${it}"`)), { nil: null }),
  fc.constantFrom("enable", "disable", "Enable", "", '"enable"', null),
  fc.constantFrom("\n", "\n\n", "", " \n"),
).map(([uuid, secret, status, end]) => {
  const lines = Object.entries({ uuid, secret, status })
    .flatMap(([key, value]) => value === null ? [] : [`${key}: ${value}`]);
  return lines.join("\n") + end;
});

test("parseMeta() reads TiUP's own form as it reads any other", () => {
  property(almostTiups, (text) => {
    const values = read(text);
    assert.deepEqual(
      values,
      read(`# a comment needs the parser\n${text}`),
    );
    assert.deepEqual(values, yamlValues(text));
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
    "JSON, and leaves it JSON",
    '{"status": "enable"}',
    { status: "disable" },
    '{"status": "disable"}',
  ],
  [
    "the alias, not the anchor",
    "x: &a on\nstatus: *a\n",
    { status: "enable" },
    "x: &a on\nstatus: enable\n",
  ],
  [
    "a flow map, with a new key",
    "{status: enable}\n",
    { uuid: "u" },
    "{status: enable, uuid: u}\n",
  ],
  [
    "an indented map, with a new key",
    "  status: on\n",
    { uuid: "u" },
    "  status: on\n  uuid: u\n",
  ],
];

for (const [title, before, changes, after] of EDITS) {
  test(`editMeta() writes ${title}`, () => {
    assert.equal(editMeta(before, changes), after);
  });
}
