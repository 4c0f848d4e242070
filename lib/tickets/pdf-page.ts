import { formatMoney } from "@/lib/core/money";
import { fitText, type TextStyle, write } from "./pdf-text";
import { QUIET, qrRuns } from "./qr";
import type { Ticket } from "./schema";
import { type Locale, WORDS, when } from "./words";

type Doc = PDFKit.PDFDocument;

/** A5 upright, in points. */
export const PAGE = { width: 419.53, height: 595.28 };

const INK = "#121214";
const PAPER = "#ffffff";
const TABLE = "#f0f0ec";
const MUTED = "#5b5b62";
const FAINT = "#a4a4ae";
const LINE = "#c9c9c4";
const SEAT = "#26262b";
const ACCENT = "#4a55ff";
const LILAC = "#a3a9ff";
const BAD = "#b3221b";

// The ticket lies on the page with a margin all around.
const CARD = { x: 18, y: 18, width: PAGE.width - 36, height: PAGE.height - 36, radius: 20 };
const LEFT = CARD.x + 28;
const WIDTH = CARD.width - 56;
/** Where the dark head ends and where the stub tears off. */
const HEAD_END = 262;
const TEAR_AT = 412;
/** The code's dark square; its quiet zone is white paper. */
const CODE = { y: TEAR_AT + 20, size: 126 };

const STYLES = {
  brand: { weight: "extrabold", size: 12, color: PAPER },
  tier: { weight: "semibold", size: 12, smallest: 7, color: LILAC },
  artist: { weight: "semibold", size: 14, smallest: 9, color: LILAC },
  title: { weight: "extrabold", size: 40, smallest: 18, lines: 3, color: PAPER },
  date: { weight: "semibold", size: 17, smallest: 11, color: PAPER },
  zone: { weight: "medium", size: 8, color: FAINT },
  label: { weight: "medium", size: 9, color: MUTED },
  venue: { weight: "semibold", size: 15, smallest: 9, color: INK },
  place: { weight: "extrabold", size: 42, smallest: 12, color: INK },
  price: { weight: "semibold", size: 15, color: INK },
  id: { weight: "medium", size: 9, smallest: 6, color: INK },
  note: { weight: "medium", size: 8.5, lines: 5, color: MUTED },
  void: { weight: "extrabold", size: 20, smallest: 10, color: BAD },
} satisfies Record<string, TextStyle>;

/** Draws a whole ticket; every text is fitted into its place, so nothing that an organiser typed runs over. */
export function drawTicket(doc: Doc, ticket: Ticket, locale: Locale): void {
  drawCard(doc);
  drawHead(doc, ticket, locale);
  drawPlace(doc, ticket, locale);
  drawStub(doc, ticket, locale);
}

function drawCard(doc: Doc): void {
  const { x, y, width, height, radius } = CARD;
  doc.rect(0, 0, PAGE.width, PAGE.height).fill(TABLE);
  doc.roundedRect(x, y, width, height, radius).fill(PAPER);
  doc.save();
  doc.roundedRect(x, y, width, height, radius).clip();
  doc.rect(x, y, width, HEAD_END - y).fill(INK);
  doc.restore();
  for (const edge of [x, x + width]) doc.circle(edge, TEAR_AT, 10).fill(TABLE);
  doc.moveTo(x + 20, TEAR_AT).lineTo(x + width - 20, TEAR_AT);
  doc.lineWidth(1).lineCap("round").dash(1, { space: 5 }).stroke(LINE).undash();
}

/**
 * Rows of seats around a stage beyond the corner, one of them lit: which one follows from the seat. None is if the text
 * from `textTop` on leaves no room.
 */
function drawHall(doc: Doc, lit: number, textTop: number): void {
  const stage = { x: CARD.x + CARD.width + 10, y: CARD.y - 24 };
  const seats: { x: number; y: number; row: number }[] = [];
  for (let row = 0; row < 9; row++) {
    const radius = 108 + row * 15;
    for (let angle = 92; angle < 178; angle += 700 / radius) {
      const turn = (angle * Math.PI) / 180;
      const at = { x: stage.x + radius * Math.cos(turn), y: stage.y + radius * Math.sin(turn), row };
      if (at.x < CARD.x + CARD.width - 8 && at.y > CARD.y + 10 && at.y < HEAD_END - 8) seats.push(at);
    }
  }
  for (const { x, y } of seats) doc.circle(x, y, 3);
  doc.fill(SEAT);
  const free = seats.filter((seat) => seat.row < 4 && seat.y > 70 && seat.y < textTop - 6);
  const own = free[lit % free.length];
  if (own) doc.circle(own.x, own.y, 4.2).fill(ACCENT);
}

