import { expect, test } from "vitest";
import { around, boxAt, edge, goTo, headOf, isLast, step, within } from "./selection";

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
  expect(step(box, 1, 0, 9, 9).cell).toEqual([0, 0]);
  expect(step(box, 0, 1, 9, 9).cell).toEqual([0, 0]);
  expect(step(box, -1, 0, 9, 9).cell).toEqual([0, 1]);
  expect(step(boxAt(3, 3), 0, 1, 9, 9).cell).toEqual([3, 4]);
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
