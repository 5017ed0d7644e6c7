import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { HistoryEntry, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatMoment, formatValue, labelOf } from "@/lib/format";
import { fieldOf, useTable } from "@/lib/query";

/** Who changed what, newest first. */
export function HistoryList({ id }: { id: number }) {
  const { t } = useTranslation();
  const history = useQuery({ queryKey: ["history", id], queryFn: () => api.history("customers", id) });
  if (history.isPending) return <div className="page-busy" aria-busy="true" />;
  if (history.isError) return <p className="form-error pad">{errorText(history.error)}</p>;
  if (history.data.entries.length === 0) return <p className="muted pad">{t("customer.noHistory")}</p>;
  return (
    <ol className="history">
      {history.data.entries.map((entry, i) => (
        <li key={`${entry.change}-${entry.field ?? ""}-${i}`}>
          <Entry entry={entry} />
          <span className="muted num">
            {[formatMoment(entry.at), entry.user ?? entry.origin].filter((s) => s !== "").join(" · ")}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const field = fieldOf(useTable("customers"), entry.field ?? "");
  if (entry.kind !== "edit" || !entry.field) return <span>{t(`history.${entry.kind}`)}</span>;
  const show = (v: Value | undefined) => {
    const text = field ? formatValue(field, v, locale) : v === null || v === undefined ? "" : String(v);
    return text === "" ? t("grid.blank") : text;
  };
  return (
    <span>
      {field ? labelOf(field.label, locale) : entry.field}
      {locale === "en" ? ": " : "："}
      <s className="muted">{show(entry.before)}</s> → <strong>{show(entry.after)}</strong>
    </span>
  );
}
