CREATE TABLE "refunded_tickets" (
	"concert_id" uuid NOT NULL,
	"ticket_id" uuid NOT NULL,
	"refund_id" uuid NOT NULL,
	CONSTRAINT "refunded_tickets_concert_id_ticket_id_pk" PRIMARY KEY("concert_id","ticket_id")
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"reservation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"seats" jsonb NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"made_by" uuid,
	"reason" text,
	"refunded_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "refunds_concert_id_id_pk" PRIMARY KEY("concert_id","id"),
	CONSTRAINT "refunds_amount_check" CHECK ("refunds"."amount" >= 0),
	CONSTRAINT "refunds_reason_check" CHECK (("refunds"."made_by" is null) = ("refunds"."reason" is null))
);
--> statement-breakpoint
CREATE TABLE "provider_events" (
	"user_id" uuid NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"top_up_id" uuid NOT NULL,
	"received_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "provider_events_user_id_event_id_pk" PRIMARY KEY("user_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "top_up_reversals" (
	"user_id" uuid NOT NULL,
	"top_up_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"amount" bigint NOT NULL,
	"is_final" boolean NOT NULL,
	CONSTRAINT "top_up_reversals_user_id_top_up_id_reference_pk" PRIMARY KEY("user_id","top_up_id","reference"),
	CONSTRAINT "top_up_reversals_amount_check" CHECK ("top_up_reversals"."amount" >= 0)
);
--> statement-breakpoint
CREATE TABLE "top_ups" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"provider" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"request_key" text,
	"reference" text,
	"url" text,
	"credited_amount" bigint,
	"created_at" timestamp (6) with time zone NOT NULL,
	"settled_at" timestamp (6) with time zone,
	"check_at" timestamp (6) with time zone,
	"checks" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "top_ups_user_id_id_pk" PRIMARY KEY("user_id","id"),
	CONSTRAINT "top_ups_request_key" UNIQUE("user_id","request_key"),
	CONSTRAINT "top_ups_amount_check" CHECK ("top_ups"."amount" > 0),
	CONSTRAINT "top_ups_credited_check" CHECK (("top_ups"."status" = 'credited') = ("top_ups"."credited_amount" is not null))
);
--> statement-breakpoint
DROP INDEX "ledger_entries_reservation_key";--> statement-breakpoint
ALTER TABLE "reservations" ADD COLUMN "refunded_seats" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD COLUMN "refund_id" uuid;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD COLUMN "top_up_id" uuid;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD COLUMN "made_by" uuid;--> statement-breakpoint
ALTER TABLE "wallets" ADD COLUMN "top_up_day" date;--> statement-breakpoint
ALTER TABLE "wallets" ADD COLUMN "top_up_day_amount" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "refunded_tickets" ADD CONSTRAINT "refunded_tickets_concert_id_ticket_id_tickets_concert_id_id_fk" FOREIGN KEY ("concert_id","ticket_id") REFERENCES "public"."tickets"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunded_tickets" ADD CONSTRAINT "refunded_tickets_concert_id_refund_id_refunds_concert_id_id_fk" FOREIGN KEY ("concert_id","refund_id") REFERENCES "public"."refunds"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_concert_id_reservation_id_reservations_concert_id_id_fk" FOREIGN KEY ("concert_id","reservation_id") REFERENCES "public"."reservations"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_events" ADD CONSTRAINT "provider_events_user_id_top_up_id_top_ups_user_id_id_fk" FOREIGN KEY ("user_id","top_up_id") REFERENCES "public"."top_ups"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "top_up_reversals" ADD CONSTRAINT "top_up_reversals_user_id_top_up_id_top_ups_user_id_id_fk" FOREIGN KEY ("user_id","top_up_id") REFERENCES "public"."top_ups"("user_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "top_ups" ADD CONSTRAINT "top_ups_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "refunds_reservation_idx" ON "refunds" USING btree ("concert_id","reservation_id");--> statement-breakpoint
CREATE INDEX "top_ups_check_idx" ON "top_ups" USING btree ("check_at") WHERE "top_ups"."check_at" is not null;--> statement-breakpoint
CREATE INDEX "top_ups_pending_idx" ON "top_ups" USING btree ("user_id") WHERE "top_ups"."status" = 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_payment_key" ON "ledger_entries" USING btree ("user_id","reservation_id","account") WHERE "ledger_entries"."kind" = 'payment';--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_refund_key" ON "ledger_entries" USING btree ("user_id","refund_id","account") WHERE "ledger_entries"."refund_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_entries_top_up_key" ON "ledger_entries" USING btree ("user_id","top_up_id","account") WHERE "ledger_entries"."kind" = 'top_up' and "ledger_entries"."top_up_id" is not null;--> statement-breakpoint
CREATE INDEX "ledger_entries_receivable_idx" ON "ledger_entries" USING btree ("user_id") WHERE "ledger_entries"."account" = 'receivable';--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_adjustment_check" CHECK (("ledger_entries"."kind" = 'adjustment') = ("ledger_entries"."reason" is not null) and ("ledger_entries"."kind" = 'adjustment') = ("ledger_entries"."made_by" is not null));