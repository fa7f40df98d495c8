/**
 * What a person reads in each situation, letter for letter: exit code, log with
 * its annotations, summary and outputs, of the main stage and then of the post
 * stage. Between them stands what later steps of the job do.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { test } from "node:test";
import { DISABLED, ENABLED, makeHome, metaOf } from "../helpers/harness.ts";
import {
  type Annotation,
  type Job,
  type Stage,
  startJob,
} from "../helpers/runner.ts";

/** Below H1 stands for `home`, F1 for its meta file, H2 and F2 for `other`. */
interface Place {
  readonly home: string;
  readonly other: string;
  readonly job: Job;
}

interface Situation {
  readonly name: string;
  /** The meta file before. */
  readonly file?: string | ((home: string) => void);
  readonly other?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly main: readonly string[];
  readonly later?: (place: Place) => void;
  readonly post: readonly string[];
}

const ON = (home: string) => fs.writeFileSync(metaOf(home), ENABLED);
const CORRUPT = `status: disable\nstatus: enable\n`;

const CHANGED = [
  "exit 0",
  `notice [TiUP telemetry changed] F1 Changed "F1": enable before, disable now`,
  `Home: "H1", from tiup-home`,
  "H1 | tiup-home | enable | disable | yes",
  "status=disable previous=enable changed=true source=file file=F1 uuid=a-uuid",
];
const CHANGED_BY_VARIABLE = CHANGED.map((line) =>
  line.replace("tiup-home", "TIUP_HOME")
);
const UNCHANGED = [
  "exit 0",
  `Not changed "F1": disable`,
  `Home: "H1", from tiup-home`,
  "H1 | tiup-home | disable | disable | no",
  "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
];
const STILL = [
  "exit 0",
  `"F1": still disable`,
  `Home: "H1", from tiup-home`,
];
const FAILED = [
  "exit 1",
  "Not read again: this step has failed",
];

