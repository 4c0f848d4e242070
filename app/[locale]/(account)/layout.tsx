import type { ReactNode } from "react";
import { PrivateData } from "@/components/private-data";

/** The fan's own pages: the same shell for everybody, filled by the browser. */
export default function AccountLayout({ children }: { children: ReactNode }) {
  return <PrivateData>{children}</PrivateData>;
}
