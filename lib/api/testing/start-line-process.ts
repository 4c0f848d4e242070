import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export type LineProcess = {
  url: string;
  isAlive(): boolean;
  /** `SIGKILL` unless told otherwise; resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
};

/** Starts a real process that serves and moves lines on a database, and waits until it serves. */
export async function startLineProcess(
  databaseUrl: string,
  { authSecret, hasTicker = true }: { authSecret: string; hasTicker?: boolean },
): Promise<LineProcess> {
  const words = ["--import", "tsx", "lib/api/testing/line-process.ts", ...(hasTicker ? [] : ["--no-ticker"])];
  const child = spawn(process.execPath, words, {
    cwd: ROOT,
    env: {
      PATH: "/usr/bin:/bin",
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
      AUTH_SECRET: authSecret,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const gone = once(child, "exit");
  const port = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /ready (\d+)\n/.exec(said);
      if (ready) resolve(ready[1] as string);
    });
    void gone.then(() => reject(new Error("The process ended before it was ready.")));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async kill(signal = "SIGKILL") {
      child.kill(signal);
      await gone;
    },
  };
}
