import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis, type Result } from "ioredis";
import { answerParent, cpuMicroseconds } from "../helper/child";

// Imitates the waiting room that nearly every answer to the assignment ends up with: a sorted set per concert
// (ZADD NX, scored by a counter, so first come first served) and a hash of random tokens, in Redis. It is given every
// advantage: bare node:http, ioredis with auto-pipelining, all of a join in one script and so one round trip, no
// session to check, one append-only file that is synced once a second: an answered join may be lost with the machine,
// which the product's may not. (A script and not MULTI, because the number has to be known before it is a score.)
const JOIN = `
  local number = redis.call('zscore', KEYS[1], ARGV[1])
  if number then return {0, number, redis.call('zrank', KEYS[1], ARGV[1])} end
  number = redis.call('incr', KEYS[3])
  redis.call('zadd', KEYS[1], 'nx', number, ARGV[1])
  redis.call('hset', KEYS[2], ARGV[2], ARGV[1])
  return {1, number, redis.call('zcard', KEYS[1]) - 1}`;

declare module "ioredis" {
  interface RedisCommander<Context> {
    join(
      ...keysAndValues: [line: string, tokens: string, counter: string, userId: string, token: string]
    ): Result<[created: number, number: number | string, ahead: number], Context>;
  }
}

let redis: Redis | null = null;

const server = createServer({ keepAliveTimeout: 65_000 }, async (req, res) => {
  const [, concertId, userId] = (req.url ?? "").split("/") as [string, string, string];
  try {
    const token = randomBytes(16).toString("base64url");
    const keys = [`line:${concertId}`, `tokens:${concertId}`, `counter:${concertId}`] as const;
    const [created, number, ahead] = await (redis as Redis).join(...keys, userId, token);
    const body = JSON.stringify({ token, status: "waiting", number: Number(number), position: ahead + 1, ahead });
    res.writeHead(created ? 201 : 200, { "Content-Type": "application/json", "Content-Length": body.length }).end(body);
  } catch (error) {
    const body = String(error);
    res.writeHead(500, { "Content-Length": Buffer.byteLength(body) }).end(body);
  }
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

type Question = "port" | "cpu" | { redis: number } | { lengthOf: string };

answerParent(async (question: Question) => {
  if (question === "port") return (server.address() as AddressInfo).port;
  if (question === "cpu") return cpuMicroseconds();
  if ("lengthOf" in question) return await (redis as Redis).zcard(`line:${question.lengthOf}`);
  redis = new Redis(question.redis, "127.0.0.1", { enableAutoPipelining: true });
  redis.defineCommand("join", { numberOfKeys: 3, lua: JOIN });
  return await redis.ping();
});
