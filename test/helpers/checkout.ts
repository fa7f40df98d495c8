/** A checkout of its own, and what it needs to reach the network. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { makeHome, ROOT } from "./harness.ts";

/** Runs git in a folder, and returns what it prints. */
export function git(folder: string, ...args: readonly string[]): string {
  const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
  const { status, stdout, stderr } = spawnSync("git", [...author, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Copies what a clone would hold, with today's content, into a new folder. */
export function checkout(): string {
  const folder = makeHome();
  for (const name of git(ROOT, "ls-files", "-z").split("\0").filter(Boolean)) {
    fs.mkdirSync(join(folder, dirname(name)), { recursive: true });
    fs.copyFileSync(join(ROOT, name), join(folder, name));
  }
  return folder;
}

const HOW =
  /^((https?|all|no)_proxy|deno_(cert|tls_ca_store)|ssl_cert_(file|dir)|npm_config_registry)$/i;

/** How this machine reaches the registry, if not directly. */
export const NETWORK: Readonly<Record<string, string>> = {
  DENO_TLS_CA_STORE: "mozilla,system", // a company's own certificates too
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      HOW.test(name) && value ? [[name, value]] : []
    ),
  ),
};
