/** The README agrees with the help, and what it names is there. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../telemetry.ts";
import { ROOT, run } from "../helpers/harness.ts";

const README = fs.readFileSync(join(ROOT, "README.md"), "utf8");
const HELP = run(["--help"]).stdout;

/** The first cell of each row of the table below this header. */
function firstColumn(header: string): string[] {
  const lines = README.split("\n");
  const start = lines.findIndex((line) =>
    line.replace(/\s+/g, " ").startsWith(header)
  );
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((row) => row.split("|")[1]?.trim() ?? "");
}

test("the README and the help list the same commands", () => {
  const names = Object.keys(COMMANDS);
  assert.deepEqual(
    firstColumn("| command | what"),
    names.map((n) => `\`${n}\``),
  );
  for (const name of names) assert.match(HELP, new RegExp(`^  ${name} `, "m"));
});

test("the README and the help list the same flags", () => {
  const inHelp = HELP.match(/^ {2}-.*?(?= {2})/gm)?.join(", ").match(
    /-[\w-]+/g,
  );
  const inReadme = firstColumn("| flag | on").join(", ").match(/-[\w-]+/g);
  assert.deepEqual(new Set(inReadme), new Set(inHelp));
});

test("the README and the help list the same exit codes", () => {
  const inHelp = /Exit codes: .*/.exec(HELP)?.[0].match(/\d/g);
  assert.deepEqual(firstColumn("| exit | when"), inHelp);
});

test("every file that the documents name is there", () => {
  for (const name of ["README.md", "CONTRIBUTING.md", "SECURITY.md"]) {
    const text = fs.readFileSync(join(ROOT, name), "utf8");
    const paths = [
      ...text.matchAll(/`((?:test|dist|examples|\.ci|\.github)\/[\w./-]+)`/g),
      ...text.matchAll(/\]\(([\w./-]+)\)/g),
    ];
    for (const [, path = ""] of paths) {
      assert.ok(fs.existsSync(join(ROOT, path)), `${name} names ${path}`);
    }
  }
});
