/** TiUP's own behaviour, as recorded in fixtures/ (see its README). */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Meta, MetaError, readMeta } from "../../telemetry.ts";
import { yamlValues } from "../helpers/metafiles.ts";
import { listing, makeHome, readHome, ROOT, run } from "../helpers/harness.ts";

interface Reading {
  readonly id: string;
  readonly category: "plain" | "exotic" | "mutated";
  readonly file: string;
  readonly tiup: Partial<Meta> & { readonly accepts: boolean };
}

interface ToolFile {
  readonly family: string;
  readonly label: string;
  readonly file: string;
  /** Whether it is a meta file as the contract has it. */
  readonly inGrammar: boolean;
  readonly tiup: Partial<Meta> & { readonly accepts: boolean };
}

interface Running {
  readonly case: string;
  readonly tiup: string;
  readonly command: "status" | "enable" | "disable" | "reset";
  readonly before: string | null;
  readonly exit: number;
  readonly stdout: string;
  readonly after: string | null;
}

function recordings<T>(name: string): T[] {
  const text = fs.readFileSync(join(ROOT, "test/fixtures", name), "utf8");
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

// Undefined where it is refused as no meta file; any other failure is a fault.
async function reading(file: string): Promise<Meta | undefined> {
  try {
    return await readMeta(makeHome(Buffer.from(file, "base64")));
  } catch (error) {
    const refused = error instanceof MetaError && error.code === "invalid-meta";
    if (refused) return undefined;
    throw error;
  }
}

const readings = recordings<Reading>("read.jsonl");
const results = await Promise.all(readings.map(async ({ id, file, tiup }) => {
  return { id, tiup, ours: await reading(file) };
}));

function agrees(ours: Meta | undefined, tiup: Partial<Meta>): boolean {
  return ours?.uuid === tiup.uuid && ours?.secret === tiup.secret &&
    ours?.status === tiup.status;
}

test("all that TiUP writes, or a person would, is read with TiUP's values", () => {
  const plain = results.filter((_, i) => readings[i]?.category === "plain");
  assert.ok(plain.length >= 100, "the recordings are not all there");
  assert.deepEqual(plain.filter((it) => !agrees(it.ours, it.tiup)), []);
});

test("no recorded file is read with a value that TiUP does not read", () => {
  assert.equal(results.length, 600);
  const accepted = results.filter((it) => it.ours && it.tiup.accepts);
  assert.deepEqual(accepted.filter((it) => !agrees(it.ours, it.tiup)), []);
});

test("what TiUP rejects is refused", () => {
  const rejected = results.filter((it) => !it.tiup.accepts);
  assert.ok(rejected.length >= 100, "the recordings are not all there");
  assert.deepEqual(rejected.filter((it) => it.ours), []);
});

const toolFiles = recordings<ToolFile>("tools.jsonl");
const toolResults = await Promise.all(toolFiles.map(async (it) => {
  return { ...it, ours: await reading(it.file) };
}));

test("what real tools write is read with TiUP's values where it is a meta file", () => {
  const wanted = toolResults.filter((it) => it.inGrammar);
  assert.equal(wanted.length, 48, "the recordings are not all there");
  assert.deepEqual(wanted.filter((it) => !agrees(it.ours, it.tiup)), []);
});

test("the rest of what tools write is refused, or read with TiUP's values", () => {
  const rest = toolResults.filter((it) => !it.inGrammar);
  assert.equal(rest.length, 23, "the recordings are not all there");
  const read = rest.filter((it) => it.ours);
  assert.deepEqual(
    read.filter((it) => !it.tiup.accepts || !agrees(it.ours, it.tiup)),
    [],
  );
});

const UUID4 =
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HEX32 = /^[0-9a-f]{32}$/;
const MINTED: Partial<Meta> = { uuid: "<uuid4>", secret: "<hex32>" };

// Where TiUP does more than change scalars: it quotes, or drops what it need not.
const REWRITTEN = new Set(
  "newline comment on int_uuid float_secret quoted unknown bom flow anchor badtag caps lone_zero_prefixed hex_secret date"
    .split(" "),
);

// What holds more of YAML than a meta file may.
const REFUSED = new Set(["unknown", "flow", "anchor", "badtag"]);

// The file that TiUP left, with the differences that the fixtures' README lists.
function wanted({ command, before, after }: Running): Meta {
  const old = yamlValues(before ?? "");
  const { uuid, secret, status } = after === "unchanged"
    ? old
    : yamlValues(after ?? "");
  switch (command) {
    case "status":
      return old;
    case "disable": // mints nothing
      return { uuid: old.uuid, secret: old.secret, status };
    case "reset":
      return { uuid, secret: old.secret, status };
    case "enable": // fills in both at once
      return {
        ...MINTED,
        uuid: uuid || "<uuid4>",
        secret: secret || "<hex32>",
        status,
      };
  }
}

// `status` writes nothing, so it mints no uuid; and it never shows another status.
function wantedStdout({ command, stdout }: Running): string {
  return command === "status"
    ? stdout.replace(/^status: (?!enable).*/, "status: disable")
      .replace("<uuid4>", "")
    : stdout;
}

/** Puts the placeholders back where the values were minted. */
function masked(values: Meta, like: Meta): Meta {
  const isMinted = (value: string, mark: string, form: RegExp) =>
    mark.startsWith("<") && form.test(value) ? mark : value;
  return {
    uuid: isMinted(values.uuid, like.uuid, UUID4),
    secret: isMinted(values.secret, like.secret, HEX32),
    status: values.status,
  };
}

const runnings = recordings<Running>("commands.jsonl")
  .filter(({ tiup }) => tiup === "v1.16.2")
  .map((it) => ({
    ...it,
    before: it.before && Buffer.from(it.before, "base64").toString(),
  }));

test("what holds more of YAML is refused and left alone, though TiUP reads it", () => {
  const rich = runnings.filter((it) => REFUSED.has(it.case));
  assert.equal(rich.length, 4 * REFUSED.size);
  for (const { command, before } of rich) {
    const home = makeHome(before ?? "");
    assert.equal(run([command, "--home", home]).code, 1);
    assert.equal(readHome(home), before);
  }
});

for (const recorded of runnings.filter((it) => !REFUSED.has(it.case))) {
  const { command, before, after, exit } = recorded;
  test(`${command} does to "${recorded.case}" what TiUP 1.16.2 does`, () => {
    const home = makeHome(before ?? undefined);
    const { code, stdout } = run([command, "--home", home]);
    assert.equal(code, exit);
    const uuid = /as: (\S+) success/.exec(stdout)?.[1] ?? "";
    const shown = UUID4.test(uuid) ? stdout.replace(uuid, "<uuid4>") : stdout;
    assert.equal(shown, wantedStdout(recorded));
    if (exit !== 0 || command === "status") {
      return before === null
        ? assert.deepEqual(fs.readdirSync(home), [])
        : assert.equal(readHome(home), before);
    }
    assert.deepEqual(listing(home), ["meta.yaml"]);
    const text = readHome(home);
    const values = yamlValues(text), like = wanted(recorded);
    assert.deepEqual(masked(values, like), like);
    if (uuid) assert.equal(values.uuid, uuid);
    if (after === "unchanged" && like.uuid !== "<uuid4>") {
      assert.equal(text, before);
    } else if (
      !REWRITTEN.has(recorded.case) && agrees(yamlValues(after ?? ""), like)
    ) {
      const filled = after?.replace("<uuid4>", values.uuid)
        .replace("<hex32>", values.secret);
      assert.equal(inTiupsOrder(text, before), filled);
    }
  });
}

// New keys come at the end; TiUP sorts them in.
function inTiupsOrder(text: string, before: string | null): string {
  if (!before) return text;
  const lines = text.split(/(?<=\n)/);
  return ["uuid", "secret", "status"]
    .flatMap((key) => lines.filter((line) => line.startsWith(`${key}: `)))
    .join("");
}
