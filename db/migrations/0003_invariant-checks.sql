CREATE TABLE "invariant_checks" (
	"name" text PRIMARY KEY NOT NULL,
	"due_at" timestamp (6) with time zone NOT NULL,
	"checked_at" timestamp (6) with time zone,
	"took_ms" integer,
	"broken" jsonb DEFAULT '{}'::jsonb NOT NULL
);
