import type { Client } from "@/db/client";

/** Words of a statement, and what stands in their place. */
type Removal = { statement: string; guard: string; instead: string };

/** Guards that a storm can run without, to see whether it notices (`--without`). */
export const GUARDS: Record<string, { says: string; removals: Removal[] }> = {
  "seat-taken": {
    says: "a hold takes seats whoever has them",
    removals: [
      {
        statement: "booking_hold_seats",
        guard: "and s.sold_at is null and (s.held_until is null or s.held_until <= now())",
        instead: "",
      },
    ],
  },
  "hold-end": {
    says: "a payment takes a hold that is over",
    removals: [{ statement: "booking_settle", guard: "and expires_at > now()", instead: "" }],
  },
  "one-answer": {
    says: "a key's answer is kept and never looked for",
    removals: [
      { statement: "idempotency_find", guard: "where user_id = $1", instead: "where false and user_id = $1" },
      { statement: "idempotency_begin", guard: "on k.user_id = $1", instead: "on false and k.user_id = $1" },
      {
        statement: "idempotency_keep",
        guard: "where idempotency_keys.created_at <= now() - interval '24 hours'",
        instead: "",
      },
    ],
  },
  "room-lock": {
    says: "numbers in line are given without the room's lock",
    removals: [{ statement: "queue_lock_room", guard: "for update", instead: "" }],
  },
};

/** Lets this process's statements run without a guard. Throws if a statement no longer has it. */
export function takeGuardsAway(db: Client, name: string): void {
  const removals = GUARDS[name]?.removals;
  if (!removals) return;
  const strip = (config: { name?: string; text?: string }) => {
    const removal = removals.find(({ statement }) => statement === config?.name);
    if (!removal || !config.text) return config;
    if (!config.text.includes(removal.guard)) throw new Error(`${removal.statement} has no "${removal.guard}".`);
    return { ...config, text: config.text.replaceAll(removal.guard, removal.instead) };
  };
  db.$client.on("connect", (connection) => {
    const query = connection.query.bind(connection) as (...words: unknown[]) => unknown;
    connection.query = ((config: never, ...rest: unknown[]) => query(strip(config), ...rest)) as never;
  });
}
