import { useEffect, useMemo, useRef } from "react";
import { api } from "@/api";
import type { Mark, Table } from "@/api/types";
import type { BlockCache } from "@/grid/blockCache";
import type { Marks } from "@/grid/types";

/** Rows asked about at once. */
const MOST = 500;
/** Rows remembered before the oldest are forgotten. */
const KEPT = 20_000;

/** Which cells a rule doubts, asked for the rows on screen a moment after they came to rest. */
export class MarkCache implements Marks {
  private readonly known = new Map<number, Mark[]>();
  private readonly asked = new Set<number>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly ask: (ids: number[]) => Promise<Mark[]>) {}

  get(id: number, field: string): string | undefined {
    return this.known.get(id)?.find((m) => m.field === field)?.message;
  }
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  /** Their content changed: what was known of them may be wrong. */
  forget(ids?: number[]): void {
    if (ids) for (const id of ids) this.known.delete(id);
    else this.known.clear();
  }
  async want(ids: number[]): Promise<void> {
    const fresh = ids.filter((id) => !this.known.has(id) && !this.asked.has(id)).slice(0, MOST);
    if (fresh.length === 0) return;
    for (const id of fresh) this.asked.add(id);
    try {
      const marks = await this.ask(fresh);
      if (this.known.size > KEPT) this.known.clear();
      for (const id of fresh) this.known.set(id, []);
      for (const mark of marks) this.known.get(mark.id)?.push(mark);
      for (const listener of this.listeners) listener();
    } catch {
      // A mark is a courtesy: without it the table works all the same.
    } finally {
      for (const id of fresh) this.asked.delete(id);
    }
  }
}

export function useMarks(table: Table, cache: BlockCache | undefined): MarkCache | undefined {
  const ruled = JSON.stringify(table.fields.filter((f) => f.rules?.length).map((f) => [f.key, f.rules]));
  const marks = useMemo(
    () =>
      cache && ruled !== "[]"
        ? new MarkCache(async (ids) => (await api.marks(table.key, ids)).marks)
        : undefined,
    [table.key, cache, ruled],
  );
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (!marks || !cache) return;
    const look = () => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const ids: number[] = [];
        for (const [first, last] of cache.visible)
          for (let i = first; i <= last + 1 && i < cache.total; i++) {
            const row = cache.peek(i);
            if (row && !row.deleted) ids.push(row.id);
          }
        void marks.want(ids);
      }, 250);
    };
    look();
    const stops = [cache.subscribe(look), cache.onWatch(look)];
    return () => {
      clearTimeout(timer.current);
      for (const stop of stops) stop();
    };
  }, [marks, cache]);
  return marks;
}
