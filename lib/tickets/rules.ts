/** How long a performance is taken to last, in minutes. An import document says only when it starts. */
export const ASSUMED_MINUTES = 150;

/** The name of a ticket's file: the id and nothing that somebody typed, so that no header can be broken with it. */
export const ticketFileName = (ticketId: string, extension: "svg" | "ics" | "pdf"): string =>
  `ticket-${ticketId.replace(/[^0-9a-f-]/gi, "")}.${extension}`;

/** How long a transfer's link is good, in hours; never beyond the start of the performance. */
export const TRANSFER_HOURS = 48;

/** Where a transfer's link leads. Behind `#` the token reaches no server, log or referrer. */
export const claimPath = (token: string): string => `/tickets/claim#${token}`;
