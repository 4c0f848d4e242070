"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { read } from "@/components/api-client";
import { isProblem } from "@/components/api-problem";
import { useProblemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Field, fieldProps, Input } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { useRouter } from "@/i18n/navigation";
import { AlreadySignedIn } from "./already-signed-in";
import { signIn } from "./credentials";
import { nextPath } from "./go-on";
import { OtherForm } from "./other-form";
import { PasswordInput } from "./password-input";
import { useSession } from "./session";

const FIELDS = ["name", "email", "password"] as const;
type FieldName = (typeof FIELDS)[number];
type Problems = Partial<Record<FieldName, true>>;

/** Registers, signs in and goes on to where the fan was heading. */
export function SignUpForm() {
  const t = useTranslations("auth");
  const problemText = useProblemText();
  const router = useRouter();
  const session = useSession();
  const [pending, setPending] = useState(false);
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState<string | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    const [name, email, password] = FIELDS.map((field) => String(form.get(field))) as [string, string, string];
    setPending(true);
    setProblems({});
    setRefusal(null);
    try {
      await read("/users", { method: "POST", body: { email, password, name } });
      const outcome = await signIn({ email, password });
      if (outcome === "signed-in") router.replace(nextPath());
      else router.replace("/sign-in");
    } catch (error) {
      if (isProblem(error, "invalid_request")) setProblems(problemsOf(error.extra.errors));
      else setRefusal(isProblem(error, "conflict") ? t("signUp.taken") : problemText(error));
      setPending(false);
    }
  }

  const error = (field: FieldName) => (problems[field] ? t(`problem.${field}`) : undefined);
  const nameHint = t("field.nameHint");
  const passwordHint = t("field.passwordHint");
  if (session.status === "signed-in" && !pending) return <AlreadySignedIn name={session.user.name} />;
  return (
    <form onSubmit={submit} method="post" className="space-y-5">
      {refusal && <Notice tone="error">{refusal}</Notice>}
      <Field id="name" label={t("field.name")} hint={nameHint} error={error("name")}>
        <Input
          {...fieldProps("name", { hint: nameHint, error: error("name") })}
          name="name"
          autoComplete="name"
          required
          maxLength={80}
        />
      </Field>
      <Field id="email" label={t("field.email")} error={error("email")}>
        <Input
          {...fieldProps("email", { error: error("email") })}
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
        />
      </Field>
      <Field id="password" label={t("field.password")} hint={passwordHint} error={error("password")}>
        <PasswordInput
          {...fieldProps("password", { hint: passwordHint, error: error("password") })}
          name="password"
          autoComplete="new-password"
          required
          minLength={8}
          maxLength={200}
          texts={{ show: t("field.show"), hide: t("field.hide") }}
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" block pending={pending}>
        {t("signUp.submit")}
      </Button>
      <OtherForm href="/sign-in" question={t("signUp.other")} link={t("signUp.otherLink")} />
    </form>
  );
}

/** Which fields the server found wrong; its words are for developers, ours are for the fan. */
function problemsOf(errors: unknown): Problems {
  const found: Problems = {};
  if (!Array.isArray(errors)) return found;
  for (const { path } of errors as { path?: unknown }[]) {
    const field = FIELDS.find((name) => path === name);
    if (field) found[field] = true;
  }
  return found;
}
