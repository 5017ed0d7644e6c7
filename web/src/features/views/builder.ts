/** The filter while it is being built: rows that may not be complete yet, and what they come to. */
import type { Field, Filter, Op, Value } from "@/api/types";
import { hasValueList } from "@/features/table/ops";
import { isDateLike, isFigure } from "@/lib/format";

export interface Row {
  id: number;
  field: string;
  op: Op;
  values: Value[];
}
/** A record is in a saved view, or not. */
export interface Segment {
  id: number;
  segment: number;
  not: boolean;
}
/** What is built elsewhere and only shown here. */
export interface Kept {
  id: number;
  kept: Filter;
}
export type Part = Row | Segment | Kept | Group;
export interface Group {
  id: number;
  join: "all" | "any";
  rows: Part[];
}

let next = 1;
export const newRow = (field: Field): Row => {
  const op = opsFor(field)[0] ?? "filled";
  return { id: next++, field: field.key, op, values: startValues(op) };
};
export const newGroup = (join: Group["join"], rows: Group["rows"]): Group => ({ id: next++, join, rows });

export const newSegment = (segment: number, not = false): Segment => ({ id: next++, segment, not });

/** The view a filter puts records into or out of, if that is all it says. */
export function segmentOf(filter: Filter): { segment: number; not: boolean } | undefined {
  if ("segment" in filter) return { segment: filter.segment, not: false };
  if ("not" in filter && "segment" in filter.not) return { segment: filter.not.segment, not: true };
  return undefined;
}

/** Operators that make sense of a kind, the likeliest first. */
export function opsFor(field: Field): Op[] {
  if (field.kind === "bool") return ["eq", "blank", "filled"];
  if (isFigure(field)) return ["ge", "le", "gt", "lt", "eq", "ne", "blank", "filled"];
  if (isDateLike(field)) return ["within", "ge", "le", "gt", "lt", "eq", "blank", "filled"];
  switch (field.kind) {
    case "birthday":
      return ["within", "contains", "blank", "filled"];
    case "choice":
    case "choices":
    case "person":
    case "created_by":
    case "updated_by":
      return ["in", "blank", "filled"];
    case "tags":
      return ["eq", "blank", "filled"];
    case "attachment":
      return ["blank", "filled"];
    case "link":
    case "links":
    case "backlinks":
      return ["contains", "blank", "filled"];
    default:
      return hasValueList(field)
        ? ["contains", "in", "eq", "ne", "blank", "filled"]
        : ["contains", "eq", "ne", "blank", "filled"];
  }
}

/** Days relative to today, as the API names them; the last two take a number of days. */
export const SPANS = [
  "today",
  "yesterday",
  "tomorrow",
  "this_week",
  "last_week",
  "next_week",
  "this_month",
  "last_month",
  "next_month",
  "this_quarter",
  "last_quarter",
  "next_quarter",
  "this_year",
  "last_year",
  "next_year",
  "last_days",
  "next_days",
] as const;
export type SpanName = (typeof SPANS)[number];
/** Of birthdays, those that look ahead. */
export const BIRTHDAY_SPANS: SpanName[] = [
  "this_month",
  "next_days",
  "today",
  "tomorrow",
  "this_week",
  "next_week",
  "next_month",
  "this_quarter",
];

export function spanOf(text: string): { name: SpanName; days: number } {
  const counted = /^(last|next)_(\d+)_days$/.exec(text);
  if (counted) return { name: counted[1] === "last" ? "last_days" : "next_days", days: Number(counted[2]) };
  return { name: SPANS.find((s) => s === text) ?? "today", days: 30 };
}
export function spanText(name: SpanName, days: number): string {
  const n = Math.min(3660, Math.max(1, Math.round(days) || 1));
  if (name === "last_days") return `last_${n}_days`;
  return name === "next_days" ? `next_${n}_days` : name;
}

export const startValues = (op: Op): Value[] => (op === "within" ? ["this_month"] : []);

/** What is there already, as rows. */
export function toGroup(filter: Filter | undefined): Group {
  const part = (f: Filter): Part => {
    if ("field" in f) return { id: next++, field: f.field, op: f.op, values: f.values ?? [] };
    const segment = segmentOf(f);
    if (segment) return newSegment(segment.segment, segment.not);
    if ("all" in f) return newGroup("all", f.all.map(part));
    return "any" in f ? newGroup("any", f.any.map(part)) : { id: next++, kept: f };
  };
  if (filter === undefined) return newGroup("all", []);
  const whole = part(filter);
  return "rows" in whole ? whole : newGroup("all", [whole]);
}

/** Whether a row is a condition that lacks its value. */
export const isOpen = (row: Part): boolean =>
  "field" in row && row.values.length === 0 && row.op !== "blank" && row.op !== "filled";

/** The filter of what is complete; a group of one part is that part. */
export function fromGroup(group: Group): Filter | undefined {
  const parts = group.rows.flatMap((row): Filter[] => {
    if ("rows" in row) return [fromGroup(row)].filter((f) => f !== undefined);
    if ("kept" in row) return [row.kept];
    if ("segment" in row) {
      const within: Filter = { segment: row.segment };
      return [row.not ? { not: within } : within];
    }
    return isOpen(row) ? [] : [{ field: row.field, op: row.op, values: row.values }];
  });
  if (parts.length < 2) return parts[0];
  return group.join === "all" ? { all: parts } : { any: parts };
}

/** Changes one part of a tree; null takes it away. */
export function change(group: Group, id: number, to: (part: Part) => Part | null): Group {
  const rows = group.rows.flatMap((row) => {
    const changed = row.id === id ? to(row) : "rows" in row ? change(row, id, to) : row;
    return changed === null ? [] : [changed];
  });
  return { ...group, rows };
}
