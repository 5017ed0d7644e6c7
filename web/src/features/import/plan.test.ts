import { expect, test } from "vitest";
import type { ImportSheet } from "@/api/types";
import { doubled, planOf, targetOf, withRole, withTarget } from "./plan";

const sheet: ImportSheet = {
  file: "a.xlsx",
  sheet: "Sheet1",
  index: 0,
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

test("changing the role drops targets of other tables", () => {
  expect(withRole(sheet, "customers").columns.map(targetOf)).toEqual(["customers.name", "leave", "leave"]);
});

test("the plan holds only what a person may change", () => {
  const plan = planOf({ import: "i1", files: [], sheets: [sheet], match: "identity", today: "2026-11-21" });
  expect(plan.sheets[0]?.columns).toEqual([
    { index: 0, table: "customers", field: "name" },
    { index: 1, table: "orders", field: "amount" },
    { index: 2 },
  ]);
  expect(plan.sheets[0]).not.toHaveProperty("year");
});
