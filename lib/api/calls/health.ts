import { isMigrated } from "@/db/readiness";
import { unavailable } from "@/lib/core/errors";
import { defineCall } from "../call";
import { health } from "../schemas";

const tag = "Health";

export const healthCalls = [
  defineCall({
    method: "GET",
    path: "/health/live",
    tag,
    summary: "Is the process alive?",
    access: "public",
    cache: "no-store",
    answers: { 200: { description: "It is.", schema: health } },
    handle: () => ({ status: 200, body: { status: "ok" } }),
  }),
  defineCall({
    method: "GET",
    path: "/health/ready",
    tag,
    summary: "Can it serve?",
    description: "The database answers and has all migrations.",
    access: "public",
    cache: "no-store",
    deadlineMs: 1900,
    answers: { 200: { description: "It can.", schema: health } },
    async handle({ db }) {
      if (!(await isMigrated(db))) throw unavailable("The database is not migrated yet.");
      return { status: 200, body: { status: "ok" } };
    },
  }),
];
