CREATE TABLE "waitlist_entries" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"performance_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"number" bigint NOT NULL,
	"seat_count" integer NOT NULL,
	"tier" text,
	"status" text NOT NULL,
	"joined_at" timestamp (6) with time zone NOT NULL,
	"reservation_id" uuid,
	"offered_at" timestamp (6) with time zone,
	"ended_at" timestamp (6) with time zone,
	CONSTRAINT "waitlist_entries_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "waitlist_entries_count_check" CHECK ("waitlist_entries"."seat_count" > 0),
	CONSTRAINT "waitlist_entries_offer_check" CHECK ("waitlist_entries"."status" <> 'offered' or "waitlist_entries"."reservation_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "waitlists" (
	"concert_id" uuid NOT NULL,
	"performance_id" uuid NOT NULL,
	"last_number" bigint NOT NULL,
	"is_live" boolean NOT NULL,
	"checked_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "waitlists_concert_id_performance_id_pk" PRIMARY KEY("concert_id","performance_id")
);
--> statement-breakpoint
ALTER TABLE "reservations" ADD COLUMN "extensions" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reservations" ADD COLUMN "offered" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "concerts" ADD COLUMN "hold_extensions" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "concerts" ADD COLUMN "orphan_seat_rule" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "performances" ADD COLUMN "keep_seconds" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "waitlist_entries_live_key" ON "waitlist_entries" USING btree ("concert_id","performance_id","user_id") WHERE "waitlist_entries"."status" in ('waiting', 'offered');--> statement-breakpoint
CREATE UNIQUE INDEX "waitlist_entries_number_key" ON "waitlist_entries" USING btree ("concert_id","performance_id","number");--> statement-breakpoint
CREATE INDEX "waitlist_entries_live_idx" ON "waitlist_entries" USING btree ("concert_id","performance_id","status","number") WHERE "waitlist_entries"."status" in ('waiting', 'offered');--> statement-breakpoint
CREATE INDEX "waitlist_entries_fan_idx" ON "waitlist_entries" USING btree ("user_id","joined_at");--> statement-breakpoint
CREATE INDEX "waitlists_live_idx" ON "waitlists" USING btree ("concert_id","performance_id") WHERE "waitlists"."is_live";