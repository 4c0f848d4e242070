import { between, pick, type Random } from "../random";
import type { FanState } from "./state";

/** Asks to be told of seats that come back, sees whether some did, or gives the wait up. */
export async function tendWaitlist(me: FanState, random: Random): Promise<void> {
  const { id } = pick(random, me.hall.performances);
  const path = me.at(`performances/${id}/waitlist`);
  if (!me.waitsFor.has(id)) {
    const body = { count: between(random, 1, 2) };
    const { outcome } = await me.call(random, { what: "wait", method: "POST", path, body });
    if (outcome !== "refused") me.waitsFor.add(id);
    return;
  }
  if (random() < 0.1) {
    const { outcome } = await me.call(random, { what: "stop waiting", method: "DELETE", path });
    if (outcome === "ok") me.waitsFor.delete(id);
    return;
  }
  const { outcome, body } = await me.call(random, { what: "read", method: "GET", path });
  if (outcome !== "ok") return;
  if (body.status === "offered" && !me.held.some((one) => one.id === body.reservationId)) {
    me.held.push({ id: body.reservationId, performanceId: id, seatIds: [], tickets: [] });
  }
  if (!["waiting", "offered"].includes(body.status)) me.waitsFor.delete(id);
}
