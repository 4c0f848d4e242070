import type { AnswerWhole } from "@/lib/web/whole-requests";
import { answerJoinAtOnce } from "./join-at-once";
import { answerPollAtOnce } from "./poll-at-once";

/** The calls that are made most, before Node takes them apart: where a fan stands, and joining the line. */
export const answerAtOnce: AnswerWhole = (request, reply, socket) =>
  answerPollAtOnce(request, reply) || answerJoinAtOnce(request, reply, socket);
