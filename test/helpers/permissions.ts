/** What Deno asks for, by command: the table in docs/reference.md. */

export interface Permissions {
  /** Paths below the home. */
  readonly read: string;
  readonly write?: string;
  readonly env: readonly string[];
  /** A path besides. */
  readonly also?: string;
}

const STATE = ["TIUP_TELEMETRY_STATUS", "DO_NOT_TRACK"];

/** `status`, and `--check`, of a file that is there, with `--home`. */
export const LOOK: Permissions = { read: "telemetry/meta.yaml", env: STATE };

/** The same where there may be no file. */
export const SEEK: Permissions = { ...LOOK, read: "." };

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

/** With neither, so that /etc/passwd decides. */
export function byPasswd(needs: Permissions): Permissions {
  return { ...byVariable(needs), also: "/etc/passwd" };
}

/** Returns the flags for Deno; root must see all folders on the way. */
export function allow(
  home: string,
  needs: Permissions,
  root = process.getuid?.() === 0,
): string[] {
  const { read, write, env, also } = needs;
  const paths = `=${home}/${read}${also ? `,${also}` : ""}`;
  return [
    `--allow-read${root ? "" : paths}`,
    ...(write ? [`--allow-write=${home}/${write}`] : []),
    `--allow-env=${env.join(",")}`,
    "--allow-sys=uid",
  ];
}
