import { describe, expect, test } from "vitest";
import type { EntryForm, Field, Table } from "@/api/types";
import { toDef } from "@/features/views/saved";
import {
  andField,
  askedIn,
  enterable,
  firstForm,
  forAll,
  formKind,
  formOf,
  isBlank,
  lacking,
  publicOf,
  withField,
  withoutField,
} from "./forms";
import { birthdayText } from "./public/controls";
import { counted, textsIn } from "./public/texts";

const field = (key: string, kind: Field["kind"], more: Partial<Field> = {}): Field => ({
  key,
  label: { zh: key, en: `${key}!` },
  kind,
  group: "other",
  shown: true,
  builtin: false,
  ...more,
});
const needed: Field["rules"] = [{ check: "required", level: "refuse" }];
const table: Table = {
  key: "t1",
  label: { zh: "活动", en: "Events" },
  builtin: false,
  fields: [
    field("code", "code"),
    field("name", "text"),
    field("total", "money", { formula: "1" }),
    field("made", "created_time"),
    field("who", "person"),
    field("back", "backlinks", { table: "orders", field: "x" }),
    field("guest", "link", { table: "customers" }),
    field("photo", "attachment"),
    field("size", "choice", { options: [{ value: "大", en: "Large", tone: "red" }] }),
    field("day", "date", { rules: needed }),
    field("sure", "bool", { rules: needed, default: "TRUE" }),
  ],
} as Table;

test("what people fill may be asked, of strangers without links and files", () => {
  const keys = (fits: (f: Field) => boolean) => table.fields.filter(fits).map((f) => f.key);
  expect(keys(enterable)).toEqual(["name", "guest", "photo", "size", "day", "sure"]);
  expect(keys(forAll)).toEqual(["name", "size", "day", "sure"]);
});

test("a new form begins with what a record needs", () => {
  expect(formOf(firstForm(table, table.fields))?.fields).toEqual([
    { field: "name", required: true },
    { field: "day", required: true },
    { field: "size" },
    { field: "sure" },
  ]);
});

describe("a form as a view says it", () => {
  test("leaves out what is empty, in the server's order", () => {
    const form: EntryForm = {
      consent: "",
      thanks: "谢谢",
      title: "茶会",
      fields: [{ required: false, help: "", label: "您的称呼", field: "name" }],
    };
    expect(JSON.stringify(formKind(form))).toBe(
      '{"form":{"title":"茶会","fields":[{"field":"name","label":"您的称呼"}],"thanks":"谢谢"}}',
    );
    expect(formKind({})).toEqual({ form: {} });
    const layout = { order: [], shown: {}, widths: {}, kind: formKind(form) };
    expect(toDef(table, { search: "", sort: [], filters: {} }, layout).kind).toEqual(formKind(form));
  });
  test("fields come, change and go", () => {
    let form = andField({ fields: [{ field: "name" }] }, table.fields[9] as Field);
    expect(form.fields).toEqual([{ field: "name" }, { field: "day", required: true }]);
    form = withField(form, "name", { help: "全名" });
    expect(form.fields?.[0]).toEqual({ field: "name", help: "全名" });
    expect(withoutField(form, "name").fields).toEqual([{ field: "day", required: true }]);
  });
  test("fields that are gone or computed are not asked", () => {
    const form = { fields: ["nix", "total", "who", "name"].map((key) => ({ field: key })) };
    expect(askedIn(table, form).map((a) => a.field.key)).toEqual(["name"]);
  });
  test("says which fields a record cannot do without", () => {
    expect(lacking(table, { fields: [] }, () => true).map((f) => f.key)).toEqual(["day"]);
    expect(lacking(table, { fields: [{ field: "day" }] }, () => true)).toEqual([]);
    expect(lacking(table, { fields: [{ field: "day" }] }, () => false).map((f) => f.key)).toEqual(["day"]);
  });
});

test("whoever fills it in sees the form alone", () => {
  const form = {
    intro: "说明",
    fields: [{ field: "guest" }, { field: "day", label: "哪天" }, { field: "size" }],
  };
  const shown = publicOf(table, form, "视图", "en");
  expect([shown.title, shown.intro, shown.consent]).toEqual(["视图", "说明", ""]);
  expect(shown.fields.map((f) => [f.key, f.label, f.required])).toEqual([
    ["day", "哪天", true],
    ["size", "size!", false],
  ]);
  expect(shown.fields[1]?.options).toEqual([{ value: "大", label: "Large" }]);
});

test("what is blank is not sent", () => {
  for (const blank of [null, undefined, "", [], { text: "" }, { add: [], remove: [] }])
    expect(isBlank(blank), JSON.stringify(blank)).toBe(true);
  for (const filled of ["x", 0, false, ["a"], { text: "1" }, { add: [1], remove: [] }])
    expect(isBlank(filled as never)).toBe(false);
});

test("a birthday is written as the book reads it", () => {
  expect(birthdayText("", "", "", "")).toBeNull();
  expect(birthdayText("", "1990", "8", "15")).toBe("1990年8月15日");
  expect(birthdayText("农历", "", "8", "15")).toBe("农历8月15日");
  expect(birthdayText("", "1990", "", "")).toBe("1990年月日");
});

test("both languages of the public page fill in the same blanks", () => {
  const [zh, en] = [textsIn("zh-CN"), textsIn("en")];
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(en[key].includes("{n}"), key).toBe(zh[key].includes("{n}"));
    expect(/[\u4e00-\u9fff]/.test(en[key]), key).toBe(false);
  }
  expect(counted(zh.mend, 2)).toBe("还有 2 处需要修改");
});
