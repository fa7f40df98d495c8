/** Files that look worse than YAML needs to, within a second each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Meta, MetaError, readMeta } from "../../telemetry.ts";
import { ENABLED, makeHome, metaOf, UUID } from "../helpers/harness.ts";

const bomb = (levels: number) =>
  Array.from(
    { length: levels },
    (_, i) =>
      `a${i}: &a${i} [${i ? Array(9).fill(`*a${i - 1}`).join(", ") : "x"}]\n`,
  ).join("");
const enabled: Partial<Meta> = { uuid: "", secret: "", status: "enable" };

// What must come out, or undefined where it must be refused; TiUP reads the same.
const NASTIES: readonly [
  title: string,
  text: string,
  values?: Partial<Meta>,
][] = [
  ["20,000 open brackets", "[".repeat(20_000)],
  ["20,000 open brackets in a value", `x: ${"[".repeat(20_000)}`],
  ["20,000 open braces", `x: ${"{a: ".repeat(20_000)}`],
  ["20,000 dashes", `x:\n  ${"- ".repeat(20_000)}`],
  ["20,000 nested quotes", `x: ${`"'`.repeat(20_000)}`],
  ["60,000 empty lines", `${"\n".repeat(60_000)}status: enable\n`, enabled],
  [
    "6,000 keys",
    Array.from({ length: 6_000 }, (_, i) => `k${i}: v\n`).join("") +
    "status: enable\n",
    enabled,
  ],
  ["an alias bomb as status", `${bomb(12)}status: *a11\n`],
  ["an alias of nothing", "status: *a\n"],
  ["an alias of itself", "status: &a [*a]\n"],
  [
    "__proto__ as a key",
    "__proto__: {status: disable}\nstatus: enable\n",
    enabled,
  ],
  ["__proto__ as a uuid", "uuid: __proto__\nstatus: enable\n", {
    ...enabled,
    uuid: "__proto__",
  }],
  [
    "constructor as a key",
    "constructor: x\ntoString: y\nstatus: enable\n",
    enabled,
  ],
  ["a merge key", "x: &a {status: enable}\n<<: *a\n"],
  ["an inline merge key", "<<: {status: enable}\n"],
  ["a binary tag", "status: !!binary ZW5hYmxl\n"],
  ["a number's tag", "status: !!int enable\n"],
  ["an explicit key", "? status\n: enable\n"],
  ["a directive", "%YAML 1.1\n---\nstatus: enable\n"],
  ["an unclosed quote", `status: "enable\n`],
  ["an unclosed quote in a key", `"status: enable\n`],
  ["an unclosed bracket", "{status: enable\n"],
];

for (const [title, text, values] of NASTIES) {
  test(`${title}: ${values ? "read as TiUP reads it" : "refused"}, and at once`, async () => {
    const file = metaOf(makeHome(text));
    const begin = performance.now();
    const meta = await readMeta(file).catch((error: unknown) => error);
    assert.ok(performance.now() - begin < 1_000, "within a second");
    if (!values) return assert.ok(meta instanceof MetaError, `read as ${meta}`);
    const { uuid, secret, status } = meta as Meta;
    assert.deepEqual({ uuid, secret, status }, values);
  });
}

test("an alias bomb that nothing uses: read or refused, and at once", async () => {
  const file = metaOf(makeHome(`${bomb(12)}${ENABLED}`));
  const begin = performance.now();
  const meta = await readMeta(file).catch(() => undefined);
  assert.ok(performance.now() - begin < 1_000, "within a second");
  assert.equal(meta?.uuid ?? UUID, UUID);
});
