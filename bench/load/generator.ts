import { answerParent, cpuMicroseconds } from "../helper/child";
import { Connection } from "./connection";
import type { Job, Load } from "./job";

/** Few enough for any server's backlog. */
const OPENED_TOGETHER = 200;

async function run({ port, connections, requests, seconds, repeat }: Job): Promise<Load> {
  let fail: (error: Error) => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const open: Connection[] = [];
  const load = async () => {
    while (open.length < connections) {
      const next = Math.min(OPENED_TOGETHER, connections - open.length);
      open.push(...(await Promise.all(Array.from({ length: next }, () => Connection.open(port, fail)))));
    }
    return await drive(open, { requests, seconds, repeat });
  };
  try {
    return await Promise.race([load(), broken]);
  } finally {
    for (const connection of open) connection.close();
  }
}

function drive(open: Connection[], { requests, seconds, repeat }: Pick<Job, "requests" | "seconds" | "repeat">) {
  return new Promise<Load>((resolve) => {
    const statuses: Record<number, number> = {};
    const times: number[] = [];
    let sample = "";
    let next = 0;
    let busy = open.length;
    const cpu = cpuMicroseconds();
    const from = performance.now();
    const until = from + seconds * 1000;

    const finish = () => {
      const elapsed = performance.now() - from;
      const sorted = Float64Array.from(times).sort();
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      resolve({
        seconds: elapsed / 1000,
        statuses,
        p50: at(0.5),
        p99: at(0.99),
        slowest: at(1),
        generatorBusy: (cpuMicroseconds() - cpu) / 1000 / elapsed,
        sample,
      });
    };
    const go = (connection: Connection) => {
      const now = performance.now();
      if (next === requests.length && repeat) next = 0;
      if (next === requests.length || now >= until) {
        busy -= 1;
        if (busy === 0) finish();
        return;
      }
      const request = requests[next] as string;
      next += 1;
      connection.send(request, (status, answer) => {
        times.push(performance.now() - now);
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (sample === "") sample = answer;
        go(connection);
      });
    };
    for (const connection of open) go(connection);
  });
}

answerParent(run);
