/** What continues the values somebody fills from, as Excel continues them. Pure. */
import type { Field, Value } from "@/api/types";
import { addDays, addMonths, monthOfDay, sameDay } from "@/lib/month";
import { around } from "./selection";

/** The value so many places after the first one filled from; before it where negative. */
export type Series = (at: number) => Value;

/** Lists that are gone round. */
const ROUNDS: readonly (readonly string[])[] = [
  ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
  ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
  ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"],
  ["正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月"],
  ["第一季", "第二季", "第三季", "第四季"],
  ["第一季度", "第二季度", "第三季度", "第四季度"],
  [..."甲乙丙丁戊己庚辛壬癸"],
  [..."子丑寅卯辰巳午未申酉戌亥"],
  ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
  [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ],
  ["Q1", "Q2", "Q3", "Q4"],
];

const DIGITS = "零一二三四五六七八九";

/** 1 to 99 in Chinese. */
function numeral(n: number): string {
  const [tens, ones] = [Math.floor(n / 10), n % 10];
  const head = tens === 0 ? "" : `${tens === 1 ? "" : DIGITS[tens]}十`;
  return head + (ones === 0 ? "" : DIGITS[ones]);
}
const NUMERALS = Array.from({ length: 99 }, (_, i) => numeral(i + 1));

/** The step between numbers that stand evenly; undefined where they do not. */
function evenStep(list: number[]): number | undefined {
  const step = (list[1] ?? 0) - (list[0] ?? 0);
  const even = list.every((n, i) => i === 0 || Math.abs(n - (list[i - 1] ?? 0) - step) < 1e-9);
  return list.length > 1 && even ? step : undefined;
}

/** The straight line through numbers at 0, 1, 2, … that misses them least; through all where they are even. */
function line(list: number[]): (at: number) => number {
  const first = list[0] ?? 0;
  const step = evenStep(list);
  if (step !== undefined) return (at) => first + step * at;
  const n = list.length;
  const middle = (n - 1) / 2;
  const mean = list.reduce((a, b) => a + b, 0) / n;
  const rise = list.reduce((sum, y, x) => sum + (x - middle) * (y - mean), 0);
  const slope = rise / list.reduce((sum, _, x) => sum + (x - middle) ** 2, 0);
  return (at) => mean + slope * (at - middle);
}

/** Without the dust of binary fractions: 0.1 + 0.2 is 0.3. */
const clean = (n: number) => Number.parseFloat(n.toPrecision(12));

/** One number alone is repeated unless a series is asked for. */
function numbers(field: Field, list: number[], asked: boolean): Series | undefined {
  const whole = field.kind === "money";
  const one = field.kind === "money" ? 100 : field.kind === "percent" ? 0.01 : 1;
  if (list.length === 1) return asked ? (at) => clean((list[0] ?? 0) + one * at) : undefined;
  const through = line(list);
  return (at) => (whole ? Math.round(through(at)) : clean(through(at)));
}

const dayNumber = (day: string) => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
const monthNumber = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));

/** Days go on by days; the same day of several months by months. Moments keep their time. */
function days(list: string[]): Series | undefined {
  const [first = "", ...rest] = list;
  const [day, time] = [first.slice(0, 10), first.slice(10)];
  if (rest.some((other) => other.slice(10) !== time)) return undefined;
  if (rest.length > 0 && list.every((d) => d.slice(8, 10) === day.slice(8))) {
    const months = evenStep(list.map(monthNumber));
    if (months) return (at) => sameDay(day, addMonths(monthOfDay(day), months * at)) + time;
  }
  const step = rest.length === 0 ? 1 : evenStep(list.map((d) => dayNumber(d.slice(0, 10))));
  return step === undefined ? undefined : (at) => addDays(day, step * at) + time;
}

/** Members of one list that stand evenly in it. */
function listed(texts: string[], list: readonly string[], round: boolean): Series | undefined {
  const places = texts.map((text) => list.indexOf(text));
  if (places.includes(-1)) return undefined;
  const raw = places.map((p, i) => (i === 0 ? 0 : p - (places[i - 1] ?? 0)));
  const steps = raw.slice(1).map((step) => (round ? around(step, list.length) : step));
  const step = steps[0] ?? 1;
  if (steps.some((other) => other !== step)) return undefined;
  const from = places[0] ?? 0;
  return (at) => {
    const to = from + step * at;
    return round ? (list[around(to, list.length)] ?? null) : (list[Math.max(0, Math.min(98, to))] ?? null);
  };
}

/** `客户1`, `A-007号`, `第三批`: the last number in a text counts on. */
function counted(texts: string[]): Series | undefined {
  const parts = texts.map(
    (text) => /^(.*?)(\d+)(\D*)$/s.exec(text) ?? /^(第)([一二三四五六七八九十]+)(.*)$/s.exec(text),
  );
  const [first] = parts;
  if (!first || parts.some((p) => !p || p[1] !== first[1] || p[3] !== first[3])) return undefined;
  const [, before = "", written = "", behind = ""] = first;
  const wrap = (text: Value): Value => (text === null ? null : `${before}${text}${behind}`);
  if (!/\d/.test(written)) {
    const inner = listed(
      parts.map((p) => p?.[2] ?? ""),
      NUMERALS,
      false,
    );
    return inner && ((at) => wrap(inner(at)));
  }
  // Longer ones are no counters, and more than a number holds exactly.
  if (parts.some((p) => (p?.[2] ?? "").length > 15)) return undefined;
  const list = parts.map((p) => Number(p?.[2]));
  const step = list.length === 1 ? 1 : evenStep(list);
  if (step === undefined) return undefined;
  return (at) => wrap(String(Math.abs((list[0] ?? 0) + step * at)).padStart(written.length, "0"));
}

function texts(list: string[]): Series | undefined {
  for (const round of ROUNDS) {
    const found = listed(list, round, true);
    if (found) return found;
  }
  return listed(list, NUMERALS, false) ?? counted(list);
}

/**
 * How values of a field go on, or undefined where they are to be repeated. `other` is Excel's Ctrl: it makes a
 * series of a lone number, and copies what would have become one.
 */
export function seriesOf(field: Field, values: (Value | undefined)[], other: boolean): Series | undefined {
  const are = <T extends string | number>(type: "string" | "number"): T[] | undefined =>
    values.length > 0 && values.every((v) => typeof v === type && v !== "") ? (values as T[]) : undefined;
  switch (field.kind) {
    case "number":
    case "money":
    case "percent": {
      const list = are<number>("number");
      if (!list || (other && list.length > 1)) return undefined;
      return numbers(field, list, other);
    }
    case "date":
    case "date_time": {
      const list = are<string>("string");
      return list && !other ? days(list) : undefined;
    }
    case "text":
    case "long_text": {
      const list = are<string>("string");
      return list && !other ? texts(list) : undefined;
    }
    default:
      return undefined;
  }
}
