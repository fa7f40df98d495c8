/** The documents agree with the help and action.yml, and what they name is there. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT, run } from "../helpers/harness.ts";
import { DOCUMENTS, updateReadme } from "./readme.ts";

const read = (name: string) => fs.readFileSync(join(ROOT, name), "utf8");

const README = read("README.md");
const HELP = run(["--help"]).stdout;
const NAMES = commandsOf(HELP);
const PAGES = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
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
  return text.match(/(?<![\w-])--?[a-z]+(?:-[a-z]+)*/g) ?? [];
}

function flagsOf(help: string): string[] {
  return help.match(/^ {2}-.*?(?= {2})/gm)?.flatMap(flagsIn) ?? [];
}

function commandsOf(help: string): string[] {
  const [, rest = ""] = help.split("\nCommands:\n");
  const [lines = ""] = rest.split("\n\n");
  return lines.match(/(?<=^ +)[a-z]+/gm) ?? [];
}

function exitCodesOf(help: string): string[] {
  const [, codes = ""] = help.split("\nExit codes:\n");
  return codes.match(/(?<=^ +)\d/gm) ?? [];
}

test("the README and the help list the same commands", () => {
  const listed = rowsBelow("| command | what").map(([cell = ""]) =>
    /[a-z]+/.exec(cell)?.[0]
  );
  assert.deepEqual(listed, NAMES);
});

const WITH_FLAGS = NAMES.filter((name) => name !== "help");

test("the README and each command's help list the same flags", () => {
  const rows = rowsBelow("| flag | on");
  for (const name of WITH_FLAGS) {
    const listed = rows.filter(([, on = ""]) =>
      !on || on === "all" || on.includes(`\`${name}\``)
    ).flatMap(([flags = ""]) => flagsIn(flags));
    const help = run([name, "--help"]).stdout;
    const shown = [...flagsOf(help), ...flagsOf(HELP)];
    assert.deepEqual(new Set(listed), new Set(shown), name);
  }
});

test("the README and the help list the same exit codes", () => {
  const listed = rowsBelow("| exit |").map(([code]) => code);
  assert.deepEqual(exitCodesOf(HELP), listed);
  assert.deepEqual(exitCodesOf(run(["disable", "--help"]).stdout), listed);
});

const ALL_FLAGS = new Set(
  WITH_FLAGS.flatMap((name) => flagsOf(run([name, "--help"]).stdout)),
);

test("each flag has a test, and a line in the changelog", () => {
  const tests = ["script", "fleet", "faults"].flatMap((folder) =>
    fs.readdirSync(join(ROOT, "test", folder)).map((name) =>
      read(`test/${folder}/${name}`)
    )
  ).join("\n");
  const changelog = read("CHANGELOG.md");
  for (const flag of [...ALL_FLAGS].filter((it) => it.startsWith("--"))) {
    const word = new RegExp(`(?<![\\w-])${flag}(?![\\w-])`);
    assert.ok(word.test(tests), `no test of ${flag}`);
    assert.ok(word.test(changelog), `no line of the changelog on ${flag}`);
  }
});

test("all places name the same oldest Node", () => {
  const [, oldest = ""] = /OLDEST_NODE = (\d+);/.exec(read("telemetry.ts")) ??
    [];
  const { engines } = JSON.parse(read("package.json"));
  assert.equal(engines.node, `>=${oldest}.0.0`);
  const pages = ["README.md", "CHANGELOG.md", "docs/reference.md"];
  for (const page of [...pages, "examples/ansible/README.md"]) {
    const text = read(page).replace(/\s+/g, " ");
    const named = /Node (?:from )?(\d+)(?:\.0\.0)?(?: or newer)?(?=, Deno)/g;
    const found = [...text.matchAll(named)].map(([, major]) => major);
    assert.deepEqual([...new Set(found)], [oldest], page);
  }
});

test("each script and file that the pages for contributors run is there", () => {
  const { scripts } = JSON.parse(read("package.json"));
  for (const page of ["CONTRIBUTING.md", "docs/releasing.md"]) {
    const text = read(page);
    for (const [, name = ""] of text.matchAll(/npm run (?:-s )?([\w:]+)/g)) {
      assert.ok(name in scripts, `${page}: npm run ${name}`);
    }
    for (const [path] of text.matchAll(/(?:test|\.ci)\/[\w./-]+\.ts/g)) {
      assert.ok(fs.existsSync(join(ROOT, path)), `${page}: ${path}`);
    }
  }
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
