import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "@/i18n";
import { localTexts } from "@/i18n/local";
import { addDays, today } from "@/lib/month";
import { Popup } from "@/ui/Popup";
import { FIRST_DAY, isPlannable, LAST_DAY, momentText, nextMonday } from "./words";

const { useTexts } = localTexts({ take: "确定" }, { take: "OK" });

/** The days one mostly means, any other one, and none where that is possible. */
export function PickDay(props: {
  at: DOMRect;
  label: string;
  value: string;
  onPick(day: string): void;
  onClear?(): void;
  onClose(): void;
}) {
  const { t } = useTranslation();
  const own = useTexts();
  const locale = useLocale();
  const [other, setOther] = useState(props.value.slice(0, 10));
  const now = today();
  const monday = nextMonday(now);
  const near: [string, string][] = [
    [t("day.tomorrow"), addDays(now, 1)],
    [t("day.inThree"), addDays(now, 3)],
    [t("day.nextMonday"), monday],
    [t("day.nextMonth"), addDays(now, 30)],
  ];
  const pick = (day: string) => {
    props.onPick(day);
    props.onClose();
  };
  return (
    <Popup at={props.at} label={props.label} onClose={props.onClose}>
      <div className="menu pick-day">
        {near.map(([name, day]) => (
          <button type="button" key={name} className="menu-item" onClick={() => pick(day)}>
            <span>{name}</span>
            <span className="muted num">{momentText(day, locale, t, "")}</span>
          </button>
        ))}
        {/* While a day is typed, or its wheel turns, every day on the way is reported: only a taken one counts. */}
        <form
          className="pick-other"
          onSubmit={(e) => {
            e.preventDefault();
            if (isPlannable(other)) pick(other);
          }}
        >
          <label>
            <span>{t("day.other")}</span>
            <input
              type="date"
              min={FIRST_DAY}
              max={LAST_DAY}
              defaultValue={other}
              onChange={(e) => setOther(e.target.value)}
            />
          </label>
          <button type="submit" disabled={!isPlannable(other)}>
            {own("take")}
          </button>
        </form>
        {props.onClear && props.value !== "" && (
          <button
            type="button"
            className="menu-item"
            onClick={() => {
              props.onClear?.();
              props.onClose();
            }}
          >
            {t("day.none")}
          </button>
        )}
      </div>
    </Popup>
  );
}
