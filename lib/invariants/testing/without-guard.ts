import { type Client, createClient } from "@/db/client";

/** A piece of a statement and what stands in its place. */
export type Removal = { statement: string; guard: string; instead?: string };

type Query = { name?: string; text: string };

/**
 * A client whose statements of these names have lost a guard: the product's own verbs run on it, so that a test shows
 * what the guard is for. `end` fails if a statement ran that no longer has the words: the test would prove nothing.
 */
export function clientWithout(url: string, poolSize: number, ...removals: Removal[]) {
  const db: Client = createClient(url, poolSize);
  const used = new Set<Removal>();
  const strip = (config: unknown): unknown => {
    const { name, text } = config as Query;
    if (typeof text !== "string") return config;
    let left = text;
    for (const removal of removals) {
      if (removal.statement !== name) continue;
      if (!left.includes(removal.guard)) throw new Error(`${name} has no "${removal.guard}" to lose.`);
      used.add(removal);
      left = left.replaceAll(removal.guard, removal.instead ?? "");
    }
    return { ...(config as object), text: left };
  };
  db.$client.on("connect", (connection) => {
    const query = connection.query.bind(connection) as (...words: unknown[]) => unknown;
    connection.query = ((config: unknown, ...rest: unknown[]) => query(strip(config), ...rest)) as never;
  });
  return {
    db,
    async end() {
      await db.$client.end();
      const idle = removals.filter((removal) => !used.has(removal)).map(({ statement }) => statement);
      if (idle.length > 0) throw new Error(`Never ran: ${idle.join(", ")}.`);
    },
  };
}
