import { once } from "node:events";
import { connect, type Socket } from "node:net";

const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const LAST_CHUNK = "\r\n0\r\n\r\n";
const NOT_YET = -1;
const UNTIL_LAST_CHUNK = -2;

/** The length of an answer's body: stated, or none by its status; null where it does not say. */
function bodyLength(head: string): number | null {
  const length = LENGTH.exec(head)?.[1];
  if (length !== undefined) return Number(length);
  return /^HTTP\/1.1 (204|304) /.test(head) ? 0 : null;
}

/** One kept-alive connection with at most one request under way; reads answers that state their length, or come in chunks. */
export class Connection {
  #received = "";
  #expected = NOT_YET;
  #onAnswer: (status: number, answer: string) => void = () => {};

  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => this.#take(chunk as unknown as string));
  }

  static async open(port: number, onFault: (error: Error) => void): Promise<Connection> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", onFault);
    socket.on("close", () => onFault(new Error("The server closed a connection.")));
    return new Connection(socket);
  }

  send(request: string, onAnswer: (status: number, answer: string) => void): void {
    this.#onAnswer = onAnswer;
    this.socket.write(request, "latin1");
  }

  close(): void {
    this.socket.removeAllListeners("close");
    this.socket.destroy();
  }

  get #isShort(): boolean {
    return this.#received.length < this.#expected;
  }

  #take(chunk: string): void {
    this.#received = this.#received === "" ? chunk : this.#received + chunk;
    if (this.#expected === NOT_YET) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = this.#received.slice(0, end);
      const length = bodyLength(head);
      if (length === null && !CHUNKED.test(head)) {
        this.socket.destroy(new Error(`An answer without Content-Length: ${head.slice(0, 500)}`));
        return;
      }
      this.#expected = length === null ? UNTIL_LAST_CHUNK : end + 4 + length;
    }
    if (this.#expected === UNTIL_LAST_CHUNK ? !this.#received.endsWith(LAST_CHUNK) : this.#isShort) return;
    const answer = this.#received;
    this.#received = "";
    this.#expected = NOT_YET;
    this.#onAnswer(Number(answer.slice(9, 12)), answer);
  }
}
