/** The shapes of docs/API.md, written by hand: one place to change when the contract changes. */

import type { FieldKind, FileRef, Label } from "./schema";

export type * from "./schema";
export type Locale = "zh-CN" | "en";
export type LinkValue = [id: number, code: string, name: string];
/** What a formula gives in place of a value: the sign Excel shows. Nobody can write one. */
export type CellError = { error: "#DIV/0!" | "#VALUE!" | "#REF!" | "#NUM!" | "#N/A" };
/** The records that link to one: how many, and the first of them. */
export interface Backlinks {
  count: number;
  first: LinkValue[];
}
/** A cell on the wire; `null` is nothing. */
export type Value = Content | CellError;
/** A cell as it can be written. */
export type Content =
  | string
  | number
  | boolean
  | string[]
  | LinkValue
  | LinkValue[]
  | Backlinks
  | FileRef[]
  | null;
/** Records, by id or as a person named them, to add to a cell of several and to take from it. */
export interface Relinked {
  add?: (number | string)[];
  remove?: number[];
}
/** What a person typed, read by the server with the rules of imports. */
export type Written = Content | { text: string } | Relinked;
export type Values = Record<string, Value>;
/** `[id, v1, v2, …]`; `[id]` alone is a record deleted since the view was opened. */
export type WireRow = [id: number, ...values: Value[]];

export interface Status {
  version: string;
  setup_needed: boolean;
  user: { id: number; login: string; name: string } | null;
  book: { name: string; customers: number; orders: number; demo: boolean } | null;
  /** The newest event of the book. */
  seq: number | null;
}

/** What a change did to the records of a table; `ids` is null where there were many. */
export interface TableNews {
  ids: number[] | null;
  new: number[];
  created: number;
  deleted: number;
}
export interface RecordNews {
  change: number;
  by: number;
  tables: Record<string, TableNews>;
}
/** A cell, or a table as a whole. */
export interface Place {
  table: string;
  record?: number;
  field?: string;
}
/** A page somebody else has open. */
export interface Person {
  page: string;
  user: number;
  name: string;
  at: Place | null;
}

export type Op = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains" | "in" | "blank" | "filled" | "within";
export type Filter = { all: Filter[] } | { any: Filter[] } | { field: string; op: Op; values: Value[] };
export interface Sort {
  field: string;
  desc: boolean;
}
export interface ViewRequest {
  table: string;
  filter?: Filter;
  search?: string;
  sort?: Sort[];
  columns: string[];
}
export interface ViewOpened {
  view: string;
  total: number;
  columns: string[];
  rows: WireRow[];
}
export interface Replacing {
  /** Where to look; nowhere named is everywhere. */
  fields: string[];
  find: string;
  with: string;
  whole: boolean;
  case: boolean;
}
export type BulkAct =
  | { edit: Record<string, Written> }
  | { tag: { field: string; add: string[]; remove: string[] } }
  | { replace: Replacing }
  | { delete: Record<string, never> };
export interface BulkDone {
  change: number | null;
  records: number;
  refused: number;
  message: string | null;
  stopped: boolean;
}
export interface BulkPreview {
  records: number;
  cells: number;
  samples: { id: number; field: string; before: string; after: string }[];
}
/** What was found in one table: rows of these columns, and for each the field that answers. */
export interface SearchGroup {
  table: string;
  columns: string[];
  rows: WireRow[];
  found: { field: string; text: string }[];
  more: boolean;
}
export interface ColumnSummary {
  filled: number;
  sum?: number;
  average?: number;
  min?: Value;
  max?: Value;
  distinct?: number;
}

export type FigureName = "count" | "filled" | "sum" | "average" | "min" | "max" | "distinct";
export type RowHeight = "low" | "normal" | "high";
/** The columns of a board are the options of `by`; `cards` are fields under a card's title. */
export interface Board {
  by: string;
  cards?: string[];
  sum?: string;
}
export type ViewKind = "sheet" | { kanban: Board };
/** What a saved view shows; columns left out are as the table shows them. */
export interface SavedDef {
  kind?: ViewKind;
  columns?: { field: string; width?: number }[];
  frozen?: number;
  filter?: Filter;
  sort?: Sort[];
  height?: RowHeight;
  summaries?: Record<string, FigureName>;
}
export interface SavedView extends SavedDef {
  id: number;
  table: string;
  name: string;
  shared: boolean;
  editable: boolean;
  missing: string[];
}
export interface SavedViews {
  views: SavedView[];
  may: { save: boolean; share: boolean };
}
export interface ViewSummary {
  total: number;
  columns: Record<string, ColumnSummary>;
}
export interface FieldValues {
  values: { value: Value; count: number }[];
  more: boolean;
}

