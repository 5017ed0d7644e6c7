import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import { useSay } from "@/features/views/useSay";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { NO_QUERY, queryStore } from "./tableState";

/** What the table is narrowed and ordered by, each with its own way out. */
export function FilterChips({ table }: { table: Table }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { say, sayFilter } = useSay();
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
      text: `${labelOf(field.label, locale)} ${say(field, filter.kind === "values" ? "in" : filter.op, filter.values)}`,
      drop: () =>
        store.set((q) => {
          const { [key]: _, ...filters } = q.filters;
          return { ...q, filters };
        }),
    });
  }
  for (const part of query.more ?? []) {
    const text = sayFilter(table, part);
    if (text !== "")
      chips.push({
        key: JSON.stringify(part),
        text,
        drop: () => store.set((q) => ({ ...q, more: q.more?.filter((p) => p !== part) })),
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
            onClick={() => store.set((q) => ({ ...NO_QUERY, group: q.group }))}
          >
            {t("chip.clear")}
          </button>
        </li>
      )}
    </ul>
  );
}
