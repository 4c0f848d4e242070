import type { Browser, BrowserContext } from "@playwright/test";

export type Account = { email: string; password: string };

/** Somebody whose calls of the API are made with the browser's own session. */
export type Visitor = {
  context: BrowserContext;
  /** Throws with what the server said. */
  call<T>(method: string, path: string, asked?: { queue?: string; body?: unknown }): Promise<T>;
};

/** Opens a browser session for an account, without the form. */
export async function visit(browser: Browser, url: string, { email, password }: Account): Promise<Visitor> {
  const context = await browser.newContext();
  const headers = { Origin: url };
  const { csrfToken } = await (await context.request.get(`${url}/api/auth/csrf`)).json();
  const signedIn = await context.request.post(`${url}/api/auth/callback/credentials`, {
    form: { csrfToken, email, password, json: "true" },
    headers,
  });
  if (!signedIn.ok()) throw new Error(`${email} cannot sign in: ${signedIn.status()}`);
  return {
    context,
    async call<T>(method: string, path: string, { queue, body }: { queue?: string; body?: unknown } = {}) {
      const reply = await context.request.fetch(`${url}/api${path}`, {
        method,
        headers: { ...headers, ...(queue ? { "Queue-Token": queue } : {}) },
        ...(body === undefined ? {} : { data: body }),
      });
      if (!reply.ok()) throw new Error(`${method} ${path}: ${reply.status()} ${await reply.text()}`);
      return reply.status() === 204 ? (undefined as T) : ((await reply.json()) as T);
    },
  };
}

/** A new fan. */
export async function visitAsNew(browser: Browser, url: string, name: string): Promise<Visitor> {
  const account = {
    email: `screens-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}@example.com`,
    password: "correct horse battery",
  };
  const context = await browser.newContext();
  const reply = await context.request.post(`${url}/api/users`, {
    data: { ...account, name },
    headers: { Origin: url },
  });
  await context.close();
  if (!reply.ok()) throw new Error(`No new fan: ${reply.status()}`);
  return visit(browser, url, account);
}
