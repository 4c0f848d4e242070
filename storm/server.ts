import "./skew";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getDb } from "@/db/client";
import { handleApi } from "@/lib/api/node";
import { startBackground } from "@/lib/web/background";
import { takeGuardsAway } from "./sabotage";

// A terminal's Ctrl-C reaches us too; the storm ends us in its own order, and with it we end.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));

// Loaded ahead and kept ready, so that it takes the place of one that is killed in no time.
await once(process, "message");

// The product's API and what runs beside it, as `cli/start/serve.ts` puts them together, without Next's pages.
const db = getDb();
takeGuardsAway(db, process.env.STORM_WITHOUT ?? "");
const server = createServer({
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: 65_000,
});
server.on("request", (req, res) => {
  if (req.url?.startsWith("/api/") && handleApi(req, res)) return;
  res.writeHead(404).end();
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
startBackground(db);