function drawHead(doc: Doc, { concert, venue, startsAt, tier, row, number }: Ticket, locale: Locale): void {
  // Artist and title stand on the date, however many lines they take.
  const dateY = HEAD_END - 44;
  const titleY = dateY - 26 - fitText(doc, concert.title, { ...STYLES.title, width: WIDTH }).height;
  const artistY = titleY - 21;
  drawHall(doc, row * 31 + number, artistY);
  write(doc, concert.artist, { ...STYLES.artist, x: LEFT, y: artistY, width: WIDTH });
  write(doc, concert.title, { ...STYLES.title, x: LEFT, y: titleY, width: WIDTH });

  const half = WIDTH / 2;
  write(doc, "Frontrow", { ...STYLES.brand, x: LEFT, y: 42, width: half });
  write(doc, tier, { ...STYLES.tier, x: LEFT + half, y: 42, width: half, align: "right" });

  const { date, time, zone } = when(startsAt, venue.timeZone, locale);
  const long = WIDTH * 0.7;
  write(doc, date, { ...STYLES.date, x: LEFT, y: dateY, width: long });
  const below = write(doc, time, { ...STYLES.date, x: LEFT + long, y: dateY, width: WIDTH - long, align: "right" });
  write(doc, zone, { ...STYLES.zone, x: LEFT, y: below, width: WIDTH, align: "right" });
}

function drawPlace(doc: Doc, { venue, section, row, number }: Ticket, locale: Locale): void {
  const words = WORDS[locale];
  write(doc, words.venue, { ...STYLES.label, x: LEFT, y: HEAD_END + 20, width: WIDTH });
  const where = `${venue.name} · ${venue.city}`;
  write(doc, where, { ...STYLES.venue, x: LEFT, y: HEAD_END + 32, width: WIDTH });

  const columns = [
    { word: words.section, value: section, x: LEFT, width: WIDTH * 0.52 - 16 },
    { word: words.row, value: String(row), x: LEFT + WIDTH * 0.52, width: WIDTH * 0.24 - 12 },
    { word: words.seat, value: String(number), x: LEFT + WIDTH * 0.76, width: WIDTH * 0.24 },
  ];
  // One size for the three, that of the longest, on one line.
  const size = Math.min(...columns.map(({ value, width }) => fitText(doc, value, { ...STYLES.place, width }).size));
  for (const { word, value, x, width } of columns) {
    write(doc, word, { ...STYLES.label, x, y: HEAD_END + 70, width });
    write(doc, value, { ...STYLES.place, size, x, y: HEAD_END + 104 - size * 0.58, width });
  }
}

function drawStub(doc: Doc, ticket: Ticket, locale: Locale): void {
  const words = WORDS[locale];
  const isVoid = ticket.status === "void";
  if (isVoid) {
    doc.roundedRect(LEFT, CODE.y, CODE.size, CODE.size, 12).undash().lineWidth(2).stroke(BAD);
    const y = CODE.y + CODE.size / 2 - 12;
    write(doc, words.void, { ...STYLES.void, x: LEFT + 10, y, width: CODE.size - 20, align: "center" });
  } else {
    drawCode(doc, ticket.code);
  }
  const place = { x: LEFT + CODE.size + 24, width: WIDTH - CODE.size - 24 };
  let y = write(doc, words.price, { ...STYLES.label, ...place, y: CODE.y });
  y = write(doc, formatMoney(ticket.price, ticket.currency, locale), { ...STYLES.price, ...place, y: y + 1 });
  y = write(doc, words.ticket, { ...STYLES.label, ...place, y: y + 9 });
  y = write(doc, ticket.id, { ...STYLES.id, ...place, y: y + 2 });
  write(doc, isVoid ? words.voidNote : words.note, { ...STYLES.note, ...place, y: y + 9 });
}

/** The QR code as one filled shape, so that every viewer keeps its edges sharp. */
function drawCode(doc: Doc, code: string): void {
  const { size, runs } = qrRuns(code);
  const module = CODE.size / (size - 2 * QUIET);
  const [left, top] = [LEFT - QUIET * module, CODE.y - QUIET * module];
  for (const { x, y, width } of runs) doc.rect(left + x * module, top + y * module, width * module, module);
  doc.fill("#000000");
}
