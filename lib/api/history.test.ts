import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createClient } from "@/db/client";
import { makeConcert } from "@/db/testing/factories";
import { newId } from "@/lib/core/ids";
import { recordGauges } from "@/lib/queue/record-gauges";
import { createApi } from "./app";
import { type Harness, startHarness } from "./testing/harness";

let on: Harness;
let organizer: { token: string };
let fan: { token: string };
beforeAll(async () => {
  on = await startHarness();
  organizer = await on.makeCaller("organizer");
  fan = await on.makeCaller();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => on.drop());

async function makeBusy() {
  const { id, slug } = await makeConcert(on.db, { waitingRoom: { mode: "paused" } });
  for (let n = 0; n < 3; n += 1) await on.call("POST", `/api/concerts/${id}/queue`, await on.makeCaller());
  await recordGauges(on.db);
  return { slug, path: `/api/admin/concerts/${id}/history` };
}

describe("a room's history", () => {
  it("is there as JSON and as CSV, the same numbers in both", async () => {
    const { path } = await makeBusy();
    const json = await on.call("GET", path, organizer);
    const points: { joined: number; at: string; waiting: number | null }[] = json.json.items;
    expect(points.reduce((sum, point) => sum + point.joined, 0)).toBe(3);
    expect(points.at(-1)?.waiting).toBe(3);
    expect(json.json).toMatchObject({ stepSeconds: 10, now: { waiting: 3, inside: 0, emptyInSeconds: null } });
    const csv = await on.call("GET", `${path}.csv?step=10`, organizer);
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(csv.headers.get("content-disposition")).toContain("attachment");
    const [names, ...lines] = csv.text
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));
    expect(names?.slice(0, 3)).toEqual(["at", "seconds", "joined"]);
    expect(lines.map(([at]) => at)).toEqual(points.map(({ at }) => at));
    expect(lines.map((line) => Number(line[2]))).toEqual(points.map(({ joined }) => joined));
  });

  it("takes a time and a step, and refuses what does not fit", async () => {
    const { path } = await makeBusy();
    const day = "from=2027-01-01T00:00:00%2B09:00&to=2027-01-02T00:00:00%2B09:00";
    const asked = await on.call("GET", `${path}?${day}`, organizer);
    expect(asked.json).toMatchObject({ from: "2026-12-31T15:00:00.000Z", stepSeconds: 60, items: [] });
    for (const query of [
      "step=7",
      "step=10&from=2020-01-01T00:00:00Z",
      "from=yesterday",
      "to=2020-01-01T00:00:00Z&from=2021-01-01T00:00:00Z",
      "x=1",
    ]) {
      expect((await on.call("GET", `${path}?${query}`, organizer)).code, query).toBe("invalid_request");
    }
  });

  it("is for organisers and for concerts that there are", async () => {
    const { path } = await makeBusy();
    for (const one of [path, `${path}.csv`]) {
      expect((await on.call("GET", one)).status).toBe(401);
      expect((await on.call("GET", one, fan)).status).toBe(403);
      expect((await on.call("GET", one.replace(/[0-9a-f-]{36}/, newId()), organizer)).status).toBe(404);
    }
  });
});

describe("/api/metrics", () => {
  it("tells organisers of rooms and of the process, in Prometheus's words", async () => {
    const { slug } = await makeBusy();
    const { status, headers, text } = await on.call("GET", "/api/metrics", organizer);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(text).toContain(`frontrow_room_waiting{concert="${slug}"} 3\n`);
    expect(text).toContain(`frontrow_room_joined_total{concert="${slug}"} 3\n`);
    expect(text).toContain(`frontrow_room_seats_left{concert="${slug}"} 10\n`);
    expect(text).toContain(`frontrow_room_mode{concert="${slug}",mode="paused"} 1\n`);
    expect(text).toContain("frontrow_database_up 1\n");
    expect(text).toMatch(/frontrow_api_answers_total\{method="POST",path="[^"]+queue",status="201"\} [1-9]/);
    for (const name of ["event_loop_delay_seconds", "process_memory_bytes", "database_connections", "polls_total"]) {
      expect(text).toContain(`# TYPE frontrow_${name} `);
    }
    // A line is a comment, or a name, perhaps labels, and a number.
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z_]+(\{.*\})? -?[\d.e+-]+)$/);
    }
  });

  it("lets a collector in by METRICS_TOKEN alone, and nobody by another one", async () => {
    const token = "collector-0123456789";
    const ask = (bearer?: string) =>
      on.call("GET", "/api/metrics", bearer ? { headers: { authorization: `Bearer ${bearer}` } } : {});
    expect((await ask(token)).status).toBe(401);
    vi.stubEnv("METRICS_TOKEN", token);
    expect((await ask(token)).status).toBe(200);
    for (const wrong of [undefined, `${token}x`, token.slice(1)]) expect((await ask(wrong)).status).toBe(401);
    expect((await ask(fan.token)).status).toBe(403);
    // It opens nothing else.
    const stats = await on.call("GET", "/api/admin/concerts", { headers: { authorization: `Bearer ${token}` } });
    expect(stats.status).toBe(401);
  });

  it("says that the database is away", async () => {
    vi.stubEnv("METRICS_TOKEN", "collector-0123456789");
    const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const away = createClient("postgres://nobody@127.0.0.1:1/nothing", 1);
    const api = createApi({ db: () => away, trustProxy: false });
    const answer = await api.request("http://shop.test/api/metrics", {
      headers: { authorization: "Bearer collector-0123456789" },
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("frontrow_database_up 0\n");
    await away.$client.end();
    log.mockRestore();
  });
});
