import type { PoolClient, QueryConfig, QueryResult } from "pg";
import { type Client, createClient } from "@/db/client";

/** A statement as the product sent it, and the first row of the answer. */
export type Recorded = { text: string; values: unknown[]; row: Record<string, unknown> };

/** What `work` sends inside of its transaction, in order; on a connection of its own. */
export async function record(url: string, work: (db: Client) => Promise<unknown>): Promise<Recorded[]> {
  const db = createClient(url, 1);
  const sent: Recorded[] = [];
  db.$client.on("connect", (client: PoolClient) => {
    const send = client.query.bind(client) as (query: string | QueryConfig) => Promise<QueryResult>;
    const recording = async (query: string | QueryConfig) => {
      const { text, values = [] } = typeof query === "string" ? { text: query } : query;
      const statement: Recorded = { text, values, row: {} };
      sent.push(statement);
      const result = await send(query);
      statement.row = result.rows[0] ?? {};
      return result;
    };
    Object.assign(client, { query: recording });
  });
  try {
    await work(db);
  } finally {
    await db.$client.end();
  }
  return sent;
}
