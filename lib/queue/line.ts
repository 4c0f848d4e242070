import { type Db, statement } from "@/db/client";
import type { RoomMode, RoomOrder } from "@/db/constants";
import { countSeatsLeft } from "@/lib/catalog/queries";
import { asciiJson } from "@/lib/core/ascii-json";
import { notFound, unavailable } from "@/lib/core/errors";
import { idToBytes } from "@/lib/core/ids";
import { processLoad } from "@/lib/core/load";
import { errorFields, log } from "@/lib/core/log";
import { oncePerProcess } from "@/lib/core/registry";
import { DepartedNumbers } from "./departed-numbers";
import { type Flow, FRESH_MS, flowOf, SNAPSHOT_MS } from "./rules";
import type { Pulse, RoomMessage } from "./schema";

/** A line that nobody asked about for this long is no longer read. */
const IDLE_MS = 10_000;
/** Seats left are counted with every n-th read. */
const SEATS_EVERY = 7;
const DEPARTURES_PER_READ = 50_000;

type LineRow = {
  mode: RoomMode;
  order: RoomOrder;
  admissions_per_minute: number;
  opens_at: Date;
  last_number: number;
  served_through: number;
  departures: number;
  lobby: number;
  drawn_through: number | null;
  message: RoomMessage | null;
  challenge_bits: number;
  at: Date;
  admitted_lately: number;
  lately_seconds: number;
  flow_samples: number;
  flow_sum: number;
  flow_squares: number;
  departed_through: number | null;
  departed: number[] | null;
  revocations: number;
  revoked: number[] | null;
  generations: number[] | null;
};

/**
 * One statement, one snapshot: the room's row, its measured admissions of the last minute, and the departures since
 * `$2` and replaced tokens since `$3` that still matter.
 */
const readLine = statement<LineRow>(
  "queue_read_line",
  `select q.mode, q."order", q.admissions_per_minute, q.opens_at, q.last_number, q.served_through, q.departures, q.lobby, q.message, q.challenge_bits,
          (select after_number + reserved from queue_draws where concert_id = $1) as drawn_through, now() as at,
          h.admitted as admitted_lately, h.seconds as lately_seconds,
          f.samples as flow_samples, f.sum as flow_sum, f.squares as flow_squares, d.through as departed_through, d.numbers as departed,
          q.revocations, r.numbers as revoked, r.generations
   from queues q,
        lateral (select coalesce(sum(admitted), 0)::int as admitted,
                        least(60, greatest(10, coalesce(extract(epoch from now() - min(at)), 10)))::float8 as seconds
                 from queue_history where concert_id = $1 and at > now() - interval '60 seconds' and admitted > 0) h,
        lateral (select coalesce(sum(admitted), 0)::int as sum, coalesce(sum(admitted::float8 * admitted), 0) as squares,
                        coalesce(floor(extract(epoch from now() - min(at)) / 10), 0)::int as samples
                 from queue_history
                 where concert_id = $1 and at > now() - interval '5 minutes' and at <= now() - interval '10 seconds'
                   and admitted > 0) f,
        lateral (select max(seq) as through, array_agg(number) as numbers
                 from (select seq, number from queue_departures
                       where concert_id = $1 and seq > $2 and number > q.served_through order by seq limit ${DEPARTURES_PER_READ}) x) d,
        lateral (select array_agg(number order by seq) as numbers, array_agg(generation order by seq) as generations
                 from queue_revocations where concert_id = $1 and seq > $3 and number > q.served_through) r
   where q.concert_id = $1`,
);

/** What this process knows of one concert's line: read less than twice a second, however many ask. */
export class Line {
  mode: RoomMode = "on";
  order: RoomOrder = "fifo";
  opensAt = new Date(0);
  /** How many are in the lobby of a drawn sale until it closes. */
  lobby = 0;
  /** The last of the numbers that the draw gives; 0 before the lobby closed. */
  drawnThrough = 0;
  lastNumber = 0;
  servedThrough = 0;
  admittedPerMinute = 0;
  /** The most that the organiser lets in. */
  admissionsPerMinute = 0;
  /** How evenly it moved in the last minutes. */
  flow: Flow = flowOf({ samples: 0, sum: 0, squares: 0 });
  /** How much longer than usual those who wait should wait before they ask again. */
  pace = 1;
  seatsLeft = 0;
  /** The database's clock at the last read. */
  at = new Date(0);
  readonly departed = new DepartedNumbers();
  /** The organiser's words to everyone in line. */
  message: RoomMessage | null = null;
  /** How much work a proof at the door takes. */
  challengeBits = 16;
  /** The pulse as it goes out, made once per read. */
  pulseBody = "";
  /** What every answer to a poll ends with, made once per read. */
  pollMembers = "";

