/**
 * A user swaps what is in his hands for links, and back, while root runs a
 * command in his home: nothing that is not his is read, changed or made.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { annotated, backdate, LOCK, rounds } from "../helpers/disk.ts";
import { BUN, BUNDLE, type Runtime } from "../helpers/harness.ts";
import { privileged } from "../helpers/strace.ts";
import { OTHER, USER } from "../helpers/users.ts";
import {
  type Arena,
  type Attack,
  attack,
  makeArena,
  type Swap,
} from "../helpers/arena.ts";

const RUNTIMES: readonly Runtime[] = [
  { name: "Node", command: [process.execPath, BUNDLE] },
  { name: "Bun", command: [BUN, BUNDLE] },
];

const FOLDER = "p/.tiup/telemetry";
const META = `${FOLDER}/meta.yaml`;
const INSIDE = ".tiup/telemetry";
const DAMAGED = "# chosen by the user\nstatus: [\n";

/** What a path to the meta file goes through. */
const ON_THE_WAY: readonly Swap[] = [
  [["p", ""]],
  [["p/.tiup", ".tiup"]],
  [[FOLDER, INSIDE]],
  [[META, `${INSIDE}/meta.yaml`]],
  [[META, "new.yaml"]],
  [["real", INSIDE]],
];

const COMMANDS = [
  { args: ["status"], text: annotated("disable") },
  { args: ["disable"], text: annotated("enable") },
  { args: ["enable"], text: annotated("disable") },
  { args: ["reset", "--force"], text: DAMAGED },
] as const;

/** What `--force` and the lock go through. */
const BESIDE: readonly Swap[] = [
  [[`${META}.bad`, "new.bad"], [`${META}.bad.1`, "new.bad"]],
  [[META, `${INSIDE}/meta.yaml`], [`${META}.bad`, "new.bad"]],
  [[`${META}.lock`, "new.lock"], [`${META}.lock.break`, "new.break"]],
  [[`${META}.lock`, `${INSIDE}/${LOCK}`], [FOLDER, INSIDE]],
];

for (const runtime of RUNTIMES) {
  describe(`a user who swaps, on ${runtime.name}`, () => {
    for (const { args, text } of COMMANDS) {
      privileged(
        `wins nothing from ${args.join(" ")}`,
        () =>
          assertNothingWon(ON_THE_WAY, { args, runtime }, (swap) => {
            const arena = makeArena(text, USER);
            if (swap[0]?.[0] === "real") putBehindLink(arena);
            return arena;
          }),
      );
    }
    privileged(
      "wins nothing from another user",
      () =>
        assertNothingWon(ON_THE_WAY.slice(0, 2), {
          args: ["status"],
          times: 20,
          runtime,
        }, () => makeArena(annotated(), USER, OTHER)),
    );
    privileged(
      "wins nothing in a folder of root's that is open to all",
      () =>
        assertNothingWon([[["../open/new", ".tiup"]]], {
          args: ["disable"],
          runtime,
        }, () => makeOpenFolder()),
    );
    privileged(
      "wins nothing from --force and a dead lock",
      () =>
        assertNothingWon(
          BESIDE,
          { args: ["reset", "--force"], runtime },
          () => {
            const arena = makeArena(DAMAGED, USER);
            addDeadLock(arena);
            return arena;
          },
        ),
    );
  });
}

async function assertNothingWon(
  swaps: readonly Swap[],
  its: Pick<Attack, "args" | "runtime" | "times">,
  prepare: (swap: Swap) => Arena,
): Promise<void> {
  const won: string[] = [];
  const all = Number(process.env["RACE_ROUNDS"] ?? rounds(24, 100));
  for (let round = 0; round < all; round++) {
    const swap = swaps[round % swaps.length]!;
    const mode = Math.floor(round / swaps.length) % 2 ? "step" : "loop";
    const prize = await attack({ ...its, arena: prepare(swap), swap, mode });
    if (prize.length) won.push(`${swap}, ${mode}: ${prize}`);
  }
  assert.deepEqual(won, [], `${won.length} of ${all} won`);
}

// The home is not there, and whoever is fast can make it: as in /tmp.
function makeOpenFolder(): Arena {
  const arena = makeArena("", USER);
  const open = join(arena.user, "../open");
  fs.mkdirSync(open);
  fs.chmodSync(open, 0o1777);
  return { ...arena, home: join(open, "new") };
}

function putBehindLink({ user }: Arena): void {
  fs.mkdirSync(join(user, "real"));
  fs.renameSync(join(user, META), join(user, "real/meta.yaml"));
  fs.symlinkSync("../../../real/meta.yaml", join(user, META));
  for (const name of ["real", META]) {
    fs.lchownSync(join(user, name), USER, USER);
  }
}

function addDeadLock({ user }: Arena): void {
  const lock = join(user, FOLDER, LOCK);
  fs.writeFileSync(lock, "");
  fs.chownSync(lock, USER, USER);
  backdate(lock, 60);
}
