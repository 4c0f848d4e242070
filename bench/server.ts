import type { AddressInfo } from "node:net";
import { getDb } from "@/db/client";
import { answerAtOnce } from "@/lib/api/answer-at-once";
import { handleApi } from "@/lib/api/node";
import { startBackground } from "@/lib/web/background";
import { BACKLOG, createHttpServer } from "@/lib/web/http-server";
import { answerWholeRequests } from "@/lib/web/whole-requests";
import { answerParent, cpuMicroseconds, memoryNow } from "./helper/child";

// The product's API and what runs beside it, as `cli/start/serve.ts` puts them together, without Next's pages: so the
// benchmarks need no build, and the calls that they make never reach Next in the product either.
const server = createHttpServer();
/** Pulses that were asked for: what a cache in front lets through. */
let pulses = 0;
answerWholeRequests(server, answerAtOnce);
server.on("request", (req, res) => {
  if (req.url?.endsWith("/pulse")) pulses += 1;
  if (req.url?.startsWith("/api/") && handleApi(req, res)) return;
  res.writeHead(404).end();
});
await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, resolve));
const background = startBackground(getDb());

answerParent(async (question: "port" | "cpu" | "memory" | "pulses" | "answer only") => {
  // What runs beside requests asks the database as well, and not always as often.
  if (question === "answer only") return await background.stop();
  if (question === "pulses") return pulses;
  if (question === "cpu") return cpuMicroseconds();
  if (question === "memory") return memoryNow();
  return (server.address() as AddressInfo).port;
});