  private counted: number | null = null;
  private departedThrough = 0;
  private revokedThrough = 0;
  /** The first good generation of tokens by number, where a fan in line replaced one. */
  private readonly replaced = new Map<number, number>();
  private reads = 0;
  private readAt = Number.NEGATIVE_INFINITY;
  /** When the question was sent that the newest snapshot answers. */
  private questionAt = Number.NEGATIVE_INFINITY;
  /** When the last question was sent, answered or not. */
  private triedAt = Number.NEGATIVE_INFINITY;
  private askedAt = 0;
  private reading: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  /** Whether it is being read again and again; one chain of timers at most. */
  private isKept = false;

  /** As a token carries it. */
  readonly concertIdBytes: Buffer;

  constructor(
    private readonly db: Db,
    readonly concertId: string,
  ) {
    this.concertIdBytes = idToBytes(concertId);
  }

  /** Everyone who has a number and is still before their turn. Counted once after a change: every answer says it. */
  get waiting(): number {
    this.counted ??=
      this.lastNumber - this.servedThrough - this.departed.countBetween(this.servedThrough, this.lastNumber + 1);
    return this.counted;
  }

  /** The place in line of a number that is waiting: 1 is next. Exact as of the last read. */
  positionOf(number: number): number {
    return number - this.servedThrough - this.departed.countBetween(this.servedThrough, number);
  }

  /** The place of someone in line: of the own number, or behind those who were let go first. At least 1. */
  positionOfEntry({ number, deferredTo }: { number: number | null; deferredTo: number | null }): number {
    return Math.max(1, this.positionOf(deferredTo === null ? (number ?? 0) : deferredTo + 1));
  }

  /** Whether the holder of this number is, as far as this process knows, still in line. */
  isWaiting(number: number): boolean {
    return number > this.servedThrough && !this.departed.has(number);
  }

  /** Whether a token of this generation is, as far as this process knows, the number's own. */
  isCurrent(number: number, generation: number): boolean {
    return this.replaced.size === 0 || generation >= (this.replaced.get(number) ?? 0);
  }

  /** The server's clock now, in ms, carried on from the last read. */
  now(): number {
    return this.at.getTime() + (performance.now() - this.readAt);
  }

  /** Whether it is being read, and was lately. */
  get isFresh(): boolean {
    return this.isKept && performance.now() - this.questionAt <= FRESH_MS;
  }

  /** Whether an answer from memory is fresh enough, without a wait. Marks the line as asked about. */
  touch(): boolean {
    this.askedAt = performance.now();
    return this.isFresh;
  }

  /** Makes sure that the line was read lately. Throws `not_found` or `unavailable`. */
  async ready(): Promise<void> {
    if (this.touch()) return;
    const oldest = performance.now() - FRESH_MS;
    // A read that was under way may have been asked for too long ago; the next one was not.
    do await this.read();
    while (this.questionAt < oldest);
    this.keepReading();
  }

  /** What a write under the room's lock has just seen; never older than what is known. */
  note(row: { lastNumber?: number; servedThrough?: number; departed?: readonly number[] }): void {
    const { lastNumber = 0, servedThrough = 0, departed = [] } = row;
    if (lastNumber <= this.lastNumber && servedThrough <= this.servedThrough && departed.length === 0) return;
    this.lastNumber = Math.max(this.lastNumber, lastNumber);
    this.servedThrough = Math.max(this.servedThrough, servedThrough);
    for (const number of departed) this.departed.add(number);
    this.counted = null;
  }

  /** Tokens of a number in line that are older than `generation` are refused from now on. */
  noteReplaced(number: number, generation: number): void {
    this.replaced.set(number, Math.max(generation, this.replaced.get(number) ?? 0));
  }

