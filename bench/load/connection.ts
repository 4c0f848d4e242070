import { once } from "node:events";
import { connect, type Socket } from "node:net";

const LENGTH = /\r\ncontent-length: *(\d+)/i;
const NOT_YET = -1;

/** The length of an answer's body: stated, or none by its status; null where neither is so. */
function bodyLength(head: string): number | null {
  const length = LENGTH.exec(head)?.[1];
  if (length !== undefined) return Number(length);
  return /^HTTP\/1.1 (204|304) /.test(head) ? 0 : null;
}

/** One kept-alive connection with at most one request under way; reads answers that state their length. */
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

  #take(chunk: string): void {
    this.#received = this.#received === "" ? chunk : this.#received + chunk;
    if (this.#expected === NOT_YET) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end === -1) return;
      const length = bodyLength(this.#received.slice(0, end));
      if (length === null) {
        this.socket.destroy(new Error(`An answer without Content-Length: ${this.#received.slice(0, 200)}`));
        return;
      }
      this.#expected = end + 4 + length;
    }
    if (this.#received.length < this.#expected) return;
    const answer = this.#received;
    this.#received = "";
    this.#expected = NOT_YET;
    this.#onAnswer(Number(answer.slice(9, 12)), answer);
  }
}
