import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { readEnv } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { answerParent, cpuMicroseconds } from "../helper/child";

// Imitates the usual waiting room on a database: every join is one INSERT that commits by itself and takes its number
// from an identity column, through a pool of 32 connections, as durable as the product's joins. It is given every
// advantage: bare node:http, no session, no signature, no room to lock, no answer but the number. (Its numbers do not
// follow the order of commits and have gaps, which the product's have not.)
const pool = new pg.Pool({ connectionString: readEnv().databaseUrl, max: 32 });
await pool.query(`
  create table if not exists bench_joins (
    concert_id uuid not null, id uuid not null, user_id uuid not null, number bigint generated always as identity,
    status text not null, entered_at timestamptz not null default now(),
    primary key (concert_id, id), unique (concert_id, user_id), unique (concert_id, number))`);

const INSERT = {
  name: "bench_join",
  text: `insert into bench_joins (concert_id, id, user_id, status) values ($1, $2, $3, 'waiting')
         returning number, entered_at`,
};

const server = createServer({ keepAliveTimeout: 65_000 }, async (req, res) => {
  const [, concertId, userId] = (req.url ?? "").split("/");
  try {
    const { rows } = await pool.query({ ...INSERT, values: [concertId, newId(), userId] });
    const body = JSON.stringify({ status: "waiting", ...rows[0] });
    res.writeHead(201, { "Content-Type": "application/json", "Content-Length": body.length }).end(body);
  } catch (error) {
    const body = String(error);
    res.writeHead(500, { "Content-Length": Buffer.byteLength(body) }).end(body);
  }
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

answerParent((question: "port" | "cpu") =>
  question === "port" ? (server.address() as AddressInfo).port : cpuMicroseconds(),
);
