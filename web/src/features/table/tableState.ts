/** What a person asked of each table (filter, search, sort) and how they arranged it (remembered). */
import type {
  ColourRule,
  Field,
  FigureName,
  Filter,
  GroupLevel,
  LinkValue,
  Op,
  RowHeight,
  SavedView,
  Sort,
  Table,
  Value,
  ViewKind,
  Written,
} from "@/api/types";
import { createStore, kept, type Store } from "@/lib/store";

export type ColumnFilter =
  | { kind: "values"; values: Value[] }
  | { kind: "condition"; op: Op; values: Value[] };

export interface TableQuery {
  search: string;
  sort: Sort[];
  filters: Record<string, ColumnFilter>;
  /** What one filter per column cannot say; holds besides them. */
  more?: Filter[];
  /** What records are grouped by, the outermost level first; absent for nothing. */
  group?: GroupLevel[];
}
export interface Layout {
  /** Absent for the sheet. */
  kind?: ViewKind;
  order: string[];
  /** Shown or hidden by hand; the schema decides for the rest. */
  shown: Record<string, boolean>;
  widths: Record<string, number>;
  /** So many of the first columns stay in sight. */
  frozen?: number;
  height?: RowHeight;
  /** The figure shown under a column. */
  summaries?: Record<string, FigureName>;
  /** Which records and cells are coloured. */
  colours?: ColourRule[];
}
export const NO_LAYOUT: Layout = { order: [], shown: {}, widths: {} };
export const NO_QUERY: TableQuery = { search: "", sort: [], filters: {} };

/** The saved view a table's query and layout belong to now; none for all records. */
const held = new Map<string, SavedView>();
/** What was asked and arranged where one has been before, with the view it was made from. */
const left = new Map<string, { from: string; query: TableQuery; layout: Layout }>();
const place = (table: string, id: number | undefined) => `${table}/${id ?? ""}`;
const mark = (view: SavedView | undefined) => JSON.stringify(view ?? null);

/** Turns to a saved view, or to all records, keeping what is left behind; `made` says what a fresh view shows. */
export function turnTo(
  table: string,
  view: SavedView | undefined,
  made: (view: SavedView) => { query: TableQuery; layout: Layout },
): void {
  const before = held.get(table);
  if (before?.id === view?.id) {
    if (view) held.set(table, view);
    return;
  }
  const query = queryStore(table);
  const layout = layoutStore(table);
  left.set(place(table, before?.id), { from: mark(before), query: query.get(), layout: layout.get() });
  if (view) held.set(table, view);
  else held.delete(table);
  const again = left.get(place(table, view?.id));
  const next =
    again?.from === mark(view) ? again : view ? made(view) : { query: NO_QUERY, layout: NO_LAYOUT };
  query.set(next.query);
  layout.set(next.layout);
}

/** Forgets what was changed under a view, or asked of all records: it has been saved elsewhere. */
export function forgetChanges(table: string, id: number | undefined): void {
  const kept = left.get(place(table, id));
  if (id === undefined && kept) left.set(place(table, id), { ...kept, query: NO_QUERY });
  else left.delete(place(table, id));
}

const queries = new Map<string, Store<TableQuery>>();
export function queryStore(table: string): Store<TableQuery> {
  let store = queries.get(table);
  if (!store) {
    store = createStore<TableQuery>(NO_QUERY);
    queries.set(table, store);
  }
  return store;
}

const layouts = new Map<string, Store<Layout>>();
export function layoutStore(table: string): Store<Layout> {
  let store = layouts.get(table);
  if (!store) {
    const made = createStore<Layout>(kept.read(`layout.${table}`, NO_LAYOUT));
    // The arrangement of a saved view is the view's.
    made.subscribe(() => held.has(table) || kept.write(`layout.${table}`, made.get()));
    layouts.set(table, made);
    store = made;
  }
  return store;
}

/** The field being made (`field` absent) or changed in a dialog; a new one may have its place before another. */
export const fieldDialog = createStore<{ table: string; field?: string; before?: string } | null>(null);

/** Gives a column its place before another in the table as it is arranged. */
export function placeBefore(table: Table, key: string, before: string): void {
  layoutStore(table.key).set((l) => {
    const order = arrange(table, l)
      .map((f) => f.key)
      .filter((k) => k !== key);
    order.splice(order.indexOf(before), 0, key);
    return { ...l, order };
  });
}
/** The table being made (`table` absent) or changed in a dialog. */
export const tableDialog = createStore<{ table?: string } | null>(null);

