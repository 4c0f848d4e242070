import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import sharp from "sharp";

export type Shot = {
  name: string;
  /** Without its language. */
  path: string;
  /** All of the page, down to `LONGEST`, and not only what a window shows. */
  whole?: boolean;
  /** Kinds that are not taken of every page. */
  also?: Kind["suffix"][];
  /** What is done on the page before. */
  before?: (page: Page) => Promise<unknown>;
};

export type Session = Awaited<ReturnType<BrowserContext["storageState"]>>;

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 860 };

/** Each page once at either size: phones in Korean, desktops in English; some in other ways too. */
export const KINDS = [
  { suffix: "phone", viewport: PHONE, locale: "ko", scheme: "light", always: true },
  { suffix: "desktop", viewport: DESKTOP, locale: "en", scheme: "light", always: true },
  { suffix: "phone-dark", viewport: PHONE, locale: "ko", scheme: "dark", always: false },
  { suffix: "desktop-ko", viewport: DESKTOP, locale: "ko", scheme: "light", always: false },
] as const;

export type Kind = (typeof KINDS)[number];

const LONGEST = 2200;
/** Pictures are kept in git. */
const MOST_BYTES = 150_000;

/** Takes one picture of a page that is there. */
async function take(page: Page, { whole = false }: Shot, file: string): Promise<void> {
  const full = await page.evaluate(() => {
    // A bar that sticks, or the ring around a field, would stand in the middle of the picture.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    window.scrollTo(0, 0);
    return document.documentElement.scrollHeight;
  });
  await page.waitForTimeout(200);
  const { width, height } = page.viewportSize() as { width: number; height: number };
  const png = await page.screenshot({
    fullPage: whole,
    ...(whole ? { clip: { x: 0, y: 0, width, height: Math.min(Math.max(full, height), LONGEST) } } : {}),
  });
  for (const quality of [82, 70, 55]) {
    const webp = await sharp(png).webp({ quality, effort: 6 }).toBuffer();
    if (webp.length > MOST_BYTES && quality > 55) continue;
    await writeFile(file, webp);
    return;
  }
}

/** Goes to a page and waits until nothing on it is under way. */
async function goTo(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(700);
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached", timeout: 20_000 });
  await page.waitForTimeout(500);
}

/** Takes pictures into a folder, as somebody in one session sees the pages. */
export async function shoot(context: BrowserContext, url: string, kind: Kind, shots: Shot[], out: string) {
  const page = await context.newPage();
  for (const shot of shots) {
    if (!kind.always && !shot.also?.includes(kind.suffix)) continue;
    await goTo(page, `${url}/${kind.locale}${shot.path}`);
    await shot.before?.(page);
    await take(page, shot, path.join(out, `${shot.name}-${kind.suffix}.webp`));
  }
  await page.close();
}
