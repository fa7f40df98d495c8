/**
 * What a person reads in each situation, letter for letter: exit code, log with
 * its annotations, summary and outputs, of the main stage and then of the post
 * stage. Between them stands what later steps of the job do.
 *
 * H1 stands for `home`, F1 for its meta file, H2 and F2 for `other`.
 */
import * as fs from "node:fs";
import { DISABLED, ENABLED, metaOf } from "../helpers/harness.ts";
import { type Job, startJob } from "../helpers/runner.ts";

/** What later steps can change. */
export interface Place {
  readonly home: string;
  readonly other: string;
  readonly job: Job;
}

type Values = Readonly<Record<string, string>>;

export interface Situation {
  readonly name: string;
  /** The meta file before. */
  readonly file?: string | ((home: string) => void);
  /** That of another home, which is there without one unless it stands here. */
  readonly other?: string;
  /** What stands under `with:` besides `tiup-home: H1`. */
  readonly inputs?: Values;
  /** The job's `env:` besides `TIUP_HOME: H1`. */
  readonly env?: Values | ((place: { readonly other: string }) => Values);
  /** What main runs under, such as `env`. */
  readonly under?: readonly string[];
  readonly main: readonly string[];
  readonly later?: (place: Place) => void;
  /** What the inputs are at the end of the job, where that is another. */
  readonly postInputs?: Values;
  readonly post: readonly string[];
}

/** What a later step does that turns telemetry on. */
function turnOn({ home }: { readonly home: string }): void {
  fs.mkdirSync(`${home}/telemetry`, { recursive: true });
  fs.writeFileSync(metaOf(home), ENABLED);
}

function moveTo(home: string, job: Job): void {
  job.setEnv(`TIUP_HOME=${home}\n`);
}

// A folder that is older than any lock: neither waited for nor cleared away.
function lock(home: string): void {
  fs.mkdirSync(`${metaOf(home)}.lock`);
  fs.utimesSync(`${metaOf(home)}.lock`, 1, 1);
}

function makeFolderOfFile(home: string): void {
  fs.rmSync(metaOf(home), { force: true });
  fs.mkdirSync(metaOf(home), { recursive: true });
}

const CORRUPT = `status: disable\nstatus: enable\n`;
const TWICE =
  `line 2: its key stands above already (TiUP takes the last: keep that one); a meta file holds lines "key: value", comments, and under other keys lists and mappings of one-line values`;
// What the system says of a folder that is to be unlinked.
const NO_UNLINK = process.platform === "darwin"
  ? "operation not permitted"
  : "illegal operation on a directory";
const VARIABLE = "TIUP_TELEMETRY_STATUS";

const CHANGED = [
  "exit 0",
  `notice [TiUP telemetry changed] F1 Changed "F1": enable before, disable now`,
  `Home: "H1", from tiup-home`,
  "H1 | tiup-home | disable | enable | disable | yes",
  "status=disable previous=enable changed=true source=file file=F1 uuid=a-uuid",
];
const CHANGED_BY_VARIABLE = CHANGED.map((line) =>
  line.replace("tiup-home", "TIUP_HOME")
);
const UNCHANGED = [
  "exit 0",
  `Not changed "F1": disable`,
  `Home: "H1", from tiup-home`,
  "H1 | tiup-home | disable | disable | disable | no",
  "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
];
const AS_WANTED = [
  "exit 0",
  `"F1": disable at the end of the job`,
  `Home: "H1", from tiup-home`,
];
const MAIN_FAILED = [
  "exit 1",
  "Not read again: this step did not get to its end",
];

