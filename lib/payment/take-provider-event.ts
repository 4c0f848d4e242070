import { type Db, statement } from "@/db/client";
import type { ProviderName } from "@/db/constants";
import { sqlState } from "@/db/errors";
import { log } from "@/lib/core/log";
import type { ProviderEvent } from "./providers/provider";
import { lockTopUp, settleTopUp } from "./settle-top-up";

const remember = statement<{ event_id: string }>(
  "top_up_remember_event",
  `insert into provider_events (user_id, event_id, type, top_up_id, received_at) values ($1, $2, $3, $4, now())
   on conflict (user_id, event_id) do nothing returning event_id`,
);

// A top-up that is not there was lost with a database that went back in time: money that arrived is credited even so.
const restore = statement<never>(
  "top_up_restore",
  `insert into top_ups (user_id, id, provider, amount, currency, created_at)
   values ($1, $2, $3, $4, $5, now()) on conflict (user_id, id) do nothing`,
);

const FOREIGN_KEY_VIOLATION = "23503";

/**
 * Acts upon a provider's message, once: the message and what it changes commit together, and a repeat waits for the
 * first and then finds it there. Says whether it changed anything. A message about another installation's top-ups is
 * left alone.
 */
export async function takeProviderEvent(
  db: Db,
  { event, provider }: { event: ProviderEvent; provider: ProviderName },
): Promise<"taken" | "known" | "foreign"> {
  const { id, type, userId, topUpId, news } = event;
  try {
    return await db.transaction(async (tx) => {
      if (news.state === "arrived") await restore(tx, [userId, topUpId, provider, news.amount, news.currency]);
      // Before the message is written down: its foreign key would lock the row too, and two messages each other out.
      await lockTopUp(tx, { userId, topUpId });
      const [first] = await remember(tx, [userId, id, type, topUpId]);
      if (!first) return "known";
      await settleTopUp(tx, { userId, topUpId, news });
      return "taken";
    });
  } catch (error) {
    if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error;
    log("warn", "payment.foreign-event", { provider, eventId: id, type, userId, topUpId });
    return "foreign";
  }
}