export interface CellWrite {
  id: number;
  field: string;
  value: Written;
}
export interface Patched {
  change: number;
  rows: Record<string, Values>;
  notes: { id: number; field: string; message: string }[];
}
export interface RecordOut {
  id: number;
  values: Values;
}
export interface HistoryEntry {
  change: number;
  /** Seconds since 1970 UTC. */
  at: number;
  user: string | null;
  origin: string;
  field?: string;
  before?: Value;
  after?: Value;
  kind: "create" | "edit" | "delete";
}
export interface Reason {
  field: string;
  points: number;
  text: Label;
}
export interface Card extends RecordOut {
  reasons: Reason[];
  orders: RecordOut[];
  order_total: number;
}

export type Role = "customers" | "orders" | "products" | "both" | "own" | "ignore";
/** The seller's own table that takes a sheet; with a name, one that is to be made. */
export interface OwnTable {
  table: string;
  name?: string;
}
export type Match = "identity" | "code" | "mobile" | "name" | "none";
export interface SheetColumn {
  index: number;
  header: string;
  samples: string[];
  table?: string;
  field?: string;
  new_field?: boolean;
  /** What a new field of it would hold. */
  new_kind?: { kind: FieldKind };
  confidence: number;
}
export interface ImportSheet {
  file: string;
  sheet: string;
  index: number;
  role: Role;
  own?: OwnTable;
  rows: number | null;
  header_row: number;
  profile?: string;
  year_needed: boolean;
  year?: number;
  columns: SheetColumn[];
  notes: Label[];
}
export interface Import {
  import: string;
  files: { name: string; error?: string }[];
  sheets: ImportSheet[];
  match: Match;
  today: string;
}
export interface ImportPlan {
  match: Match;
  sheets: {
    index: number;
    role: Role;
    own?: OwnTable;
    header_row?: number;
    year?: number;
    columns: { index: number; table?: string; field?: string; new_field?: boolean }[];
  }[];
}
export interface Counts {
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
}
export interface Problem {
  file: string;
  sheet: string;
  row: number;
  column?: string;
  cell?: string;
  rejected: boolean;
  reason: Label;
  cure: Label;
}
export interface Report {
  dry_run: boolean;
  change: number | null;
  tables: Record<string, Counts>;
  /** Own tables that take rows, those made for it included: key and name. */
  own_tables: Record<string, string>;
  problems: Problem[];
  problem_count: number;
  seconds: number;
}
/** A step taken back or done again, and what it was. */
export interface Stepped {
  change: number;
  kept: number;
  /** Whether records came or went. */
  rows: boolean;
  label: Label;
}
export interface LogWanted {
  table?: string;
  user?: number;
  action?: string;
  before?: number;
}
export interface LogEntry {
  change: number;
  /** Seconds since 1970 UTC. */
  at: number;
  user: string;
  origin: string;
  undone: boolean;
  label: Label;
}
export interface LogPage {
  changes: LogEntry[];
  /** Where to go on; null at the end. */
  next: number | null;
}
export interface LogCell {
  table: string;
  id: number;
  field: string;
  before: Value;
  after: Value;
}
export interface Removed {
  table: string;
  id: number;
  at: number;
  user: string;
  code: string | null;
  name: string | null;
}
/** A cell as it is and as it would be. */
export interface SetBack {
  field: string;
  now: Value;
  then: Value;
}
export interface PastImport {
  change: number;
  /** Seconds since 1970 UTC. */
  at: number;
  origin: "import" | "demo";
  files: string[];
  tables: Record<string, Counts>;
  own_tables: Record<string, string>;
  undone: boolean;
}

export interface Job<R = unknown> {
  job: string;
  kind: "check" | "import" | "demo" | "fill" | "convert";
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  phase: string;
  done: number;
  total: number | null;
  result?: R;
  error?: { code: string; message: string };
}

export interface Overview {
  grades: { grade: string; count: number; total: number }[];
  months: { month: string; orders: number; amount: number }[];
  provinces: { province: string; count: number; total: number }[];
  customers: number;
  orders: number;
  amount: number;
}
