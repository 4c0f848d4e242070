import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";

// What `npm start` runs: the server's program, made of its sources as they are.
await import(pathToFileURL(await bundle("server.ts")).href);
