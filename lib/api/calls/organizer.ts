import { z } from "@hono/zod-openapi";
import { readSalesFigures } from "@/lib/booking/queries";
import { importConcert } from "@/lib/catalog/import-concert";
import { previewImport } from "@/lib/catalog/preview-import";
import { listConcerts } from "@/lib/catalog/queries";
import { importDocumentSchema } from "@/lib/catalog/schema";
import { queueStats } from "@/lib/queue/queries";
import { defineCall } from "../call";
import { idOf } from "../input";
import {
  concertStats,
  concertSummary,
  DEFAULT_LIMIT,
  importedConcert,
  importPreview,
  pageOf,
  pageQuery,
} from "../schemas";

const tag = "Organisers";

/** A document with every optional key for the largest hall stays far below it. */
const IMPORT_LIMIT = 16 * 1024 * 1024;
/** 200,000 seats take some ten seconds on a small machine. */
const IMPORT_DEADLINE_MS = 120_000;

const importQuery = z.strictObject({
  dryRun: z
    .enum(["true", "false"])
    .optional()
    .openapi({ description: "`true`: check everything, change nothing, and answer what would be imported." }),
});

export const organizerCalls = [
  defineCall({
    method: "POST",
    path: "/admin/concerts",
    tag,
    summary: "Import a concert",
    description:
      "The import document. The same slug again updates what may still change. Every problem is listed with its path, and then nothing is imported.",
    access: "organizer",
    query: importQuery,
    body: importDocumentSchema,
    bodyLimit: IMPORT_LIMIT,
    deadlineMs: IMPORT_DEADLINE_MS,
    answers: {
      200: { description: "With `dryRun=true`: what would be imported.", schema: importPreview },
      201: { description: "The concert is on sale, or was brought up to date.", schema: importedConcert },
    },
    problems: ["conflict"],
    async handle({ db, caller, query, body }) {
      if (query.dryRun === "true") return { status: 200, body: await previewImport(db, body) };
      const { id, slug, performances, seats } = await importConcert(db, body, { by: caller.userId });
      return { status: 201, body: { id, slug, performances, seats } };
    },
  }),
  defineCall({
    method: "GET",
    path: "/admin/concerts",
    tag,
    summary: "List concerts for their organisers",
    access: "organizer",
    query: pageQuery,
    answers: { 200: { description: "A page of concerts.", schema: pageOf(concertSummary) } },
    async handle({ db, query }) {
      const { limit = DEFAULT_LIMIT, cursor } = query;
      return { status: 200, body: await listConcerts(db, { limit, cursor }) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/stats",
    tag,
    summary: "Read a concert's numbers",
    description: "`waiting` and `admitted` are now, the others so far; `revenue` is what was paid and not refunded.",
    access: "organizer",
    answers: { 200: { description: "The numbers.", schema: concertStats } },
    async handle({ db, params }) {
      const concertId = idOf(params.concertId, "concert");
      const [line, sales] = await Promise.all([queueStats(db, concertId), readSalesFigures(db, concertId)]);
      return { status: 200, body: { ...line, ...sales } };
    },
  }),
];
