/** Laying what the clipboard brings over the table. */
import type { Written } from "@/api/types";
import { contentsOf } from "./copy";
import { readPasted } from "./pasted";
import type { CellEdit, Row, RowSource, SheetColumn } from "./types";
import { type Board, fillRanges, MAX_CELLS } from "./useCommands";
import { type Content, laidWith } from "./written";

export interface PasteResult {
  edits: CellEdit[];
  grow: Record<string, Written>[];
  /** Cells that are computed. */
  skipped: number;
  /** Cells with content for which there is no column. */
  outside: number;
}

/** Lays pasted cells over the table from one corner; `from` is what stands behind their texts, where that is known. */
export function layPaste(
  cells: string[][],
  at: { x: number; y: number },
  columns: SheetColumn[],
  rows: (Row | undefined)[],
  total: number,
  from?: (Content | undefined)[][],
): PasteResult {
  const out: PasteResult = { edits: [], grow: [], skipped: 0, outside: 0 };
  cells.forEach((line, i) => {
    const past = at.y + i >= total;
    const row = past ? undefined : rows[i];
    const record: Record<string, Written> = {};
    line.forEach((text, j) => {
      const column = columns[at.x + j];
      if (!column) {
        if (text.trim() !== "") out.outside += 1;
        return;
      }
      if (column.locked !== undefined) {
        out.skipped += 1;
        return;
      }
      const cell = laidWith(column.field, text, from?.[i]?.[j]);
      if (past) record[column.field.key] = cell.value;
      else if (row && !row.deleted) out.edits.push({ id: row.id, field: column.field.key, ...cell });
    });
    if (past && Object.values(record).some((v) => v !== null)) out.grow.push(record);
  });
  return out;
}

/** Repeats a small copy over a larger selection, as Excel does when it fits evenly. */
export function tile<T>(cells: T[][], width: number, height: number): (T | undefined)[][] {
  const h = cells.length;
  const w = Math.max(...cells.map((line) => line.length));
  if (h === 0 || w === 0 || height % h !== 0 || width % w !== 0) return cells;
  return Array.from({ length: height }, (_, r) =>
    Array.from({ length: width }, (_, c) => cells[r % h]?.[c % w]),
  );
}

/** So many records from a place on, fewer at the end; headings between them are passed over. */
async function recordsFrom(
  source: RowSource,
  from: number,
  count: number,
): Promise<{ rows: (Row | undefined)[]; end: number }> {
  let rows: (Row | undefined)[] = [];
  let end = from;
  while (rows.length < count && end < source.total) {
    const to = Math.min(end + count - rows.length, source.total);
    const more = await source.load(end, to - 1);
    rows = [...rows, ...more.filter((row) => row?.head === undefined)];
    end = to;
  }
  return { rows, end };
}

/** Pastes over the active range. Rows past the end are asked for together with what is written over. */
export async function paste(
  board: Board,
  text: string,
  html: string,
  onLeft: (what: "skipped" | "outside", n: number) => void,
): Promise<void> {
  const { props } = board;
  const { columns, source } = props;
  const cells = readPasted(text, html);
  const ranges = board.ranges();
  const range = (board.inLines() ? ranges[0] : undefined) ?? board.box().range;
  if (cells.length === 0) return;
  const several = ranges.length > 1 || range.width * range.height > 1;
  const from = contentsOf(text);
  if (cells.length === 1 && cells[0]?.length === 1 && several)
    return fillRanges(board, cells[0][0] ?? "", from?.[0]?.[0]);
  if (range.width * range.height > MAX_CELLS && cells.length < range.height) return board.say("tooMany");
  const heads = Array.from(
    { length: Math.min(range.height, MAX_CELLS) },
    (_, i) => source.peek(range.y + i)?.head,
  );
  const height = range.height - heads.filter((head) => head !== undefined).length;
  const laid = tile(cells, range.width, height).map((line) => line.map((cell) => cell ?? ""));
  const width = Math.max(...laid.map((line) => line.length));
  if (laid.length * width > MAX_CELLS) return board.say("tooMany");
  const had = await recordsFrom(source, range.y, laid.length).catch(() => undefined);
  if (!had) return;
  const behind = from && tile(from, range.width, height);
  const out = layPaste(laid, range, columns, had.rows, range.y + had.rows.length, behind);
  if (out.grow.length > 0) props.onGrow(out.grow, out.edits);
  else if (out.edits.length > 0) props.onEdit(out.edits);
  if (out.skipped > 0) onLeft("skipped", out.skipped);
  if (out.outside > 0) onLeft("outside", out.outside);
  const shown = { width: Math.min(width, columns.length - range.x), height: Math.max(1, had.end - range.y) };
  board.select({ cell: [range.x, range.y], range: { ...range, ...shown } });
}
