import { expect, test } from "vitest";
import type { RecordGroup } from "@/api/types";
import { GroupedRows, headsOf, keysOf } from "./grouped";
import { cellTone, rowTone, tintsOf } from "./tints";
import type { Row, RowSource } from "./types";

const none = { formula: "" };

const leaf = (value: string | null, count: number): RecordGroup => ({ value, count });
const LIST: RecordGroup[] = [
  { value: "浙江", count: 5, groups: [leaf("杭州", 2), leaf("宁波", 3)] },
  { value: null, count: 1, groups: [leaf(null, 1)] },
];

/** Records 0 to total-1, whose ids are their places plus 100. */
function records(total: number) {
  const asked: [number, number][][] = [];
  const row = (i: number): Row => ({ id: 100 + i, values: {}, deleted: false });
  const source: RowSource = {
    total,
    peek: (i) => (i < total ? row(i) : undefined),
    watch: (...parts) => void asked.push(parts),
    load: async (a, b) => Array.from({ length: b - a + 1 }, (_, i) => row(a + i)),
    isFresh: () => true,
    pendingText: () => undefined,
    subscribe: () => () => {},
  };
  return { source, asked };
}
const shown = (rows: GroupedRows) =>
  Array.from({ length: rows.total }, (_, i) => {
    const row = rows.peek(i);
    return row?.head ? `${"-".repeat(row.head.level + 1)}${row.head.group.value ?? ""}` : row?.id;
  });

test("headings stand before their records, and closed groups hide theirs", () => {
  const { source } = records(7);
  const [first = "", inner = ""] = keysOf(LIST);
  expect(keysOf(LIST)).toHaveLength(5);
  // The seventh record was made since the view was opened.
  expect(shown(new GroupedRows(source, LIST, new Set()))).toEqual([
    "-浙江",
    "--杭州",
    100,
    101,
    "--宁波",
    102,
    103,
    104,
    "-",
    "--",
    105,
    106,
  ]);
  expect(shown(new GroupedRows(source, LIST, new Set([inner])))).toEqual([
    "-浙江",
    "--杭州",
    "--宁波",
    102,
    103,
    104,
    "-",
    "--",
    105,
    106,
  ]);
  expect(shown(new GroupedRows(source, LIST, new Set([first, inner])))).toEqual([
    "-浙江",
    "-",
    "--",
    105,
    106,
  ]);
  expect(headsOf(LIST, new Set()).map((h) => h.first)).toEqual([0, 0, 2, 5, 5]);
});

test("places on screen and places among records are told apart", async () => {
  const { source, asked } = records(7);
  const rows = new GroupedRows(source, LIST, new Set([keysOf(LIST)[1] ?? ""]));
  // -浙江 --杭州 --宁波 102 103 104 - -- 105 106
  expect([0, 3, 5, 6, 8, 9].map((i) => rows.recordAt(i))).toEqual([undefined, 2, 4, undefined, 5, 6]);
  expect(rows.stretches(0, 2)).toEqual([]);
  expect(rows.stretches(1, 4)).toEqual([[2, 3]]);
  // What stands on both sides of a heading follows on one another.
  expect(rows.stretches(4, 9)).toEqual([
    [3, 5],
    [6, 6],
  ]);
  expect(rows.headAbove(4)).toBe(2);
  expect(rows.headAbove(9)).toBe(7);
  rows.watch([2, 4]);
  expect(asked).toEqual([[[2, 3]]]);
  expect((await rows.load(2, 4)).map((r) => r?.id)).toEqual([0, 102, 103]);
});

test("the first rule that holds gives the colour, a rule for the cell before one for the row", () => {
  const asked = ["1", "2", "3", "4"].map((formula) => ({ formula }));
  const [a = none, b = none, c = none, d = none] = asked;
  const tints = tintsOf(
    [
      { when: a, tone: "grey" },
      { when: b, field: "total", tone: "gold" },
      { when: { formula: "not asked yet" }, tone: "blue" },
      { when: c, tone: "red" },
      { when: d, field: "total", tone: "green" },
    ],
    asked,
  );
  expect(tints.map((t) => t.bit)).toEqual([0, 1, 2, 3]);
  expect(rowTone(tints, 0)).toBeUndefined();
  expect(rowTone(tints, 0b101)).toBe("grey");
  expect(rowTone(tints, 0b110)).toBe("red");
  expect(cellTone(tints, 0b1010, "total")).toBe("gold");
  expect(cellTone(tints, 0b1000, "total")).toBe("green");
  expect(cellTone(tints, 0b1111, "name")).toBeUndefined();
});
