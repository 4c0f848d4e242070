import { namesOf } from "@/lib/auth/queries";
import { changeRoom } from "@/lib/queue/change-room";
import { drainRoom } from "@/lib/queue/drain-room";
import { extendAdmissions } from "@/lib/queue/extend-admissions";
import { getRoom, listRoomChanges } from "@/lib/queue/queries";
import { extensionSchema, roomChangeSchema } from "@/lib/queue/schema";
import { defineCall } from "../call";
import { idOf } from "../input";
import { DEFAULT_LIMIT, extension, pageOf, pageQuery, roomChange, roomSettings } from "../schemas";

const tag = "Organisers";
const inForce = { 200: { description: "The settings in force.", schema: roomSettings } };

/** What organisers do to a waiting room while it runs. */
export const roomCalls = [
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/waiting-room",
    tag,
    summary: "Read a waiting room's settings",
    access: "organizer",
    answers: inForce,
    handle: async ({ db, params }) => ({ status: 200, body: await getRoom(db, idOf(params.concertId, "concert")) }),
  }),
  defineCall({
    method: "PATCH",
    path: "/admin/concerts/{concertId}/waiting-room",
    tag,
    summary: "Change a waiting room while it runs",
    description:
      "In force within two seconds everywhere, and a line of the room's log. Admissions that were not used while the room was paused or full are not saved up. `message` is shown to everyone in line, in both languages; null takes it back.",
    access: "organizer",
    body: roomChangeSchema,
    answers: inForce,
    async handle({ db, caller, params, body }) {
      const concertId = idOf(params.concertId, "concert");
      return { status: 200, body: await changeRoom(db, { concertId, change: body, by: caller.userId }) };
    },
  }),
  defineCall({
    method: "POST",
    path: "/admin/concerts/{concertId}/waiting-room/extension",
    tag,
    summary: "Give everyone inside more time",
    description: "Whoever is in line is not touched. One admission is stretched by a day at most, all in all.",
    access: "organizer",
    body: extensionSchema,
    answers: { 200: { description: "They may stay longer from now on.", schema: extension } },
    async handle({ db, caller, params, body }) {
      const concertId = idOf(params.concertId, "concert");
      return { status: 200, body: await extendAdmissions(db, { concertId, by: caller.userId, ...body }) };
    },
  }),
  defineCall({
    method: "POST",
    path: "/admin/concerts/{concertId}/waiting-room/drain",
    tag,
    summary: "Let the line run out",
    description:
      "Nobody joins from now on; everyone in line still gets a turn, within the limits. `drainedAt` says when the line was empty and the last fan done; the room stays closed. Another `mode` ends the drain.",
    access: "organizer",
    answers: inForce,
    async handle({ db, caller, params }) {
      const concertId = idOf(params.concertId, "concert");
      return { status: 200, body: await drainRoom(db, { concertId, by: caller.userId }) };
    },
  }),
  defineCall({
    method: "GET",
    path: "/admin/concerts/{concertId}/waiting-room/changes",
    tag,
    summary: "Read a waiting room's log",
    description:
      "Who changed what and when, newest first: settings, messages, extensions, drains, invitations, imports.",
    access: "organizer",
    query: pageQuery,
    answers: { 200: { description: "A page of changes.", schema: pageOf(roomChange) } },
    async handle({ db, params, query }) {
      const concertId = idOf(params.concertId, "concert");
      await getRoom(db, concertId);
      const { limit = DEFAULT_LIMIT, cursor } = query;
      const { items, nextCursor } = await listRoomChanges(db, { concertId, limit, cursor });
      const names = await namesOf(
        db,
        items.map(({ userId }) => userId),
      );
      const named = items.map(({ userId, ...change }) => ({
        ...change,
        by: userId === null ? null : { id: userId, name: names.get(userId) ?? null },
      }));
      return { status: 200, body: { items: named, nextCursor } };
    },
  }),
];
