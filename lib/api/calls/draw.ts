import { z } from "@hono/zod-openapi";
import { getDraw, readPlacesPage } from "@/lib/queue/draw-queries";
import { defineCall } from "../call";
import { PUBLIC_FOR_A_SECOND } from "../headers";
import { idOf } from "../input";
import { drawFacts, placesPage } from "../schemas";

const tag = "Waiting room";

const cursorQuery = z.strictObject({
  cursor: z.string().min(1).max(10).optional().openapi({ description: "The `nextCursor` of the page before." }),
});

export const drawCalls = [
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/draw",
    tag,
    summary: "Read what is public of a draw",
    description:
      "Of a sale whose lobby is drawn. The hash of the seed is there from the start, the lobby's digest when it has closed, the seed when the draw is over. Places are ordered by SHA-256(mixed ':' drawId), where mixed is SHA-256(seed ':' digest), all in hexadecimal.",
    access: "public",
    cache: PUBLIC_FOR_A_SECOND,
    answers: { 200: { description: "The draw.", schema: drawFacts } },
    handle: async ({ db, params }) => ({ status: 200, body: await getDraw(db, idOf(params.concertId, "concert")) }),
  }),
  defineCall({
    method: "GET",
    path: "/concerts/{concertId}/draw/places",
    tag,
    summary: "List who drew which place",
    description:
      "Ten thousand on a page, in the order of their numbers, under names that name nobody. It never changes, so a cache may keep it for good; there once the draw is over.",
    access: "public",
    query: cursorQuery,
    cache: "public, max-age=31536000, immutable",
    answers: { 200: { description: "A page of places.", schema: placesPage } },
    handle: async ({ db, params, query }) => ({
      status: 200,
      text: await readPlacesPage(db, idOf(params.concertId, "concert"), query.cursor),
    }),
  }),
];
