import { answerParent, cpuMicroseconds } from "../../helper/child";
import { Calls, pause } from "./calls";
import { Fan, type Shared } from "./fan";
import type { SaleJob, SaleReport } from "./job";
import { Lane } from "./lane";

async function sell(job: SaleJob, lanes: Lane[]): Promise<SaleReport> {
  const shared: Shared = {
    calls: new Calls(),
    sections: new Map(job.sections.map((section) => [section.name, section])),
    halls: new Map(),
    layout: "",
    seatIds: new Map(),
  };
  const cpu = cpuMicroseconds();
  const from = performance.now();
  const elapsed = () => (performance.now() - from) / 1000;
  let lastJoined = 0;
  let firstPaid = 0;
  let seats = 0;
  const paidBySecond: number[] = [];

  const visit = async (at: number) => {
    const who = job.fans[at] as SaleJob["fans"][number];
    await pause((at * job.arriveSeconds * 1000) / job.fans.length);
    const fan = new Fan(job, who, lanes[at] as Lane, shared);
    await fan.queue(() => {
      lastJoined = elapsed();
    });
    const bought = await fan.shop();
    seats += bought;
    firstPaid ||= elapsed();
    paidBySecond[Math.floor(elapsed())] = seats;
    lanes[at]?.close();
  };
  const isThrough = await inTime(Promise.all(job.fans.map((_, at) => visit(at))), job.giveUpSeconds);
  const seconds = elapsed();
  for (let second = 0; second < paidBySecond.length; second += 1) {
    paidBySecond[second] ??= paidBySecond[second - 1] ?? 0;
  }
  const { calls } = shared;
  return {
    seconds,
    isThrough,
    lastJoined,
    firstPaid,
    paidBySecond,
    seats,
    calls: calls.reports(),
    problems: calls.problems,
    cuts: Lane.cuts,
    cpuMicroseconds: cpuMicroseconds() - cpu,
  };
}

/** Whether `work` was done within so many seconds. */
async function inTime(work: Promise<unknown>, seconds: number): Promise<boolean> {
  let impatience: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    impatience = setTimeout(() => resolve(false), seconds * 1000);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(impatience);
  }
}

answerParent(async (job: SaleJob): Promise<SaleReport> => {
  Lane.cuts = 0;
  // Opened when its fan comes, as browsers do.
  const lanes = job.fans.map(() => new Lane(job.port));
  try {
    return await sell(job, lanes);
  } finally {
    for (const lane of lanes) lane.close();
  }
});
