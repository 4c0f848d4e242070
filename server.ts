import { setMode } from "@/lib/core/env";

const HELP = `npm start
npm run dev

Starts everything on one port: PostgreSQL (its own in DATA_DIR, unless DATABASE_URL names one), migrations, the pages
and the API. npm start first builds the pages when the sources changed; npm run dev shows every change at once.

  PORT, HOST         where to serve: 3000 of 127.0.0.1
  DATABASE_URL       a PostgreSQL of yours; AUTH_SECRET is needed with it
  DATA_DIR           where the embedded PostgreSQL keeps everything: .data
  AUTH_SECRET        signs sessions, queue tokens and tickets: 32 characters or more
  NEXTAUTH_URL       the address that visitors use, where it is not simply http://HOST:PORT
  WEB_CONCURRENCY    how many processes serve: 1
  DATABASE_POOL      how many connections each of them may have: 12
  METRICS_TOKEN      lets a collector read /api/metrics with this bearer token: 16 characters or more
  TRUST_PROXY        1: believe a proxy's X-Forwarded-* headers

  -h, --help         this text`;

const [option, ...more] = process.argv.slice(2);
if (option === "--help" || option === "-h") {
  console.log(HELP);
} else if (more.length > 0 || (option !== undefined && option !== "--dev")) {
  console.error(`Unknown: ${[option, ...more].join(" ")}. npm start -- --help says how to start.`);
  process.exitCode = 1;
} else {
  // Before anything that reads it, React and Next first of all.
  setMode(option === "--dev" ? "development" : "production");
  const { start } = await import("./cli/start/start");
  await start();
}
