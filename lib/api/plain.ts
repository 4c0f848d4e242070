/** An id as we write it. */
export const PLAIN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A host that no URL reads in another way. */
export const PLAIN_HOST = /^[\w.-]+(:\d{1,5})?$/;
