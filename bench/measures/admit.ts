import { admitNext } from "@/lib/queue/admit-next";
import { makeConcert, retire } from "../data/concerts";
import { plantLine } from "../data/lines";
import { askedWhile, counting } from "../database-load";
import { plainFigure } from "../figure";
import { type Findings, inMs, median, ROUNDS } from "../measure";
import type { Stage } from "../stage";

const LINE = 1_000_000;
const ADMITTED = 1000;
const MS_MOST = 100;
const TRIES = 20;

type Admission = {
  /** What PostgreSQL took for its statements. */
  database: number;
  /** From before `begin` to the answered `commit`, round trips included. */
  whole: number;
};

/** One admission of a thousand by the product's own verb, in ms. */
async function admitThousand({ db }: Stage, concertId: string): Promise<Admission> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    // A room that is open for this one moment: the server's own ticker looks every half second and would admit too.
    await db.$client.query(
      `update queues set mode = 'on', credit = $2, credit_at = now() + interval '1 minute' where concert_id = $1`,
      [concertId, ADMITTED],
    );
    let admitted = 0;
    let whole = 0;
    const asked = await askedWhile(db, async () => {
      const from = performance.now();
      admitted = await admitNext(db, concertId);
      whole = performance.now() - from;
    });
    await db.$client.query("update queues set mode = 'paused' where concert_id = $1", [concertId]);
    if (admitted === ADMITTED) return { database: asked.reduce((sum, { ms }) => sum + ms, 0), whole };
  }
  throw new Error(`${ADMITTED} could not be let in at once in ${TRIES} tries.`);
}

export async function measureAdmit(stage: Stage): Promise<Findings> {
  const { db } = stage;
  const { id } = await makeConcert(db, "hongdae-night-2027", "bench-admit", {
    activeLimit: LINE,
    admissionsPerMinute: ADMITTED * 60,
  });
  await plantLine(db, id, LINE);
  const times: Admission[] = [];
  await counting(db, async () => {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const time = await admitThousand(stage, id);
      if (round > 0) times.push(time);
    }
  });
  const { rows } = await db.$client.query<{ count: number; wrong: number }>(
    `select count(*), count(*) filter (where number > q.served_through) as wrong
     from queue_entries e, queues q where e.concert_id = $1 and q.concert_id = $1 and e.status = 'admitted'`,
    [id],
  );
  if ((rows[0]?.count ?? 0) < ADMITTED * (ROUNDS + 1) || rows[0]?.wrong !== 0) {
    throw new Error(`After the admissions the line is ${JSON.stringify(rows[0])}.`);
  }
  await retire(db, id);
  return {
    figures: [
      plainFigure({
        what: "admission of 1,000 from 1,000,000, database time",
        value: median(times.map(({ database }) => database)),
        unit: "ms",
        most: MS_MOST,
      }),
    ],
    notes: [
      `admit: by the product's own verb; what PostgreSQL took for all its statements, each round: ${times.map(({ database }) => inMs(database)).join(", ")}; the whole transaction with its round trips and its commit: ${times.map(({ whole }) => inMs(whole)).join(", ")}; thousands before them are still inside.`,
    ],
  };
}
