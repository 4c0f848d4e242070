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

test("a page's policy names its inline scripts, and the page comes alive under it", async ({ page }) => {
  const reply = await page.goto("/ko");
  const policy = reply?.headers()["content-security-policy"] ?? "";
  const scripts = policy.split("; ").find((rule) => rule.startsWith("script-src"));
  expect(scripts).toContain("'sha256-");
  expect(scripts).not.toContain("unsafe");
  // React listens at the document once it has taken the page over.
  await expect
    .poll(() => page.evaluate(() => Object.keys(document).some((key) => key.startsWith("_reactListening"))))
    .toBe(true);
});
