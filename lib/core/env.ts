import { z } from "zod";

const flag = z
  .enum(["1", "true", "yes", "0", "false", "no", ""])
  .default("no")
  .transform((word) => word === "1" || word === "true" || word === "yes");

const schema = z.object({
  NODE_ENV: z.string().default("development"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")
    .optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  AUTH_SECRET: z.string().min(32, "must be at least 32 characters").optional(),
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  WEB_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(1),
  TRUST_PROXY: flag,
  NEXTAUTH_URL: z.url({ protocol: /^https?$/ }).optional(),
  npm_lifecycle_event: z.string().optional(),
  CHROMIUM_PATH: z.string().min(1).optional(),
  TOP_UPS: z.enum(["demo", "stripe"]).optional(),
  TOP_UP_DAILY_LIMIT: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  STRIPE_SECRET_KEY: z.string().min(1).optional(),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
  STRIPE_API_BASE: z.url({ protocol: /^https?$/ }).optional(),
  METRICS_TOKEN: z.string().min(16, "must be at least 16 characters").optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).max(500).default(12),
});

export type Env = {
  production: boolean;
  /** Absent: an embedded PostgreSQL keeps its files in `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  authSecret: string | undefined;
  host: string;
  port: number;
  /** How many server processes share the port. */
  webConcurrency: number;
  /** Believe `X-Forwarded-For`. */
  trustProxy: boolean;
  /** Where visitors reach the site, if that is not simply host and port. */
  siteUrl: string | undefined;
  /** Started by `npm run`, which is then our parent. */
  underNpm: boolean;
  /** The browser to test with. */
  chromiumPath: string | undefined;
  /** Connections per process. */
  poolSize: number;
  /** Lets a collector read the metrics without an account. */
  metricsToken: string | undefined;
  /** What one fan may add to a wallet in a day, in minor units; absent: the wallet's own rule. */
  topUpDailyLimit: number | undefined;
  /** How to take money by card; absent: wallets hold demonstration money. */
  stripe: StripeEnv | undefined;
};

export type StripeEnv = {
  secretKey: string;
  /** What webhooks are signed with; several while one takes the place of another. */
  webhookSecrets: string[];
  /** Another address than Stripe's own, for tests and proxies. */
  apiBase: string | undefined;
};

/** The environment does not fit; the message names each variable and what it should be. */
export class EnvError extends Error {}

function stripeOf(env: z.output<typeof schema>): StripeEnv | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_BASE: apiBase } = env;
  if (env.TOP_UPS === "demo") return undefined;
  if (!secretKey && !webhookSecret && env.TOP_UPS !== "stripe") return undefined;
  // Half a configuration would take money that never reaches a wallet.
  if (!secretKey || !webhookSecret) {
    throw new EnvError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are needed together (or TOP_UPS=demo).");
  }
  const webhookSecrets = webhookSecret.split(",").map((secret) => secret.trim());
  return { secretKey, webhookSecrets, apiBase };
}

/** Reads and checks the environment as it is now. Throws `EnvError`. */
export function readEnv(): Env {
  // An empty variable means an absent one, as in most shells' scripts.
  const present = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (!parsed.success) {
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "));
  }
  const env = parsed.data;
  return {
    production: env.NODE_ENV === "production",
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    authSecret: env.AUTH_SECRET,
    host: env.HOST,
    port: env.PORT,
    webConcurrency: env.WEB_CONCURRENCY,
    trustProxy: env.TRUST_PROXY,
    siteUrl: env.NEXTAUTH_URL,
    underNpm: env.npm_lifecycle_event !== undefined,
    chromiumPath: env.CHROMIUM_PATH,
    poolSize: env.DATABASE_POOL,
    metricsToken: env.METRICS_TOKEN,
    topUpDailyLimit: env.TOP_UP_DAILY_LIMIT,
    stripe: stripeOf(env),
  };
}

/** What the process found out at its start (embedded database, kept secret) and the rest of it must see. */
export function provideEnv(found: {
  databaseUrl?: string;
  authSecret?: string;
  nextAuthUrl?: string;
  trustHost?: boolean;
}): void {
  if (found.databaseUrl) process.env.DATABASE_URL = found.databaseUrl;
  if (found.authSecret) process.env.AUTH_SECRET = found.authSecret;
  if (found.nextAuthUrl) process.env.NEXTAUTH_URL ??= found.nextAuthUrl;
  if (found.trustHost) process.env.AUTH_TRUST_HOST ??= "1";
}

/** Which build of React and Next this process runs; to be called before they are loaded. */
export function setMode(mode: "development" | "production"): void {
  (process.env as Record<string, string>).NODE_ENV = mode;
  process.env.NEXT_TELEMETRY_DISABLED ??= "1";
}
