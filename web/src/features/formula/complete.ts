/** What may follow at the caret of a formula. */
import type { FunctionHelp, Locale, Schema, Table } from "@/api/types";
import { labelOf } from "@/lib/format";

export interface Completion {
  kind: "function" | "field" | "table";
  label: string;
  hint: string;
  /** Takes the place of what was begun. */
  insert: string;
}
export interface Completions {
  from: number;
  to: number;
  items: Completion[];
}
interface Around {
  schema: Schema;
  table: Table;
  functions: FunctionHelp[];
  locale: Locale;
}

const MOST = 12;
const plainName = (name: string): boolean => /^[\p{L}\p{N}]+$/u.test(name);
/** A field of this row, with inner brackets where its name needs them. */
export const thisRow = (name: string): string => (plainName(name) ? `[@${name}]` : `[@[${name}]]`);

/** Names that begin as typed before those that only hold it. */
function ranked<T>(list: T[], typed: string, names: (item: T) => string[]): T[] {
  const wanted = typed.toLowerCase();
  const rank = (item: T): number => {
    const all = names(item).map((n) => n.toLowerCase());
    if (all.some((n) => n.startsWith(wanted))) return 0;
    return all.some((n) => n.includes(wanted)) ? 1 : 2;
  };
  return list
    .map((item, i) => ({ item, rank: rank(item), i }))
    .filter((x) => x.rank < 2)
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .map((x) => x.item);
}

function fields(table: Table, typed: string, locale: Locale, wrap: (name: string) => string): Completion[] {
  return ranked(table.fields, typed, (f) => [f.label.zh, f.label.en, f.key]).map((f) => ({
    kind: "field" as const,
    label: labelOf(f.label, locale),
    hint: labelOf(table.label, locale),
    insert: wrap(labelOf(f.label, locale)),
  }));
}

/** Whether the caret stands inside a quoted text, where nothing is completed. */
function inText(before: string): boolean {
  return (before.match(/"/g)?.length ?? 0) % 2 === 1;
}

export function complete(text: string, caret: number, around: Around): Completions | undefined {
  const { schema, table, functions, locale } = around;
  const before = text.slice(0, caret);
  if (inText(before)) return undefined;
  // [@na| or [@[na|
  const own = /\[@\[?([^[\]]*)$/.exec(before);
  const close = /^[^[\]"(),]*\]{1,2}/.exec(text.slice(caret))?.[0].length ?? 0;
  if (own) {
    const items = fields(table, own[1] ?? "", locale, thisRow).slice(0, MOST);
    return items.length > 0 ? { from: own.index, to: caret + close, items } : undefined;
  }
  // 订单[na|
  const other = /([\p{L}\p{N}_]+)\[([^[\]]*)$/u.exec(before);
  if (other) {
    const name = other[1] ?? "";
    const found = schema.tables.find((t) => t.label.zh === name || t.label.en === name || t.key === name);
    if (!found) return undefined;
    const items = fields(found, other[2] ?? "", locale, (n) => `${name}[${n}]`).slice(0, MOST);
    return items.length > 0 ? { from: other.index, to: caret + close, items } : undefined;
  }
  if (/\[$/.test(before))
    return { from: caret - 1, to: caret + close, items: fields(table, "", locale, thisRow).slice(0, MOST) };
  const word = /[\p{L}_][\p{L}\p{N}_.]*$/u.exec(before);
  if (!word) return undefined;
  const typed = word[0];
  const open = text[caret] === "(";
  const items: Completion[] = [
    ...ranked(functions, typed, (f) => [f.name]).map((f) => ({
      kind: "function" as const,
      label: f.name,
      hint: f.help,
      insert: open ? f.name : `${f.name}(`,
    })),
    ...fields(table, typed, locale, thisRow),
    ...ranked(schema.tables, typed, (t) => [t.label.zh, t.label.en]).map((t) => ({
      kind: "table" as const,
      label: labelOf(t.label, locale),
      hint: "",
      insert: `${labelOf(t.label, locale)}[`,
    })),
  ].slice(0, MOST);
  const exact = items.length === 1 && items[0]?.insert === typed;
  return items.length > 0 && !exact ? { from: word.index, to: caret, items } : undefined;
}
