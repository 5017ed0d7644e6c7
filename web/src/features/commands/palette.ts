/** The palette: whether it is open, what was picked lately, how rows of an answer are told. */
import type { Field, SearchGroup, Table, Value } from "@/api/types";
import { createStore, kept } from "@/lib/store";

/** The text the palette opens with; null while it is closed. */
export const palette = createStore<string | null>(null);

/** A record in the palette. */
export interface Found {
  table: string;
  id: number;
  title: string;
}

const MOST = 6;
const KEY = "found.lately";
export const lately = (): Found[] => kept.read<Found[]>(KEY, []);
export function remember(record: Found): void {
  const rest = lately().filter((r) => r.table !== record.table || r.id !== record.id);
  kept.write(KEY, [record, ...rest].slice(0, MOST));
}

/** A row of an answer: what it is called, what tells it apart, and what of it answers. */
export interface Hit extends Found {
  /** Fields after the title, with what they hold. */
  facts: { field: Field; value: Value }[];
  /** The field that answers, when it is not among what is shown. */
  answer: { field: Field; text: string } | undefined;
}

export function hitsOf(group: SearchGroup, table: Table): Hit[] {
  const fields = group.columns.map((key) => table.fields.find((f) => f.key === key));
  return group.rows.map((row, n) => {
    const [id, first, ...rest] = row;
    const found = group.found[n];
    const facts = rest.flatMap((value, i) => {
      const field = fields[i + 1];
      return field && value !== null && value !== undefined && value !== "" ? [{ field, value }] : [];
    });
    const code = facts.find((f) => f.field.key === "code")?.value;
    const title = typeof first === "string" && first !== "" ? first : String(code ?? `#${id}`);
    const field = found && table.fields.find((f) => f.key === found.field);
    const seen = field && (field.key === group.columns[0] || facts.some((f) => f.field.key === field.key));
    return {
      table: group.table,
      id,
      title,
      facts: facts.filter((f) => f.value !== title),
      answer: field && found && !seen ? { field, text: found.text } : undefined,
    };
  });
}
