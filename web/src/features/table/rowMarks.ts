/** What is known of single cells, asked for the rows on screen a moment after they came to rest. */
import { useEffect, useRef } from "react";
import type { BlockCache } from "@/grid/blockCache";

/** Rows asked about at once. */
const MOST = 500;
/** Rows remembered before the oldest are forgotten. */
const KEPT = 20_000;

export class RowMarks<M extends { id: number }> {
  private readonly known = new Map<number, M[]>();
  private readonly asked = new Set<number>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly ask: (ids: number[]) => Promise<M[]>) {}

  protected of(id: number): M[] | undefined {
    return this.known.get(id);
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
  /** Asks about rows nothing is known of; `anew` about the others too, whose marks stay until the answer. */
  async want(ids: number[], anew = false): Promise<void> {
    const fresh = ids.filter((id) => anew || (!this.known.has(id) && !this.asked.has(id))).slice(0, MOST);
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

/** Keeps marks up with what is on screen. */
export function useOnScreen<M extends { id: number }>(
  marks: RowMarks<M> | undefined,
  cache: BlockCache | undefined,
): void {
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
}
