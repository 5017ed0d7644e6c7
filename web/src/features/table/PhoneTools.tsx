import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import { FilterButton } from "@/features/views/FilterButton";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { toastError } from "@/ui/toast";
import { queryStore } from "./tableState";

const SORTS: Record<string, [field: string, desc: boolean][]> = {
  customers: [
    ["total", true],
    ["last_order", true],
    ["points", true],
    ["name", false],
  ],
  orders: [
    ["time", true],
    ["amount", true],
  ],
  interactions: [
    ["time", true],
    ["follow_up", false],
  ],
  products: [
    ["name", false],
    ["price", true],
  ],
};

/** What the header menus do on a wide screen, for a thumb: order, grade, export. */
export function PhoneTools({
  table,
  onExport,
}: {
  table: Table;
  onExport(format: "xlsx" | "csv"): Promise<void>;
}) {
  const { t } = useTranslation();
  const locale = useLocale();
  const store = queryStore(table.key);
  const query = useStore(store);
  const [at, setAt] = useState<DOMRect | null>(null);
  const grade = fieldOf(table, "grade");
  const picked = query.filters.grade;
  const isGrade = (value: string) =>
    picked?.kind === "values" && picked.values.length === 1 && picked.values[0] === value;
  const setGrade = (value: string) =>
    store.set((q) => {
      const { grade: _, ...rest } = q.filters;
      return {
        ...q,
        filters: isGrade(value) ? rest : { ...rest, grade: { kind: "values", values: [value] } },
      };
    });
  return (
    <>
      {grade?.options?.map((o) => (
        <button
          type="button"
          key={o.value}
          className={isGrade(o.value) ? `pill tone-${o.tone} on` : "pill"}
          aria-pressed={isGrade(o.value)}
          onClick={() => setGrade(o.value)}
        >
          {locale === "en" ? o.en : o.value.replace("客户", "")}
        </button>
      ))}
      <span className="grow" />
      <FilterButton table={table} />
      <IconButton
        icon="sortDesc"
        label={t("phone.sort")}
        onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
      />
      {at && (
        <Popup at={at} label={t("phone.sort")} onClose={() => setAt(null)}>
          <div className="menu">
            {(SORTS[table.key] ?? []).map(([key, desc]) => {
              const field = fieldOf(table, key);
              if (!field) return null;
              const on = query.sort[0]?.field === key;
              return (
                <button
                  type="button"
                  key={key}
                  className={on ? "menu-item on" : "menu-item"}
                  onClick={() => {
                    store.set((q) => ({ ...q, sort: on ? [] : [{ field: key, desc }] }));
                    setAt(null);
                  }}
                >
                  <Icon name={desc ? "sortDesc" : "sortAsc"} /> {labelOf(field.label, locale)}
                </button>
              );
            })}
            <button
              type="button"
              className="menu-item"
              onClick={() => void onExport("xlsx").catch((e: unknown) => toastError(errorText(e)))}
            >
              <Icon name="download" /> {t("command.xlsx")}
            </button>
          </div>
        </Popup>
      )}
    </>
  );
}
