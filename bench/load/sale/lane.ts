import { Connection } from "../connection";

export type RawAnswer = { status: number; text: string };

/** A fan's own connection, as a browser keeps one; opened again when the server cuts it. */
export class Lane {
  static cuts = 0;
  #connection: Connection | null = null;
  #fail: (error: Error) => void = () => {};

  constructor(private readonly port: number) {}

  async open(): Promise<void> {
    this.#connection = await Connection.open(this.port, (error) => {
      this.#connection = null;
      this.#fail(error);
    });
  }

  /** One request and its answer; null if the connection was cut before the answer came. */
  async send(request: string): Promise<RawAnswer | null> {
    try {
      if (!this.#connection) await this.open();
      return await new Promise<RawAnswer>((resolve, reject) => {
        this.#fail = reject;
        this.#connection?.send(request, (status, text) => resolve({ status, text }));
      });
    } catch {
      Lane.cuts += 1;
      return null;
    } finally {
      this.#fail = () => {};
    }
  }

  close(): void {
    this.#connection?.close();
  }
}
