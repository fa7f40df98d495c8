/** Meta files as people write them, what they mean, and what an edit makes of them. */
import fc from "fast-check";
import {
  isAlias,
  isMap,
  isScalar,
  parse,
  parseDocument,
  type Scalar,
} from "yaml";
import type { Meta } from "../../telemetry.ts";

const KEYS = ["uuid", "secret", "status"] as const;
type Key = typeof KEYS[number];

/** A line of a file: a value that may be edited, or something to keep. */
type Line =
  | { key: Key; gap: string; quote: string; value: string; tail: string }
  | { other: string };

interface File {
  readonly bom: string;
  readonly newline: string;
  readonly lines: readonly Line[];
  /** Whether the last line has its line break. */
  readonly complete: boolean;
}

// Half of them look like a number to YAML: these are what quotes are for.
export const secret: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.stringMatching(/^[0-9]{32}$/),
  fc.stringMatching(/^[0-9]{28}e[0-9]{3}$/),
  fc.constantFrom("123e4", "0123456", "0b10"),
);
const values: { [key in Key]: fc.Arbitrary<string> } = {
  uuid: fc.oneof(fc.uuid(), fc.constantFrom("hello", "12345", "2020-01-01")),
  secret,
  status: fc.constantFrom("enable", "disable", "on", "maybe"),
};

const OTHERS: readonly fc.Arbitrary<Line>[] = [
  "",
  "# status: enable",
  "x:\n  # héllo ☃",
  "extra: 1 # note",
  "statusx: enable",
  "UUID: x",
  "list:\n  - status\n  -  enable # b",
  "map:\n  status: enable\n  deep:\n    uuid: 'a # b'\n  rest: ~",
  'labels: # none\n\n      - a\n  # less\n      - "b: c" # d',
].map((other) => fc.constant({ other }));

const pair = (key: Key): fc.Arbitrary<Line> =>
  fc.record({
    key: fc.constant(key),
    gap: fc.constantFrom(" ", "   "),
    quote: fc.constantFrom("", '"', "'"),
    value: values[key],
    tail: fc.constantFrom("", "  ", " # disable"),
  });

export const file: fc.Arbitrary<File> = fc.record({
  bom: fc.constantFrom("", "\ufeff"),
  newline: fc.constantFrom("\n", "\r\n"),
  complete: fc.boolean(),
  lines: fc.shuffledSubarray([...KEYS.map(pair), ...OTHERS])
    .chain((lines) => fc.tuple(...lines)),
});

export const changes: fc.Arbitrary<Partial<Meta>> = fc.record({
  uuid: fc.uuid({ version: 4 }),
  secret,
  status: fc.constantFrom("enable", "disable"),
}, { requiredKeys: [] });

/** Returns the text of a file. */
export function render({ bom, newline, lines, complete }: File): string {
  const text = lines.map((line) =>
    "other" in line
      ? line.other
      : `${line.key}:${line.gap}${line.quote}${line.value}${line.quote}${line.tail}`
  ).join("\n");
  const end = complete && text !== "" ? "\n" : "";
  return bom + (text + end).replaceAll("\n", newline);
}

/** Returns the values that a file holds. */
export function meant({ lines }: File): Meta {
  const meta = { uuid: "", secret: "", status: "" };
  for (const line of lines) if ("key" in line) meta[line.key] = line.value;
  return meta;
}

function isNumber(value: string): boolean {
  return Number.isFinite(parse(value, { version: "1.1" }));
}

/** The same file with these values, new keys at its end. */
export function changedFile(file: File, changes: Partial<Meta>): string {
  const has = (key: Key) =>
    file.lines.some((line) => "key" in line && line.key === key);
  const lines = file.lines.map((line) => {
    const value = "key" in line ? changes[line.key] : undefined;
    if (!("key" in line) || value === undefined || value === line.value) {
      return line;
    }
    return {
      ...line,
      value,
      quote: line.quote || (isNumber(value) ? '"' : ""),
    };
  });
  const text = render({ ...file, lines });
  const added = KEYS.filter((key) => changes[key] && !has(key)).map((key) => {
    const value = changes[key] ?? "";
    return `${key}: ${isNumber(value) ? `"${value}"` : value}`;
  });
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  if (added.length === 0) return text;
  return text === "" || text.endsWith("\n")
    ? text + added.map((line) => line + newline).join("")
    : [text, ...added].join(newline);
}

/** Reads a file's values with the yaml package, null as TiUP takes it: as empty. */
export function yamlValues(text: string): Meta {
  const document = parseDocument(text, {
    schema: "failsafe",
    logLevel: "error",
  });
  const [error] = document.errors;
  if (error) throw error;
  const value = (key: Key): string => {
    if (!isMap(document.contents)) return "";
    const node = document.contents.get(key, true);
    const scalar = isAlias(node) ? node.resolve(document) : node;
    return isScalar(scalar) && !isNull(scalar) ? String(scalar.value) : "";
  };
  return {
    uuid: value("uuid"),
    secret: value("secret"),
    status: value("status"),
  };
}

function isNull({ type, tag, source }: Scalar): boolean {
  return type === "PLAIN" && !tag && /^(~|null|Null|NULL)?$/.test(source ?? "");
}
