/** A set of long-lived processes that change homes at the same instant. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Hold, Task } from "./contender.ts";
import { BUNDLE, environment } from "./harness.ts";
import type { Entry } from "./ledger.ts";

export interface Answer {
  readonly entry: Entry;
  readonly holds: readonly Hold[];
}

export interface Contenders {
  /** Each of them runs one command, all at once. */
  race(home: string, commands: readonly Task["command"][]): Promise<Answer[]>;
  /** One of them runs one command. */
  ask(index: number, home: string, command: Task["command"]): Promise<Answer>;
  stop(): void;
}

export async function startContenders(count: number): Promise<Contenders> {
  const children = await Promise.all(Array.from({ length: count }, begin));
  const ask = (index: number, task: Task) => answer(children[index]!, task);
  return {
    race: (home, commands) => {
      const at = Date.now() + 4;
      return Promise.all(
        commands.map((command, index) => ask(index, { home, command, at })),
      );
    },
    ask: (index, home, command) => ask(index, { home, command, at: 0 }),
    stop: () => children.forEach((child) => child.disconnect()),
  };
}

async function begin(): Promise<ChildProcess> {
  const child = forkHelper("contender.ts", BUNDLE);
  await once(child, "message");
  return child;
}

/** Starts a script of this folder. */
export function forkHelper(name: string, ...args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, name), args, {
    execArgv: ["--import", import.meta.resolve("tsx")],
    env: environment(),
  });
}

async function answer(child: ChildProcess, task: Task): Promise<Answer> {
  child.send(task);
  const [message] = await once(child, "message") as [
    Answer | { failure: string },
  ];
  if ("failure" in message) throw new Error(message.failure);
  return message;
}
