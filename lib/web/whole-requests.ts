import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { atTurnEnd } from "@/lib/core/at-turn-end";

/** Sends an answer, head and body, a character for each byte. */
export type Reply = (answer: string) => void;

/** Takes a request and replies once, now or later; or returns false, having done nothing, where Node shall read it. */
export type AnswerWhole = (request: string, reply: Reply, socket: Socket) => boolean;

const HEAD_END = "\r\n\r\n";
const PLAIN_HEAD =
  /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [!-~]+ HTTP\/1\.1\r\n(?:[\w-]+:[\t -~\x80-\xff]*\r\n)+\r\n$/;
const TAKES_OVER = /\r\n(?:upgrade|transfer-encoding|expect):/i;
const LENGTH = /\r\ncontent-length:[\t ]*(\d+)[\t ]*\r\n/i;

/** Whether this text, a character for each byte, is one request from first to last, as anybody would read it. */
export function isWholeRequest(text: string): boolean {
  const end = text.indexOf(HEAD_END);
  if (end === -1) return false;
  const head = text.slice(0, end + HEAD_END.length);
  if (!PLAIN_HEAD.test(head) || TAKES_OVER.test(head)) return false;
  return head.length + Number(LENGTH.exec(head)?.[1] ?? 0) === text.length;
}

const READER = Symbol("reader");
type Read = Socket & { [READER]?: Reader };

const writeLater = atTurnEnd<Reader>((reader) => reader.write());

/** What the connections of one server have in common. */
class Lane {
  /** Requests that were taken and have no answer yet. */
  private open = 0;
  private isStopped = false;
  private whenEmpty = () => {};

  constructor(private readonly answer: AnswerWhole) {}

  take(request: string, reader: Reader): boolean {
    if (this.isStopped || !this.answer(request, reader.reply, reader.socket)) return false;
    this.open += 1;
    return true;
  }

  /** A request has its answer, and whoever asked it has that too, if still there. */
  done(): void {
    this.open -= 1;
    if (this.open === 0) this.whenEmpty();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.open > 0) {
      await new Promise<void>((resolve) => {
        this.whenEmpty = resolve;
      });
    }
  }
}

/**
 * Reads one connection before Node's parser does. What Node gets stays whole requests one after the other, so its parser is
 * always between two of them when we answer one ourselves; after anything else the connection is Node's for good.
 */
class Reader {
  /** Requests that Node has to answer yet. Node has the first one, after which it bears with a silent connection. */
  private atNode = 0;
  private isStarted = false;
  /** A request was taken and is not answered yet; what comes meanwhile waits. */
  private isTaken = false;
  private held: Buffer | null = null;
  private answer: string | null = null;

  constructor(
    readonly socket: Read,
    private readonly toNode: (bytes: Buffer) => void,
    private readonly lane: Lane,
  ) {
    socket.removeListener("data", toNode);
    // Node's parser reads from the system itself until somebody else listens.
    socket.on("data", this.take);
    socket[READER] = this;
  }

  private readonly take = (bytes: Buffer): void => {
    if (this.isTaken) this.write();
    if (this.isTaken) {
      this.hold(bytes);
      return;
    }
    const text = bytes.toString("latin1");
    // Whoever does not read the answers is Node's, which then stops reading the requests.
    if (this.atNode === 0 && this.isStarted && this.socket.writableLength === 0) {
      this.isTaken = this.lane.take(text, this);
      if (this.isTaken) return;
    }
    this.isStarted = true;
    this.atNode += 1;
    if (!isWholeRequest(text)) this.leaveToNode();
    this.toNode(bytes);
  };

  /** A request that Node has read. */
  watch(req: IncomingMessage, res: ServerResponse): void {
    res.once("close", () => {
      this.atNode -= 1;
      if (!req.complete || this.atNode < 0) this.leaveToNode();
    });
  }

  readonly reply = (answer: string): void => {
    this.answer = answer;
    writeLater(this);
  };

  /** Writes the answer, if it is there and was not written already. */
  write(): void {
    if (this.answer === null) return;
    if (this.socket.writable) this.socket.write(this.answer, "latin1");
    this.answer = null;
    this.isTaken = false;
    this.lane.done();
    if (this.held === null) return;
    const bytes = this.held;
    this.held = null;
    // Of a connection that is over, Node's parser may serve another one already.
    if (!this.socket.writable) return;
    this.socket.resume();
    this.take(bytes);
  }

  /** Nothing more is read from whoever asks before the last answer came. */
  private hold(bytes: Buffer): void {
    this.socket.pause();
    this.held = this.held === null ? bytes : Buffer.concat([this.held, bytes]);
  }

  private leaveToNode(): void {
    if (this.socket[READER] !== this) return;
    this.socket.removeListener("data", this.take);
    this.socket.on("data", this.toNode);
    delete this.socket[READER];
  }
}

/**
 * Lets `answer` have each request of a server that came whole and alone before Node's own parser sees it: taking a request
 * apart and putting an answer together costs Node 10 µs, as much as all the rest of a poll. Node takes a connection for idle
 * while such a request waits for its answer: call `stop` before the server closes, which leaves all further requests to Node
 * and waits for what was taken.
 */
export function answerWholeRequests(server: Server, answer: AnswerWhole): { stop(): Promise<void> } {
  const lane = new Lane(answer);
  server.on("connection", (socket: Read) => {
    const [toNode, ...others] = socket.listeners("data") as ((bytes: Buffer) => void)[];
    if (toNode && others.length === 0) new Reader(socket, toNode, lane);
  });
  server.on("request", (req, res) => (req.socket as Read)[READER]?.watch(req, res));
  return lane;
}
