/** docs/action.md has one table of all messages, and none is missing. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MESSAGES } from "../../action.ts";
import { ROOT } from "../helpers/harness.ts";
import { SITUATIONS } from "./situations.ts";

const page = fs.readFileSync(join(ROOT, "docs/action.md"), "utf8");
const [, table = ""] = page.split(/<!-- \/?messages -->/);
const DOCUMENTED = [...table.matchAll(/^\| `(.*?)` +\| \S/gm)]
  .map(([, message = ""]) => message);

/** What the command line says, too; the tests of its own have all of them. */
const SHARED = [
  /^Cannot (read|change) ".*"(, line \d+)?: .+; .+$/,
  /^TiUP ignores DO_NOT_TRACK, and ".*" says enable$/,
  /^HOME is ".*", but TiUP follows \/etc\/passwd: using ".*"$/,
  /^The folder ".*" was missing and was made$/,
];

/** A message with anything in the places of its arguments. */
function patternOf(name: keyof typeof MESSAGES): RegExp {
  const say: (...texts: string[]) => string = MESSAGES[name];
  const anything = Array.from({ length: say.length }, () => "\0");
  const text = say(...anything).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${text.replaceAll("\0", "(.+)")}$`);
}

const NAMES = Object.keys(MESSAGES) as (keyof typeof MESSAGES)[];
const PATTERNS = NAMES.map(patternOf);

for (const name of NAMES) {
  test(`docs/action.md says what happened where the action says: ${name}`, () => {
    const pattern = patternOf(name);
    assert.ok(
      DOCUMENTED.some((message) => pattern.test(message)),
      `${pattern}`,
    );
  });
}

test("docs/action.md says what the action and the command line both say", () => {
  for (const pattern of SHARED) {
    assert.ok(
      DOCUMENTED.some((message) => pattern.test(message)),
      `${pattern}`,
    );
  }
});

test("docs/action.md has no message that nobody says", () => {
  const known = [...PATTERNS, ...SHARED];
  assert.ok(DOCUMENTED.length >= NAMES.length);
  for (const message of DOCUMENTED) {
    assert.ok(known.some((pattern) => pattern.test(message)), message);
  }
});

test("no situation shows a message that is not in the table", () => {
  const known = [...PATTERNS, ...SHARED];
  for (const { main, post } of SITUATIONS) {
    for (const line of [...main, ...post]) {
      if (/^exit \d$|^status=|^H\d \| /.test(line)) continue;
      const message = line.replace(/^\w+ \[[^\]]*\] (F\d (?=[A-Z"]))?/, "");
      assert.ok(known.some((pattern) => pattern.test(message)), message);
    }
  }
});

test("the action prints what stands in its table, and nothing else", () => {
  const source = fs.readFileSync(join(ROOT, "action.ts"), "utf8");
  const [, code = ""] = source.split("class Failure");
  const printed = code.match(
    /(?<!class )\b(new Failure|core\.(info|notice|warning|error))\(\s*[\w.(]+/g,
  ) ?? [];
  assert.ok(printed.length > 20);
  for (const call of printed) {
    assert.match(call, /\((MESSAGES\.|text$|describe\(|message$|say\()/, call);
  }
});