const FIRST: readonly Situation[] = [
  {
    name: "first run",
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": no file before, disable now`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | no file | disable | yes",
      "status=disable previous=disable changed=true source=file file=F1 uuid=",
    ],
    post: AS_WANTED,
  },
  { name: "changed", file: ENABLED, main: CHANGED, post: AS_WANTED },
  { name: "unchanged", file: DISABLED, main: UNCHANGED, post: AS_WANTED },
  {
    name: "reset of what is already so",
    file: DISABLED,
    inputs: { reset: "true" },
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": disable, the uuid is new`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | disable | yes, the uuid is new",
      "status=disable previous=disable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: AS_WANTED,
  },
  {
    name: "reset with a change",
    file: ENABLED,
    inputs: { reset: "true" },
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": enable before, disable now, the uuid is new`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | enable | disable | yes, the uuid is new",
      "status=disable previous=enable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: AS_WANTED,
  },
  {
    name: "a file that lacks uuid and secret",
    file: "status: enable\n",
    inputs: { state: "enable" },
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": enable, now complete`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | enable | yes, now complete",
      "status=enable previous=enable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: [
      "exit 0",
      `"F1": enable at the end of the job`,
      `Home: "H1", from tiup-home`,
    ],
  },
  {
    name: "a status that is neither word, set right",
    file: ENABLED.replace("enable", "off"),
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": neither enable nor disable before, disable now`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | neither enable nor disable | disable | yes",
      "status=disable previous=disable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: AS_WANTED,
  },
  {
    name: "a uuid in capitals, as uuidgen prints it on macOS",
    file: "uuid: 6F9619FF-8B86-4011-B42D-00C04FC964FF\nstatus: disable\n",
    main: UNCHANGED,
    post: AS_WANTED,
  },
  {
    name: "verify: false",
    file: ENABLED,
    inputs: { verify: "false" },
    later: turnOn,
    main: CHANGED,
    post: ["exit 0", "Not read again: verify is false"],
  },
  {
    name: "DO_NOT_TRACK with enable",
    file: ENABLED,
    inputs: { state: "enable" },
    env: { DO_NOT_TRACK: "1" },
    main: [
      "exit 0",
      `Not changed "F1": enable`,
      `warning [TiUP telemetry] TiUP ignores DO_NOT_TRACK, and "F1" says enable`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | enable | no",
      "status=enable previous=enable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: [
      "exit 0",
      `"F1": enable at the end of the job`,
      `Home: "H1", from tiup-home`,
    ],
  },
];

const CHECKS: readonly Situation[] = [
  {
    name: "check passed",
    file: DISABLED,
    inputs: { mode: "check" },
    main: UNCHANGED,
    post: AS_WANTED,
  },
  {
    name: "check failed",
    file: ENABLED,
    inputs: { mode: "check" },
    main: [
      "exit 1",
      `Not changed "F1": enable`,
      `error [TiUP telemetry failed] F1 "F1" says enable, not disable; set mode: enforce to change that`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | enable | enable | no",
      "status=enable previous=enable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: MAIN_FAILED,
  },
  {
    name: "check passed with a status that is neither word",
    file: ENABLED.replace("enable", "off"),
    inputs: { mode: "check" },
    main: [
      "exit 0",
      `Not changed "F1": neither enable nor disable`,
      `warning [TiUP telemetry] "F1" says neither enable nor disable, and TiUP takes that as disabled`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | neither enable nor disable | neither enable nor disable | no",
      "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: [
      "exit 0",
      `"F1": neither enable nor disable at the end of the job`,
      `Home: "H1", from tiup-home`,
    ],
  },
  {
    name: "check failed, as the file says enabled, not enable",
    file: ENABLED.replace("enable", "enabled"),
    inputs: { mode: "check", state: "enable" },
    main: [
      "exit 1",
      `Not changed "F1": neither enable nor disable`,
      `error [TiUP telemetry failed] F1 "F1" does not say enable: its status is neither enable nor disable, and TiUP takes that as disabled; set mode: enforce to change that`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | neither enable nor disable | neither enable nor disable | no",
      "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: MAIN_FAILED,
  },
  ...["disable", "enable"].map((state) => ({
    name: `check, no file, asked for ${state}`,
    inputs: { mode: "check", state },
    main: [
      "exit 1",
      `Not changed "F1": no file`,
      `error [TiUP telemetry failed] F1 No file "F1": TiUP up to 1.11.2 takes that as enabled, later versions as disabled; set mode: enforce to write it`,
      `Home: "H1", from tiup-home`,
      `H1 | tiup-home | ${state} | no file | no file | no`,
      "status=disable previous=disable changed=false source=default file=F1 uuid=",
    ],
    post: MAIN_FAILED,
  })),
  {
    name: "check, no home folder",
    file: (home) => fs.rmSync(home, { recursive: true }),
    inputs: { mode: "check" },
    main: [
      "exit 1",
      `Not changed "F1": no file`,
      `error [TiUP telemetry failed] F1 No home folder "H1", so no file that says disable; check the path, or use mode: enforce`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | no file | no file | no",
      "status=disable previous=disable changed=false source=default file=F1 uuid=",
    ],
    post: MAIN_FAILED,
  },
  {
    name: "check, then a later step turns it on",
    file: DISABLED,
    inputs: { mode: "check" },
    later: turnOn,
    main: UNCHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] F1 Changed after this step: "F1" says enable, this step had found disable; look for later steps, and for other jobs on this machine`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | enable | yes, after this step",
    ],
  },
  {
    name: "check, then the file is removed",
    file: DISABLED,
    inputs: { mode: "check" },
    later: ({ home }) => fs.rmSync(metaOf(home)),
    main: UNCHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] F1 Changed after this step: "F1" is gone, this step had found disable; look for later steps, and for other jobs on this machine`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | no file | yes, after this step",
    ],
  },
];

