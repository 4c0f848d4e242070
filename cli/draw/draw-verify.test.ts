import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crowd } from "@/db/testing/crowd";
import { makeConcert, makeUser } from "@/db/testing/factories";
import { type Harness, startHarness } from "@/lib/api/testing/harness";
import { admitNext } from "@/lib/queue/admit-next";
import { drawLobby } from "@/lib/queue/draw-lobby";
import { joinQueue } from "@/lib/queue/join-queue";

let harness: Harness;
let server: Server;
let dir: string;
let url: string;
let slug: string;
let id: string;
let drawIds: string[];

beforeAll(async () => {
  harness = await startHarness();
  dir = await mkdtemp(path.join(tmpdir(), "frontrow-draw-"));
  const { db, api } = harness;
  ({ id, slug } = await makeConcert(db, {
    waitingRoom: { mode: "on", order: "draw" },
    sale: { opensAt: new Date(Date.now() + 3_600_000).toISOString() },
  }));
  drawIds = await crowd(25, async () => {
    const { view } = await joinQueue(db, { concertId: id, userId: (await makeUser(db)).id });
    return view.drawId as string;
  });
  server = createServer(async (req, res) => {
    const answer = await api.request(`http://shop.test${req.url}`);
    res.writeHead(answer.status, { "Content-Type": answer.headers.get("content-type") ?? "" });
    res.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await harness.drop();
  await rm(dir, { recursive: true });
});

const run = (...words: string[]) =>
  promisify(execFile)(process.execPath, ["--import", "tsx", "cli/draw-verify.ts", ...words]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );

describe("a draw through the API and npm run draw:verify", () => {
  it("shows the hash of the seed from the import on, and the seed when it is over", async () => {
    const { json: concert } = await harness.call("GET", `/api/concerts/${slug}`);
    const { seedHash } = concert.waitingRoom.draw;
    expect(seedHash).toMatch(/^[0-9a-f]{64}$/);
    expect(concert.waitingRoom.draw.drawnAt).toBeNull();
    const { json: before } = await harness.call("GET", `/api/concerts/${id}/draw`);
    expect(before).toMatchObject({ seedHash, seed: null, digest: null, count: null });
    expect((await harness.call("GET", `/api/concerts/${id}/draw/places`)).code).toBe("not_found");
    expect(await run("--url", url, "--concert", slug)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not over yet"),
    });

    await harness.db.execute(sql`update queues set opens_at = now() - interval '1 second' where concert_id = ${id}`);
    await admitNext(harness.db, id);
    expect(await drawLobby(harness.db, id)).toBe(true);
    const { json: after } = await harness.call("GET", `/api/concerts/${id}/draw`);
    expect(after).toMatchObject({ seedHash, seed: expect.any(String), count: 25, after: 0 });
    const { json: page, headers } = await harness.call("GET", `/api/concerts/${id}/draw/places`);
    expect(headers.get("cache-control")).toContain("immutable");
    expect(page).toMatchObject({ from: 1, nextCursor: null });
    expect([...page.drawIds].sort()).toEqual([...drawIds].sort());
    for (const cursor of ["x", "-1", "5", "30000"]) {
      expect((await harness.call("GET", `/api/concerts/${id}/draw/places?cursor=${cursor}`)).code).toBe(
        "invalid_request",
      );
    }
    const { id: fifo } = await makeConcert(harness.db);
    expect((await harness.call("GET", `/api/concerts/${fifo}/draw`)).code).toBe("not_found");
    expect((await harness.call("GET", `/api/concerts/${fifo}`)).json.waitingRoom.draw).toBeNull();
  });

  it("confirms an honest draw and finds the place that is asked for, from the server and from a file", async () => {
    const { json: page } = await harness.call("GET", `/api/concerts/${id}/draw/places`);
    const place = drawIds[7] as string;
    const number = page.drawIds.indexOf(place) + 1;
    const file = path.join(dir, "draw.ndjson");
    const [online, offline] = [
      await run("--url", url, "--concert", slug, "--place", place, "--save", file),
      await run("--file", file, "--place", place),
    ];
    for (const { code, stdout } of [online, offline]) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, checked: 25, place: number, problems: [] });
    }
  });

  it("ends with 1 when a single place was tampered with, or the seed is not the one that was noted", async () => {
    const file = path.join(dir, "draw.ndjson");
    const [facts, page] = (await readFile(file, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const exchanged = [...page.drawIds];
    [exchanged[3], exchanged[20]] = [exchanged[20], exchanged[3]];
    const tampered = path.join(dir, "tampered.ndjson");
    await writeFile(tampered, `${JSON.stringify(facts)}\n${JSON.stringify({ ...page, drawIds: exchanged })}\n`);
    const [wrong, pledged, fresh] = await Promise.all([
      run("--file", tampered),
      run("--file", file, "--seed-hash", "0".repeat(64)),
      run("--file", file, "--place", "f".repeat(32)),
    ]);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("is not where the seed puts it") });
    expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, problems: [{ check: "order" }] });
    expect(pledged).toMatchObject({ code: 1, stderr: expect.stringContaining("noted before") });
    expect(fresh).toMatchObject({ code: 1, stderr: expect.stringContaining("not in the draw") });
  });

  it("says in a line what it was called wrongly with", async () => {
    const [none, nowhere, both] = await Promise.all([
      run(),
      run("--file", path.join(dir, "missing")),
      run("--file", "x", "--url", url),
    ]);
    expect(none).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("Which draw?") });
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be read") });
    expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining("Either") });
  });
});
