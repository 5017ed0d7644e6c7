import { useTranslation } from "react-i18next";
import type { Field } from "@/api/types";
import type { Row } from "@/grid/types";
import { formatCount } from "@/lib/format";
import { Slip } from "./Slip";
import type { useDrag } from "./useDrag";
import type { Day } from "./useMonth";

interface Props {
  index: number;
  day: string;
  name: string;
  number: number;
  lunar: string;
  outside: boolean;
  today: boolean;
  chosen: boolean;
  over: boolean;
  held: number | undefined;
  content: Day;
  fit: number;
  by: Field;
  tone: Field | undefined;
  fields: Field[];
  titleOf(row: Row): string;
  onOpen(id: number): void;
  onPress: ReturnType<typeof useDrag>["start"] | undefined;
  onDay(at: DOMRect): void;
}

/** A day of a month, with as many of its records as there is room for. */
export function DayCell(props: Props) {
  const { content, fit } = props;
  const { t } = useTranslation();
  // What is known at once may be less than the day holds, and than there is room for.
  const room = content.count > fit ? fit - 1 : fit;
  const rows = content.rows.slice(0, Math.max(0, room));
  const more = content.count - rows.length;
  const marks = ["day", props.outside && "outside", props.today && "today", props.over && "over"];
  return (
    <div className={marks.filter(Boolean).join(" ")} data-column={props.index}>
      <button
        type="button"
        className="day-head"
        data-day={props.day}
        tabIndex={props.chosen ? 0 : -1}
        aria-current={props.today ? "date" : undefined}
        aria-pressed={props.chosen}
        aria-label={t("month.day", { day: props.name, n: content.count })}
        onClick={(e) => props.onDay(e.currentTarget.getBoundingClientRect())}
      >
        <span className="day-number num">{props.number}</span>
        <span className="day-lunar">{props.lunar}</span>
        {content.count > 0 && <span className="day-count num">{formatCount(content.count)}</span>}
      </button>
      {rows.map((row) => (
        <Slip
          key={row.id}
          row={row}
          title={props.titleOf(row)}
          by={props.by}
          tone={props.tone}
          fields={props.fields}
          held={props.held === row.id}
          onOpen={props.onOpen}
          onPress={props.onPress}
        />
      ))}
      {fit > 0 && more > 0 && (
        <button
          type="button"
          className="day-more"
          aria-haspopup="dialog"
          onClick={(e) => props.onDay(e.currentTarget.getBoundingClientRect())}
        >
          {t("month.more", { n: formatCount(more) })}
        </button>
      )}
    </div>
  );
}
