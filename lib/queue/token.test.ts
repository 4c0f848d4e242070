import { describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { sign } from "@/lib/core/signing";
import { MOST_GENERATIONS, readQueueToken, signQueueToken } from "./token";

const claims = () => ({
  concertId: newId(),
  entryId: newId(),
  userId: newId(),
  number: 987_654,
  generation: 3,
  enteredAt: new Date("2026-12-01T10:00:00.123Z"),
});

describe("queue token", () => {
  it("gives back what was signed, also without a number", () => {
    const full = claims();
    expect(readQueueToken(signQueueToken(full))).toEqual(full);
    const lobby = { ...full, number: null };
    expect(readQueueToken(signQueueToken(lobby))).toEqual(lobby);
    const last = { ...full, number: 2 ** 48 - 1, generation: MOST_GENERATIONS };
    expect(readQueueToken(signQueueToken(last))).toEqual(last);
    expect(signQueueToken(last)).toHaveLength(128);
  });

  it("refuses every single changed character", () => {
    const token = signQueueToken(claims());
    for (let at = 0; at < token.length; at += 1) {
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      expect(readQueueToken(changed)).toBeNull();
    }
  });

  it("refuses what was signed for another purpose, and any other text", () => {
    const other = sign("session", Buffer.alloc(64, 7));
    for (const text of [other, "", "x", "x".repeat(128), `${signQueueToken(claims())}=`]) {
      expect(readQueueToken(text)).toBeNull();
    }
  });
});
