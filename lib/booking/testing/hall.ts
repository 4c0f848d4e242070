import { sql } from "drizzle-orm";
import type { Client } from "@/db/client";
import { crowd } from "@/db/testing/crowd";
import { admitFan, makeConcert, makeUser } from "@/db/testing/factories";
import type { ImportDocumentInput } from "@/lib/catalog/schema";
import { type Admission, requireAdmission } from "@/lib/queue/admission";
import { signQueueToken } from "@/lib/queue/token";

export type TestHall = { concertId: string; performanceId: string; seatIds: string[] };

type HallOf = Partial<ImportDocumentInput> & { rows?: number; seatsPerRow?: number };

/** A hall of one section "A" at 50,000 won, `rows` × `seatsPerRow`, and its seats' ids in the order of rows and numbers. */
export async function makeHall(
  db: Client,
  { rows = 1, seatsPerRow = 10, ...document }: HallOf = {},
): Promise<TestHall> {
  const { id: concertId, performances } = await makeConcert(db, {
    sections: [{ name: "A", tier: "R", rows, seatsPerRow }],
    tiers: [{ name: "R", price: 50_000 }],
    ...document,
  });
  const performanceId = performances[0]?.id as string;
  const { rows: seats } = await db.execute<{ id: string }>(
    sql`select s.id from seats s join sections x on x.concert_id = s.concert_id and x.id = s.section_id
        where s.concert_id = ${concertId} and s.performance_id = ${performanceId} order by x.ordinal, s.row, s.number`,
  );
  return { concertId, performanceId, seatIds: seats.map((seat) => seat.id) };
}

/** A new fan (or a known one) who is admitted to a concert. */
export async function admit(db: Client, concertId: string, known?: string): Promise<Admission> {
  const userId = known ?? (await makeUser(db, { balance: 1_000_000 })).id;
  const entryId = await admitFan(db, { concertId, userId });
  const token = signQueueToken({ concertId, entryId, userId, number: null, generation: 0, enteredAt: new Date() });
  return await requireAdmission(db, { token, concertId, userId });
}

export const admitMany = (db: Client, concertId: string, count: number): Promise<Admission[]> =>
  crowd(count, () => admit(db, concertId));

/** Moves a hold's end into the past, as time would. */
export async function lapse(db: Client, { concertId, id }: { concertId: string; id: string }): Promise<void> {
  const { rows } = await db.execute<{ ms: number }>(
    sql`select ceil(extract(epoch from expires_at - now()) * 1000 + 1)::float8 as ms from reservations where concert_id = ${concertId} and id = ${id}`,
  );
  const age = sql`interval '1 millisecond' * ${rows[0]?.ms ?? 0}`;
  await db.execute(
    sql`update reservations set expires_at = expires_at - ${age} where concert_id = ${concertId} and id = ${id}`,
  );
  await db.execute(
    sql`update seats set held_until = held_until - ${age} where concert_id = ${concertId} and reservation_id = ${id} and sold_at is null`,
  );
}

/** How each of several attempts ended: its code, or "ok". */
export const outcomes = (settled: PromiseSettledResult<unknown>[]): string[] =>
  settled.map((one) => (one.status === "fulfilled" ? "ok" : (one.reason.code ?? String(one.reason))));

/** Every seat of a concert that is taken now, and by which reservation. */
export async function takenSeats(db: Client, concertId: string): Promise<Map<string, string>> {
  const { rows } = await db.execute<{ id: string; reservation_id: string }>(
    sql`select id, reservation_id from seats where concert_id = ${concertId} and (sold_at is not null or held_until > now())`,
  );
  return new Map(rows.map(({ id, reservation_id }) => [id, reservation_id]));
}

/** Whether everybody of a group sits beside somebody of it. */
export function nobodyAlone(seats: readonly { section: string; row: number; number: number }[]): boolean {
  const isBeside = (a: (typeof seats)[number], b: (typeof seats)[number]) =>
    a.section === b.section && a.row === b.row && Math.abs(a.number - b.number) === 1;
  return seats.length === 1 || seats.every((a) => seats.some((b) => isBeside(a, b)));
}
