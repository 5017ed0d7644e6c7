/** A saved view and the state of the table, one into the other. */
import type { Filter, SavedDef, Table } from "@/api/types";
import {
  arrange,
  type ColumnFilter,
  isShown,
  type Layout,
  type TableQuery,
  toFilter,
} from "@/features/table/tableState";

/** A filter as the page holds it: one condition per column where that is all it says, the rest as it is. */
export function fromFilter(filter: Filter | undefined): Pick<TableQuery, "filters" | "more"> {
  const filters: Record<string, ColumnFilter> = {};
  const more: Filter[] = [];
  for (const part of filter === undefined ? [] : "all" in filter ? filter.all : [filter]) {
    if ("field" in part && !(part.field in filters)) {
      const { field, op, values = [] } = part;
      filters[field] = op === "in" ? { kind: "values", values } : { kind: "condition", op, values };
    } else more.push(part);
  }
  return more.length > 0 ? { filters, more } : { filters };
}

/** What is shown now, as a view says it. The search is of the moment and not part of it. */
export function toDef(table: Table, query: TableQuery, layout: Layout): SavedDef {
  const shown = arrange(table, layout).filter((f) => isShown(f, layout));
  const summaries = Object.entries(layout.summaries ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    kind: layout.kind,
    columns: shown.map(({ key }) => {
      const width = layout.widths[key];
      return width === undefined ? { field: key } : { field: key, width };
    }),
    frozen: layout.frozen,
    filter: toFilter(query.filters, query.more),
    sort: query.sort.length > 0 ? query.sort : undefined,
    group: query.group,
    colours: layout.colours,
    height: layout.height === "normal" ? undefined : layout.height,
    summaries: summaries.length > 0 ? Object.fromEntries(summaries) : undefined,
  };
}

/** What a view shows, as the table holds it. */
export function fromDef(table: Table, def: SavedDef): { query: TableQuery; layout: Layout } {
  const { columns } = def;
  const layout: Layout = { order: [], shown: {}, widths: {} };
  if (columns) {
    layout.order = columns.map((c) => c.field);
    for (const f of table.fields) layout.shown[f.key] = layout.order.includes(f.key);
    for (const c of columns) if (c.width !== undefined) layout.widths[c.field] = c.width;
  }
  if (def.kind !== undefined && def.kind !== "sheet") layout.kind = def.kind;
  if (def.frozen !== undefined) layout.frozen = def.frozen;
  if (def.height !== undefined) layout.height = def.height;
  if (def.summaries) layout.summaries = def.summaries;
  if (def.colours) layout.colours = def.colours;
  const query: TableQuery = { search: "", sort: def.sort ?? [], ...fromFilter(def.filter) };
  if (def.group) query.group = def.group;
  return { query, layout };
}

/** Whether the table shows something else than its view says. */
export function isChanged(table: Table, def: SavedDef, query: TableQuery, layout: Layout): boolean {
  const kept = fromDef(table, def);
  const text = (q: TableQuery, l: Layout) => JSON.stringify(toDef(table, q, l));
  return text(query, layout) !== text(kept.query, kept.layout);
}
