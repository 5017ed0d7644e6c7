/** The shapes of a book's tables and fields (docs/API.md, Schema). */

export interface Label {
  zh: string;
  en: string;
}
export type Tone = "gold" | "slate" | "sand" | "green" | "red" | "blue" | "grey";
export type FieldKind =
  | "text"
  | "long_text"
  | "number"
  | "money"
  | "percent"
  | "date"
  | "date_time"
  | "bool"
  | "choice"
  | "choices"
  | "tags"
  | "phone"
  | "email"
  | "url"
  | "address"
  | "birthday"
  | "person"
  | "link"
  | "links"
  | "backlinks"
  | "attachment"
  | "rating"
  | "progress"
  | "code"
  | "created_time"
  | "updated_time"
  | "created_by"
  | "updated_by";

export interface ChoiceOption {
  value: string;
  en: string;
  tone: Tone;
  /** While it is edited: the stored text it had. */
  was?: string;
}

export type CheckName =
  | "required"
  | "unique"
  | "pattern"
  | "range"
  | "length"
  | "in_list"
  | "not_future"
  | "expression";
export interface Rule {
  check: CheckName;
  level: "refuse" | "warn";
  message?: Label;
  pattern?: string;
  /** Text for a range, a count for a length. */
  min?: string | number;
  max?: string | number;
  formula?: string;
}

/** What a kind needs to know besides its name. */
export interface KindSettings {
  kind: FieldKind;
  decimals?: number;
  unit?: string;
  options?: ChoiceOption[];
  table?: string;
  /** Of the other side of a link: the link field in that table. */
  field?: string;
  images?: boolean;
  max?: number;
  pattern?: string;
}
export interface Field extends KindSettings {
  key: string;
  label: Label;
  description?: Label;
  formula?: string;
  default?: string;
  rules?: Rule[];
  group: string;
  shown: boolean;
  builtin: boolean;
}
export interface Table {
  key: string;
  label: Label;
  description?: Label;
  builtin: boolean;
  /** Someone has put the columns into an order of their own. */
  ordered?: boolean;
  fields: Field[];
}
export interface Schema {
  tables: Table[];
}

/** A field to be made or changed: what is left out stays. */
export interface FieldWrite extends Partial<Omit<KindSettings, "kind">> {
  kind?: FieldKind;
  label?: Label | string;
  description?: Label | string | null;
  shown?: boolean;
  formula?: string;
  default?: string | null;
  rules?: Rule[];
  /** Of a new link: the name under which the other table shows it. */
  other_side?: string;
  /** Options whose stored text changes, old to new. */
  renamed?: Record<string, string>;
}
export interface FieldDone {
  field: Field;
  job?: string;
}
export interface ConvertPreview {
  total: number;
  changed: number;
  partly: number;
  lost: number;
  samples: { before: string; after: string | null; loss: "part" | "all" | null }[];
}

export interface FunctionHelp {
  name: string;
  group: string;
  syntax: string;
  help: string;
}
export interface FormulaCheck {
  ok: boolean;
  type: string;
  kind?: KindSettings;
  error: { message: string; from: number; to: number; cure: string } | null;
  preview: { id: number; label: string; value: import("./types").Value }[];
}

export interface Mark {
  id: number;
  field: string;
  level: "refuse" | "warn";
  message: string;
}
export interface Member {
  id: number;
  name: string;
}
/** Provinces with their cities with their districts. */
export type Places = [province: string, cities: [city: string, districts: string[]][]][];

export interface FileRef {
  id: string;
  name: string;
  type: string;
  size: number;
}
