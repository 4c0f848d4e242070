import fc from "fast-check";
import { stringify, validate, version } from "uuid";
import { describe, expect, it } from "vitest";
import { ID_BYTES, idFromBytes, idToBytes, newId, writeId } from "./ids";

describe("new ids", () => {
  it("are of version 7, each another one, rising, with an end that nobody can guess", () => {
    const ids = Array.from({ length: 5000 }, newId);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(new Set(ids.map((id) => id.slice(-11))).size).toBe(ids.length);
    // The count in it starts anywhere, and may start anew once.
    expect(ids.filter((id, at) => at > 0 && id <= (ids[at - 1] as string)).length).toBeLessThanOrEqual(1);
    // Each of the last eleven digits takes every value about as often.
    for (let place = -11; place < 0; place += 1) {
      const counts = new Map<string, number>();
      for (const id of ids) counts.set(id.at(place) as string, (counts.get(id.at(place) as string) ?? 0) + 1);
      expect(counts.size).toBe(16);
      expect(Math.min(...counts.values())).toBeGreaterThan(200);
    }
  });

  it("carry the time at which they were made", () => {
    const before = Date.now();
    const at = Number.parseInt(newId().replaceAll("-", "").slice(0, 12), 16);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });
});

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
