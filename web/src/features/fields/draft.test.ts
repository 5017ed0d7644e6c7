import { expect, test } from "vitest";
import type { Field, Table } from "@/api/types";
import {
  converts,
  type Draft,
  draftOf,
  missing,
  otherSideName,
  otherSides,
  renamed,
  settingsIn,
  toWrite,
} from "./draft";

const number: Field = {
  key: "u1",
  label: { zh: "件数", en: "件数" },
  kind: "number",
  decimals: 0,
  unit: "件",
  group: "other",
  shown: true,
  builtin: false,
  rules: [{ check: "required", level: "warn" }],
};
const builtin: Field = {
  ...number,
  key: "name",
  label: { zh: "客户名称", en: "Name" },
  kind: "text",
  builtin: true,
};

test("a new field is sent whole, without what is blank", () => {
  const draft: Draft = {
    ...draftOf(undefined, "zh-CN"),
    name: " 件数 ",
    settings: { kind: "number", decimals: 2, unit: "" },
  };
  expect(toWrite(draft, undefined, "zh-CN")).toEqual({
    label: "件数",
    kind: "number",
    decimals: 2,
    unit: "",
  });
});

test.each([
  [{}, {}],
  [{ name: "数量" }, { label: "数量" }],
  [{ description: "一次买几件" }, { description: "一次买几件" }],
  [{ settings: { kind: "number", decimals: 1, unit: "件" } }, { decimals: 1 }],
  [{ rules: [] }, { rules: [] }],
  [{ default: "1" }, { default: "1" }],
  // Another kind is a conversion of its own.
  [{ settings: { kind: "money" } }, {}],
] as [Partial<Draft>, object][])("of a known field only what differs is sent: %j", (change, expected) => {
  expect(toWrite({ ...draftOf(number, "zh-CN"), ...change }, number, "zh-CN")).toEqual(expected);
});

test("an option that got another name takes its cells along", () => {
  const option = (value: string) => ({ value, en: value, tone: "grey" as const });
  const choice: Field = { ...number, kind: "choice", options: [option("甲"), option("乙")], rules: [] };
  const draft = draftOf(choice, "zh-CN");
  expect(toWrite(draft, choice, "zh-CN")).toEqual({});
  const [first, second] = draft.settings.options ?? [];
  if (!first || !second) throw new Error("two options");
  const options = [second, { ...first, value: "丙", en: "丙" }, option("丁")];
  expect(toWrite({ ...draft, settings: { kind: "choice", options } }, choice, "zh-CN")).toEqual({
    options: [option("乙"), option("丙"), option("丁")],
    renamed: { 甲: "丙" },
  });
});

test("a computed field is shown as another kind without a conversion", () => {
  const computed: Field = { ...number, formula: "1", rules: [] };
  const draft = { ...draftOf(computed, "zh-CN"), settings: { kind: "money" as const } };
  expect(converts(computed, draft)).toBe(false);
  expect(toWrite(draft, computed, "zh-CN")).toEqual({ kind: "money" });
});

test("a built-in field keeps its name in the other language", () => {
  expect(renamed(builtin.label, "会员", "zh-CN")).toEqual({ zh: "会员", en: "Name" });
  expect(renamed(number.label, "Pieces", "en")).toBe("Pieces");
});

test("what needs converting", () => {
  const draft = draftOf(number, "zh-CN");
  expect(converts(number, draft)).toBe(false);
  expect(converts(number, { ...draft, settings: { kind: "money" } })).toBe(true);
  expect(converts(undefined, draft)).toBe(false);
  const stars: Field = { ...number, kind: "rating", max: 10, decimals: undefined, unit: undefined };
  const fewer: Draft = { ...draftOf(stars, "zh-CN"), settings: { kind: "rating", max: 5 } };
  expect(converts(stars, fewer)).toBe(true);
  expect(toWrite(fewer, stars, "zh-CN")).toEqual({});
  expect(converts({ ...stars, max: 5 }, { ...fewer, settings: { kind: "rating", max: 10 } })).toBe(false);
  const halves: Field = { ...number, decimals: 2 };
  expect(converts(halves, { ...draft, settings: { kind: "number", decimals: 1 } })).toBe(false);
  expect(converts(halves, { ...draft, settings: { kind: "number", decimals: 0 } })).toBe(true);
  expect(settingsIn(number)).toEqual({ kind: "number", decimals: 0, unit: "件" });
});

test("what is missing", () => {
  const draft = draftOf(number, "zh-CN");
  expect(missing(draft)).toBeUndefined();
  expect(missing({ ...draft, name: " " })).toBe("field.noName");
  expect(missing({ ...draft, formula: "" })).toBe("field.noFormula");
  expect(
    missing({ ...draft, settings: { kind: "choice", options: [{ value: "", en: "", tone: "grey" }] } }),
  ).toBe("field.noOption");
});

test("the other side of a new link", () => {
  const tie: Draft = {
    ...draftOf(undefined, "zh-CN"),
    name: "名单",
    settings: { kind: "links", table: "t2" },
    otherSide: "活动",
  };
  expect(toWrite(tie, undefined, "zh-CN")).toEqual({
    label: "名单",
    kind: "links",
    table: "t2",
    other_side: "活动",
  });
  expect(toWrite({ ...tie, otherSide: undefined }, undefined, "zh-CN").other_side).toBeUndefined();
  expect(missing({ ...tie, otherSide: " " })).toBe("field.noOtherSide");
  expect(missing({ ...tie, settings: { kind: "backlinks" }, otherSide: undefined })).toBe("field.noLink");
  const table = (key: string, name: string, fields: Field[]): Table => ({
    key,
    label: { zh: name, en: name },
    builtin: false,
    fields,
  });
  const link: Field = { ...number, key: "u3", kind: "links", table: "t2" };
  const label = { zh: "活动", en: "活动" };
  const back: Field = { ...number, key: "u9", label, kind: "backlinks", table: "t1", field: "u3" };
  const [here, to] = [table("t1", "活动", [link]), table("t2", "嘉宾", [back])];
  expect(otherSides({ tables: [here, to] }, here, link).map(([, f]) => f.key)).toEqual(["u9"]);
  expect(otherSideName(here, to, "名单", "zh-CN")).toBe("活动（名单）");
  expect(otherSideName(here, table("t2", "嘉宾", []), "名单", "zh-CN")).toBe("活动");
});
