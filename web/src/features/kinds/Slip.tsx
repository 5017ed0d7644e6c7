import type { PointerEvent } from "react";
import type { Field } from "@/api/types";
import type { Row } from "@/grid/types";
import { useLocale } from "@/i18n";
import { formatValue } from "@/lib/format";

interface Props {
  row: Row;
  title: string;
  by: Field;
  /** The choice that colours it. */
  tone: Field | undefined;
  fields: Field[];
  held?: boolean;
  onOpen(id: number): void;
  /** Absent where it cannot be carried to another day. */
  onPress?: (e: PointerEvent<HTMLElement>, id: number) => void;
}

/** A record on one line of a day: its time, name and what else was asked for. */
export function Slip({ row, title, by, tone, fields, held, onOpen, onPress }: Props) {
  const locale = useLocale();
  const option = tone?.options?.find((o) => o.value === row.values[tone.key]);
  const value = row.values[by.key];
  const at = by.kind !== "date" && typeof value === "string" ? value.slice(11, 16) : "";
  // Midnight is what a moment has that was written as a day.
  const time = at === "00:00" ? "" : at;
  const said = fields.map((f) => formatValue(f, row.values[f.key], locale)).filter((text) => text !== "");
  const label = [time, title, ...said].filter((text) => text !== "").join(" ");
  return (
    <button
      type="button"
      className={`slip ${option ? `tone-${option.tone}` : ""} ${held ? "held" : ""}`}
      data-card={row.id}
      title={label}
      aria-keyshortcuts={
        onPress ? "Control+ArrowLeft Control+ArrowRight Control+ArrowUp Control+ArrowDown" : undefined
      }
      onPointerDown={onPress && ((e) => onPress(e, row.id))}
      onClick={() => onOpen(row.id)}
    >
      {time !== "" && <span className="slip-time num">{time}</span>}
      <span className="slip-title">{title}</span>
      {said.length > 0 && <span className="slip-said num">{said.join(" · ")}</span>}
    </button>
  );
}
