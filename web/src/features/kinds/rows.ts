import type { WireRow } from "@/api/types";
import type { Row } from "@/grid/types";

/** A row as it came, by the keys of its columns. */
export function rowOf([id, ...cells]: WireRow, columns: string[]): Row {
  const values = Object.fromEntries(columns.map((key, i) => [key, cells[i] ?? null]));
  return { id, values, deleted: columns.length > 0 && cells.length === 0 };
}
