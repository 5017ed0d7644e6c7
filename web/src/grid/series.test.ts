import { expect, test } from "vitest";
import type { Field, FieldKind, Value } from "@/api/types";
import { seriesOf } from "./series";

const field = (kind: FieldKind) => ({ key: "f", kind }) as Field;
const on = (kind: FieldKind, values: Value[], other = false, from = values.length, count = 3) => {
  const series = seriesOf(field(kind), values, other);
  return series && Array.from({ length: count }, (_, i) => series(from + i));
};

test.each<[FieldKind, Value[], Value[]]>([
  ["number", [1, 2], [3, 4, 5]],
  ["number", [0.1, 0.2], [0.3, 0.4, 0.5]],
  ["number", [10, 8, 6], [4, 2, 0]],
  ["money", [1000, 1050], [1100, 1150, 1200]],
  ["percent", [0.1, 0.2], [0.3, 0.4, 0.5]],
  ["date", ["2026-02-27"], ["2026-02-28", "2026-03-01", "2026-03-02"]],
  ["date", ["2026-03-01", "2026-03-08"], ["2026-03-15", "2026-03-22", "2026-03-29"]],
  ["date", ["2026-11-30", "2026-12-30"], ["2027-01-30", "2027-02-28", "2027-03-30"]],
  [
    "date_time",
    ["2026-03-01T09:30:00"],
    ["2026-03-02T09:30:00", "2026-03-03T09:30:00", "2026-03-04T09:30:00"],
  ],
  ["text", ["周五"], ["周六", "周日", "周一"]],
  ["text", ["星期一", "星期三"], ["星期五", "星期日", "星期二"]],
  ["text", ["甲"], ["乙", "丙", "丁"]],
  ["text", ["十一月"], ["十二月", "一月", "二月"]],
  ["text", ["一"], ["二", "三", "四"]],
  ["text", ["九", "十"], ["十一", "十二", "十三"]],
  ["text", ["第三批"], ["第四批", "第五批", "第六批"]],
  ["text", ["客户9"], ["客户10", "客户11", "客户12"]],
  ["text", ["A-007号"], ["A-008号", "A-009号", "A-010号"]],
  ["text", ["2号店", "4号店"], ["6号店", "8号店", "10号店"]],
  ["text", ["Dec"], ["Jan", "Feb", "Mar"]],
])("%s %j goes on with %j", (kind, values, expected) => expect(on(kind, values)).toEqual(expected));

test.each<[FieldKind, Value[]]>([
  ["number", [5]],
  ["number", [1, null]],
  ["text", ["你好"]],
  ["text", ["客户1", "店2"]],
  ["text", ["1234567890123456"]],
  ["phone", ["13800138000"]],
  ["choice", ["周一"]],
  ["date", ["2026-03-01", "2026-03-02", "2026-03-09"]],
])("%s %j is repeated", (kind, values) => expect(on(kind, values)).toBeUndefined());

test("numbers that do not stand evenly follow their line, as in Excel", () => {
  expect(on("number", [1, 2, 4])).toEqual([5.33333333333, 6.83333333333, 8.33333333333]);
});

test("Ctrl turns it round: one number counts, what would count is repeated", () => {
  expect(on("number", [5], true)).toEqual([6, 7, 8]);
  expect(on("money", [500], true)).toEqual([600, 700, 800]);
  expect(on("date", ["2026-03-01"], true)).toBeUndefined();
  expect(on("text", ["客户1"], true)).toBeUndefined();
  expect(on("number", [1, 2], true)).toBeUndefined();
});

test("upwards and to the left it goes back", () => {
  expect(on("number", [5, 6], false, -2, 2)).toEqual([3, 4]);
  expect(on("text", ["周一"], false, -1, 1)).toEqual(["周日"]);
  expect(on("date", ["2026-03-01"], false, -1, 1)).toEqual(["2026-02-28"]);
});
