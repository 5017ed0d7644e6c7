/** Roll-ups and look-ups as forms that write a formula. */
import type { Field, Locale, Op, Schema, Table } from "@/api/types";
import { isDateLike, isFigure, labelOf } from "@/lib/format";
import { thisRow } from "./complete";

export type GatherHow = "count" | "sum" | "average" | "min" | "max";
export interface GatherCondition {
  field: string;
  op: Exclude<Op, "in" | "contains" | "blank" | "filled" | "within"> | "contains";
  text: string;
}
export interface RollUp {
  table: string;
  link: string;
  /** The link is a field of this table: the records it names are gathered. */
  own?: boolean;
  how: GatherHow;
  field: string;
  conditions: GatherCondition[];
}
export interface LookUp {
  link: string;
  field: string;
}

/** Links of other tables to this one: where something can be gathered from. */
export function linksTo(schema: Schema, here: Table): { table: Table; link: Field }[] {
  return schema.tables.flatMap((table) =>
    table.fields.filter((f) => isTie(f) && f.table === here.key).map((link) => ({ table, link })),
  );
}
const isTie = (f: Field): boolean => f.kind === "link" || f.kind === "links";
export const linksFrom = (here: Table): Field[] => here.fields.filter(isTie);

/** Where something can be gathered from: records that link here, and the several that a record names. */
export function sourcesOf(schema: Schema, here: Table): { table: Table; link: Field; own: boolean }[] {
  const own = here.fields.flatMap((link) => {
    const table = link.kind === "links" ? schema.tables.find((t) => t.key === link.table) : undefined;
    return table ? [{ table, link, own: true }] : [];
  });
  return [...linksTo(schema, here).map((s) => ({ ...s, own: false })), ...own];
}

/** What each way of gathering can take. */
export function fieldsFor(how: GatherHow, table: Table): Field[] {
  if (how === "count") return [];
  return table.fields.filter((f) => isFigure(f) || ((how === "min" || how === "max") && isDateLike(f)));
}

const codeOf = (table: Table): Field | undefined => table.fields.find((f) => f.kind === "code");
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const SIGN: Record<GatherCondition["op"], string> = {
  eq: "",
  ne: "<>",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  contains: "",
};

/** The criterion of a condition, as SUMIFS takes it. */
export function criterion(field: Field, condition: GatherCondition): string {
  const text = condition.text.trim();
  const sign = SIGN[condition.op];
  const day = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  if (isDateLike(field) && day) {
    const date = `DATE(${day.slice(1).map(Number).join(",")})`;
    return sign === "" ? date : `${quoted(sign)}&${date}`;
  }
  if (condition.op === "contains") return quoted(`*${text}*`);
  if (field.kind === "bool") return /^(是|yes|true|1)$/i.test(text) ? "TRUE" : "FALSE";
  const share = field.kind === "percent" || field.kind === "progress";
  const number = Number(text.replace(/[,，¥￥%]/g, "")) / (share && text.includes("%") ? 100 : 1);
  if (isFigure(field) && text !== "" && Number.isFinite(number))
    return sign === "" ? String(number) : quoted(sign + number);
  return quoted(sign + text);
}

const FUNCTION: Record<GatherHow, string> = {
  count: "COUNTIFS",
  sum: "SUMIFS",
  average: "AVERAGEIFS",
  min: "MINIFS",
  max: "MAXIFS",
};

/** The formula of a roll-up; undefined while something is missing. */
export function rollUpText(form: RollUp, schema: Schema, here: Table, locale: Locale): string | undefined {
  const from = schema.tables.find((t) => t.key === form.table);
  const link = (form.own ? here : from)?.fields.find((f) => f.key === form.link);
  const code = from && codeOf(form.own ? from : here);
  if (!from || !link || !code) return undefined;
  const column = (f: Field) => `${labelOf(from.label, locale)}[${labelOf(f.label, locale)}]`;
  const target = from.fields.find((f) => f.key === form.field);
  if (form.how !== "count" && !target) return undefined;
  const parts = form.how === "count" || !target ? [] : [column(target)];
  const [there, mine] = form.own ? [code, link] : [link, code];
  parts.push(column(there), thisRow(labelOf(mine.label, locale)));
  for (const c of form.conditions) {
    const field = from.fields.find((f) => f.key === c.field);
    if (field && c.text.trim() !== "") parts.push(column(field), criterion(field, c));
  }
  return `${FUNCTION[form.how]}(${parts.join(",")})`;
}

/** The formula of a look-up; undefined while something is missing. */
export function lookUpText(form: LookUp, schema: Schema, here: Table, locale: Locale): string | undefined {
  const link = here.fields.find((f) => f.key === form.link);
  const other = schema.tables.find((t) => t.key === link?.table);
  const code = other && codeOf(other);
  const field = other?.fields.find((f) => f.key === form.field);
  if (!link || !other || !code || !field) return undefined;
  const column = (f: Field) => `${labelOf(other.label, locale)}[${labelOf(f.label, locale)}]`;
  return `XLOOKUP(${thisRow(labelOf(link.label, locale))},${column(code)},${column(field)})`;
}
