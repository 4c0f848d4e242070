import { type Client, statement } from "@/db/client";
import { openTopUp } from "./open-top-up";
import type { PaymentProvider } from "./providers/provider";
import type { TopUpState } from "./schema";
import { settleTopUp } from "./settle-top-up";
import { getTopUp } from "./top-up-queries";

const keepReference = statement<never>(
  "top_up_keep_reference",
  "update top_ups set reference = $3, url = $4 where user_id = $1 and id = $2 and reference is null",
);

/**
 * Sets a top-up out with the provider and says where the fan pays; a provider that needs no page credits it at once.
 * Not inside a transaction: the row is committed first, so that whatever the provider says later finds it, and the
 * provider is asked under the row's id, so that two calls with one `requestKey` lead to one payment page. Throws what
 * `openTopUp` throws, `invalid_request` for an amount that the provider does not take, and `unavailable`.
 */
export async function startTopUp(
  db: Client,
  provider: PaymentProvider,
  request: { userId: string; amount: number; returnUrl: string; requestKey: string | null; dailyLimit?: number },
): Promise<TopUpState> {
  const { userId, returnUrl } = request;
  const row = await openTopUp(db, { ...request, provider: provider.name });
  if (row.status === "pending" && row.reference === null) {
    const { id, amount, currency, created_at: createdAt } = row;
    const page = new URL(returnUrl);
    page.searchParams.set("topUp", id);
    const order = { id, userId, amount, currency, createdAt, returnUrl: page.href };
    const { reference, url, news } = await provider.start(order);
    await db.transaction(async (tx) => {
      await keepReference(tx, [userId, id, reference, url]);
      await settleTopUp(tx, { userId, topUpId: id, news });
    });
  }
  return await getTopUp(db, { userId, topUpId: row.id });
}
