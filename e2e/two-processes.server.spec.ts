import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { type Product, startProduct } from "@/cli/testing/product";
import { createClient } from "@/db/client";
import { type EmbeddedPostgres, removeDataDir, startEmbedded } from "@/db/embedded";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { issueSession } from "@/lib/auth/session-token";
import { provideEnv } from "@/lib/core/env";

const AUTH_SECRET = "two-processes-share-this-secret-0123456789";

let dir: string;
let postgres: EmbeddedPostgres;
let servers: Product[] = [];

test.beforeAll(async () => {
  test.setTimeout(180_000);
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-two-"));
  postgres = await startEmbedded({ dir, settings: { fsync: "off" } });
  provideEnv({ authSecret: AUTH_SECRET });
  const env = { DATABASE_URL: postgres.url, AUTH_SECRET };
  servers = [await startProduct({ env }), await startProduct({ env })];
});
test.afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await postgres?.stop();
  await removeDataDir(dir);
});

type Reply = { status: number; body: Record<string, never> & { [key: string]: unknown } };

/** Calls the two servers in turn, as a load balancer without any memory would. */
let turn = 0;
async function call(
  token: string,
  method: string,
  target: string,
  extra: { body?: unknown; queue?: string | undefined } = {},
): Promise<Reply> {
  turn += 1;
  const reply = await fetch(`${(servers[turn % 2] as Product).url}/api${target}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(extra.body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(extra.queue === undefined ? {} : { "Queue-Token": extra.queue }),
    },
    ...(extra.body === undefined ? {} : { body: JSON.stringify(extra.body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: text === "" ? {} : JSON.parse(text) };
}

test("two server processes on one database are one product", async () => {
  const db = createClient(postgres.url, 4);
  const { id: concertId } = await makeConcert(db, {
    waitingRoom: {
      mode: "on",
      order: "fifo",
      activeLimit: 1,
      admissionsPerMinute: 6000,
      sessionSeconds: 600,
      claimSeconds: 120,
    },
    maxSeatsPerFan: 1,
  });
  const fans = await Promise.all(
    [1, 2, 3].map(async () => {
      const { id: userId } = await makeUser(db, { balance: 50_000 });
      return (await issueSession({ userId, role: "fan" })).token;
    }),
  );
  await db.$client.end();
  const [first, second, third] = fans as [string, string, string];
  const queue = `/concerts/${concertId}/queue`;

  const join = async (fan: string) =>
    (await call(fan, "POST", queue)).body as unknown as { token: string; number: number };
  const [a, b, c] = [await join(first), await join(second), await join(third)];
  expect([a.number, b.number, c.number]).toEqual([1, 2, 3]);

  const poll = async (fan: string, token: string) => (await call(fan, "GET", queue, { queue: token })).body;
  await expect.poll(async () => (await poll(first, a.token)).status).toBe("admitted");
  expect(await poll(second, b.token)).toMatchObject({ status: "waiting" });
  const refused = await call(second, "GET", `/concerts/${concertId}/performances`, { queue: b.token });
  expect(refused).toMatchObject({ status: 403, body: { code: "queue_waiting" } });
  const stolen = await call(second, "GET", `/concerts/${concertId}/performances`, { queue: a.token });
  expect(stolen).toMatchObject({ status: 403, body: { code: "queue_token_invalid" } });

  const buy = async (fan: string, token: string, seatAt: number) => {
    const dates = (await call(fan, "GET", `/concerts/${concertId}/performances`, { queue: token })).body as unknown as {
      items: { id: string }[];
    };
    const performanceId = dates.items[0]?.id as string;
    const all = (
      await call(fan, "GET", `/concerts/${concertId}/performances/${performanceId}/seats?availability=all`, {
        queue: token,
      })
    ).body as unknown as { items: { id: string; availability: string }[] };
    const seat = all.items[seatAt] as { id: string; availability: string };
    const held = await call(fan, "POST", `/concerts/${concertId}/reservations`, {
      queue: token,
      body: { performanceId, seatIds: [seat.id] },
    });
    if (held.status !== 201) return { held, availability: seat.availability, paid: undefined, performanceId };
    const paid = await call(
      fan,
      "POST",
      `/concerts/${concertId}/reservations/${held.body.id as unknown as string}/payment`,
      { queue: token },
    );
    return { held, availability: seat.availability, paid, performanceId };
  };

  const bought = await buy(first, a.token, 0);
  expect(bought.held).toMatchObject({ status: 201, body: { status: "held", amount: 10_000 } });
  expect(bought.paid).toMatchObject({
    status: 201,
    body: { balance: 40_000, tickets: [{ section: "A", row: 1, number: 1 }] },
  });

  // The first fan's limit is reached, so the place goes on to the second, who cannot have the same seat.
  await expect.poll(async () => (await poll(second, b.token)).status).toBe("admitted");
  expect(await poll(first, a.token)).toMatchObject({ status: "completed" });
  const beaten = await buy(second, b.token, 0);
  expect(beaten.availability).toBe("sold");
  expect(beaten.held).toMatchObject({ status: 409, body: { code: "seat_unavailable" } });
  expect((await buy(second, b.token, 1)).paid).toMatchObject({ status: 201 });

  // One process dies without a word; the other serves and admits on.
  await expect.poll(async () => (await poll(third, c.token)).status).toBe("admitted");
  expect((await call(third, "DELETE", queue, { queue: c.token })).status).toBe(204);
  await servers[0]?.stop("SIGKILL");
  servers = [servers[1] as Product, servers[1] as Product];
  const again = await join(third);
  expect(again.number).toBe(4);
  await expect.poll(async () => (await poll(third, again.token)).status).toBe("admitted");
  expect((await buy(third, again.token, 2)).paid).toMatchObject({ status: 201 });
});
