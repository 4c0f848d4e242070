import { expect, expectAccessible, test } from "./fixtures";

for (const [locale, words] of [
  ["ko", "홍대의 밤"],
  ["en", "홍대의 밤"],
] as const) {
  test(`the concerts are there in ${locale}, readable by everyone`, async ({ page }) => {
    await page.goto(`/${locale}`);
    await expect(page.locator("html")).toHaveAttribute("lang", locale);
    await expect(page.getByText(words).first()).toBeVisible();
    await expectAccessible(page);
  });
}

test("the first visit follows the browser's language", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/ko$/);
});

test("an unknown page says so", async ({ page }) => {
  const reply = await page.goto("/ko/concerts/no-such-concert");
  expect(reply?.status()).toBe(404);
  await expectAccessible(page);
});
