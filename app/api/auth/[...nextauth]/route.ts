import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { callerAddress } from "@/lib/api/address";
import { readEnv } from "@/lib/core/env";
import { authOptions } from "@/lib/web/auth-options";

async function handler(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }) {
  // Our server writes the socket's address here unless a trusted proxy did.
  const forwardedFor = request.headers.get("x-forwarded-for") ?? undefined;
  const { trustProxy } = readEnv();
  return NextAuth(
    request,
    context,
    authOptions(callerAddress({ socketAddress: forwardedFor, forwardedFor, trustProxy })),
  );
}

export { handler as GET, handler as POST };
