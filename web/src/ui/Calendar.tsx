import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PanelProps } from "@/grid/types";
import { addMonths, gridOf, monthOfDay, today } from "@/lib/month";
import { IconButton } from "./IconButton";

/** A panel keeps its height from month to month. */
const WEEKS = 6;

/** A month to pick a day from, under a date being typed. */
export default function Calendar({ field, text, onPut }: PanelProps) {
  const { t, i18n } = useTranslation();
  // Half a month, as in 2026-0, is none yet.
  const typed = /^\s*(\d{4})[-/.年](1[0-2]|0?[1-9])(?!\d)(?:[-/.月](\d{1,2}))?/.exec(text);
  const now = today();
  const shown = typed ? `${typed[1]}-${typed[2]?.padStart(2, "0")}` : "";
  const [month, setMonth] = useState(shown || monthOfDay(now));
  useEffect(() => {
    if (shown !== "") setMonth(shown);
  }, [shown]);
  const picked = typed?.[3] ? `${shown}-${typed[3].padStart(2, "0")}` : "";
  const time = /\d{1,2}:\d{2}(?::\d{2})?/.exec(text)?.[0];
  const take = (day: string) => {
    // A moment keeps its time; without one it still wants typing.
    if (field.kind === "date") onPut(day, true);
    else onPut(`${day} ${time ?? ""}`, time !== undefined);
  };
  const step = (by: number) => setMonth((m) => addMonths(m, by));
  const names = Array.from({ length: 7 }, (_, i) =>
    new Intl.DateTimeFormat(i18n.language, { weekday: "narrow" }).format(new Date(2024, 0, 1 + i)),
  );
  const [year = 0, number = 1] = month.split("-").map(Number);
  return (
    <div className="calendar">
      <div className="calendar-head">
        <IconButton icon="left" tabIndex={-1} label={t("calendar.before")} onClick={() => step(-1)} />
        <span className="num">
          {new Intl.DateTimeFormat(i18n.language, { year: "numeric", month: "long" }).format(
            new Date(year, number - 1, 1),
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
        {gridOf(month, WEEKS).map((day) => {
          const mark = [
            monthOfDay(day) === month ? "" : "other",
            day === picked ? "on" : "",
            day === now ? "today" : "",
          ];
          return (
            <button
              key={day}
              type="button"
              tabIndex={-1}
              aria-label={day}
              aria-pressed={day === picked}
              className={`num ${mark.join(" ")}`}
              onClick={() => take(day)}
            >
              {Number(day.slice(8))}
            </button>
          );
        })}
      </div>
      <button type="button" tabIndex={-1} className="link" onClick={() => take(now)}>
        {t("calendar.today")}
      </button>
    </div>
  );
}
