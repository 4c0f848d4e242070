import { createHash } from "node:crypto";
import { newId } from "@/lib/core/ids";
import { getDraw, readPlacesPage } from "@/lib/queue/draw-queries";
import { type PlacesPage, type Sha256, verifyDraw } from "@/lib/queue/draw-rules";
import { joinQueue } from "@/lib/queue/join-queue";
import { stopLines } from "@/lib/queue/line";
import { makeConcert, retire } from "../data/concerts";
import { pause } from "../database-load";
import { plainFigure, ratioFigure } from "../figure";
import { type Findings, inMs, median } from "../measure";
import type { Stage } from "../stage";

const LOBBY = 1_000_000;
const SECONDS_MOST = 60;
const GIVE_UP_SECONDS = 600;
const ASK_EVERY_MS = 20;

const sha256: Sha256 = async (texts) => texts.map((text) => createHash("sha256").update(text).digest("hex"));

async function plantLobby({ db }: Stage, concertId: string): Promise<void> {
  await db.$client.query(
    `update queues set "order" = 'draw', mode = 'on', active_limit = 1, opens_at = now() + interval '1 hour' where concert_id = $1`,
    [concertId],
  );
  await db.$client.query(
    `with lobby as (
       insert into queue_entries (concert_id, id, user_id, status)
       select $1, uuidv7(), gen_random_uuid(), 'lobby' from generate_series(1, $2::int))
     update queues set lobby = $2 where concert_id = $1`,
    [concertId, LOBBY],
  );
  // As the hours before an opening would.
  await db.$client.query("vacuum analyze queue_entries");
}

/** Does something again and again until told to stop; gives what each took, in ms. */
function repeat(what: () => Promise<unknown>): { stop(): Promise<number[]> } {
  const took: number[] = [];
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      const from = performance.now();
      await what();
      took.push(performance.now() - from);
      await pause(ASK_EVERY_MS);
    }
    return took;
  })();
  return {
    async stop() {
      isOver = true;
      return await running;
    },
  };
}

/** Opens the sale and waits for the server's own ticker to draw; gives the seconds to the fixed places and to the end. */
async function drawn({ db }: Stage, concertId: string): Promise<{ fixed: number; over: number }> {
  await db.$client.query("update queues set opens_at = clock_timestamp() where concert_id = $1", [concertId]);
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1000;
  let fixed = Number.NaN;
  while (seconds() < GIVE_UP_SECONDS) {
    const { count, drawnAt } = await getDraw(db, concertId);
    if (count !== null && Number.isNaN(fixed)) fixed = seconds();
    if (drawnAt !== null) return { fixed, over: seconds() };
    await pause(100);
  }
  throw new Error(`The draw was not over after ${GIVE_UP_SECONDS} s.`);
}

/** Recomputes the whole draw from what is published; throws if anything is wrong. Gives the seconds that it took. */
async function checkDraw({ db }: Stage, concertId: string): Promise<number> {
  async function* pages() {
    for (let cursor: string | null = "0"; cursor !== null; ) {
      const page = JSON.parse(String(await readPlacesPage(db, concertId, cursor))) as PlacesPage;
      yield page;
      cursor = page.nextCursor;
    }
  }
  const from = performance.now();
  const { checked, problems } = await verifyDraw(sha256, await getDraw(db, concertId), pages());
  if (checked !== LOBBY || problems.length > 0) {
    throw new Error(`Of ${checked} places: ${JSON.stringify(problems.slice(0, 3))}`);
  }
  return (performance.now() - from) / 1000;
}

/** What the numbers alone cost at the least: one UPDATE of as many entries in the same indexes. Gives the seconds. */
async function updateAll({ db }: Stage, concertId: string): Promise<number> {
  const from = performance.now();
  await db.$client.query("update queue_entries set number = number + $2::int8 where concert_id = $1", [
    concertId,
    10 * LOBBY,
  ]);
  return (performance.now() - from) / 1000;
}

/** A lobby of a million drawn by the server as it runs, while fans join behind it and others ask about another line. */
export async function measureDraw(stage: Stage): Promise<Findings> {
  const { db, product } = stage;
  const { id } = await makeConcert(db, "hongdae-night-2027", "bench-draw");
  const { id: other } = await makeConcert(db, "hongdae-night-2027", "bench-draw-beside");
  await plantLobby(stage, id);
  const pulse = `http://127.0.0.1:${product.port}/api/concerts/${other}/queue/pulse`;
  const joins = repeat(() => joinQueue(db, { concertId: id, userId: newId() }));
  const polls = repeat(async () => await (await fetch(pulse)).arrayBuffer());
  const { fixed, over } = await drawn(stage, id);
  const joined = await joins.stop();
  const polled = await polls.stop();
  stopLines(db);
  const { rows } = await db.$client.query<{ count: number; last: number }>(
    "select count(distinct number) as count, max(number) as last from queue_entries where concert_id = $1 and number is not null",
    [id],
  );
  if (rows[0]?.count !== rows[0]?.last || (rows[0]?.last ?? 0) < LOBBY) {
    throw new Error(`After the draw the line is ${JSON.stringify(rows[0])}.`);
  }
  const verified = await checkDraw(stage, id);
  const bare = await updateAll(stage, id);
  await retire(db, id);
  await retire(db, other);
  const worst = (took: number[]) => inMs(Math.max(...took));
  return {
    figures: [
      plainFigure({
        what: "draw of 1,000,000, from the opening to the last number",
        value: over,
        unit: "s",
        most: SECONDS_MOST,
      }),
      ratioFigure({
        what: "draw, entries",
        product: LOBBY / over,
        limit: "one UPDATE of all of them",
        limitRate: LOBBY / bare,
      }),
    ],
    notes: [
      `draw: by the server's own ticker; all places were fixed after ${fixed.toFixed(1)} s, then the numbers were given; the whole draw was checked from what is published in ${verified.toFixed(1)} s.`,
      `draw: meanwhile ${joined.length} joins behind the lobby, one after the other: median ${inMs(median(joined))}, slowest ${worst(joined)}; ${polled.length} questions about another line: median ${inMs(median(polled))}, slowest ${worst(polled)}.`,
    ],
  };
}
