import { type Client, type Db, statement } from "@/db/client";
import { AppError, notFound, unavailable } from "@/lib/core/errors";
import { newId } from "@/lib/core/ids";
import { admitLocked } from "./admit-next";
import { departNumber } from "./depart-number";
import { ENTRY_COLUMNS, type Entry, type EntryRow, entryOf } from "./entry";
import { queueClosed } from "./errors";
import { HISTORY_BUCKET } from "./history";
import { normalCode } from "./invitation-rules";
import { findKnown } from "./join-under-lock";
import { getLine, knownLine } from "./line";
import { lockRoom, type RoomRow } from "./lock-room";
import type { QueueView } from "./schema";
import { tokenOf, viewOf } from "./view";

/** The one condition that keeps a code within its limit, whoever spends it at the same moment. */
const spend = statement<{ id: string }>(
  "queue_spend_invitation",
  `update queue_invitations set uses = uses + 1
   where concert_id = $1 and code = $2 and revoked_at is null and uses < uses_limit
   returning id`,
);

const findCode = statement<{ is_used_up: boolean }>(
  "queue_find_invitation",
  `select uses >= uses_limit as is_used_up from queue_invitations
   where concert_id = $1 and code = $2 and revoked_at is null`,
);

const admitKnown = statement<EntryRow>(
  "queue_admit_invited",
  `update queue_entries
   set status = 'admitted', admitted_at = now(), admitted_until = now() + make_interval(secs => $3), invitation_id = $4
   where concert_id = $1 and id = $2 and status = 'waiting'
   returning ${ENTRY_COLUMNS}`,
);

const admitNewcomer = statement<EntryRow>(
  "queue_enter_invited",
  `with counted as (
     insert into queue_history (concert_id, at, joined) values ($1, ${HISTORY_BUCKET}, 1)
     on conflict (concert_id, at) do update set joined = queue_history.joined + 1),
   numbered as (
     update queues set last_number = $6 where concert_id = $1)
   insert into queue_entries (concert_id, id, user_id, number, status, entered_at, admitted_at, admitted_until, invitation_id)
   values ($1, $2, $5, $6, 'admitted', date_trunc('milliseconds', now()), now(), now() + make_interval(secs => $3), $4)
   returning ${ENTRY_COLUMNS}`,
);

const logUse = statement<never>(
  "queue_log_invitation_use",
  `insert into queue_invitation_uses (concert_id, invitation_id, entry_id, user_id) values ($1, $2, $3, $4)`,
);

/**
 * Lets a fan pass the line by an invitation's code: whoever waits is admitted where they stand, and is gone from the
 * line for those behind; whoever is new gets a number that has left the line already. It counts against the code's own
 * limit alone, neither against `activeLimit` nor the rate. A fan who is inside spends nothing (`admitted` is false).
 *
 * Throws `not_found` for a code that is unknown or revoked, `conflict` for one that is used up, `not_on_sale` before the
 * opening, `queue_closed` while the room is paused, and for newcomers while it is closed.
 */
export async function spendInvitation(
  db: Client,
  { concertId, userId, code }: { concertId: string; userId: string; code: string },
): Promise<{ admitted: boolean; view: QueueView }> {
  const { entry, room, admitted } = await db.transaction(async (tx) => {
    const [room] = await lockRoom(tx, [concertId]);
    if (!room) throw notFound("concert");
    // The draw comes before anyone who passes it.
    if (room.draw_pending && room.is_open) await admitLocked(tx, concertId, room);
    const known = (await findKnown(tx, concertId, [userId])).get(userId);
    if (known?.status === "admitted") return { entry: known, room, admitted: false };
    refuseIfShut(room, known);
    const [invitation] = await spend(tx, [concertId, normalCode(code)]);
    if (!invitation) throw await whyUnspent(tx, concertId, code);
    const entry = await admitInvited(tx, { concertId, userId, room, known, invitationId: invitation.id });
    await departNumber(tx, { concertId, seq: room.departures + 1, number: entry.number as number, isInvited: true });
    await logUse(tx, [concertId, invitation.id, entry.id, userId]);
    return { entry, room, admitted: true };
  });
  if (admitted) {
    const number = entry.number as number;
    knownLine(db, concertId)?.note({ lastNumber: Math.max(room.last_number, number), departed: [number] });
  }
  const line = await getLine(db, concertId);
  return { admitted, view: { token: tokenOf(concertId, entry), ...viewOf(line, entry) } };
}

function refuseIfShut(room: RoomRow, known: Entry | undefined): void {
  if (!room.is_open) throw new AppError("not_on_sale", "Invitations are good from the opening of the sale.");
  if (room.mode === "paused") throw queueClosed("Nobody moves while the room is paused; the code is not spent.");
  if (!known && (room.mode === "closed" || room.is_closed)) throw queueClosed();
  if (known?.status === "lobby") throw unavailable("The draw is under way.");
}

async function admitInvited(
  tx: Db,
  how: { concertId: string; userId: string; room: RoomRow; known: Entry | undefined; invitationId: string },
): Promise<Entry> {
  const { concertId, userId, room, known, invitationId } = how;
  const [row] = known
    ? await admitKnown(tx, [concertId, known.id, room.claim_seconds, invitationId])
    : await admitNewcomer(tx, [concertId, newId(), room.claim_seconds, invitationId, userId, room.last_number + 1]);
  return entryOf(row as EntryRow);
}

async function whyUnspent(tx: Db, concertId: string, code: string): Promise<AppError> {
  const [found] = await findCode(tx, [concertId, normalCode(code)]);
  return found?.is_used_up ? new AppError("conflict", "This invitation has been used up.") : notFound("invitation");
}
