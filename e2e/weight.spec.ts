import { expect, test } from "./fixtures";

/** Bytes, 1000 to the kB. */
const LIMIT = 120_000;

test("the waiting room needs no more than 120 kB of compressed scripts", async ({ page, fan }) => {
  expect(fan.email).toBeTruthy();
  const scripts: Promise<{ name: string; bytes: number }>[] = [];
  page.on("requestfinished", (request) => {
    const name = new URL(request.url()).pathname;
    if (!name.endsWith(".js")) return;
    scripts.push(request.sizes().then(({ responseBodySize }) => ({ name, bytes: responseBodySize })));
  });
  await page.goto("/ko/concerts/worldcup-stadium-2027/queue");
  await expect(page.getByText(/바로 다음 차례예요|내 차례예요|앞에/).first()).toBeVisible();
  await page.waitForTimeout(1000);
  const loaded = await Promise.all(scripts);
  const list = loaded.map(({ name, bytes }) => `${bytes} ${name}`).join("\n");
  const total = loaded.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(total, list).toBeGreaterThan(20_000);
  expect(total, list).toBeLessThanOrEqual(LIMIT);
});
