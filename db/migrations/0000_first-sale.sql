CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"window_start" timestamp (6) with time zone NOT NULL,
	"count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "revoked_sessions" (
	"user_id" uuid NOT NULL,
	"session_id" uuid NOT NULL,
	"revoked_at" timestamp (6) with time zone NOT NULL,
	"expires_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "revoked_sessions_user_id_session_id_pk" PRIMARY KEY("user_id","session_id")
);
--> statement-breakpoint
CREATE TABLE "user_emails" (
	"email" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"role" text DEFAULT 'fan' NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reservations" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"performance_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"status" text NOT NULL,
	"seats" jsonb NOT NULL,
	"seat_count" integer NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"created_at" timestamp (6) with time zone NOT NULL,
	"expires_at" timestamp (6) with time zone NOT NULL,
	"paid_at" timestamp (6) with time zone,
	"ended_at" timestamp (6) with time zone,
	CONSTRAINT "reservations_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "reservations_seat_count_check" CHECK ("reservations"."seat_count" = jsonb_array_length("reservations"."seats") and "reservations"."seat_count" > 0),
	CONSTRAINT "reservations_paid_check" CHECK ("reservations"."status" not in ('paid', 'refunded') or "reservations"."paid_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "concerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"artist" text NOT NULL,
	"description" text NOT NULL,
	"venue_name" text NOT NULL,
	"venue_city" text NOT NULL,
	"time_zone" text NOT NULL,
	"currency" text NOT NULL,
	"sale_opens_at" timestamp (6) with time zone NOT NULL,
	"sale_closes_at" timestamp (6) with time zone,
	"max_seats_per_fan" integer NOT NULL,
	"hold_seconds" integer NOT NULL,
	"refund_until_hours" integer NOT NULL,
	"extras" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "concerts_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "performances" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"starts_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "performances_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "performances_concertId_startsAt_unique" UNIQUE("concert_id","starts_at")
);
--> statement-breakpoint
CREATE TABLE "price_tiers" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"name" text NOT NULL,
	"price" bigint NOT NULL,
	"ordinal" integer NOT NULL,
	CONSTRAINT "price_tiers_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "price_tiers_concertId_name_unique" UNIQUE("concert_id","name"),
	CONSTRAINT "price_tiers_price_check" CHECK ("price_tiers"."price" >= 0)
);
--> statement-breakpoint
CREATE TABLE "seats" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"performance_id" uuid NOT NULL,
	"section_id" uuid NOT NULL,
	"row" integer NOT NULL,
	"number" integer NOT NULL,
	"price" bigint NOT NULL,
	"reservation_id" uuid,
	"held_until" timestamp (6) with time zone,
	"sold_at" timestamp (6) with time zone,
	CONSTRAINT "seats_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "seats_concertId_performanceId_sectionId_row_number_unique" UNIQUE("concert_id","performance_id","section_id","row","number"),
	CONSTRAINT "seats_price_check" CHECK ("seats"."price" >= 0),
	CONSTRAINT "seats_taken_check" CHECK (("seats"."held_until" is null and "seats"."sold_at" is null) or "seats"."reservation_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "sections" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"tier_id" uuid NOT NULL,
	"name" text NOT NULL,
	"ordinal" integer NOT NULL,
	"rows" integer NOT NULL,
	"seats_per_row" integer NOT NULL,
	CONSTRAINT "sections_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "sections_concertId_name_unique" UNIQUE("concert_id","name")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"reservation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"paid_at" timestamp (6) with time zone NOT NULL,
	"refunded_at" timestamp (6) with time zone,
	CONSTRAINT "payments_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "payments_concertId_reservationId_unique" UNIQUE("concert_id","reservation_id")
);
--> statement-breakpoint
CREATE TABLE "queue_departures" (
	"concert_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"number" bigint NOT NULL,
	CONSTRAINT "queue_departures_concert_id_seq_pk" PRIMARY KEY("concert_id","seq")
);
--> statement-breakpoint
CREATE TABLE "queue_entries" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"number" bigint,
	"status" text NOT NULL,
	"entered_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"admitted_at" timestamp (6) with time zone,
	"admitted_until" timestamp (6) with time zone,
	"claimed_at" timestamp (6) with time zone,
	"ended_at" timestamp (6) with time zone,
	"holds" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "queue_entries_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "queue_entries_number_check" CHECK (("queue_entries"."number" is null) = ("queue_entries"."status" = 'lobby') or ("queue_entries"."number" is null and "queue_entries"."status" in ('left', 'expired'))),
	CONSTRAINT "queue_entries_admitted_check" CHECK ("queue_entries"."status" <> 'admitted' or ("queue_entries"."admitted_at" is not null and "queue_entries"."admitted_until" is not null))
);
--> statement-breakpoint
CREATE TABLE "queue_history" (
	"concert_id" uuid NOT NULL,
	"at" timestamp (6) with time zone NOT NULL,
	"joined" integer DEFAULT 0 NOT NULL,
	"admitted" integer DEFAULT 0 NOT NULL,
	"departed" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "queue_history_concert_id_at_pk" PRIMARY KEY("concert_id","at")
);
--> statement-breakpoint
CREATE TABLE "queues" (
	"concert_id" uuid PRIMARY KEY NOT NULL,
	"mode" text NOT NULL,
	"order" text NOT NULL,
	"active_limit" integer NOT NULL,
	"admissions_per_minute" integer NOT NULL,
	"session_seconds" integer NOT NULL,
	"claim_seconds" integer NOT NULL,
	"opens_at" timestamp (6) with time zone NOT NULL,
	"closes_at" timestamp (6) with time zone,
	"last_number" bigint DEFAULT 0 NOT NULL,
	"served_through" bigint DEFAULT 0 NOT NULL,
	"departures" bigint DEFAULT 0 NOT NULL,
	"credit" double precision DEFAULT 0 NOT NULL,
	"credit_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"draw_seed" text NOT NULL,
	"drawn_at" timestamp (6) with time zone,
	"revision" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "queues_numbers_check" CHECK ("queues"."served_through" <= "queues"."last_number"),
	CONSTRAINT "queues_limits_check" CHECK ("queues"."active_limit" >= 0 and "queues"."admissions_per_minute" >= 0)
);
--> statement-breakpoint
CREATE TABLE "tickets" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"reservation_id" uuid NOT NULL,
	"performance_id" uuid NOT NULL,
	"seat_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"status" text DEFAULT 'issued' NOT NULL,
	"issued_at" timestamp (6) with time zone NOT NULL,
	"checked_in_at" timestamp (6) with time zone,
	CONSTRAINT "tickets_concert_id_id_pk" PRIMARY KEY("concert_id","id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_user_id_key_pk" PRIMARY KEY("user_id","key")
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"transfer_id" uuid NOT NULL,
	"account" text NOT NULL,
	"kind" text NOT NULL,
	"amount" bigint NOT NULL,
	"balance_after" bigint,
	"concert_id" uuid,
	"reservation_id" uuid,
	"created_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "ledger_entries_user_id_id_pk" PRIMARY KEY("user_id","id"),
	CONSTRAINT "ledger_entries_amount_check" CHECK ("ledger_entries"."amount" <> 0),
	CONSTRAINT "ledger_entries_balance_check" CHECK (("ledger_entries"."account" = 'wallet') = ("ledger_entries"."balance_after" is not null))
);
--> statement-breakpoint
CREATE TABLE "wallets" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"balance" bigint DEFAULT 0 NOT NULL,
	"currency" text NOT NULL,
	CONSTRAINT "wallets_balance_check" CHECK ("wallets"."balance" >= 0)
);
--> statement-breakpoint
ALTER TABLE "performances" ADD CONSTRAINT "performances_concert_id_concerts_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."concerts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_tiers" ADD CONSTRAINT "price_tiers_concert_id_concerts_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."concerts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seats" ADD CONSTRAINT "seats_concert_id_performance_id_performances_concert_id_id_fk" FOREIGN KEY ("concert_id","performance_id") REFERENCES "public"."performances"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seats" ADD CONSTRAINT "seats_concert_id_section_id_sections_concert_id_id_fk" FOREIGN KEY ("concert_id","section_id") REFERENCES "public"."sections"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sections" ADD CONSTRAINT "sections_concert_id_concerts_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."concerts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sections" ADD CONSTRAINT "sections_concert_id_tier_id_price_tiers_concert_id_id_fk" FOREIGN KEY ("concert_id","tier_id") REFERENCES "public"."price_tiers"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_concert_id_reservation_id_reservations_concert_id_id_fk" FOREIGN KEY ("concert_id","reservation_id") REFERENCES "public"."reservations"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_departures" ADD CONSTRAINT "queue_departures_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_entries" ADD CONSTRAINT "queue_entries_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_history" ADD CONSTRAINT "queue_history_concert_id_queues_concert_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."queues"("concert_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queues" ADD CONSTRAINT "queues_concert_id_concerts_id_fk" FOREIGN KEY ("concert_id") REFERENCES "public"."concerts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_concert_id_reservation_id_reservations_concert_id_id_fk" FOREIGN KEY ("concert_id","reservation_id") REFERENCES "public"."reservations"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tickets" ADD CONSTRAINT "tickets_concert_id_seat_id_seats_concert_id_id_fk" FOREIGN KEY ("concert_id","seat_id") REFERENCES "public"."seats"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallets" ADD CONSTRAINT "wallets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reservations_fan_idx" ON "reservations" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "reservations_concert_fan_idx" ON "reservations" USING btree ("concert_id","user_id");--> statement-breakpoint
CREATE INDEX "seats_concert_id_performance_id_index" ON "seats" USING btree ("concert_id","performance_id");--> statement-breakpoint
CREATE UNIQUE INDEX "queue_entries_live_key" ON "queue_entries" USING btree ("concert_id","user_id") WHERE "queue_entries"."status" in ('lobby', 'waiting', 'admitted');--> statement-breakpoint
CREATE UNIQUE INDEX "queue_entries_number_key" ON "queue_entries" USING btree ("concert_id","number");--> statement-breakpoint
CREATE INDEX "queue_entries_waiting_idx" ON "queue_entries" USING btree ("concert_id","number") WHERE "queue_entries"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX "queue_entries_admitted_idx" ON "queue_entries" USING btree ("concert_id","admitted_until") WHERE "queue_entries"."status" = 'admitted';--> statement-breakpoint
CREATE UNIQUE INDEX "tickets_seat_key" ON "tickets" USING btree ("concert_id","seat_id") WHERE "tickets"."status" <> 'void';--> statement-breakpoint
CREATE INDEX "tickets_fan_idx" ON "tickets" USING btree ("user_id","issued_at");--> statement-breakpoint
CREATE INDEX "tickets_reservation_idx" ON "tickets" USING btree ("concert_id","reservation_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age_idx" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "ledger_entries_wallet_idx" ON "ledger_entries" USING btree ("user_id","created_at") WHERE "ledger_entries"."account" = 'wallet';--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_reservation_key" ON "ledger_entries" USING btree ("user_id","reservation_id","kind","account") WHERE "ledger_entries"."reservation_id" is not null;