const DRIFT_LINES = [
  "exit 1",
  `error [TiUP telemetry failed at the end of the job] F1 Changed after this step: "F1" says enable, this step had set disable; look for later steps, and for other jobs on this machine`,
  `Home: "H1", from tiup-home`,
  "H1 | tiup-home | disable | disable | enable | yes, after this step",
];

const DRIFTS: readonly Situation[] = [
  {
    name: "drift",
    file: ENABLED,
    later: turnOn,
    main: CHANGED,
    post: DRIFT_LINES,
  },
  {
    name: "later steps turn it on, then off, with a new uuid",
    file: ENABLED,
    later: ({ home }) =>
      fs.writeFileSync(
        metaOf(home),
        "uuid: 11111111-2222-4333-8444-555555555555\nstatus: disable\n",
      ),
    main: CHANGED,
    post: AS_WANTED,
  },
  {
    name: "another job of a matrix uses the same home",
    file: ENABLED,
    later: ({ home }) => {
      startJob().main({ "tiup-home": home, state: "enable" });
    },
    main: CHANGED,
    post: DRIFT_LINES,
  },
  {
    name: "the file is removed later",
    file: ENABLED,
    later: ({ home }) => fs.rmSync(metaOf(home)),
    main: CHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] F1 Changed after this step: "F1" is gone, this step had set disable; look for later steps, and for other jobs on this machine`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | no file | yes, after this step",
    ],
  },
  {
    name: "a later step writes a status that is neither word",
    file: ENABLED,
    inputs: { state: "enable" },
    later: ({ home }) => fs.writeFileSync(metaOf(home), "status: on\n"),
    main: [
      "exit 0",
      `Not changed "F1": enable`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | enable | no",
      "status=enable previous=enable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] F1 Changed after this step: "F1" says neither enable nor disable, this step had set enable; look for later steps, and for other jobs on this machine`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | neither enable nor disable | yes, after this step",
    ],
  },
  {
    name: "nested composite actions, which empty the inputs for post",
    file: ENABLED,
    main: CHANGED,
    postInputs: { state: "", mode: "", "tiup-home": "", reset: "", verify: "" },
    post: AS_WANTED,
  },
  {
    name: "nested composite actions, where post gets those of the outer one",
    file: ENABLED,
    main: CHANGED,
    postInputs: { mode: "nightly", state: "Hesse", "tiup-home": "/outer" },
    post: AS_WANTED,
  },
  {
    name: "nested composite actions, and verify: false",
    file: ENABLED,
    inputs: { verify: "false" },
    main: CHANGED,
    later: turnOn,
    postInputs: { verify: "" },
    post: ["exit 0", "Not read again: verify is false"],
  },
  {
    name: "corrupt later",
    file: DISABLED,
    later: ({ home }) => fs.writeFileSync(metaOf(home), CORRUPT),
    main: UNCHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] F1 Cannot read "F1", ${TWICE}; mend the file, or delete it and let mode: enforce write a new one`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | - | -",
    ],
  },
  {
    name: "unreadable later",
    file: DISABLED,
    later: ({ home }) => makeFolderOfFile(home),
    main: UNCHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] F1 Cannot read "F1": it is not a regular file; move it away`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | - | -",
    ],
  },
  {
    name: "locked later",
    file: ENABLED,
    later: ({ home }) => lock(home),
    main: CHANGED,
    post: AS_WANTED,
  },
];

