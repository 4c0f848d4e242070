import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Font } from "fontkit";
import { oncePerProcess } from "@/lib/core/registry";
import { drawTicket, PAGE } from "./pdf-page";
import type { Weight } from "./pdf-text";
import type { Ticket } from "./schema";
import type { Locale } from "./words";

/**
 * Pretendard as the npm package brings it; only the glyphs in use go into a document. Opened once: reading its tables
 * anew takes longer than all the rest of a ticket.
 */
const fonts = (): Promise<Record<Weight, Font>> =>
  oncePerProcess("tickets.fonts", async () => {
    const { create } = await import("fontkit");
    const folder = path.join(process.cwd(), "node_modules/pretendard/dist/public/static/alternative");
    const open = async (name: string) => create(await readFile(path.join(folder, `Pretendard-${name}.ttf`)));
    const [medium, semibold, extrabold] = await Promise.all([open("Medium"), open("SemiBold"), open("ExtraBold")]);
    return { medium, semibold, extrabold };
  });

/** A ticket as a document of one A5 page with its fonts inside; about 50 ms of work. */
export async function ticketPdf(ticket: Ticket, locale: Locale = "ko"): Promise<Buffer> {
  const [{ default: PdfDocument }, faces] = await Promise.all([import("pdfkit"), fonts()]);
  const doc = new PdfDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    // No default font: ours are the only ones.
    font: "",
    lang: locale,
    displayTitle: true,
    info: { Title: `${ticket.concert.artist} – ${ticket.concert.title}`, Author: "Frontrow", Subject: ticket.id },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((resolve, reject) => {
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
  });
  // pdfkit takes an open font as well as a file's bytes; its types do not know.
  for (const [weight, face] of Object.entries(faces)) doc.registerFont(weight, face as unknown as Buffer);
  drawTicket(doc, ticket, locale);
  doc.end();
  return await finished;
}
