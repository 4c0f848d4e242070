ALTER TABLE "queue_departures" DROP CONSTRAINT "queue_departures_concert_id_queues_concert_id_fk";
--> statement-breakpoint
ALTER TABLE "queue_entries" DROP CONSTRAINT "queue_entries_concert_id_queues_concert_id_fk";
--> statement-breakpoint
DROP INDEX "queue_entries_waiting_idx";