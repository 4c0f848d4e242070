import type { ApiProblem } from "@/components/api-problem";
import { type Backoff, backoffMs } from "@/components/backoff";
import type { Pulse, QueueView } from "@/lib/queue/schema";
import { fromPulse, isFar, type RememberedPlace, remember, steady, together } from "./place";

/** What the waiting room knows at one moment. */
export type LineState = {
  /** Null before the first answer. */
  view: QueueView | null;
  place: RememberedPlace | null;
  /** Why the last try failed; null after a good one. */
  problem: ApiProblem | null;
  /** The device says that it has no network, or calls do not arrive. */
  offline: boolean;
};

/** The outside world, so that a test can be one. */
export type LineWorld = {
  join: () => Promise<QueueView>;
  poll: () => Promise<QueueView>;
  /** What everybody reads of the line; may come from a cache. */
  pulse: () => Promise<Pulse>;
  hasToken: () => boolean;
  keepToken: (token: string) => void;
  forgetToken: () => void;
  recall: () => RememberedPlace | null;
  memorise: (place: RememberedPlace | null) => void;
  /** Tells the other tabs; they then need not ask themselves. */
  share: (view: QueueView) => void;
  onChange: (state: LineState) => void;
  asProblem: (error: unknown) => ApiProblem;
  isOnline: () => boolean;
  setTimer: (run: () => void, ms: number) => () => void;
  now: () => number;
  random: () => number;
};

const FAILURES: Backoff = { firstMs: 1_000, longestMs: 30_000 };
/** A closed room or a sale that is not open yet is asked again this rarely. */
const CLOSED_MS = 10_000;
/** An answer this young is not asked for again when the tab comes forward. */
const FRESH_MS = 1_000;
/** A fan far back still asks for the own place this often: it may have been given up elsewhere. */
const OWN_EVERY_MS = 120_000;
const OVER = ["completed", "left", "expired"];

/**
 * Stands in line for the fan: joins, asks again when the server said so, backs off when it may not or cannot, and comes
 * back at once when the tab or the network does. Far back in line it reads the pulse that everybody shares and works
 * its place out from that. Knows nothing of React or of the browser.
 */
export class QueuePoller {
  private state: LineState;
  private cancelTimer: () => void = () => {};
  private failures = 0;
  private asking = false;
  private stopped = true;
  private answeredAt = Number.NEGATIVE_INFINITY;
  /** When the own place was last asked for. */
  private ownAt = Number.NEGATIVE_INFINITY;
  /** Not before this, whatever comes back: the server asked for it. */
  private quietUntil = 0;

  constructor(private readonly world: LineWorld) {
    this.state = { view: null, place: world.recall(), problem: null, offline: false };
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    void this.ask();
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer();
  }

  /** The tab came forward or the network came back. */
  wake(): void {
    if (this.stopped || this.asking || this.isOver()) return;
    const now = this.world.now();
    if (now < this.quietUntil || now - this.answeredAt < FRESH_MS) return;
    this.cancelTimer();
    // Who was away asks for the own place, not for the pulse: it may have been given up, or let in, elsewhere.
    this.ownAt = Number.NEGATIVE_INFINITY;
    void this.ask();
  }

  /** The device lost its network: say so at once. */
  lostNetwork(): void {
    if (!this.isOver()) this.change({ offline: true });
  }

  /** Another tab was answered: show it and wait as if this tab had asked. */
  adopt(view: QueueView): void {
    if (this.stopped || this.asking) return;
    this.accept(view, false);
  }

  /** What the fan did here was answered with a new view: show it, whatever is under way, and tell the other tabs. */
  take(view: QueueView): void {
    if (!this.stopped) this.accept(view, true);
  }

  /** Joins again after the last stay in line ended. */
  rejoin(): void {
    if (this.asking) return;
    this.cancelTimer();
    this.world.forgetToken();
    this.change({ view: null, problem: null });
    this.stopped = false;
    void this.ask();
  }

  private isOver(): boolean {
    return this.state.view !== null && OVER.includes(this.state.view.status);
  }

  private async ask(): Promise<void> {
    if (this.asking || this.stopped) return;
    this.asking = true;
    try {
      const joining = !this.world.hasToken();
      const far = joining ? null : await this.askPulse();
      const view = far ?? (joining ? await this.world.join() : await this.world.poll());
      if (!far) this.ownAt = this.world.now();
      this.asking = false;
      if (this.stopped) return;
      // A kept token may belong to an earlier stay in line: opening the page again means to stand in line again.
      if (!joining && this.state.view === null && OVER.includes(view.status) && view.status !== "completed") {
        this.world.forgetToken();
        void this.ask();
        return;
      }
      this.accept(view, true);
    } catch (error) {
      this.asking = false;
      if (!this.stopped) this.refuse(this.world.asProblem(error));
    }
  }

  /** The place as the pulse tells it; null where the own one has to be asked for. */
  private async askPulse(): Promise<QueueView | null> {
    const { view } = this.state;
    if (!view || !isFar(view) || this.world.now() - this.ownAt > OWN_EVERY_MS) return null;
    return fromPulse(view, await this.world.pulse(), this.world.random());
  }

  private accept(incoming: QueueView, own: boolean): void {
    this.failures = 0;
    this.quietUntil = 0;
    this.answeredAt = this.world.now();
    if (incoming.token) this.world.keepToken(incoming.token);
    // Another tab may have seen a better position than this one.
    const place = remember(together(this.state.place, this.world.recall(), incoming), incoming);
    const view = steady(this.state.view, incoming, place);
    this.world.memorise(place);
    this.change({ view, place, problem: null, offline: false });
    if (own) this.world.share(incoming);
    if (!this.isOver()) this.schedule(view.pollAfterMs * (1 + this.world.random() * 0.1));
    else this.cancelTimer();
  }

  private refuse(problem: ApiProblem): void {
    if (problem.code === "queue_token_invalid" || problem.code === "queue_token_required") {
      this.world.forgetToken();
      // At once, but only once: a token that was just given and is refused is a fault, not a habit.
      this.failures++;
      this.schedule(this.failures === 1 ? 0 : backoffMs(FAILURES, this.failures, 0, this.world.random));
      return;
    }
    if (problem.code === "queue_closed" || problem.code === "not_on_sale") {
      this.change({ problem, offline: false });
      this.schedule(CLOSED_MS * (1 + this.world.random() * 0.2));
      return;
    }
    if (!problem.isPassing) {
      this.change({ problem, offline: false });
      this.cancelTimer();
      return;
    }
    this.failures++;
    const pause = backoffMs(FAILURES, this.failures, problem.retryAfter, this.world.random);
    if (problem.retryAfter !== undefined) this.quietUntil = this.world.now() + problem.retryAfter * 1000;
    this.change({ problem, offline: problem.code === "network" || !this.world.isOnline() });
    this.schedule(pause);
  }

  private schedule(ms: number): void {
    this.cancelTimer();
    this.cancelTimer = this.world.setTimer(() => void this.ask(), ms);
  }

  private change(part: Partial<LineState>): void {
    this.state = { ...this.state, ...part };
    this.world.onChange(this.state);
  }
}
