import { type Db, statement } from "@/db/client";
import { invalidRequest } from "@/lib/core/errors";
import { getWallet } from "./queries";
import { STATEMENT_LINES, WALLET_TIME_ZONE } from "./rules";
import type { Statement, StatementSpan } from "./schema";

const startOf = (day: string) => `(${day})::timestamp at time zone '${WALLET_TIME_ZONE}'`;

type Line = {
  at: Date;
  kind: Statement["lines"][number]["kind"];
  amount: number;
  balance: number;
  reservation_id: string | null;
  reason: string | null;
};

const readOpening = statement<{ opening: number }>(
  "wallet_statement_opening",
  `select coalesce(sum(amount), 0)::int8 as opening from ledger_entries
   where user_id = $1 and account = 'wallet' and created_at < ${startOf("$2::date")}`,
);

// The balance is added up here and not read from the entries: two transactions may have moved the wallet in another
// order than they began in, and a statement has to add up line by line.
const readLines = statement<Line>(
  "wallet_statement_lines",
  `select created_at as at, kind, amount, reservation_id, reason,
          ($4::int8 + sum(amount) over (order by created_at, id))::int8 as balance
   from ledger_entries
   where user_id = $1 and account = 'wallet'
     and created_at >= ${startOf("$2::date")} and created_at < ${startOf("$3::date + 1")}
   order by created_at, id limit $5`,
);

/**
 * A fan's movements from one day to another, oldest first, with the balance after each. Throws `invalid_request` for
 * more than `STATEMENT_LINES` of them: a shorter span is needed.
 */
export async function readStatement(
  db: Db,
  { userId, from, to }: StatementSpan & { userId: string },
): Promise<Statement> {
  const { currency } = await getWallet(db, userId);
  const [{ opening = 0 } = {}] = await readOpening(db, [userId, from]);
  const rows = await readLines(db, [userId, from, to, opening, STATEMENT_LINES + 1]);
  if (rows.length > STATEMENT_LINES) {
    throw invalidRequest([{ path: "from", message: `takes in more than ${STATEMENT_LINES} movements` }]);
  }
  const lines = rows.map(({ reservation_id: reservationId, ...line }) => ({ ...line, reservationId }));
  return { from, to, currency, opening, closing: lines.at(-1)?.balance ?? opening, lines };
}
