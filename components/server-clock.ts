/**
 * The server's clock as the browser can know it. Every answer's `Date` header (whole seconds) says that the server's
 * time lay within one second of it somewhere between sending and receiving; each answer narrows the offset further.
 */
export class ServerClock {
  private low = Number.NEGATIVE_INFINITY;
  private high = Number.POSITIVE_INFINITY;

  /** Takes in one answer: its `Date` header and the device's times (ms) of sending and receiving. */
  observe(dateHeader: string | null, sentAt: number, receivedAt: number): void {
    const date = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
    if (Number.isNaN(date)) return;
    const low = date - receivedAt;
    const high = date + 1000 - sentAt;
    this.low = Math.max(this.low, low);
    this.high = Math.min(this.high, high);
    // No offset fits both: the device's clock was set or it slept, so only the newest answer counts.
    if (this.low > this.high) {
      this.low = low;
      this.high = high;
    }
  }

  /** Server time minus device time in ms; 0 before the first answer. */
  get offset(): number {
    return Number.isFinite(this.low) && Number.isFinite(this.high) ? (this.low + this.high) / 2 : 0;
  }

  /** The server's time in ms since 1970. */
  now(): number {
    return Date.now() + this.offset;
  }
}

/** The one clock of this page: every call of the API client feeds it. */
export const serverClock = new ServerClock();
