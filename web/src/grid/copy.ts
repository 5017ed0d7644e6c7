/** Copying what is selected, as text and as a table. */
import type { ClipboardEvent } from "react";
import { editText, isNumeric } from "@/lib/format";
import { aligned } from "./selection";
import { formatHtml, formatTsv } from "./tsv";
import type { Range, Row, RowSource, SheetColumn, SheetProps } from "./types";
import { type Board, loaded, MAX_CELLS } from "./useCommands";
import type { Content } from "./written";

/** A cell as it is copied. */
interface Copied {
  text: string;
  /** None for what is written and not yet answered, which is copied as it is shown. */
  from?: Content;
}

function copied(source: RowSource, row: Row | undefined, { field }: SheetColumn): Copied {
  if (!row || row.deleted) return { text: "" };
  const pending = source.pendingText(row.id, field.key);
  if (pending !== undefined) return { text: pending };
  const value = row.values[field.key] ?? null;
  return { text: editText(field, value), from: { field, value } };
}

/** Ranges laid into one rectangle, from rows that are had one after another. */
function laidOut(
  parts: Range[],
  beside: boolean,
  { columns, source }: Pick<SheetProps, "columns" | "source">,
  rows: (Row | undefined)[][],
): Copied[][] {
  const blocks = parts.map((part, i) =>
    (rows[i] ?? [])
      .filter((row) => row?.head === undefined)
      .map((row) => columns.slice(part.x, part.x + part.width).map((column) => copied(source, row, column))),
  );
  if (!beside) return blocks.flat();
  return (blocks[0] ?? []).map((_, i) => blocks.flatMap((block) => block[i] ?? []));
}

/** What was copied last: its text does not say which of two records of one name was meant. */
let last: { text: string; cells: Copied[][] } | undefined;

const LINE = /\r\n?/g;

/** The contents behind a text that was copied here and is pasted now. */
export const contentsOf = (text: string): (Content | undefined)[][] | undefined =>
  last && last.text.replace(LINE, "\n") === text.replace(LINE, "\n")
    ? last.cells.map((row) => row.map((cell) => cell.from))
    : undefined;

/** Both forms of a copy, which is remembered. */
function formsOf(cells: Copied[][]): { text: string; html: string } {
  const texts = cells.map((row) => row.map((cell) => cell.text));
  const text = formatTsv(texts);
  last = { text, cells };
  const isAmount = (y: number, x: number) => {
    const field = cells[y]?.[x]?.from?.field;
    return field !== undefined && isNumeric(field);
  };
  return { text, html: formatHtml(texts, isAmount) };
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
    const { text, html } = formsOf(laidOut(parts, beside, board.props, here));
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
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
async function late(board: Board, cells: Copied[][]): Promise<boolean> {
  const { text, html } = formsOf(cells);
  try {
    const blob = (content: string, type: string) => new Blob([content], { type });
    await navigator.clipboard.write([
      new ClipboardItem({
        "text/plain": blob(text, "text/plain"),
        "text/html": blob(html, "text/html"),
      }),
    ]);
    return true;
  } catch {
    board.say("copyAgain");
    return false;
  }
}
