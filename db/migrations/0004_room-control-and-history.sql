CREATE TABLE "queue_changes" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"user_id" uuid,
	"kind" text NOT NULL,
	"before" jsonb NOT NULL,
	"after" jsonb NOT NULL,
	CONSTRAINT "queue_changes_concert_id_id_pk" PRIMARY KEY("concert_id","id")
);
--> statement-breakpoint
CREATE TABLE "queue_invitation_uses" (
	"concert_id" uuid NOT NULL,
	"invitation_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"used_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queue_invitation_uses_concert_id_invitation_id_entry_id_pk" PRIMARY KEY("concert_id","invitation_id","entry_id")
);
--> statement-breakpoint
CREATE TABLE "queue_invitations" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"code" text NOT NULL,
	"label" text NOT NULL,
	"uses_limit" integer NOT NULL,
	"uses" integer DEFAULT 0 NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (6) with time zone,
	CONSTRAINT "queue_invitations_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "queue_invitations_uses_check" CHECK ("queue_invitations"."uses" between 0 and "queue_invitations"."uses_limit")
);
--> statement-breakpoint
ALTER TABLE "queue_entries" ADD COLUMN "extension_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_entries" ADD COLUMN "invitation_id" uuid;--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "seconds" integer DEFAULT 10 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "invited" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "expired" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "waits" integer[];--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "waiting" integer;--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "inside" integer;--> statement-breakpoint
ALTER TABLE "queue_history" ADD COLUMN "seats_left" integer;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "message" jsonb;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "draining_since" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "drained_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "admissions" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "invited" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "lobby" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "left_lobby" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "left_inside" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "expired" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queue_changes" ADD CONSTRAINT "queue_changes_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_invitation_uses" ADD CONSTRAINT "queue_invitation_uses_invitation_fk" FOREIGN KEY ("concert_id","invitation_id") REFERENCES "public"."queue_invitations"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_invitations" ADD CONSTRAINT "queue_invitations_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "queue_invitations_code_key" ON "queue_invitations" USING btree ("concert_id","code");--> statement-breakpoint
CREATE INDEX "queue_entries_invited_idx" ON "queue_entries" USING btree ("concert_id") WHERE "queue_entries"."status" = 'admitted' and "queue_entries"."invitation_id" is not null;--> statement-breakpoint
CREATE INDEX "queue_history_fine_idx" ON "queue_history" USING btree ("concert_id","at") WHERE "queue_history"."seconds" < 600;--> statement-breakpoint
UPDATE "queues" q SET "admissions" = e.admissions, "lobby" = e.lobby, "left_lobby" = e.left_lobby, "left_inside" = e.left_inside, "expired" = e.expired
FROM (
	SELECT "concert_id",
		count(*) FILTER (WHERE "admitted_at" IS NOT NULL) AS admissions,
		count(*) FILTER (WHERE "status" = 'lobby') AS lobby,
		count(*) FILTER (WHERE "status" = 'left' AND "number" IS NULL) AS left_lobby,
		count(*) FILTER (WHERE "status" = 'left' AND "admitted_at" IS NOT NULL) AS left_inside,
		count(*) FILTER (WHERE "status" = 'expired') AS expired
	FROM "queue_entries" GROUP BY "concert_id"
) e WHERE e."concert_id" = q."concert_id";
