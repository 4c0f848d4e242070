/** Next generates the same while it builds; this is for checks that come before. */
declare module "next/root-params" {
  export function locale(): Promise<string | undefined>;
}
