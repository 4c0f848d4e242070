"use client";

import { useTranslations } from "next-intl";
import { MoreButton } from "@/components/more-button";
import { DateTime } from "@/components/ui/date-time";
import { useList } from "@/components/use-list";
import type { Wire } from "@/components/wire";
import type { Transfer } from "@/lib/tickets/schema";

/** What the fan gave to others; nothing at all for who never did. */
export function GivenTickets() {
  const t = useTranslations("tickets.given");
  const common = useTranslations("common");
  const list = useList<Wire<Transfer>>(["tickets", "given"], "/given-tickets");
  if (!list.items || list.items.length === 0) return null;
  return (
    <section aria-labelledby="given" className="mt-12">
      <h2 id="given" className="mb-2 text-heading">
        {t("title")}
      </h2>
      <ul className="divide-y divide-line border-line border-y">
        {list.items.map(({ id, concert, section, row, number, to, claimedAt, venue }) => (
          <li key={id} className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-4">
            <div className="min-w-0">
              <p className="font-semibold">{concert.title}</p>
              <p className="text-muted text-sm">{common("seat", { section, row, number })}</p>
            </div>
            <p className="text-muted text-sm">
              {t("to", { name: to.name })} · <DateTime at={claimedAt} timeZone={venue.timeZone} style="short" />
            </p>
          </li>
        ))}
      </ul>
      <MoreButton list={list} />
    </section>
  );
}
