ALTER TABLE "queue_draws" DROP CONSTRAINT "queue_draws_places_check";--> statement-breakpoint
CREATE UNIQUE INDEX "queue_draw_places_entry_key" ON "queue_draw_places" USING btree ("concert_id","entry_id");--> statement-breakpoint
ALTER TABLE "queue_draws" DROP COLUMN "numbered";--> statement-breakpoint
ALTER TABLE "queues" DROP COLUMN "lobby_count";--> statement-breakpoint
ALTER TABLE "queue_draws" ADD CONSTRAINT "queue_draws_places_check" CHECK ("queue_draws"."places" <= "queue_draws"."reserved");