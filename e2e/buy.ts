import { expect, type Page } from "@playwright/test";

type Call = <T>(method: string, path: string, data?: unknown) => Promise<T>;

const origin = (): string => `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;

/** Calls the API as the fan who is signed in on a page. */
export const apiOf =
  (page: Page, queueToken?: string): Call =>
  async (method, path, data) => {
    const reply = await page.request.fetch(`/api${path}`, {
      method,
      headers: { Origin: origin(), ...(queueToken ? { "Queue-Token": queueToken } : {}) },
      ...(data === undefined ? {} : { data }),
    });
    expect(reply.ok(), `${method} ${path}: ${await reply.text()}`).toBe(true);
    return reply.status() === 204 ? undefined : await reply.json();
  };

export type Bought = { id: string; code: string; concertId: string; performanceId: string };

/** A ticket for the fan who is signed in on a page, bought without looking. */
export async function buyTicket(page: Page, slug: string): Promise<Bought> {
  const asFan = apiOf(page);
  const { id: concertId } = await asFan<{ id: string }>("GET", `/concerts/${slug}`);
  const { token } = await asFan<{ token: string }>("POST", `/concerts/${concertId}/queue`);
  const inside = apiOf(page, token);
  await expect
    .poll(async () => (await inside<{ status: string }>("GET", `/concerts/${concertId}/queue`)).status)
    .toBe("admitted");
  const dates = await inside<{ items: { id: string }[] }>("GET", `/concerts/${concertId}/performances`);
  const performanceId = dates.items.at(-1)?.id as string;
  const held = await inside<{ id: string; amount: number }>("POST", `/concerts/${concertId}/reservations`, {
    performanceId,
    bestAvailable: { count: 1 },
  });
  await asFan("PATCH", "/wallet", { amount: held.amount });
  const paid = await inside<{ tickets: { id: string; code: string }[] }>(
    "POST",
    `/concerts/${concertId}/reservations/${held.id}/payment`,
  );
  return { ...(paid.tickets[0] as { id: string; code: string }), concertId, performanceId };
}
