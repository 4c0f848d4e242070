import type { Ticket } from "./schema";

/** What a ticket's files say, in the languages that the product speaks. */
export type Locale = "ko" | "en";

export const WORDS = {
  ko: {
    section: "구역",
    row: "열",
    seat: "번",
    venue: "장소",
    price: "가격",
    ticket: "티켓 번호",
    place: (t: Ticket) => `${t.section} 구역 ${t.row}열 ${t.number}번 (${t.tier})`,
    note: "입구에서 이 코드를 보여 주세요. 종이와 화면 모두 됩니다. 코드 하나로 한 번만 들어갈 수 있으니 다른 사람에게 보이지 마세요.",
    void: "취소된 티켓",
    voidNote: "이 티켓으로는 들어갈 수 없습니다.",
    assumedEnd: "끝나는 시각은 2시간 30분으로 어림한 것입니다.",
  },
  en: {
    section: "Section",
    row: "Row",
    seat: "Seat",
    venue: "Venue",
    price: "Price",
    ticket: "Ticket",
    place: (t: Ticket) => `Section ${t.section}, row ${t.row}, seat ${t.number} (${t.tier})`,
    note: "Show this code at the door, on paper or on a screen. It lets one person in, once: keep it to yourself.",
    void: "Cancelled",
    voidNote: "This ticket does not let anybody in.",
    assumedEnd: "The end is an estimate of two and a half hours.",
  },
};

/** When a performance starts, by the venue's clock. */
export function when(startsAt: Date, timeZone: string, locale: Locale): { date: string; time: string; zone: string } {
  const write = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(startsAt);
  const day = write({ year: "numeric", month: "long", day: "numeric" });
  const weekday = write({ weekday: "short" });
  const zone = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "shortOffset" })
    .formatToParts(startsAt)
    .find((part) => part.type === "timeZoneName");
  return locale === "ko"
    ? // ICU's Korean says "PM 7:30", as nobody does; tickets there count to 24.
      {
        date: `${day} (${weekday})`,
        time: write({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
        zone: zone?.value ?? "",
      }
    : { date: `${weekday}, ${day}`, time: write({ hour: "numeric", minute: "2-digit" }), zone: zone?.value ?? "" };
}
