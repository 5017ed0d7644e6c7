import { expect, test } from "vitest";
import {
  aligned,
  around,
  type Box,
  boxAt,
  edge,
  goTo,
  headOf,
  isLast,
  step,
  stretchesOf,
  within,
} from "./selection";
import type { Range } from "./types";

test("moving stops at the edges", () => {
  expect(goTo(boxAt(0, 0), -1, -1, false, 5, 5).cell).toEqual([0, 0]);
  expect(goTo(boxAt(4, 4), 9, 9, false, 5, 5).cell).toEqual([4, 4]);
});

test("extending grows from the starting cell and back through it", () => {
  let box = goTo(boxAt(2, 2), 2, 4, true, 5, 9);
  expect(box.range).toEqual({ x: 2, y: 2, width: 1, height: 3 });
  expect(headOf(box)).toEqual([2, 4]);
  box = goTo(box, 0, 1, true, 5, 9);
  expect(box).toEqual({ cell: [2, 2], range: { x: 0, y: 1, width: 3, height: 2 } });
  expect(headOf(box)).toEqual([0, 1]);
});

test("Tab and Enter go round a selection", () => {
  const box = { cell: [1, 1] as const, range: { x: 0, y: 0, width: 2, height: 2 } };
  const to = (at: Box, dc: number, dr: number) => step(at, [], dc, dr, 9, 9).box.cell;
  expect(to(box, 1, 0)).toEqual([0, 0]);
  expect(to(box, 0, 1)).toEqual([0, 0]);
  expect(to(box, -1, 0)).toEqual([0, 1]);
  expect(to(boxAt(3, 3), 0, 1)).toEqual([3, 4]);
});

const line = "xx..xxx.";
const filled = (i: number) => line[i] === "x";
test.each([
  [0, 1, 1],
  [1, 1, 4],
  [4, 1, 6],
  [6, 1, 7],
  [7, 1, 7],
  [6, -1, 4],
  [4, -1, 1],
  [1, -1, 0],
] as const)("Ctrl+arrow from %i going %i lands on %i", (from, dir, to) => {
  expect(edge(from, dir, 7, filled)).toBe(to);
});
test("rows that are not loaded do not stop Ctrl+arrow", () => {
  expect(edge(0, 1, 999_999, (i) => (i < 100 ? true : undefined))).toBe(999_999);
});

test("a pattern repeats in both directions", () => {
  expect([-3, -1, 0, 1, 2, 5].map((i) => around(i, 2))).toEqual([1, 1, 0, 1, 0, 1]);
  const range = { x: 1, y: 2, width: 2, height: 3 };
  expect([within(range, 1, 2), within(range, 2, 4), within(range, 3, 4), within(range, 0, 2)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([isLast(range, 2, 4), isLast(range, 1, 4)]).toEqual([true, false]);
});

test("Enter and Tab go from one picked range to the next and back", () => {
  const first = { x: 0, y: 0, width: 1, height: 2 };
  const second = { x: 4, y: 7, width: 1, height: 1 };
  let at = { box: { cell: [0, 0] as const, range: first } as Box, others: [second] as readonly Range[] };
  const seen: (readonly [number, number])[] = [];
  for (let i = 0; i < 4; i++) {
    at = step(at.box, at.others, 0, 1, 9, 9);
    seen.push(at.box.cell);
  }
  expect(seen).toEqual([
    [0, 1],
    [4, 7],
    [0, 0],
    [0, 1],
  ]);
  expect(step(at.box, at.others, 0, -1, 9, 9).box.cell).toEqual([0, 0]);
  expect(step({ cell: [0, 0], range: first }, [second], 0, -1, 9, 9).box.cell).toEqual([4, 7]);
});

test("rows picked apart stay apart", () => {
  expect(stretchesOf([1, 2, 5, 7, 8])).toEqual([
    [1, 2],
    [5, 5],
    [7, 8],
  ]);
});

test("ranges are copied as one where they share rows or columns", () => {
  const at = (x: number, y: number, width = 1, height = 1): Range => ({ x, y, width, height });
  expect(aligned([at(2, 5, 2), at(2, 1, 2)])).toEqual({ parts: [at(2, 1, 2), at(2, 5, 2)], beside: false });
  expect(aligned([at(4, 1), at(2, 1)])).toEqual({ parts: [at(2, 1), at(4, 1)], beside: true });
  expect(aligned([at(0, 0), at(1, 1)])).toBeUndefined();
});
