import { OpenAPIHono } from "@hono/zod-openapi";
import { getDb } from "@/db/client";
import { readEnv } from "@/lib/core/env";
import type { Call } from "./call";
import { accountCalls } from "./calls/accounts";
import { checkInCalls } from "./calls/check-ins";
import { concertCalls } from "./calls/concerts";
import { documentationCalls } from "./calls/documentation";
import { drawCalls } from "./calls/draw";
import { healthCalls } from "./calls/health";
import { historyCalls } from "./calls/history";
import { invitationCalls } from "./calls/invitations";
import { organizerCalls } from "./calls/organizer";
import { paymentCalls } from "./calls/payment";
import { queueCalls } from "./calls/queue";
import { reservationCalls } from "./calls/reservations";
import { roomCalls } from "./calls/room";
import { ticketCalls } from "./calls/tickets";
import { topUpCalls } from "./calls/top-ups";
import { transferCalls } from "./calls/transfers";
import { waitlistCalls } from "./calls/waitlist";
import { walletCalls } from "./calls/wallet";
import { walletAdminCalls } from "./calls/wallet-admin";
import { describeCall } from "./describe";
import { docsPage } from "./docs-page";
import { openApiDocument } from "./openapi";
import { type Surroundings, serve, serveUnknown } from "./serve";

/** Every call, in the order of the documentation. */
const CALLS: readonly Call[] = [
  ...accountCalls,
  ...queueCalls,
  ...drawCalls,
  ...concertCalls,
  ...reservationCalls,
  ...paymentCalls,
  ...waitlistCalls,
  ...walletCalls,
  ...topUpCalls,
  ...ticketCalls,
  ...transferCalls,
  ...organizerCalls,
  ...roomCalls,
  ...invitationCalls,
  ...historyCalls,
  ...checkInCalls,
  ...walletAdminCalls,
  ...healthCalls,
];

/** `/tickets/{ticketId}.svg` as Hono writes it; the suffix stays in the parameter and `serve` takes it off. */
const honoPath = (path: string): string =>
  `/api${path}`.replaceAll(/\{(\w+)\}([^/]*)/g, (_, name: string, suffix: string) =>
    suffix === "" ? `:${name}` : `:${name}{[^/]+${suffix.replace(".", "\\.")}}`,
  );

export type Api = OpenAPIHono & { calls: readonly Call[] };

/**
 * The HTTP contract as one Hono app under `/api`: for `server.ts` by way of `node.ts`, for plain Next by way of
 * `app/api/[[...route]]/route.ts`, for tests by `app.request`.
 */
export function createApi(given: Partial<Surroundings> = {}): Api {
  const surroundings: Surroundings = { db: getDb, trustProxy: readEnv().trustProxy, ...given };
  const app = new OpenAPIHono();
  let rendered = { json: Buffer.from(""), page: Buffer.from("") };
  const calls = [...CALLS, ...documentationCalls(() => rendered)];
  for (const call of calls) describeCall(app, call);
  const document = openApiDocument(app);
  rendered = { json: Buffer.from(JSON.stringify(document)), page: Buffer.from(docsPage(document)) };

  // Paths with a suffix first, so that `/tickets/{ticketId}.svg` is not taken for a ticket's id.
  const specificFirst = [...calls].sort((a, b) => Number(b.path.includes("}.")) - Number(a.path.includes("}.")));
  for (const call of specificFirst) app.on(call.method, honoPath(call.path), (c) => serve(call, surroundings, c));
  for (const path of new Set(specificFirst.map((call) => call.path))) {
    const known = calls.filter((call) => call.path === path).map((call) => call.method);
    app.all(honoPath(path), (c) => serveUnknown(c, known.join(", ")));
  }
  app.notFound((c) => serveUnknown(c));
  return Object.assign(app, { calls });
}
