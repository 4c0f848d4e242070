/** Called by Next when it starts. Where no `server.ts` is around it (plain `next start`), this starts what it would. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs" || process.env.NEXT_PHASE === "phase-production-build") return;
  const [{ getDb }, { startBackground }] = await Promise.all([import("@/db/client"), import("@/lib/web/background")]);
  startBackground(getDb());
}
