import { buyTicket } from "./buy";
import { expect, expectAccessible, signIn, test } from "./fixtures";
import { importTinyConcert, organizerAccount, organizerToken } from "./organizer";

const origin = (): string => `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;

for (const scheme of ["light", "dark"] as const) {
  test(`every page is readable by everyone in the ${scheme} theme`, async ({ page, fan }) => {
    expect(fan.email).toBeTruthy();
    test.setTimeout(300_000);
    await page.emulateMedia({ colorScheme: scheme });
    const look = async (path: string) => {
      await page.goto(path);
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expectAccessible(page);
    };
    const { id } = await buyTicket(page, "bluesquare-strings-2027");
    for (const path of [
      "/ko",
      "/en/concerts/worldcup-stadium-2027",
      "/ko/lines",
      "/ko/wallet",
      "/en/reservations",
      "/ko/lines",
      "/ko/concerts/bluesquare-strings-2027/waitlist",
      "/ko/tickets",
      `/ko/tickets/${id}`,
      "/en/tickets/claim",
      "/ko/no-such-page",
    ]) {
      await look(path);
    }

    const { slug } = await importTinyConcert(origin(), await organizerToken(origin()));
    await look(`/ko/concerts/${slug}/queue`);
    await page.waitForURL(/\/(dates|seats)/);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expectAccessible(page);

    await signIn(page, await organizerAccount());
    for (const path of [
      "/ko/organizer",
      `/ko/organizer/concerts/${slug}`,
      "/en/organizer/import",
      "/ko/organizer/check-in",
      "/en/organizer/wallets",
    ]) {
      await look(path);
    }
  });
}
