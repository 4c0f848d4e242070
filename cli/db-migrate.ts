import { parseArgs } from "node:util";
import { useEmbedded } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { readEnv } from "@/lib/core/env";

const HELP = `npm run db:migrate

Brings the database up to the newest migration: the one of DATABASE_URL, or the embedded one
in DATA_DIR (default .data). npm start does it by itself.

  --help  this text`;

try {
  const { values } = parseArgs({ options: { help: { type: "boolean" } } });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const env = readEnv();
  if (env.databaseUrl) await migrateDatabase(env.databaseUrl);
  else {
    const postgres = await useEmbedded(env.dataDir, { role: "command", name: "npm run db:migrate" });
    await migrateDatabase(postgres.url).finally(() => postgres.stop());
  }
  console.log("The database is up to date.");
} catch (error) {
  console.error(`The database could not be migrated: ${(error as Error).message}`);
  process.exit(1);
}
