import type { Values, WireRow } from "@/api/types";
import type { Row, RowSource } from "./types";

export const BLOCK = 100;
/** Rows the server gives at once. */
const AT_ONCE = 500;
/** Requests under way at once when many rows are loaded by name. */
const SIDE_BY_SIDE = 4;
/** 200 blocks of 100 rows: some 20,000 rows kept, a few tens of MB at most. */
const MAX_BLOCKS = 200;

export interface BlockCacheOptions {
  total: number;
  columns: string[];
  first: WireRow[];
  fetch(offset: number, limit: number, signal: AbortSignal): Promise<WireRow[]>;
  /** Rows of some records, at most `AT_ONCE`. */
  again?(ids: number[]): Promise<WireRow[]>;
  /** Rows have colours, which an edit may change. */
  tinted?: boolean;
  /** A block could not be had (the view was dropped, the network failed). */
  onError(error: unknown): void;
  /** Wait before loading, so that a flying scroll bar asks only where it rests. */
  settleMs?: number;
  maxBlocks?: number;
}

/** Blocks of a view's rows, least recently used dropped, stale loads cancelled. */
export class BlockCache implements RowSource {
  private readonly blocks = new Map<number, Row[]>();
  private readonly inflight = new Map<number, AbortController>();
  /** Blocks that are being loaded by name. */
  private readonly running = new Map<number, Promise<Row[]>>();
  private readonly stale = new Set<number>();
  private readonly pending = new Map<string, string>();
  /** Counts what this page itself wrote to a record, so that an older answer is not put over it. */
  private readonly written = new Map<number, number>();
  private readonly listeners = new Set<(first: number, last: number) => void>();
  private readonly watchers = new Set<() => void>();
  private readonly extra: Row[] = [];
  private readonly settleMs: number;
  private readonly maxBlocks: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private seen: [first: number, last: number][] = [[0, 0]];
  private closed = false;
  /** Loads asked for by name that are under way. */
  private asked = 0;

  constructor(private readonly options: BlockCacheOptions) {
    this.settleMs = options.settleMs ?? 24;
    this.maxBlocks = options.maxBlocks ?? MAX_BLOCKS;
    // The first answer may be shorter than a block only when the view itself is.
    if (options.first.length >= Math.min(BLOCK, options.total)) this.keep(0, options.first.slice(0, BLOCK));
  }

  get total(): number {
    return this.options.total + this.extra.length;
  }

  peek(index: number): Row | undefined {
    if (index >= this.options.total) return this.extra[index - this.options.total];
    return this.blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
  }

  watch(...parts: [first: number, last: number][]): void {
    if (parts.length === 0) return;
    const down = (parts[0]?.[0] ?? 0) >= (this.seen[0]?.[0] ?? 0);
    this.seen = parts;
    for (const watcher of this.watchers) watcher();
    const wanted = [...new Set(parts.flatMap(([first, last]) => this.around(first, last, down)))];
    for (const [block, controller] of this.inflight) {
      if (!wanted.includes(block)) {
        controller.abort();
        this.inflight.delete(block);
      }
    }
    clearTimeout(this.timer);
    if (wanted.some((b) => this.missing(b)))
      this.timer = setTimeout(() => {
        for (const block of wanted) if (this.missing(block)) void this.fetchBlock(block);
      }, this.settleMs);
  }

