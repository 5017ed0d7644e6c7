import { useMemo } from "react";
import { api } from "@/api";
import type { Mark, Table } from "@/api/types";
import type { BlockCache } from "@/grid/blockCache";
import type { Marks } from "@/grid/types";
import { RowMarks, useOnScreen } from "./rowMarks";

/** Which cells a rule doubts. */
export class MarkCache extends RowMarks<Mark> implements Marks {
  get(id: number, field: string): string | undefined {
    return this.of(id)?.find((m) => m.field === field)?.message;
  }
}

export function useMarks(table: Table, cache: BlockCache | undefined): MarkCache | undefined {
  const ruled = JSON.stringify(table.fields.filter((f) => f.rules?.length).map((f) => [f.key, f.rules]));
  const marks = useMemo(
    () =>
      cache && ruled !== "[]"
        ? new MarkCache(async (ids) => (await api.marks(table.key, ids)).marks)
        : undefined,
    [table.key, cache, ruled],
  );
  useOnScreen(marks, cache);
  return marks;
}
