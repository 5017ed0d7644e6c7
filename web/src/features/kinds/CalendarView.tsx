import { type CSSProperties, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, Month, ViewRequest } from "@/api/types";
import type { ViewProps } from "@/features/table/SheetView";
import { layoutStore, openRecord } from "@/features/table/tableState";
import type { Row } from "@/grid/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { isDateLike, isWritable, labelOf } from "@/lib/format";
import { usePhone } from "@/lib/hooks";
import { fieldOf } from "@/lib/query";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { toast, toastError } from "@/ui/toast";
import "@/ui/css/calendar.css";

import { addDays, addMonths, carried, gridOf, lunarDay, monthOfDay, sameDay, today } from "@/lib/month";
import { DayCell } from "./DayCell";
import { DayList } from "./DayList";
import { KindFrame, KindGone } from "./KindFrame";
import { MonthSettings } from "./KindSettings";
import { monthKind } from "./kinds";
import { titleText } from "./title";
import { useDrag } from "./useDrag";
import { type Day, useMonth } from "./useMonth";

type Props = ViewProps & { month: Month; request: ViewRequest };

/** The records of a view on the days of a month. */
export default function CalendarView(props: Props) {
  const by = fieldOf(props.table, props.month.by);
  return by && isDateLike(by) ? <Calendar {...props} by={by} /> : <KindGone table={props.table} />;
}

