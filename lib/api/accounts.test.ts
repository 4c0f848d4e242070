import { encode, type JWT } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEnv } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
beforeAll(async () => {
  on = await startHarness();
});
afterAll(() => on.drop());

const person = () => ({ email: `${newId()}@example.com`, password: "correct horse", name: "Minji" });

describe("accounts", () => {
  it("registers, signs in, says who it is and signs out", async () => {
    const { email, password, name } = person();
    const registered = await on.call("POST", "/api/users", { body: { email, password, name } });
    expect(registered).toMatchObject({ status: 201, json: { email, name } });
    expect(Object.keys(registered.json).sort()).toEqual(["email", "id", "name"]);

    const session = await on.call("POST", "/api/sessions", { body: { email: email.toUpperCase(), password } });
    expect(session.status).toBe(201);
    const { token } = session.json;
    expect((await on.call("GET", "/api/me", { token })).json).toEqual({ ...registered.json, role: "fan" });

    expect((await on.call("DELETE", "/api/sessions/current", { token })).status).toBe(204);
    expect(await on.call("GET", "/api/me", { token })).toMatchObject({ status: 401, code: "unauthenticated" });
    expect((await on.call("DELETE", "/api/sessions/current", { token })).status).toBe(401);
  });

  it("refuses a taken address with 409, and both wrong address and wrong password with one 401", async () => {
    const body = person();
    await on.call("POST", "/api/users", { body });
    expect(await on.call("POST", "/api/users", { body })).toMatchObject({ status: 409, code: "conflict" });
    const wrongPassword = await on.call("POST", "/api/sessions", { body: { email: body.email, password: "wrong" } });
    const wrongAddress = await on.call("POST", "/api/sessions", {
      body: { email: person().email, password: body.password },
    });
    expect(wrongPassword.status).toBe(401);
    expect(wrongAddress.text).toBe(wrongPassword.text);
  });

  it("limits attempts per account, shared by whoever asks; a right password starts afresh", async () => {
    const { email, password, name } = person();
    await on.call("POST", "/api/users", { body: { email, password, name } });
    const attempt = (word: string) => on.call("POST", "/api/sessions", { body: { email, password: word } });
    for (let n = 0; n < 19; n++) expect((await attempt("wrong")).status).toBe(401);
    expect((await attempt(password)).status).toBe(201);
    for (let n = 0; n < 20; n++) expect((await attempt("wrong")).status).toBe(401);
    const limited = await attempt(password);
    expect(limited).toMatchObject({ status: 429, code: "rate_limited" });
    const retryAfter = Number(limited.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(300);
  });
});

describe("who is asking", () => {
  const secret = () => readEnv().authSecret as string;
  const cookieOf = async (claims: Record<string, unknown>, maxAge = 3600) =>
    await encode({ token: claims as unknown as JWT, secret: secret(), maxAge });

  it("is what the bearer token says", async () => {
    const { token, userId } = await on.makeCaller();
    expect((await on.call("GET", "/api/me", { token })).json.id).toBe(userId);
  });

  it.each(["", "Bearer", "Bearer ", "Bearer x y", "Basic YTpi", "Bearer é", `Bearer ${"x".repeat(5000)}`])(
    "is nobody with Authorization %j, even beside a good cookie",
    async (authorization) => {
      const { userId } = await on.makeCaller();
      const cookie = `next-auth.session-token=${await cookieOf({ sub: userId, role: "fan", sid: newId() })}`;
      const headers = { authorization: Buffer.from(authorization).toString("latin1") };
      expect(await on.call("GET", "/api/me", { cookie, headers })).toMatchObject({
        status: 401,
        code: "unauthenticated",
      });
    },
  );

  it("is what next-auth's cookie says, in either spelling, whole or in chunks", async () => {
    const { userId } = await on.makeCaller();
    const value = await cookieOf({ sub: userId, role: "fan", sid: newId() });
    const [a, b, c] = [value.slice(0, 50), value.slice(50, 90), value.slice(90)];
    for (const cookie of [
      `next-auth.session-token=${value}`,
      `a=b; __Secure-next-auth.session-token=${value}; c=d`,
      `next-auth.session-token.2=${c}; next-auth.session-token.0=${a}; next-auth.session-token.1=${b}`,
    ])
      expect((await on.call("GET", "/api/me", { cookie })).json.id).toBe(userId);
  });

  it("is nobody with a cookie that is changed, over, another secret's, without a session id or revoked", async () => {
    const { userId } = await on.makeCaller();
    const claims = { sub: userId, role: "fan", sid: newId() };
    const good = await cookieOf(claims);
    const values = [
      good.slice(0, -3) + (good.endsWith("AAA") ? "BBB" : "AAA"),
      await cookieOf(claims, -60),
      await encode({ token: claims as JWT, secret: "another-secret-0123456789-0123456789" }),
      await cookieOf({ sub: userId, role: "fan" }),
      await cookieOf({ ...claims, role: "king" }),
      await cookieOf({ ...claims, sub: "1" }),
      "x",
    ];
    for (const value of values) {
      const cookie = `next-auth.session-token=${value}`;
      expect((await on.call("GET", "/api/me", { cookie })).status).toBe(401);
    }
    const cookie = `next-auth.session-token=${good}`;
    const headers = { origin: "http://shop.test" };
    expect((await on.call("DELETE", "/api/sessions/current", { cookie, headers })).status).toBe(204);
    expect((await on.call("GET", "/api/me", { cookie })).status).toBe(401);
  });

  it("is the bearer token where both are sent", async () => {
    const [first, second] = [await on.makeCaller(), await on.makeCaller()];
    const cookie = `next-auth.session-token=${await cookieOf({ sub: first.userId, role: "fan", sid: newId() })}`;
    expect((await on.call("GET", "/api/me", { cookie, token: second.token })).json.id).toBe(second.userId);
    // And so no Origin is needed.
    expect((await on.call("DELETE", "/api/sessions/current", { cookie, token: second.token })).status).toBe(204);
  });

  it("needs this site's own Origin for a change that a cookie vouches for", async () => {
    const { userId } = await on.makeCaller();
    const cookie = `next-auth.session-token=${await cookieOf({ sub: userId, role: "fan", sid: newId() })}`;
    const leave = (headers: Record<string, string>) => on.call("DELETE", "/api/sessions/current", { cookie, headers });
    for (const headers of [
      {},
      { origin: "null" },
      { origin: "http://evil.test" },
      { origin: "http://shop.test.evil.test" },
      { origin: "http://shop.test:8080" },
      { origin: "http://shop.test/" },
      { origin: "http://evil.test", "x-forwarded-host": "evil.test" },
    ] as Record<string, string>[])
      expect(await leave(headers)).toMatchObject({ status: 403, code: "forbidden" });
    expect((await leave({ origin: "http://shop.test" })).status).toBe(204);
  });
});
