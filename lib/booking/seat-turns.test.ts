import { describe, expect, it } from "vitest";
import { takeSeatTurn } from "./seat-turns";

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("takeSeatTurn", () => {
  it("tells those who waited for a seat that was got, and lets the next one try for a seat that was not", async () => {
    const first = await takeSeatTurn("concert", ["a", "b"]);
    const second = takeSeatTurn("concert", ["b", "c"]);
    const third = takeSeatTurn("concert", ["b"]);
    first.end(false);
    const next = await second;
    expect(next.taken).toEqual([]);
    next.end(true);
    expect((await third).taken).toEqual(["b"]);
  });

  it("keeps nobody who wants another seat, or the same one of another concert", async () => {
    const first = await takeSeatTurn("concert", ["a"]);
    const other = await takeSeatTurn("concert", ["b"]);
    const elsewhere = await takeSeatTurn("another", ["a"]);
    expect([other.taken, elsewhere.taken]).toEqual([[], []]);
    for (const turn of [first, other, elsewhere]) turn.end(true);
  });

  it("asks anew once the holder is through: an outcome is for those who waited for it alone", async () => {
    (await takeSeatTurn("concert", ["a"])).end(true);
    const later = await takeSeatTurn("concert", ["a"]);
    expect(later.taken).toEqual([]);
    later.end(true);
  });

  /** The most who tried for one seat at the same time, of 31 who want every choice of five seats. */
  async function mostAtOnce(take: typeof takeSeatTurn): Promise<number> {
    const trying = new Map<string, number>();
    let most = 0;
    const wants = (n: number) => ["a", "b", "c", "d", "e"].filter((_, at) => (n >> at) % 2 === 1);
    const attempt = async (n: number) => {
      const seats = wants(n);
      const turn = await take("concert", seats);
      if (turn.taken.length > 0) return;
      for (const seat of seats) trying.set(seat, (trying.get(seat) ?? 0) + 1);
      most = Math.max(most, ...trying.values());
      await settled();
      for (const seat of seats) trying.set(seat, (trying.get(seat) ?? 0) - 1);
      turn.end(n % 3 === 0);
    };
    await Promise.all(Array.from({ length: 31 }, (_, n) => attempt(n + 1)));
    return most;
  }

  it("never lets two try for one seat at a time, whatever they want besides", async () => {
    expect(await mostAtOnce(takeSeatTurn)).toBe(1);
  });

  it("is what keeps them apart (negative control)", async () => {
    expect(await mostAtOnce(async () => ({ taken: [], end: () => {} }))).toBeGreaterThan(1);
  });
});
