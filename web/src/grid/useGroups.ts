/** The sheet's rows with headings between them, and what closes and opens groups. */
import { useCallback, useMemo } from "react";
import { GroupedRows } from "./grouped";
import type { Range, SheetProps, SheetSelection } from "./types";

/** The same sheet over rows in groups; as it is where it has none. */
export function useGrouped(props: SheetProps): { props: SheetProps; rows: GroupedRows | undefined } {
  const { groups, source } = props;
  const rows = useMemo(
    () => (groups ? new GroupedRows(source, groups.list, groups.closed) : undefined),
    [source, groups],
  );
  return useMemo(() => ({ props: rows ? { ...props, source: rows } : props, rows }), [props, rows]);
}

/** Closes or opens the group whose heading stands at a place, or in which it is; where that heading stands. */
export function useToggle({ groups }: SheetProps, rows: GroupedRows | undefined) {
  return useCallback(
    (index: number, open?: boolean): number | undefined => {
      const at = rows?.headAbove(index);
      const head = at === undefined ? undefined : rows?.headAt(at);
      if (!groups || !head || at === undefined) return undefined;
      const next = open ?? !head.open;
      if (next === head.open) return at;
      const closed = new Set(groups.closed);
      if (next) closed.delete(head.key);
      else closed.add(head.key);
      groups.onClose(closed);
      return at;
    },
    [groups, rows],
  );
}

/** A selection told in places among the records; headings are left out of it. */
export function amongRecords(selection: SheetSelection, rows: GroupedRows | undefined): SheetSelection {
  if (!rows) return selection;
  const { active } = selection;
  const row = active ? rows.recordAt(active.row) : undefined;
  return {
    ranges: selection.ranges.flatMap((r): Range[] =>
      rows.stretches(r.y, r.y + r.height - 1).map(([first, last]) => ({
        x: r.x,
        y: first,
        width: r.width,
        height: last - first + 1,
      })),
    ),
    rows: selection.rows.flatMap(([first, last]) => rows.stretches(first, last)),
    active: active && row !== undefined ? { col: active.col, row } : null,
  };
}
