import { once } from "node:events";
import { connect, type Socket } from "node:net";

const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** One kept-alive connection with at most one request under way; reads answers that state their length. */
export class Connection {
  #received = "";
  #expected = -1;
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
    if (this.#expected === -1) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end === -1) return;
      const length = LENGTH.exec(this.#received.slice(0, end))?.[1];
      if (length === undefined) {
        this.socket.destroy(new Error(`An answer without Content-Length: ${this.#received.slice(0, 200)}`));
        return;
      }
      this.#expected = end + 4 + Number(length);
    }
    if (this.#received.length < this.#expected) return;
    const answer = this.#received;
    this.#received = "";
    this.#expected = -1;
    this.#onAnswer(Number(answer.slice(9, 12)), answer);
  }
}
