import { useLocale, useTranslations } from "next-intl";
import { LinkButton } from "@/components/ui/button";
import { formatDate } from "@/components/ui/format-date";
import { Link } from "@/i18n/navigation";
import type { ShownConcert } from "./concert-view";
import { OpensIn } from "./opens-in";

type Entry = { label: string; variant: "primary" | "outline" } | null;

/** The way into the line as it stands, or null when there is none. */
export function useEntry({ status, waitingRoom }: ShownConcert): Entry {
  const t = useTranslations("catalog.concert");
  if (status === "past" || status === "closed" || waitingRoom.mode === "closed") return null;
  if (status === "upcoming") return { label: t("joinEarly"), variant: "outline" };
  if (status === "sold_out") return { label: t("joinReturns"), variant: "outline" };
  return { label: t("join"), variant: "primary" };
}

function useNote({ status, waitingRoom, saleOpensAt, venue }: ShownConcert): string {
  const t = useTranslations("catalog.concert");
  const locale = useLocale();
  if (status === "past") return t("pastNote");
  if (status === "closed") return t("closedNote");
  if (waitingRoom.mode === "closed") return t("roomClosedNote");
  if (status === "sold_out") return t("soldOutNote");
  if (status === "upcoming" && waitingRoom.order === "draw") return t("drawNote");
  if (status === "upcoming")
    return t("upcomingNote", { at: formatDate(saleOpensAt, { locale, timeZone: venue.timeZone, style: "full" }) });
  if (waitingRoom.mode === "paused") return t("pausedNote");
  if (waitingRoom.mode === "off") return t("openNote");
  return t("joinNote");
}

/** What a fan can do now, and what that means. */
export function JoinPanel({ concert, seatsLeft }: { concert: ShownConcert; seatsLeft: number }) {
  const t = useTranslations("catalog.concert");
  const entry = useEntry(concert);
  const note = useNote(concert);
  return (
    <section aria-label={t("join")} className="mt-8 rounded-card border border-line bg-surface p-6 sm:p-7">
      {concert.status === "upcoming" && (
        <div className="mb-5">
          <OpensIn
            at={concert.saleOpensAt.getTime()}
            label={t("opensIn")}
            openNow={t("openNow")}
            days={t("days", { count: 2 }).replace("2", "{n}")}
          />
        </div>
      )}
      {concert.status === "on_sale" && (
        <p className="mb-1 font-bold text-lg tabular-nums">
          {seatsLeft > 0 ? t("seatsLeft", { count: seatsLeft }) : t("seatsNone")}
        </p>
      )}
      <p className="text-muted">{note}</p>
      {concert.waitingRoom.order === "draw" && (
        <p className="mt-1">
          <Link
            href={`/concerts/${concert.slug}/draw`}
            className="inline-flex min-h-11 items-center text-muted text-sm underline underline-offset-4 hover:text-ink"
          >
            {t("drawCheck")}
          </Link>
        </p>
      )}
      {entry && (
        <LinkButton href={`/concerts/${concert.slug}/queue`} variant={entry.variant} size="lg" block className="mt-5">
          {entry.label}
        </LinkButton>
      )}
      {entry && concert.status === "sold_out" && (
        <LinkButton href={`/concerts/${concert.slug}/waitlist`} variant="solid" size="lg" block className="mt-2">
          {t("joinWaitlist")}
        </LinkButton>
      )}
    </section>
  );
}
