import { say } from "@/cli/shared/print";
import { retire } from "../data/concerts";
import { makeLine } from "../data/lines";
import { type Figure, plainFigure } from "../figure";
import { requestText } from "../load/request";
import { type Findings, inMs, inTurns, median, rateOf, told } from "../measure";
import { findNginx } from "../programs";
import { startNginx } from "../rivals/nginx";
import type { Stage, Target } from "../stage";

const CONNECTIONS = 64;
const LINE = 100_000;
/** Once a second, and the very first request. */
const ORIGIN_MOST = 1.1;

export async function measurePulse(stage: Stage, seconds: number): Promise<Findings> {
  const { db, product, cleanup, dir } = stage;
  const program = await findNginx();
  if (!program) say("  nginx is not installed (Debian: nginx): what it keeps from the servers is not measured.");
  const { concertId } = await makeLine(db, "bench-pulse", LINE, 1);
  const requests = [requestText({ method: "GET", path: `/api/concerts/${concertId}/queue/pulse` })];
  const proxy: Target | null = program
    ? { helper: product.helper, port: (await startNginx(cleanup, { program, dir, origin: product.port })).port }
    : null;
  const seen: number[] = [];
  const p99: number[] = [];
  const pulses =
    (name: string, target: Target, onRound?: (round: number, perSecond: number) => void) => async (round: number) => {
      const length = round === 0 ? 1 : seconds;
      const before = await product.helper.ask<number>("pulses");
      const load = await stage.load(target, { connections: CONNECTIONS, requests, seconds: length, repeat: true });
      const perSecond = ((await product.helper.ask<number>("pulses")) - before) / load.seconds;
      onRound?.(round, perSecond);
      if (onRound && round > 0) p99.push(load.p99);
      return told(name, round, rateOf(load, 200), `the server sees ${perSecond.toFixed(1)}/s`);
    };
  const rates = await inTurns({
    direct: pulses("pulse", product),
    proxied:
      proxy &&
      pulses("pulse through nginx", proxy, (round, perSecond) => {
        if (round > 0) seen.push(perSecond);
      }),
  });
  await retire(db, concertId);
  const direct = Math.round(median(rates.direct)).toLocaleString("en");
  const figures: Figure[] = proxy
    ? [
        plainFigure({
          what: `pulse through nginx at ${Math.round(median(rates.proxied)).toLocaleString("en")}/s: the server sees`,
          value: median(seen),
          unit: "per s",
          most: ORIGIN_MOST,
        }),
      ]
    : [];
  return {
    figures,
    notes: [
      `pulse: ${CONNECTIONS} connections, ${LINE.toLocaleString("en")} in line; straight from one server process ${direct}/s${proxy ? `; through nginx with deploy/nginx.conf 99 % within ${inMs(median(p99))}` : ""}.`,
    ],
  };
}
