import { CompactSelection, type GridSelection } from "@glideapps/glide-data-grid";
import { useCallback, useMemo, useRef, useState } from "react";
import { type Box, boxAt, stretchesOf } from "./selection";
import type { Range } from "./types";

const none = CompactSelection.empty();
const fromBox = (box: Box, others: readonly Range[] = []): GridSelection => ({
  current: {
    cell: [box.cell[0], box.cell[1]],
    range: { ...box.range },
    rangeStack: others.map((r) => ({ ...r })),
  },
  columns: none,
  rows: none,
});

/** What is selected, and the cell the keyboard goes on from even while whole rows are selected. */
export function useSelection(cols: number, rows: number) {
  const [selection, setSelection] = useState<GridSelection>(() => fromBox(boxAt(0, 0)));
  const [box, setBoxState] = useState<Box>(() => boxAt(0, 0));
  const latest = useRef({ selection, box });
  latest.current = { selection, box };

  const setBox = useCallback((next: Box, others?: readonly Range[]) => {
    latest.current = { selection: fromBox(next, others), box: next };
    setBoxState(next);
    setSelection(latest.current.selection);
  }, []);

  const take = useCallback((next: GridSelection) => {
    setSelection(next);
    const current = next.current;
    const first = next.rows.first() ?? undefined;
    const column = next.columns.first() ?? undefined;
    let moved = latest.current.box;
    if (current) moved = { cell: current.cell, range: { ...current.range } };
    else if (first !== undefined) moved = boxAt(0, first);
    else if (column !== undefined) moved = boxAt(column, 0);
    latest.current = { selection: next, box: moved };
    setBoxState(moved);
  }, []);

  const setLines = useCallback((of: "rows" | "columns", from: number, count: number) => {
    const taken = CompactSelection.fromSingleSelection([from, from + count]);
    const next: GridSelection = { current: undefined, rows: none, columns: none, [of]: taken };
    latest.current = { ...latest.current, selection: next };
    setSelection(next);
  }, []);

  /** Shift+arrow on whole rows or columns: those between the active cell and `head`; where it came to. */
  const extendLines = useCallback(
    (dc: number, dr: number, edge: boolean): { col: number; row: number } | undefined => {
      const { selection: s, box: at } = latest.current;
      const of = s.rows.length > 0 ? "rows" : s.columns.length > 0 ? "columns" : undefined;
      const by = of === "rows" ? dr : dc;
      if (!of || by === 0) return undefined;
      const anchor = at.cell[of === "rows" ? 1 : 0];
      const taken = s[of];
      const [low, high] = [taken.first() ?? anchor, taken.last() ?? anchor];
      const end = (of === "rows" ? rows : cols) - 1;
      const from = low < anchor ? low : high;
      const head = edge ? (by < 0 ? 0 : end) : Math.max(0, Math.min(end, from + by));
      setLines(of, Math.min(anchor, head), Math.abs(anchor - head) + 1);
      return of === "rows" ? { col: at.cell[0], row: head } : { col: head, row: at.cell[1] };
    },
    [cols, rows, setLines],
  );

  const ranges = useCallback((): Range[] => {
    const { selection: s } = latest.current;
    if (s.rows.length > 0)
      return stretchesOf(s.rows).map(([y, last]) => ({ x: 0, y, width: cols, height: last - y + 1 }));
    if (s.columns.length > 0)
      return stretchesOf(s.columns).map(([x, last]) => ({ x, y: 0, width: last - x + 1, height: rows }));
    return s.current ? [s.current.range, ...s.current.rangeStack].map((r) => ({ ...r })) : [];
  }, [cols, rows]);

  return useMemo(
    () => ({
      selection,
      box,
      hasActive: selection.current !== undefined,
      now: () => latest.current.box,
      setBox,
      setCell: (col: number, row: number) => setBox(boxAt(col, row)),
      /** The other ranges, picked with Ctrl. */
      others: (): readonly Range[] => latest.current.selection.current?.rangeStack ?? [],
      /** Whole rows or columns are selected, not cells. */
      inLines: () => latest.current.selection.current === undefined,
      take,
      setLines,
      extendLines,
      ranges,
    }),
    [selection, box, setBox, take, setLines, extendLines, ranges],
  );
}

export type Picked = ReturnType<typeof useSelection>;
