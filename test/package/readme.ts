/**
 * Writes what the documents say of the action's inputs and outputs, from
 * action.yml, between their markers: `npx tsx test/package/readme.ts`.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../helpers/harness.ts";
import type { Metadata } from "../helpers/runner.ts";

/** What stands for the hash of a release, which nobody knows before it is made. */
const HASH = "0123456789abcdef0123456789abcdef01234567";

const SECTIONS = {
  "README.md": ["usage-short"],
  "docs/action.md": ["usage", "outputs"],
} as const;

type Document = keyof typeof SECTIONS;

/** The documents with sections from action.yml. */
export const DOCUMENTS = Object.keys(SECTIONS) as Document[];

/** Returns the text with each marked section as action.yml has it. */
export function updateReadme(
  document: string,
  actionYml: string,
  name: Document = "README.md",
): string {
  const sections = renderSections(parse(actionYml));
  let text = document;
  for (const section of SECTIONS[name]) {
    const [start, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`];
    const [before, rest, more] = text.split(start);
    const [, after] = rest?.split(end) ?? [];
    if (after === undefined || more !== undefined) {
      throw new Error(`${name} has not exactly one ${start} ... ${end}`);
    }
    text = `${before}${start}\n\n${sections[section]}\n\n${end}${after}`;
  }
  return text;
}

function renderSections({ inputs, outputs }: Metadata) {
  return {
    "usage-short": renderUsage(["    state: disable"]),
    usage: renderUsage(
      Object.entries(inputs).flatMap(([name, input], at) => [
        ...(at > 0 ? [""] : []),
        `    # ${input.description}`,
        `    ${name}: ${input.default || '""'}`,
      ]),
    ),
    outputs: renderTable([
      ["output", "meaning"],
      ...Object.entries(outputs).map(([name, { description }]) => [
        `\`${name}\``,
        description,
      ]),
    ]),
  };
}

function renderUsage(inputs: readonly string[]): string {
  const { version, repository } = JSON.parse(
    fs.readFileSync(join(ROOT, "package.json"), "utf8"),
  );
  const name = repository.url.replace(/.*github\.com\/(.*)\.git/, "$1");
  const uses = `- uses: ${name}@${HASH} # v${version}`;
  return ["```yaml", uses, "  with:", ...inputs, "```"].join("\n");
}

// As deno fmt would have it, so that the two never take turns.
function renderTable([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [head, rule, ...rows].map(line).join("\n");
}

if (process.argv[1] === import.meta.filename) {
  const actionYml = fs.readFileSync(join(ROOT, "action.yml"), "utf8");
  for (const name of DOCUMENTS) {
    const path = join(ROOT, name);
    const text = updateReadme(fs.readFileSync(path, "utf8"), actionYml, name);
    fs.writeFileSync(path, text);
  }
}
