import { expect, test } from "vitest";
import type { Field, FieldKind, Table } from "@/api/types";
import { addDays, addMonths, carried, gridOf, lunarDay, sameDay, today, weekday } from "@/lib/month";
import { fieldsFor, firstKind, galleryKind, kindName, monthKind, neededBy } from "./kinds";
import { layOut, shapeOf } from "./tiles";

const field = (key: string, kind: FieldKind = "text"): Field => ({
  key,
  label: { zh: key, en: key },
  kind,
  group: "basic",
  shown: true,
  builtin: false,
});
const stage: Field = { ...field("stage", "choice"), options: [] };
const fields = [
  field("name"),
  field("no", "code"),
  stage,
  field("worth", "money"),
  field("made", "created_time"),
  field("photo", "attachment"),
  field("day", "date"),
  field("at", "date_time"),
  field("a"),
];
const table: Table = { key: "t9", label: { zh: "表", en: "Table" }, builtin: false, fields };
const find = (key: string) => fields.find((f) => f.key === key);

test("a new view shows the first fields, apart from what lays it out", () => {
  expect(firstKind("kanban", table, fields, stage)).toEqual({
    kanban: { by: "stage", cards: ["worth", "made", "day"], sum: "worth" },
  });
  expect(firstKind("calendar", table, fields, find("day"))).toEqual({
    calendar: { by: "day", tone: "stage" },
  });
  expect(firstKind("gallery", table, fields)).toEqual({
    gallery: { cover: "photo", cards: ["stage", "worth", "made"] },
  });
  expect(fieldsFor("kanban", table)?.map((f) => f.key)).toEqual(["stage"]);
  expect(fieldsFor("calendar", table)?.map((f) => f.key)).toEqual(["day", "at", "made"]);
  expect(fieldsFor("gallery", table)).toBeUndefined();
});

test("a kind is kept without what was not chosen, and asks for what it shows", () => {
  expect(monthKind({ by: "day", cards: [], tone: undefined })).toEqual({ calendar: { by: "day" } });
  expect(monthKind({ by: "day", cards: ["1", "2", "3"] })).toEqual({
    calendar: { by: "day", cards: ["1", "2"] },
  });
  expect(galleryKind({})).toEqual({ gallery: {} });
  expect(kindName(monthKind({ by: "day" }))).toBe("calendar");
  expect(kindName("sheet")).toBeUndefined();
  expect(kindName(undefined)).toBeUndefined();
  const asked = neededBy(monthKind({ by: "day", cards: ["worth", "gone"], tone: "stage" }), table);
  expect(asked).toEqual(["name", "day", "stage", "worth"]);
  expect(neededBy(galleryKind({}), table)).toEqual(["name"]);
  expect(neededBy({ kanban: { by: "stage" } }, table)).toEqual([]);
});

test("a month is drawn in whole weeks from Monday", () => {
  expect(weekday("2026-11-22")).toBe(6);
  const november = gridOf("2026-11");
  expect([november.length, november[0], november.at(-1)]).toEqual([42, "2026-10-26", "2026-12-06"]);
  // February 2027 is four weeks to the day.
  expect([gridOf("2027-02").length, gridOf("2027-02")[0]]).toEqual([28, "2027-02-01"]);
  expect(addMonths("2026-11", 2)).toBe("2027-01");
  expect(addMonths("2026-01", -1)).toBe("2025-12");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(sameDay("2026-01-31", "2026-02")).toBe("2026-02-28");
  expect(sameDay("2026-02-15", "2026-03")).toBe("2026-03-15");
  expect(today(Date.UTC(2026, 0, 5, 15, 59))).toBe("2026-01-05");
  expect(today(Date.UTC(2026, 0, 5, 16, 0))).toBe("2026-01-06");
});

test("a moment keeps its time on another day", () => {
  expect(carried("2026-11-22T18:30:00", "2026-12-01")).toBe("2026-12-01T18:30:00");
  expect(carried("2026-11-22", "2026-12-01")).toBe("2026-12-01");
});

test.each([
  ["2026-02-17", "正月"], // New Year's Day: the month's name stands for its first day
  ["2026-02-18", "初二"],
  ["2026-02-26", "初十"],
  ["2026-02-27", "十一"],
  ["2026-03-08", "二十"],
  ["2026-03-09", "廿一"],
  ["2026-03-18", "三十"],
  ["2025-07-25", "闰六月"],
])("the lunar day of %s is %s", (day, said) => {
  expect(lunarDay(day)).toBe(said);
});

test("cards fill the width and only those in sight are drawn", () => {
  const shape = shapeOf(1000, true, 2);
  expect(shape.columns).toBe(4);
  expect(shape.width * 4 + shape.gap * 3).toBeLessThanOrEqual(1000);
  expect(shapeOf(366, true, 2).columns).toBe(2);
  expect(shapeOf(0, true, 2).columns).toBe(1);
  const start = layOut(shape, 10, 0, 600);
  expect([start.first, start.last]).toEqual([0, 9]);
  expect(layOut(shape, 0, 0, 600).last).toBe(-1);
  const middle = layOut(shape, 1_000, shape.height * 50, shape.height * 2);
  expect([middle.first, middle.last]).toEqual([49 * 4, 54 * 4 - 1]);
  expect(middle.at(50 * 4)).toEqual({ left: 0, top: shape.height * 50 });
  expect(middle.scrollTo(50 * 4)).toBeUndefined();
  expect(middle.scrollTo(0)).toBe(0);
});

test("a million cards can be scrolled through from the first to the last", () => {
  const shape = shapeOf(1000, true, 3);
  const seen = 700;
  const { height } = layOut(shape, 1_000_000, 0, seen);
  expect(height).toBeLessThan(10_000_000);
  const end = layOut(shape, 1_000_000, height - seen, seen);
  expect(end.last).toBe(999_999);
  // The last card ends where the whole ends.
  expect(end.at(999_999).top + shape.height).toBeCloseTo(height, 3);
  const to = layOut(shape, 1_000_000, 0, seen).scrollTo(500_000) ?? 0;
  const there = layOut(shape, 1_000_000, to, seen);
  expect(there.first).toBeLessThanOrEqual(500_000);
  expect(there.last).toBeGreaterThanOrEqual(500_000);
});
