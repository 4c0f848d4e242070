import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freePort } from "@/db/embedded";
import { tryProduct } from "../testing/product";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "frontrow-start-"));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** What the product says when it refuses to start. It says one line and exits with 1. */
async function refusal(env: Record<string, string>): Promise<string> {
  const product = await tryProduct({ dataDir, env });
  expect(await product.ended).toBe(1);
  const lines = product.said().trim().split("\n");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^Frontrow cannot start: /);
  return (lines[0] as string).slice("Frontrow cannot start: ".length);
}

const AUTH_SECRET = "a-secret-for-tests-only-0123456789abcdef";

describe("npm start refuses, in one line,", () => {
  it.each([
    ["PORT", "abc"],
    ["PORT", "70000"],
    ["WEB_CONCURRENCY", "0"],
    ["TRUST_PROXY", "perhaps"],
    ["AUTH_SECRET", "short"],
    ["NEXTAUTH_URL", "ftp://example.com"],
    ["DATABASE_URL", "mysql://localhost/frontrow"],
  ])("%s=%s", async (name, value) => {
    expect(await refusal({ [name]: value })).toContain(name);
  });

  it("a port that is taken", async () => {
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    expect(await refusal({ PORT: String(port) })).toBe(`Port ${port} of 127.0.0.1 is taken. Choose another with PORT.`);
    other.close();
  });

  it("a host that is not this machine's", async () => {
    expect(await refusal({ HOST: "192.0.2.1" })).toBe("HOST 192.0.2.1 is not an address of this machine.");
  });

  it("a data directory that cannot be written", async () => {
    // Below a file, so that not even root can.
    expect(await refusal({ DATA_DIR: "/dev/null/data" })).toMatch(/^DATA_DIR \/dev\/null\/data cannot be written/);
  });

  it("a database of one's own without a secret", async () => {
    expect(await refusal({ DATABASE_URL: inject("databaseUrl") })).toContain("AUTH_SECRET is missing");
  });

  it("a database that nobody answers for", async () => {
    const at = `127.0.0.1:${await freePort()}`;
    expect(await refusal({ DATABASE_URL: `postgres://fan@${at}/frontrow`, AUTH_SECRET })).toBe(
      `DATABASE_URL: no PostgreSQL answers at ${at} (ECONNREFUSED).`,
    );
  });

  it("an address that is none", async () => {
    expect(await refusal({ DATABASE_URL: "postgres://user:pass word@[", AUTH_SECRET })).toContain(
      "DATABASE_URL is not a valid address",
    );
  });

  it("a wrong password, and does not repeat it", async () => {
    const url = new URL(inject("databaseUrl"));
    url.password = "wrong-password";
    const said = await refusal({ DATABASE_URL: url.href, AUTH_SECRET });
    expect(said).toBe(`DATABASE_URL: ${url.host} refuses the user frontrow or its password.`);
  });

  it("a database that does not exist", async () => {
    const url = inject("databaseUrl").replace(/\/frontrow$/, "/no_such_database");
    expect(await refusal({ DATABASE_URL: url, AUTH_SECRET })).toContain("has no database named no_such_database");
  });
});
