import type { Case } from "./stored";

/** Tickets at the door and from hand to hand. Answers how many were let in and how many claimed. */
export async function compareTickets({ log, read, userIds }: Case): Promise<{ checkIns: number; claims: number }> {
  const rows = await read<{ id: string; user_id: string; status: string }>("select id, user_id, status from tickets");
  const used = new Set(rows.filter(({ status }) => status === "checked_in").map(({ id }) => id));
  const holderOf = new Map(rows.map(({ id, user_id }) => [id, user_id]));
  let checkIns = 0;
  for (const [id, { done, unknown }] of log.checkIns) {
    if (done > 1) log.accuse(`ticket ${id} was let in ${done} times`);
    if (done === 1 && !used.has(id)) log.accuse(`ticket ${id} was let in and does not say so`);
    if (done === 0 && !unknown && used.has(id)) {
      log.accuse(`ticket ${id} says that it was used; nobody was let in with it`);
    }
    if (done === 1) checkIns += 1;
    used.delete(id);
  }
  for (const id of used) log.accuse(`ticket ${id} was used, and nobody scanned it`);
  let claims = 0;
  for (const { ticketId, fans } of log.claims.values()) {
    if (fans.size > 1) log.accuse(`ticket ${ticketId} was given to ${fans.size} fans by one link`);
    const [fan] = fans;
    if (fan === undefined) continue;
    claims += 1;
    if (holderOf.get(ticketId) !== userIds[fan]) {
      log.accuse(`ticket ${ticketId} was claimed by fan ${fan} and belongs to ${holderOf.get(ticketId)}`);
    }
  }
  return { checkIns, claims };
}
