import type { TableNews, WireRow } from "@/api/types";
import type { BlockCache } from "@/grid/blockCache";

/** Records asked about at once. */
const MOST = 500;
/** News that come together are fetched together. */
const GATHER_MS = 8;
/** Before an answer that could not be used is asked for again. */
const AGAIN_MS = 120;
/** Before a question is asked again that found no line. */
const LOST_MS = 2_000;

export interface FollowerOptions {
  cache: BlockCache;
  /** Rows of some records, and which of others the view would hold now. */
  ask(ids: number[], fits: number[]): Promise<{ rows: WireRow[]; fits: number[] }>;
  /** So many records have come that the view does not show yet. */
  onFresh(count: number): void;
  /** The content of these records changed; of any, when there is no list. */
  onChanged(ids?: number[]): void;
}

/** Brings what others change into the rows of a view, where they stand; new ones are only counted. */
export class Follower {
  private readonly changed = new Set<number>();
  private readonly fresh = new Set<number>();
  private uncounted = 0;
  private fitting = 0;
  private recount = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private closed = false;

  constructor(private readonly options: FollowerOptions) {}

  /** Takes in what happened to the table; `known` are records whose rows are here already. */
  take(news: TableNews | null, known: ReadonlySet<number>): void {
    if (!news?.ids) {
      const created = news?.new.length === 0 ? news.created : 0;
      if (created > 0) this.say(created);
      this.everything();
      return;
    }
    for (const id of news.ids) if (!known.has(id)) this.changed.add(id);
    for (const id of news.new) if (!known.has(id)) this.fresh.add(id);
    // A new record may be edited, or removed again, before anybody has looked at it.
    if (news.ids.some((id) => this.fresh.has(id))) this.recount = true;
    if (this.fresh.size > MOST) {
      this.say(this.fresh.size);
      this.fresh.clear();
    }
    if (this.changed.size > 0 || this.recount) this.wait(GATHER_MS);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private everything(): void {
    this.changed.clear();
    this.options.onChanged();
    this.options.cache.refresh();
  }

  /** More new records than can be asked about one by one. */
  private say(created: number): void {
    this.uncounted += created;
    this.options.onFresh(this.fitting + this.uncounted);
  }

  private wait(ms: number): void {
    if (this.asking || this.closed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.fetch(), ms);
  }

  private async fetch(): Promise<void> {
    const { cache } = this.options;
    const ids = cache.held(this.changed);
    if (ids.length > MOST) this.everything();
    const wanted = ids.length > MOST ? [] : ids;
    const fits = this.recount ? [...this.fresh] : [];
    // Rows that are not here come as they are now when they are scrolled to; those on their way may be older.
    const rest = cache.loading ? [...this.changed].filter((id) => !ids.includes(id)) : [];
    this.changed.clear();
    this.recount = false;
    let again = rest;
    let pause = again.length > 0 ? AGAIN_MS : GATHER_MS;
    if (wanted.length > 0 || fits.length > 0) {
      this.asking = true;
      try {
        again = again.concat(await this.bring(wanted, fits));
        if (again.length > 0) pause = AGAIN_MS;
      } catch {
        again = again.concat(wanted);
        this.recount ||= fits.length > 0;
        pause = LOST_MS;
      }
      this.asking = false;
    }
    if (this.closed) return;
    for (const id of again) this.changed.add(id);
    if (this.changed.size > 0 || this.recount) this.wait(pause);
  }

  /** Fetches and shows rows; those this page wrote to meanwhile are left as they are and answered. */
  private async bring(ids: number[], fits: number[]): Promise<number[]> {
    const { cache, onChanged, onFresh } = this.options;
    const before = new Map(ids.map((id) => [id, cache.writes(id)]));
    const out = await this.options.ask(ids, fits);
    if (this.closed) return [];
    const untouched = ([id]: WireRow) => before.get(id) === cache.writes(id) && !cache.isPending(id);
    const usable = out.rows.filter(untouched);
    cache.take(usable);
    if (usable.length > 0) onChanged(usable.map(([id]) => id));
    if (fits.length > 0) {
      this.fitting = out.fits.length;
      onFresh(this.fitting + this.uncounted);
    }
    return out.rows.filter((row) => !untouched(row)).map(([id]) => id);
  }
}
