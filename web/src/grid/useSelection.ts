import { CompactSelection, type GridSelection } from "@glideapps/glide-data-grid";
import { useCallback, useMemo, useRef, useState } from "react";
import { type Box, boxAt } from "./selection";
import type { Range } from "./types";

const none = CompactSelection.empty();
const fromBox = (box: Box): GridSelection => ({
  current: { cell: [box.cell[0], box.cell[1]], range: { ...box.range }, rangeStack: [] },
  columns: none,
  rows: none,
});

/** What is selected, and the cell the keyboard goes on from even while whole rows are selected. */
export function useSelection(cols: number, rows: number) {
  const [selection, setSelection] = useState<GridSelection>(() => fromBox(boxAt(0, 0)));
  const [box, setBoxState] = useState<Box>(() => boxAt(0, 0));
  const latest = useRef({ selection, box });
  latest.current = { selection, box };

  const setBox = useCallback((next: Box) => {
    latest.current = { selection: fromBox(next), box: next };
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

  const selectColumns = useCallback((from: number, count: number) => {
    const next = {
      current: undefined,
      rows: none,
      columns: CompactSelection.fromSingleSelection([from, from + count]),
    };
    latest.current = { ...latest.current, selection: next };
    setSelection(next);
  }, []);
  const selectRows = useCallback((from: number, count: number) => {
    const next = {
      current: undefined,
      columns: none,
      rows: CompactSelection.fromSingleSelection([from, from + count]),
    };
    latest.current = { ...latest.current, selection: next };
    setSelection(next);
  }, []);

  const ranges = useCallback((): Range[] => {
    const { selection: s } = latest.current;
    if (s.rows.length > 0) {
      const list = s.rows.toArray();
      const y = list[0] ?? 0;
      return [{ x: 0, y, width: cols, height: (list.at(-1) ?? y) - y + 1 }];
    }
    if (s.columns.length > 0) return s.columns.toArray().map((x) => ({ x, y: 0, width: 1, height: rows }));
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
      take,
      selectColumns,
      selectRows,
      ranges,
    }),
    [selection, box, setBox, take, selectColumns, selectRows, ranges],
  );
}

export type Picked = ReturnType<typeof useSelection>;
