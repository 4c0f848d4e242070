import { type Db, statement } from "@/db/client";

const insert = statement<never>(
  "auth_create_fans",
  `with addresses as (
     insert into user_emails (email, user_id) select * from unnest($2::text[], $1::uuid[])
   )
   insert into users (id, email, name, role) select fan.*, 'fan' from unnest($1::uuid[], $2::text[], $3::text[]) as fan`,
);

/**
 * Makes many accounts at once, in one statement. They have no password: only a token that we issue opens them. Ids and
 * addresses must be new, the addresses as `emailSchema` leaves them.
 */
export async function createFans(db: Db, fans: { id: string; email: string; name: string }[]): Promise<void> {
  await insert(db, [fans.map((fan) => fan.id), fans.map((fan) => fan.email), fans.map((fan) => fan.name)]);
}
