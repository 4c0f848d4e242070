import { FAULT_KINDS, type Fault } from "./plan";
import type { Outcome } from "./storm";

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const number = (count: number): string => count.toLocaleString("en");

/** The figures of a storm, for people. */
export function* reportOf(outcome: Outcome, plan: Fault[]): Generator<string> {
  const { log, faults, stage, replayed, compared, checks, healedMs, footprint } = outcome;
  const { ok, refused, unknown } = log.counts;
  const { postgres, servers, disk } = stage;
  yield `calls       ${number(ok + refused + unknown)}: ${number(ok)} ok, ${number(refused)} refused, ${number(unknown)} unknown; the slowest took ${seconds(log.slowestMs)}${log.hung > 0 ? `, ${log.hung} hung` : ""}`;
  yield `replayed    ${number(replayed.unknown)} things of which nobody knew the end: ${number(replayed.done)} done, ${number(replayed.refused)} refused; ${number(replayed.again)} known ones heard again`;
  for (const kind of FAULT_KINDS) {
    const planned = plan.filter((fault) => fault.kind === kind).length;
    yield `fault       ${kind.padEnd(32)} ${number(faults[kind]).padStart(5)} of ${number(planned)}`;
  }
  const cuts = servers.reduce((sum, { proxy }) => sum + proxy.cuts, 0);
  const lost = servers.reduce((sum, { proxy }) => sum + proxy.lost, 0);
  yield `in all      ${number(servers.reduce((sum, { kills }) => sum + kills, 0))} servers killed (${number(servers.reduce((sum, { skewed }) => sum + skewed, 0))} came back with a wrong clock), ${number(postgres.kills)} PostgreSQLs killed and ${number(postgres.deaths)} dead by themselves (for want of disk, as a rule), ${number(postgres.terminated)} backends terminated`;
  yield `            ${number(cuts)} connections of fans cut and ${number(lost)} answers lost, ${number(postgres.proxy.cuts)} connections to PostgreSQL cut and ${number(postgres.proxy.lost)} results lost, disk full ${number(disk?.fills ?? 0)} times`;
  yield `recovery    PostgreSQL back after ${seconds(median(postgres.recoveriesMs))} (median), ${seconds(Math.max(0, ...postgres.recoveriesMs))} (longest); all ready ${seconds(healedMs)} after the last fault`;
  yield `compared    ${number(compared.topUps)} top-ups, ${number(compared.holds)} holds, ${number(compared.payments)} payments, ${number(compared.refunds)} refunds, ${number(compared.places)} places in line, ${number(compared.checkIns)} check-ins, ${number(compared.claims)} tickets from hand to hand`;
  yield `invariants  checked ${number(checks)} times`;
  yield `positions   compared ${number(log.paced)} times where the fan had waited as it was told; ${number(log.risen)} rises seen by fans who had not`;
  yield `footprint   ${footprint.diskMegabytes === null ? "" : `${footprint.diskMegabytes.toFixed(0)} MB of PostgreSQL's files at the end, `}${footprint.memoryMegabytes.toFixed(0)} MB of memory at most in the storm's own process`;
  yield `PostgreSQL  its log is in ${postgres.logFile}`;
}
