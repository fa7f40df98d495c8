/**
 * What each of many concurrent commands said, and whether all of it can be true
 * of one file: nothing that was acknowledged may have been undone by another.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { annotated, NOTES, uuidOf } from "./disk.ts";
import { CANARY, listing, metaOf, readHome, UUID } from "./harness.ts";

/** One acknowledged command, with times of one clock for all processes. */
export interface Entry {
  readonly command: string;
  readonly began: number;
  readonly ended: number;
  readonly previous: string;
  readonly status: string;
  readonly uuid: string;
}

/** The home began with `annotated("enable")`. */
export function assertNothingLost(entries: readonly Entry[], home: string) {
  const text = readHome(home);
  const status = assertStatusAddsUp(entries);
  const uuid = uuidOf(text);
  assert.equal(text, annotated(status).replace(UUID, uuid));
  const resets = entries.filter(({ command }) => command === "reset");
  const now = { began: Infinity, uuid };
  for (const entry of [...entries, now]) assertNotOvertaken(entry, resets);
  assert.deepEqual(listing(home), ["meta.yaml"]);
}

// Each turn from one state to the other must have been turned back before the
// next one like it: an update lost in between shows as one turn too many.
function assertStatusAddsUp(entries: readonly Entry[]): string {
  const turns = entries.filter((entry) => entry.previous !== entry.status);
  const off = turns.filter(({ status }) => status === "disable").length;
  const on = turns.length - off;
  assert.ok(off - on === 0 || off - on === 1, `${off} times off, ${on} on`);
  for (const { command, status } of entries) {
    if (command !== "reset") assert.equal(status, command);
  }
  return off > on ? "disable" : "enable";
}

// Nobody may see a uuid that a reset has replaced before they began.
function assertNotOvertaken(
  { began, uuid }: Pick<Entry, "began" | "uuid">,
  resets: readonly Entry[],
): void {
  const minted = resets.find((reset) => reset.uuid === uuid);
  assert.ok(minted || uuid === UUID, `nobody has minted ${uuid}`);
  const later = resets.find((reset) =>
    reset !== minted && reset.began > (minted?.ended ?? -1) &&
    reset.ended < began
  );
  assert.equal(later?.uuid, undefined, `${uuid} came back`);
}

/** Reads the file again and again until told to stop, and likes all it sees. */
export function observe(home: string): () => Promise<void> {
  let stopped = false;
  const seen: string[] = [];
  const watching = (async () => {
    while (!stopped) {
      const text = fs.readFileSync(metaOf(home), "utf8");
      assert.ok(text.startsWith(NOTES) && text.includes(CANARY), "torn");
      if (uuidOf(text) !== seen.at(-1)) seen.push(uuidOf(text));
      await new Promise((done) => setTimeout(done, 1));
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    assert.equal(new Set(seen).size, seen.length, "an old uuid came back");
  };
}
