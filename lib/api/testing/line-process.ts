import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getDb } from "@/db/client";
import { startTicker } from "@/lib/queue/ticker";
import { answerFast } from "../fast-lane";

// What a process of the product does for a line: it answers polls and lets fans in (not with `--no-ticker`). Without the
// other calls and the pages, so that many can be started and killed.
const server = createServer((req, res) => {
  if (!answerFast(req, res)) res.writeHead(404).end();
});
server.listen(0, "127.0.0.1", () => {
  if (!process.argv.includes("--no-ticker")) startTicker(getDb());
  process.stdout.write(`ready ${(server.address() as AddressInfo).port}\n`);
});
