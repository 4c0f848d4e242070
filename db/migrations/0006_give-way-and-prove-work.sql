CREATE TABLE "queue_attempts" (
	"concert_id" uuid NOT NULL,
	"key" text NOT NULL,
	"ends_at" timestamp (6) with time zone NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "queue_attempts_concert_id_key_pk" PRIMARY KEY("concert_id","key")
);
--> statement-breakpoint
CREATE TABLE "queue_revocations" (
	"concert_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"number" bigint NOT NULL,
	"generation" integer NOT NULL,
	CONSTRAINT "queue_revocations_concert_id_seq_pk" PRIMARY KEY("concert_id","seq")
);
--> statement-breakpoint
ALTER TABLE "queue_entries" ADD COLUMN "token_generation" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_entries" ADD COLUMN "deferrals" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_entries" ADD COLUMN "deferred_to" bigint;--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "deferred" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "revocations" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "challenge_above" integer;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "challenge_bits" integer DEFAULT 16 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "join_second" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "joins_in_second" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "challenged_until" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "queue_attempts" ADD CONSTRAINT "queue_attempts_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_revocations" ADD CONSTRAINT "queue_revocations_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "queue_attempts_ends_idx" ON "queue_attempts" USING btree ("concert_id","ends_at");--> statement-breakpoint
CREATE INDEX "queue_entries_deferred_idx" ON "queue_entries" USING btree ("concert_id","deferred_to","number") WHERE "queue_entries"."status" = 'waiting' and "queue_entries"."deferred_to" is not null;--> statement-breakpoint
ALTER TABLE "queues" ADD CONSTRAINT "queues_challenge_check" CHECK ("queues"."challenge_bits" between 1 and 20 and "queues"."challenge_above" >= 0);