const TWO_HOMES = [
  `Home: "H1", from TIUP_HOME`,
  `Home: "H2", from TIUP_HOME at the end of the job`,
];

const MOVES: readonly Situation[] = [
  {
    name: "TIUP_HOME leads to a home that is on",
    file: ENABLED,
    other: ENABLED,
    inputs: { "tiup-home": "" },
    later: ({ job, other }) => moveTo(other, job),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 1",
      `"F1": disable at the end of the job`,
      `error [TiUP telemetry failed at the end of the job] F2 TIUP_HOME leads to "F2" now, and that says enable; set TIUP_HOME before this step, or use the action again after it`,
      ...TWO_HOMES,
      "H1 | TIUP_HOME | disable | disable | disable | no",
      "H2 | TIUP_HOME at the end of the job | disable | - | enable | -",
    ],
  },
  {
    name: "TIUP_HOME leads to a home that is off",
    file: ENABLED,
    other: DISABLED,
    inputs: { "tiup-home": "" },
    later: ({ job, other }) => moveTo(other, job),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 0",
      `"F1": disable at the end of the job`,
      `"F2": disable at the end of the job`,
      ...TWO_HOMES,
    ],
  },
  {
    name: "TIUP_HOME leads to a home without a file",
    file: ENABLED,
    inputs: { "tiup-home": "" },
    later: ({ job, other }) => moveTo(other, job),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 1",
      `"F1": disable at the end of the job`,
      `error [TiUP telemetry failed at the end of the job] F2 TIUP_HOME leads to "F2" now, and there is no file; set TIUP_HOME before this step, or use the action again after it`,
      ...TWO_HOMES,
      "H1 | TIUP_HOME | disable | disable | disable | no",
      "H2 | TIUP_HOME at the end of the job | disable | - | no file | -",
    ],
  },
  {
    name: "TIUP_HOME leads to a corrupt file",
    file: ENABLED,
    other: CORRUPT,
    inputs: { "tiup-home": "" },
    later: ({ job, other }) => moveTo(other, job),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 1",
      `"F1": disable at the end of the job`,
      `error [TiUP telemetry failed at the end of the job] F2 Cannot read "F2", ${TWICE}; mend the file, or delete it and let mode: enforce write a new one`,
      ...TWO_HOMES,
      "H1 | TIUP_HOME | disable | disable | disable | no",
      "H2 | TIUP_HOME at the end of the job | disable | - | - | -",
    ],
  },
  {
    name: "TIUP_HOME leads to the same home by a link",
    file: ENABLED,
    inputs: { "tiup-home": "" },
    later: ({ job, home, other }) => {
      fs.symlinkSync(home, `${other}/link`);
      moveTo(`${other}/link`, job);
    },
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 0",
      `"F1": disable at the end of the job`,
      `Home: "H1", from TIUP_HOME`,
    ],
  },
  {
    name: "TIUP_HOME is relative by the end of the job",
    file: ENABLED,
    inputs: { "tiup-home": "" },
    later: ({ job }) => moveTo(".tiup", job),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] TIUP_HOME is ".tiup", a relative path, which TiUP looks for in the folder of each step; write the path in full`,
    ],
  },
  {
    name:
      "TIUP_HOME is relative by the end of the job, and tiup-home was given",
    file: ENABLED,
    later: ({ job }) => moveTo("~/.tiup", job),
    main: CHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry failed at the end of the job] TIUP_HOME is "~/.tiup", a relative path, which TiUP looks for in the folder of each step; write the path in full`,
    ],
  },
  {
    name: "tiup-home beside a TIUP_HOME that leads elsewhere",
    file: ENABLED,
    other: ENABLED,
    env: ({ other }) => ({ TIUP_HOME: other }),
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": enable before, disable now`,
      `warning [TiUP telemetry] TIUP_HOME leads to "H2", and TiUP uses that, not tiup-home "H1"; set both to the same home`,
      ...CHANGED.slice(2),
    ],
    post: AS_WANTED,
  },
  {
    name: "TIUP_HOME leads elsewhere later, and tiup-home was given",
    file: ENABLED,
    other: ENABLED,
    later: ({ job, other }) => moveTo(other, job),
    main: CHANGED,
    post: [
      "exit 0",
      `"F1": disable at the end of the job`,
      `warning [TiUP telemetry at the end of the job] TIUP_HOME leads to "H2", and TiUP uses that, not tiup-home "H1"; set both to the same home`,
      `Home: "H1", from tiup-home`,
    ],
  },
];

