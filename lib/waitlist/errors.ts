import { AppError } from "@/lib/core/errors";

export const stillOnSale = () => new AppError("conflict", "Such seats are on sale: reserve them instead of waiting.");

export const waitsForOthers = () =>
  new AppError("conflict", "You are on this waitlist for other seats; leave it to ask for these.");
