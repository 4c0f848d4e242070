CREATE TABLE "ticket_transfers" (
	"concert_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"ticket_id" uuid NOT NULL,
	"serial" integer NOT NULL,
	"from_user_id" uuid NOT NULL,
	"to_user_id" uuid,
	"created_at" timestamp (6) with time zone NOT NULL,
	"expires_at" timestamp (6) with time zone NOT NULL,
	"claimed_at" timestamp (6) with time zone,
	"revoked_at" timestamp (6) with time zone,
	CONSTRAINT "ticket_transfers_concert_id_id_pk" PRIMARY KEY("concert_id","id")
);
--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "serial" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "ticket_transfers" ADD CONSTRAINT "ticket_transfers_concert_id_ticket_id_tickets_concert_id_id_fk" FOREIGN KEY ("concert_id","ticket_id") REFERENCES "public"."tickets"("concert_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "ticket_transfers_open_key" ON "ticket_transfers" USING btree ("concert_id","ticket_id") WHERE "ticket_transfers"."claimed_at" is null and "ticket_transfers"."revoked_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "ticket_transfers_claimed_key" ON "ticket_transfers" USING btree ("concert_id","ticket_id","serial") WHERE "ticket_transfers"."claimed_at" is not null;--> statement-breakpoint
CREATE INDEX "ticket_transfers_given_idx" ON "ticket_transfers" USING btree ("from_user_id","claimed_at") WHERE "ticket_transfers"."claimed_at" is not null;