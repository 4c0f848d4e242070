import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { bundle } from "@/cli/start/bundle.mjs";
import type { Cleanup } from "../cleanup";
import type { Answer } from "./child";

/** A process beside this one that answers questions. */
export type Helper = { ask<A>(question: unknown): Promise<A> };

export type Options = {
  /** A file for what the process writes; on this one's standard error unless given. */
  log?: string;
  /** Its connection string, unless it is everybody's. */
  databaseUrl?: string;
};

/** Starts `bench/<file>`, bundled as `npm start` bundles the product, as a process of its own and waits until it is ready. It is ended by `cleanup` at the latest. */
export async function startHelper(cleanup: Cleanup, file: string, { log, databaseUrl }: Options = {}): Promise<Helper> {
  // Standard output is the table's alone.
  const out = log === undefined ? 2 : openSync(log, "a");
  const program = await bundle(`bench/${file}`);
  const execArgv = process.execArgv.filter((word) => !/^(--import|tsx)$/.test(word));
  const env = databaseUrl === undefined ? process.env : { ...process.env, DATABASE_URL: databaseUrl };
  const child = fork(program, { execArgv, env, serialization: "advanced", stdio: ["ignore", out, out, "ipc"] });
  if (out !== 2) closeSync(out);
  cleanup.later(() => end(child));
  const open = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  let gone: Error | null = null;
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message: Answer | "ready") => {
      if (message === "ready") return resolve();
      const asked = open.get(message.id);
      open.delete(message.id);
      if (message.fault === undefined) asked?.resolve(message.answer as never);
      else asked?.reject(new Error(`bench/${file}: ${message.fault}`));
    });
    child.on("exit", (code, signal) => {
      gone = new Error(`bench/${file} ended (${signal ?? `code ${code}`}).`);
      reject(gone);
      for (const asked of open.values()) asked.reject(gone);
    });
  });
  await ready;
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        last += 1;
        open.set(last, { resolve, reject });
        child.send({ id: last, body: question }, (error) => error && reject(error));
      }),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  if (child.connected) child.disconnect();
  const impatience = setTimeout(() => child.kill("SIGKILL"), 3000);
  await gone;
  clearTimeout(impatience);
}
