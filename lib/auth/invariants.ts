import type { Invariant } from "@/lib/core/invariant";

export const authInvariants: Invariant[] = [
  {
    name: "address-of-one-account",
    says: "Every address leads to the account that has it, and every account is found by its address.",
    sql: `
      select coalesce(u.id, e.user_id)::text as id,
             case when u.id is null then 'an address leads to no account'
                  when e.user_id is null then 'its address leads nowhere'
                  else 'its address is written in two ways' end as why
      from users u full join user_emails e on e.user_id = u.id
      where u.id is null or e.user_id is null or u.email <> e.email`,
  },
];