const VARIABLES: readonly Situation[] = [
  {
    name: "the variable fails a check",
    file: DISABLED,
    inputs: { mode: "check" },
    env: { [VARIABLE]: "enable" },
    main: [
      "exit 1",
      `Not changed "F1": disable`,
      "error [TiUP telemetry failed] TIUP_TELEMETRY_STATUS is not disable, and what TiUP starts follows it; remove the variable",
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | disable | no",
      "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: MAIN_FAILED,
  },
  {
    name: "the variable is set right",
    file: DISABLED,
    env: { [VARIABLE]: "enable" },
    main: [
      "exit 0",
      `Not changed "F1": disable`,
      "notice [TiUP telemetry changed] TIUP_TELEMETRY_STATUS is disable for the steps from here on",
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | disable | no",
      "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: AS_WANTED,
  },
  {
    name: "a later step sets the variable",
    file: DISABLED,
    later: ({ job }) => job.setEnv(`${VARIABLE}=enable\n`),
    main: UNCHANGED,
    post: [
      "exit 1",
      `"F1": disable at the end of the job`,
      "error [TiUP telemetry failed at the end of the job] TIUP_TELEMETRY_STATUS is not disable at the end of the job, and what TiUP starts follows it; look for later steps that set it, and for env: of this step",
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | disable | no",
    ],
  },
];

function refused(message: string): readonly string[] {
  return ["exit 1", `error [TiUP telemetry failed] ${message}`];
}

const VALID = "valid are state, mode, tiup-home, reset, verify";

function undeclared(name: string, variable: string): readonly string[] {
  return refused(
    `No input is "${name}"; ${VALID}; if you did not write it, "${variable}" is a variable of the job's own, or an input of an outer composite action that the runner hands on; rename it there`,
  );
}

const REFUSALS: readonly Situation[] = [
  {
    name: "an invalid input",
    file: ENABLED,
    inputs: { state: "off" },
    main: refused(`state is "off", not enable or disable`),
    post: MAIN_FAILED,
  },
  {
    name: "reset with check",
    file: ENABLED,
    inputs: { mode: "check", reset: "true" },
    main: refused("reset: true is valid with mode: enforce only"),
    post: MAIN_FAILED,
  },
  ...["check", "status", "telemetry", "json", "home", "dry-run"].map((
    name,
  ) => ({
    name: `an undeclared input, ${name}`,
    file: ENABLED,
    inputs: { [name]: "true" },
    main: undeclared(name, `INPUT_${name.toUpperCase()}`),
    post: MAIN_FAILED,
  })),
  {
    name: "a shell drops INPUT_TIUP-HOME, as dash does",
    file: ENABLED,
    under: ["env", "-u", "INPUT_TIUP-HOME"],
    main: refused(
      "INPUT_TIUP-HOME is missing; a shell between the runner and Node drops such names: use a runner that starts Node directly",
    ),
    post: MAIN_FAILED,
  },
  {
    name: "tiup-home holds a $",
    inputs: { "tiup-home": "$HOME/.tiup" },
    main: refused(
      `tiup-home is "$HOME/.tiup", and nothing expands $ or splits lines; write one path in full`,
    ),
    post: MAIN_FAILED,
  },
  ...["~/.tiup", ".tiup"].map((TIUP_HOME) => ({
    name: `TIUP_HOME: ${TIUP_HOME}`,
    inputs: { "tiup-home": "" },
    env: { TIUP_HOME },
    main: refused(
      `TIUP_HOME is "${TIUP_HOME}", a relative path, which TiUP looks for in the folder of each step; write the path in full`,
    ),
    post: MAIN_FAILED,
  })),
  {
    name: "TIUP_HOME: .tiup beside tiup-home",
    file: ENABLED,
    env: { TIUP_HOME: ".tiup" },
    main: refused(
      `TIUP_HOME is ".tiup", a relative path, which TiUP looks for in the folder of each step; write the path in full`,
    ),
    post: MAIN_FAILED,
  },
  {
    name:
      "tiup-home is a folder that is not there, such as ${{ env.HOME }}/.tiup",
    file: (home) => fs.rmSync(home, { recursive: true }),
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": no file before, disable now`,
      `warning [TiUP telemetry] The folder "H1" was missing and was made`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | no file | disable | yes",
      "status=disable previous=disable changed=true source=file file=F1 uuid=",
    ],
    post: AS_WANTED,
  },
  {
    name: "TIUP_HOME is a folder that is not there",
    file: (home) => fs.rmSync(home, { recursive: true }),
    inputs: { "tiup-home": "" },
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": no file before, disable now`,
      `The folder "H1" was missing and was made`,
      `Home: "H1", from TIUP_HOME`,
      "H1 | TIUP_HOME | disable | no file | disable | yes",
      "status=disable previous=disable changed=true source=file file=F1 uuid=",
    ],
    post: [
      "exit 0",
      `"F1": disable at the end of the job`,
      `Home: "H1", from TIUP_HOME`,
    ],
  },
];

