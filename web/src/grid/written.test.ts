import { expect, test } from "vitest";
import type { Field, FieldKind } from "@/api/types";
import { layPaste, tile } from "./paste";
import type { SheetColumn } from "./types";
import { laidWith, toWritten } from "./written";

const field = (kind: FieldKind, key = "f"): Field => ({
  key,
  label: { zh: key, en: key },
  kind,
  group: "basic",
  shown: true,
  builtin: true,
  options: kind === "choice" ? [{ value: "愿意", en: "Yes", tone: "green" }] : undefined,
});

test.each<[FieldKind, string, unknown]>([
  ["text", "00123", "00123"],
  ["text", "  ", null],
  ["money", "1.2万", { text: "1.2万" }],
  ["date", "2024/3/5", { text: "2024/3/5" }],
  ["phone", "+86 138-0013-8000", { text: "+86 138-0013-8000" }],
  ["choice", "愿意", "愿意"],
  ["choice", "yes", "愿意"],
  ["choice", "不知道", { text: "不知道" }],
  ["tags", "老乡、送礼，团购", ["老乡", "送礼", "团购"]],
  ["link", "王晓欢", { text: "王晓欢" }],
])("%s %s", (kind, text, wanted) => {
  expect(toWritten(field(kind), text)).toEqual(wanted);
});

const column = (f: Field, locked?: string): SheetColumn => ({ field: f, title: f.key, width: 100, locked });
test("pasting skips locked columns, clips at the right edge and grows past the end", () => {
  const columns = [
    column(field("text", "a")),
    column(field("money", "b"), "computed"),
    column(field("text", "c")),
  ];
  const rows = [{ id: 7, values: {}, deleted: false }];
  const out = layPaste(
    [
      ["1", "2", "3", "4"],
      ["5", "6", "7", "8"],
    ],
    { x: 0, y: 0 },
    columns,
    rows,
    1,
  );
  expect(out.edits).toEqual([
    { id: 7, field: "a", value: "1", text: "1" },
    { id: 7, field: "c", value: "3", text: "3" },
  ]);
  expect(out.grow).toEqual([{ a: "5", c: "7" }]);
  expect(out.skipped).toBe(2);
  expect(out.outside).toBe(2);
});

test("what was copied from a cell of the same kind is meant itself, not what is called like it", () => {
  const link = { ...field("link", "a"), table: "customers" };
  const from = { field: { ...link, key: "b" }, value: [6, "K000006", "张伟"] as [number, string, string] };
  expect(laidWith(link, "张伟", from)).toEqual({ value: [6, "K000006", "张伟"], text: "张伟" });
  expect(laidWith({ ...link, table: "t1" }, "张伟", from).value).toEqual({ text: "张伟" });
  expect(laidWith(field("text"), "张伟", from).value).toBe("张伟");
  const moment = { field: field("date_time", "b"), value: "2026-01-02T03:04:05" };
  expect(laidWith(field("date_time"), "2026-01-02 03:04", moment).value).toBe("2026-01-02T03:04:05");
  // Options of another choice may be others.
  const option = { field: field("choice", "b"), value: "yes" };
  expect(laidWith(field("choice"), "yes", option).value).toBe("愿意");
});

test("a copy repeats over a selection it divides", () => {
  expect(tile([["a", "b"]], 4, 2)).toEqual([
    ["a", "b", "a", "b"],
    ["a", "b", "a", "b"],
  ]);
  expect(tile([["a", "b"]], 3, 2)).toEqual([["a", "b"]]);
});
