import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { atTurnEnd } from "@/lib/core/at-turn-end";

/** The answer to a request, head and body in ASCII, or null where Node shall read the request. */
export type AnswerAtOnce = (request: string) => string | null;

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

/**
 * Reads one connection before Node's parser does. What Node gets stays whole requests one after the other, so its parser is
 * always between two of them when we answer one ourselves; after anything else the connection is Node's for good.
 */
class Reader {
  /** Requests that Node has to answer yet. Node has the first one, after which it bears with a silent connection. */
  private atNode = 0;
  private isStarted = false;
  private answer: string | null = null;

  constructor(
    private readonly socket: Read,
    private readonly toNode: (bytes: Buffer) => void,
    private readonly answerAtOnce: AnswerAtOnce,
  ) {
    socket.removeListener("data", toNode);
    // Node's parser reads from the system itself until somebody else listens.
    socket.on("data", this.take);
    socket[READER] = this;
  }

  private readonly take = (bytes: Buffer): void => {
    this.write();
    const text = bytes.toString("latin1");
    // Whoever does not read the answers is Node's, which then stops reading the requests.
    if (this.atNode === 0 && this.isStarted && this.socket.writableLength === 0) {
      this.answer = this.answerAtOnce(text);
      if (this.answer !== null) {
        writeLater(this);
        return;
      }
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

  write(): void {
    if (this.answer === null) return;
    if (this.socket.writable) this.socket.write(this.answer, "latin1");
    this.answer = null;
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
 * apart and putting an answer together costs Node 10 µs, as much as all the rest of a poll.
 */
export function answerWholeRequests(server: Server, answer: AnswerAtOnce): void {
  server.on("connection", (socket: Read) => {
    const [toNode, ...others] = socket.listeners("data") as ((bytes: Buffer) => void)[];
    if (toNode && others.length === 0) new Reader(socket, toNode, answer);
  });
  server.on("request", (req, res) => (req.socket as Read)[READER]?.watch(req, res));
}
