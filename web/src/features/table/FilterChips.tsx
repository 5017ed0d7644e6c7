import { useTranslation } from "react-i18next";
import type { Field, Table, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { formatValue, labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { OP_SIGN } from "./ops";
import { type ColumnFilter, queryStore } from "./tableState";

/** What the table is narrowed and ordered by, each with its own way out. */
export function FilterChips({ table }: { table: Table }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const store = queryStore(table.key);
  const query = useStore(store);
  const chips: { key: string; text: string; drop(): void }[] = [];
  if (query.search !== "")
    chips.push({
      key: "search",
      text: t("chip.search", { text: query.search }),
      drop: () => store.set((q) => ({ ...q, search: "" })),
    });
  for (const [key, filter] of Object.entries(query.filters)) {
    const field = fieldOf(table, key);
    if (!field) continue;
    chips.push({
      key,
      text: `${labelOf(field.label, locale)} ${describe(filter, field)}`,
      drop: () =>
        store.set((q) => {
          const { [key]: _, ...filters } = q.filters;
          return { ...q, filters };
        }),
    });
  }
  for (const sort of query.sort) {
    const field = fieldOf(table, sort.field);
    if (field)
      chips.push({
        key: `sort-${sort.field}`,
        text: `${labelOf(field.label, locale)} ${sort.desc ? "↓" : "↑"}`,
        drop: () => store.set((q) => ({ ...q, sort: q.sort.filter((s) => s.field !== sort.field) })),
      });
  }

  function describe(filter: ColumnFilter, field: Field): string {
    const show = (v: Value) => (v === null ? t("filter.blank") : formatValue(field, v, locale));
    if (filter.kind === "values") {
      const shown = filter.values
        .slice(0, 2)
        .map(show)
        .join(locale === "en" ? ", " : "、");
      return filter.values.length > 2 ? t("chip.more", { shown, n: filter.values.length }) : shown;
    }
    if (filter.op === "blank" || filter.op === "filled") return t(`filter.${filter.op}`);
    const sign = filter.op === "contains" ? t("filter.contains") : OP_SIGN[filter.op];
    return `${sign} ${filter.values.map(show).join(" – ")}`;
  }

  return (
    <ul className="chips" aria-label={t("chip.label")}>
      {chips.map((chip) => (
        <li key={chip.key} className="chip">
          <span>{chip.text}</span>
          <button type="button" aria-label={t("chip.remove", { text: chip.text })} onClick={chip.drop}>
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <button
            type="button"
            className="link"
            onClick={() => store.set({ search: "", sort: [], filters: {} })}
          >
            {t("chip.clear")}
          </button>
        </li>
      )}
    </ul>
  );
}
