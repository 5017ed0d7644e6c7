import { expect, test } from "vitest";
import type { Import, ImportSheet } from "@/api/types";
import { AUTOMATIC, doubled, planOf, reread, targetOf, withSheet, withTarget, withYear } from "./plan";

const sheet: ImportSheet = {
  file: "a.xlsx",
  sheet: "Sheet1",
  index: 0,
  sheet_index: 0,
  role: "both",
  rows: 10,
  header_row: 1,
  year_needed: true,
  columns: [
    { index: 0, header: "姓名", samples: [], table: "customers", field: "name", confidence: 0.9 },
    { index: 1, header: "金额", samples: [], table: "orders", field: "amount", confidence: 0.6 },
    { index: 2, header: "别的", samples: [], confidence: 0 },
  ],
  notes: [],
};

test("targets go to the select and back", () => {
  const [name, , other] = sheet.columns;
  if (!name || !other) throw new Error("columns");
  expect(targetOf(name)).toBe("customers.name");
  expect(targetOf(other)).toBe("leave");
  expect(targetOf(withTarget(other, "new:customers"))).toBe("new:customers");
  expect(withTarget(name, "leave")).not.toHaveProperty("table");
  expect(withTarget(other, "orders.note")).toMatchObject({ table: "orders", field: "note", confidence: 1 });
});

test("a field taken twice is found", () => {
  const twice = { ...sheet, columns: sheet.columns.map((c) => withTarget(c, "customers.name")) };
  expect([...doubled(twice)]).toEqual(["customers.name"]);
  expect(doubled(sheet).size).toBe(0);
});

const imp = (sheets: ImportSheet[]): Import => ({
  import: "i1",
  files: [],
  sheets,
  match: "identity",
  today: "2026-11-21",
});

test("another role or header row has the columns recognised anew, in that sheet alone", () => {
  const other = { ...sheet, index: 1 };
  const change = reread(imp([sheet, other]), { ...sheet, header_row: 3 });
  expect(change.sheets).toEqual([{ index: 0, role: "both", header_row: 3, columns: [] }]);
  expect(withSheet(imp([sheet, other]), { ...other, role: "orders" }).sheets.map((s) => s.role)).toEqual([
    "both",
    "orders",
  ]);
});

test("a year can be chosen and left to the program again", () => {
  const chosen = withYear({ ...sheet, year_needed: false, year: 2024 }, 2025);
  expect(planOf(imp([chosen])).sheets?.[0]?.year).toBe(2025);
  const automatic = withYear(chosen, AUTOMATIC);
  expect(automatic).not.toHaveProperty("year");
  expect(planOf(imp([automatic])).sheets?.[0]?.year).toBe(AUTOMATIC);
  expect(planOf(imp([{ ...sheet, year_needed: false }])).sheets?.[0]).not.toHaveProperty("year");
});

test("the plan holds only what a person may change", () => {
  const plan = planOf(imp([sheet]));
  expect(plan.sheets?.[0]?.columns).toEqual([
    { index: 0, table: "customers", field: "name" },
    { index: 1, table: "orders", field: "amount" },
    { index: 2 },
  ]);
});
