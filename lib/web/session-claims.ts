import type { JWT } from "next-auth/jwt";
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

/** What our session cookie says. */
export type SessionClaims = JWT & {
  /** The user's id. */
  sub: string;
  role: Role;
  /** The session's id, new at every sign-in, by which it can be ended. */
  sid: string;
};
