import { createHash, timingSafeEqual } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Client } from "@/db/client";
import { isMigrated } from "@/db/readiness";
import { readEnv } from "@/lib/core/env";
import { type Counter, counter, gauge } from "@/lib/core/metrics";
import { oncePerProcess } from "@/lib/core/registry";
import type { Call } from "./call";

const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether an `Authorization` header has the collector's token, in a time that tells nothing of it. */
export function isMetricsToken(authorization: string | undefined): boolean {
  const { metricsToken } = readEnv();
  const given = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? "")?.[1];
  return metricsToken !== undefined && given !== undefined && timingSafeEqual(hashOf(given), hashOf(metricsToken));
}

const callCounters = () => oncePerProcess("api.call-counters", () => new WeakMap<Call, Map<number, Counter>>());

/** Counts one answer to a call. */
export function countCall(call: Call, status: number): void {
  const known = callCounters().get(call)?.get(status);
  if (known) {
    known.add();
    return;
  }
  const one = counter("frontrow_api_answers_total", "Answers of the API, without polls from memory and the pulse.", {
    method: call.method,
    path: call.path,
    status: String(status),
  });
  callCounters().set(call, new Map(callCounters().get(call)).set(status, one));
  one.add();
}

const loopDelay = () =>
  oncePerProcess("api.loop-delay", () => {
    const delay = monitorEventLoopDelay({ resolution: 20 });
    delay.enable();
    return delay;
  });

const inSeconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0);

/** Lets the metrics tell of this process and its connections to the database. */
export function watchProcess(db: Client): void {
  const delay = loopDelay();
  gauge("frontrow_process_start_time_seconds", "When this process started, by the Unix clock.", () =>
    Math.round(Date.now() / 1000 - process.uptime()),
  );
  gauge("frontrow_process_memory_bytes", "Memory of this process.", () => {
    const { rss, heapUsed, external } = process.memoryUsage();
    return [
      { labels: { kind: "resident" }, value: rss },
      { labels: { kind: "heap_used" }, value: heapUsed },
      { labels: { kind: "external" }, value: external },
    ];
  });
  gauge("frontrow_process_cpu_seconds", "Processor time of this process so far.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge("frontrow_event_loop_delay_seconds", "How late the event loop was since it was last asked.", () => {
    const samples = [
      { labels: { quantile: "0.5" }, value: inSeconds(delay.percentile(50)) },
      { labels: { quantile: "0.99" }, value: inSeconds(delay.percentile(99)) },
      { labels: { quantile: "1" }, value: inSeconds(delay.max) },
    ];
    delay.reset();
    return samples;
  });
  gauge("frontrow_database_connections", "Connections of this process, and calls that wait for one.", () => {
    const { totalCount, idleCount, waitingCount } = db.$client;
    return [
      { labels: { state: "in_use" }, value: totalCount - idleCount },
      { labels: { state: "idle" }, value: idleCount },
      { labels: { state: "awaited" }, value: waitingCount },
    ];
  });
  gauge("frontrow_database_up", "1 if the database answers.", () =>
    isMigrated(db).then(
      () => 1,
      () => 0,
    ),
  );
}
