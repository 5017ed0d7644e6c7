/** Filling cells from their neighbours: Ctrl+D and Ctrl+R copy, the corner dragged or clicked twice goes on. */
import type { Value } from "@/api/types";
import { around, within } from "./selection";
import { type Series, seriesOf } from "./series";
import type { CellEdit, Range, Row, SheetColumn } from "./types";
import { type Board, loaded, MAX_CELLS } from "./useCommands";
import { filledWith } from "./written";

/** Ctrl+D and Ctrl+R: the first row (or column) of the selection into the rest. */
export async function fill(board: Board, down: boolean): Promise<void> {
  let { x, y, width, height } = board.box().range;
  // On a single cell Excel takes the neighbour above (or to the left); headings of groups are passed over.
  if (down && height === 1) {
    let above = y - 1;
    while (above >= 0 && board.props.source.peek(above)?.head !== undefined) above -= 1;
    if (above < 0) return;
    [y, height] = [above, y - above + 1];
  }
  if (!down && width === 1 && x > 0) [x, width] = [x - 1, 2];
  const source = down ? { x, y, width, height: 1 } : { x, y, width: 1, height };
  await fillFrom(board, source, { x, y, width, height }, "copy");
}

/** Copies, or goes on as the values do; "other" is that with Ctrl held. */
export type How = "copy" | "series" | "other";

const isRecord = (row: Row | undefined) => row?.head === undefined;
const contentOf = (row: Row | undefined, column: SheetColumn | undefined) =>
  column ? row?.values[column.field.key] : undefined;

/** Fills a range from the part of it that is given, over rows below and above or over columns beside. */
export async function fillFrom(board: Board, from: Range, into: Range, how: How): Promise<void> {
  const { columns } = board.props;
  if (into.width * into.height > MAX_CELLS) return board.say("tooMany");
  const rows = await loaded(board, into.y, into.y + into.height - 1);
  if (!rows) return;
  // Headings of groups are passed over: records follow on one another.
  const patterns = rows.slice(from.y - into.y, from.y - into.y + from.height).filter(isRecord);
  const before = rows.slice(0, Math.max(0, from.y - into.y)).filter(isRecord).length;
  if (patterns.length === 0) return;
  const down = into.height > from.height;
  const columnAt = (x: number) => columns[from.x + around(x - from.x, from.width)];
  const goOn = (origin: SheetColumn | undefined, values: (Value | undefined)[]): Series | undefined =>
    how === "copy" || !origin ? undefined : seriesOf(origin.field, values, how === "other");
  const below = new Map<number, Series | undefined>();
  if (down)
    for (let x = from.x; x < from.x + from.width; x++)
      below.set(
        x,
        goOn(
          columns[x],
          patterns.map((row) => contentOf(row, columns[x])),
        ),
      );
  let nth = -1;
  const edits: CellEdit[] = [];
  rows.forEach((row, i) => {
    if (isRecord(row)) nth += 1;
    if (!row || row.deleted) return;
    const pattern = patterns[around(nth - before, patterns.length)];
    const beside = down ? undefined : besideOf(columns.slice(from.x, from.x + from.width), pattern, goOn);
    for (let col = into.x; col < into.x + into.width; col++) {
      const [target, origin] = [columns[col], columnAt(col)];
      if (within(from, col, into.y + i) || !target || !origin || target.locked !== undefined) continue;
      const series = down ? below.get(from.x + around(col - from.x, from.width)) : beside;
      const value = series ? series(down ? nth - before : col - from.x) : contentOf(pattern, origin);
      if (value === undefined) continue;
      edits.push({
        id: row.id,
        field: target.field.key,
        ...filledWith(target.field, { field: origin.field, value }),
      });
    }
  });
  if (edits.length > 0) board.props.onEdit(edits);
}

/** How one row goes on to the side, where its columns are of one kind. */
function besideOf(
  columns: SheetColumn[],
  row: Row | undefined,
  goOn: (origin: SheetColumn | undefined, values: (Value | undefined)[]) => Series | undefined,
): Series | undefined {
  const [first] = columns;
  if (!first || columns.some((c) => c.field.kind !== first.field.kind)) return undefined;
  return goOn(
    first,
    columns.map((c) => contentOf(row, c)),
  );
}

const isFilled = (value: Value | undefined) => value !== undefined && value !== null && value !== "";
/** Rows looked at at once for where the neighbours end. */
const LOOK = 500;

/** The corner clicked twice: down as far as the column on its left, or else on its right, is filled. */
export async function fillToNeighbours(board: Board, how: How): Promise<void> {
  const { columns, source } = board.props;
  const { range } = board.box();
  const first = range.y + range.height;
  const most = Math.floor(MAX_CELLS / range.width) - range.height;
  for (const at of [range.x - 1, range.x + range.width]) {
    const column = columns[at];
    let count = 0;
    for (let open = column !== undefined; open && count < most; ) {
      const end = Math.min(first + count + LOOK, first + most, source.total) - 1;
      const rows = end < first + count ? [] : await loaded(board, first + count, end);
      if (!rows) return;
      const blank = rows.findIndex((row) => isRecord(row) && !isFilled(contentOf(row, column)));
      count += blank < 0 ? rows.length : blank;
      open = blank < 0 && rows.length > 0;
    }
    if (count === 0) continue;
    const into = { ...range, height: range.height + count };
    await fillFrom(board, range, into, how);
    return board.select({ cell: board.box().cell, range: into }, "cell");
  }
  board.say("nothingBeside");
}
