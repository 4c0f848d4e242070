import type { Page } from "@playwright/test";
import { expect, expectAccessible, registerFan, signIn, test } from "./fixtures";

const CONCERTS = ["hongdae-night-2027", "bluesquare-strings-2027", "kspo-encore-2027", "worldcup-stadium-2027"];

async function topUp(page: Page, amount: number): Promise<void> {
  const origin = `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;
  const reply = await page.request.patch("/api/wallet", { data: { amount }, headers: { Origin: origin } });
  expect(reply.status()).toBe(200);
}

/** From the concert's page through the line to the choice of seats, as a fan would. */
async function goToSeats(page: Page, slug: string): Promise<void> {
  await page.goto(`/ko/concerts/${slug}`);
  await page.getByRole("link", { name: "줄 서기" }).first().click();
  await expect(page).toHaveURL(/\/queue$/);
  // The turn comes, and a visible page goes on by itself or by its button.
  await page.waitForURL(/\/(dates|seats)/, { timeout: 45_000 });
  if (page.url().includes("/dates")) {
    await page
      .locator("main a[href*='/seats?performance=']")
      .first()
      .click({ timeout: 15_000 })
      .catch(() => {});
    await page.waitForURL(/\/seats\?performance=/);
  }
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
}

for (const slug of CONCERTS) {
  test(`a fan buys a ticket for ${slug}`, async ({ page, fan }) => {
    expect(fan.email).toBeTruthy();
    await topUp(page, 1_000_000);
    await goToSeats(page, slug);
    await expectAccessible(page);
    await page
      .getByRole("button", { name: /추천|자동|best/i })
      .last()
      .click();
    await page.waitForURL(/\/checkout\?reservation=/);
    await expect(page.locator("main")).toContainText(/\d:\d\d/);
    await expectAccessible(page);
    await page.getByRole("button", { name: /결제하기/ }).click();
    await expect(page.getByRole("heading", { name: "결제가 끝났어요" })).toBeVisible();
    await page.goto("/ko/tickets");
    await page.locator("main a[href*='/tickets/']").first().click();
    await expect(page.getByRole("img", { name: /QR/ }).first()).toBeVisible();
    await expectAccessible(page);
  });
}

test("a fan chooses one seat from the list and cannot have it twice", async ({ page, fan }) => {
  expect(fan.email).toBeTruthy();
  await topUp(page, 1_000_000);
  await goToSeats(page, "bluesquare-strings-2027");
  await page.getByRole("button", { name: "목록에서 고르기" }).click();
  await page.locator("#list-section").selectOption({ index: 1 });
  const seat = page.locator("fieldset button[aria-pressed=false]:not([disabled])").last();
  await seat.click();
  await page
    .getByRole("button", { name: /1석|자리 1|1자리|1장/ })
    .last()
    .click();
  await page.waitForURL(/\/checkout\?reservation=/);
  await page.getByRole("button", { name: "좌석 놓기" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "좌석 놓기" }).click();
  await expect(page.getByRole("heading", { name: "좌석을 놓았어요" })).toBeVisible();
});

test("the account's pages are readable by everyone", async ({ page, fan }) => {
  expect(fan.email).toBeTruthy();
  for (const path of [
    "/ko/lines",
    "/ko/wallet",
    "/ko/reservations",
    "/ko/tickets",
    "/en/wallet",
    "/en/sign-in",
    "/en/sign-up",
  ]) {
    await page.goto(path);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expectAccessible(page);
  }
});

test("signing up leads back to where the fan was going", async ({ page }) => {
  await page.goto("/en/sign-up?next=%2Fwallet");
  await page.fill("#name", "Lee Dana");
  await page.fill("#email", `fan-${Date.now()}-${Math.random().toString(36).slice(2)}@example.com`);
  await page.fill("#password", "short");
  await page.locator("form button[type=submit]").click();
  await expect(page).toHaveURL(/sign-up/);
  await page.fill("#password", "long enough now");
  await page.locator("form button[type=submit]").click();
  await expect(page).toHaveURL(/\/en\/wallet$/);
});

test("a second fan waits, sees the place fall, gets in and cannot take the first one's seat", async ({
  browser,
  page,
}) => {
  const origin = `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;
  const { organizerToken } = await import("./organizer");
  const token = await organizerToken(origin);
  const { slug, id, performanceId } = await (await import("./organizer")).importTinyConcert(origin, token);
  const contexts = await Promise.all([
    browser.newContext({ baseURL: origin }),
    browser.newContext({ baseURL: origin }),
  ]);
  const [first, second] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page];
  for (const one of [first, second, page]) await signIn(one, await registerFan(one));

  await first.goto(`/ko/concerts/${slug}/queue`);
  await first.waitForURL(/\/(dates|seats)/, { timeout: 45_000 });
  await page.goto(`/ko/concerts/${slug}/queue`);
  await expect(page.locator("main")).toContainText("1");
  await second.goto(`/ko/concerts/${slug}/queue`);
  const place = async () => {
    const view = await second.request.post(`/api/concerts/${id}/queue`, { headers: { Origin: origin } });
    return (await view.json()) as { status: string; position: number | null; token: string };
  };
  expect(await place()).toMatchObject({ status: "waiting", position: 2 });
  const call = async (from: Page, method: string, path: string, queue: string, data?: unknown) =>
    from.request.fetch(`/api${path}`, {
      method,
      headers: { Origin: origin, "Queue-Token": queue },
      ...(data === undefined ? {} : { data }),
    });
  const joined = async (from: Page) =>
    (
      (await (await from.request.post(`/api/concerts/${id}/queue`, { headers: { Origin: origin } })).json()) as {
        token: string;
      }
    ).token;

  // The one ahead gives up: the place falls without a reload.
  const ahead = await joined(page);
  expect((await call(page, "DELETE", `/concerts/${id}/queue`, ahead)).status()).toBe(204);
  await expect.poll(async () => (await place()).position).toBe(1);

  const own = await joined(first);
  const seats = await (await call(first, "GET", `/concerts/${id}/performances/${performanceId}/seats`, own)).json();
  const seatId = seats.items[0].id as string;
  await topUp(first, 100_000);
  const held = await call(first, "POST", `/concerts/${id}/reservations`, own, { performanceId, seatIds: [seatId] });
  expect(held.status()).toBe(201);
  const { id: reservationId } = await held.json();
  expect((await call(first, "POST", `/concerts/${id}/reservations/${reservationId}/payment`, own)).status()).toBe(201);

  // The first fan's limit of one is reached, so the second one's turn comes by itself.
  await second.waitForURL(/\/(dates|seats)/, { timeout: 45_000 });
  const beaten = await call(second, "POST", `/concerts/${id}/reservations`, await joined(second), {
    performanceId,
    seatIds: [seatId],
  });
  expect(beaten.status()).toBe(409);
  expect(await beaten.json()).toMatchObject({ code: "seat_unavailable", seatIds: [seatId] });
  await Promise.all(contexts.map((context) => context.close()));
});
