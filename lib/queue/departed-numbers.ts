/** Numbers per block of the public `gone` list, and the grain of the counts here. */
export const BLOCK = 1024;

const WORDS = BLOCK / 32;

function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

type Block = { bits: Uint32Array; count: number };

/**
 * The numbers that left a line before their turn: one bit each in blocks of 1,024, so that a line of a million costs
 * at most 128 KB, and "how many before me" is a prefix sum and 32 words.
 */
export class DepartedNumbers {
  private readonly blocks = new Map<number, Block>();
  /** Departures in all blocks before block `firstBlock + i`; rebuilt after a change. */
  private prefix: number[] = [0];
  private firstBlock = 0;
  private stale = false;

  add(number: number): void {
    const at = Math.floor(number / BLOCK);
    const block = this.blocks.get(at) ?? { bits: new Uint32Array(WORDS), count: 0 };
    this.blocks.set(at, block);
    const word = (number % BLOCK) >>> 5;
    const bit = 1 << (number % 32);
    if ((block.bits[word] as number) & bit) return;
    block.bits[word] = (block.bits[word] as number) | bit;
    block.count += 1;
    this.stale = true;
  }

  has(number: number): boolean {
    const word = this.blocks.get(Math.floor(number / BLOCK))?.bits[(number % BLOCK) >>> 5] ?? 0;
    return (word & (1 << (number % 32))) !== 0;
  }

  /** Forgets blocks that lie wholly at or before `number`: everyone there was served or has left. */
  forgetThrough(number: number): void {
    for (const at of this.blocks.keys()) {
      if ((at + 1) * BLOCK - 1 <= number) {
        this.blocks.delete(at);
        this.stale = true;
      }
    }
  }

  /** How many departed numbers lie in (after, before). */
  countBetween(after: number, before: number): number {
    return before <= after + 1 ? 0 : this.countThrough(before - 1) - this.countThrough(after);
  }

  /** Counts per block from the block of `after + 1` on, that block without what lies at or before `after`. */
  countsAfter(after: number): { from: number; counts: number[] } {
    const first = Math.floor((after + 1) / BLOCK);
    const last = Math.max(first - 1, ...this.blocks.keys());
    const counts: number[] = [];
    for (let at = first; at <= last; at += 1) counts.push(this.blocks.get(at)?.count ?? 0);
    if (counts.length > 0) counts[0] = this.countBetween(after, (first + 1) * BLOCK);
    return { from: first * BLOCK, counts };
  }

  private countThrough(number: number): number {
    if (this.stale) this.rebuild();
    const at = Math.floor(number / BLOCK) - this.firstBlock;
    if (at < 0) return 0;
    let count = this.prefix[Math.min(at, this.prefix.length - 1)] as number;
    const block = this.blocks.get(at + this.firstBlock);
    if (!block) return count;
    const inside = number % BLOCK;
    const word = inside >>> 5;
    for (let i = 0; i < word; i += 1) count += popcount(block.bits[i] as number);
    const upTo = inside % 32 === 31 ? 0xffffffff : (1 << ((inside % 32) + 1)) - 1;
    return count + popcount((block.bits[word] as number) & upTo);
  }

  private rebuild(): void {
    const keys = [...this.blocks.keys()];
    this.firstBlock = keys.length > 0 ? Math.min(...keys) : 0;
    const last = keys.length > 0 ? Math.max(...keys) : -1;
    this.prefix = [0];
    for (let at = this.firstBlock; at <= last; at += 1) {
      this.prefix.push((this.prefix.at(-1) as number) + (this.blocks.get(at)?.count ?? 0));
    }
    this.stale = false;
  }
}
