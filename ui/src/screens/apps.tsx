// Programs: the new ones to sort first, then all that are known, with what each is and how Lanh knows.

import ChevronRight from "lucide-solid/icons/chevron-right";
import PackageSearch from "lucide-solid/icons/package-search";
import RefreshCw from "lucide-solid/icons/refresh-cw";
import Search from "lucide-solid/icons/search";
import {
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  on,
  onCleanup,
  onMount,
  Show,
  Switch,
} from "solid-js";
import { ask } from "../backend";
import type { AppView, CategoryView, Question } from "../generated/protocol";
import { CATEGORIES, CategoryPicture, CategoryTile, ratingMark } from "../parts/categories";
import { Button, Choices, Dialog, Field, Select } from "../parts/controls";
import { Empty, Note, TroubleNote, Waiting } from "../parts/notes";
import { say } from "../parts/toasts";
import { type Deed, deed, live } from "../state";
import { type Clock, capitalised, t, words } from "../words";

/** Letters without their marks, so that "hoc" finds "Học". */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}

export function found(apps: AppView[], text: string, category: CategoryView | "all"): AppView[] {
  const wanted = plain(text.trim());
  return apps.filter(
    (app) => (category === "all" || app.category === category) && plain(app.name).includes(wanted),
  );
}

/** The question that puts a program back to what it was: what a guardian had decided, or what Lanh finds. */
function back(before: AppView, what: { category: boolean; rating: boolean }): Question {
  const category = before.basis === "guardian" ? before.category : "none";
  const rating =
    before.rating_basis === "guardian" && before.rating !== null ? String(before.rating) : "none";
  return {
    ask: "put-app",
    app: before.id,
    category: what.category ? category : null,
    rating: what.rating ? rating : null,
  };
}

export function Apps(props: { clock: Clock }): JSX.Element {
  const all = live(async () => {
    const [known, unsorted] = await Promise.all([
      ask({ ask: "apps", unsorted: false }, "apps"),
      ask({ ask: "apps", unsorted: true }, "apps"),
    ]);
    return { known, unsorted };
  }, null);
  const looking = deed();
  const putting = deed();
  const [opened, setOpened] = createSignal<AppView | null>(null);
  const known = () => all.value()?.known ?? [];
  const unsorted = () => all.value()?.unsorted ?? [];

  const put = async (app: AppView, category: CategoryView | null, rating: string | null) => {
    const done = await putting.run(() => ask({ ask: "put-app", app: app.id, category, rating }, "app"));
    if (!done) return false;
    await all.refresh();
    return true;
  };
  const takeBack = async (before: AppView, what: { category: boolean; rating: boolean }) => {
    await ask(back(before, what), "app");
    await all.refresh();
  };
  const lookAgain = async () => {
    const before = known().length;
    if (await looking.run(() => ask({ ask: "rescan-apps" }, "apps"))) {
      await all.refresh();
      say({ title: t("apps-looked", { count: Math.max(0, known().length - before) }) });
    }
  };
  return (
    <>
      <div class="section-head">
        <p class="answer apps-answer" aria-live="polite">
          <Show when={all.value()}>
            {t("apps-answer", { count: known().length, unsorted: unsorted().length })}
          </Show>
        </p>
        <Button look="quiet" busy={looking.busy()} onClick={lookAgain}>
          <RefreshCw aria-hidden="true" />
          {t("apps-look-again")}
        </Button>
      </div>
      <TroubleNote trouble={(opened() ? null : putting.trouble()) ?? looking.trouble() ?? all.trouble()} />
      <Switch fallback={<Show when={!all.trouble()}>{<Waiting rows={4} />}</Show>}>
        <Match when={all.value() && known().length === 0}>
          <Empty title={t("apps-empty")} icon={<PackageSearch />}>
            <p>{t("apps-empty-words")}</p>
          </Empty>
        </Match>
        <Match when={all.value()}>
          <Show when={unsorted().length > 0}>
            <Sorting
              apps={unsorted()}
              clock={props.clock}
              busy={putting.busy()}
              onSort={(app, category) => put(app, category, null)}
              onBack={(app) => takeBack(app, { category: true, rating: false })}
            />
          </Show>
          <List apps={known()} clock={props.clock} onOpen={setOpened} />
        </Match>
      </Switch>
      <Dialog open={opened() !== null} onClose={() => setOpened(null)} title={opened()?.name ?? ""}>
        <Show when={opened()} keyed>
          {(app) => (
            <One
              app={app}
              clock={props.clock}
              putting={putting}
              onCancel={() => setOpened(null)}
              onPut={async (category, rating) => {
                if (!(await put(app, category, rating))) return;
                setOpened(null);
                const now = known().find((one) => one.id === app.id) ?? app;
                say({
                  title: t("app-is", {
                    app: now.name,
                    category: words().category(now.category),
                    rating: now.rating === null ? "none" : ratingMark(now.rating),
                  }),
                  detail: t("app-at-once"),
                  undo: () => takeBack(app, { category: category !== null, rating: rating !== null }),
                });
              }}
            />
          )}
        </Show>
      </Dialog>
    </>
  );
}

