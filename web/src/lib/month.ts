/** Days and months, as ISO texts: `2026-11-30`, `2026-11`. */

const DAY_MS = 86_400_000;
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const addDays = (day: string, n: number): string => dayOf(at(day) + n * DAY_MS);
export const monthOfDay = (day: string): string => day.slice(0, 7);
export function addMonths(month: string, n: number): string {
  const [y = 0, m = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(y, m - 1 + n, 1)).toISOString().slice(0, 7);
}
/** Days since Monday. */
export const weekday = (day: string): number => (new Date(at(day)).getUTCDay() + 6) % 7;

/** How far the book's clock, Asia/Shanghai, is ahead; it knows no daylight saving. */
const AHEAD_MS = 8 * 3_600_000;
/** Now on the book's clock, as the server writes moments, wherever this browser is. */
export const bookNow = (now = Date.now()): string => new Date(now + AHEAD_MS).toISOString().slice(0, 19);
/** Today in the book. */
export const today = (now = Date.now()): string => bookNow(now).slice(0, 10);

/** The days of the weeks a month touches, from a Monday to a Sunday; of more weeks where a height is to stay. */
export function gridOf(month: string, weeks = 0): string[] {
  const first = `${month}-01`;
  const last = addDays(`${addMonths(month, 1)}-01`, -1);
  const from = addDays(first, -weekday(first));
  const length = (at(last) - at(from)) / DAY_MS + 1;
  return Array.from({ length: Math.max(weeks, Math.ceil(length / 7)) * 7 }, (_, i) => addDays(from, i));
}

/** The same day of another month, or its last. */
export function sameDay(day: string, month: string): string {
  const last = addDays(`${addMonths(month, 1)}-01`, -1);
  const wanted = `${month}-${day.slice(8)}`;
  return wanted > last ? last : wanted;
}

/** A cell carried to another day; a moment keeps its time. */
export const carried = (value: string, day: string): string => day + value.slice(10);

const LUNAR_DAYS = ["初", "十", "廿", "三"] as const;
const DIGITS = ["十", "一", "二", "三", "四", "五", "六", "七", "八", "九"] as const;
const lunar = new Intl.DateTimeFormat("zh-u-ca-chinese", { month: "long", day: "numeric", timeZone: "UTC" });

/** The lunar day as a Chinese calendar prints it under the number: 初一 is the name of its month. */
export function lunarDay(day: string): string {
  const parts = lunar.formatToParts(at(day));
  const month = parts.find((p) => p.type === "month")?.value ?? "";
  const n = Number.parseInt(parts.find((p) => p.type === "day")?.value ?? "", 10);
  // Some browsers spell the day out themselves.
  if (!(n >= 1 && n <= 30)) return parts.find((p) => p.type === "day")?.value ?? "";
  if (n === 1) return month;
  if (n === 20 || n === 30) return n === 20 ? "二十" : "三十";
  return `${LUNAR_DAYS[Math.floor((n - 1) / 10)]}${DIGITS[n % 10]}`;
}
