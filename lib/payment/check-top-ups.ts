import { type Client, statement } from "@/db/client";
import { AppError } from "@/lib/core/errors";
import { errorFields, log } from "@/lib/core/log";
import type { PaymentProvider, ProviderNews } from "./providers/provider";
import { settleTopUp } from "./settle-top-up";

/** How many top-ups one round asks about: a provider has its limits too. */
const MOST = 20;
/** How often each process looks for top-ups that are due. */
const EVERY_MS = 30_000;

type Due = { user_id: string; id: string; reference: string | null; check_at: string; is_old: boolean };

const findDue = statement<Due>(
  "top_up_find_due",
  `select user_id, id, reference, check_at::text, created_at < now() - interval '2 hours' as is_old
   from top_ups where check_at <= now() and provider = $1 order by top_ups.check_at limit $2`,
);

// Whoever moves it on asks: two minutes after the start, then after twice as long each time, an hour at most.
const claim = statement<{ id: string }>(
  "top_up_claim",
  `update top_ups set checks = checks + 1, check_at = now() + make_interval(mins => least(2 ^ least(checks + 1, 6), 60)::int)
   where user_id = $1 and id = $2 and check_at = $3::timestamptz returning id`,
);

/**
 * Asks the provider about top-ups of which nothing was heard, should its message be lost; says how many it asked about.
 * Several processes may do so at once: each top-up is asked about by one. A provider that is away is asked later.
 */
export async function checkTopUps(db: Client, provider: PaymentProvider): Promise<number> {
  let asked = 0;
  for (const { user_id: userId, id: topUpId, reference, check_at, is_old } of await findDue(db, [
    provider.name,
    MOST,
  ])) {
    const [mine] = await claim(db, [userId, topUpId, check_at]);
    if (!mine) continue;
    asked += 1;
    // Without a reference nobody was ever shown where to pay.
    const news: ProviderNews = reference
      ? await provider.look(reference)
      : { state: is_old ? ("failed" as const) : ("open" as const) };
    await db.transaction((tx) => settleTopUp(tx, { userId, topUpId, news }));
  }
  return asked;
}

/** Checks beside everything else, until `stop`. */
export function startTopUpChecks(db: Client, provider: PaymentProvider): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const check = async () => {
    try {
      const asked = await checkTopUps(db, provider);
      if (asked > 0) log("info", "payment.top-ups-checked", { asked });
    } catch (error) {
      const away = error instanceof AppError;
      log("warn", "payment.top-ups-not-checked", away ? { error: error.message } : errorFields(error));
    }
  };
  const schedule = () => {
    // Processes that started together need not ask together.
    timer = setTimeout(
      () => {
        running = check().then(() => {
          if (!stopped) schedule();
        });
      },
      EVERY_MS * (0.5 + Math.random()),
    ).unref();
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
