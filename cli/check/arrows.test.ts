import { describe, expect, it } from "vitest";
import { cycles, importsOf, judge } from "./arrows";

const of = (file: string, text: string) => importsOf(file, text).map((one) => judge(one));

describe("the arrows", () => {
  it.each([
    ["lib/core/time.ts", 'import { getDb } from "@/db/client";'],
    ["db/client.ts", 'import { x } from "@/lib/queue/rules";'],
    ["lib/catalog/queries.ts", 'import { joinQueue } from "../queue/join-queue";'],
    ["lib/queue/ticker.ts", 'import { holdSeats } from "@/lib/booking/hold-seats";'],
    ["lib/wallet/top-up.ts", 'import { x } from "@/lib/booking/queries";'],
    ["lib/booking/hold-seats.ts", 'import { NextResponse } from "next/server";'],
    ["lib/booking/rules.ts", 'import { sql } from "drizzle-orm";'],
    ["lib/queue/draw-rules.ts", 'import { createHash } from "node:crypto";'],
    ["lib/api/app.ts", 'import { Page } from "@/app/page";'],
    ["components/queue/waiting-room.tsx", 'import { getDb } from "@/db/client";'],
    ["app/page.tsx", 'import { sql } from "drizzle-orm";'],
    ["lib/tickets/code.ts", 'import { makeUser } from "@/db/testing/factories";'],
  ])("refuse %s: %s", (file, text) => {
    expect(of(file, text)).toEqual([expect.any(String)]);
  });

  it.each([
    ["lib/payment/pay-reservation.ts", 'import { holdSeats } from "@/lib/booking/hold-seats";'],
    ["components/queue/waiting-room.tsx", 'import type { QueueView } from "@/lib/queue/schema";'],
    ["components/queue/draw.tsx", 'import { verifyDraw } from "@/lib/queue/draw-rules";'],
    ["components/ui/money.tsx", 'import { formatMoney } from "@/lib/core/money";'],
    ["lib/queue/queue.test.ts", 'import { makeUser } from "@/db/testing/factories";'],
    ["app/[locale]/page.tsx", 'import { getDb } from "@/db/client";'],
  ])("allow %s: %s", (file, text) => {
    expect(of(file, text)).toEqual([null]);
  });

  it("find a circle", () => {
    const text = (to: string) => `import { x } from "./${to}";`;
    const imports = [...importsOf("lib/a/one.ts", text("two")), ...importsOf("lib/a/two.ts", text("one"))];
    expect(cycles(imports)).toEqual([["lib/a/one", "lib/a/two", "lib/a/one"]]);
    expect(cycles(importsOf("lib/a/one.ts", text("two")))).toEqual([]);
  });
});
