import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "@/api";
import { isAbort } from "@/api/client";
import type { OpenView } from "@/features/table/useView";
import type { Row } from "@/grid/types";
import { errorText } from "@/lib/errors";
import { onNews } from "@/lib/live";
import { rowOf } from "./rows";

/** Records of a day that come at once; the others come when the day is opened. */
const EACH = 8;
/** Changes that come together are shown together. */
const GATHER_MS = 300;

export interface Day {
  count: number;
  rows: Row[];
}
interface Shown {
  /** What it answers: a view, a field, days. */
  of: string;
  days: Map<string, Day>;
}
const NONE: Map<string, Day> = new Map();

/** The records of an open view on some days, kept as they change. */
export function useMonth(view: OpenView | null, by: string, from: string, to: string) {
  const [shown, setShown] = useState<Shown>({ of: "", days: NONE });
  const [error, setError] = useState<string | null>(null);
  const [epoch, setEpoch] = useState(0);
  const again = useCallback(() => setEpoch((n) => n + 1), []);
  const of = JSON.stringify([view?.question, by, from, to]);
  /** Cards on their way to another day; what is asked meanwhile would show them where they were. */
  const moving = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: epoch stands for "again", `of` for the question
  useEffect(() => {
    if (!view) return;
    const controller = new AbortController();
    api.viewDays(view.id, by, from, to, EACH, controller.signal).then(
      (answer) => {
        if (moving.current > 0) return;
        const days = new Map<string, Day>(answer.days.map(({ day, count }) => [day, { count, rows: [] }]));
        for (const wire of answer.rows) {
          const row = rowOf(wire, view.columns);
          days.get(String(row.values[by] ?? "").slice(0, 10))?.rows.push(row);
        }
        setShown({ of, days });
        setError(null);
      },
      (e: unknown) => isAbort(e) || setError(errorText(e)),
    );
    return () => controller.abort();
  }, [view, by, of, epoch]);

  useEffect(() => {
    if (!view) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        again();
      }, GATHER_MS);
    };
    const stops = [
      view.cache.subscribe(soon),
      onNews((table) => (table ?? view.table) === view.table && soon()),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [view, again]);

  /** Shows a record on another day while it is written there; asks anew when that is done, or was refused. */
  const move = useCallback(
    async (row: Row, day: string, write: () => Promise<void>) => {
      const before = String(row.values[by] ?? "").slice(0, 10);
      moving.current += 1;
      setShown((now) => {
        const days = new Map(now.days);
        const from = days.get(before);
        if (from) days.set(before, { count: from.count - 1, rows: from.rows.filter((r) => r.id !== row.id) });
        const to = days.get(day) ?? { count: 0, rows: [] };
        days.set(day, { count: to.count + 1, rows: [row, ...to.rows] });
        return { ...now, days };
      });
      try {
        await write();
      } finally {
        moving.current -= 1;
        again();
      }
    },
    [by, again],
  );
  return { days: shown.of === of ? shown.days : NONE, busy: shown.of !== of, error, again, move };
}
