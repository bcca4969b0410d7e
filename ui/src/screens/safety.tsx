// Safety: what could let a child around the limits, whether the log is whole, and the backups.

import Archive from "lucide-solid/icons/archive";
import FileCheck from "lucide-solid/icons/file-check";
import RotateCcw from "lucide-solid/icons/rotate-ccw";
import ShieldCheck from "lucide-solid/icons/shield-check";
import { createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { ask } from "../backend";
import type { BackupView, Finding, ServiceInfo } from "../generated/protocol";
import { Button, Dialog } from "../parts/controls";
import { Note, TroubleNote, Waiting } from "../parts/notes";
import { deed, live, order } from "../state";
import { local, t, words } from "../words";
import { Privacy } from "./privacy";

export function Safety(props: { info: ServiceInfo }): JSX.Element {
  return (
    <>
      <Show when={props.info.troubles.length > 0}>
        <Note kind="warning" title={t("safety-troubles")}>
          <For each={props.info.troubles}>{(trouble) => <p>{words().finding(trouble)}</p>}</For>
        </Note>
      </Show>
      <Findings />
      <Log />
      <Privacy />
      <Backups />
    </>
  );
}

function Findings(): JSX.Element {
  const report = live(() => ask({ ask: "doctor" }, "doctor"), null);
  const open = () => report.value()?.findings.filter((finding) => finding.severity !== "ok") ?? [];
  const good = () => report.value()?.findings.filter((finding) => finding.severity === "ok") ?? [];
  const worst = () => open()[0]?.severity ?? "ok";
  return (
    <section class="card stack" aria-labelledby="safety-check">
      <header class="section-head">
        <ShieldCheck aria-hidden="true" />
        <h2 id="safety-check">{t("safety-check")}</h2>
        <Button look="quiet" onClick={() => report.refresh()}>
          {t("check-again")}
        </Button>
      </header>
      <TroubleNote trouble={report.trouble()} />
      <Show when={report.value()} fallback={<Waiting rows={2} />}>
        <p class="answer">{t("safety-answer", { worst: worst(), count: open().length })}</p>
        <ul class="findings">
          <For each={open()}>{(finding) => <FindingRow finding={finding} />}</For>
        </ul>
        <Show when={good().length > 0}>
          <details>
            <summary>{t("safety-good", { count: good().length })}</summary>
            <ul class="findings">
              <For each={good()}>{(finding) => <FindingRow finding={finding} />}</For>
            </ul>
          </details>
        </Show>
      </Show>
    </section>
  );
}

function FindingRow(props: { finding: Finding }): JSX.Element {
  const tone = () =>
    ({ ok: "leaf", advice: "plain", weak: "amber", broken: "coral" })[props.finding.severity];
  return (
    <li class="finding">
      <span class={`tag tag-${tone()}`}>{t("severity", { severity: props.finding.severity })}</span>
      <div>
        <strong>{words().finding(props.finding)}</strong>
        <Show when={props.finding.severity !== "ok"}>
          <p class="soft">{words().remedy(props.finding)}</p>
        </Show>
      </div>
    </li>
  );
}

function moment(at: string): string {
  const zone = Intl.DateTimeFormat("en-GB").resolvedOptions().timeZone;
  const seen = local(new Date(at), zone);
  return `${words().date(seen.day)}, ${seen.time}`;
}

function Log(): JSX.Element {
  const lines = live(() => ask({ ask: "audit", limit: 30, before: null }, "audit"), null);
  const [verified, setVerified] = createSignal<{ entries: number; broken_at: number | null } | null>(null);
  const checking = deed();
  return (
    <section class="card stack" aria-labelledby="safety-log">
      <header class="section-head">
        <FileCheck aria-hidden="true" />
        <h2 id="safety-log">{t("safety-log")}</h2>
        <Button
          busy={checking.busy()}
          onClick={() =>
            checking.run(async () => setVerified(await ask({ ask: "verify-audit" }, "audit-verified")))
          }
        >
          {t("log-verify")}
        </Button>
      </header>
      <p class="soft">{t("safety-log-words")}</p>
      <TroubleNote trouble={checking.trouble() ?? lines.trouble()} />
      <Show when={verified()}>
        {(result) => (
          <Switch>
            <Match when={result().broken_at === null}>
              <Note kind="good" title={t("log-whole", { count: result().entries })} />
            </Match>
            <Match when={result().broken_at !== null}>
              <Note kind="bad" title={t("log-broken", { at: result().broken_at ?? 0 })}>
                <p>{t("log-broken-words")}</p>
              </Note>
            </Match>
          </Switch>
        )}
      </Show>
      <Show when={lines.value()} fallback={<Waiting rows={2} />}>
        {(all) => (
          <details>
            <summary>{t("log-lines", { count: all().length })}</summary>
            <div class="table-scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("log-when")}</th>
                    <th scope="col">{t("log-who")}</th>
                    <th scope="col">{t("log-what")}</th>
                  </tr>
                </thead>
                <tbody>
                  <For each={all()}>
                    {(line) => (
                      <tr>
                        <td>{moment(line.at)}</td>
                        <td>{line.actor}</td>
                        <td lang="en">{line.detail}</td>
                      </tr>
                    )}
                  </For>
                </tbody>
              </table>
            </div>
          </details>
        )}
      </Show>
    </section>
  );
}

function Backups(): JSX.Element {
  const backups = live(() => ask({ ask: "backups" }, "backups"), null);
  const [restoring, setRestoring] = createSignal<BackupView | null>(null);
  const [said, setSaid] = createSignal<string | null>(null);
  const doing = deed();
  const make = async () => {
    if (await doing.run(() => ask({ ask: "backup" }, "backup"))) {
      setSaid(t("backup-is-made"));
      await backups.refresh();
    }
  };
  const restore = async (backup: BackupView) => {
    if (await doing.run(() => order({ ask: "restore", name: backup.name }))) {
      setRestoring(null);
      setSaid(t("backup-is-restored", { at: moment(backup.at) }));
    }
  };
  return (
    <section class="card stack" aria-labelledby="safety-backup">
      <header class="section-head">
        <Archive aria-hidden="true" />
        <h2 id="safety-backup">{t("safety-backup")}</h2>
        <Button busy={doing.busy()} onClick={make}>
          {t("backup-now")}
        </Button>
      </header>
      <p class="soft">{t("safety-backup-words")}</p>
      <Show when={said()}>{(words) => <Note kind="good" title={words()} />}</Show>
      <TroubleNote trouble={(restoring() ? null : doing.trouble()) ?? backups.trouble()} />
      <Show when={backups.value()} fallback={<Waiting rows={1} />}>
        {(all) => (
          <Show when={all().length > 0} fallback={<p>{t("backup-none")}</p>}>
            <ul class="backups">
              <For each={all()}>
                {(backup) => (
                  <li>
                    <span>{moment(backup.at)}</span>
                    <span class="soft">{t("kilobytes", { count: Math.ceil(backup.size / 1024) })}</span>
                    <Button look="quiet" onClick={() => setRestoring(backup)}>
                      <RotateCcw aria-hidden="true" />
                      {t("backup-restore")}
                    </Button>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        )}
      </Show>
      <Dialog
        open={restoring() !== null}
        onClose={() => setRestoring(null)}
        title={t("backup-restore-title")}
      >
        <Show when={restoring()}>
          {(backup) => (
            <div class="stack">
              <p>{t("backup-restore-words", { at: moment(backup().at) })}</p>
              <TroubleNote trouble={doing.trouble()} />
              <div class="row row-end">
                <Button onClick={() => setRestoring(null)}>{t("cancel")}</Button>
                <Button look="danger" busy={doing.busy()} onClick={() => restore(backup())}>
                  {t("backup-restore")}
                </Button>
              </div>
            </div>
          )}
        </Show>
      </Dialog>
    </section>
  );
}
