import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import { readEnv } from "@/lib/core/env";

const HELP = `npm run screens [-- --url http://127.0.0.1:3000]

Takes pictures of every page of the running product, as the demo fan and the demo organiser
of its DATA_DIR, at phone and desktop size, in both languages and both themes, into
docs/screens. Buys tickets on the way.

  --url   where the product runs (http://HOST:PORT)
  --help  this text`;

const OUT = "docs/screens";
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } } as const;
const SLUG = "hongdae-night-2027";

type Account = { role: string; email: string; password: string };

async function executablePath(): Promise<string> {
  const { existsSync } = await import("node:fs");
  for (const file of ["/usr/bin/chromium", "/usr/bin/google-chrome"]) if (existsSync(file)) return file;
  return await (await import("@sparticuz/chromium")).default.executablePath();
}

async function signIn(page: Page, url: string, { email, password }: Account): Promise<void> {
  await page.goto(`${url}/en/sign-in`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("form button[type=submit]");
  await page.waitForURL((at) => !at.pathname.endsWith("/sign-in"));
}

type Shot = { name: string; path: string; wholePage?: boolean };

/** A fan's way through the API, so that each page has something to show. */
async function prepare(page: Page, url: string): Promise<Shot[]> {
  const headers = { Origin: url };
  const api = async <T>(method: string, target: string, token?: string, data?: unknown): Promise<T> => {
    const reply = await page.request.fetch(`${url}/api${target}`, {
      method,
      headers: { ...headers, ...(token ? { "Queue-Token": token } : {}) },
      ...(data === undefined ? {} : { data }),
    });
    if (!reply.ok()) throw new Error(`${method} ${target}: ${reply.status()} ${await reply.text()}`);
    return reply.status() === 204 ? (undefined as T) : ((await reply.json()) as T);
  };
  const concert = await api<{ id: string }>("GET", `/concerts/${SLUG}`);
  const { token } = await api<{ token: string }>("POST", `/concerts/${concert.id}/queue`);
  for (;;) {
    const { status } = await api<{ status: string }>("GET", `/concerts/${concert.id}/queue`, token);
    if (status === "admitted") break;
    if (status !== "waiting") throw new Error(`The demo fan is ${status}.`);
    await page.waitForTimeout(1000);
  }
  await page.goto(`${url}/en`);
  await page.evaluate(
    ([key, value]) => localStorage.setItem(key as string, value as string),
    [`frontrow.queue-token.${concert.id}`, token],
  );
  const { items } = await api<{ items: { id: string }[] }>("GET", `/concerts/${concert.id}/performances`, token);
  const performanceId = items[0]?.id as string;
  const reserve = () =>
    api<{ id: string }>("POST", `/concerts/${concert.id}/reservations`, token, {
      performanceId,
      bestAvailable: { count: 1 },
    });
  const paid = await reserve();
  const payment = await api<{ tickets: { id: string }[] }>(
    "POST",
    `/concerts/${concert.id}/reservations/${paid.id}/payment`,
    token,
  );
  const held = await reserve();
  return [
    { name: "dates", path: `/concerts/${SLUG}/dates` },
    { name: "seats", path: `/concerts/${SLUG}/seats?performance=${performanceId}` },
    { name: "checkout", path: `/concerts/${SLUG}/checkout?reservation=${held.id}` },
    { name: "wallet", path: "/wallet", wholePage: true },
    { name: "reservations", path: "/reservations", wholePage: true },
    { name: "tickets", path: "/tickets", wholePage: true },
    { name: "ticket", path: `/tickets/${payment.tickets[0]?.id}`, wholePage: true },
    { name: "waiting-room", path: `/concerts/worldcup-stadium-2027/queue` },
  ];
}

const PUBLIC: Shot[] = [
  { name: "home", path: "" },
  { name: "concert", path: `/concerts/${SLUG}` },
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-up", path: "/sign-up" },
  { name: "not-found", path: "/no-such-page" },
];

const ORGANIZER: Shot[] = [
  { name: "organizer", path: "/organizer", wholePage: true },
  { name: "organizer-room", path: `/organizer/concerts/${SLUG}`, wholePage: true },
  { name: "organizer-import", path: "/organizer/import" },
  { name: "organizer-check-in", path: "/organizer/check-in" },
];

/** Both sizes; light in English and Korean, dark in Korean. */
async function shoot(browser: Browser, url: string, shots: Shot[], state?: Awaited<ReturnType<typeof stateOf>>) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const [scheme, locale] of [
      ["light", "en"],
      ["light", "ko"],
      ["dark", "ko"],
    ] as const) {
      const context = await browser.newContext({
        viewport,
        colorScheme: scheme,
        locale,
        deviceScaleFactor: 1,
        ...(state ? { storageState: state } : {}),
      });
      const page = await context.newPage();
      for (const shot of shots) {
        await page.goto(`${url}/${locale}${shot.path}`);
        // What the page asks the API for has come when nothing is busy any more; polls never end.
        await page.locator("[aria-busy=true]").first().waitFor({ state: "detached", timeout: 15_000 });
        await page.waitForTimeout(800);
        const file = path.join(OUT, `${shot.name}-${size}-${scheme}-${locale}.png`);
        await page.screenshot({ path: file, fullPage: shot.wholePage ?? false });
      }
      await context.close();
    }
  }
}

const stateOf = (page: Page) => page.context().storageState();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { url: { type: "string" }, help: { type: "boolean" } } });
  if (values.help) return console.log(HELP);
  const env = readEnv();
  const url = values.url ?? `http://${env.host}:${env.port}`;
  const accounts = JSON.parse(await readFile(path.join(env.dataDir, "demo-accounts.json"), "utf8")) as Account[];
  await mkdir(OUT, { recursive: true });
  const args = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  const browser = await chromium.launch({ executablePath: await executablePath(), args });
  try {
    await shoot(browser, url, PUBLIC);
    for (const role of ["fan", "organizer"]) {
      const context = await browser.newContext({ viewport: SIZES.desktop });
      const page = await context.newPage();
      await signIn(page, url, accounts.find((account) => account.role === role) as Account);
      const shots = role === "fan" ? await prepare(page, url) : ORGANIZER;
      await shoot(browser, url, shots, await stateOf(page));
      await context.close();
    }
  } finally {
    await browser.close();
  }
  console.log(`The pictures are in ${OUT}.`);
}

await main().catch((error: unknown) => {
  console.error(`The pictures could not be taken: ${(error as Error).message}`);
  process.exit(1);
});
