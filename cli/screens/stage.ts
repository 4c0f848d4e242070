import type { Browser } from "@playwright/test";
import { type Visitor, visitAsNew } from "./visitor";

const DAY = 86_400_000;
const inDays = (days: number): string =>
  new Date(Math.ceil(Date.now() / DAY) * DAY + (days + 0.4375) * DAY).toISOString();

type Hall = { rows: number; mode?: string; order?: string; opensIn?: number };

/** Concerts that show what the examples do not: a lobby before its draw, a line that stands, a house that is full. */
const CONCERTS: Record<"lobby" | "line" | "full", { slug: string; title: string; artist: string } & Hall> = {
  lobby: { slug: "screens-dawn", title: "새벽의 서커스", artist: "Paper Moon", rows: 8, order: "draw", opensIn: 3 },
  line: { slug: "screens-garden", title: "여름밤의 정원", artist: "Haru Trio", rows: 8, mode: "paused" },
  full: { slug: "screens-room", title: "작은 방 콘서트", artist: "Yoon & Lee", rows: 1 },
};

const documentOf = ({
  slug,
  title,
  artist,
  rows,
  mode = "on",
  order = "fifo",
  opensIn = -1,
}: (typeof CONCERTS)["line"]) => ({
  slug,
  title,
  artist,
  description: "",
  venue: { name: "블루스퀘어", city: "서울", timeZone: "Asia/Seoul" },
  currency: "KRW",
  tiers: [{ name: "R", price: 88_000 }],
  sections: [{ name: "A", tier: "R", rows, seatsPerRow: rows === 1 ? 2 : 20 }],
  performances: [{ startsAt: inDays(40) }],
  sale: { opensAt: inDays(opensIn), closesAt: null },
  maxSeatsPerFan: 4,
  holdSeconds: 300,
  refundUntilHours: 24,
  waitingRoom: { mode, order, activeLimit: 50, admissionsPerMinute: 600, sessionSeconds: 600, claimSeconds: 120 },
});

export type Place = { concertId: string; token: string };

/** Joins a line and waits until it is the fan's turn, unless `onlyJoin`. */
export async function join(fan: Visitor, slug: string, onlyJoin = false): Promise<Place> {
  const { id: concertId } = await fan.call<{ id: string }>("GET", `/concerts/${slug}`);
  const { token } = await fan.call<{ token: string }>("POST", `/concerts/${concertId}/queue`);
  while (!onlyJoin) {
    const { status } = await fan.call<{ status: string }>("GET", `/concerts/${concertId}/queue`, { queue: token });
    if (status === "admitted") break;
    if (status !== "waiting") throw new Error(`A fan for the pictures is ${status}.`);
    await new Promise((done) => setTimeout(done, 500));
  }
  return { concertId, token };
}

export type Held = { id: string; performanceId: string };
export type Ticket = { id: string; code: string };

/** Holds the best seats of the last date. */
export async function hold(fan: Visitor, { concertId, token }: Place, count: number): Promise<Held> {
  const dates = await fan.call<{ items: { id: string }[] }>("GET", `/concerts/${concertId}/performances`, {
    queue: token,
  });
  const performanceId = dates.items.at(-1)?.id as string;
  const body = { performanceId, bestAvailable: { count } };
  const { id, amount } = await fan.call<{ id: string; amount: number }>("POST", `/concerts/${concertId}/reservations`, {
    queue: token,
    body,
  });
  await fan.call("PATCH", "/wallet", { body: { amount } });
  return { id, performanceId };
}

/** Pays what is held. */
export async function pay(fan: Visitor, { concertId, token }: Place, { id }: Held): Promise<Ticket[]> {
  const path = `/concerts/${concertId}/reservations/${id}/payment`;
  return (await fan.call<{ tickets: Ticket[] }>("POST", path, { queue: token })).tickets;
}

/** Imports the concerts of the pictures, with people in them. */
export async function fillHouses(browser: Browser, url: string, organizer: Visitor): Promise<void> {
  for (const concert of Object.values(CONCERTS)) {
    await organizer.call("POST", "/admin/concerts", { body: documentOf(concert) });
  }
  for (let ahead = 0; ahead < 24; ahead++) {
    const fan = await visitAsNew(browser, url, `Fan ${ahead}`);
    await join(fan, CONCERTS.line.slug, true);
    await join(fan, CONCERTS.lobby.slug, true);
    if (ahead === 0) {
      const place = await join(fan, CONCERTS.full.slug);
      await pay(fan, place, await hold(fan, place, 2));
    }
    await fan.context.close();
  }
}

export const SLUGS = { lobby: CONCERTS.lobby.slug, line: CONCERTS.line.slug, full: CONCERTS.full.slug };
