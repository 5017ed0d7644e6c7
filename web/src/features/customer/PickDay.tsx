import { useTranslation } from "react-i18next";
import { useLocale } from "@/i18n";
import { addDays, today } from "@/lib/month";
import { Popup } from "@/ui/Popup";
import { momentText, nextMonday } from "./words";

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
  const locale = useLocale();
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
        <label className="pick-other">
          <span>{t("day.other")}</span>
          <input
            type="date"
            defaultValue={props.value.slice(0, 10)}
            onChange={(e) => e.target.validity.valid && e.target.value !== "" && pick(e.target.value)}
          />
        </label>
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
