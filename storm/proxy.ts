import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

type Way = "there" | "back";

/** The end of a connection to come: after so many more bytes this way it is reset. None: before the first. */
type Cut = { way: Way; after: number };

/** Where to pass on to: a port of 127.0.0.1 or the path of a Unix socket. */
export type Upstream = number | string;

type Link = { client: Socket; upstream: Socket; cut: Cut | null; isEnding: boolean };

/** A cut that meets no byte for so long is taken back: nothing was under way. */
const PATIENCE_MS = 1500;

/** Passes bytes on between callers and a server, until it is told to fail. On 127.0.0.1. */
export class TcpProxy {
  /** How many connections were reset in the middle of something. */
  cuts = 0;
  /** How many answers were thrown away. */
  lost = 0;
  readonly #links = new Set<Link>();
  #server: Server | undefined;

  /** `upstream`: whom to pass on to now, or null while there is nobody. */
  constructor(private readonly upstream: () => Upstream | null) {}

  async listen(): Promise<number> {
    this.#server = createServer({ noDelay: true }, (client) => this.#open(client));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** Readies a share of the open connections to be reset; `after` bytes this way still pass. */
  cut(share: number, cut: Cut): void {
    const links = [...this.#links].filter((link) => !link.cut);
    // Every n-th, beginning with the oldest: the newest are those that came up after the last fault.
    const step = Math.max(1, Math.round(1 / share));
    for (const link of links.filter((_, at) => at % step === 0)) {
      const mine = { ...cut };
      link.cut = mine;
      setTimeout(() => {
        if (link.cut === mine) link.cut = null;
      }, PATIENCE_MS).unref();
    }
  }

  async close(): Promise<void> {
    for (const link of this.#links) this.#reset(link);
    const server = this.#server;
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
  }

  #open(client: Socket): void {
    const to = this.upstream();
    client.on("error", () => {});
    if (to === null) {
      client.destroy();
      return;
    }
    const upstream =
      typeof to === "string" ? connect({ path: to }) : connect({ port: to, host: "127.0.0.1", noDelay: true });
    const link: Link = { client, upstream, cut: null, isEnding: false };
    this.#links.add(link);
    const end = () => this.#reset(link);
    upstream.on("error", end).on("close", end);
    client.on("close", end);
    this.#pass(link, "there", client, upstream);
    this.#pass(link, "back", upstream, client);
  }

  #pass(link: Link, way: Way, from: Socket, to: Socket): void {
    from.on("data", (chunk: Buffer) => {
      const { cut } = link;
      if (cut?.way === way) {
        if (chunk.length > cut.after) {
          if (way === "back" && cut.after === 0) this.lost += 1;
          else this.cuts += 1;
          to.write(chunk.subarray(0, cut.after));
          // What was passed on should arrive before the reset does.
          setImmediate(() => this.#reset(link));
          link.cut = null;
          from.removeAllListeners("data");
          return;
        }
        cut.after -= chunk.length;
      }
      if (!to.write(chunk)) {
        from.pause();
        to.once("drain", () => from.resume());
      }
    });
    from.on("end", () => {
      link.isEnding = true;
      to.end();
    });
  }

  #reset(link: Link): void {
    if (!this.#links.delete(link)) return;
    for (const socket of [link.client, link.upstream]) {
      // Node 20 never closes a socket that is reset while its end is on the way, and then cannot exit. A Unix socket
      // knows no reset: whoever is at its other end finds it closed.
      const isTcp = socket.remoteAddress !== undefined;
      if (!isTcp || link.isEnding || socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    }
  }
}
