/** Days as people say them. */
import type { TFunction } from "i18next";
import type { Locale } from "@/api/types";
import { addDays, today, weekday } from "@/lib/month";

const ms = (day: string): number => Date.parse(`${day.slice(0, 10)}T00:00:00Z`);

/** Days from one to another. */
export const daysBetween = (from: string, to: string): number => Math.round((ms(to) - ms(from)) / 86_400_000);

/** The Monday after a day. */
export const nextMonday = (day: string): string => addDays(day, 7 - weekday(day));

export const FIRST_DAY = "1900-01-01";
export const LAST_DAY = "2199-12-31";

/** Whether a text of a date field is a day one can mean; half a year typed is a day of the year 20 or 202. */
export const isPlannable = (day: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(day) && day >= FIRST_DAY && day <= LAST_DAY && !Number.isNaN(ms(day));

/** `今天 14:00`, `11月23日 周一 14:00`, `2027年1月5日 周二`. */
export function momentText(moment: string, locale: Locale, t: TFunction, now = today()): string {
  const day = moment.slice(0, 10);
  const time = moment.slice(11, 16);
  const clock = time === "" || time === "00:00" ? "" : ` ${time}`;
  const near = daysBetween(now, day);
  if (near === 0) return t("day.today") + clock;
  if (near === 1) return t("day.tomorrow") + clock;
  if (near === -1) return t("day.yesterday") + clock;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(ms(day));
  const year = day.slice(0, 4) === now.slice(0, 4) ? undefined : ("numeric" as const);
  const date = format({ year, month: locale === "en" ? "short" : "long", day: "numeric" });
  return `${date} ${format({ weekday: "short" })}${clock}`;
}
