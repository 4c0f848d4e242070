import { setMode } from "@/lib/core/env";

// Before anything that reads it, React and Next first of all.
setMode(process.argv.includes("--dev") ? "development" : "production");
const { start } = await import("./cli/start/start");
await start();
