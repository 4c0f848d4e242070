import { readFile } from "node:fs/promises";

/** The script that light pages load, and what it must hash to. */
export type LightScript = { src: string; integrity: string };

/** The waiting room, in any language: the page that a million fans load at once. */
const ROOM_PAGE = /^\/[a-z]{2}\/concerts\/[^/]+\/queue$/;

const SCRIPT = /<script(?<attributes>[^>]*)>(?<body>[\s\S]*?)<\/script>/g;
const PRELOAD = /<link[^>]*\bas="script"[^>]*>/g;
const NEXT_SOURCE = /\ssrc="\/_next\//;
const NEXT_BODY = /\bself\.__next_f\b|\bTURBOPACK\b/;

/** Whether the page at a path is served light. */
export const isLightPage = (path: string): boolean => ROOM_PAGE.test(path);

/**
 * A finished page with one script in place of Next's and React's own data. A page without islands, such as an error's,
 * stays as it is.
 */
export function lighten(html: string, { src, integrity }: LightScript): string {
  if (!html.includes('data-island="waiting-room"')) return html;
  return html
    .replaceAll(PRELOAD, "")
    .replaceAll(SCRIPT, (script, attributes: string, body: string) =>
      NEXT_SOURCE.test(attributes) || (!attributes.includes("application/json") && NEXT_BODY.test(body)) ? "" : script,
    )
    .replace("</head>", `<script type="module" src="${src}" integrity="${integrity}"></script></head>`);
}

/** The script of this build; null where there is none, and every page is served as Next makes it. */
export async function findLightScript(file: string): Promise<LightScript | null> {
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as LightScript);
}
