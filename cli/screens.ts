import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "@/cli/shared/chromium";
import { readEnv } from "@/lib/core/env";
import { KINDS, type Session, type Shot, shoot } from "./screens/shoot";
import { fillHouses, hold, join, type Place, pay, SLUGS } from "./screens/stage";
import { type Account, type Visitor, visit, visitAsNew } from "./screens/visitor";
import { readArguments } from "./shared/arguments";
import { say } from "./shared/print";
import { runCommand } from "./shared/run";

const HELP = `
npm run screens -- [--url http://127.0.0.1:3000]

Takes pictures of every page of the running product into docs/screens, on a phone and on a desktop, in both languages
and both themes. It signs in as the demo fan and the demo organiser of DATA_DIR, imports three concerts and buys
tickets on the way: run it against a product whose data nobody needs.

  --url        where the product runs (http://HOST:PORT)
  -h, --help   this text
`;

const OUT = "docs/screens";
const SHOW = "hongdae-night-2027";

type Cast = { fan: Visitor; organizer: Visitor; friend: Visitor };

const PUBLIC: Shot[] = [
  { name: "home", path: "", whole: true, also: ["phone-dark", "desktop-ko"] },
  { name: "concert", path: `/concerts/${SHOW}`, whole: true },
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-up", path: "/sign-up" },
  { name: "not-found", path: "/no-such-page" },
];

/** Where the browser keeps a place in line. */
const keepPlaces = (session: Session, origin: string, places: Place[]): Session => ({
  ...session,
  origins: [
    {
      origin,
      localStorage: places.map(({ concertId, token }) => ({
        name: `frontrow.queue-token.${concertId}`,
        value: token,
      })),
    },
  ],
});

/** What a fan sees on the way from the line to the ticket. */
async function fansShots({ fan, friend }: Cast): Promise<{ shots: Shot[]; friends: Shot[]; places: Place[] }> {
  const show = await join(fan, SHOW);
  const stadium = await join(fan, "worldcup-stadium-2027");
  const lobby = await join(fan, SLUGS.lobby, true);
  const line = await join(fan, SLUGS.line, true);
  await fan.call("PATCH", "/wallet", { body: { amount: 300_000 } });
  const [first, second] = await pay(fan, show, await hold(fan, show, 2));
  const { path: link } = await fan.call<{ path: string }>("POST", `/tickets/${second?.id}/transfer`);
  const held = await hold(fan, show, 1);
  const { items } = await fan.call<{ items: { id: string }[] }>("GET", `/concerts/${stadium.concertId}/performances`, {
    queue: stadium.token,
  });
  const full = await friend.call<{ id: string; performances: { id: string }[] }>("GET", `/concerts/${SLUGS.full}`);
  await fan.call("POST", `/concerts/${full.id}/performances/${full.performances[0]?.id}/waitlist`, {
    body: { count: 2 },
  });
  const shots: Shot[] = [
    { name: "lobby", path: `/concerts/${SLUGS.lobby}/queue`, whole: true },
    { name: "waiting-room", path: `/concerts/${SLUGS.line}/queue`, whole: true, also: ["phone-dark"] },
    { name: "lines", path: "/lines", whole: true },
    { name: "turn", path: "/concerts/worldcup-stadium-2027/queue" },
    { name: "dates", path: `/concerts/${SHOW}/dates` },
    { name: "seats", path: `/concerts/${SHOW}/seats?performance=${held.performanceId}`, also: ["phone-dark"] },
    { name: "stadium", path: `/concerts/worldcup-stadium-2027/seats?performance=${items[0]?.id}` },
    { name: "checkout", path: `/concerts/${SHOW}/checkout?reservation=${held.id}`, whole: true },
    { name: "waitlist", path: `/concerts/${SLUGS.full}/waitlist`, whole: true },
    { name: "wallet", path: "/wallet", whole: true },
    { name: "reservations", path: "/reservations", whole: true },
    { name: "tickets", path: "/tickets", whole: true },
    { name: "ticket", path: `/tickets/${first?.id}`, whole: true, also: ["phone-dark"] },
    { name: "ticket-given", path: `/tickets/${second?.id}`, whole: true },
  ];
  return { shots, friends: [{ name: "ticket-claim", path: link, whole: true }], places: [show, stadium, lobby, line] };
}

/** What an organiser sees; the code of a ticket, for the door. */
async function organizersShots({ friend }: Cast): Promise<Shot[]> {
  const place = await join(friend, "bluesquare-strings-2027");
  const held = await hold(friend, place, KINDS.length);
  const codes = (await pay(friend, place, held)).map(({ code }) => code);
  const used: string[] = [];
  return [
    { name: "organizer", path: "/organizer", whole: true },
    { name: "organizer-room", path: `/organizer/concerts/${SLUGS.line}`, whole: true, also: ["phone-dark"] },
    { name: "organizer-import", path: "/organizer/import" },
    { name: "organizer-wallets", path: "/organizer/wallets" },
    {
      name: "organizer-check-in",
      path: "/organizer/check-in",
      whole: true,
      also: ["phone-dark"],
      // A code that is not ours, one that was used in the picture before, and a good one.
      async before(page) {
        await page.locator("#door-concert").selectOption(place.concertId);
        await page.locator("#door-performance").selectOption(held.performanceId);
        const code = codes.shift() as string;
        for (const typed of ["A".repeat(86), ...used.slice(-1), code]) {
          await page.fill("#code", typed);
          await page.locator("form button[type=submit]").click();
          await page.waitForTimeout(800);
        }
        used.push(code);
        // Until the count has come too.
        await page.waitForTimeout(4500);
      },
    },
  ];
}

async function shootAs(browser: Browser, url: string, shots: Shot[], session?: Session): Promise<void> {
  for (const kind of KINDS) {
    const { viewport, scheme: colorScheme, locale } = kind;
    const context = await browser.newContext({
      viewport,
      colorScheme,
      locale,
      ...(session && { storageState: session }),
    });
    await shoot(context, url, kind, shots, OUT);
    await context.close();
  }
}

await runCommand("screens", async () => {
  const { values } = readArguments({ help: HELP, options: { url: { type: "string" } } });
  const env = readEnv();
  const url = values.url ?? `http://${env.host}:${env.port}`;
  const accounts = JSON.parse(await readFile(path.join(env.dataDir, "demo-accounts.json"), "utf8")) as (Account & {
    role: string;
  })[];
  const as = (role: string) => accounts.find((account) => account.role === role) as Account;
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_FLAGS });
  try {
    await shootAs(browser, url, PUBLIC);
    const cast: Cast = {
      fan: await visit(browser, url, as("fan")),
      organizer: await visit(browser, url, as("organizer")),
      friend: await visitAsNew(browser, url, "이다나"),
    };
    await fillHouses(browser, url, cast.organizer);
    const { shots, friends, places } = await fansShots(cast);
    await shootAs(browser, url, shots, keepPlaces(await cast.fan.context.storageState(), url, places));
    await shootAs(browser, url, friends, await cast.friend.context.storageState());
    await shootAs(browser, url, await organizersShots(cast), await cast.organizer.context.storageState());
  } finally {
    await browser.close();
  }
  say(`The pictures are in ${OUT}.`);
  return 0;
});
