import type { Import, ImportPlan, ImportSheet, Role, Schema, SheetColumn } from "@/api/types";

/** What goes back to the server: only what a person may have changed. */
export function planOf(imp: Import): ImportPlan {
  return {
    match: imp.match,
    sheets: imp.sheets.map((s) => ({
      index: s.index,
      role: s.role,
      ...(s.own ? { own: s.own } : {}),
      header_row: s.header_row,
      ...(lacksYear(s) ? { year: s.year ?? AUTOMATIC } : {}),
      columns: s.columns.map(({ index, table, field, new_field }) => ({
        index,
        ...(table === undefined ? {} : { table }),
        ...(field === undefined || new_field ? {} : { field }),
        ...(new_field ? { new_field: true } : {}),
      })),
    })),
  };
}

/** The year that lets the server take the latest such day that is not after today. */
export const AUTOMATIC = 0;
export const lacksYear = (s: ImportSheet): boolean => s.year_needed || s.year !== undefined;

export function withYear(sheet: ImportSheet, year: number): ImportSheet {
  const { year: _, ...rest } = sheet;
  return year === AUTOMATIC ? { ...rest, year_needed: true } : { ...rest, year };
}

/**
 * Another role or header row: the server recognises the sheet's columns anew, so none are sent. Other
 * sheets keep what was chosen in them; it is sent with the whole plan.
 */
export function reread(imp: Import, sheet: ImportSheet): ImportPlan {
  const { index, role, own, header_row } = sheet;
  return { match: imp.match, sheets: [{ index, role, ...(own ? { own } : {}), header_row, columns: [] }] };
}

export const withSheet = (imp: Import, sheet: ImportSheet): Import => ({
  ...imp,
  sheets: imp.sheets.map((s) => (s.index === sheet.index ? sheet : s)),
});

export const tablesOf = ({ role, own }: Pick<ImportSheet, "role" | "own">): string[] => {
  switch (role) {
    case "both":
      return ["customers", "orders"];
    case "own":
      return own ? [own.table] : [];
    case "ignore":
      return [];
    default:
      return [role];
  }
};

/** Stands for a table that is to be made. */
export const NEW_TABLE = "new";
const OWN = "own:";
/** What a sheet is, as one string for a select: a role, or `own:` and the table's key. */
export const destinationOf = ({ role, own }: ImportSheet): string =>
  role === "own" ? `${OWN}${own?.name === undefined ? own?.table : NEW_TABLE}` : role;

export function withDestination(sheet: ImportSheet, destination: string): ImportSheet {
  const { own: _, ...rest } = sheet;
  if (!destination.startsWith(OWN)) return { ...rest, role: destination as Role };
  const table = destination.slice(OWN.length);
  // The server names a new table.
  return table === NEW_TABLE ? { ...rest, role: "own" } : { ...rest, role: "own", own: { table } };
}

export const LEAVE = "leave";
/** A column's target as one string for a select: `leave`, `new:table` or `table.field`. */
export const targetOf = (c: SheetColumn): string =>
  c.table === undefined ? LEAVE : c.new_field ? `new:${c.table}` : `${c.table}.${c.field ?? ""}`;

export function withTarget(c: SheetColumn, target: string): SheetColumn {
  const { table: _t, field: _f, new_field: _n, ...rest } = c;
  if (target === LEAVE) return rest;
  // What a person chose is certain.
  if (target.startsWith("new:")) return { ...rest, table: target.slice(4), new_field: true, confidence: 1 };
  const dot = target.indexOf(".");
  return { ...rest, table: target.slice(0, dot), field: target.slice(dot + 1), confidence: 1 };
}

/** Fields taken by two columns of a sheet: the second would overwrite the first. */
export function doubled(sheet: ImportSheet): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const c of sheet.columns) {
    if (c.table === undefined || c.new_field) continue;
    const target = targetOf(c);
    if (seen.has(target)) twice.add(target);
    seen.add(target);
  }
  return twice;
}

export const fieldsFor = (schema: Schema, table: string) =>
  schema.tables.find((t) => t.key === table)?.fields.filter((f) => f.formula === undefined) ?? [];
