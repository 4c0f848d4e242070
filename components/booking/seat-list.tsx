"use client";

import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Card } from "@/components/ui/card";
import { Field, Select } from "@/components/ui/field";
import { formatMoney } from "@/lib/core/money";
import { type Block, type Hall, seatIndex } from "./hall-layout";
import type { SaleConcert } from "./sale-concert";
import { SEAT, type SeatStore } from "./seat-store";

type Props = {
  concert: SaleConcert;
  hall: Hall;
  store: SeatStore;
  version: number;
  onlyTier: string | null;
  selected: ReadonlySet<number>;
  onPick: (index: number) => void;
};

/** The hall as a list: section, row, seat. Everything the map can do, for keyboards and screen readers. */
export function SeatList({ concert, hall, store, onlyTier, selected, onPick }: Props) {
  const t = useTranslations("booking.list");
  const locale = useLocale();
  const [sectionName, setSectionName] = useState("");
  const [rowWanted, setRow] = useState(1);
  const blocks = hall.blocks.filter((block) => onlyTier === null || block.tier === onlyTier);
  const block = blocks.find(({ name }) => name === sectionName) ?? null;
  const price = (tier: string) => {
    const amount = concert.tiers.find(({ name }) => name === tier)?.price ?? 0;
    return formatMoney(amount, concert.currency, locale);
  };
  const row = block ? Math.min(rowWanted, block.rows) : 1;
  return (
    <Card className="space-y-5">
      <Field id="list-section" label={t("section")}>
        <Select id="list-section" value={block?.name ?? ""} onChange={(event) => setSectionName(event.target.value)}>
          <option value="">{t("chooseSection")}</option>
          {blocks.map(({ name, tier, section }) => (
            <option key={name} value={name}>
              {t("sectionOption", { section: name, tier, price: price(tier), count: store.left[section] ?? 0 })}
            </option>
          ))}
        </Select>
      </Field>
      {block && block.rows > 1 && (
        <Field id="list-row" label={t("row")}>
          <Select id="list-row" value={row} onChange={(event) => setRow(Number(event.target.value))}>
            {Array.from({ length: block.rows }, (_, at) => at + 1).map((one) => (
              <option key={one} value={one}>
                {t("rowOption", { row: one, count: freeIn(store, block, one) })}
              </option>
            ))}
          </Select>
        </Field>
      )}
      {block && <Row block={block} row={row} store={store} selected={selected} onPick={onPick} />}
    </Card>
  );
}

type RowProps = Pick<Props, "store" | "selected" | "onPick"> & { block: Block; row: number };

function Row({ block, row, store, selected, onPick }: RowProps) {
  const t = useTranslations("booking.list");
  return (
    <fieldset>
      <legend className="mb-2 font-semibold text-sm">{t("seats")}</legend>
      {freeIn(store, block, row) === 0 && <p className="text-muted">{t("none")}</p>}
      <div className="flex flex-wrap gap-2">
        {Array.from({ length: block.seatsPerRow }, (_, at) => at + 1).map((number) => {
          const index = seatIndex(block, row, number);
          const isChosen = selected.has(index);
          const isFree = store.stateOf(index) === SEAT.available;
          return (
            <button
              key={number}
              type="button"
              aria-pressed={isChosen}
              aria-label={t("number", { number })}
              disabled={!isFree && !isChosen}
              onClick={() => onPick(index)}
              className="grid size-11 place-items-center rounded-control border border-line-strong font-semibold text-sm tabular-nums disabled:border-line disabled:text-muted disabled:line-through aria-pressed:border-ink aria-pressed:bg-ink aria-pressed:text-paper"
            >
              {number}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}

function freeIn(store: SeatStore, block: Block, row: number): number {
  let free = 0;
  for (let number = 1; number <= block.seatsPerRow; number += 1) {
    if (store.stateOf(seatIndex(block, row, number)) === SEAT.available) free += 1;
  }
  return free;
}
