import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, FigureName, Locale, Table, ViewSummary } from "@/api/types";
import { layoutStore } from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { formatCount, formatValue, isDateLike, isFigure, isLinks, labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { Popup } from "@/ui/Popup";

interface Props {
  table: Table;
  viewId: string | undefined;
  shown: Field[];
}

/** Kinds whose sum says nothing. */
const SHARES = ["percent", "progress", "rating"];

/** Figures that make sense of a column. */
export function figuresOf(field: Field): FigureName[] {
  const counts: FigureName[] = isLinks(field) ? ["count", "filled"] : ["count", "filled", "distinct"];
  if (isDateLike(field)) return ["min", "max", ...counts];
  if (!isFigure(field)) return counts;
  const figures: FigureName[] = ["average", "min", "max", ...counts];
  return SHARES.includes(field.kind) ? figures : ["sum", ...figures];
}

/** What a figure is called: the smallest of days is the earliest. */
export const called = (field: Field, figure: FigureName) =>
  isDateLike(field) && (figure === "min" || figure === "max") ? (`${figure}Day` as const) : figure;

/** Figures of columns over the whole view, each of which can be changed where it stands. */
export function SummaryBar({ table, viewId, shown }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const store = layoutStore(table.key);
  const { summaries = {} } = useStore(store);
  const [menu, setMenu] = useState<{ at: DOMRect; field?: Field } | null>(null);
  const wanted = Object.entries(summaries).flatMap(([key, figure]) => {
    const field = fieldOf(table, key);
    return field ? [{ field, figure }] : [];
  });
  const distinct = wanted.filter((w) => w.figure === "distinct").map((w) => w.field.key);
  const asked = useQuery({
    queryKey: ["figures", viewId, distinct],
    queryFn: ({ signal }) => api.viewSummary(viewId ?? "", distinct, signal),
    enabled: viewId !== undefined && wanted.length > 0,
    placeholderData: (before) => before,
    retry: false,
  });
  const put = (field: Field, figure: FigureName | null) => {
    store.set((l) => {
      const { [field.key]: _, ...rest } = l.summaries ?? {};
      const next = figure ? { ...l.summaries, [field.key]: figure } : rest;
      return { ...l, summaries: Object.keys(next).length > 0 ? next : undefined };
    });
    setMenu(null);
  };
  const show = (field: Field, figure: FigureName): string =>
    (asked.data && figureShown(field, figure, asked.data, locale)) ?? "…";
  return (
    <div className="view-figures" role="group" aria-label={t("figure.label")}>
      {wanted.map(({ field, figure }) => (
        <button
          type="button"
          key={field.key}
          className="view-figure"
          aria-haspopup="menu"
          onClick={(e) => setMenu({ at: e.currentTarget.getBoundingClientRect(), field })}
        >
          <span>
            {labelOf(field.label, locale)} {t(`figure.${called(field, figure)}`)}
          </span>{" "}
          <strong className="num">{show(field, figure)}</strong>
        </button>
      ))}
      <button
        type="button"
        className="view-figure view-figure-add"
        aria-haspopup="menu"
        aria-label={t("figure.addColumn")}
        title={t("figure.addColumn")}
        onClick={(e) => setMenu({ at: e.currentTarget.getBoundingClientRect() })}
      >
        <Icon name="sigma" size={13} />
        {wanted.length === 0 && t("figure.add")}
      </button>
      {menu && (
        <Popup
          at={menu.at}
          label={
            menu.field
              ? t("figure.change", { name: labelOf(menu.field.label, locale) })
              : t("figure.addColumn")
          }
          onClose={() => setMenu(null)}
        >
          <div className="menu figure-menu">
            {menu.field ? (
              <FigureList field={menu.field} now={summaries[menu.field.key]} onPick={put} />
            ) : (
              shown
                .filter((f) => !(f.key in summaries))
                .map((f) => (
                  <button
                    type="button"
                    key={f.key}
                    className="menu-item"
                    onClick={() => put(f, figuresOf(f)[0] ?? "count")}
                  >
                    {labelOf(f.label, locale)}
                  </button>
                ))
            )}
          </div>
        </Popup>
      )}
    </div>
  );
}

function FigureList(props: {
  field: Field;
  now: FigureName | undefined;
  onPick(field: Field, figure: FigureName | null): void;
}) {
  const { t } = useTranslation();
  const { field, now, onPick } = props;
  return (
    <>
      {figuresOf(field).map((f) => (
        <button
          type="button"
          key={f}
          className={f === now ? "menu-item on" : "menu-item"}
          onClick={() => onPick(field, f)}
        >
          {t(`figure.${called(field, f)}`)}
        </button>
      ))}
      <button type="button" className="menu-item" onClick={() => onPick(field, null)}>
        {t("figure.none")}
      </button>
    </>
  );
}

/** Means of whole numbers have decimals. */
const exact = (field: Field, figure: FigureName): Field =>
  figure === "average" && field.kind === "number"
    ? { ...field, decimals: Math.max(1, field.decimals ?? 1) }
    : field;

/** A figure as it is shown; undefined where it is not known. */
export function figureShown(
  field: Field,
  figure: FigureName,
  all: ViewSummary,
  locale: Locale,
): string | undefined {
  const day = isDateLike(field) && all.columns[field.key]?.[figure === "min" ? "earliest" : "latest"];
  if (day && (figure === "min" || figure === "max")) return formatValue(field, day, locale);
  const text = figureText(field, figure, all);
  return typeof text === "number" ? formatValue(exact(field, figure), text, locale) : text;
}

/** A figure: a count as text, a number in the field's own unit, nothing where no cell is filled. */
export function figureText(field: Field, figure: FigureName, all: ViewSummary): string | number | undefined {
  if (figure === "count") return formatCount(all.total);
  const of = all.columns[field.key];
  if (!of) return undefined;
  if (figure === "filled") return formatCount(of.filled);
  if (figure === "distinct") return of.distinct === undefined ? undefined : formatCount(of.distinct);
  const value = of[figure];
  return typeof value === "number" ? value : "–";
}
