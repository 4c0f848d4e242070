import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "@/lib/core/ids";
import { sign, unsign } from "@/lib/core/signing";
import { SESSION_SECONDS } from "./rules";
import { issueSession, readSession } from "./session-token";

afterEach(() => {
  vi.useRealTimers();
});

describe("session tokens", () => {
  it("say who asks", () => {
    const userId = newId();
    const { token, expiresAt, sessionId } = issueSession({ userId, role: "organizer" });
    expect(readSession(token)).toEqual({ userId, role: "organizer", sessionId, expiresAt });
    expect(token).toMatch(/^[\w-]+$/);
  });

  it("end after 30 days", () => {
    vi.useFakeTimers();
    const { token, expiresAt } = issueSession({ userId: newId(), role: "fan" });
    expect(Math.abs(expiresAt.getTime() - Date.now() - SESSION_SECONDS * 1000)).toBeLessThan(1000);
    vi.setSystemTime(expiresAt.getTime() - 1);
    expect(readSession(token)).not.toBeNull();
    vi.setSystemTime(expiresAt);
    expect(readSession(token)).toBeNull();
  });

  it("never survive a changed bit, a cut or an addition", () => {
    const { token } = issueSession({ userId: newId(), role: "fan" });
    const bytes = Buffer.from(token, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        expect(readSession(changed.toString("base64url"))).toBeNull();
      }
      expect(readSession(bytes.subarray(0, at).toString("base64url"))).toBeNull();
    }
    for (const text of [
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      token.slice(0, -1),
      "",
      "null",
      "eyJhbGciOiJub25lIn0.e30.",
    ]) {
      expect(readSession(text)).toBeNull();
    }
  });

  it("are no use for another purpose, nor another purpose's here", () => {
    const { token } = issueSession({ userId: newId(), role: "fan" });
    const payload = unsign("session", token) as Buffer;
    expect(unsign("queue", token)).toBeNull();
    expect(unsign("ticket", token)).toBeNull();
    expect(readSession(sign("queue", payload))).toBeNull();
    expect(readSession(sign("ticket", payload))).toBeNull();
  });

  it("of another length, version or role mean nothing even when signed", () => {
    const payload = unsign("session", issueSession({ userId: newId(), role: "fan" }).token) as Buffer;
    const withByte = (at: number, value: number) => {
      const changed = Buffer.from(payload);
      changed.writeUInt8(value, at);
      return sign("session", changed);
    };
    expect(readSession(withByte(0, 2))).toBeNull();
    expect(readSession(withByte(33, 9))).toBeNull();
    expect(readSession(sign("session", payload.subarray(1)))).toBeNull();
  });
});
