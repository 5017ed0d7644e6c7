/** Groups of the table in view: by which fields, which are closed, how they are called. */
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Field, GroupLevel, Locale, Period, Table, Tone, Value } from "@/api/types";
import { figureShown } from "@/features/views/SummaryBar";
import { useOpenView } from "@/features/views/useSaved";
import type { GroupHead, SheetGroups } from "@/grid/types";
import { useLocale } from "@/i18n";
import { formatCount, formatDate, formatValue, isDateLike, optionLabel } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { createStore, type Store, useStore } from "@/lib/store";
import { layoutStore, queryStore } from "./tableState";
import type { OpenView } from "./useView";

export const MOST_LEVELS = 3;
export const PERIODS: Period[] = ["day", "month", "year"];

/** Kinds whose cells hold several things, which would put a record into several groups. */
const SEVERAL: Field["kind"][] = ["tags", "choices", "links", "backlinks", "attachment"];
export const groupsBy = (field: Field): boolean => !SEVERAL.includes(field.kind);

/** Levels with a field put behind the others, or taken away. */
export function toggled(levels: GroupLevel[] | undefined, field: string): GroupLevel[] | undefined {
  const rest = (levels ?? []).filter((l) => l.field !== field);
  const next = rest.length === levels?.length || !levels ? [...rest, { field }] : rest;
  return next.length > 0 ? next.slice(0, MOST_LEVELS) : undefined;
}

/** Which groups are closed, by view, while the page is open. */
const stores = new Map<string, Store<ReadonlySet<string>>>();
export function closedStore(place: string): Store<ReadonlySet<string>> {
  let store = stores.get(place);
  if (!store) {
    store = createStore<ReadonlySet<string>>(new Set());
    stores.set(place, store);
  }
  return store;
}

/** What a group is called: a badge for a choice, the stretch of time for days. */
export function groupTitle(
  field: Field,
  by: Period | undefined,
  value: Value,
  locale: Locale,
  t: TFunction,
): { text: string; tone?: Tone } {
  if (value === null) return { text: t("group.blank") };
  if (isDateLike(field) && typeof value === "string") {
    const [year = "", month = ""] = value.split("-");
    if (by === "year") return { text: t("group.year", { year }) };
    if (by === "day") return { text: formatDate(value) };
    return { text: t("group.month", { year, month: locale === "en" ? month : String(Number(month)) }) };
  }
  if (field.kind === "choice" && typeof value === "string")
    return {
      text: optionLabel(field, value, locale),
      tone: field.options?.find((o) => o.value === value)?.tone ?? "grey",
    };
  return { text: formatValue(field, value, locale) || t("group.blank") };
}

/** The place where it is kept which groups of the open view are closed. */
export function useClosed(table: string): Store<ReadonlySet<string>> {
  const { id } = useOpenView(table);
  const levels = useStore(queryStore(table)).group ?? [];
  return closedStore(`${table}/${id ?? ""}/${levels.map((l) => `${l.field} ${l.by ?? ""}`).join()}`);
}

/** The groups of the table in view, as the sheet and the cards show them; undefined where there are none. */
export function useSheetGroups(table: Table, view: OpenView | null): SheetGroups | undefined {
  const locale = useLocale();
  const store = useClosed(table.key);
  const closed = useStore(store);
  const { summaries } = useStore(layoutStore(table.key));
  const { t } = useTranslation();
  const groups = view?.table === table.key ? view.groups : undefined;
  return useMemo(() => {
    if (!groups) return undefined;
    const { list, by } = groups;
    const title = (head: GroupHead) => {
      const level = by[head.level];
      const field = fieldOf(table, level?.field ?? "");
      return field ? groupTitle(field, level?.by, head.group.value, locale, t) : { text: "" };
    };
    const figure = (head: GroupHead, field: Field) => {
      const name = summaries?.[field.key];
      const all = { total: head.group.count, columns: head.group.figures ?? {} };
      return (name && figureShown(field, name, all, locale)) ?? "";
    };
    const count = (head: GroupHead) => t("table.count", { n: formatCount(head.group.count) });
    return { list, closed, onClose: store.set, title, count, figure };
  }, [groups, closed, store, table, summaries, locale, t]);
}
