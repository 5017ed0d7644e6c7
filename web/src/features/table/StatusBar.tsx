import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { BlockCache } from "@/grid/blockCache";
import type { SheetColumn, SheetSelection } from "@/grid/types";
import { formatCount, formatMoney, formatNumber, formatPercent, isFigure } from "@/lib/format";
import { addCell, type Sum } from "./sums";

interface Props {
  selection: SheetSelection;
  columns: SheetColumn[];
  cache: BlockCache | undefined;
  viewId: string | undefined;
  children?: ReactNode;
}
/** Beyond this the server's own summary of the column is asked for instead. */
const MAX_ROWS = 3000;
/** Kinds whose sum says nothing. */
const SHARES = ["percent", "progress", "rating"];

/** Count, sum and average of what is selected, as at the foot of Excel. */
export function StatusBar({ selection, columns, cache, viewId, children }: Props) {
  const { t } = useTranslation();
  const [result, setResult] = useState<{ sum: Sum; kind: string; mixed: boolean } | null>(null);
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      summarise(selection, columns, cache, viewId).then(
        (r) => !stale && setResult(r),
        () => !stale && setResult(null),
      );
    }, 120);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [selection, columns, cache, viewId]);

  const show = (n: number) =>
    result?.mixed
      ? formatNumber(n)
      : result?.kind === "money"
        ? formatMoney(n)
        : result?.kind === "percent" || result?.kind === "progress"
          ? formatPercent(n)
          : formatNumber(Math.round(n * 100) / 100);
  const { active } = selection;
  return (
    <footer className="statusbar num">
      <span>
        {active && cache
          ? t("status.row", { row: formatCount(active.row + 1), total: formatCount(cache.total) })
          : ""}
      </span>
      {children}
      <span className="status-sums" aria-live="polite">
        {result && result.sum.filled > 0 && (
          <span>{t("status.count", { n: formatCount(result.sum.filled) })}</span>
        )}
        {result && result.sum.numbers > 0 && !result.mixed && (
          <>
            {!SHARES.includes(result.kind) && <span>{t("status.sum", { n: show(result.sum.sum) })}</span>}
            <span>{t("status.average", { n: show(result.sum.sum / result.sum.numbers) })}</span>
          </>
        )}
      </span>
    </footer>
  );
}

async function summarise(
  { ranges }: SheetSelection,
  columns: SheetColumn[],
  cache: BlockCache | undefined,
  viewId: string | undefined,
): Promise<{ sum: Sum; kind: string; mixed: boolean } | null> {
  const cells = ranges.reduce((n, r) => n + r.width * r.height, 0);
  if (!cache || cells < 2) return null;
  const kinds = new Set<string>();
  const sum: Sum = { filled: 0, numbers: 0, sum: 0 };
  for (const range of ranges) {
    const picked = columns.slice(range.x, range.x + range.width);
    for (const c of picked) if (isFigure(c.field)) kinds.add(c.field.kind);
    const whole = range.height >= cache.total;
    if (range.height > MAX_ROWS && !(whole && viewId)) return null;
    if (whole && viewId && range.height > MAX_ROWS) {
      const all = await api.viewSummary(viewId);
      for (const c of picked) {
        const s = all.columns[c.field.key];
        if (!s) continue;
        sum.filled += s.filled;
        if (s.sum !== undefined) {
          sum.sum += s.sum;
          sum.numbers += s.filled;
        }
      }
      continue;
    }
    for (const row of await cache.load(range.y, range.y + range.height - 1)) {
      if (!row || row.deleted) continue;
      for (const c of picked) addCell(sum, row.values[c.field.key]);
    }
  }
  return { sum, kind: [...kinds][0] ?? "number", mixed: kinds.size > 1 };
}
