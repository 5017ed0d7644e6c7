/** Copying what is selected, as text and as a table. */
import type { ClipboardEvent } from "react";
import { editText } from "@/lib/format";
import { aligned } from "./selection";
import { formatHtml, formatTsv } from "./tsv";
import type { Range, Row, RowSource, SheetColumn, SheetProps } from "./types";
import { type Board, loaded, MAX_CELLS } from "./useCommands";

/** What is written and not yet answered is copied as it is shown. */
const textOf = (source: RowSource, row: Row | undefined, { field }: SheetColumn): string =>
  row && !row.deleted
    ? (source.pendingText(row.id, field.key) ?? editText(field, row.values[field.key]))
    : "";

/** The texts of ranges laid into one rectangle, from rows that are had one after another. */
function laidOut(
  parts: Range[],
  beside: boolean,
  { columns, source }: Pick<SheetProps, "columns" | "source">,
  rows: (Row | undefined)[][],
): string[][] {
  const blocks = parts.map((part, i) =>
    (rows[i] ?? [])
      .filter((row) => row?.head === undefined)
      .map((row) => columns.slice(part.x, part.x + part.width).map((column) => textOf(source, row, column))),
  );
  if (!beside) return blocks.flat();
  return (blocks[0] ?? []).map((_, i) => blocks.flatMap((block) => block[i] ?? []));
}

/**
 * Copies the selection; several ranges where they make one rectangle. Rows not here yet are fetched, then copied if
 * the browser lets us. Answers whether it was copied.
 */
export async function copySelection(board: Board, event: ClipboardEvent): Promise<boolean> {
  const { source } = board.props;
  const ranges = board.ranges();
  if (ranges.length === 0) return false;
  event.preventDefault();
  const laid = aligned(ranges);
  const refused = !laid
    ? "apart"
    : ranges.reduce((n, r) => n + r.width * r.height, 0) > MAX_CELLS
      ? "tooMany"
      : undefined;
  if (!laid || refused) {
    if (refused) board.say(refused);
    return false;
  }
  const { parts, beside } = laid;
  const here = parts.map((r) => Array.from({ length: r.height }, (_, i) => source.peek(r.y + i)));
  const fresh = parts.every((r) => source.isFresh(r.y, r.y + r.height - 1));
  if (fresh && here.every((rows) => rows.every((row) => row !== undefined))) {
    const cells = laidOut(parts, beside, board.props, here);
    event.clipboardData.setData("text/plain", formatTsv(cells));
    event.clipboardData.setData("text/html", formatHtml(cells));
    return true;
  }
  const rows = await Promise.all(parts.map((r) => loaded(board, r.y, r.y + r.height - 1)));
  if (rows.some((list) => list === undefined)) return false;
  const cells = laidOut(
    parts,
    beside,
    board.props,
    rows.map((list) => list ?? []),
  );
  return late(board, cells);
}

/** Where the page may not write to the clipboard by itself, the rows are here now: a second Ctrl+C works. */
async function late(board: Board, cells: string[][]): Promise<boolean> {
  try {
    const blob = (text: string, type: string) => new Blob([text], { type });
    await navigator.clipboard.write([
      new ClipboardItem({
        "text/plain": blob(formatTsv(cells), "text/plain"),
        "text/html": blob(formatHtml(cells), "text/html"),
      }),
    ]);
    return true;
  } catch {
    board.say("copyAgain");
    return false;
  }
}
