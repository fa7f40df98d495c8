/** The documents agree with the help and action.yml, and what they name is there. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "../../telemetry.ts";
import { makeHome, metaOf, ROOT, run } from "../helpers/harness.ts";
import { DOCUMENTS, updateReadme } from "./readme.ts";

const read = (name: string) => fs.readFileSync(join(ROOT, name), "utf8");

const README = read("README.md");
const HELP = run(["--help"]).stdout;
const NAMES = Object.keys(COMMANDS);
const PAGES = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...["docs/", "examples/ansible/"].flatMap((folder) =>
    fs.readdirSync(join(ROOT, folder)).filter((name) => name.endsWith(".md"))
      .map((name) => folder + name)
  ),
];

/** The cells of each row of the README's table below this header. */
function rowsBelow(header: string): string[][] {
  const lines = README.split("\n");
  const start = lines.findIndex((line) =>
    line.replace(/\s+/g, " ").startsWith(header)
  );
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((row) =>
    row.split("|").slice(1).map((cell) => cell.trim())
  );
}

function flagsIn(text: string): string[] {
  return text.match(/(?<![\w-])--?[a-z]+/g) ?? [];
}

function flagsOf(help: string): string[] {
  return help.match(/^ {2}-.*?(?= {2})/gm)?.flatMap(flagsIn) ?? [];
}

test("the README and the help list the same commands", () => {
  const listed = rowsBelow("| command | what").map(([name]) => name);
  assert.deepEqual(listed, NAMES.map((name) => `\`${name}\``));
  for (const name of NAMES) assert.match(HELP, new RegExp(`^  ${name} `, "m"));
});

test("the README and each command's help list the same flags", () => {
  const rows = rowsBelow("| flag | on");
  for (const name of NAMES) {
    const listed = rows.filter(([, on = ""]) =>
      !on || on === "all" || on.includes(`\`${name}\``)
    ).flatMap(([flags = ""]) => flagsIn(flags));
    const help = run([name, "--help"]).stdout;
    const shown = [...flagsOf(help), ...flagsOf(HELP)];
    assert.deepEqual(new Set(listed), new Set(shown), name);
  }
});

test("the README and the help list the same exit codes", () => {
  const listed = rowsBelow("| exit | when").map(([code]) => code);
  for (const args of [[], ["disable"]]) {
    const { stdout } = run([...args, "--help"]);
    const [, codes = ""] = stdout.split("Exit codes:");
    assert.deepEqual(listed, codes.match(/^ +\d/gm)?.map((it) => it.trim()));
  }
});

test("the reference shows a refusal as it is", () => {
  const page = read("docs/reference.md");
  const [, text, shown] =
    /<!-- refusal: (.*) -->\n+```\n(.*\n)```/.exec(page) ??
      [];
  const home = makeHome(text);
  const { stderr } = run(["status", "--home", home]);
  assert.equal(shown, stderr.replace(metaOf(home), metaOf("/srv/b")));
});

for (const name of DOCUMENTS) {
  test(`${name} says of inputs and outputs what action.yml says`, () => {
    assert.equal(
      updateReadme(read(name), read("action.yml"), name),
      read(name),
    );
  });
}

// As GitHub makes it of a heading.
function anchorsOf(page: string): string[] {
  const headings = read(page).match(/(?<=^#+ ).*/gm) ?? [];
  return headings.map((heading) =>
    heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

const LINK = /\]\((?!https:)([\w./-]*)(?:#([\w-]+))?\)/g;

for (const page of PAGES) {
  test(`every file and heading that ${page} names is there`, () => {
    const text = read(page);
    const named = /`((?:test|dist|docs|examples|\.ci|\.github)\/[\w./-]+)`/g;
    for (const [, path = ""] of text.matchAll(named)) {
      assert.ok(fs.existsSync(join(ROOT, path)), path);
    }
    for (const [, path = "", anchor] of text.matchAll(LINK)) {
      const target = path ? join(dirname(page), path) : page;
      assert.ok(fs.existsSync(join(ROOT, target)), target);
      if (anchor) assert.ok(anchorsOf(target).includes(anchor), anchor);
    }
  });
}
