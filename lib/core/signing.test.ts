import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEnv } from "./env";
import { type SigningPurpose, sign, unsign } from "./signing";

/** What is signed for a purpose, by Node's own HMAC. */
function macOf(purpose: SigningPurpose, payload: Uint8Array): Buffer {
  const key = createHmac("sha256", readEnv().authSecret as string)
    .update(`frontrow:${purpose}`)
    .digest();
  return createHmac("sha256", key).update(payload).digest();
}

const PURPOSES: SigningPurpose[] = ["challenge", "queue", "session", "ticket", "transfer"];
const anySigned = fc.record({
  purpose: fc.constantFrom(...PURPOSES),
  // Around the 64 bytes that SHA-256 takes in at a time, and well past them.
  payload: fc.uint8Array({ minLength: 1, maxLength: 200 }),
});

describe("signatures", () => {
  it("are HMAC-SHA-256, and give back what was signed, for this purpose alone", () => {
    fc.assert(
      fc.property(anySigned, fc.constantFrom(...PURPOSES), ({ purpose, payload }, other) => {
        const text = sign(purpose, Buffer.from(payload));
        expect(Buffer.from(text, "base64url")).toEqual(Buffer.concat([payload, macOf(purpose, payload)]));
        expect(unsign(purpose, text)).toEqual(Buffer.from(payload));
        if (other !== purpose) expect(unsign(other, text)).toBeNull();
      }),
    );
  });

  it("keep what was read when others are read after it", () => {
    const [one, two] = [Buffer.from("one"), Buffer.from("two")];
    const first = unsign("queue", sign("queue", one));
    expect(unsign("queue", sign("queue", two))).toEqual(two);
    expect(first).toEqual(one);
  });

  it("do not hold for a single changed bit", () => {
    fc.assert(
      fc.property(anySigned, fc.nat(), ({ purpose, payload }, any) => {
        const bytes = Buffer.from(sign(purpose, Buffer.from(payload)), "base64url");
        const bit = any % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(unsign(purpose, bytes.toString("base64url"))).toBeNull();
      }),
    );
  });

  it("hold for one text alone, and not for a signature of nothing", () => {
    const text = sign("queue", Buffer.from("a place in line"));
    const others = [
      `${text}=`,
      `${text} `,
      ` ${text}`,
      `${text}A`,
      text.slice(0, -1),
      text.slice(1),
      "",
      "A",
      `${text}é`,
    ];
    const wordy = sign("queue", Buffer.alloc(64, 0xff));
    others.push(wordy.replaceAll("_", "/"));
    for (const other of others) expect(unsign("queue", other), other).toBeNull();
    expect(unsign("queue", macOf("queue", new Uint8Array()).toString("base64url"))).toBeNull();
  });
});
