import { expect, test } from "vitest";
import type { Field, SearchGroup, Table } from "@/api/types";
import { hitsOf } from "./palette";

const field = (key: string): Field => ({ key, label: { zh: key, en: key }, kind: "text" }) as Field;
const table = { key: "customers", fields: ["name", "code", "mobile", "note"].map(field) } as Table;
const group = (rows: SearchGroup["rows"], found: SearchGroup["found"]): SearchGroup => ({
  table: "customers",
  columns: ["name", "code", "mobile"],
  rows,
  found,
  more: false,
});

test.each([
  // Found by the name: nothing more to say.
  [[1, "王小华", "K1", "138"], { field: "name", text: "王小华" }, "王小华", ["code", "mobile"], undefined],
  // By a field that is shown anyway.
  [[1, "王小华", "K1", "138"], { field: "mobile", text: "138" }, "王小华", ["code", "mobile"], undefined],
  // By a note, which is not.
  [[1, "王小华", "K1", null], { field: "note", text: "大码" }, "王小华", ["code"], "note"],
  // Without a name it is told by its code, said once.
  [[1, null, "K1", "138"], { field: "code", text: "K1" }, "K1", ["mobile"], undefined],
  // Removed since.
  [[7], { field: "name", text: "" }, "#7", [], undefined],
] as const)("a row of an answer is told: %j", (row, found, title, facts, answer) => {
  const [hit] = hitsOf(group([[...row]] as unknown as SearchGroup["rows"], [found]), table);
  expect(hit?.title).toBe(title);
  expect(hit?.facts.map((f) => f.field.key)).toEqual(facts);
  expect(hit?.answer?.field.key).toBe(answer);
});
