import { expect, test } from "vitest";
import type { ColourRule, Field, FieldKind, Filter, SavedDef, Table } from "@/api/types";
import { groupTitle, toggled } from "@/features/table/groups";
import { layoutStore, NO_LAYOUT, NO_QUERY, queryStore, toFilter, turnTo } from "@/features/table/tableState";
import { change, fromGroup, newGroup, opsFor, spanOf, spanText, toGroup } from "./builder";
import { newDraft, toDrafts, toRules } from "./colours";
import { called, figureShown, figuresOf, figureText } from "./SummaryBar";
import { fromDef, fromFilter, isChanged, toDef } from "./saved";

const field = (key: string, kind: FieldKind = "text", shown = true): Field => ({
  key,
  label: { zh: key, en: key },
  kind,
  group: "basic",
  shown,
  builtin: true,
});
const table: Table = {
  key: "t9",
  label: { zh: "表", en: "Table" },
  builtin: false,
  fields: [field("name"), field("total", "money"), field("city"), field("note", "text", false)],
};
const is = (key: string, op: "eq" | "ge" = "eq", value: string | number = "x"): Filter => ({
  field: key,
  op,
  values: [value],
});

test("colour rules come back as they were; what is not complete is none yet", () => {
  const rules: ColourRule[] = [
    { when: { formula: "[@total]>1" }, tone: "red" },
    { when: { filter: { any: [is("city"), is("name")] } }, field: "total", tone: "gold" },
    { when: { filter: is("city") }, tone: "grey" },
  ];
  const drafts = toDrafts(rules);
  expect(toRules(drafts)).toEqual(rules);
  const fresh = newDraft(table, drafts);
  expect(drafts.every((d) => d.tone !== fresh.tone)).toBe(true);
  expect(toRules([fresh])).toBeUndefined();
  // A formula counts once the server has taken it.
  const formula = { ...fresh, by: "formula" as const, formula: " 1=1 " };
  expect(toRules([formula])).toBeUndefined();
  expect(toRules([{ ...formula, sound: true }])).toEqual([{ when: { formula: "1=1" }, tone: fresh.tone }]);
});

test("levels of groups are put behind the others and taken away", () => {
  const [a, b] = [{ field: "a", desc: true }, { field: "b" }];
  expect(toggled(undefined, "b")).toEqual([b]);
  expect(toggled([a], "b")).toEqual([a, b]);
  expect(toggled([a, b], "a")).toEqual([b]);
  expect(toggled([b], "b")).toBeUndefined();
  expect(toggled([a, b, { field: "c" }], "d")).toHaveLength(3);
});

test("groups of days are called by their stretch", () => {
  const t = ((key: string, words?: Record<string, string>) =>
    `${key} ${Object.values(words ?? {}).join("/")}`) as never;
  const title = (f: Field, by: "day" | "month" | "year" | undefined, value: string | null) =>
    groupTitle(f, by, value, "zh-CN", t).text.trim();
  const when = field("when", "date");
  expect(title(when, undefined, "2026-01-01")).toBe("group.month 2026/1");
  expect(title(when, "year", "2026-01-01")).toBe("group.year 2026");
  expect(title(when, "day", "2026-01-31")).toBe("2026-01-31");
  expect(title(when, "day", null)).toBe("group.blank");
  expect(title(field("city"), undefined, "杭州")).toBe("杭州");
});

test("a filter is one condition per column, and the rest as it is", () => {
  for (const filter of [
    is("city"),
    { all: [is("city"), is("total", "ge", 5)] },
    { all: [is("city"), { any: [is("name"), is("note")] }] },
    { any: [is("city"), is("name")] },
    { all: [is("total", "ge", 5), is("total", "eq", 9)] },
  ]) {
    const { filters, more } = fromFilter(filter);
    expect(toFilter(filters, more)).toEqual(filter);
  }
  expect(fromFilter({ all: [is("city"), { any: [is("name"), is("note")] }] }).more).toHaveLength(1);
  expect(fromFilter(undefined)).toEqual({ filters: {} });
});

test("a view comes back as it was saved, and says when it was changed", () => {
  const def: SavedDef = {
    columns: [{ field: "city", width: 90 }, { field: "name" }],
    frozen: 1,
    filter: is("city"),
    sort: [{ field: "total", desc: true }],
    group: [{ field: "city", desc: true }, { field: "name" }],
    colours: [
      { when: { formula: "[@total]>1" }, tone: "red" },
      { when: { filter: is("city") }, field: "total", tone: "gold" },
    ],
    height: "low",
    summaries: { total: "sum" },
  };
  const { query, layout } = fromDef(table, def);
  expect(toDef(table, query, layout)).toEqual(def);
  expect(isChanged(table, def, query, layout)).toBe(false);
  expect(isChanged(table, def, { ...query, search: "王" }, layout)).toBe(false);
  expect(isChanged(table, def, { ...query, sort: [] }, layout)).toBe(true);
  expect(isChanged(table, def, query, { ...layout, widths: {} })).toBe(true);
  expect(isChanged(table, def, { ...query, group: undefined }, layout)).toBe(true);
  expect(isChanged(table, def, query, { ...layout, colours: undefined })).toBe(true);
  expect(isChanged(table, {}, NO_QUERY, NO_LAYOUT)).toBe(false);
});

