/** What a new user does in an empty folder, with the package as npm publishes it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkout } from "../helpers/checkout.ts";
import {
  BUN,
  BUNDLE,
  DENO,
  DISABLED,
  environment,
  makeHome,
  NODES,
  ROOT,
  UUID,
} from "../helpers/harness.ts";
import { startRegistry } from "../helpers/registry.ts";

const LIBRARY = `import { parseMeta } from "tiup-telemetry";
console.log(parseMeta("status: enable").status);
`;
const TYPED = `${LIBRARY}// @ts-expect-error: it is a string
export const status: number = parseMeta("").status;
`;

// Not in a hook: what a hook makes is gone when it is done.
const REGISTRY = await startRegistry();
const PACKAGE = checkout();
fs.copyFileSync(BUNDLE, join(PACKAGE, "dist/telemetry.mjs"));
const TOKEN = `${REGISTRY.replace("http:", "--")}/:_authToken=none`;
shell(`npm publish ${TOKEN} "$PACKAGE"; cd "$PACKAGE"; npm pack`);

/** Runs a shell line in a new folder, with no more on the PATH than a user has. */
function shell(line: string, node = process.execPath): string {
  const home = makeHome();
  const bin = { node, deno: DENO, bun: BUN, bunx: BUN };
  for (const [name, path] of Object.entries(bin)) {
    fs.symlinkSync(path, join(home, name));
  }
  const cwd = join(home, "here");
  fs.mkdirSync(cwd);
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-ec", line], {
    cwd,
    encoding: "utf8",
    timeout: 60_000,
    env: environment({
      PATH: `${home}:${process.env["PATH"]}`,
      HOME: home,
      TMPDIR: home,
      TIUP_HOME: makeHome(DISABLED),
      NPM_CONFIG_REGISTRY: REGISTRY,
      npm_config_fetch_retries: "0",
      npm_config_loglevel: "error",
      npm_config_update_notifier: "false",
      PACKAGE,
      BUNDLE,
      TSC: join(ROOT, "node_modules/typescript/bin/tsc"),
      LIBRARY,
      TYPED,
    }),
  });
  assert.equal(status, 0, `${line}: ${stdout}${stderr}`);
  return stdout;
}

const STATUS = `status: disable\nuuid: ${UUID}\n`;
const MAY = "--no-prompt --allow-read --allow-env --allow-sys";
const FILES = `LICENSE
README.md
dist/library.d.mts
dist/library.mjs
dist/telemetry.mjs
examples/each-user.sh
package.json
`;

type Row = readonly [line: string, prints: string];

const ON_NODE: readonly Row[] = [
  [
    "npm install -g --prefix . tiup-telemetry >&2; bin/telemetry status",
    STATUS,
  ],
  [
    'npm install -g --prefix . "$PACKAGE"/*.tgz >&2; bin/tiup-telemetry status',
    STATUS,
  ],
  ["npx --yes tiup-telemetry status", STATUS],
  ["npx --yes -p tiup-telemetry telemetry status", STATUS],
  [
    'npm install tiup-telemetry >&2; echo "$LIBRARY" > a.mjs; node a.mjs reset',
    "enable\n",
  ],
  [
    'npm install tiup-telemetry >&2; node --input-type=module -e "$LIBRARY" reset',
    "enable\n",
  ],
  ["npm install tiup-telemetry >&2; ls node_modules", "tiup-telemetry\n"],
];

const ONCE: readonly Row[] = [
  [
    "npm install tiup-telemetry >&2; cd node_modules/*; find * -type f | sort",
    FILES,
  ],
  ["bunx tiup-telemetry status", STATUS],
  ["bunx --bun tiup-telemetry status", STATUS],
  ["bunx -p tiup-telemetry telemetry status", STATUS],
  [
    'bun add tiup-telemetry >&2; echo "$TYPED" > a.mts; bun a.mts reset',
    "enable\n",
  ],
  [`deno run ${MAY} npm:tiup-telemetry status`, STATUS],
  [
    `deno install -qg ${MAY} --root . npm:tiup-telemetry; bin/telemetry status`,
    STATUS,
  ],
  [`deno run ${MAY} "$BUNDLE" status`, STATUS],
  [
    `deno install -qg ${MAY} --root . -n telemetry "$BUNDLE"; bin/telemetry status`,
    STATUS,
  ],
  [
    'deno add -q npm:tiup-telemetry; echo "$TYPED" > a.mts; deno run --check a.mts reset',
    "enable\n",
  ],
  ...["--module nodenext", "--module esnext --moduleResolution bundler"].map((
    resolution,
  ): Row => [
    `npm install tiup-telemetry >&2; echo "$TYPED" > a.mts; node "$TSC" --strict --noEmit ${resolution} a.mts`,
    "",
  ]),
];

for (const [line, prints] of ON_NODE) {
  for (const node of NODES) {
    test(`${line} (${node})`, () => assert.equal(shell(line, node), prints));
  }
}
for (const [line, prints] of ONCE) {
  test(line, () => assert.equal(shell(line), prints));
}
