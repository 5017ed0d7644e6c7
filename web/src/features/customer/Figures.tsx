import { useTranslation } from "react-i18next";
import type { Card } from "@/api/types";
import { useLocale } from "@/i18n";
import { formatDate, formatMoney, formatNumber, formatPercent, labelOf } from "@/lib/format";
import { today } from "@/lib/month";
import { fieldOf, useTable } from "@/lib/query";
import { rhythm } from "./rhythm";

const ITEMS = ["total", "order_count", "average", "repurchase_rate", "last_order"] as const;

/** What they bought, in figures. */
export function Figures({ card }: { card: Card }) {
  const table = useTable("customers");
  const locale = useLocale();
  const v = card.values;
  const show = (key: (typeof ITEMS)[number]) => {
    const value = v[key];
    if (value === null || value === undefined) return "—";
    if (key === "total" || key === "average") return formatMoney(Number(value));
    if (key === "repurchase_rate") return formatPercent(Number(value));
    if (key === "last_order") return formatDate(String(value));
    return formatNumber(Number(value), 0);
  };
  return (
    <dl className="figures">
      {ITEMS.map((key) => {
        const field = fieldOf(table, key);
        return (
          field && (
            <div key={key}>
              <dt>{labelOf(field.label, locale)}</dt>
              <dd className="num">{show(key)}</dd>
            </div>
          )
        );
      })}
      <RhythmFigure card={card} />
    </dl>
  );
}

/** How often they buy, from the purchases that count: the newest 200. */
function RhythmFigure({ card }: { card: Card }) {
  const { t } = useTranslation();
  const moments = card.orders
    .filter((o) => o.values.counted !== false)
    .map((o) => o.values.time)
    .filter((m): m is string => typeof m === "string");
  const found = rhythm(moments, today());
  return (
    <div>
      <dt>{t("person.rhythm")}</dt>
      <dd className="num">
        {found ? t("person.every", { n: found.days }) : "—"}
        {found && (
          <small className={found.late ? "rhythm-since late" : "rhythm-since"}>
            {t("person.since", { n: found.since })}
          </small>
        )}
      </dd>
    </div>
  );
}
