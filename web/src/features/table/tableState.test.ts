import { expect, test } from "vitest";
import type { Field, FieldKind } from "@/api/types";
import { opsOf, readCondition } from "./ops";
import { addCell, type Sum } from "./sums";
import { arrange, isShown, moveColumn, toFilter } from "./tableState";

const field = (key: string, kind: FieldKind = "text", shown = true): Field => ({
  key,
  label: { zh: key, en: key },
  kind,
  group: "basic",
  shown,
  builtin: true,
});

test("filters become one filter tree", () => {
  expect(toFilter({})).toBeUndefined();
  expect(toFilter({ grade: { kind: "values", values: ["VIP客户", null] } })).toEqual({
    field: "grade",
    op: "in",
    values: ["VIP客户", null],
  });
  expect(
    toFilter({
      a: { kind: "condition", op: "ge", values: [5] },
      b: { kind: "condition", op: "blank", values: [] },
    }),
  ).toEqual({
    all: [
      { field: "a", op: "ge", values: [5] },
      { field: "b", op: "blank", values: [] },
    ],
  });
});

test.each<[FieldKind, string, unknown]>([
  ["money", "1,280.5", 128050],
  ["money", "¥12", 1200],
  ["money", "abc", undefined],
  ["percent", "80", 0.8],
  ["number", "4.5", 4.5],
  ["date", "2024-03-05", "2024-03-05"],
  ["date_time", "2024-03-05", "2024-03-05"],
  ["date_time", "2024-03", undefined],
  ["text", " 王 ", "王"],
  ["text", "", undefined],
])("condition %s %s", (kind, text, value) => {
  expect(readCondition(field("f", kind), text)).toBe(value);
});

test("every kind can be asked about blanks", () => {
  for (const kind of ["text", "money", "date", "choice", "tags"] as const)
    expect(opsOf(field("f", kind))).toContain("blank");
});

test("columns stand as arranged, then as the schema lists them", () => {
  const table = {
    key: "x",
    label: { zh: "", en: "" },
    builtin: true,
    fields: [field("a"), field("b"), field("c", "text", false)],
  };
  const layout = { order: ["c"], shown: { a: false }, widths: {} };
  expect(arrange(table, layout).map((f) => f.key)).toEqual(["c", "a", "b"]);
  expect(table.fields.filter((f) => isShown(f, layout)).map((f) => f.key)).toEqual(["b"]);
  expect(moveColumn(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
});

test("sums count what is filled and add what is a number", () => {
  const sum: Sum = { filled: 0, numbers: 0, sum: 0 };
  for (const value of [5, null, "x", "", [], 2.5, false, { error: "#N/A" }]) addCell(sum, value);
  expect(sum).toEqual({ filled: 5, numbers: 2, sum: 7.5 });
});
