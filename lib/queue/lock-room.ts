import { statement } from "@/db/client";
import type { RoomMode, RoomOrder } from "@/db/constants";

/** A waiting room's row as seen under its lock, with the database's clock. */
export type RoomRow = {
  mode: RoomMode;
  order: RoomOrder;
  active_limit: number;
  admissions_per_minute: number;
  claim_seconds: number;
  last_number: number;
  served_through: number;
  departures: number;
  revocations: number;
  credit: number;
  elapsed_seconds: number;
  /** When the lock was had, to the microsecond, as PostgreSQL writes it. */
  locked_at: string;
  is_open: boolean;
  is_closed: boolean;
  /** A drawn sale whose lobby has no numbers yet. */
  draw_pending: boolean;
  /** Newcomers follow the lobby instead of entering it. */
  lobby_closed: boolean;
  is_draining: boolean;
  /** Whether anybody ever left. */
  any_left: boolean;
  /** Joins in a second above which the door asks for proof of work; null: never. */
  challenge_above: number | null;
  challenge_bits: number;
};

/** The columns of a `RoomRow`, from `queues`. */
export const ROOM_COLUMNS = `mode, "order", active_limit, admissions_per_minute, claim_seconds, last_number, served_through, departures,
  revocations,
  credit, extract(epoch from now() - credit_at)::float8 as elapsed_seconds,
  clock_timestamp()::text as locked_at, opens_at <= clock_timestamp() as is_open,
  closes_at is not null and closes_at <= clock_timestamp() as is_closed,
  "order" = 'draw' and drawn_at is null as draw_pending, lobby_closed_at is not null as lobby_closed,
  draining_since is not null and drained_at is null as is_draining,
  departures + left_lobby + left_inside > 0 as any_left, challenge_above, challenge_bits`;

/**
 * Takes the room's lock and waits for it. Whoever gives or takes a place in a line does it under this lock, in a
 * later statement of the same transaction: only that one's snapshot shows what earlier holders of the lock did.
 */
export const lockRoom = statement<RoomRow>(
  "queue_lock_room",
  `select ${ROOM_COLUMNS} from queues where concert_id = $1 for update`,
);

/** The same, but gives way at once if another process is at it. */
export const tryLockRoom = statement<RoomRow>(
  "queue_try_lock_room",
  `select ${ROOM_COLUMNS} from queues where concert_id = $1 for update skip locked`,
);
