import { useTranslations } from "next-intl";
import { Notice } from "@/components/ui/notice";
import type { InputProblem } from "@/lib/core/errors";

/** Every problem of an import file with the place it stands at. */
export function ProblemTable({ problems }: { problems: InputProblem[] }) {
  const t = useTranslations("organizer.import");
  return (
    <Notice tone="error" title={t("problems", { count: problems.length })}>
      <p>{t("problemsText")}</p>
      <div className="mt-3 max-h-96 overflow-auto">
        <table className="w-full text-left text-sm">
          <thead>
            <tr className="border-line-strong border-b">
              <th scope="col" className="py-2 pr-4">
                {t("path")}
              </th>
              <th scope="col" className="py-2">
                {t("problem")}
              </th>
            </tr>
          </thead>
          <tbody>
            {problems.map(({ path, message }) => (
              <tr key={`${path} ${message}`} className="border-line border-b align-top">
                <td className="py-2 pr-4 font-mono">{path || "·"}</td>
                <td className="py-2">{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Notice>
  );
}