  /** Reads now; callers at the same moment share one read. */
  read(): Promise<void> {
    this.reading ??= this.readOnce().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  stop(): void {
    this.isKept = false;
    clearTimeout(this.timer);
  }

  private async readOnce(): Promise<void> {
    let row: LineRow | undefined;
    let questionAt: number;
    do {
      questionAt = performance.now();
      this.triedAt = questionAt;
      [row] = await readLine(this.db, [this.concertId, this.departedThrough, this.revokedThrough]);
      if (!row) throw notFound("concert");
      this.note({ departed: row.departed ?? [] });
      const { generations } = row;
      row.revoked?.forEach((number, at) => {
        // An array of int8 comes as texts.
        this.noteReplaced(Number(number), generations?.[at] ?? 0);
      });
      this.revokedThrough = row.revocations;
      // Departures that no longer matter are not read; the counter of the same snapshot covers them.
      const full = (row.departed?.length ?? 0) === DEPARTURES_PER_READ;
      this.departedThrough = full ? (row.departed_through as number) : row.departures;
    } while (this.departedThrough < row.departures);
    if (this.reads === 0) this.seatsLeft = await countSeatsLeft(this.db, this.concertId);
    else if (this.reads % SEATS_EVERY === 0) this.countSeats();
    this.reads += 1;

    this.mode = row.mode;
    this.order = row.order;
    this.opensAt = row.opens_at;
    this.lobby = row.lobby;
    this.drawnThrough = row.drawn_through ?? 0;
    this.note({ lastNumber: row.last_number, servedThrough: row.served_through });
    this.departed.forgetThrough(this.servedThrough);
    for (const number of this.replaced.keys()) if (number <= this.servedThrough) this.replaced.delete(number);
    this.admissionsPerMinute = row.admissions_per_minute;
    this.admittedPerMinute = Math.round((row.admitted_lately * 60) / row.lately_seconds);
    this.flow = flowOf({ samples: row.flow_samples, sum: row.flow_sum, squares: row.flow_squares });
    this.pace = Math.round(processLoad().stretch * 100) / 100;
    this.at = row.at;
    this.readAt = performance.now();
    this.questionAt = questionAt;
    this.message = row.message;
    this.challengeBits = row.challenge_bits;
    const message = row.message ? `,"message":${asciiJson(row.message)}` : "";
    this.pollMembers = `,"admittedAt":null,"admittedUntil":null,"seatsLeft":${this.seatsLeft},"mode":"${this.mode}","opensAt":"${this.opensAt.toISOString()}"${message}`;
    this.pulseBody = asciiJson(this.pulse());
  }

  /** Beside the reads, which must not wait for it: a stadium's seats take longer to count than its line. */
  private countSeats(): void {
    countSeatsLeft(this.db, this.concertId).then(
      (left) => {
        this.seatsLeft = left;
      },
      (error) => log("warn", "queue.seats-not-counted", { concertId: this.concertId, ...errorFields(error) }),
    );
  }

  private pulse(): Pulse {
    const { from, counts } = this.departed.countsAfter(this.servedThrough);
    return {
      servedThrough: this.servedThrough,
      lastNumber: this.lastNumber,
      gone: { blockSize: 1024, from, counts },
      admittedPerMinute: this.admittedPerMinute,
      admissionsPerMinute: this.admissionsPerMinute,
      flow: this.flow,
      pace: this.pace,
      mode: this.mode,
      seatsLeft: this.seatsLeft,
      at: this.at.toISOString(),
      ...(this.message ? { message: this.message } : {}),
    };
  }

  private keepReading(): void {
    if (this.isKept) return;
    this.isKept = true;
    const again = () => {
      const pause = this.triedAt + SNAPSHOT_MS - performance.now();
      this.timer = setTimeout(async () => {
        if (performance.now() - this.askedAt > IDLE_MS) this.isKept = false;
        if (!this.isKept) return;
        // Read meanwhile by somebody who could not wait.
        if (this.triedAt + SNAPSHOT_MS > performance.now() + 1) return again();
        await this.read().catch((error) =>
          log("warn", "queue.line-not-read", { concertId: this.concertId, ...errorFields(error) }),
        );
        if (this.isKept) again();
      }, pause);
      this.timer.unref();
    };
    again();
  }
}

const lines = () => oncePerProcess("queue.lines", () => new WeakMap<object, Map<string, Line>>());

/** The line of a concert in this process, if it was asked about before. Does not read. */
export function knownLine(db: Db, concertId: string): Line | undefined {
  return lines().get(db)?.get(concertId);
}

/** The line of a concert, read lately enough to answer from. Throws `not_found`, or `unavailable` without a database. */
export async function getLine(db: Db, concertId: string): Promise<Line> {
  const line = knownLine(db, concertId) ?? addLine(db, concertId);
  if (line.touch()) return line;
  await line.ready().catch((error) => {
    if (error.code === "not_found") {
      lines().get(db)?.delete(concertId);
      throw error;
    }
    log("warn", "queue.line-not-read", { concertId, ...errorFields(error) });
    throw unavailable();
  });
  return line;
}

/** Kept before its first read, so that callers at the same moment share one line. */
function addLine(db: Db, concertId: string): Line {
  const line = new Line(db, concertId);
  const ofDb = lines().get(db) ?? new Map<string, Line>();
  lines().set(db, ofDb);
  ofDb.set(concertId, line);
  return line;
}

/** Stops reading every line of a client, before it is closed. */
export function stopLines(db: Db): void {
  for (const line of lines().get(db)?.values() ?? []) line.stop();
  lines().delete(db);
}
