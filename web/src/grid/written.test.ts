import { expect, test } from "vitest";
import type { Field, FieldKind } from "@/api/types";
import { layPaste, tile } from "./paste";
import type { SheetColumn } from "./types";
import { toWritten } from "./written";

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
});

test("a copy repeats over a selection it divides", () => {
  expect(tile([["a", "b"]], 4, 2)).toEqual([
    ["a", "b", "a", "b"],
    ["a", "b", "a", "b"],
  ]);
  expect(tile([["a", "b"]], 3, 2)).toEqual([["a", "b"]]);
});
