import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { type Product, startProduct } from "@/cli/testing/product";
import { createClient } from "@/db/client";
import { type EmbeddedPostgres, freePort, removeDataDir, startEmbedded } from "@/db/embedded";
import { makeConcert } from "@/db/testing/factories";

let dir: string;
let port: number;
let postgres: EmbeddedPostgres;
let product: Product;

const startPostgres = () => startEmbedded({ dir, port, settings: { fsync: "off" } });

test.beforeAll(async () => {
  test.setTimeout(180_000);
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-outage-"));
  port = await freePort();
  postgres = await startPostgres();
  product = await startProduct({ env: { DATABASE_URL: postgres.url, AUTH_SECRET: "x".repeat(40) } });
});
test.afterAll(async () => {
  await product?.stop();
  await postgres?.stop();
  await removeDataDir(dir);
});

const waitingRoom = {
  mode: "paused",
  order: "fifo",
  activeLimit: 1,
  admissionsPerMinute: 600,
  sessionSeconds: 600,
  claimSeconds: 120,
} as const;

/** A concert where everybody waits, and one that nobody has looked at. */
async function importConcerts(): Promise<{ waited: string; unseen: string }> {
  const db = createClient(postgres.url, 2);
  const [waited, unseen] = [await makeConcert(db, { waitingRoom }), await makeConcert(db)];
  await db.$client.end();
  return { waited: waited.slug, unseen: unseen.slug };
}

/** Tabs of one browser whose fan is signed in. */
async function openTabs(browser: Browser, count: number): Promise<Page[]> {
  const context = await browser.newContext({ baseURL: product.url, locale: "ko-KR" });
  const pages = await Promise.all(Array.from({ length: count }, () => context.newPage()));
  const { request } = context;
  const headers = { Origin: product.url };
  const fan = { email: "away@example.com", password: "correct horse battery", name: "Away" };
  expect((await request.post("/api/users", { data: fan, headers })).status()).toBe(201);
  const { csrfToken } = await (await request.get("/api/auth/csrf")).json();
  const form = { csrfToken, email: fan.email, password: fan.password, json: "true" };
  expect((await request.post("/api/auth/callback/credentials", { form, headers })).ok()).toBe(true);
  return pages;
}

test("while the database is away every page says so, and goes on by itself when it is back", async ({ browser }) => {
  const { waited, unseen } = await importConcerts();
  const [home, concert, seen, room, wallet] = (await openTabs(browser, 5)) as [Page, Page, Page, Page, Page];
  // Anything that reloads a page leaves this behind.
  const tabs = [home, concert, seen, room, wallet];
  await seen.goto(`/ko/concerts/${waited}`);
  await room.goto(`/ko/concerts/${waited}/queue`);
  await expect(room.getByText("바로 다음 차례예요")).toBeVisible();

  await postgres.stop();
  const away = "지금은 연결할 수 없어요";
  // In English, in which nobody has looked yet.
  const answer = await home.goto("/en");
  expect(answer?.status()).toBe(503);
  await expect(home.getByRole("heading", { name: "We can’t reach the box office" })).toBeVisible();
  await concert.goto(`/ko/concerts/${unseen}`);
  await expect(concert.getByRole("heading", { name: away })).toBeVisible();
  // What was rendered before the outage is still there to read.
  await seen.reload();
  await expect(seen.getByRole("heading", { level: 1 })).toBeVisible();
  await wallet.goto("/ko/wallet");
  await expect(wallet.getByRole("heading", { name: away })).toBeVisible();
  await expect(room.getByText("서버에 잠시 연결할 수 없어요")).toBeVisible({ timeout: 40_000 });
  await expect(room.getByText("바로 다음 차례예요")).toBeVisible();
  for (const tab of tabs) await tab.evaluate(() => Object.assign(window, { before: true }));

  // Longer than these pages wait between two tries.
  await home.waitForTimeout(8000);
  postgres = await startPostgres();
  await expect(home.getByText("Hongdae Night").first()).toBeVisible({ timeout: 40_000 });
  await expect(concert.getByRole("heading", { level: 1, name: "Hongdae Night" })).toBeVisible({ timeout: 40_000 });
  await expect(wallet.getByText("₩0").first()).toBeVisible({ timeout: 40_000 });
  await expect(room.getByText("서버에 잠시 연결할 수 없어요")).toBeHidden({ timeout: 40_000 });
  for (const tab of tabs) expect(await tab.evaluate(() => "before" in window)).toBe(true);
});
