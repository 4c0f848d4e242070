import { createApi } from "@/lib/api/app";
import { oncePerProcess } from "@/lib/core/registry";

// The API for hosts that run plain Next; `server.ts` answers before a request gets here.
export const dynamic = "force-dynamic";
export const runtime = "nodejs";

const answer = (request: Request) => oncePerProcess("api.next", () => createApi()).fetch(request);

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
};
