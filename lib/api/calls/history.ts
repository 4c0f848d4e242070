import { z } from "@hono/zod-openapi";
import { log } from "@/lib/core/log";
import { METRICS_TYPE, metricsText, readMetrics } from "@/lib/core/metrics";
import { HISTORY_STEPS, historyCsv } from "@/lib/queue/history-rules";
import { readHistory } from "@/lib/queue/read-history";
import { readRoomMetrics } from "@/lib/queue/room-metrics";
import { defineCall } from "../call";
import { idOf } from "../input";
import { watchProcess } from "../metrics";
import { roomHistory } from "../schemas";

const tag = "Organisers";

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const historyQuery = z.strictObject({
  from: instant
    .optional()
    .openapi({ type: "string", format: "date-time", description: "An hour before `to` unless given." }),
  to: instant.optional().openapi({ type: "string", format: "date-time", description: "Now unless given." }),
  step: z
    .enum(HISTORY_STEPS.map(String))
    .transform(Number)
    .optional()
    .openapi({
      type: "integer",
      enum: [...HISTORY_STEPS],
      description: "Seconds per point; unless given, as fine as 1,500 points allow.",
    }),
});

export const historyCalls = [
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/history",
    tag,
    summary: "Read what happened in a waiting room",
    description:
      "Inflow, outflow, how many gave up, waited and were inside, seats left and waits, by points of equal length; points at which nothing happened are left out. History is kept at ten seconds for a day, at a minute for two weeks, then at ten minutes.",
    access: "organizer",
    query: historyQuery,
    answers: { 200: { description: "The points in order of time, and the room now.", schema: roomHistory } },
    async handle({ db, params, query }) {
      return { status: 200, body: await readHistory(db, { concertId: idOf(params.concertId, "concert"), ...query }) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/history.csv",
    tag,
    summary: "Read what happened in a waiting room, as CSV",
    access: "organizer",
    query: historyQuery,
    answers: {
      200: {
        description: "A line of names, then a line per point.",
        type: "text/csv",
        headers: { "Content-Disposition": "A name for the file" },
      },
    },
    async handle({ db, params, query }) {
      const { items } = await readHistory(db, { concertId: idOf(params.concertId, "concert"), ...query });
      return {
        status: 200,
        text: historyCsv(items),
        type: "text/csv; charset=utf-8",
        headers: { "Content-Disposition": 'attachment; filename="waiting-room.csv"' },
      };
    },
  }),
  defineCall({
    method: "GET",
    path: "/metrics",
    tag: "Health",
    summary: "Read metrics (Prometheus)",
    description:
      "This process (memory, event loop, connections, answers) and every busy waiting room, in Prometheus's text format. For organisers, and for collectors with `METRICS_TOKEN` as their bearer token. Each process answers for itself; the rooms are the same in all.",
    access: "metrics",
    answers: { 200: { description: "The metrics.", type: "text/plain" } },
    async handle({ db }) {
      watchProcess(db);
      const [own, rooms] = await Promise.all([
        readMetrics(),
        readRoomMetrics(db).catch(() => {
          // The database is away, which `frontrow_database_up` says.
          log("warn", "metrics.rooms-not-read");
          return [];
        }),
      ]);
      return { status: 200, text: metricsText([...own, ...rooms]), type: METRICS_TYPE };
    },
  }),
];
