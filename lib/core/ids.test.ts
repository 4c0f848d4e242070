import fc from "fast-check";
import { stringify } from "uuid";
import { describe, expect, it } from "vitest";
import { ID_BYTES, idFromBytes, idToBytes, newId, writeId } from "./ids";

describe("ids as bytes", () => {
  it("are what a library makes of them, and come back as they were, at any place", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(20), (id, offset) => {
        const bytes = Buffer.alloc(ID_BYTES + 20, 0xee);
        writeId(bytes, id, offset);
        expect(stringify(bytes.subarray(offset, offset + ID_BYTES))).toBe(id);
        expect(idFromBytes(bytes, offset)).toBe(id);
        expect(idToBytes(id.toUpperCase())).toEqual(idToBytes(id));
        expect(bytes.filter((byte) => byte === 0xee).length).toBeGreaterThanOrEqual(20);
      }),
    );
  });

  it("are made of ids alone", () => {
    const id = newId();
    const others = ["", id.slice(1), `${id}0`, id.replaceAll("-", "0"), id.replaceAll("-", ""), `${id.slice(0, -1)}g`];
    for (const text of [...others, `${id.slice(0, -1)}\u0130`, ` ${id.slice(1)}`, `${id.slice(0, 8)}_${id.slice(9)}`]) {
      expect(() => idToBytes(text), text).toThrow(TypeError);
    }
  });
});
