import { useEffect, useMemo } from "react";
import type { Table } from "@/api/types";
import type { OtherCell, RowSource, SheetColumn, SheetSelection } from "@/grid/types";
import { peopleStore, tellPlace } from "@/lib/live";
import { colourOf } from "@/lib/people";
import { useStore } from "@/lib/store";

/** The cells of a table others are in. */
export function useOthers(table: string): OtherCell[] {
  const people = useStore(peopleStore);
  return useMemo(() => {
    const cells: OtherCell[] = [];
    for (const { name, user, at } of people)
      if (at?.table === table && at.record !== undefined && at.field !== undefined)
        cells.push({ id: at.record, field: at.field, name, colour: colourOf(user) });
    return cells;
  }, [people, table]);
}

/** Tells others which table this page shows. */
export function useHere(table: Table): void {
  useEffect(() => {
    tellPlace({ table: table.key });
    return () => tellPlace(null);
  }, [table.key]);
}

/** Tells others the cell the keyboard is in. */
export function useTellCell(
  table: string,
  { active }: SheetSelection,
  columns: SheetColumn[],
  source: RowSource | undefined,
): void {
  const record = active ? source?.peek(active.row)?.id : undefined;
  const field = active ? columns[active.col]?.field.key : undefined;
  useEffect(() => {
    if (record !== undefined && field !== undefined) tellPlace({ table, record, field });
  }, [table, record, field]);
}
