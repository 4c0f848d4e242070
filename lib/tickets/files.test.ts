import { encode } from "uqr";
import { describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { ticketCode } from "./code";
import { ticketIcs } from "./ics";
import { ticketPdf } from "./pdf";
import { QUIET, qrRuns, ticketSvg } from "./qr";
import { ticketFileName } from "./rules";
import type { Ticket } from "./schema";
import { when } from "./words";

function ticket(overrides: Partial<Ticket> = {}): Ticket {
  const [id, concertId] = [newId(), newId()];
  return {
    id,
    code: ticketCode({ concertId, ticketId: id, serial: 0 }),
    status: "issued",
    reservationId: newId(),
    performanceId: newId(),
    startsAt: new Date("2027-01-08T10:30:00Z"),
    section: "그라운드 12",
    row: 3,
    number: 17,
    tier: "전석",
    price: 66_000,
    currency: "KRW",
    concert: { id: concertId, slug: "hongdae-night-2027", title: "홍대의 밤", artist: "The Long Exhale" },
    venue: { name: "블루스퀘어 마스터카드홀", city: "서울", timeZone: "Asia/Seoul" },
    issuedAt: new Date(),
    checkedInAt: null,
    bought: true,
    transfer: null,
    ...overrides,
  };
}

/** What a careless or a hostile organiser might call a concert. */
const HOSTILE = 'A;B,C\\D\r\nATTENDEE:x\rEND:VEVENT\n"</title><script>alert(1)</script>\u2028\u202eevil\0 🎻';

describe("ticketSvg", () => {
  const { code } = ticket();

  it("draws the code that the encoder made, with a quiet zone of four", () => {
    const { size, runs } = qrRuns(code);
    const drawn = Array.from({ length: size }, () => Array(size).fill(false) as boolean[]);
    for (const { x, y, width } of runs) drawn[y]!.fill(true, x, x + width);
    const bare = encode(code, { ecc: "M", border: 0 });
    expect(size).toBe(bare.size + 2 * QUIET);
    expect(drawn.slice(QUIET, -QUIET).map((row) => row.slice(QUIET, -QUIET))).toEqual(bare.data);
    expect(drawn.flat().filter(Boolean)).toHaveLength(bare.data.flat().filter(Boolean).length);
  });

  it("is one small crisp document with a name", () => {
    const svg = ticketSvg(code, "티켓 QR 코드");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+" role="img"/);
    expect(svg).toContain('shape-rendering="crispEdges"');
    expect(svg).toContain(">티켓 QR 코드</title>");
    expect(svg.length).toBeLessThan(12_000);
    expect(ticketSvg(code, HOSTILE)).not.toContain("<script");
  });
});

describe("ticketIcs", () => {
  const unfolded = (text: string) => text.replace(/\r\n[ \t]/g, "").split("\r\n");

  it("is an event in UTC of two and a half hours", () => {
    const made = ticket();
    const lines = unfolded(ticketIcs(made, "en"));
    expect(lines).toEqual(
      expect.arrayContaining([
        `UID:${made.id}@frontrow`,
        "SUMMARY:The Long Exhale – 홍대의 밤",
        "DTSTART:20270108T103000Z",
        "DTEND:20270108T130000Z",
        "LOCATION:블루스퀘어 마스터카드홀\\, 서울",
        "STATUS:CONFIRMED",
        `DESCRIPTION:Section 그라운드 12\\, row 3\\, seat 17 (전석)\\nTicket ${made.id}\\nThe end is an estimate of two and a half hours.`,
      ]),
    );
    expect(unfolded(ticketIcs(ticket({ status: "void" })))).toContain("STATUS:CANCELLED");
  });

  it("folds Korean at 75 octets and never inside a character", () => {
    const title = "가나다라마바사아자차카타파하 ".repeat(20).trim();
    const text = ticketIcs(ticket({ concert: { ...ticket().concert, title } }));
    for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text).not.toContain("\ufffd");
    expect(unfolded(text)).toContain(`SUMMARY:The Long Exhale – ${title}`);
  });

  it("takes no line that somebody typed", () => {
    const text = ticketIcs(
      ticket({
        section: HOSTILE,
        tier: HOSTILE,
        concert: { ...ticket().concert, title: HOSTILE, artist: HOSTILE },
        venue: { name: HOSTILE, city: HOSTILE, timeZone: "Asia/Seoul" },
      }),
    );
    const names = unfolded(text).map((line) => line.split(/[:;]/)[0]);
    expect(names.filter((name) => name === "END")).toHaveLength(2);
    expect(names).not.toContain("ATTENDEE");
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0\u2028]/);
  });
});

describe("ticketPdf", () => {
  const pages = (pdf: Buffer) => pdf.toString("latin1").match(/\/Type \/Page\b(?!s)/g)?.length;

  it.each(["ko", "en"] as const)("is one page with its fonts inside (%s)", async (locale) => {
    const pdf = await ticketPdf(ticket(), locale);
    const text = pdf.toString("latin1");
    expect(text.startsWith("%PDF-1.")).toBe(true);
    expect(pages(pdf)).toBe(1);
    expect(new Set(text.match(/\/BaseFont \/\w+\+[\w-]+/g)).size).toBe(3);
    expect(text.match(/\/FontFile2/g)).toHaveLength(3);
    expect(pdf.length).toBeLessThan(100_000);
  });

  it("holds whatever a concert is called on its one page", async () => {
    const wide = "W".repeat(300);
    for (const text of [HOSTILE, wide, `${wide} ${wide}`, "東京 العربية ไทย", "  ", "가".repeat(200)]) {
      const pdf = await ticketPdf(
        ticket({
          section: text,
          tier: text,
          row: 10_000,
          number: 10_000,
          price: Number.MAX_SAFE_INTEGER,
          concert: { ...ticket().concert, title: text, artist: text },
          venue: { name: text, city: text, timeZone: "Asia/Seoul" },
        }),
      );
      expect(pages(pdf)).toBe(1);
    }
  });

  it("of a void ticket has no code", async () => {
    const made = ticket();
    const [good, gone] = [await ticketPdf(made), await ticketPdf({ ...made, status: "void" })];
    expect(good.length - gone.length).toBeGreaterThan(2000);
  });
});

describe("when", () => {
  it("goes by the venue's clock, not by the server's", () => {
    const startsAt = new Date("2027-01-08T20:30:00Z");
    expect(when(startsAt, "Asia/Seoul", "ko")).toEqual({ date: "2027년 1월 9일 (토)", time: "05:30", zone: "GMT+9" });
    expect(when(startsAt, "America/New_York", "en")).toEqual({
      date: "Fri, January 8, 2027",
      time: expect.stringMatching(/^3:30\sPM$/),
      zone: "GMT-5",
    });
  });
});

it("a file's name breaks no header", () => {
  expect(ticketFileName("0197b7d0-1111-7222-8333-444455556666", "pdf")).toBe(
    "ticket-0197b7d0-1111-7222-8333-444455556666.pdf",
  );
  expect(ticketFileName('a"\r\nSet-Cookie: x=1; ../..', "ics")).toMatch(/^ticket-[0-9a-f-]*\.ics$/i);
});
