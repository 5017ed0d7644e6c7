import { expect, test } from "vitest";
import { NO_QUERY } from "@/features/table/tableState";
import { orderOf } from "./useBeside";

test("the order is that of what the table shows", () => {
  const query = {
    ...NO_QUERY,
    search: "王",
    sort: [{ field: "total", desc: true }],
    filters: { grade: { kind: "values" as const, values: ["VIP客户"] } },
    group: [{ field: "city" }],
  };
  expect(orderOf(query, "customers")).toEqual({
    table: "customers",
    filter: { field: "grade", op: "in", values: ["VIP客户"] },
    search: "王",
    sort: [{ field: "total", desc: true }],
    group: [{ field: "city" }],
    columns: [],
  });
  expect(orderOf(NO_QUERY, "customers")).toEqual({ table: "customers", columns: [] });
});
