import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { BlockCache } from "@/grid/blockCache";
import type { SheetColumn, SheetSelection } from "@/grid/types";
import { formatCount, formatMoney, formatNumber, formatPercent, isFigure } from "@/lib/format";
import { addCell, type Sum } from "./sums";

/** What is told of a selection; `sum` is absent where it is too large to add up. */
interface Told {
  rows: number;
  sum?: Sum;
  kind: string;
  mixed: boolean;
}

interface Props {
  selection: SheetSelection;
  columns: SheetColumn[];
  cache: BlockCache | undefined;
  viewId: string | undefined;
  children?: ReactNode;
}
/** Beyond this the server's own summary of the column is asked for instead. */
const MAX_ROWS = 10_000;
/** Kinds whose sum says nothing. */
const SHARES = ["percent", "progress", "rating"];

/** Count, sum and average of what is selected, as at the foot of Excel. */
export function StatusBar({ selection, columns, cache, viewId, children }: Props) {
  const { t } = useTranslation();
  const [result, setResult] = useState<Told | null>(null);
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
  const sum = result?.sum;
  return (
    <footer className="statusbar num">
      <span>
        {active && cache
          ? t("status.row", { row: formatCount(active.row + 1), total: formatCount(cache.total) })
          : ""}
      </span>
      {children}
      <span className="status-sums" aria-live="polite">
        {result && !sum && <span>{t("status.selected", { n: formatCount(result.rows) })}</span>}
        {sum && sum.filled > 0 && <span>{t("status.count", { n: formatCount(sum.filled) })}</span>}
        {result && sum && sum.numbers > 0 && !result.mixed && (
          <>
            {!SHARES.includes(result.kind) && <span>{t("status.sum", { n: show(sum.sum) })}</span>}
            <span>{t("status.average", { n: show(sum.sum / sum.numbers) })}</span>
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
): Promise<Told | null> {
  const cells = ranges.reduce((n, r) => n + r.width * r.height, 0);
  if (!cache || cells < 2) return null;
  const kinds = new Set<string>();
  const sum: Sum = { filled: 0, numbers: 0, sum: 0 };
  const rows = ranges.reduce((n, r) => n + r.height, 0);
  const told = () => ({ rows, kind: [...kinds][0] ?? "number", mixed: kinds.size > 1 });
  for (const range of ranges) {
    const picked = columns.slice(range.x, range.x + range.width);
    for (const c of picked) if (isFigure(c.field)) kinds.add(c.field.kind);
    const end = range.y + range.height;
    if (range.height <= MAX_ROWS) {
      await add(sum, cache, picked, range.y, end, 1);
      continue;
    }
    // Nearly a whole column: all of it, without what is left out.
    if (!viewId || cache.total - range.height > MAX_ROWS) return told();
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
    await add(sum, cache, picked, 0, range.y, -1);
    await add(sum, cache, picked, end, cache.total, -1);
  }
  return { ...told(), sum };
}

/** Adds the cells of some rows, or takes them away. */
async function add(
  sum: Sum,
  cache: BlockCache,
  columns: SheetColumn[],
  from: number,
  end: number,
  sign: 1 | -1,
): Promise<void> {
  const part: Sum = { filled: 0, numbers: 0, sum: 0 };
  if (end > from)
    for (const row of await cache.load(from, end - 1))
      if (row && !row.deleted) for (const c of columns) addCell(part, row.values[c.field.key]);
  sum.filled += sign * part.filled;
  sum.numbers += sign * part.numbers;
  sum.sum += sign * part.sum;
}
