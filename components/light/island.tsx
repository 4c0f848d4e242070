import { getLocale, getMessages, getTimeZone } from "next-intl/server";
import type { ReactNode } from "react";
import type { Area } from "@/i18n/areas";
import type { IslandName, IslandProps } from "./islands";

type Props<Name extends IslandName> = {
  name: Name;
  /** The same props as the client component inside has. */
  props: IslandProps<Name>;
  /** Messages that it needs beside `common`; absent: none at all. */
  areas?: Area[];
  children: ReactNode;
};

/**
 * A client component of a page that may be served light (`docs/decisions/018-light-waiting-room.md`): what it is made of
 * stands beside it as data, so that it can come alive without Next. On any other page this changes nothing.
 */
export async function Island<Name extends IslandName>({ name, props, areas, children }: Props<Name>) {
  const [locale, all, timeZone] = await Promise.all([getLocale(), getMessages(), getTimeZone()]);
  const needed = areas ? (["common", ...areas] as const) : [];
  const messages = Object.fromEntries(needed.map((area) => [area, all[area]]));
  const data = JSON.stringify({ props, intl: { locale, timeZone, messages } }).replaceAll("<", "\\u003c");
  return (
    <div data-island={name} className="contents">
      {children}
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: JSON of ours with every "<" escaped. */}
      <script type="application/json" dangerouslySetInnerHTML={{ __html: data }} />
    </div>
  );
}
