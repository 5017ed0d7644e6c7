/** Rows of records with the headings of their groups between them. */
import type { RecordGroup } from "@/api/types";
import type { GroupHead, Row, RowSource } from "./types";

/** A stretch of what is shown: one heading, or records that follow on one another. */
interface Part {
  /** Where it begins among what is shown. */
  at: number;
  /** How many lines. */
  size: number;
  /** Its first record. */
  first: number;
  head?: GroupHead;
}

const keyOf = (above: string, group: RecordGroup) => `${above}\n${JSON.stringify(group.value)}`;

/** The keys of all groups. */
export function keysOf(list: RecordGroup[], above = ""): string[] {
  return list.flatMap((g) => {
    const key = keyOf(above, g);
    return [key, ...keysOf(g.groups ?? [], key)];
  });
}

/** Every heading in order, those inside closed groups left out. */
export function headsOf(list: RecordGroup[], closed: ReadonlySet<string>): GroupHead[] {
  const out: GroupHead[] = [];
  const walk = (groups: RecordGroup[], level: number, above: string, from: number) => {
    let first = from;
    for (const group of groups) {
      const key = keyOf(above, group);
      const open = !closed.has(key);
      out.push({ key, level, group, open, first });
      if (open && group.groups) walk(group.groups, level + 1, key, first);
      first += group.count;
    }
  };
  walk(list, 0, "", 0);
  return out;
}

function partsOf(heads: GroupHead[]): Part[] {
  const out: Part[] = [];
  let at = 0;
  for (const head of heads) {
    const { group, open, first } = head;
    out.push({ at, size: 1, first, head });
    at += 1;
    if (!open || group.groups) continue;
    out.push({ at, size: group.count, first });
    at += group.count;
  }
  return out;
}

/** A view's rows in groups. Places are those on screen, headings included; the rows within are the source's. */
export class GroupedRows implements RowSource {
  private readonly parts: Part[];
  private readonly heads: Row[];
  /** Lines and records that are in groups; records made since stand behind them. */
  private readonly lines: number;
  private readonly records: number;

  constructor(
    private readonly source: RowSource,
    list: RecordGroup[],
    closed: ReadonlySet<string>,
  ) {
    this.parts = partsOf(headsOf(list, closed));
    this.heads = this.parts.map(({ head }) => ({ id: 0, values: {}, deleted: true, head }));
    const last = this.parts.at(-1);
    this.lines = last ? last.at + last.size : 0;
    this.records = list.reduce((n, g) => n + g.count, 0);
  }

  get total(): number {
    return this.lines + this.source.total - this.records;
  }

  /** The number of the stretch a place is in. */
  private partAt(index: number): number {
    let [low, high] = [0, this.parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.parts[middle]?.at ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The record at a place; none where a heading stands. */
  recordAt(index: number): number | undefined {
    if (index >= this.lines) return this.records + index - this.lines;
    const part = this.parts[this.partAt(index)];
    return part && !part.head ? part.first + index - part.at : undefined;
  }

  headAt(index: number): GroupHead | undefined {
    return index < this.lines ? this.parts[this.partAt(index)]?.head : undefined;
  }

  /** The place of the innermost heading above a place. */
  headAbove(index: number): number | undefined {
    for (let n = this.partAt(Math.min(index, this.lines - 1)); n >= 0; n--)
      if (this.parts[n]?.head) return this.parts[n]?.at;
    return undefined;
  }

  peek(index: number): Row | undefined {
    const n = index < this.lines ? this.partAt(index) : -1;
    if (this.parts[n]?.head) return this.heads[n];
    const record = this.recordAt(index);
    return record === undefined ? undefined : this.source.peek(record);
  }

  isFresh(first: number, last: number): boolean {
    return this.stretches(first, last).every(([from, to]) => this.source.isFresh(from, to));
  }

  /** The records of a stretch of places, in stretches. */
  stretches(first: number, last: number): [first: number, last: number][] {
    const out: [number, number][] = [];
    const end = Math.min(last, this.lines - 1);
    for (let n = this.partAt(first); first <= end && n < this.parts.length; n++) {
      const part = this.parts[n];
      if (!part || part.at > end) break;
      if (part.head) continue;
      const from = part.first + Math.max(first, part.at) - part.at;
      const to = part.first + Math.min(end, part.at + part.size - 1) - part.at;
      const before = out.at(-1);
      if (before && before[1] === from - 1) before[1] = to;
      else out.push([from, to]);
    }
    if (last >= this.lines) {
      const to = Math.min(last, this.total - 1) - this.lines + this.records;
      const from = Math.max(first, this.lines) - this.lines + this.records;
      if (to >= from) out.push([from, to]);
    }
    return out;
  }

  watch(...parts: [first: number, last: number][]): void {
    this.source.watch(...parts.flatMap(([first, last]) => this.stretches(first, last)));
  }

  async load(first: number, last: number): Promise<(Row | undefined)[]> {
    const records: (Row | undefined)[] = [];
    for (const [from, to] of this.stretches(first, last))
      for (const row of await this.source.load(from, to)) records.push(row);
    let next = 0;
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
      this.headAt(first + i) ? this.peek(first + i) : records[next++],
    );
  }

  pendingText(id: number, field: string): string | undefined {
    return this.source.pendingText(id, field);
  }

  subscribe(listener: (first: number, last: number) => void): () => void {
    return this.source.subscribe(() => listener(0, this.total - 1));
  }
}
