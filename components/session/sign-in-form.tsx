"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useRouter } from "@/i18n/navigation";
import { AlreadySignedIn } from "./already-signed-in";
import { type SignInOutcome, signIn } from "./credentials";
import { nextPath } from "./go-on";
import { OtherForm } from "./other-form";
import { PasswordInput } from "./password-input";
import { useSession } from "./session";

const REFUSAL = {
  "wrong-credentials": "signIn.wrong",
  "rate-limited": "signIn.rateLimited",
  unavailable: "signIn.unavailable",
} as const;

/** Signs in and goes on to where the fan was heading. */
export function SignInForm() {
  const t = useTranslations("auth");
  const router = useRouter();
  const session = useSession();
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Exclude<SignInOutcome, "signed-in"> | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const fields = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    const outcome = await signIn({ email: String(fields.get("email")), password: String(fields.get("password")) });
    if (outcome === "signed-in") router.replace(nextPath());
    else {
      setRefusal(outcome);
      setPending(false);
    }
  }

  if (session.status === "signed-in" && !pending) return <AlreadySignedIn name={session.user.name} />;
  return (
    <form onSubmit={submit} method="post" className="space-y-5">
      {refusal && <Notice tone="error">{t(REFUSAL[refusal])}</Notice>}
      <Field id="email" label={t("field.email")}>
        <Input {...fieldProps("email")} name="email" type="email" autoComplete="username" required maxLength={254} />
      </Field>
      <Field id="password" label={t("field.password")}>
        <PasswordInput
          {...fieldProps("password")}
          name="password"
          autoComplete="current-password"
          required
          maxLength={200}
          texts={{ show: t("field.show"), hide: t("field.hide") }}
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" block pending={pending}>
        {t("signIn.submit")}
      </Button>
      <OtherForm href="/sign-up" question={t("signIn.other")} link={t("signIn.otherLink")} />
    </form>
  );
}