  /**
   * Whole rows, however many: they are held by this call itself, for more than are kept may be asked for.
   * Rejects when some cannot be had, so that nothing is done to half of them.
   */
  async load(first: number, last: number): Promise<(Row | undefined)[]> {
    const end = Math.min(last, this.options.total - 1);
    const here = new Map<number, Row[] | Promise<Row[]>>();
    const runs: number[][] = [];
    for (let block = Math.floor(first / BLOCK); block * BLOCK <= end; block++) {
      const held = this.running.get(block) ?? (this.stale.has(block) ? undefined : this.blocks.get(block));
      if (held) {
        here.set(block, held);
        continue;
      }
      const run = runs.at(-1);
      if (run && run.at(-1) === block - 1 && run.length < AT_ONCE / BLOCK) run.push(block);
      else runs.push([block]);
    }
    const next = async (): Promise<void> => {
      for (let run = runs.shift(); run; run = runs.shift()) {
        const rows = this.fetchRun(run);
        for (const [i, block] of run.entries()) {
          const part = rows.then((all) => all.slice(i * BLOCK, (i + 1) * BLOCK));
          // Whoever waits for it is told; nobody may.
          part.catch(() => {});
          here.set(block, part);
          this.running.set(block, part);
        }
        await rows.finally(() => {
          for (const block of run) this.running.delete(block);
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, runs.length) }, next));
    const rows = new Map<number, Row[]>();
    for (const [block, part] of here) rows.set(block, await part);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
      const at = first + i;
      return at > end ? this.peek(at) : rows.get(Math.floor(at / BLOCK))?.[at % BLOCK];
    });
  }

  /** Blocks that follow on one another, in one request; scrolling does not cancel it. */
  private async fetchRun(run: number[]): Promise<Row[]> {
    const from = (run[0] ?? 0) * BLOCK;
    this.asked += 1;
    try {
      const rows = await this.options.fetch(from, run.length * BLOCK, new AbortController().signal);
      if (this.closed) throw new DOMException("closed", "AbortError");
      const made = run.map((block, i) => this.keep(block, rows.slice(i * BLOCK, (i + 1) * BLOCK)));
      this.tell(from, from + rows.length - 1);
      return made.flat();
    } catch (error) {
      if (!this.closed) this.options.onError(error);
      throw error;
    } finally {
      this.asked -= 1;
    }
  }

  pendingText(id: number, field: string): string | undefined {
    return this.pending.get(`${id}:${field}`);
  }

  subscribe(listener: (first: number, last: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Told when other rows come on screen. */
  onWatch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Shows what was typed until `settleAll` says how it ended. */
  pendAll(edits: { id: number; field: string; text: string }[]): void {
    for (const { id, field, text } of edits) {
      this.pending.set(`${id}:${field}`, text);
      this.wrote(id);
    }
    this.tell();
  }
  settleAll(edits: { id: number; field: string }[]): void {
    let any = false;
    for (const { id, field } of edits) any = this.pending.delete(`${id}:${field}`) || any;
    if (any) this.tell();
  }

  /** Puts the server's answer to a write over what is shown. */
  patch(rows: Record<string, Values>): void {
    for (const id of Object.keys(rows)) this.wrote(Number(id));
    const merge = (row: Row) => {
      const values = rows[String(row.id)];
      if (values) row.values = { ...row.values, ...values };
    };
    for (const block of this.blocks.values()) block.forEach(merge);
    this.extra.forEach(merge);
    this.tell();
    void this.recolour(Object.keys(rows).map(Number));
  }

  /** Brings the colours of records that were written; one written again meanwhile is left to that write. */
  private async recolour(ids: number[]): Promise<void> {
    const { again, columns, tinted } = this.options;
    const here = again && tinted ? this.held(new Set(ids)) : [];
    for (let at = 0; again && at < here.length; at += AT_ONCE) {
      const part = here.slice(at, at + AT_ONCE);
      const before = new Map(part.map((id) => [id, this.writes(id)]));
      // Should it fail, the colours are as they were until the rows are read again.
      const rows = await again(part).catch(() => []);
      if (this.closed) return;
      const tints = new Map(
        rows
          .filter(([id]) => before.get(id) === this.writes(id))
          .map((row) => [row[0], row[columns.length + 1]]),
      );
      const put = (row: Row) => {
        const tint = tints.get(row.id);
        if (typeof tint === "number") row.tint = tint;
      };
      for (const block of this.blocks.values()) block.forEach(put);
      this.extra.forEach(put);
      this.tell();
    }
  }

  private wrote(id: number): void {
    this.written.set(id, (this.written.get(id) ?? 0) + 1);
  }

  /** Changes whenever this page writes to a record. */
  writes(id: number): number {
    return this.written.get(id) ?? 0;
  }
  /** Whether a write to a record has not been answered yet. */
  isPending(id: number): boolean {
    for (const key of this.pending.keys()) if (key.startsWith(`${id}:`)) return true;
    return false;
  }
  /** Whether blocks are on their way, whose rows may be older than what is known now. */
  get loading(): boolean {
    return this.inflight.size + this.asked > 0;
  }
  /** Which of some records are here. */
  held(ids: ReadonlySet<number>): number[] {
    const found: number[] = [];
    const look = (row: Row) => {
      if (ids.has(row.id)) found.push(row.id);
    };
    for (const block of this.blocks.values()) block.forEach(look);
    this.extra.forEach(look);
    return found;
  }
  /** Puts rows others changed in place of those shown; they keep their places. */
  take(rows: WireRow[]): void {
    const fresh = new Map(rows.map((wire) => [wire[0], this.row(wire)]));
    const merge = (row: Row) => {
      const now = fresh.get(row.id);
      if (!now) return;
      row.values = now.deleted ? now.values : { ...row.values, ...now.values };
      row.deleted = now.deleted;
      row.tint = now.tint;
    };
    for (const block of this.blocks.values()) block.forEach(merge);
    this.extra.forEach(merge);
    this.tell();
  }

  /** Records made just now stand at the end until the view is opened again. */
  async append(ids: number[]): Promise<void> {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const rows = (await this.options.again?.(ids.slice(at, at + AT_ONCE))) ?? [];
      if (this.closed) return;
      this.extra.push(...rows.map((wire) => this.row(wire)));
      this.tell();
    }
  }

  /** Where a record stands, if its block is here. */
  indexOf(id: number): number | undefined {
    for (const [block, rows] of this.blocks) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return block * BLOCK + at;
    }
    const extra = this.extra.findIndex((row) => row.id === id);
    return extra >= 0 ? this.options.total + extra : undefined;
  }

  /** The rows on screen, in stretches. */
  get visible(): readonly [first: number, last: number][] {
    return this.seen;
  }

  /** Loads what is on screen anew; old values stay until the new ones are there. */
  refresh(): void {
    for (const block of this.blocks.keys()) this.stale.add(block);
    this.watch(...this.seen);
  }

  /** Whether what is shown of some rows is what the server last said. */
  isFresh(first: number, last: number): boolean {
    for (let block = Math.floor(first / BLOCK); block * BLOCK <= last; block++)
      if (this.stale.has(block)) return false;
    return true;
  }

  /**
   * As `refresh`, after a write whose answer did not bring all rows: done when those on screen are there. Others are
   * dropped, for what they held before the write must not be seen again.
   */
  async renew(): Promise<void> {
    for (const block of this.blocks.keys()) {
      if (this.onScreen(block)) this.stale.add(block);
      else this.blocks.delete(block);
    }
    // Of rows that cannot be had `onError` tells.
    await Promise.all(this.seen.map(([first, last]) => this.load(first, last))).catch(() => {});
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const controller of this.inflight.values()) controller.abort();
    this.inflight.clear();
    this.listeners.clear();
  }

  private around(first: number, last: number, down: boolean): number[] {
    const lastBlock = Math.floor(Math.max(0, this.options.total - 1) / BLOCK);
    const from = Math.max(0, Math.floor(first / BLOCK));
    const to = Math.min(lastBlock, Math.floor(Math.max(first, last) / BLOCK));
    const wanted: number[] = [];
    for (let block = from; block <= to; block++) wanted.push(block);
    const ahead = down ? to + 1 : from - 1;
    if (ahead >= 0 && ahead <= lastBlock) wanted.push(ahead);
    return wanted;
  }

  private missing(block: number): boolean {
    return (
      block * BLOCK < this.options.total &&
      (!this.blocks.has(block) || this.stale.has(block)) &&
      !this.inflight.has(block)
    );
  }

  private async fetchBlock(block: number): Promise<void> {
    const controller = new AbortController();
    this.inflight.set(block, controller);
    try {
      const rows = await this.options.fetch(block * BLOCK, BLOCK, controller.signal);
      if (this.closed || controller.signal.aborted) return;
      this.keep(block, rows);
      this.tell(block * BLOCK, block * BLOCK + rows.length - 1);
    } catch (error) {
      if (this.closed || controller.signal.aborted) return;
      this.options.onError(error);
    } finally {
      if (this.inflight.get(block) === controller) this.inflight.delete(block);
    }
  }

  private keep(block: number, wire: WireRow[]): Row[] {
    const made = wire.map((row) => this.row(row));
    this.stale.delete(block);
    this.blocks.delete(block);
    this.blocks.set(block, made);
    for (const old of this.blocks.keys()) {
      if (this.blocks.size <= this.maxBlocks) break;
      if (!this.onScreen(old)) this.blocks.delete(old);
    }
    return made;
  }

  private onScreen(block: number): boolean {
    return this.seen.some(([first, last]) => block * BLOCK <= last && (block + 1) * BLOCK > first);
  }

  private row([id, ...cells]: WireRow): Row {
    const { columns } = this.options;
    const values: Values = {};
    for (const [i, key] of columns.entries()) values[key] = cells[i] ?? null;
    const tint = cells[columns.length];
    const row: Row = { id, values, deleted: columns.length > 0 && cells.length === 0 };
    return typeof tint === "number" ? { ...row, tint } : row;
  }

  private tell(first = 0, last = this.total - 1): void {
    for (const listener of this.listeners) listener(first, last);
  }
}
