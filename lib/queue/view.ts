import { isoTime } from "@/lib/core/iso-time";
import type { Entry } from "./entry";
import type { Line } from "./line";
import { estimateWait, lobbyPollAfter, MOST_DEFERRALS, paceWait, pollAfter, waitRange, waitSpread } from "./rules";
import type { QueueView } from "./schema";
import { type QueueClaims, signQueueToken } from "./token";

const ADMITTED_POLL_MS = 5000;
const OVER_POLL_MS = 20_000;

/** An entry as its fan sees it. The position comes from the line; everything else from the entry's row. */
export function viewOf(line: Line, entry: Entry): QueueView {
  const position = entry.status === "waiting" ? line.positionOfEntry(entry) : null;
  const estimatedWaitSeconds = position === null ? null : estimateWait(position, line.admittedPerMinute, line.mode);
  return {
    status: entry.status,
    number: entry.number,
    position,
    ahead: position === null ? null : position - 1,
    waiting: entry.status === "lobby" ? Math.max(1, line.lobby + line.waiting) : Math.max(line.waiting, position ?? 0),
    estimatedWaitSeconds,
    estimatedWaitRange: position === null ? null : waitRange(position, line.admittedPerMinute, line.flow, line.mode),
    pollAfterMs: nextPoll(line, entry, position),
    enteredAt: entry.enteredAt.toISOString(),
    admittedAt: entry.admittedAt?.toISOString() ?? null,
    admittedUntil: entry.admittedUntil?.toISOString() ?? null,
    seatsLeft: line.seatsLeft,
    mode: line.mode,
    opensAt: line.opensAt.toISOString(),
    at: new Date(line.now()).toISOString(),
    ...(line.message ? { message: line.message } : {}),
    ...deferral(entry),
  };
}

/**
 * What `viewOf` says of whoever waits with this number, as JSON without its first brace: the product's most frequent
 * words, so they are put together by hand.
 */
export function waitingMembers(line: Line, number: number, enteredAtMs: number): string {
  const position = Math.max(1, line.positionOf(number));
  const wait = estimateWait(position, line.admittedPerMinute, line.mode);
  return `"status":"waiting","number":${number},"position":${position},"ahead":${position - 1},"waiting":${Math.max(line.waiting, position)},"estimatedWaitSeconds":${wait},"estimatedWaitRange":${rangeBytes(line, position, wait)},"pollAfterMs":${pollAfter(paceWait(position, line), line.mode, Math.random(), line.pace)},"enteredAt":"${isoTime(enteredAtMs)}","at":"${isoTime(line.now())}"${line.pollMembers}}`;
}

function rangeBytes(line: Line, position: number, wait: number | null): string {
  if (wait === null) return "null";
  const seconds = (position * 60) / line.admittedPerMinute;
  const spread = waitSpread(seconds, line.flow);
  return `{"from":${Math.max(0, Math.floor(seconds - spread))},"to":${Math.ceil(seconds + spread)}}`;
}

/** What a fan may do, or does, about letting others go first. */
function deferral(entry: Entry): Pick<QueueView, "deferralsLeft" | "deferred"> {
  const deferralsLeft = MOST_DEFERRALS - entry.deferrals;
  if (entry.status === "waiting" && entry.deferredTo !== null) return { deferralsLeft, deferred: true };
  const mayDefer = entry.status === "admitted" && entry.claimedAt === null && !entry.isInvited;
  return mayDefer ? { deferralsLeft } : {};
}

/** The token of an entry; a lobby's place gets a second one when the draw has given it a number. */
export function tokenOf(concertId: string, entry: Entry): string {
  const claims: QueueClaims = {
    concertId,
    entryId: entry.id,
    userId: entry.userId,
    number: entry.number,
    generation: entry.generation,
    enteredAt: entry.enteredAt,
  };
  return signQueueToken(claims);
}

function nextPoll(line: Line, entry: Entry, position: number | null): number {
  if (position !== null) return pollAfter(paceWait(position, line), line.mode, Math.random(), line.pace);
  if (entry.status === "admitted") return ADMITTED_POLL_MS;
  if (entry.status !== "lobby") return OVER_POLL_MS;
  return lobbyPollAfter(line.opensAt.getTime() - line.now(), line.lobby + line.waiting, Math.random(), line.pace);
}
