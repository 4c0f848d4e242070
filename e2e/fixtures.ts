import { randomBytes } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";

export type Fan = { email: string; password: string; name: string };

type Fixtures = {
  /** A new fan, registered and signed in in this page's browser. */
  fan: Fan;
  watched: undefined;
};

/** Fails on any error that a page logged or threw: a failed hydration, or a Content-Security-Policy that stopped something. */
export const test = base.extend<Fixtures>({
  watched: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on("weberror", ({ error }) => errors.push(error().message));
      context.on("console", (message) => {
        // A refused call (401, 409) is logged by the browser; the page shows it as it should.
        if (message.type() !== "error" || /Failed to load resource.* status of 4\d\d/.test(message.text())) return;
        errors.push(`${message.text()} (${message.location().url})`);
      });
      await use(undefined);
      expect(errors, "errors on the page").toEqual([]);
    },
    { auto: true },
  ],
  fan: async ({ page }, use) => {
    const fan = await registerFan(page);
    await signIn(page, fan);
    await use(fan);
  },
});

export { expect };

/** A fan of their own for every test, through the API. */
export async function registerFan(page: Page): Promise<Fan> {
  const fan = {
    email: `fan-${randomBytes(6).toString("hex")}@example.com`,
    password: "correct horse battery",
    name: "Kim Nari",
  };
  const reply = await page.request.post("/api/users", { data: fan, headers: { Origin: origin() } });
  expect(reply.status()).toBe(201);
  return fan;
}

/** Plants the session that signing in would, without the form. */
export async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  const { csrfToken } = await (await page.request.get("/api/auth/csrf")).json();
  const reply = await page.request.post("/api/auth/callback/credentials", {
    form: { csrfToken, email, password, json: "true" },
    headers: { Origin: origin() },
  });
  expect(reply.ok()).toBe(true);
  const session = await (await page.request.get("/api/me")).json();
  expect(session.email).toBe(email);
}

const origin = (): string => `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;

/** Waits until nothing fades in or rises any more; what goes on for ever, such as a spinner, does not count. */
async function untilAtRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
  });
}

/** No violation of WCAG 2 A and AA that axe can find, once the page is at rest: half faded in, no text has contrast. */
export async function expectAccessible(page: Page): Promise<void> {
  await untilAtRest(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}
