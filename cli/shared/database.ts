import { type Client, createClient } from "@/db/client";
import { useEmbedded } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { provideEnv, readEnv } from "@/lib/core/env";
import { checkDatabase } from "../start/database";
import { keptSecret } from "../start/secret";
import { onStopSignals } from "../start/stop-signals";
import { say } from "./print";

/** What a shell reports of a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Gives `work` the database that the server would use: `DATABASE_URL`, else the embedded PostgreSQL in `DATA_DIR`, which
 * it shares with a running server or starts and stops itself. The embedded one is migrated and its kept secret becomes
 * `AUTH_SECRET`. Everything is closed at the end, also after Ctrl-C. Throws `StartFault` where that cannot be.
 */
export async function withDatabase<T>(
  command: string,
  work: (db: Client, database: { embedded: boolean }) => Promise<T>,
): Promise<T> {
  const env = readEnv();
  const embedded = env.databaseUrl
    ? null
    : await useEmbedded(env.dataDir, {
        role: "command",
        name: command,
        onWait: (owner) => say(`Waiting for ${owner.name} (process ${owner.pid}) to end …`),
      });
  let db: Client | undefined;
  const close = async () => {
    await db?.$client.end();
    await embedded?.stop();
  };
  onStopSignals(
    () => void (embedded?.stop() ?? Promise.resolve()).finally(() => process.exit(INTERRUPTED)),
    () => process.exit(INTERRUPTED),
  );
  try {
    if (embedded) {
      await migrateDatabase(embedded.url);
      provideEnv({ databaseUrl: embedded.url, authSecret: env.authSecret ?? (await keptSecret(env.dataDir)) });
    } else {
      await checkDatabase(env.databaseUrl as string);
    }
    db = createClient(readEnv().databaseUrl as string, env.poolSize);
    return await work(db, { embedded: embedded !== null });
  } finally {
    await close();
  }
}
