import type { Range } from "./types";

/** One rectangle and the cell it started from. */
export interface Box {
  cell: readonly [col: number, row: number];
  range: Range;
}

const clamp = (n: number, max: number) => Math.max(0, Math.min(max, n));

export const boxAt = (col: number, row: number): Box => ({
  cell: [col, row],
  range: { x: col, y: row, width: 1, height: 1 },
});

export const within = (r: Range, col: number, row: number): boolean =>
  col >= r.x && col < r.x + r.width && row >= r.y && row < r.y + r.height;

/** Whether a cell is the last of a range, where its corner to drag is. */
export const isLast = (r: Range, col: number, row: number): boolean =>
  col === r.x + r.width - 1 && row === r.y + r.height - 1;

/** Position of an offset in a pattern repeated without end in both directions. */
export const around = (offset: number, size: number): number => ((offset % size) + size) % size;

/** The corner that moves while Shift is held: the one opposite the starting cell. */
export function headOf({ cell, range }: Box): [col: number, row: number] {
  return [
    cell[0] === range.x ? range.x + range.width - 1 : range.x,
    cell[1] === range.y ? range.y + range.height - 1 : range.y,
  ];
}

/** Moves the active cell, or the free corner when extending. */
export function goTo(box: Box, col: number, row: number, extend: boolean, cols: number, rows: number): Box {
  const c = clamp(col, cols - 1);
  const r = clamp(row, rows - 1);
  if (!extend) return boxAt(c, r);
  const [ac, ar] = box.cell;
  return {
    cell: box.cell,
    range: {
      x: Math.min(ac, c),
      y: Math.min(ar, r),
      width: Math.abs(ac - c) + 1,
      height: Math.abs(ar - r) + 1,
    },
  };
}

/** Tab and Enter: inside a selection they go round it, range after range, else they move on. */
export function step(
  box: Box,
  others: readonly Range[],
  dc: number,
  dr: number,
  cols: number,
  rows: number,
): { box: Box; others: readonly Range[] } {
  const { x, y, width, height } = box.range;
  const [c, r] = box.cell;
  const size = width * height;
  if (size === 1 && others.length === 0) return { box: goTo(box, c + dc, r + dr, false, cols, rows), others };
  const byRow = dc !== 0;
  const to = (byRow ? (r - y) * width + (c - x) : (c - x) * height + (r - y)) + dc + dr;
  if (to >= 0 && to < size) return { box: { cell: cellAt(box.range, to, byRow), range: box.range }, others };
  // The ranges stand in a ring; one leaves this one for the next or the one before.
  const ring = [box.range, ...others];
  const range = (to < 0 ? ring.at(-1) : ring[1]) ?? box.range;
  const rest = to < 0 ? ring.slice(0, -1) : [...ring.slice(2), box.range];
  const cell = cellAt(range, to < 0 ? range.width * range.height - 1 : 0, byRow);
  return { box: { cell, range }, others: others.length === 0 ? others : rest };
}

function cellAt({ x, y, width, height }: Range, nth: number, byRow: boolean): [col: number, row: number] {
  return byRow
    ? [x + (nth % width), y + Math.floor(nth / width)]
    : [x + Math.floor(nth / height), y + (nth % height)];
}

/** Numbers in ascending order as stretches of those that follow on one another. */
export function stretchesOf(list: Iterable<number>): [first: number, last: number][] {
  const out: [number, number][] = [];
  for (const n of list) {
    const last = out.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else out.push([n, n]);
  }
  return out;
}

/**
 * Several ranges as one rectangle of cells, in the order it is copied: under one another where they share their
 * columns, beside one another where they share their rows; undefined where they fit neither way.
 */
export function aligned(ranges: Range[]): { parts: Range[]; beside: boolean } | undefined {
  const [first] = ranges;
  if (!first) return undefined;
  if (ranges.every((r) => r.x === first.x && r.width === first.width))
    return { parts: [...ranges].sort((a, b) => a.y - b.y), beside: false };
  if (ranges.every((r) => r.y === first.y && r.height === first.height))
    return { parts: [...ranges].sort((a, b) => a.x - b.x), beside: true };
  return undefined;
}

/**
 * Where Ctrl+arrow lands on a line of cells: the end of the filled run one stands in, else the next
 * filled cell. `filled` answers undefined where rows are not loaded: the end of the line is taken.
 */
export function edge(
  from: number,
  dir: 1 | -1,
  last: number,
  filled: (index: number) => boolean | undefined,
): number {
  const end = dir === 1 ? last : 0;
  if (from === end) return end;
  const inRun = filled(from) === true && filled(from + dir) === true;
  for (let i = from + dir; ; i += dir) {
    const now = filled(i);
    if (now === undefined) return end;
    if (inRun && !now) return i - dir;
    if (!inRun && now) return i;
    if (i === end) return end;
  }
}