const SITUATIONS: readonly Situation[] = [
  {
    name: "first run",
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": no file before, disable now`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | no file | disable | yes",
      "status=disable previous=disable changed=true source=file file=F1 uuid=",
    ],
    post: STILL,
  },
  { name: "changed", file: ENABLED, main: CHANGED, post: STILL },
  { name: "unchanged", file: DISABLED, main: UNCHANGED, post: STILL },
  {
    name: "reset of what is already so",
    file: DISABLED,
    inputs: { reset: "true" },
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": disable, the uuid is new`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | yes, the uuid is new",
      "status=disable previous=disable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: STILL,
  },
  {
    name: "reset with a change",
    file: ENABLED,
    inputs: { reset: "true" },
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": enable before, disable now, the uuid is new`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | disable | yes, the uuid is new",
      "status=disable previous=enable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: STILL,
  },
  {
    name: "a file that lacks uuid and secret",
    file: "status: enable\n",
    inputs: { state: "enable" },
    main: [
      "exit 0",
      `notice [TiUP telemetry changed] F1 Changed "F1": enable, now complete`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | yes, now complete",
      "status=enable previous=enable changed=true source=file file=F1 uuid=a-uuid",
    ],
    post: [
      "exit 0",
      `"F1": still enable`,
      `Home: "H1", from tiup-home`,
    ],
  },
  {
    name: "check passed",
    file: DISABLED,
    inputs: { mode: "check" },
    main: UNCHANGED,
    post: STILL,
  },
  {
    name: "check failed",
    file: ENABLED,
    inputs: { mode: "check" },
    main: [
      "exit 1",
      `Not changed "F1": enable`,
      `error [TiUP telemetry: failed] F1 Found enable instead of disable: "F1"`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | no",
      "status=enable previous=enable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: FAILED,
  },
  {
    name: "check, no file",
    inputs: { mode: "check" },
    main: [
      "exit 0",
      `Not changed "F1": no file`,
      `notice No file "F1": TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | no file | no file | no",
      "status=disable previous=disable changed=false source=default file=F1 uuid=",
    ],
    post: [
      "exit 0",
      `"F1": still no file`,
      `Home: "H1", from tiup-home`,
    ],
  },
  {
    name: "check, no file, asked for enable",
    inputs: { mode: "check", state: "enable" },
    main: [
      "exit 1",
      `Not changed "F1": no file`,
      `notice No file "F1": TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry`,
      `error [TiUP telemetry: failed] F1 Found no file instead of enable: "F1"`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | no file | no file | no",
      "status=disable previous=disable changed=false source=default file=F1 uuid=",
    ],
    post: FAILED,
  },
  {
    name: "check, no home folder",
    file: (home) => fs.rmSync(home, { recursive: true }),
    inputs: { mode: "check" },
    main: [
      "exit 0",
      `Not changed "F1": no file`,
      `warning The home folder is not there. No file "F1": TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | no file | no file | no",
      "status=disable previous=disable changed=false source=default file=F1 uuid=",
    ],
    post: [
      "exit 0",
      `"F1": still no file`,
      `Home: "H1", from tiup-home`,
    ],
  },
  {
    name: "check, then TiUP up to 1.11.2 makes its file",
    inputs: { mode: "check" },
    later: ({ home }) => {
      fs.mkdirSync(`${home}/telemetry`);
      ON(home);
    },
    main: [
      "exit 0",
      `Not changed "F1": no file`,
      `notice No file "F1": TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | no file | no file | no",
      "status=disable previous=disable changed=false source=default file=F1 uuid=",
    ],
    post: [
      "exit 1",
      `error [TiUP telemetry, end of the job: failed] F1 A later step changed "F1": enable now; this step had found no file`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | no file | enable | yes, by a later step",
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
      `error [TiUP telemetry, end of the job: failed] F1 A later step changed "F1": no file now; this step had found disable`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | no file | yes, by a later step",
    ],
  },
  {
    name: "an invalid input",
    file: ENABLED,
    inputs: { state: "off" },
    main: [
      "exit 1",
      `error [TiUP telemetry: failed] state is "off", not enable or disable`,
      "- | - | - | - | -",
    ],
    post: FAILED,
  },
  {
    name: "drift",
    file: ENABLED,
    later: ({ home }) => ON(home),
    main: CHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry, end of the job: failed] F1 A later step changed "F1": enable now; this step had set disable`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | enable | yes, by a later step",
    ],
  },
  {
    name: "the file is removed later",
    file: ENABLED,
    later: ({ home }) => fs.rmSync(metaOf(home)),
    main: CHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry, end of the job: failed] F1 A later step changed "F1": no file now; this step had set disable`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | no file | yes, by a later step",
    ],
  },
  {
    name: "verify: false",
    file: ENABLED,
    inputs: { verify: "false" },
    later: ({ home }) => ON(home),
    main: CHANGED,
    post: [
      "exit 0",
      "Not read again: verify is false",
    ],
  },
  {
    name: "TIUP_HOME leads to a home that is on",
    file: ENABLED,
    other: ENABLED,
    inputs: { "tiup-home": "" },
    later: ({ job, other }) => job.setEnv(`TIUP_HOME=${other}\n`),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 1",
      `"F1": still disable`,
      `error [TiUP telemetry, end of the job: failed] F2 A later step made TiUP use "F2": enable now; this step had set disable`,
      `Home: "H1", from an earlier environment`,
      `Home: "H2", from TIUP_HOME`,
      "H1 | an earlier environment | disable | disable | no",
      "H2 | TIUP_HOME | not looked at | enable | yes, by a later step",
    ],
  },
  {
    name: "TIUP_HOME leads to a home that is off",
    file: ENABLED,
    other: DISABLED,
    inputs: { "tiup-home": "" },
    later: ({ job, other }) => job.setEnv(`TIUP_HOME=${other}\n`),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 0",
      `"F1": still disable`,
      `"F2": now disable`,
      `Home: "H1", from an earlier environment`,
      `Home: "H2", from TIUP_HOME`,
    ],
  },
  {
    name: "TIUP_HOME leads to a home without a file",
    file: ENABLED,
    inputs: { "tiup-home": "" },
    later: ({ job, other }) => job.setEnv(`TIUP_HOME=${other}\n`),
    main: CHANGED_BY_VARIABLE,
    post: [
      "exit 0",
      `"F1": still disable`,
      `notice No file "F2": TiUP 1.11.3 to 1.16.2 takes that as disabled, up to 1.11.2 as enabled; from 1.16.3 it has no telemetry`,
      `"F2": now no file`,
      `Home: "H1", from an earlier environment`,
      `Home: "H2", from TIUP_HOME`,
    ],
  },
  {
    name: "TIUP_HOME moves, and tiup-home was given",
    file: ENABLED,
    other: ENABLED,
    later: ({ job, other }) => job.setEnv(`TIUP_HOME=${other}\n`),
    main: CHANGED,
    post: STILL,
  },
  {
    name: "the variable fails a check",
    file: DISABLED,
    inputs: { mode: "check" },
    env: { TIUP_TELEMETRY_STATUS: "enable" },
    main: [
      "exit 1",
      `Not changed "F1": disable`,
      "error [TiUP telemetry: failed] F1 TIUP_TELEMETRY_STATUS is not disable, whatever the file says",
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | no",
      "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: FAILED,
  },
  {
    name: "the variable is set right",
    file: DISABLED,
    env: { TIUP_TELEMETRY_STATUS: "enable" },
    main: [
      "exit 0",
      "notice TIUP_TELEMETRY_STATUS is disable for the steps from here on",
      `Not changed "F1": disable`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | no",
      "status=disable previous=disable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: STILL,
  },
  {
    name: "a later step sets the variable",
    file: DISABLED,
    later: ({ job }) => job.setEnv("TIUP_TELEMETRY_STATUS=enable\n"),
    main: UNCHANGED,
    post: [
      "exit 1",
      `"F1": still disable`,
      "error [TiUP telemetry, end of the job: failed] F1 TIUP_TELEMETRY_STATUS is not disable, whatever the file says: by a later step, or env: here",
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | disable | no",
    ],
  },
  {
    name: "DO_NOT_TRACK with enable",
    file: ENABLED,
    inputs: { state: "enable" },
    env: { DO_NOT_TRACK: "1" },
    main: [
      "exit 0",
      `Not changed "F1": enable`,
      `warning TiUP ignores DO_NOT_TRACK, and "F1" says enable`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | no",
      "status=enable previous=enable changed=false source=file file=F1 uuid=a-uuid",
    ],
    post: [
      "exit 0",
      `"F1": still enable`,
      `Home: "H1", from tiup-home`,
    ],
  },
  {
    name: "corrupt",
    file: CORRUPT,
    main: [
      "exit 1",
      `error [TiUP telemetry: failed] F1 Cannot read "F1", line 2: its key stands above already, or its indentation fits no line above; a meta file holds lines "key: value", comments, and indented under other keys lists and mappings of one-line values; mend the file, or delete it first`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | - | - | -",
    ],
    post: FAILED,
  },
  {
    name: "corrupt later",
    file: DISABLED,
    later: ({ home }) => fs.writeFileSync(metaOf(home), CORRUPT),
    main: UNCHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry, end of the job: failed] F1 Cannot read "F1", line 2: its key stands above already, or its indentation fits no line above; a meta file holds lines "key: value", comments, and indented under other keys lists and mappings of one-line values; mend the file, or delete it first`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | - | -",
    ],
  },
  {
    name: "unreadable",
    file: (home) => fs.mkdirSync(metaOf(home), { recursive: true }),
    main: [
      "exit 1",
      `error [TiUP telemetry: failed] F1 Cannot read "F1": it is not a regular file; check the path and its permissions`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | - | - | -",
    ],
    post: FAILED,
  },
  {
    name: "unreadable later",
    file: DISABLED,
    later: ({ home }) => {
      fs.rmSync(metaOf(home));
      fs.mkdirSync(metaOf(home));
    },
    main: UNCHANGED,
    post: [
      "exit 1",
      `error [TiUP telemetry, end of the job: failed] F1 Cannot read "F1": it is not a regular file; check the path and its permissions`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | disable | - | -",
    ],
  },
  {
    name: "locked",
    file: (home) => {
      fs.mkdirSync(`${home}/telemetry`);
      ON(home);
      lock(home);
    },
    main: [
      "exit 1",
      `error [TiUP telemetry: failed] F1 Cannot change "F1": "F1.lock" is held; nothing was changed; remove the lock if no other command runs`,
      `Home: "H1", from tiup-home`,
      "H1 | tiup-home | enable | enable | -",
    ],
    post: FAILED,
  },
  {
    name: "locked later",
    file: ENABLED,
    later: ({ home }) => lock(home),
    main: CHANGED,
    post: STILL,
  },
];

