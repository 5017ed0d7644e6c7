import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, SavedView, Table } from "@/api/types";
import { firstKind, type KindName } from "@/features/kinds/kinds";
import {
  arrange,
  forgetChanges,
  isShown,
  layoutStore,
  queryStore,
  toFilter,
  turnTo,
} from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { toast, toastError } from "@/ui/toast";
import "@/ui/css/views.css";
import { fromDef, isChanged, toDef } from "./saved";
import { askAgain, dropView, keepView, useOpenView } from "./useSaved";
import { ViewList } from "./ViewList";

const LinksDialog = lazy(() => import("@/features/links/LinksDialog"));

/** Which view is open, whether it was changed, and the way to the others. */
export function ViewMenu({ table }: { table: Table }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { views, may, view, go } = useOpenView(table.key);
  const query = useStore(queryStore(table.key));
  const layout = useStore(layoutStore(table.key));
  const [at, setAt] = useState<DOMRect | null>(null);
  const [naming, setNaming] = useState(false);
  const [linked, setLinked] = useState<SavedView>();
  const close = useCallback(() => setAt(null), []);
  const all = t("view.all", { table: labelOf(table.label, locale) });
  const changed = view !== undefined && isChanged(table, view, query, layout);
  const asked =
    query.sort.length > 0 || query.group !== undefined || toFilter(query.filters, query.more) !== undefined;
  const name = view?.name ?? all;

  /** Makes a view of what is shown, or of another view, and opens it. */
  const create = async (as: string, shared: boolean, of?: SavedView) => {
    const def = of ? toDef(table, ...stateOf(table, of)) : toDef(table, query, layout);
    const made = await api.saveView(table.key, { ...def, name: as, shared });
    keepView(made);
    if (!of) {
      turnTo(table.key, made, (v) => fromDef(table, v));
      forgetChanges(table.key, view?.id);
    }
    go(made.id);
  };
  const createKind = async (as: string, shared: boolean, name: KindName, by?: Field) => {
    const fields = arrange(table, layout).filter((f) => isShown(f, layout));
    const kind = firstKind(name, table, fields, by);
    const made = await api.saveView(table.key, {
      ...toDef(table, query, layout),
      kind,
      name: as,
      shared,
    });
    keepView(made);
    go(made.id);
  };
  const update = async (of: SavedView, body: Parameters<typeof api.changeView>[1]) => {
    keepView(await api.changeView(of.id, body));
    await askAgain(table.key);
  };
  const save = () => {
    if (!view) return;
    update(view, { def: toDef(table, query, layout) }).then(
      () => toast(t("view.saved", { name: view.name })),
      (e: unknown) => toastError(errorText(e)),
    );
  };
  const revert = () => {
    if (!view) return;
    const kept = fromDef(table, view);
    queryStore(table.key).set({ ...kept.query, search: query.search });
    layoutStore(table.key).set(kept.layout);
  };
  const remove = async (of: SavedView) => {
    await api.deleteView(of.id);
    if (of.id === view?.id) go(undefined, true);
    dropView(of);
    const again = async () =>
      keepView(await api.saveView(table.key, { ...defOf(of), name: of.name, shared: of.shared }));
    toast(t("view.deleted", { name: of.name }), {
      action: {
        label: t("view.undo"),
        run: () => void again().catch((e: unknown) => toastError(errorText(e))),
      },
    });
  };
  const earlier = async (of: SavedView) => {
    const group = views.filter((v) => v.shared === of.shared).map((v) => v.id);
    const i = group.indexOf(of.id);
    if (i < 1) return;
    group.splice(i - 1, 2, of.id, group[i - 1] ?? of.id);
    await api.orderViews(table.key, group);
    await askAgain(table.key);
  };
  const openAt = (e: { currentTarget: Element }, asName: boolean) => {
    setNaming(asName);
    setAt(e.currentTarget.getBoundingClientRect());
  };
  return (
    <div className="view-menu">
      <button
        type="button"
        className="view-button"
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        aria-label={t("view.open", { name }) + (changed ? ` · ${t("view.changed")}` : "")}
        onClick={(e) => openAt(e, false)}
      >
        <span className="view-name">{name}</span>
        {changed && <span className="view-dot" title={t("view.changed")} />}
        <Icon name="down" size={12} />
      </button>
      {!view && asked && may.save && (
        <button type="button" className="link view-save" onClick={(e) => openAt(e, true)}>
          + {t("view.new")}
        </button>
      )}
      {changed && (
        <span className="view-changed">
          {view.editable && (
            <button type="button" className="link" onClick={save}>
              {t("view.save")}
            </button>
          )}
          {may.save && (
            <button type="button" className="link" onClick={(e) => openAt(e, true)}>
              {t("view.saveAs")}
            </button>
          )}
          <button type="button" className="link" onClick={revert}>
            {t("view.revert")}
          </button>
        </span>
      )}
      {at && (
        <ViewList
          at={at}
          all={all}
          views={views}
          may={may}
          open={view}
          naming={naming}
          onGo={(id) => {
            close();
            go(id);
          }}
          onCreate={create}
          table={table}
          onCreateKind={createKind}
          onUpdate={update}
          onRemove={remove}
          onEarlier={earlier}
          onLinks={(of) => {
            close();
            setLinked(of);
          }}
          onClose={close}
        />
      )}
      <Suspense>{linked && <LinksDialog view={linked} onClose={() => setLinked(undefined)} />}</Suspense>
    </div>
  );
}

function stateOf(table: Table, view: SavedView) {
  const { query, layout } = fromDef(table, view);
  return [query, layout] as const;
}
const defOf = ({ kind, columns, frozen, filter, sort, group, colours, height, summaries }: SavedView) => ({
  kind,
  columns,
  frozen,
  filter,
  sort,
  group,
  colours,
  height,
  summaries,
});
