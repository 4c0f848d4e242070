import { makeFans } from "@/cli/fans/make-fans";
import type { Client } from "@/db/client";
import { issueSession } from "@/lib/auth/session-token";
import { newId } from "@/lib/core/ids";
import type { Caller } from "./call";
import type { CallLog } from "./log";

export type Account = { userId: string; bearer: string };

/** One account in so many is registered over HTTP, with a password; the others are made as for load tests. */
const REGISTERED = 25;

/** Fans without money and an organiser's token. */
export async function makeAccounts(db: Client, count: number): Promise<{ accounts: Account[]; organizer: string }> {
  const accounts: Account[] = [];
  for await (const fans of makeFans(db, { count, balance: 0 })) {
    for (const { userId, token } of fans) accounts.push({ userId, bearer: token });
  }
  const id = newId();
  const email = `organizer-${id}@frontrow.example`;
  await db.$client.query("insert into users (id, email, name, role) values ($1, $2, 'Organiser', 'organizer')", [
    id,
    email,
  ]);
  await db.$client.query("insert into user_emails (email, user_id) values ($1, $2)", [email, id]);
  return { accounts, organizer: issueSession({ userId: id, role: "organizer" }).token };
}

/** Registers and signs in, again and again until it is certain; null once `isOver`. */
export async function register(
  caller: Caller,
  log: CallLog,
  fan: number,
  isOver: () => boolean,
): Promise<Account | null> {
  const email = `storm-${fan}@frontrow.example`;
  const password = `a long enough password ${fan}`;
  let userId: string | null = null;
  for (let tries = 0; !isOver(); tries += 1) {
    const server = tries % 2;
    const made = await caller.call({
      fan,
      what: "register",
      method: "POST",
      path: "/users",
      server,
      body: { email, password, name: `Fan ${fan}` },
    });
    if (made.outcome === "ok") {
      userId = made.body.id;
      log.accounts.push({ id: made.body.id, email });
    }
    // Taken, by an attempt of ours that was not answered.
    if (made.outcome === "ok" || made.code === "conflict") break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  for (let tries = 0; !isOver(); tries += 1) {
    const session = await caller.call({
      fan,
      what: "sign in",
      method: "POST",
      path: "/sessions",
      server: tries % 2,
      body: { email, password },
    });
    if (session.outcome === "ok") {
      const bearer = session.body.token;
      const me = await caller.call({ fan, what: "read", method: "GET", path: "/me", server: tries % 2, bearer });
      if (me.outcome !== "ok") continue;
      if (userId !== null && me.body.id !== userId)
        log.accuse(`${email} was registered as ${userId} and is ${me.body.id}`);
      return { userId: me.body.id, bearer };
    }
    if (session.code === "unauthenticated") log.accuse(`${email} was registered and cannot sign in`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return null;
}

/** Whether this fan registers over HTTP. */
export const registers = (fan: number): boolean => fan % REGISTERED === 0;