const FAULTS: readonly Situation[] = [
  {
    name: "corrupt",
    file: CORRUPT,
    main: [
      "exit 1",
      `error [TiUP telemetry failed] F1 Cannot read "F1", ${TWICE}; mend the file, or delete it and let mode: enforce write a new one`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | - | - | -",
    ],
    post: MAIN_FAILED,
  },
  {
    name: "unreadable",
    file: makeFolderOfFile,
    main: [
      "exit 1",
      `error [TiUP telemetry failed] F1 Cannot read "F1": it is not a regular file; move it away`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | - | - | -",
    ],
    post: MAIN_FAILED,
  },
  {
    name: "locked",
    file: (home) => {
      turnOn({ home });
      lock(home);
    },
    main: [
      "exit 1",
      `error [TiUP telemetry failed] F1 Cannot change "F1": "F1.lock" is stale and cannot be removed (${NO_UNLINK}); nothing was changed; it will not go away by itself: remove it`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | enable | enable | -",
    ],
    post: MAIN_FAILED,
  },
  {
    name: "the runner's file for outputs is not writable",
    file: ENABLED,
    under: ["env", "GITHUB_OUTPUT=/proc/none"],
    main: [
      "exit 1",
      `notice [TiUP telemetry changed] F1 Changed "F1": enable before, disable now`,
      "error [TiUP telemetry failed] The runner's file for outputs cannot be written (Missing file at path: /proc/none); make it writable for the user of the job; the telemetry file was changed",
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | enable | disable | yes",
    ],
    post: MAIN_FAILED,
  },
  {
    name: "the runner's file for state is not writable",
    file: DISABLED,
    under: ["env", "GITHUB_STATE=/proc/none"],
    main: [
      "exit 1",
      `Not changed "F1": disable`,
      "error [TiUP telemetry failed] The runner's file for state cannot be written (Missing file at path: /proc/none); make it writable for the user of the job; the telemetry file was not changed",
      ...UNCHANGED.slice(2),
    ],
    post: MAIN_FAILED,
  },
  {
    name: "the runner's file for variables is not writable",
    file: DISABLED,
    env: { [VARIABLE]: "enable" },
    under: ["env", "GITHUB_ENV=/proc/none"],
    main: [
      "exit 1",
      `Not changed "F1": disable`,
      "error [TiUP telemetry failed] The runner's file for variables cannot be written (Missing file at path: /proc/none); make it writable for the user of the job; the telemetry file was not changed",
      ...UNCHANGED.slice(2),
    ],
    post: MAIN_FAILED,
  },
  {
    name: "the summary is not writable",
    file: ENABLED,
    under: ["env", "GITHUB_STEP_SUMMARY=/proc/none"],
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": enable before, disable now`,
      `Home: "H1", from tiup-home`,
      "warning [TiUP telemetry] The summary cannot be written (Unable to access summary file: '/proc/none'. Check if the file has correct read/write permissions.)",
      "status=disable previous=enable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: AS_WANTED,
  },
];

export const SITUATIONS: readonly Situation[] = [
  ...FIRST,
  ...CHECKS,
  ...DRIFTS,
  ...MOVES,
  ...VARIABLES,
  ...REFUSALS,
  ...FAULTS,
];
