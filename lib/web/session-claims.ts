import type { Role } from "@/db/constants";

declare module "next-auth" {
  interface User {
    id: string;
    role: Role;
  }
  interface Session {
    user: { id: string; name: string; email: string; role: Role };
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    /** The user's id. */
    sub: string;
    role: Role;
    /** The session's id, new at every sign-in, by which it can be ended. */
    sid: string;
  }
}
