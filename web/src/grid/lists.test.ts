import { expect, test } from "vitest";
import type { Field } from "@/api/types";
import {
  chosenIn,
  itemsOf,
  matching,
  meantBy,
  relinked,
  severalIn,
  textItem,
  toggled,
  withFresh,
} from "./lists";

const field = (more: Partial<Field>): Field => ({
  key: "f",
  label: { zh: "字段", en: "Field" },
  kind: "choices",
  group: "other",
  shown: true,
  builtin: false,
  options: [
    { value: "老客", en: "Regular", tone: "gold" },
    { value: "宝妈", en: "Mother", tone: "red" },
  ],
  ...more,
});

test.each([
  ["", ["老客", "宝妈"]],
  ["老", ["老客", "+老"]],
  ["老客", ["老客"]],
  [" 团购 ", ["+团购"]],
])("typing %j offers %j", (text, expected) => {
  const all = itemsOf(field({}), "zh-CN");
  const list = withFresh(matching(all, text, false), text, all);
  expect(list.map((i) => (i.fresh ? "+" : "") + i.label)).toEqual(expected);
});

test.each([
  ["大", ["大客户", "大"], 1],
  ["大客", ["大客户", "+大客"], 1],
  ["zhang", ["张三"], 0],
  ["", ["大客户"], -1],
  ["大", [], -1],
])("of what is found for %j, %j, Enter takes number %d", (typed, found, expected) => {
  const items = found.map((text) => ({ ...textItem(text.replace("+", "")), fresh: text.startsWith("+") }));
  expect(meantBy(items, typed)).toBe(expected);
});

test("lists of other kinds", () => {
  expect(itemsOf(field({ kind: "bool" }), "en").map((i) => i.label)).toEqual(["Yes", "No"]);
  expect(itemsOf(field({ kind: "rating", max: 3 }), "en").map((i) => i.value)).toEqual([1, 2, 3]);
  expect(itemsOf(field({}), "en").map((i) => i.label)).toEqual(["Regular", "Mother"]);
});

test("taking an item twice takes it away", () => {
  expect(toggled(toggled(["a"], "b"), "a")).toEqual(["b"]);
});

test("several written at once are several", () => {
  expect(severalIn(" 清香，回甘、清香 ;")).toEqual(["清香", "回甘"]);
});

test("what comes and goes among linked records", () => {
  expect(relinked(["1", "2"], ["2", "3"], [])).toEqual({ add: [3], remove: [1] });
  expect(relinked(["1"], ["1"], ["王一"])).toEqual({ add: ["王一"], remove: [] });
  expect(relinked(["1"], ["1"], [])).toBeUndefined();
  const back = field({ kind: "backlinks" });
  expect(chosenIn(back, { count: 30, first: [[7, "000007", "茶会"]] })).toEqual(["7"]);
  expect(chosenIn(field({ kind: "tags" }), ["a"])).toEqual(["a"]);
});
