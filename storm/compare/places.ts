import type { Case } from "./stored";

/** Places in line: given to whom it was told, under the number that was told, and gone once they were left. */
export async function comparePlaces({ log, read, userIds }: Case): Promise<void> {
  const rows = await read<{ id: string; user_id: string; number: number; status: string }>(
    "select id, user_id, number, status from queue_entries",
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const [id, { fan, number, left }] of log.places) {
    const row = stored.get(id);
    if (!row) log.accuse(`place ${id} (fan ${fan}, number ${number}) was given and is not there`);
    else if (row.number !== number || row.user_id !== userIds[fan]) {
      log.accuse(
        `place ${id} was given to fan ${fan} with number ${number}; it is number ${row.number} of ${row.user_id}`,
      );
    } else if (left && ["waiting", "admitted"].includes(row.status)) {
      log.accuse(`fan ${fan} left place ${id}, which is still ${row.status}`);
    }
  }
}
