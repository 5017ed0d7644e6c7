import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, KindSettings, Table } from "@/api/types";
import { errorText } from "@/lib/errors";
import { formatCount } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";
import { Icon } from "@/ui/Icon";

interface Props {
  table: Table;
  field: Field;
  to: KindSettings;
}

/** What turning a field into another kind would do, and what would be lost by it. */
export function ConvertBox({ table, field, to }: Props) {
  const { t } = useTranslation();
  const key = useDebounced(JSON.stringify(to), 250);
  const preview = useQuery({
    queryKey: ["convert", table.key, field.key, key],
    queryFn: ({ signal }) =>
      api.previewConvert(table.key, field.key, JSON.parse(key) as KindSettings, signal),
    staleTime: 5_000,
    placeholderData: (before) => before,
  });
  if (preview.isError) return <p className="form-error">{errorText(preview.error)}</p>;
  const p = preview.data;
  if (!p) return <p className="muted">{t("convert.looking")}</p>;
  const bad = p.lost > 0 || p.partly > 0;
  return (
    <section className={bad ? "convert bad" : "convert"} aria-label={t("convert.title")}>
      <p className="convert-sum">
        <Icon name={bad ? "warn" : "check"} size={15} />
        <span>
          {p.changed === 0
            ? t("convert.nothing")
            : bad
              ? t("convert.some", {
                  n: formatCount(p.changed),
                  lost: formatCount(p.lost),
                  partly: formatCount(p.partly),
                })
              : t("convert.all", { n: formatCount(p.changed) })}
        </span>
      </p>
      {p.samples.length > 0 && (
        <div className="convert-rows">
          <table>
            <thead>
              <tr>
                <th>{t("convert.before")}</th>
                <th>{t("convert.after")}</th>
              </tr>
            </thead>
            <tbody>
              {p.samples.slice(0, 8).map((s) => (
                <tr key={s.before} className={s.loss ? `loss-${s.loss}` : undefined}>
                  <td>{s.before}</td>
                  <td>{s.after ?? <span>{t("convert.lost")}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
