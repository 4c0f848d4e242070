"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/card";
import { useRouter } from "@/i18n/navigation";
import { signOut } from "./credentials";
import { nextPath } from "./go-on";

/** In place of the form for whoever is signed in. */
export function AlreadySignedIn({ name }: { name: string }) {
  const t = useTranslations("auth.already");
  const router = useRouter();
  return (
    <Panel className="space-y-5">
      <p className="font-semibold">{t("title", { name })}</p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => router.replace(nextPath())}>{t("continue")}</Button>
        <Button variant="ghost" onClick={() => void signOut()}>
          {t("signOut")}
        </Button>
      </div>
    </Panel>
  );
}