/** What one day shows besides its records, and the height of one of those, in pixels. */
const HEAD = 30;
const SLIP = 24;
const EMPTY: Day = { count: 0, rows: [] };
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function Calendar(props: Props & { by: Field }) {
  const { table, month: settings, by, open, edits } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const phone = usePhone();
  const [day, setDay] = useState(today);
  const [list, setList] = useState<{ day: string | null; at: DOMRect } | null>(null);
  const month = monthOfDay(day);
  const days = gridOf(month);
  const first = days[0] ?? day;
  const view = open.view?.table === table.key ? open.view : null;
  const shown = useMonth(view, by.key, first, addDays(first, days.length));
  const grid = useRef<HTMLDivElement>(null);
  const fit = useFit(grid, days.length / 7);
  /** What to give the focus to once the month is drawn anew: a day, or a record that went to another. */
  const follow = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (follow.current === null) return;
    const to = grid.current?.querySelector<HTMLElement>(follow.current);
    if (to) follow.current = null;
    to?.focus({ preventScroll: true });
  });

  const titleOf = (row: Row) => titleText(table, row, locale) || t("customer.unnamed");
  const openOne = (id: number) =>
    table.key === "customers" ? props.onOpen(id) : openRecord.set({ table: table.key, id });
  const move = (row: Row, to: string) => {
    const value = String(row.values[by.key] ?? "");
    if (to === value.slice(0, 10)) return;
    if (!isWritable(by)) return toast(t("month.computed"));
    follow.current = `[data-card="${row.id}"]`;
    if (monthOfDay(to) !== month) setDay(to);
    const said = t("month.moved", { name: titleOf(row), day: dayName(to, locale) });
    shown
      .move(row, to, () => edits.save(row.id, { [by.key]: carried(value, to) }))
      .then(
        () =>
          toast(said, { about: "undo", action: { label: t("undo.label"), run: () => void edits.undo() } }),
        (e: unknown) => toastError(errorText(e)),
      );
  };
  const rowOf = (id: number) => [...shown.days.values()].flatMap((d) => d.rows).find((r) => r.id === id);
  const { drag, start } = useDrag((id, i) => {
    const [row, to] = [rowOf(id), days[i]];
    if (row && to) move(row, to);
  });
  const turn = (to: string) => {
    follow.current = `[data-day="${to}"]`;
    setDay(to);
  };
  const onKey = (e: KeyboardEvent<HTMLElement>) => {
    const control = e.ctrlKey || e.metaKey;
    const step = STEPS[e.key];
    const id = Number((e.target as HTMLElement).closest<HTMLElement>("[data-card]")?.dataset.card);
    if (id) {
      const row = rowOf(id);
      if (!control || step === undefined || !row) return;
      e.preventDefault();
      move(row, addDays(String(row.values[by.key]).slice(0, 10), step));
      return;
    }
    if (control || e.altKey || e.shiftKey) return;
    const months = e.key === "PageUp" ? -1 : e.key === "PageDown" ? 1 : 0;
    if (step === undefined && months === 0) return;
    e.preventDefault();
    const here = (e.target as HTMLElement).closest<HTMLElement>("[data-day]")?.dataset.day ?? day;
    turn(step === undefined ? sameDay(here, addMonths(month, months)) : addDays(here, step));
  };
  const change = (next: Month) => layoutStore(table.key).set((l) => ({ ...l, kind: monthKind(next) }));
  const go = (months: number) => setDay(sameDay(day, addMonths(month, months)));
  const now = today();
  const dayList = (of: string | null) => (
    <DayList
      key={of}
      request={props.request}
      table={table}
      by={by}
      day={of}
      month={settings}
      edits={edits}
      count={of === null ? undefined : (shown.days.get(of)?.count ?? 0)}
      onOpen={openOne}
      onClose={() => setList(null)}
    />
  );
  return (
    <KindFrame
      {...props}
      said
      icon="calendar"
      label={t("month.settings")}
      settings={<MonthSettings table={table} month={settings} onChange={change} />}
    >
      <div className="month-head">
        <h2 className="num" aria-live="polite">
          {monthName(month, locale)}
        </h2>
        <IconButton icon="left" label={t("calendar.before")} onClick={() => go(-1)} />
        <IconButton icon="right" label={t("calendar.after")} onClick={() => go(1)} />
        <button type="button" className="link" onClick={() => turn(now)}>
          {t("calendar.today")}
        </button>
        <span className="muted month-by">{t("month.laid", { field: labelOf(by.label, locale) })}</span>
        <button
          type="button"
          className="link month-none"
          aria-haspopup="dialog"
          onClick={(e) => setList({ day: null, at: e.currentTarget.getBoundingClientRect() })}
        >
          {t("month.none")}
        </button>
      </div>
      {shown.error && (
        <p className="form-error pad" role="alert">
          {shown.error}{" "}
          <button type="button" className="link" onClick={shown.again}>
            {t("ui.retry")}
          </button>
        </p>
      )}
      <div className="month-days" aria-hidden="true">
        {days.slice(0, 7).map((d) => (
          <span key={d}>{weekdayName(d, locale)}</span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the days inside take the keys; one place hears them */}
      <div
        ref={grid}
        className={drag ? "month dragging" : "month"}
        data-board
        aria-busy={shown.busy}
        style={{ "--weeks": days.length / 7 } as CSSProperties}
        onKeyDown={onKey}
      >
        {days.map((d, i) => (
          <DayCell
            key={d}
            index={i}
            name={dayName(d, locale)}
            number={Number(d.slice(8))}
            lunar={locale === "zh-CN" ? lunarDay(d) : ""}
            day={d}
            outside={monthOfDay(d) !== month}
            today={d === now}
            chosen={d === day}
            over={drag?.over === i}
            held={drag?.id}
            content={shown.days.get(d) ?? EMPTY}
            fit={phone ? 0 : fit}
            by={by}
            tone={fieldOf(table, settings.tone ?? "")}
            fields={(settings.cards ?? []).flatMap((key) => fieldOf(table, key) ?? [])}
            titleOf={titleOf}
            onOpen={openOne}
            onPress={isWritable(by) ? start : undefined}
            onDay={(at) => {
              setDay(d);
              if (!phone) setList({ day: d, at });
            }}
          />
        ))}
      </div>
      {phone && <section className="month-list">{dayList(day)}</section>}
      {list && (
        <Popup
          at={list.at}
          label={list.day ? dayName(list.day, locale) : t("month.none")}
          onClose={() => setList(null)}
        >
          {dayList(list.day)}
        </Popup>
      )}
    </KindFrame>
  );
}

/** How many records a day has room for, one line being kept for "more". */
function useFit(grid: { current: HTMLElement | null }, weeks: number): number {
  const [fit, setFit] = useState(3);
  useEffect(() => {
    const box = grid.current;
    if (!box) return;
    const measure = () => setFit(Math.max(1, Math.floor((box.clientHeight / weeks - HEAD) / SLIP)));
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [grid, weeks]);
  return fit;
}

const named = (day: string, locale: string, how: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale, { ...how, timeZone: "UTC" }).format(Date.parse(`${day}T00:00:00Z`));
const monthName = (month: string, locale: string) =>
  named(`${month}-01`, locale, { year: "numeric", month: "long" });
const weekdayName = (day: string, locale: string) => named(day, locale, { weekday: "short" });
const dayName = (day: string, locale: string) =>
  named(day, locale, { month: "long", day: "numeric", weekday: "short" });
