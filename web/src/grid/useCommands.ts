import type { RefObject } from "react";
import { editText, isError, isLink, isLinks, linksOf } from "@/lib/format";
import { bookNow, today } from "@/lib/month";
import type { Command } from "./keymap";
import { around, type Box, boxAt, edge, goTo, headOf, step, within } from "./selection";
import type { CellEdit, Range, Row, SheetProps } from "./types";
import { toWritten } from "./written";

export interface Board {
  props: SheetProps;
  box(): Box;
  ranges(): Range[];
  pageRows(): number;
  select(box: Box, follow?: "cell" | "head"): void;
  selectColumns(from: number, count: number): void;
  selectRows(from: number, count: number): void;
  beginEdit(): void;
  collapse(): void;
}

/** Clearing or filling more cells than this at once would freeze page and server alike. */
export const MAX_CELLS = 50_000;

const nowText = () => bookNow().slice(0, 16).replace("T", " ");

function move(board: Board, command: Extract<Command, { do: "move" }>): void {
  const { columns, source } = board.props;
  const box = board.box();
  const [c, r] = command.extend ? headOf(box) : box.cell;
  const cols = columns.length;
  const rows = source.total;
  let to: [number, number] = [c + command.dc, r + command.dr];
  if (command.edge) {
    const filled = (row: number, col: number) => {
      const data = source.peek(row);
      const key = columns[col]?.field.key;
      if (!data || key === undefined) return undefined;
      const value = data.values[key];
      return value !== null && value !== undefined && value !== "";
    };
    to =
      command.dc !== 0
        ? [edge(c, command.dc > 0 ? 1 : -1, cols - 1, (i) => filled(r, i)), r]
        : [c, edge(r, command.dr > 0 ? 1 : -1, rows - 1, (i) => filled(i, c))];
  }
  board.select(goTo(box, to[0], to[1], command.extend, cols, rows), command.extend ? "head" : "cell");
}

/** Writes the same text into every writable cell of the selection. */
export async function fillRanges(board: Board, text: string, only?: RefObject<boolean>): Promise<void> {
  const { columns, source } = board.props;
  const edits: CellEdit[] = [];
  for (const range of board.ranges()) {
    if (range.width * range.height > MAX_CELLS) return board.props.onSay("limit");
    const rows = await source.load(range.y, range.y + range.height - 1);
    for (const row of rows) {
      if (!row || row.deleted) continue;
      for (const column of columns.slice(range.x, range.x + range.width)) {
        if (column.locked === undefined)
          edits.push({ id: row.id, field: column.field.key, value: toWritten(column.field, text), text });
      }
    }
  }
  if (only?.current === false) return;
  if (edits.length > 0) board.props.onEdit(edits);
  else {
    const [c] = board.box().cell;
    const locked = columns[c]?.locked;
    if (locked !== undefined) board.props.onSay(locked);
  }
}

/** Ctrl+D and Ctrl+R: the first row (or column) of the selection into the rest. */
async function fill(board: Board, down: boolean): Promise<void> {
  let { x, y, width, height } = board.box().range;
  // On a single cell Excel takes the neighbour above (or to the left).
  if (down && height === 1 && y > 0) [y, height] = [y - 1, 2];
  if (!down && width === 1 && x > 0) [x, width] = [x - 1, 2];
  const source = down ? { x, y, width, height: 1 } : { x, y, width: 1, height };
  await fillFrom(board, source, { x, y, width, height });
}

