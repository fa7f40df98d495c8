/**
 * Writes what the README says of the action's inputs and outputs, from
 * action.yml, between its markers: `npx tsx test/package/readme.ts`.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../helpers/harness.ts";
import type { Metadata } from "../helpers/runner.ts";

/** What stands for the hash of a release, which nobody knows before it is made. */
const HASH = "0123456789abcdef0123456789abcdef01234567";

/** Returns the text with each marked section as action.yml has it. */
export function updateReadme(readme: string, actionYml: string): string {
  const metadata: Metadata = parse(actionYml);
  let text = readme;
  for (const [name, section] of Object.entries(renderSections(metadata))) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [before, rest, more] = text.split(start);
    const [, after] = rest?.split(end) ?? [];
    if (after === undefined || more !== undefined) {
      throw new Error(`README.md has not exactly one ${start} ... ${end}`);
    }
    text = `${before}${start}\n\n${section}\n\n${end}${after}`;
  }
  return text;
}

function renderSections({ inputs, outputs }: Metadata): Record<string, string> {
  return {
    "usage-short": renderUsage(["    state: disable"]),
    usage: renderUsage(
      Object.entries(inputs).flatMap(([name, input], at) => [
        ...(at > 0 ? [""] : []),
        `    # ${input.description}`,
        `    ${name}: ${input.default || '""'}`,
      ]),
    ),
    inputs: renderTable([
      ["input", "default", "meaning"],
      ...Object.entries(inputs).map(([name, input]) => [
        `\`${name}\``,
        input.default ? `\`${input.default}\`` : "empty",
        input.description,
      ]),
    ]),
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
  const [readme, actionYml] = ["README.md", "action.yml"].map((name) =>
    fs.readFileSync(join(ROOT, name), "utf8")
  );
  const text = updateReadme(readme ?? "", actionYml ?? "");
  fs.writeFileSync(join(ROOT, "README.md"), text);
}
