/** The columns of a board: what is loaded of each, and cards on their way from one to another. */
import type { Board, Field, Filter, ViewKind } from "@/api/types";
import type { Row } from "@/grid/types";

/** Cards a column shows more of at a time. */
export const PAGE = 50;
export const MOST_ON_CARD = 4;

/** The option of a column; null for records without one. */
export type ColumnKey = string | null;

export interface Column {
  key: ColumnKey;
  /** The view behind it; "" until there is one. */
  view: string;
  total: number;
  /** Of the board's money field, in 分. */
  sum: number;
  rows: Row[];
  /** Rows of the view that were asked for; cards that came or went since are not counted. */
  loaded: number;
  /** Cards to show, if there are as many. */
  wanted: number;
  failed: boolean;
}

export interface Opened {
  view: string;
  total: number;
  sum: number;
  rows: Row[];
}
export interface Source {
  open(key: ColumnKey): Promise<Opened>;
  page(view: string, offset: number, limit: number): Promise<Row[]>;
  row(view: string, id: number): Promise<Row | undefined>;
  onError(error: unknown): void;
}

/** The board as a saved view says it: what is not chosen is left out. */
export function boardKind({ by, cards, sum }: Board): ViewKind {
  const kept: Board = { by };
  if (cards && cards.length > 0) kept.cards = cards.slice(0, MOST_ON_CARD);
  if (sum !== undefined) kept.sum = sum;
  return { kanban: kept };
}

export function columnKeys(by: Field): ColumnKey[] {
  return [...(by.options ?? []).map((o) => o.value), null];
}

/** The question of a column: the view's own, and that the choice is this. */
export function columnFilter(filter: Filter | undefined, by: string, key: ColumnKey): Filter {
  const own: Filter =
    key === null ? { field: by, op: "blank", values: [] } : { field: by, op: "eq", values: [key] };
  return filter === undefined ? own : { all: [filter, own] };
}

export class BoardColumns {
  readonly columns: Column[];
  private readonly listeners = new Set<() => void>();
  private version = 0;
  /** Answers to an older round of questions are not put over a newer one's. */
  private round = 0;
  private asking = 0;
  private moving = 0;
  private again = false;

  constructor(
    keys: ColumnKey[],
    private readonly board: Board,
    private readonly source: Source,
  ) {
    this.columns = keys.map((key) => ({
      key,
      view: "",
      total: 0,
      sum: 0,
      rows: [],
      loaded: 0,
      wanted: PAGE,
      failed: false,
    }));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly get = (): number => this.version;
  /** Whether a move waits for its answer. */
  get busy(): boolean {
    return this.moving > 0;
  }
  /** What is still asked is not shown any more. */
  close(): void {
    this.round += 1;
  }

  column(key: ColumnKey): Column | undefined {
    return this.columns.find((c) => c.key === key);
  }
  /** The column that holds a card. */
  holder(id: number): Column | undefined {
    return this.columns.find((c) => c.rows.some((r) => r.id === id));
  }

  /** Asks anew what every column holds; what is shown stays until the answer is there. */
  async reload(): Promise<void> {
    // A card on its way would be seen twice, or not at all.
    if (this.moving > 0) {
      this.again = true;
      return;
    }
    this.round += 1;
    const { round } = this;
    this.asking += 1;
    await Promise.all(this.columns.map((column) => this.load(column, round)));
    this.asking -= 1;
  }

  private async load(column: Column, round: number): Promise<void> {
    try {
      const opened = await this.source.open(column.key);
      const rows = [...opened.rows];
      while (rows.length < Math.min(column.wanted, opened.total)) {
        const page = await this.source.page(opened.view, rows.length, PAGE);
        if (page.length === 0) break;
        rows.push(...page);
      }
      if (round !== this.round) return;
      const { view, total, sum } = opened;
      const here = rows.filter((r) => !r.deleted);
      Object.assign(column, { view, total, sum, rows: here, loaded: rows.length, failed: false });
    } catch (e) {
      if (round !== this.round) return;
      column.failed = true;
      this.source.onError(e);
    }
    this.tell();
  }

  /** Shows more of a column. */
  async more(column: Column): Promise<void> {
    const { round } = this;
    if (column.wanted >= column.total) return;
    column.wanted += PAGE;
    this.tell();
    if (column.rows.length >= Math.min(column.wanted, column.total)) return;
    try {
      const page = await this.source.page(column.view, column.loaded, PAGE);
      if (round !== this.round) return;
      column.loaded += page.length;
      // A card that was moved stands where it went.
      const here = new Set(this.columns.flatMap((c) => c.rows.map((r) => r.id)));
      column.rows = [...column.rows, ...page.filter((r) => !r.deleted && !here.has(r.id))];
      this.tell();
    } catch {
      // The server may have dropped the view.
      await this.reload();
    }
  }

  /**
   * Puts a card at the head of another column at once, and back if `save` is refused.
   * @throws what `save` throws
   */
  async move(id: number, to: Column, save: () => Promise<void>): Promise<void> {
    const from = this.holder(id);
    const at = from?.rows.findIndex((r) => r.id === id) ?? -1;
    const row = from?.rows[at];
    if (!from || !row || from === to) return;
    if (this.asking > 0) this.again = true;
    this.round += 1;
    this.moving += 1;
    this.shift(row, from, to, 0);
    try {
      await save();
      const fresh = await this.source.row(to.view, id).catch(() => undefined);
      const place = to.rows.findIndex((r) => r.id === id);
      if (fresh && place >= 0) to.rows = to.rows.with(place, fresh);
    } catch (e) {
      this.shift(row, to, from, at);
      throw e;
    } finally {
      this.moving -= 1;
      this.tell();
      if (this.moving === 0 && this.again) {
        this.again = false;
        void this.reload();
      }
    }
  }

  private shift(row: Row, from: Column, to: Column, at: number): void {
    const { by, sum } = this.board;
    const worth = sum === undefined ? undefined : row.values[sum];
    const figure = typeof worth === "number" ? worth : 0;
    from.rows = from.rows.filter((r) => r.id !== row.id);
    to.rows = to.rows.toSpliced(at, 0, { ...row, values: { ...row.values, [by]: to.key } });
    from.total -= 1;
    to.total += 1;
    from.sum -= figure;
    to.sum += figure;
    this.tell();
  }

  private tell(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

/** Where the arrow keys go from a card: along its column, or to the same height of the next that has cards. */
export function neighbour(columns: Column[], id: number, key: string): number | undefined {
  const x = columns.findIndex((c) => c.rows.some((r) => r.id === id));
  const rows = columns[x]?.rows ?? [];
  const y = rows.findIndex((r) => r.id === id);
  if (key === "ArrowDown") return rows[y + 1]?.id;
  if (key === "ArrowUp") return rows[y - 1]?.id;
  if (key === "Home") return rows[0]?.id;
  if (key === "End") return rows.at(-1)?.id;
  const step = key === "ArrowRight" ? 1 : -1;
  for (let i = x + step; i >= 0 && i < columns.length; i += step) {
    const next = columns[i]?.rows ?? [];
    if (next.length > 0) return next[Math.min(y, next.length - 1)]?.id;
  }
  return undefined;
}
