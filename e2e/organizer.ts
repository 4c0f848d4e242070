import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "@playwright/test";

type Account = { role: string; email: string; password: string };

/** The demo organiser of the product under test. */
export async function organizerAccount(): Promise<Account> {
  const file = path.join(process.env.FRONTROW_E2E_DATA as string, "demo-accounts.json");
  const accounts = JSON.parse(await readFile(file, "utf8")) as Account[];
  return accounts.find(({ role }) => role === "organizer") as Account;
}

/** A bearer token of the demo organiser. */
export async function organizerToken(origin: string): Promise<string> {
  const { email, password } = await organizerAccount();
  const reply = await fetch(`${origin}/api/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  expect(reply.status).toBe(201);
  return ((await reply.json()) as { token: string }).token;
}

/** A concert of its own for a test: four seats, one fan inside at a time, one seat a fan. */
export async function importTinyConcert(origin: string, token: string) {
  const slug = `tiny-${randomBytes(5).toString("hex")}`;
  const day = 86_400_000;
  const reply = await fetch(`${origin}/api/admin/concerts`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({
      slug,
      title: "한 사람씩",
      artist: "The Long Exhale",
      description: "Four seats, one fan inside at a time.",
      venue: { name: "롤링홀", city: "서울", timeZone: "Asia/Seoul" },
      currency: "KRW",
      tiers: [{ name: "R", price: 10_000 }],
      sections: [{ name: "A", tier: "R", rows: 1, seatsPerRow: 4 }],
      performances: [{ startsAt: new Date(Date.now() + 40 * day).toISOString() }],
      sale: { opensAt: new Date(Date.now() - day).toISOString(), closesAt: null },
      maxSeatsPerFan: 1,
      holdSeconds: 300,
      refundUntilHours: 24,
      waitingRoom: {
        mode: "on",
        order: "fifo",
        activeLimit: 1,
        admissionsPerMinute: 6000,
        sessionSeconds: 600,
        claimSeconds: 120,
      },
    }),
  });
  expect(reply.status).toBe(201);
  const { id, performances } = (await reply.json()) as { id: string; performances: { id: string }[] };
  return { slug, id, performanceId: performances[0]?.id as string };
}