// A folder that is older than any lock: neither waited for nor cleared away.
function lock(home: string): void {
  fs.mkdirSync(`${metaOf(home)}.lock`);
  fs.utimesSync(`${metaOf(home)}.lock`, 1, 1);
}

for (const { name, file, other, inputs, env, ...expected } of SITUATIONS) {
  test(`what one reads: ${name}`, () => {
    const home = makeHome(typeof file === "string" ? file : undefined);
    if (typeof file === "function") file(home);
    const job = startJob({ env: { TIUP_HOME: home, ...env } });
    const place = { home, other: makeHome(other), job };
    const main = job.main({ "tiup-home": home, ...inputs });
    assert.deepEqual(transcript(main, "main", place), expected.main);
    expected.later?.(place);
    assert.deepEqual(transcript(job.post(), "post", place), expected.post);
  });
}

const STAGES = {
  main: "TiUP telemetry",
  post: "TiUP telemetry, end of the job",
};

/** The exit code, each line of the log, the summary's rows, the outputs. */
function transcript(stage: Stage, name: keyof typeof STAGES, place: Place) {
  const { exit, log, summary, outputs } = stage;
  const annotations = stage.annotations.map(asLine);
  const lines = log.trimEnd().split("\n").map((line) =>
    line.startsWith("##[") ? annotations.shift() ?? "" : line
  );
  const [heading, header, ...rows] = asLines(summary);
  const error = stage.annotations.find(({ level }) => level === "error");
  if (heading) {
    assert.equal(heading, STAGES[name]);
    assert.equal(header, "Home | From | Before | After | Changed");
    if (error) assert.equal(rows.pop(), `Failed: ${error.message}`);
  }
  const pairs = Object.entries(outputs).map(([name, value]) =>
    `${name}=${CANONICAL.test(value) ? "a-uuid" : value}`
  );
  const told = [`exit ${exit}`, ...lines, ...rows, pairs.join(" ")];
  return told.filter(Boolean).map((line) => abbreviate(line, place));
}

const CANONICAL = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function asLine({ level, title, file, message }: Annotation): string {
  return [level, title && `[${title}]`, file, message].filter(Boolean).join(
    " ",
  );
}

// As a browser shows it; of what HTML it is made has a test of its own.
function asLines(summary: string): string[] {
  return summary.replace(/<\/(tr|table|h3)>/g, "\n")
    .replace(/<\/t[dh]>(?=<t)/g, " | ").replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .split("\n").filter(Boolean);
}

function abbreviate(line: string, { home, other }: Place): string {
  return line.replaceAll(metaOf(home), "F1").replaceAll(metaOf(other), "F2")
    .replaceAll(home, "H1").replaceAll(other, "H2");
}
