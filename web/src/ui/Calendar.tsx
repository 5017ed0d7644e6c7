import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PanelProps } from "@/grid/types";
import { IconButton } from "./IconButton";

const two = (n: number) => String(n).padStart(2, "0");
const iso = (d: Date) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;

/** Six weeks from the Monday on or before the first of a month. */
export function weeksOf(year: number, month: number): Date[] {
  const first = new Date(year, month, 1);
  const back = (first.getDay() + 6) % 7;
  return Array.from({ length: 42 }, (_, i) => new Date(year, month, 1 - back + i));
}

/** A month to pick a day from, under a date being typed. */
export default function Calendar({ field, text, onPut }: PanelProps) {
  const { t, i18n } = useTranslation();
  const typed = /^\s*(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?/.exec(text);
  const today = new Date();
  const shown = typed ? new Date(Number(typed[1]), Number(typed[2]) - 1, 1) : today;
  const [month, setMonth] = useState({ y: shown.getFullYear(), m: shown.getMonth() });
  const key = typed ? `${typed[1]}-${typed[2]}` : "";
  useEffect(() => {
    const [y, m] = key.split("-").map(Number);
    if (y && m) setMonth({ y, m: m - 1 });
  }, [key]);
  const picked = typed?.[3] ? `${typed[1]}-${two(Number(typed[2]))}-${two(Number(typed[3]))}` : "";
  const time = /\d{1,2}:\d{2}(?::\d{2})?/.exec(text)?.[0];
  const take = (day: string) => {
    // A moment keeps its time; without one it still wants typing.
    if (field.kind === "date") onPut(day, true);
    else onPut(`${day} ${time ?? ""}`, time !== undefined);
  };
  const step = (by: number) =>
    setMonth(({ y, m }) => {
      const next = new Date(y, m + by, 1);
      return { y: next.getFullYear(), m: next.getMonth() };
    });
  const names = Array.from({ length: 7 }, (_, i) =>
    new Intl.DateTimeFormat(i18n.language, { weekday: "narrow" }).format(new Date(2024, 0, 1 + i)),
  );
  return (
    <div className="calendar">
      <div className="calendar-head">
        <IconButton icon="left" tabIndex={-1} label={t("calendar.before")} onClick={() => step(-1)} />
        <span className="num">
          {new Intl.DateTimeFormat(i18n.language, { year: "numeric", month: "long" }).format(
            new Date(month.y, month.m, 1),
          )}
        </span>
        <IconButton icon="right" tabIndex={-1} label={t("calendar.after")} onClick={() => step(1)} />
      </div>
      <div className="calendar-days">
        {names.map((name, i) => (
          <span key={`${i}`} className="muted" aria-hidden="true">
            {name}
          </span>
        ))}
        {weeksOf(month.y, month.m).map((day) => {
          const text = iso(day);
          const mark = [
            day.getMonth() === month.m ? "" : "other",
            text === picked ? "on" : "",
            text === iso(today) ? "today" : "",
          ];
          return (
            <button
              key={text}
              type="button"
              tabIndex={-1}
              aria-label={text}
              aria-pressed={text === picked}
              className={`num ${mark.join(" ")}`}
              onClick={() => take(text)}
            >
              {day.getDate()}
            </button>
          );
        })}
      </div>
      <button type="button" tabIndex={-1} className="link" onClick={() => take(iso(today))}>
        {t("calendar.today")}
      </button>
    </div>
  );
}
