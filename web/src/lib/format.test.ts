import { expect, test } from "vitest";
import type { Field, FieldKind, Value } from "@/api/types";
import {
  editText,
  formatMoment,
  formatMoney,
  formatMoneyShort,
  formatNumber,
  formatPercent,
  formatValue,
} from "./format";

const field = (kind: FieldKind, decimals?: number): Field => ({
  key: "f",
  label: { zh: "字段", en: "Field" },
  kind,
  decimals,
  group: "basic",
  shown: true,
  builtin: true,
  options: kind === "choice" ? [{ value: "普通客户", en: "Regular", tone: "slate" }] : undefined,
});

test.each([
  [0, "¥0.00"],
  [5, "¥0.05"],
  [123450, "¥1,234.50"],
  [-1250, "-¥12.50"],
  [-0, "¥0.00"],
  [99_999_999_999_99, "¥99,999,999,999.99"],
])("money %i", (fen, text) => {
  expect(formatMoney(fen)).toBe(text);
});

test.each([
  [123_456_00, "zh-CN", "¥12.3万"],
  [3_500_000_000_00, "zh-CN", "¥35亿"],
  [9_876_00, "zh-CN", "¥9,876"],
  [12_345_600_00, "zh-CN", "¥1,235万"],
  [123_456_00, "en", "¥123k"],
  [1_234_567_00, "en", "¥1.2M"],
] as const)("short money %i %s", (fen, locale, text) => {
  expect(formatMoneyShort(fen, locale)).toBe(text);
});

test.each([
  [0.834, "83.4%"],
  [0.5, "50%"],
  [1, "100%"],
])("percent %f", (n, text) => {
  expect(formatPercent(n)).toBe(text);
});

test("numbers", () => {
  expect(formatNumber(1234567)).toBe("1,234,567");
  expect(formatNumber(4.3, 1)).toBe("4.3");
  expect(formatNumber(-1234.5)).toBe("-1,234.5");
});

test.each<[FieldKind, Value, string]>([
  ["date", "2024-03-05", "2024-03-05"],
  ["date_time", "2024-03-05T14:20:00", "2024-03-05 14:20"],
  ["date_time", "2024-03-05T00:00:00", "2024-03-05"],
  ["bool", true, "是"],
  ["tags", ["老乡", "送礼"], "老乡、送礼"],
  ["link", [3, "K000003", "王晓欢"], "王晓欢"],
  ["link", [3, "K000003", ""], "K000003"],
  ["choice", "普通客户", "普通客户"],
  ["money", null, ""],
  ["money", { error: "#DIV/0!" }, "#DIV/0!"],
  ["choice", { error: "#N/A" }, "#N/A"],
  ["tags", { error: "#VALUE!" }, "#VALUE!"],
  ["link", [1, "K000001", "甲"], "甲"],
  ["link", [1, "K000001", null] as never, "K000001"],
  [
    "links",
    [
      [1, "K000001", "甲"],
      [2, "K000002", ""],
    ],
    "甲、K000002",
  ],
  ["links", [3, 5] as never, "#3、#5"],
  ["backlinks", { count: 3, first: [[1, "D1", ""]] }, "D1 +2"],
])("value %s", (kind, value, text) => {
  expect(formatValue(field(kind), value, "zh-CN")).toBe(text);
});
test("choices speak the reader's language", () => {
  expect(formatValue(field("choice"), "普通客户", "en")).toBe("Regular");
});

test.each<[FieldKind, Value, string]>([
  ["money", 123450, "1234.50"],
  ["money", 120000, "1200"],
  ["money", -5, "-0.05"],
  ["percent", 0.125, "12.5%"],
  ["percent", 0.1225, "12.25%"],
  ["percent", 0.07, "7%"],
  ["tags", ["a", "b"], "a、b"],
  ["text", null, ""],
  ["date_time", { error: "#NUM!" }, "#NUM!"],
])("edit text %s", (kind, value, text) => {
  expect(editText(field(kind), value)).toBe(text);
});

test("moments", () => {
  const now = new Date("2026-11-21T15:00:00");
  expect(formatMoment("2026-11-21T09:05:00", now)).toBe("09:05");
  expect(formatMoment("2026-03-01T09:05:00", now)).toBe("03-01 09:05");
  expect(formatMoment("2025-03-01T09:05:00", now)).toBe("2025-03-01");
});
