// The service does not answer: what that means, what to do, and that it is being tried again.

import PlugZap from "lucide-solid/icons/plug-zap";
import type { JSX } from "solid-js";
import type { Trouble } from "../generated/app";
import { HelpButton } from "../parts/help";
import { t, words } from "../words";

export function OfflineScreen(props: { trouble: Trouble }): JSX.Element {
  return (
    <main class="middle">
      <section class="card card-narrow" aria-labelledby="offline-title" role="alert">
        <div class="badge badge-amber" aria-hidden="true">
          <PlugZap />
        </div>
        <h1 id="offline-title">{t("offline-title")}</h1>
        <p>{words().trouble(props.trouble)}</p>
        <p class="soft">{t("offline-means")}</p>
        <p class="trying">
          <span class="pulse" aria-hidden="true" />
          {t("offline-trying")}
        </p>
        <HelpButton numbers={[]} />
      </section>
    </main>
  );
}
