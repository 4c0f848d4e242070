CREATE TABLE "queue_draw_places" (
	"concert_id" uuid NOT NULL,
	"number" bigint NOT NULL,
	"entry_id" uuid NOT NULL,
	CONSTRAINT "queue_draw_places_concert_id_number_pk" PRIMARY KEY("concert_id","number")
);
--> statement-breakpoint
CREATE TABLE "queue_draws" (
	"concert_id" uuid PRIMARY KEY NOT NULL,
	"after_number" bigint NOT NULL,
	"reserved" bigint NOT NULL,
	"places" bigint,
	"digest" text,
	"numbered" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "queue_draws_places_check" CHECK ("queue_draws"."places" <= "queue_draws"."reserved" and "queue_draws"."numbered" <= "queue_draws"."reserved")
);
--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "lobby_count" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "lobby_closed_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "queue_draws" ADD CONSTRAINT "queue_draws_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;