import { createReadStream } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { StartFault } from "@/lib/core/start-fault";
import type { DrawFacts, PlacesPage } from "@/lib/queue/draw-rules";

/** A draw as it is published, from wherever it is read. */
export type PublishedDraw = { facts: DrawFacts; pages: AsyncIterable<PlacesPage> };

async function getJson(url: string): Promise<unknown> {
  const reply = await fetch(url, { headers: { Accept: "application/json" } }).catch((error: Error) => {
    throw new StartFault(`${url} cannot be reached: ${(error.cause as Error | undefined)?.message ?? error.message}`);
  });
  if (reply.ok) return await reply.json();
  const problem = (await reply.json().catch(() => ({}))) as { detail?: string };
  throw new StartFault(`${url} answered ${reply.status}${problem.detail ? `: ${problem.detail}` : "."}`);
}

/** From a server: `url` is its address, `concert` an id or slug. Throws `StartFault`. */
export async function drawFromServer(url: string, concert: string): Promise<PublishedDraw> {
  const api = `${url.replace(/\/+$/, "")}/api/concerts`;
  const { id } = (await getJson(`${api}/${encodeURIComponent(concert)}`)) as { id: string };
  const facts = (await getJson(`${api}/${id}/draw`)) as DrawFacts;
  async function* pages() {
    for (let cursor: string | null = "0"; cursor !== null; ) {
      const page = (await getJson(`${api}/${id}/draw/places?cursor=${cursor}`)) as PlacesPage;
      yield page;
      cursor = page.nextCursor;
    }
  }
  return { facts, pages: facts.seed === null ? none() : pages() };
}

async function* none(): AsyncIterable<PlacesPage> {}

/** From a file that `saving` wrote: a line of facts, then a line for each page. Throws `StartFault`. */
export async function drawFromFile(file: string): Promise<PublishedDraw> {
  const stream = createReadStream(file);
  const failed = new Promise<never>((_, reject) =>
    stream.once("error", (error) => reject(new StartFault(`${file} cannot be read: ${error.message}`))),
  );
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  const first = await Promise.race([lines.next(), failed]);
  failed.catch(() => {});
  async function* pages() {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      if (line.value.trim() !== "") yield parse(file, line.value) as PlacesPage;
    }
  }
  return { facts: parse(file, first.done ? "" : first.value) as DrawFacts, pages: pages() };
}

function parse(file: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new StartFault(`${file} is not a draw that was saved by this command.`);
  }
}

/** The same draw, written to a file as it is read. */
export async function saving({ facts, pages }: PublishedDraw, file: string): Promise<PublishedDraw> {
  await writeFile(file, `${JSON.stringify(facts)}\n`);
  async function* kept() {
    for await (const page of pages) {
      await appendFile(file, `${JSON.stringify(page)}\n`);
      yield page;
    }
  }
  return { facts, pages: kept() };
}
