import type pg from "pg";
import type { CallLog, Intent } from "../log";

/** Reads rows of the database that the storm left. */
export type Read = <Row extends pg.QueryResultRow>(text: string) => Promise<Row[]>;

/** What is compared: the fans' log, the database, and the fans' accounts by number. */
export type Case = { log: CallLog; read: Read; userIds: string[] };

/** What was asked for and done, of one kind. */
export const done = (log: CallLog, what: Intent["what"]): Intent[] =>
  [...log.intents.values()].filter((one) => one.what === what && one.final?.outcome === "ok");

/** Accuses for each thing that was acknowledged and is not stored as it was told, or is stored and nobody was told. */
export function sameThings(log: CallLog, what: string, told: Map<string, string>, stored: Map<string, string>): void {
  for (const [id, words] of told) {
    const found = stored.get(id);
    if (found === undefined) log.accuse(`${what} ${id} (${words}) was acknowledged and is not there`);
    else if (found !== words) log.accuse(`${what} ${id} was acknowledged as ${words} and is there as ${found}`);
  }
  for (const [id, words] of stored) {
    if (!told.has(id)) log.accuse(`${what} ${id} (${words}) is there, and nobody was told`);
  }
}