/** Repeats a range over a larger one around or beside it, as dragging its corner does. */
export async function fillFrom(board: Board, from: Range, into: Range): Promise<void> {
  const { columns, source } = board.props;
  if (into.width * into.height > MAX_CELLS) return board.props.onSay("limit");
  const isRecord = (row: Row | undefined) => row?.head === undefined;
  const patterns = (await source.load(from.y, from.y + from.height - 1)).filter(isRecord);
  const rows = await source.load(into.y, into.y + into.height - 1);
  // Headings of groups are passed over: records follow on one another.
  const before = rows.slice(0, Math.max(0, from.y - into.y)).filter(isRecord).length;
  let nth = -1;
  const edits: CellEdit[] = [];
  rows.forEach((row, i) => {
    if (isRecord(row)) nth += 1;
    if (!row || row.deleted || patterns.length === 0) return;
    const pattern = patterns[around(nth - before, patterns.length)];
    for (let col = into.x; col < into.x + into.width; col++) {
      if (within(from, col, into.y + i)) continue;
      const target = columns[col];
      const origin = columns[from.x + around(col - from.x, from.width)];
      const value = pattern?.values[origin?.field.key ?? ""];
      if (!target || target.locked !== undefined || value === undefined) continue;
      // The same kind moves as it is; another kind is read as text.
      const same = origin?.field.kind === target.field.kind;
      const text = isError(value) ? value.error : origin ? editText(origin.field, value) : "";
      const whole = isLinks(target.field) && value !== null ? linksOf(value) : value;
      const moved = same && !isError(whole);
      edits.push({
        id: row.id,
        field: target.field.key,
        value: moved ? whole : toWritten(target.field, text),
        text: moved && typeof value !== "string" ? "" : text,
      });
    }
  });
  if (edits.length > 0) board.props.onEdit(edits);
}

export function runCommand(board: Board, command: Command): void {
  const { columns, source } = board.props;
  const cols = columns.length;
  const rows = source.total;
  const box = board.box();
  const [c, r] = box.cell;
  const go = (col: number, row: number, extend: boolean) =>
    board.select(goTo(box, col, row, extend, cols, rows), extend ? "head" : "cell");
  const [hc, hr] = headOf(box);
  switch (command.do) {
    case "move":
      return move(board, command);
    case "step":
      return board.select(step(box, command.dc, command.dr, cols, rows));
    case "page": {
      const from = command.extend ? hr : r;
      return go(command.extend ? hc : c, from + command.dir * board.pageRows(), command.extend);
    }
    case "rowStart":
      return go(0, command.extend ? hr : r, command.extend);
    case "rowEnd":
      return go(cols - 1, command.extend ? hr : r, command.extend);
    case "first":
      return go(0, 0, command.extend);
    case "last":
      return go(cols - 1, rows - 1, command.extend);
    case "selectAll":
      return board.select({ cell: box.cell, range: { x: 0, y: 0, width: cols, height: rows } }, "head");
    case "selectColumn":
      return board.selectColumns(box.range.x, box.range.width);
    case "selectRow":
      return board.selectRows(box.range.y, box.range.height);
    case "edit":
    case "list":
      return board.beginEdit();
    case "clear":
      return void fillRanges(board, "");
    case "today":
      return void fillRanges({ ...board, ranges: () => [boxAt(c, r).range] }, today());
    case "now":
      return void fillRanges({ ...board, ranges: () => [boxAt(c, r).range] }, nowText());
    case "fillDown":
    case "fillRight":
      return void fill(board, command.do === "fillDown");
    default:
      return runOuter(board, command);
  }
}

/** Commands that belong to the page around the sheet. */
function runOuter(board: Board, command: Command): void {
  const { props } = board;
  const [c, r] = board.box().cell;
  const data = props.source.peek(r);
  const column = props.columns[c];
  if (command.do === "undo") props.onUndo();
  else if (command.do === "redo") props.onRedo();
  else if (command.do === "deleteRows") props.onDeleteRows();
  else if (command.do === "comment") props.onComment();
  else if (command.do === "escape") {
    props.onProblemSeen();
    board.collapse();
  } else if (command.do === "open" && data && !data.deleted) {
    const value = column ? data.values[column.field.key] : undefined;
    if (column?.field.kind === "link" && value && isLink(value)) props.onOpenLink(column.field, value);
    else props.onOpenRow(data.id, r);
  }
}
