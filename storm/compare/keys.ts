import type { Case } from "./stored";

/** A key's kept answer is the one that was heard; a refusal at the gate kept none. */
export async function compareKeys({ log, read, userIds }: Case): Promise<void> {
  const rows = await read<{ user_id: string; key: string; status: number; body: string }>(
    "select user_id, key, status, body from idempotency_keys",
  );
  const kept = new Map(rows.map((row) => [`${row.user_id} ${row.key}`, row]));
  for (const { key, fan, what, final } of log.intents.values()) {
    const name = `${userIds[fan]} ${key}`;
    const row = kept.get(name);
    kept.delete(name);
    const found = row ? `${row.status} ${row.body.slice(0, 200)}` : "nothing";
    if (final?.outcome === "ok" && (row?.status !== final.status || row?.body !== final.text)) {
      log.accuse(`key ${key} (${what}) was answered ${final.status} ${final.text.slice(0, 200)}; kept is ${found}`);
    }
    if (final?.outcome === "refused" && row && row.status < 400) {
      log.accuse(`key ${key} (${what}) was refused (${final.code}); kept is ${found}`);
    }
  }
  for (const [name, { status }] of kept) log.accuse(`key ${name} has an answer (${status}) that nobody asked for`);
}
