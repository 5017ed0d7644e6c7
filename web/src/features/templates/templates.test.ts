import { expect, test } from "vitest";
import type { TemplatePicture, TemplatePlan } from "@/api/types";
import { grouped, lanes, missingParts, readDocument, samplesOf } from "./templates";
import { en, say, zh } from "./texts";

const label = { zh: "", en: "" };
const field = (key: string, more = {}) => ({
  key,
  label,
  kind: "text",
  group: "",
  shown: true,
  builtin: false,
  ...more,
});
const picture = {
  table: "customers",
  table_label: label,
  view: "board",
  label,
  kind: "kanban",
  by: "skin",
  columns: [
    field("name"),
    field("skin", {
      kind: "choice",
      options: ["干性", "油性"].map((value) => ({ value, en: value, tone: "sand" })),
    }),
  ],
  total: 3,
  rows: [
    [1, "甲", "油性"],
    [2, "乙", null],
    [3, "丙", "油性"],
  ],
} as unknown as TemplatePicture;

test("rows of a picture are read by their columns", () => {
  expect(samplesOf(picture)[1]).toEqual({ id: 2, values: { name: "乙", skin: null } });
  expect(grouped(picture).map((g) => [g.value, g.samples.length])).toEqual([
    ["油性", 2],
    [null, 1],
  ]);
});

test("a board has every option, empty ones too, and the blank ones last", () => {
  expect(lanes(picture).map((l) => [l.value, l.samples.map((s) => s.id)])).toEqual([
    ["干性", []],
    ["油性", [1, 3]],
    [null, [2]],
  ]);
});

test("what is there or left out is not missing", () => {
  const part = (fate: string) => ({ fate }) as never;
  const plan = (fields: string[], views: string[]): TemplatePlan => ({
    tables: [],
    rules: [part("missing")],
    fields: fields.map(part),
    views: views.map(part),
  });
  expect(missingParts(plan(["there", "left"], ["there"]))).toBe(0);
  expect(missingParts(plan(["new", "clash", "there"], ["new"]))).toBe(3);
});

test("a file that is no JSON is none", async () => {
  expect(await readDocument(new File(["{"], "a.json"))).toBeNull();
  expect(await readDocument(new File(['{"a":1}'], "a.json"))).toEqual({ a: 1 });
});

test("both languages have the same blanks, and neither the other's words", () => {
  const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    expect(blanks(en[key]), key).toEqual(blanks(zh[key]));
    expect(/[\u4e00-\u9fff]/.test(en[key]), key).toBe(false);
  }
  expect(say("zh-CN", "samples", { n: 3 })).toBe("同时加入 3 行示例，先看看效果");
});

test("every text is used", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const code = readdirSync(import.meta.dirname)
    .filter((f) => /\.tsx?$/.test(f) && !/texts|test/.test(f))
    .map((f) => readFileSync(`${import.meta.dirname}/${f}`, "utf8"))
    .join("\n");
  const unused = Object.keys(zh).filter((key) => !code.includes(`"${key}"`) && !key.startsWith("kind_"));
  expect(unused).toEqual([]);
});
