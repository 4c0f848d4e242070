import { idOf } from "./input";

type Asking = { params: { concertId: string; reservationId: string }; caller: { userId: string } };

/** Which reservation a path names and who asks for it. */
export const whose = ({ params, caller }: Asking) => ({
  concertId: idOf(params.concertId, "reservation"),
  reservationId: idOf(params.reservationId, "reservation"),
  userId: caller.userId,
});
