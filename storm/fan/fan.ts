import { pause } from "@/db/embedded-processes";
import { choose, type Random, randomOf } from "../random";
import { defer, join, leave, poll, replaceToken } from "./line";
import { browse, change, extend, giveUp, hold, look, pay, refundOne, topUp } from "./seats";
import type { FanState } from "./state";
import { checkIn, claimTicket, offerTicket } from "./tickets";
import { tendWaitlist } from "./waitlist";
import { askAgain } from "./wishes";

/**
 * A fan who does everything at random, one thing after the other, until `isOver`. What is done in which step follows
 * from the seed, the fan, the step and what the fan has; so the same seed gives the same impulses, whatever the network
 * makes of them.
 */
export async function live(me: FanState, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const random = randomOf(me.world.seed, "fan", me.index, me.step);
    me.step += 1;
    await act(me, random);
    // Who hears "unavailable" hears also when to come back: in two seconds, about.
    const patience = me.isSentAway ? 1000 + 2000 * random() : 0;
    me.isSentAway = false;
    await pause(100 + 1000 * random() + patience);
  }
}

async function act(me: FanState, random: Random): Promise<void> {
  const impulse = random();
  if (me.open.length > 0 && random() < 0.6) return await askAgain(me, random);
  if (impulse < 0.07) return await topUp(me, random);
  if (impulse < 0.1) return await look(me, random);
  if (impulse < 0.14) return await tendWaitlist(me, random);
  if (impulse < 0.15) return await claimTicket(me, random);
  // Also without a turn: what was offered from the waitlist can be paid or declined, what was paid given back.
  if (me.held.length > 0) return await dealWithHold(me, random);
  if (me.place && !me.isIn) return await wait(me, random);
  if (!me.place)
    return me.paid.length > 0 && random() < 0.2 ? await dealWithTickets(me, random) : await join(me, random);
  const what = choose(random(), {
    hold: 0.56,
    tickets: 0.26,
    dates: 0.04,
    seats: 0.04,
    leave: 0.03,
    token: 0.01,
    poll: 0.06,
  });
  if (what === "tickets" && me.paid.length > 0) return await dealWithTickets(me, random);
  if (what === "leave") return await leave(me, random);
  if (what === "token") return await replaceToken(me, random);
  if (what === "poll") return await poll(me, random);
  if (what === "dates" || what === "seats") return await browse(me, what, random);
  await hold(me, random);
}

async function wait(me: FanState, random: Random): Promise<void> {
  const what = choose(random(), { leave: 0.04, token: 0.01, poll: 0.95 });
  if (what === "leave") return await leave(me, random);
  if (what === "token") return await replaceToken(me, random);
  await poll(me, random);
  // Before the first gated call only.
  if (me.isIn && random() < 0.05) await defer(me, random);
}

async function dealWithHold(me: FanState, random: Random): Promise<void> {
  const shares = {
    pay: 0.46,
    rich: 0.12,
    giveUp: 0.12,
    hold: 0.1,
    extend: 0.05,
    change: 0.05,
    leave: 0.03,
    idle: 0.07,
  };
  const what = choose(random(), shares);
  if (what === "rich") await topUp(me, random);
  if (what === "pay" || what === "rich") return await pay(me, random);
  if (what === "giveUp") return await giveUp(me, me.held, random);
  if (!me.place) return await join(me, random);
  if (what === "hold") return await hold(me, random);
  if (what === "extend") return await extend(me, random);
  if (what === "change") return await change(me, random);
  return what === "leave" ? await leave(me, random) : await poll(me, random);
}

async function dealWithTickets(me: FanState, random: Random): Promise<void> {
  const what = choose(random(), { giveUp: 0.55, refund: 0.3, giveAway: 0.05, door: 0.1 });
  if (what === "refund") return await refundOne(me, random);
  if (what === "giveAway") return await offerTicket(me, random);
  // What was used comes never back on sale: some fans only, or soon nothing is left.
  if (what === "door" && me.index % 4 === 0) return await checkIn(me, random);
  await giveUp(me, me.paid, random);
}