test("each view keeps what was changed under it until it is left for good", () => {
  const view = (id: number, def: SavedDef) => ({
    ...def,
    id,
    table: "t9",
    name: `${id}`,
    shared: true,
    editable: true,
    changed: 0,
    missing: [],
  });
  const made = (v: SavedDef) => fromDef(table, v);
  const one = view(1, { filter: is("city") });
  queryStore("t9").set({ ...NO_QUERY, search: "王" });
  turnTo("t9", one, made);
  expect(queryStore("t9").get().filters.city).toBeDefined();
  queryStore("t9").set((q) => ({ ...q, sort: [{ field: "name", desc: false }] }));
  turnTo("t9", undefined, made);
  expect(queryStore("t9").get().search).toBe("王");
  turnTo("t9", one, made);
  expect(queryStore("t9").get().sort).toHaveLength(1);
  // Someone saved it anew meanwhile: theirs counts.
  turnTo("t9", undefined, made);
  turnTo("t9", view(1, { filter: is("name") }), made);
  expect(queryStore("t9").get()).toEqual({ search: "", sort: [], filters: fromFilter(is("name")).filters });
  expect(layoutStore("t9").get()).toEqual(NO_LAYOUT);
});

test("rows of the builder become a filter of what is complete", () => {
  const filter: Filter = { any: [is("city"), { all: [is("name"), is("total", "ge", 5)] }] };
  const group = toGroup(filter);
  expect(fromGroup(group)).toEqual(filter);
  const open = newGroup("all", [
    { id: 9001, field: "city", op: "eq", values: [] },
    { id: 9002, field: "name", op: "filled", values: [] },
  ]);
  expect(fromGroup(open)).toEqual({ field: "name", op: "filled", values: [] });
  expect(fromGroup(change(open, 9002, () => null))).toBeUndefined();
  expect(fromGroup(toGroup(undefined))).toBeUndefined();
});

test("a view can be a condition, and what is built elsewhere is kept as it is", () => {
  for (const filter of [
    { segment: 7 },
    { not: { segment: 7 } },
    { all: [is("city"), { not: { segment: 7 } }] },
    { any: [{ segment: 7 }, { not: { any: [is("name"), is("city")] } }] },
  ] satisfies Filter[]) {
    expect(fromGroup(toGroup(filter))).toEqual(filter);
    const { filters, more } = fromFilter(filter);
    expect(toFilter(filters, more)).toEqual(filter);
  }
  expect(toGroup({ not: { segment: 7 } }).rows[0]).toMatchObject({ segment: 7, not: true });
});

test("operators and days suit the kind", () => {
  expect(opsFor(field("b", "birthday"))[0]).toBe("within");
  expect(opsFor(field("g", "choice"))).toEqual(["in", "blank", "filled"]);
  expect(opsFor(field("m", "money"))).not.toContain("contains");
  expect(spanOf("last_30_days")).toEqual({ name: "last_days", days: 30 });
  expect(spanText("next_days", 7)).toBe("next_7_days");
  expect(spanText("next_days", 0)).toBe("next_1_days");
  expect(spanText(spanOf("this_week").name, 1)).toBe("this_week");
});

test("figures suit the kind and the answer", () => {
  expect(figuresOf(field("m", "money"))[0]).toBe("sum");
  expect(figuresOf(field("p", "percent"))).not.toContain("sum");
  expect(figuresOf(field("l", "links"))).toEqual(["count", "filled"]);
  const ordered = { filled: 3, earliest: "2026-01-05", latest: "2026-11-20" };
  const all = { total: 1200, columns: { m: { filled: 3, sum: 500, distinct: 2 }, d: ordered } };
  expect(figuresOf(field("d", "date"))).toEqual(["min", "max", "count", "filled", "distinct"]);
  expect(called(field("d", "date"), "min")).toBe("minDay");
  expect(called(field("m", "money"), "min")).toBe("min");
  expect(figureShown(field("d", "date"), "min", all, "zh-CN")).toBe("2026-01-05");
  expect(figureShown(field("d", "date"), "max", all, "zh-CN")).toBe("2026-11-20");
  expect(figureShown(field("e", "date"), "max", { total: 1, columns: { e: { filled: 0 } } }, "zh-CN")).toBe(
    "–",
  );
  expect(figureText(field("m", "money"), "count", all)).toBe("1,200");
  expect(figureText(field("m", "money"), "sum", all)).toBe(500);
  expect(figureText(field("m", "money"), "max", all)).toBe("–");
  expect(figureText(field("m", "money"), "distinct", all)).toBe("2");
  expect(figureText(field("x", "money"), "sum", all)).toBeUndefined();
});
