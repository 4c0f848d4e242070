import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { type Product, startProduct, tryProduct } from "@/cli/testing/product";
import { removeDataDir } from "@/db/embedded";
import { processStart } from "@/db/embedded-processes";

const run = promisify(execFile);

let dataDir: string;
let products: Product[] = [];

test.beforeEach(async () => {
  test.setTimeout(180_000);
  dataDir = await mkdtemp(path.join(tmpdir(), "frontrow-recovery-"));
  // Without the example concerts, which nobody here visits.
  await writeFile(path.join(dataDir, "examples-imported"), "");
});
test.afterEach(async () => {
  await Promise.all(products.map((product) => product.stop()));
  products = [];
  await removeDataDir(dataDir);
});

async function start(env: Record<string, string> = {}): Promise<Product> {
  const product = await startProduct({ dataDir, env });
  products.push(product);
  return product;
}

const postmaster = async (): Promise<number> =>
  Number((await readFile(path.join(dataDir, "postgres/postmaster.pid"), "utf8")).split("\n")[0]);

const isAlive = async (pid: number): Promise<boolean> => (await processStart(pid)) !== null;

const fan = { email: "kept@example.com", password: "correct horse battery", name: "Kept" };

const post = (product: Product, target: string, body: object) =>
  fetch(`${product.url}/api/${target}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

async function register(product: Product): Promise<void> {
  expect((await post(product, "users", fan)).status).toBe(201);
}

/** What was answered before a crash is there after it. */
async function expectKept(product: Product): Promise<void> {
  const { email, password } = fan;
  expect((await post(product, "sessions", { email, password })).status).toBe(201);
}

test("after kill -9 the next start ends the orphaned PostgreSQL and has everything", async () => {
  const first = await start();
  await register(first);
  const orphan = await postmaster();
  await first.stop("SIGKILL");
  expect(await isAlive(orphan)).toBe(true);

  const second = await start();
  expect(await isAlive(orphan)).toBe(false);
  await expectKept(second);
  expect(await second.stop()).toBe(0);
  expect(await isAlive(await postmaster().catch(() => -1))).toBe(false);
});

test("after kill -9 of server and PostgreSQL the next start recovers", async () => {
  const first = await start();
  await register(first);
  const pid = await postmaster();
  await first.stop("SIGKILL");
  process.kill(pid, "SIGKILL");
  await expectKept(await start());
});

test("a PostgreSQL that dies is started again while the server answers 503", async () => {
  const product = await start();
  await register(product);
  const died = await postmaster();
  process.kill(died, "SIGKILL");
  const statuses = new Set<number>();
  await expect
    .poll(
      async () => {
        const began = Date.now();
        const { status } = await post(product, "sessions", { email: fan.email, password: fan.password });
        expect(Date.now() - began).toBeLessThan(2500);
        statuses.add(status);
        return status;
      },
      { intervals: [20], timeout: 30_000 },
    )
    .toBe(201);
  expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([]);
  expect(await isAlive(product.pid)).toBe(true);
  expect(await postmaster()).not.toBe(died);
  expect(product.said()).not.toContain("unhandled");
});

test("a second server on the same data is refused, a command shares the first one's database", async () => {
  const product = await start();
  const second = await tryProduct({ dataDir });
  expect(await second.ended).toBe(1);
  expect(second.said().trim()).toMatch(
    /^Frontrow cannot start: Another server \(process \d+, npm start\) already uses/,
  );

  const { stdout } = await run("node", ["--import", "tsx", "cli/db-migrate.ts"], {
    env: { ...process.env, DATA_DIR: dataDir },
  });
  expect(stdout).toContain("up to date");
  expect((await fetch(`${product.url}/api/health/ready`)).status).toBe(200);
});

test("SIGTERM lets a request finish, then everything is gone", async () => {
  const product = await start();
  const pid = await postmaster();
  const { email, password } = fan;
  const body = JSON.stringify({ email, password, name: fan.name });
  // Half a body now, the other half after the signal.
  const status = new Promise<number | undefined>((resolve, reject) => {
    const slow = request(`${product.url}/api/users`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) },
    });
    slow.once("response", (answer) => resolve(answer.statusCode)).once("error", reject);
    slow.write(body.slice(0, 10));
    setTimeout(() => slow.end(body.slice(10)), 1500);
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const ended = product.stop();
  expect(await status).toBe(201);
  expect(await ended).toBe(0);
  expect(await isAlive(pid)).toBe(false);
});

test("several processes share the port, and one that dies is replaced", async () => {
  const product = await start({ WEB_CONCURRENCY: "2" });
  await register(product);
  const workers = async () =>
    (await run("pgrep", ["-P", String(product.pid), "node"])).stdout.trim().split("\n").map(Number);
  const [victim = 0] = await workers();
  expect(victim).toBeGreaterThan(1);
  process.kill(victim, "SIGKILL");
  // Connections that the dead process held break with it; new ones find the others.
  await expect.poll(workers).not.toContain(victim);
  for (let call = 0; call < 10; call++) await expectKept(product);
  await expect.poll(async () => (await workers()).length, { timeout: 20_000 }).toBe(2);
  expect(await workers()).not.toContain(victim);
  const all = await workers();
  expect(await product.stop()).toBe(0);
  expect((await Promise.all(all.map(isAlive))).some(Boolean)).toBe(false);
});
