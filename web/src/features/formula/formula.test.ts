import { describe, expect, test } from "vitest";
import type { Field, FieldKind, Schema, Table } from "@/api/types";
import { complete } from "./complete";
import { criterion, linksTo, lookUpText, rollUpText, sourcesOf } from "./gather";
import { callAt, tokenise } from "./tokens";

const field = (key: string, zh: string, en: string, kind: FieldKind, more: Partial<Field> = {}): Field => ({
  key,
  label: { zh, en },
  kind,
  group: "basic",
  shown: true,
  builtin: true,
  ...more,
});
const table = (key: string, zh: string, en: string, fields: Field[]): Table => ({
  key,
  label: { zh, en },
  builtin: true,
  fields,
});
const customers = table("customers", "客户", "Customers", [
  field("code", "客户编号", "Customer code", "code"),
  field("name", "客户名称", "Name", "text"),
  field("total", "累计金额", "Total", "money"),
  field("u1", "合作 年限", "Years", "number"),
]);
const orders = table("orders", "订单", "Orders", [
  field("code", "订单编号", "Order code", "code"),
  field("customer", "客户", "Customer", "link", { table: "customers" }),
  field("amount", "金额", "Amount", "money"),
  field("time", "下单时间", "Time", "date_time"),
  field("status", "订单状态", "Status", "choice"),
  field("counted", "计入", "Counted", "bool"),
]);
const schema: Schema = { tables: [customers, orders] };
const functions = ["IF", "IFERROR", "SUM", "SUMIFS"].map((name) => ({
  name,
  group: "",
  syntax: "",
  help: "",
}));

test.each([
  [
    'IF([@总评分]>=12,"VIP",订单[金额])',
    'f:IF s:( r:[@总评分] s:> s:= n:12 s:, q:"VIP" s:, t:订单 r:[金额] s:) ',
  ],
  ['"a""b"&1.5', 'q:"a""b" s:& n:1.5 '],
  ["[@[合作 年限]]", "r:[@[合作 年限]] "],
  ['"开着', 'q:"开着 '],
  ["[@开着", "r:[@开着 "],
])("%s falls into its pieces", (text, expected) => {
  const letter = {
    string: "q",
    reference: "r",
    function: "f",
    table: "t",
    number: "n",
    sign: "s",
    other: "o",
  };
  const out = tokenise(text).map((k) => `${letter[k.kind]}:${text.slice(k.from, k.to)} `);
  expect(out.join("")).toBe(expected);
});

test.each([
  ["IF(|", "IF", 0],
  ["IF(1,2,|", "IF", 2],
  ["IF(SUM(1,2),|", "IF", 1],
  ["IF(SUM(1,|2),3)", "SUM", 1],
  ['IF("a,b",|', "IF", 1],
  ["1+|", undefined, 0],
])("the call at the caret of %s", (text, name, argument) => {
  const caret = text.indexOf("|");
  const found = callAt(text.replace("|", ""), caret);
  expect(found?.name).toBe(name);
  if (name) expect(found?.argument).toBe(argument);
});

describe("completion", () => {
  const at = (text: string, locale: "zh-CN" | "en" = "zh-CN") => {
    const caret = text.indexOf("|");
    const plain = text.replace("|", "");
    const found = complete(plain, caret, { schema, table: customers, functions, locale });
    return found?.items.map((i) => plain.slice(0, found.from) + i.insert + plain.slice(found.to));
  };
  test.each([
    ["I|", "IF("],
    ["=su|", "=SUM("],
    ["SU|(1)", "SUM(1)"],
    ["[@累|", "[@累计金额]"],
    ["[@累|]", "[@累计金额]"],
    ["[@[合|]]", "[@[合作 年限]]"],
    ["累计|", "[@累计金额]"],
    ["SUM(订单[金|", "SUM(订单[金额]"],
    ["SUM(订单[金|])", "SUM(订单[金额])"],
    ["订|", "订单["],
  ])("%s offers %s", (text, expected) => expect(at(text)).toContain(expected));
  test("nothing inside a text", () => expect(at('"I|')).toBeUndefined());
  test("names of the language in use", () => expect(at("[@tot|", "en")).toEqual(["[@Total]"]));
});

describe("forms write formulas", () => {
  test("where something can be gathered from", () =>
    expect(linksTo(schema, customers).map((l) => l.table.key)).toEqual(["orders"]));
  test.each([
    ["count", "", "COUNTIFS(订单[客户],[@客户编号])"],
    ["sum", "amount", "SUMIFS(订单[金额],订单[客户],[@客户编号])"],
    ["max", "time", "MAXIFS(订单[下单时间],订单[客户],[@客户编号])"],
    ["sum", "gone", undefined],
  ] as const)("%s of %s", (how, target, expected) =>
    expect(
      rollUpText(
        { table: "orders", link: "customer", how, field: target, conditions: [] },
        schema,
        customers,
        "zh-CN",
      ),
    ).toBe(expected),
  );
  test.each([
    ["status", "eq", "已完成", '"已完成"'],
    ["status", "ne", '说"好"', '"<>说""好"""'],
    ["status", "contains", "完成", '"*完成*"'],
    ["amount", "ge", "1,000", '">=1000"'],
    ["amount", "eq", "5", "5"],
    ["time", "ge", "2026-01-05", '">="&DATE(2026,1,5)'],
    ["counted", "eq", "是", "TRUE"],
  ] as const)("condition %s %s %s", (key, op, text, expected) => {
    const f = orders.fields.find((x) => x.key === key);
    expect(f && criterion(f, { field: key, op, text })).toBe(expected);
  });
  test("look-up", () =>
    expect(lookUpText({ link: "customer", field: "name" }, schema, orders, "en")).toBe(
      "XLOOKUP([@Customer],Customers[Customer code],Customers[Name])",
    ));
});

test("records that one names are gathered too", () => {
  const named = (key: string, zh: string, kind: Field["kind"], more: Partial<Field> = {}): Field => ({
    key,
    label: { zh, en: key },
    kind,
    group: "other",
    shown: true,
    builtin: false,
    ...more,
  });
  const products: Table = {
    key: "products",
    label: { zh: "产品", en: "Products" },
    builtin: true,
    fields: [named("code", "产品编号", "code"), named("price", "单价", "money")],
  };
  const orders: Table = {
    key: "orders",
    label: { zh: "订单", en: "Orders" },
    builtin: true,
    fields: [named("u1", "商品", "links", { table: "products" }), named("amount", "金额", "money")],
  };
  const schema = { tables: [products, orders] };
  const write = (here: Table, how: "sum" | "count") => {
    const [source] = sourcesOf(schema, here);
    const form = { table: source?.table.key ?? "", link: source?.link.key ?? "", own: source?.own, how };
    const field = here === orders ? "price" : "amount";
    return rollUpText({ ...form, field, conditions: [] }, schema, here, "zh-CN");
  };
  expect(write(orders, "sum")).toBe("SUMIFS(产品[单价],产品[产品编号],[@商品])");
  expect(write(products, "sum")).toBe("SUMIFS(订单[金额],订单[商品],[@产品编号])");
  expect(write(products, "count")).toBe("COUNTIFS(订单[商品],[@产品编号])");
});
