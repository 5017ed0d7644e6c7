import type { RefObject } from "react";
import { isLink } from "@/lib/format";
import { bookNow, today } from "@/lib/month";
import type { Command } from "./keymap";
import { type Box, boxAt, edge, goTo, headOf, step } from "./selection";
import type { CellEdit, Range, Row, SheetProps } from "./types";
import { type Content, laidWith } from "./written";

/** Filling and pasting come when they are first asked for. */
export const loadHands = () => import("./hands");

/** What is told of a command that could not be carried out. */
export type Said = "tooMany" | "apart" | "copyAgain" | "nothingBeside";

export interface Board {
  props: SheetProps;
  box(): Box;
  /** The other ranges, picked with Ctrl. */
  others(): readonly Range[];
  ranges(): Range[];
  /** Whole rows or columns are selected, not cells. */
  inLines(): boolean;
  /** Rows and columns on screen. */
  page(): { rows: number; cols: number };
  select(box: Box, follow?: "cell" | "head", others?: readonly Range[]): void;
  selectLines(of: "rows" | "columns", from: number, count: number): void;
  /** Shift+arrow on whole rows or columns; false where cells are selected. */
  extendLines(dc: number, dr: number, edge: boolean): boolean;
  /** The cell a run of Tabs has come to and the column it began in: Enter goes on below that. */
  run: RefObject<{ from: number; at: readonly [col: number, row: number] } | undefined>;
  beginEdit(): void;
  collapse(): void;
  say(what: Said): void;
}

/** Clearing or filling more cells than this at once would freeze page and server alike. */
export const MAX_CELLS = 50_000;

export const nowText = () => bookNow().slice(0, 16).replace("T", " ");

function move(board: Board, command: Extract<Command, { do: "move" }>): void {
  const { columns, source } = board.props;
  if (command.extend && board.extendLines(command.dc, command.dr, command.edge)) return;
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

/** Whole rows, or undefined where they cannot be had; the source has told why. */
export const loaded = (board: Board, first: number, last: number): Promise<(Row | undefined)[] | undefined> =>
  board.props.source.load(first, last).catch(() => undefined);

/** Writes the same text, or the content it stands for, into every writable cell of the selection. */
export async function fillRanges(board: Board, text: string, from?: Content): Promise<void> {
  const { columns } = board.props;
  const ranges = board.ranges();
  if (ranges.reduce((n, r) => n + r.width * r.height, 0) > MAX_CELLS) return board.say("tooMany");
  const edits = new Map<string, CellEdit>();
  for (const range of ranges) {
    const rows = await loaded(board, range.y, range.y + range.height - 1);
    if (!rows) return;
    for (const row of rows) {
      if (!row || row.deleted) continue;
      for (const { field, locked } of columns.slice(range.x, range.x + range.width)) {
        // Ranges may lie over one another; a cell is written once.
        if (locked === undefined)
          edits.set(`${row.id}:${field.key}`, {
            id: row.id,
            field: field.key,
            ...laidWith(field, text, from),
          });
      }
    }
  }
  if (edits.size > 0) return board.props.onEdit([...edits.values()]);
  const locked = columns[board.box().cell[0]]?.locked;
  if (locked !== undefined) board.props.onSay(locked);
}

/** Tab and Enter. After a run of Tabs, Enter goes on in the column it began in, as one fills in a form. */
export function stepOn(board: Board, dc: number, dr: number): void {
  const { columns, source } = board.props;
  const box = board.box();
  const others = board.others();
  const run = board.run.current;
  const [c, r] = box.cell;
  const running = run?.at[0] === c && run.at[1] === r ? run : undefined;
  const single = others.length === 0 && box.range.width * box.range.height === 1;
  const from = single && dr > 0 && running ? { ...box, cell: [running.from, r] as const } : box;
  const next = step(from, others, dc, dr, columns.length, source.total);
  board.run.current = dc !== 0 && single ? { from: running?.from ?? c, at: next.box.cell } : undefined;
  board.select(next.box, "cell", next.others);
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
      return stepOn(board, command.dc, command.dr);
    case "page": {
      const from = command.extend ? hr : r;
      return go(command.extend ? hc : c, from + command.dir * board.page().rows, command.extend);
    }
    case "screen": {
      const from = command.extend ? hc : c;
      return go(from + command.dir * board.page().cols, command.extend ? hr : r, command.extend);
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
      return board.selectLines("columns", box.range.x, box.range.width);
    case "selectRow":
      return board.selectLines("rows", box.range.y, box.range.height);
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
      return void loadHands().then(({ fill }) => fill(board, command.do === "fillDown"));
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
