/** Every block of commands in the pages for users runs as it stands, and prints what it shows. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkout } from "../helpers/checkout.ts";
import {
  BUN,
  BUNDLE,
  DENO,
  DISABLED,
  ENABLED,
  environment,
  makeHome,
  ROOT,
  skip,
} from "../helpers/harness.ts";
import { startRegistry } from "../helpers/registry.ts";

interface Block {
  readonly page: string;
  /** The number of its first line in the page. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What the marker above it says that the meta file holds, if anything. */
  readonly meta: string | undefined;
}

const PAGES = ["README.md", "docs/fleet.md", "docs/reference.md"];
const { version, repository } = JSON.parse(
  fs.readFileSync(join(ROOT, "package.json"), "utf8"),
);
const RELEASES = repository.url.replace(/^git\+|\.git$/g, "") +
  `/releases/download/v${version}`;
const USERS_HOME = "/home/tidb/.tiup";

// ------------------------------------------------------------ the blocks

/** `<!-- the file says enable -->`, or `<!-- the file holds TEXT -->`. */
function metaOf(marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  const [, text] = /^holds (.*)$/.exec(marker) ?? [];
  return text ? `${text}\n` : ENABLED.replace("enable", marker.slice(5));
}

function blocksOf(page: string): Block[] {
  const text = fs.readFileSync(join(ROOT, page), "utf8");
  const block =
    /(?:<!-- the file (?<marker>[^\n]*) -->\n+)?^```(?<language>\w+)\n(?<text>.*?)^```/gms;
  return [...text.matchAll(block)].map(({ groups = {}, index, 0: whole }) => {
    const before = text.slice(0, index + whole.indexOf("```"));
    return {
      page,
      line: before.split("\n").length + 1,
      language: groups["language"] ?? "",
      text: groups["text"] ?? "",
      meta: metaOf(groups["marker"]),
    };
  });
}

// ---------------------------------------------------- a machine of its own

// What a release has attached. The executable is a script here: others test it.
const FILES: Readonly<Record<string, string>> = {
  "telemetry.mjs": fs.readFileSync(BUNDLE, "utf8"),
  "each-user.sh": fs.readFileSync(join(ROOT, "examples/each-user.sh"), "utf8"),
};
const SHIMS: Readonly<Record<string, string>> = {
  sudo: '#!/bin/sh\ntest "$1" != -u || shift 2\nexec "$@"\n',
  chown: "#!/bin/sh\n", // this user is not there
};
// Who stands for the user tidb, where a user has to be there.
const SOMEONE = "nobody";
const REGISTRY = await startRegistry();
publish();

