import type { Client } from "@/db/client";
import { keepStatistics } from "@/db/keep-statistics";
import { startRevocations } from "@/lib/auth/revocations";
import { forget, oncePerProcess } from "@/lib/core/registry";
import { startTidying } from "@/lib/idempotency/tidying";
import { watchInvariants } from "@/lib/invariants/watch-invariants";
import { startTopUpChecks } from "@/lib/payment/check-top-ups";
import { paymentProvider } from "@/lib/payment/providers/configured";
import { startHistory } from "@/lib/queue/keep-history";
import { startTicker } from "@/lib/queue/ticker";
import { startWaitlists } from "@/lib/waitlist/ticker";

export type Background = {
  /** Resolves when this process knows which sessions were ended. */
  ready: Promise<void>;
  stop(): Promise<void>;
};

/** Starts what runs beside requests: admission, waitlists, ended sessions, tidying. Once per process, however often it is called. */
export function startBackground(db: Client): Background {
  return oncePerProcess("web.background", () => {
    const revocations = startRevocations(db);
    const tidying = startTidying(db);
    const ticker = startTicker(db);
    const history = startHistory(db);
    const provider = paymentProvider();
    const topUps = provider.name === "demo" ? null : startTopUpChecks(db, provider);
    const waitlists = startWaitlists(db);
    const invariants = watchInvariants(db);
    const statistics = keepStatistics(db);
    return {
      ready: revocations.ready,
      async stop() {
        forget("web.background");
        tidying.stop();
        revocations.stop();
        await statistics.stop();
        await invariants.stop();
        await history.stop();
        await topUps?.stop();
        await waitlists.stop();
        await ticker.stop();
      },
    };
  });
}
