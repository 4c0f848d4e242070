import { NextIntlClientProvider } from "next-intl";
import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import type { Area } from "@/i18n/areas";

/** Sends the browser the messages of `areas` and of `common`, and no others, for the client components inside. */
export async function ClientMessages({ areas, children }: { areas: Area[]; children: ReactNode }) {
  const messages = await getMessages();
  const picked = Object.fromEntries((["common", ...areas] as const).map((area) => [area, messages[area]]));
  return <NextIntlClientProvider messages={picked}>{children}</NextIntlClientProvider>;
}
