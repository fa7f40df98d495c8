/**
 * Another user swaps what is in their hands for links, and back, while a command
 * runs there: nothing of a third one's is read, changed or made.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe } from "node:test";
import { type Arena, attack, makeArena, type Swap } from "../helpers/arena.ts";
import { annotated, backdate, LOCK, rounds } from "../helpers/disk.ts";
import { BUNDLED, type Runtime } from "../helpers/harness.ts";
import { privileged } from "../helpers/strace.ts";
import { everywhereAs, OTHER, own, USER } from "../helpers/users.ts";

const FOLDER = "p/.tiup/telemetry";
const META = `${FOLDER}/meta.yaml`;
const INSIDE = ".tiup/telemetry";
const DAMAGED = "# chosen by the attacker\nstatus: [\n";

/** The path to the meta file. */
const PATH: readonly Swap[] = [
  [["p", ""]],
  [["p/.tiup", ".tiup"]],
  [[FOLDER, INSIDE]],
];
/** What is in the telemetry folder. */
const IN_FOLDER: readonly Swap[] = [
  [[META, `${INSIDE}/meta.yaml`]],
  [[META, "new.yaml"]],
  [[`${META}.bad`, "new.bad"], [`${META}.bad.1`, "new.bad"]],
  [[META, `${INSIDE}/meta.yaml`], [`${META}.bad`, "new.bad"]],
  [[`${META}.lock`, "new.lock"], [`${META}.lock.break`, "new.break"]],
  [[`${META}.lock`, `${INSIDE}/${LOCK}`]],
];

/** Who runs the commands, who attacks, and whose the vault is. */
interface Cast {
  readonly title: string;
  readonly runtimes: readonly Runtime[];
  readonly attacker: number;
  readonly vault: number;
  readonly swaps: readonly Swap[];
  /** The exit code that each run must have. */
  readonly code?: number;
  readonly prepare: (arena: Arena) => void;
}

const CASTS: readonly Cast[] = [
  {
    title: "root, in a user's home",
    runtimes: BUNDLED,
    attacker: USER,
    vault: 0,
    swaps: PATH,
    code: 1,
    prepare: () => {},
  },
  {
    title: "root, in a sticky folder",
    runtimes: BUNDLED,
    attacker: USER,
    vault: 0,
    swaps: [[["p", ""]]],
    code: 1,
    // Whoever is fast can make the home: as in /tmp.
    prepare: ({ user }) => {
      fs.renameSync(join(user, "p"), join(user, "q"));
      own(user, 0, 0o1777);
    },
  },
  {
    title: "a user, in their own home",
    runtimes: everywhereAs(USER),
    attacker: USER,
    vault: 0,
    swaps: [...PATH, ...IN_FOLDER],
    prepare: () => {},
  },
  {
    title: "a user, in a folder that another may write",
    runtimes: everywhereAs(USER),
    attacker: OTHER,
    vault: USER,
    swaps: IN_FOLDER,
    prepare: ({ user, home }) => {
      own(user, USER, 0o777);
      own(join(home, "telemetry"), USER, 0o777);
      own(join(home, "telemetry/meta.yaml"), USER, 0o666);
    },
  },
];

const COMMANDS = [
  { args: ["status"], text: annotated("disable") },
  { args: ["disable"], text: annotated("enable") },
  { args: ["enable"], text: annotated("disable") },
  { args: ["reset", "--force"], text: DAMAGED },
] as const;

for (const { title, runtimes, swaps, prepare, ...cast } of CASTS) {
  describe(`who attacks ${title}`, () => {
    for (const { args, text } of COMMANDS) {
      privileged(`wins nothing from ${args.join(" ")}`, async () => {
        const complaints: string[] = [];
        const all = Number(process.env["RACE_ROUNDS"] ?? rounds(18, 108));
        for (let round = 0; round < all; round++) {
          const swap = swaps[round % swaps.length]!;
          const turn = Math.floor(round / swaps.length);
          const mode = turn % 2 ? "step" : "loop";
          const runtime = runtimes[turn % runtimes.length]!;
          const arena = makeArena(text, USER, cast.vault);
          addStaleLock(arena);
          prepare(arena);
          const won = await attack({
            ...cast,
            arena,
            swap,
            mode,
            args,
            runtime,
          });
          for (const prize of won) {
            if (cast.vault === USER && prize === "read") continue; // their own
            complaints.push(`${runtime.name}, ${swap}, ${mode}: ${prize}`);
          }
        }
        assert.deepEqual(complaints, [], `${all} rounds`);
      });
    }
  });
}

function addStaleLock({ home }: Arena): void {
  const lock = join(home, "telemetry", LOCK);
  fs.writeFileSync(lock, "");
  own(lock, USER, 0o644);
  backdate(lock, 60);
}
