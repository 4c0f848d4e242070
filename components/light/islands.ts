import type { ComponentProps } from "react";
import { WaitingRoom } from "@/components/queue/waiting-room";
import { SiteMenu } from "@/components/shell/site-menu";

/** Every client component of the pages that are served light. */
export const ISLANDS = { "site-menu": SiteMenu, "waiting-room": WaitingRoom } as const;

export type IslandName = keyof typeof ISLANDS;
export type IslandProps<Name extends IslandName> = ComponentProps<(typeof ISLANDS)[Name]>;
