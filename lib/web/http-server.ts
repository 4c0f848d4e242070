import { createServer, type Server } from "node:http";

/** Longer than a proxy keeps its side, and longer than a fan waits between two polls. */
export const KEEP_ALIVE_SECONDS = 65;

/** A server with the product's patience for those who send slowly. */
export const createHttpServer = (): Server =>
  createServer({
    // Against callers who send slowly: 10 s for the headers, 30 s for the whole request.
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    connectionsCheckingInterval: 2000,
    keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
  });

/**
 * Connections that may wait to be accepted; the system may allow fewer. With Node's 511, a door opening at which 2,500 come in
 * a second loses so many of them that TCP's own retries, after 1, 3, 7 … 63 s, decide who is late.
 */
export const BACKLOG = 16_384;
