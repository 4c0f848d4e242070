import type pg from "pg";
import type { Client } from "./client";

/**
 * A connection of a client's pool that several pieces of work use at the same time: their statements are sent at once and
 * carried out one behind the other, in this order, each by itself. It goes back to the pool when nobody uses it.
 */
export class SharedConnection {
  private current: { connection: Promise<pg.PoolClient>; users: number } | null = null;

  constructor(private readonly client: Client) {}

  /** Throws where no connection can be had, besides what `work` throws; after that the connection is not used for more. */
  async use<T>(work: (connection: pg.PoolClient) => Promise<T>): Promise<T> {
    this.current ??= { connection: this.client.$client.connect(), users: 0 };
    const used = this.current;
    used.users += 1;
    try {
      return await work(await used.connection);
    } catch (error) {
      this.leave(used);
      throw error;
    } finally {
      used.users -= 1;
      if (used.users === 0) {
        this.leave(used);
        used.connection.then(
          (one) => one.release(),
          () => {},
        );
      }
    }
  }

  private leave(used: SharedConnection["current"]): void {
    if (this.current === used) this.current = null;
  }
}
