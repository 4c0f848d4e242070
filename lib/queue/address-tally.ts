/** So many new places of one address and process go uncounted in each window: nearly every fan has an own address. */
const UNCOUNTED = 20;

/**
 * What this process has seen of each address in the current window, so that the database counts only those that come
 * again and again. With several processes a limit is exact to this many for each.
 */
export class AddressTally {
  private seen = new Map<string, number>();
  private endsAt = 0;

  constructor(
    private readonly windowSeconds: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** How many more of an address this window leaves uncounted. */
  uncounted(address: string): number {
    return this.now() >= this.endsAt ? UNCOUNTED : Math.max(0, UNCOUNTED - (this.seen.get(address) ?? 0));
  }

  /** Takes in `count` more of an address; answers how many are to be counted with everybody's, those so far too. */
  add(address: string, count: number): number {
    if (this.now() >= this.endsAt) {
      this.seen = new Map();
      this.endsAt = this.now() + this.windowSeconds * 1000;
    }
    const before = this.seen.get(address) ?? 0;
    this.seen.set(address, before + count);
    if (before + count <= UNCOUNTED) return 0;
    return before > UNCOUNTED ? count : before + count;
  }
}
