DROP INDEX "queue_entries_admitted_idx";--> statement-breakpoint
CREATE INDEX "queue_entries_inside_idx" ON "queue_entries" USING btree ("concert_id") WHERE "queue_entries"."status" = 'admitted';--> statement-breakpoint
-- Room on each page for the new versions of its rows: an update that finds room there touches no index. A seat is
-- updated twice on its way (held, sold), an entry three times (admitted, claimed, completed).
ALTER TABLE "seats" SET (fillfactor = 60);--> statement-breakpoint
ALTER TABLE "queue_entries" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "reservations" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "wallets" SET (fillfactor = 80);
