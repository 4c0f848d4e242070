import { statement, type Tx } from "@/db/client";
import { newId } from "@/lib/core/ids";

/** One section in one performance. */
export type SeatBlock = {
  performanceId: string;
  sectionId: string;
  rows: number;
  seatsPerRow: number;
  /** Minor units. */
  price: number;
};

/** Rows per statement: large enough that round trips cost nothing, small enough for a statement's ten seconds. */
const CHUNK = 10_000;

const insertChunk = statement(
  "catalog_insert_seats",
  `insert into seats (concert_id, id, performance_id, section_id, "row", number, price)
   select $1::uuid, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::int8[])`,
);

/** Writes every seat of the blocks, in the order of rows and numbers, so that neighbours have neighbouring ids. */
export async function insertSeats(
  tx: Tx,
  concertId: string,
  blocks: SeatBlock[],
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const total = blocks.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, 0);
  let done = 0;
  let columns = emptyColumns();
  const flush = async () => {
    await insertChunk(tx, [concertId, ...columns]);
    done += columns[0].length;
    columns = emptyColumns();
    onProgress?.(done, total);
  };
  for (const { performanceId, sectionId, rows, seatsPerRow, price } of blocks) {
    for (let row = 1; row <= rows; row++) {
      for (let number = 1; number <= seatsPerRow; number++) {
        const [ids, performanceIds, sectionIds, rowNames, numbers, prices] = columns;
        ids.push(newId());
        performanceIds.push(performanceId);
        sectionIds.push(sectionId);
        rowNames.push(row);
        numbers.push(number);
        prices.push(price);
        if (ids.length === CHUNK) await flush();
      }
    }
  }
  if (columns[0].length > 0) await flush();
}

const emptyColumns = (): [string[], string[], string[], number[], number[], number[]] => [[], [], [], [], [], []];
