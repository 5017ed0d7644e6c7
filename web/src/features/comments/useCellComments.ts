/** The comments of the sheet's cells: which cells carry some, and how they are shown. */
import { useCallback, useEffect, useMemo, useRef } from "react";
import { api } from "@/api";
import type { CommentedCell } from "@/api/types";
import { RowMarks, useOnScreen } from "@/features/table/rowMarks";
import type { BlockCache } from "@/grid/blockCache";
import type { CommentSigns, PointedCell, SheetColumn, SheetSelection } from "@/grid/types";
import { onComments } from "@/lib/live";
import { close, type PeekedCell, peek, pin } from "./at";

/** Which cells carry open threads; those about whole records have no field. */
export class CommentMarks extends RowMarks<CommentedCell> {
  has(id: number, field: string, lead: boolean): boolean {
    return this.of(id)?.some((c) => c.field === field || (lead && c.field === null)) === true;
  }
}

/** Where the active cell is on screen: the field over it knows. */
const activeRect = () => document.querySelector(".cell-input")?.getBoundingClientRect();

export function useCellComments(
  table: string,
  columns: SheetColumn[],
  cache: BlockCache | undefined,
  { active }: SheetSelection,
) {
  // Kept while another question is asked of the table, so that no sign goes out meanwhile.
  const marks = useMemo(
    () => new CommentMarks(async (ids) => (await api.commented(table, ids)).cells),
    [table],
  );
  useOnScreen(marks, cache);
  useEffect(
    () =>
      onComments((of, record) => {
        if (of === null) marks.forget();
        else if (of === table) void marks.want([record], true);
      }),
    [marks, table],
  );
  useEffect(() => close, []);

  const lead = columns[0]?.field.key;
  const signs = useMemo(
    (): CommentSigns => ({
      has: (id, field) => marks.has(id, field, field === lead),
      subscribe: (listener) => marks.subscribe(listener),
    }),
    [marks, lead],
  );
  const row = active ? cache?.peek(active.row) : undefined;
  const record = row && !row.deleted ? row.id : undefined;
  const field = active ? columns[active.col]?.field.key : undefined;

  const write = useCallback(() => {
    const at = activeRect();
    if (record !== undefined && field !== undefined && at)
      pin({ table, record, field, lead: field === lead, at });
  }, [table, record, field, lead]);

  const onPoint = useCallback(
    (cell: PointedCell | null) =>
      peek(
        cell && signs.has(cell.id, cell.field)
          ? { table, record: cell.id, field: cell.field, lead: cell.field === lead, at: () => cell.at }
          : null,
      ),
    [signs, table, lead],
  );

  // Where one has moved to shows what is said there, but not where one began.
  const begun = useRef(false);
  useEffect(() => {
    if (record === undefined || field === undefined) return;
    const here: PeekedCell = { table, record, field, lead: field === lead, at: activeRect };
    if (begun.current) peek(signs.has(record, field) ? here : null);
    begun.current = true;
  }, [table, record, field, lead, signs]);

  return { signs, write, onPoint, writable: record !== undefined && field !== undefined };
}
