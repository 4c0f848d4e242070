import { PageHeading } from "@/components/ui/page-heading";
import { openLocale } from "@/i18n/params";

export default async function ConcertsPage({ params }: { params: Promise<{ locale: string }> }) {
  await openLocale(params);
  return (
    <div className="page-width">
      <PageHeading title="Frontrow" />
    </div>
  );
}
