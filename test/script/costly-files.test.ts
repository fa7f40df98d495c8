/** Files that look worse than YAML needs to, within a second each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Meta, MetaError, readMeta } from "../../telemetry.ts";
import { ENABLED, makeHome } from "../helpers/harness.ts";

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
  ["an alias bomb that nothing uses", `${bomb(12)}${ENABLED}`],
  [
    "350 levels",
    Array.from({ length: 350 }, (_, i) => `${" ".repeat(i)}k:\n`).join("") +
    "status: enable\n",
    enabled,
  ],
  ["64 KiB of blanks in a value", `x: a${" ".repeat(60_000)}\t`],
  ["64 KiB of blanks after quotes", `x: "a"${" ".repeat(60_000)}\t`],
  ["a key of 64 KiB", `${"k".repeat(60_000)}: x\n`],
  ["an alias of nothing", "status: *a\n"],
  ["an alias of itself", "status: &a [*a]\n"],
  [
    "__proto__ as a key",
    "x:\n  proto__: y\n__proto__:\n  status: disable\nstatus: enable\n",
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
    const home = makeHome(text);
    const begin = performance.now();
    const meta = await readMeta(home).catch((error: unknown) => error);
    assert.ok(performance.now() - begin < 1_000, "within a second");
    if (!values) return assert.ok(meta instanceof MetaError, `read as ${meta}`);
    const { uuid, secret, status } = meta as Meta;
    assert.deepEqual({ uuid, secret, status }, values);
  });
}
