import { useTranslations } from "next-intl";
import { Money } from "@/components/ui/money";
import type { Reservation } from "@/lib/booking/schema";

/** The seats of a reservation with the prices that they were promised for, and their sum. */
export function SeatLines({ reservation }: { reservation: Pick<Reservation, "seats" | "amount" | "currency"> }) {
  const t = useTranslations("payment");
  const common = useTranslations("common");
  const { seats, amount, currency } = reservation;
  return (
    <div>
      <ul className="divide-y divide-line border-line border-y">
        {seats.map((seat) => (
          <li key={seat.id} className="flex items-baseline justify-between gap-4 py-3.5">
            <div>
              <p className="font-semibold">
                {common("seat", { section: seat.section, row: seat.row, number: seat.number })}
              </p>
              <p className="text-muted text-sm">{seat.tier}</p>
            </div>
            <p>
              <Money amount={seat.price} currency={currency} />
            </p>
          </li>
        ))}
      </ul>
      <p className="flex items-baseline justify-between gap-4 pt-4 font-bold">
        <span>{t("total", { count: seats.length })}</span>
        <span className="text-2xl tracking-[-0.03em]">
          <Money amount={amount} currency={currency} />
        </span>
      </p>
    </div>
  );
}
