// For drizzle-kit and the client alone; everything else imports the module's own file.
export * from "./auth";
export * from "./booking";
export * from "./catalog";
export * from "./invariants";
export * from "./payment";
export * from "./queue";
export * from "./tickets";
export * from "./top-ups";
export * from "./waitlist";
export * from "./wallet";
