/** Conditions in words. */
import { useTranslation } from "react-i18next";
import type { Field, Filter, Op, SavedViews, Table, Value } from "@/api/types";
import { OP_SIGN } from "@/features/table/ops";
import { useLocale } from "@/i18n";
import { formatValue, labelOf } from "@/lib/format";
import { fieldOf, queryClient } from "@/lib/query";
import { segmentOf, spanOf } from "./builder";

export function useSay() {
  const { t } = useTranslation();
  const locale = useLocale();
  const comma = locale === "en" ? ", " : "、";

  function span(value: Value | undefined): string {
    const { name, days } = spanOf(String(value ?? ""));
    return t(`span.${name}`, { n: days });
  }
  function say(field: Field, op: Op, values: Value[] = []): string {
    const show = (v: Value) => (v === null ? t("filter.blank") : formatValue(field, v, locale));
    if (op === "in") {
      const shown = values.slice(0, 2).map(show).join(comma);
      return values.length > 2 ? t("chip.more", { shown, n: values.length }) : shown;
    }
    if (op === "within") return span(values[0]);
    if (op === "blank" || op === "filled") return t(`filter.${op}`);
    const sign = op === "contains" ? t("filter.contains") : OP_SIGN[op];
    return `${sign} ${values.map(show).join(" – ")}`;
  }
  function sayFilter(table: Table, filter: Filter): string {
    if ("field" in filter) {
      const field = fieldOf(table, filter.field);
      return field ? `${labelOf(field.label, locale)} ${say(field, filter.op, filter.values)}` : "";
    }
    const segment = segmentOf(filter);
    if (segment) {
      const view = queryClient
        .getQueryData<SavedViews>(["saved", table.key])
        ?.views.find((v) => v.id === segment.segment);
      return t(segment.not ? "builder.notInView" : "builder.inView", {
        view: view?.name ?? t("builder.noView"),
      });
    }
    if ("not" in filter) return `${t("builder.not")} (${sayFilter(table, filter.not)})`;
    if ("segment" in filter) return "";
    const all = "all" in filter;
    return (all ? filter.all : filter.any)
      .map((part) => sayFilter(table, part))
      .filter((text) => text !== "")
      .join(` ${t(all ? "builder.and" : "builder.or")} `);
  }
  return { say, sayFilter };
}
