import type { TFunction } from "i18next";
import { expect, test } from "vitest";
import { rhythm } from "./rhythm";
import { isPlannable, momentText, nextMonday } from "./words";

const t = ((key: string) => key) as unknown as TFunction;

test.each([
  [[], null],
  [["2026-11-01", "2026-11-11"], null],
  [["2026-11-21T10:00", "2026-11-01T09:00", "2026-11-11"], { days: 10, since: 1, late: false }],
  [["2026-08-01", "2026-08-11", "2026-08-31"], { days: 15, since: 83, late: true }],
  // Several orders of one day are one purchase; days to come are none.
  [["2026-11-01", "2026-11-01", "2026-11-11", "2027-01-01"], null],
  [["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-22"], { days: 1, since: 0, late: false }],
])("rhythm of %j", (moments, want) => {
  expect(rhythm(moments, "2026-11-22")).toEqual(want);
});

test.each([
  ["2026-11-22T14:00:00", "day.today 14:00"],
  ["2026-11-23", "day.tomorrow"],
  ["2026-11-21T00:00:00", "day.yesterday"],
  ["2026-11-25T09:30:00", "11月25日 周三 09:30"],
  ["2027-01-05", "2027年1月5日 周二"],
])("%s in words", (moment, want) => {
  expect(momentText(moment, "zh-CN", t, "2026-11-22")).toBe(want);
});

test("in English", () => {
  expect(momentText("2026-11-25T09:30:00", "en", t, "2026-11-22")).toBe("Nov 25 Wed 09:30");
});

test.each([
  ["2026-11-22", "2026-11-23"],
  ["2026-11-23", "2026-11-30"],
])("the Monday after %s", (day, want) => {
  expect(nextMonday(day)).toBe(want);
});

test.each([
  ["2026-12-15", true],
  ["1900-01-01", true],
  ["1899-12-31", false],
  ["0006-02-02", false],
  ["0202-12-15", false],
  ["202612-01-05", false],
  ["2926-12-15", false],
  ["2026-13-01", false],
  ["2026-1", false],
  ["", false],
])("%s can be planned: %s", (day, want) => {
  expect(isPlannable(day)).toBe(want);
});