/** The new ones, one open at a time: arrows move, a digit sorts, Ctrl+Z takes the last one back. */
function Sorting(props: {
  apps: AppView[];
  clock: Clock;
  busy: boolean;
  onSort: (app: AppView, category: CategoryView) => Promise<boolean>;
  onBack: (app: AppView) => Promise<void>;
}): JSX.Element {
  const [at, setAt] = createSignal(0);
  const [shown, setShown] = createSignal(8);
  const sorted: AppView[] = [];
  let list: HTMLUListElement | undefined;
  const here = () => Math.min(at(), props.apps.length - 1);
  const focus = (index: number) => {
    setAt(Math.max(0, Math.min(index, props.apps.length - 1)));
    if (here() >= shown()) setShown(here() + 8);
    list?.querySelector<HTMLElement>(`[data-at="${here()}"]`)?.focus();
  };
  const sort = async (app: AppView, category: CategoryView) => {
    const index = here();
    if (!(await props.onSort(app, category))) return;
    sorted.push(app);
    say({
      title: t("app-is", { app: app.name, category: words().category(category), rating: "none" }),
      detail: t("app-at-once"),
      undo: () => takeBack(app),
    });
    focus(index);
  };
  const takeBack = async (app: AppView) => {
    const place = sorted.indexOf(app);
    if (place >= 0) sorted.splice(place, 1);
    await props.onBack(app);
    focus(props.apps.findIndex((one) => one.id === app.id));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    const app = props.apps[here()];
    const last = sorted.at(-1);
    const category = CATEGORIES[Number(event.key) - 1];
    if (event.ctrlKey) {
      if (event.key !== "z" || !last) return;
      void takeBack(last);
    } else if (event.key === "ArrowDown") focus(here() + 1);
    else if (event.key === "ArrowUp") focus(here() - 1);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(props.apps.length - 1);
    else if (category && app && !props.busy) void sort(app, category);
    else return;
    event.preventDefault();
  };
  return (
    <section class="card stack sorting" aria-labelledby="apps-sort">
      <div>
        <h2 id="apps-sort">{t("apps-sort")}</h2>
        <p class="soft" id="apps-sort-how">
          {t("apps-sort-how")}
        </p>
      </div>
      <ul class="sort-list" ref={(element) => (list = element)} onKeyDown={onKey}>
        <For each={props.apps.slice(0, shown())}>
          {(app, index) => (
            <li class="sort-row" data-open={index() === here() || undefined}>
              <button
                type="button"
                class="sort-name"
                data-at={index()}
                tabindex={index() === here() ? 0 : -1}
                aria-expanded={index() === here()}
                aria-describedby="apps-sort-how"
                onFocus={() => setAt(index())}
                onClick={() => setAt(index())}
              >
                <CategoryTile category={app.category} />
                <span class="app-words">
                  <strong>{app.name}</strong>
                  <span class="soft">{whence(app, props.clock)}</span>
                </span>
              </button>
              <Show when={index() === here()}>
                <Show when={app.perhaps}>
                  {(perhaps) => (
                    <p class="sort-perhaps">
                      {t("app-maybe", {
                        name: perhaps().name,
                        category: words().category(perhaps().category),
                      })}
                    </p>
                  )}
                </Show>
                <fieldset class="sort-keys" aria-label={t("app-what", { app: app.name })}>
                  <For each={CATEGORIES}>
                    {(category, place) => (
                      <button
                        type="button"
                        class={`sort-key key-${category}`}
                        data-likely={app.perhaps?.category === category || undefined}
                        aria-keyshortcuts={String(place() + 1)}
                        disabled={props.busy}
                        onClick={() => void sort(app, category)}
                      >
                        <CategoryPicture category={category} />
                        <span>{capitalised(words().category(category))}</span>
                        <kbd>{place() + 1}</kbd>
                      </button>
                    )}
                  </For>
                </fieldset>
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.apps.length > shown()}>
        <Button look="quiet" onClick={() => setShown(props.apps.length)}>
          {t("apps-more", { count: props.apps.length - shown() })}
        </Button>
      </Show>
    </section>
  );
}

/** Where a program was found and when it was last used. */
function whence(app: AppView, clock: Clock): string {
  const source = t("app-source", { source: app.source });
  if (app.last_seen === null) return `${source} · ${t("app-never-used")}`;
  return `${source} · ${t("app-last-used", { at: words().past(new Date(app.last_seen), clock) })}`;
}

const AT_ONCE = 60;

function List(props: { apps: AppView[]; clock: Clock; onOpen: (app: AppView) => void }): JSX.Element {
  const [text, setText] = createSignal("");
  const [category, setCategory] = createSignal<CategoryView | "all">("all");
  const [shown, setShown] = createSignal(AT_ONCE);
  const fits = createMemo(() => found(props.apps, text(), category()));
  createEffect(on([text, category], () => setShown(AT_ONCE), { defer: true }));
  const count = (of: CategoryView) => props.apps.filter((app) => app.category === of).length;
  const choices = () => [
    { value: "all", label: t("apps-all", { count: props.apps.length }) },
    ...CATEGORIES.filter((one) => count(one) > 0).map((one) => ({
      value: one,
      label: `${capitalised(words().category(one))} (${count(one)})`,
    })),
  ];
  let area: HTMLElement | undefined;
  // "/" goes to the search, as in many programs.
  onMount(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      area?.querySelector("input")?.focus();
    };
    document.addEventListener("keydown", onKey);
    onCleanup(() => document.removeEventListener("keydown", onKey));
  });
  return (
    <section class="stack" aria-labelledby="apps-known" ref={(element) => (area = element)}>
      <h2 id="apps-known" class="unseen">
        {t("apps-known")}
      </h2>
      <div class="apps-find">
        <div class="find">
          <Search aria-hidden="true" />
          <Field label={t("apps-find")} placeholder={t("apps-find")} value={text()} onChange={setText} />
        </div>
        <Select
          label={t("apps-category")}
          hideLabel
          value={category()}
          onChange={(value) => setCategory(value as CategoryView | "all")}
          choices={choices()}
        />
      </div>
      <p class="unseen" role="status">
        {t("apps-found", { count: fits().length })}
      </p>
      <Show when={fits().length > 0} fallback={<p class="apps-none">{t("apps-none")}</p>}>
        <ul class="app-list">
          <For each={fits().slice(0, shown())}>
            {(app) => (
              <li>
                <button type="button" class="app-row" onClick={() => props.onOpen(app)}>
                  <CategoryTile category={app.category} />
                  <span class="app-words">
                    <strong>{app.name}</strong>
                    <span class="soft">{whence(app, props.clock)}</span>
                  </span>
                  <span class="app-kind">
                    {capitalised(words().category(app.category))}
                    <span class="soft">{t("app-because-short", { basis: app.basis })}</span>
                  </span>
                  <span class="rating" data-rating={app.rating ?? "none"}>
                    <Show
                      when={app.rating !== null}
                      fallback={<span class="unseen">{t("app-unrated")}</span>}
                    >
                      {ratingMark(app.rating ?? 0)}
                    </Show>
                  </span>
                  <ChevronRight aria-hidden="true" />
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={fits().length > shown()}>
        <Button look="quiet" onClick={() => setShown(fits().length)}>
          {t("apps-more", { count: fits().length - shown() })}
        </Button>
      </Show>
    </section>
  );
}

function One(props: {
  app: AppView;
  clock: Clock;
  putting: Deed;
  onCancel: () => void;
  onPut: (category: CategoryView | null, rating: string | null) => void;
}): JSX.Element {
  const was = () => (props.app.rating === null ? "none" : String(props.app.rating));
  const [category, setCategory] = createSignal(props.app.category);
  const [rating, setRating] = createSignal(was());
  const changed = () => category() !== props.app.category || rating() !== was();
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!changed()) return props.onCancel();
        props.onPut(
          category() === props.app.category ? null : category(),
          rating() === was() ? null : rating(),
        );
      }}
    >
      <Note kind="info" title={t("app-because", { basis: props.app.basis })}>
        <p>{whence(props.app, props.clock)}</p>
      </Note>
      <Choices
        label={t("app-for")}
        inline
        value={category()}
        onChange={(value) => setCategory(value as CategoryView)}
        choices={CATEGORIES.map((one) => ({ value: one, label: capitalised(words().category(one)) }))}
      />
      <Choices
        label={t("app-rating")}
        inline
        value={rating()}
        onChange={setRating}
        choices={[
          ...["0", "12", "16", "18"].map((age) => ({ value: age, label: ratingMark(Number(age)) })),
          { value: "none", label: capitalised(t("app-unrated")) },
        ]}
      />
      <p class="says" aria-live="polite">
        {t("app-will", {
          app: props.app.name,
          category: words().category(category()),
          rating: rating() === "none" ? "none" : ratingMark(Number(rating())),
        })}
      </p>
      <TroubleNote trouble={props.putting.trouble()} />
      <div class="row row-end">
        <Button onClick={props.onCancel}>{t("cancel")}</Button>
        <Button type="submit" look="main" busy={props.putting.busy()} disabled={!changed()}>
          {t("rule-save")}
        </Button>
      </div>
    </form>
  );
}