function publish(): void {
  const token = `${REGISTRY.replace("http:", "--")}/:_authToken=none`;
  const args = ["publish", token, "--registry", REGISTRY];
  const { status, stderr } = spawnSync("npm", args, {
    cwd: checkout(),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
}

/** Lays out a machine below a new folder, which stands for its root folder. */
function makeMachine(meta?: string): string {
  const machine = makeHome();
  fs.chmodSync(machine, 0o755); // other users run what is in there
  const executable = `#!/bin/sh
export TIUP_HOME=${machine}${USERS_HOME} # where each-user.sh clears it
exec ${process.execPath} ${machine}/opt/telemetry.mjs "$@"
`;
  const put = (path: string, content: string | Buffer, mode = 0o644) => {
    fs.mkdirSync(dirname(join(machine, path)), { recursive: true });
    fs.writeFileSync(join(machine, path), content, { mode });
  };
  const sums: string[] = [];
  const attach = (name: string, content: string | Buffer) => {
    put(`release/${name}`, content);
    const sum = createHash("sha256").update(content).digest("hex");
    sums.push(`${sum}  ${name}\n`);
  };
  for (const [name, content] of Object.entries(FILES)) attach(name, content);
  for (const name of ["telemetry-linux-x64", "telemetry-linux-x64-musl"]) {
    attach(`${name}.gz`, gzipSync(executable));
  }
  const user = `${SOMEONE}:x::::${machine}/home/tidb:/bin/sh`;
  put("bin/getent", `#!/bin/sh\necho ${user}\n`, 0o755);
  put("release/SHA256SUMS", sums.join(""));
  for (const [name, content] of Object.entries(SHIMS)) {
    put(`bin/${name}`, content, 0o755);
  }
  put("usr/local/bin/each-user.sh", FILES["each-user.sh"] ?? "");
  put("opt/telemetry.mjs", FILES["telemetry.mjs"] ?? "");
  put("usr/local/bin/telemetry", executable, 0o755);
  const runtimes = { node: process.execPath, deno: DENO, bun: BUN };
  for (const [name, path] of Object.entries(runtimes)) {
    fs.symlinkSync(path, join(machine, "bin", name));
  }
  for (const folder of ["here", "home/tidb", "root"]) {
    fs.mkdirSync(join(machine, folder), { recursive: true });
  }
  put("srv/a/.tiup/telemetry/meta.yaml", DISABLED);
  if (meta !== undefined) put(`${USERS_HOME}/telemetry/meta.yaml`, meta);
  return machine;
}

/** The text with the paths and addresses of that machine. */
function onMachine(machine: string, text: string): string {
  return text.replaceAll(RELEASES, `file://${machine}/release`)
    .replace(
      /(?<![\w.~/*])\/(?=(home|srv|root|opt|usr\/local)\b)/g,
      `${machine}/`,
    );
}

function runOn(machine: string, command: readonly string[]) {
  const [program = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: join(machine, "here"),
    encoding: "utf8",
    timeout: 120_000,
    env: environment({
      PATH: `${machine}/usr/local/bin:${machine}/bin:${process.env["PATH"]}`,
      HOME: join(machine, "home/tidb"),
      TIUP_HOME: join(machine, USERS_HOME),
      NPM_CONFIG_REGISTRY: REGISTRY,
      npm_config_prefix: join(machine, "usr"),
      npm_config_yes: "true",
      npm_config_update_notifier: "false",
    }),
  });
  return { status, stdout, stderr };
}

// -------------------------------------------------- how each kind is run

type Kind = (machine: string, block: Block) => void;

/** Commands alone: all of them succeed, in one shell. */
const runCommands: Kind = (machine, { text }) => {
  const script = onMachine(machine, text);
  const { status, stderr } = runOn(machine, ["bash", "-ec", script]);
  assert.equal(status, 0, stderr);
};

const PTY = `import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;

/** A session: what a terminal shows is what the page shows. */
const runSession: Kind = (machine, { text }) => {
  const commands = text.match(/(?<=^\$ ).*/gm) ?? [];
  assert.ok(commands.length > 0, "no line begins with $");
  const script = commands.map((command) =>
    `code=$?; printf '%s\\n' ${quote(`$ ${command}`)}; (exit $code)\n` +
    onMachine(machine, command)
  );
  const shell = ["bash", "-c", script.join("\n")];
  const { stdout } = runOn(machine, ["python3", "-c", PTY, ...shell]);
  const shown = stdout.replaceAll(machine, "")
    .replaceAll(`user: ${SOMEONE}`, "user: tidb");
  assert.equal(normalize(shown), normalize(text));
};

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

// A uuid is another one each time.
function normalize(text: string): string {
  return text.replaceAll("\r", "").replace(/ +$/gm, "")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>");
}

/** A program that uses the library: it prints what its comments `// > ...` say. */
const runProgram: Kind = (machine, { text }) => {
  const folder = join(machine, "here");
  fs.mkdirSync(join(folder, "node_modules"));
  fs.symlinkSync(ROOT, join(folder, "node_modules/tiup-telemetry"));
  fs.writeFileSync(join(folder, "a.mjs"), onMachine(machine, text));
  const { status, stdout, stderr } = runOn(machine, ["node", "a.mjs"]);
  assert.equal(status, 0, stderr);
  const shown = text.match(/(?<=\/\/ > ).*/g)?.map((line) => `${line}\n`);
  assert.equal(stdout, shown?.join(""));
};

/** A line of a crontab of the system: five fields, the user, the command. */
const runCron: Kind = (machine, block) => {
  const lines = block.text.match(/^[\d*].*/gm) ?? [];
  assert.ok(lines.length > 0, "no line begins with a time");
  for (const line of lines) {
    const command = line.replace(/^(\S+ +){6}/, "");
    runCommands(machine, { ...block, text: command });
  }
};

/** A unit of systemd: what it starts. */
const runUnit: Kind = (machine, block) => {
  for (const command of block.text.match(/(?<=^ExecStart=).*/gm) ?? []) {
    runCommands(machine, { ...block, text: command });
  }
};

const KINDS: Readonly<Record<string, Kind>> = {
  sh: runCommands,
  console: runSession,
  js: runProgram,
  cron: runCron,
  ini: runUnit,
};

/** What a block needs and this machine has not. */
function missingFor({ language, text }: Block): string | undefined {
  if (/each-user\.sh/.test(text) && process.getuid?.() !== 0) return "root";
  const tools = ["curl", "jq", "sha256sum"].filter((it) => text.includes(it));
  if (language === "console") tools.push("python3");
  return tools.find((tool) => spawnSync(tool, ["--version"]).error);
}

const BLOCKS = PAGES.flatMap(blocksOf).filter(({ language }) =>
  !["text", "yaml"].includes(language)
);

for (const block of BLOCKS) {
  const { page, line, language } = block;
  test(`${page}, line ${line}: the ${language} block does what it shows`, (t) => {
    const kind = KINDS[language];
    assert.ok(kind, `no test knows ${language}`);
    const missing = missingFor(block);
    if (missing) return skip(t, missing);
    kind(makeMachine(block.meta), block);
  });
}

test("the README has a session, commands and a program", () => {
  const found = blocksOf("README.md").map(({ language }) => language);
  for (const language of ["console", "sh", "js"]) {
    assert.ok(found.includes(language), language);
  }
});
