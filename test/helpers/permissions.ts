/** What Deno asks for, by command: the table in the README. */

export interface Permissions {
  /** Paths below the home. */
  readonly read: string;
  readonly write?: string;
  readonly env: readonly string[];
  readonly sys?: readonly string[];
}

const STATE = ["TIUP_TELEMETRY_STATUS", "DO_NOT_TRACK"];

/** `status`, and `--check`, with `--home`. */
export const LOOK: Permissions = { read: "telemetry/meta.yaml", env: STATE };

/** `enable`, `disable` and `reset` of a file that is there, with `--home`. */
export const CHANGE: Permissions = {
  read: "telemetry",
  write: "telemetry",
  env: STATE,
};

/** The same where `telemetry` is not there yet, but the home is. */
export const CREATE: Permissions = { ...CHANGE, read: "." };

/** Without `--home`, where TIUP_HOME is set. */
export function byVariable(needs: Permissions): Permissions {
  return { ...needs, env: [...needs.env, "TIUP_HOME", "HOME"] };
}

/** With neither, so that the passwd entry decides. */
export function byPasswd(needs: Permissions): Permissions {
  return { ...byVariable(needs), sys: ["uid", "gid", "username"] };
}

/** From source: the yaml package looks for a switch of its own debugging. */
export function fromSource(needs: Permissions): Permissions {
  return { ...needs, env: [...needs.env, "LOG_TOKENS"] };
}

/** Returns the flags for Deno. */
export function allow(home: string, needs: Permissions): string[] {
  const { read, write, env, sys } = needs;
  return [
    `--allow-read=${home}/${read}`,
    ...(write ? [`--allow-write=${home}/${write}`] : []),
    `--allow-env=${env.join(",")}`,
    ...(sys ? [`--allow-sys=${sys.join(",")}`] : []),
  ];
}
