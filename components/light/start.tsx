import { type IntlProvider, NextIntlClientProvider } from "next-intl";
import { Component, type ComponentProps, type ComponentType, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { Failure } from "@/components/shell/failure";
import { ISLANDS, type IslandName } from "./islands";

/** What stands in place of an island that failed: the way a whole page does it. */
class Guard extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failure error={this.state.error} retry={() => window.location.reload()} />;
  }
}

type Data = { props: object; intl: ComponentProps<typeof IntlProvider> };

/** Brings each island of a light page alive from the data beside it. */
for (const place of document.querySelectorAll<HTMLElement>("[data-island]")) {
  const data = place.querySelector(":scope > script[type='application/json']")?.textContent;
  const Island = ISLANDS[place.dataset.island as IslandName] as ComponentType<object> | undefined;
  if (!data || !Island) continue;
  const { props, intl } = JSON.parse(data) as Data;
  createRoot(place).render(
    <Guard>
      <NextIntlClientProvider {...intl}>
        <Island {...props} />
      </NextIntlClientProvider>
    </Guard>,
  );
}