/** The record being edited in a form, for tables whose records have no page of their own. */
export const openRecord = createStore<{ table: string; id: number } | null>(null);

/** Counts edits that reached records of other tables than the one they were made in. */
export const otherTables = createStore(0);

/** A new record being written: its table, and what is filled in already. */
export const newRecord = createStore<NewOne | null>(null);
/** A record to be made. */
export interface NewOne {
  table: string;
  /** Filled in already, as text. */
  values?: Record<string, string>;
  /** What was written before and not taken, and under what it waits. */
  before?: { values: Record<string, Written>; waiting: string };
}

/** One filter per column, all of them together. */
export function toFilter(filters: Record<string, ColumnFilter>, more: Filter[] = []): Filter | undefined {
  const all: Filter[] = Object.entries(filters).map(([field, f]) =>
    f.kind === "values" ? { field, op: "in", values: f.values } : { field, op: f.op, values: f.values },
  );
  all.push(...more);
  if (all.length === 0) return undefined;
  return all.length === 1 ? all[0] : { all };
}

/** Narrows a table to the records that link to one, as the other side of the link lists them. */
export function showNaming(field: Field, link: LinkValue): void {
  const { table, field: key } = field;
  if (table === undefined || key === undefined) return;
  turnTo(table, undefined, () => ({ query: NO_QUERY, layout: NO_LAYOUT }));
  queryStore(table).set({ search: "", sort: [], filters: { [key]: { kind: "values", values: [link] } } });
}

/** Narrows all records of a table to those that answer what was searched for. */
export function showSearch(table: string, search: string): void {
  turnTo(table, undefined, () => ({ query: NO_QUERY, layout: NO_LAYOUT }));
  queryStore(table).set({ ...NO_QUERY, search });
}

/** The columns a seller looks at first stand first; the schema lists them by group. */
const FIRST: Record<string, string[]> = {
  customers: [
    "code",
    "name",
    "grade",
    "mobile",
    "total",
    "order_count",
    "last_order",
    "monthly",
    "points",
    "lifecycle",
    "wechat",
  ],
};
const WIDTHS: Partial<Record<Field["kind"], number>> = {
  code: 92,
  choice: 104,
  number: 88,
  percent: 84,
  money: 116,
  date: 104,
  date_time: 140,
  phone: 124,
  bool: 72,
  tags: 150,
  choices: 150,
  url: 168,
  address: 220,
  rating: 104,
  progress: 128,
  attachment: 120,
  person: 96,
  created_time: 140,
  updated_time: 140,
  link: 148,
  links: 180,
  backlinks: 180,
  long_text: 200,
  birthday: 112,
};
const WIDE: Record<string, number> = { name: 148, order_no: 208, product: 180, province: 84, city: 84 };

/** How many columns stay in sight unless someone says otherwise: what names the record. */
export const frozenOf = (table: Table): number => (table.key === "customers" || !table.builtin ? 2 : 1);

export function arrange(table: Table, layout: Layout): Field[] {
  const first = table.ordered ? [] : (FIRST[table.key] ?? []);
  const wanted = layout.order.length > 0 ? layout.order : first;
  const place = new Map(wanted.map((key, i) => [key, i]));
  return [...table.fields].sort((a, b) => (place.get(a.key) ?? 1e6) - (place.get(b.key) ?? 1e6));
}
export const isShown = (field: Field, layout: Layout): boolean => layout.shown[field.key] ?? field.shown;
/** Wide enough for the kind and for the title, whose letters are narrower in English. */
export function widthOf(field: Field, layout: Layout, title = ""): number {
  const letters = [...title].reduce((n, c) => n + (c > "\u2e80" ? 12.5 : 6.8), 0);
  const wanted = WIDE[field.key] ?? WIDTHS[field.kind] ?? 120;
  return layout.widths[field.key] ?? Math.max(wanted, Math.min(200, Math.round(letters + 36)));
}

export function moveColumn(keys: string[], from: number, to: number): string[] {
  const next = [...keys];
  const [moved] = next.splice(from, 1);
  if (moved !== undefined) next.splice(to, 0, moved);
  return next;
}
