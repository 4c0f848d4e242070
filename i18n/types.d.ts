import type auth from "../messages/ko/auth.json";
import type booking from "../messages/ko/booking.json";
import type catalog from "../messages/ko/catalog.json";
import type common from "../messages/ko/common.json";
import type door from "../messages/ko/door.json";
import type draw from "../messages/ko/draw.json";
import type organizer from "../messages/ko/organizer.json";
import type payment from "../messages/ko/payment.json";
import type queue from "../messages/ko/queue.json";
import type shell from "../messages/ko/shell.json";
import type tickets from "../messages/ko/tickets.json";
import type waitlist from "../messages/ko/waitlist.json";
import type wallet from "../messages/ko/wallet.json";
import type { Locale } from "./routing";

declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: {
      auth: typeof auth;
      booking: typeof booking;
      catalog: typeof catalog;
      common: typeof common;
      door: typeof door;
      draw: typeof draw;
      organizer: typeof organizer;
      payment: typeof payment;
      queue: typeof queue;
      shell: typeof shell;
      tickets: typeof tickets;
      waitlist: typeof waitlist;
      wallet: typeof wallet;
    };
  }
}
