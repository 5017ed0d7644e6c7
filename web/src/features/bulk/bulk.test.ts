import { expect, test } from "vitest";
import type { SheetSelection } from "@/grid/types";
import { actOf, countOf, draftOf, rowsOf } from "./bulk";

const cells = (...ranges: [y: number, height: number][]): SheetSelection => ({
  ranges: ranges.map(([y, height]) => ({ x: 0, y, width: 1, height })),
  rows: [],
  active: null,
});

test.each([
  [cells(), []],
  [cells([3, 2]), [[3, 5]]],
  // Several ranges may share rows; each row counts once.
  [
    cells([3, 2], [4, 4], [20, 1]),
    [
      [3, 8],
      [20, 21],
    ],
  ],
  [
    cells([9, 1], [0, 2]),
    [
      [0, 2],
      [9, 10],
    ],
  ],
  // Rows taken as rows come first: their cells are in the ranges as well.
  [
    {
      ...cells([0, 50]),
      rows: [
        [1, 1],
        [5, 6],
      ] as [number, number][],
    },
    [
      [1, 2],
      [5, 7],
    ],
  ],
])("rows of a selection %#", (selection, rows) => {
  expect(rowsOf(selection)).toEqual(rows);
  expect(countOf(rowsOf(selection))).toBe(rows.reduce((n, [a = 0, b = 0]) => n + b - a, 0));
});

test("an act is asked for once it is whole", () => {
  expect(actOf(draftOf("edit"))).toBeUndefined();
  expect(actOf({ ...draftOf("edit"), field: "city" })).toEqual({ edit: { city: null } });
  expect(actOf({ ...draftOf("tag"), field: "tags" })).toBeUndefined();
  expect(actOf({ ...draftOf("tag"), field: "tags", remove: ["a"] })).toEqual({
    tag: { field: "tags", add: [], remove: ["a"] },
  });
  expect(actOf({ ...draftOf("replace"), with: "x" })).toBeUndefined();
  expect(actOf({ ...draftOf("replace"), find: " ", whole: true })).toEqual({
    replace: { fields: [], find: " ", with: "", whole: true, case: false },
  });
  expect(actOf(draftOf("delete"))).toEqual({ delete: {} });
});
