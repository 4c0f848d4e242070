import { type Db, statement } from "@/db/client";
import type { ProviderName, TopUpStatus } from "@/db/constants";
import { notFound } from "@/lib/core/errors";
import { isId } from "@/lib/core/ids";
import type { TopUpState } from "./schema";

/** A row of `top_ups` as the statements of this module read it. */
export type TopUpRow = {
  id: string;
  user_id: string;
  provider: ProviderName;
  amount: number;
  currency: string;
  status: TopUpStatus;
  reference: string | null;
  url: string | null;
  credited_amount: number | null;
  created_at: Date;
  settled_at: Date | null;
};

export const TOP_UP_COLUMNS =
  "id, user_id, provider, amount, currency, status, reference, url, credited_amount, created_at, settled_at";

export const topUpOf = (row: TopUpRow): TopUpState => ({
  id: row.id,
  provider: row.provider,
  status: row.status,
  amount: row.credited_amount ?? row.amount,
  currency: row.currency,
  url: row.status === "pending" ? row.url : null,
  createdAt: row.created_at.toISOString(),
  settledAt: row.settled_at?.toISOString() ?? null,
});

const readOne = statement<TopUpRow>(
  "top_up_read",
  `select ${TOP_UP_COLUMNS} from top_ups where user_id = $1 and id = $2`,
);

/** A fan's own top-up. Throws `not_found`, also for another fan's. */
export async function getTopUp(db: Db, { userId, topUpId }: { userId: string; topUpId: string }): Promise<TopUpState> {
  const [row] = isId(topUpId) ? await readOne(db, [userId, topUpId]) : [];
  if (!row) throw notFound("top-up");
  return topUpOf(row);
}
