import type { Env } from "@/lib/core/env";
import { StartFault } from "@/lib/core/start-fault";

/** Says in one line why a port cannot be had. */
export function listenFault(error: NodeJS.ErrnoException, { host, port }: Pick<Env, "host" | "port">): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new StartFault(`Port ${port} of ${host} is taken. Choose another with PORT.`);
    case "EACCES":
      return new StartFault(`Port ${port} may not be used by this account. Choose one above 1023 with PORT.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StartFault(`HOST ${host} is not an address of this machine.`);
    default:
      return error;
  }
}
