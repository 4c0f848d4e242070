import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth from "next-auth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloneDatabase, type TestDatabase } from "@/db/testing/database";
import { registerFan } from "@/lib/auth/register-fan";
import { provideEnv } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { forget } from "@/lib/core/registry";
import { authOptions } from "./auth-options";

const SITE = "https://tickets.example";

let test: TestDatabase;
beforeAll(async () => {
  test = await cloneDatabase(4);
  provideEnv({ databaseUrl: test.url, nextAuthUrl: SITE });
});
afterAll(async () => {
  const { closeDb } = await import("@/db/client");
  await closeDb();
  forget("db");
  await test.drop();
});

type Answer = { cookies: Map<string, string>; body: unknown; redirect: string };

/** A browser: it keeps its cookies. */
class Browser {
  cookies: Record<string, string> = {};

  /** Asks next-auth by its form for Node's requests, which the App Router's shares all but the wrapping with. */
  async ask(nextauth: string[], body?: Record<string, string>): Promise<Answer> {
    const method = body ? "POST" : "GET";
    const req = { method, headers: {}, cookies: this.cookies, query: { nextauth }, body } as unknown;
    const headers = new Map<string, unknown>();
    let said: unknown;
    const res = {
      status: () => res,
      getHeader: (name: string) => headers.get(name),
      setHeader: (name: string, value: unknown) => {
        headers.set(name, value);
        return res;
      },
      json: (value: unknown) => (said = value),
      send: (value: unknown) => (said = value),
      end: () => {},
    };
    await NextAuth(req as NextApiRequest, res as unknown as NextApiResponse, authOptions(null));
    const cookies = new Map<string, string>();
    for (const line of (headers.get("Set-Cookie") ?? []) as string[]) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, line);
      this.cookies[name] = decodeURIComponent(value);
    }
    const redirect = String(headers.get("Location") ?? (said as { url?: string } | undefined)?.url ?? "");
    return { cookies, body: said, redirect };
  }

  async csrfToken(): Promise<string> {
    const { body } = await this.ask(["csrf"]);
    return (body as { csrfToken: string }).csrfToken;
  }

  async signIn(form: Record<string, string>) {
    return this.ask(["callback", "credentials"], { ...form, csrfToken: await this.csrfToken(), json: "true" });
  }

  async session() {
    return (await this.ask(["session"])).body as { user?: object };
  }
}

const SESSION = "__Secure-next-auth.session-token";

async function makeFan() {
  const fan = { email: `fan-${newId()}@example.com`, password: "correct horse", name: "Jiwoo" };
  return { ...fan, ...(await registerFan(test.db, fan)) };
}

describe("signing in with a browser", () => {
  it("plants a session under a name that https alone may set, and answers who is signed in", async () => {
    const fan = await makeFan();
    const browser = new Browser();
    const answer = await browser.signIn(fan);
    const cookie = answer.cookies.get(SESSION);
    for (const word of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(`; ${word}`);
    expect(Object.keys(browser.cookies)).toContain("__Host-next-auth.csrf-token");
    expect((await browser.session()).user).toEqual({ id: fan.id, name: fan.name, email: fan.email, role: "fan" });
  });

  it("refuses wrong passwords and strange forms alike", async () => {
    const { email } = await makeFan();
    for (const form of [{ email, password: "wrong horse" }, { email }, { email, password: "x".repeat(5000) }, {}]) {
      const browser = new Browser();
      const { redirect } = await browser.signIn(form as Record<string, string>);
      expect(redirect).toContain("error=CredentialsSignin");
      expect(browser.cookies[SESSION]).toBeUndefined();
    }
  });

  it("says when there were too many attempts", async () => {
    const { email } = await makeFan();
    let last = "";
    for (let attempt = 0; attempt < 40 && !last.includes("rate_limited"); attempt++) {
      last = (await new Browser().signIn({ email, password: "wrong horse" })).redirect;
    }
    expect(last).toContain("error=rate_limited");
  });

  it("needs the form's own token", async () => {
    const fan = await makeFan();
    const browser = new Browser();
    await browser.csrfToken();
    await browser.ask(["callback", "credentials"], { ...fan, csrfToken: "guessed", json: "true" });
    expect(browser.cookies[SESSION]).toBeUndefined();
  });

  it("gives every sign-in a session of its own, and signing out ends just that one, copies included", async () => {
    const fan = await makeFan();
    const [phone, desk] = [new Browser(), new Browser()];
    await phone.signIn(fan);
    await desk.signIn(fan);
    const copy = new Browser();
    copy.cookies = { ...phone.cookies };

    await phone.ask(["signout"], { csrfToken: await phone.csrfToken() });
    expect(await phone.session()).toEqual({});
    expect(await copy.session()).toEqual({});
    expect((await desk.session()).user).toMatchObject({ id: fan.id });
  });

  it.each([
    ["/ko/wallet", `${SITE}/ko/wallet`],
    [`${SITE}/en`, `${SITE}/en`],
    ["https://evil.example/", SITE],
    ["//evil.example", SITE],
    ["/\\evil.example", SITE],
    ["javascript:alert(1)", SITE],
    ["https://tickets.example@evil.example", SITE],
    ["http://tickets.example/", SITE],
  ])("sends nobody elsewhere: %s", async (url, target) => {
    expect(await authOptions(null).callbacks?.redirect?.({ url, baseUrl: SITE })).toBe(target);
  });
});
