// Made from the API's document by scripts/api-types.mjs. Do not edit: `make types`.
// Document: 5aa0305b3ab37f14720adc254740a637b8adbfa32b23ed190390af55627cfdec
import type { ChoiceOption, Content, Places, Value, WireRow } from "./cells";

/** An answer of a person. */
export type Answered = string | boolean | string[];

/** The settings of a kanban board. */
export interface Board {
  /** The single choice whose options are the columns; records without one have a column of their own. */
  by: FieldKey;
  /** Fields on a card under its title, at most four. */
  cards?: FieldKey[];
  /** The money field whose sum heads each column. */
  sum?: FieldKey;
}

/** The book, counted. */
export interface BookNow {
  customers: number;
  /** It holds generated data. */
  demo: boolean;
  name: string;
  orders: number;
  products: number;
  /** The templates whose sample rows it holds, by what they are kept under. */
  samples: string[];
}

/** One thing done to many records. */
export type BulkAct =
  | {
      /** Contents by field, as an edit of a cell takes them. */
      edit: Record<string, Written>;
    }
  | {
      /** Labels added to a field of several, and labels taken from it. */
      tag: Tagging;
    }
  | {
      /** A text replaced by another. */
      replace: Replacing;
    }
  | {
      /** The records removed. */
      delete: Nothing;
    };

/** What the job of a bulk act leaves. */
export interface BulkDone {
  /** The change it became; null when there was nothing to change. */
  change: number | null;
  /** What the first refusal says. */
  message: string | null;
  /** Records changed or removed. */
  records: number;
  /** Records left as they are because a rule refused. */
  refused: number;
  /** Whether it was stopped on the way. */
  stopped: boolean;
}

/** What a replacement would change. */
export interface BulkPreview {
  cells: number;
  records: number;
  /** The first cells. */
  samples: ReplaceSample[];
}

/** What is to be done to which rows of a view. */
export interface BulkWrite {
  act: BulkAct;
  /** Rows from one place to before another, `[from, to]`; all when left out. */
  rows?: number[][];
}

/** What the customer panel shows. */
export interface Card {
  id: number;
  order_total: number;
  /** Newest first, at most 200. */
  orders: RecordOut[];
  /** Why this grade. */
  reasons: Reason[];
  values: Record<string, Value>;
}

/** What a formula gives in place of a value, as Excel shows it. None can be written. */
export interface CellError {
  error: "#DIV/0!" | "#VALUE!" | "#REF!" | "#NUM!" | "#N/A";
}

/** What is to be said of a cell that was written. */
export interface CellNote {
  field: FieldKey;
  id: number;
  message: string;
}

/** New content for a cell. */
export interface CellWrite {
  field: FieldKey;
  id: number;
  value: Written;
}

/** What a rule checks, and what the check needs to know. */
export interface Check {
  check: CheckName;
  /** `expression`: what must be true. */
  formula?: string;
  /** As `min`. */
  max?: string | number;
  /** `range`: text as a person writes it (`1.2万`, `今天`); `length`: an integer. */
  min?: string | number;
  /** `pattern`: a regular expression the whole content matches. */
  pattern?: string;
}

/** The name of a check. */
export type CheckName =
  | "required"
  | "unique"
  | "pattern"
  | "range"
  | "length"
  | "in_list"
  | "not_future"
  | "expression";

/**
 * A colour rule of a view. Of those that hold of a record the first gives its colour; rules for one field come
 * before those for the whole row.
 */
export interface ColourRule {
  /** The field whose cells are coloured. None: the whole row. */
  field?: FieldKey;
  /** The colour. */
  tone: Tone;
  /** When it holds. */
  when: ColourWhen;
}

/** When a colour rule holds. */
export type ColourWhen =
  | {
      /** A formula over the record, such as `[@总金额]>1000`; blank and errors count as no. */
      formula: string;
    }
  | {
      filter: Filter;
    };

/** Where a person sends a column. */
export interface ColumnChoice {
  /** The field; may be missing for a new field. */
  field?: FieldKey;
  /** Position in the sheet, from 0. */
  index: number;
  /** Make a new text field named like the header. */
  new_field?: boolean;
  /** The table; none leaves the column out. */
  table?: TableKey;
}

/** Figures of one column of a view. */
export interface ColumnSummary {
  /** Mean of the filled cells that are no errors. */
  average?: number;
  /** How many different contents, where it was asked for. */
  distinct?: number;
  /** First day or moment of a column of dates, as ISO 8601 writes it. */
  earliest?: string;
  /** Cells that are not blank. */
  filled: number;
  /** Last day or moment of a column of dates. */
  latest?: string;
  /** Largest. */
  max?: number;
  /** Smallest. */
  min?: number;
  /** Sum, in the field's unit (分 for money). */
  sum?: number;
}

/** A comment. */
export interface Comment {
  /** Seconds since 1970 UTC. */
  at: number;
  /** What its author is called now. */
  author: string;
  /** When it was last edited; null when it never was. */
  edited: number | null;
  id: number;
  mentions: Mentioned[];
  /** Plain text. */
  text: string;
  /** Who wrote it. */
  user: number;
}

/** A comment that was made. */
export interface CommentMade {
  comment: number;
  thread: number;
}

/** What somebody says. */
export interface CommentText {
  /**
   * Members who are mentioned. Each stands in the text by name behind an `@`, as in `@王芳 看一下`; others are left
   * out.
   */
  mentions?: number[];
  /** Plain text. */
  text: string;
}

/** A cell with open threads. */
export interface CommentedCell {
  /** How many comments they hold together. */
  count: number;
  field: null | FieldKey;
  id: RecordId;
}

/** Cells with open threads. */
export interface CommentedCells {
  cells: CommentedCell[];
}

/** A consent that was given through a form. */
export interface ConsentGiven {
  /** Seconds since 1970 UTC. */
  at: number;
  /** The record's code; null when it has none, or was removed. */
  code: string | null;
  /** The number of the form's view. */
  form: number;
  /** What the form was called then. */
  form_name: string;
  id: number;
  /** The record's name likewise. */
  name: string | null;
  record: RecordId;
  /** What was agreed to. */
  text: string;
  /** The number of the wording; every wording has its own. */
  wording: number;
}

/** Consents, newest first, at most 500. */
export interface ConsentPage {
  consents: ConsentGiven[];
  /** Where to go on; null at the end. */
  next: number | null;
}

/** A field to be turned into another kind. */
export interface Convert {
  /** Only say what would become of the cells. */
  preview: boolean;
  to: KindSettings;
}

/** With `preview` what would become of the cells, otherwise the job that turns them. */
export type ConvertAnswer = ConvertPreview | Started;

/** What would become of the cells. */
export interface ConvertPreview {
  changed: number;
  lost: number;
  partly: number;
  /** At most 20, what is lost first. */
  samples: ConvertSample[];
  total: number;
}

/** A cell before and after. */
export interface ConvertSample {
  after: string | null;
  before: string;
  loss: null | LossName;
}

/** Counts of one table. Each record is counted once, however many rows speak of it; rejected are rows. */
export interface Counts {
  /** New records. */
  created: number;
  /** Rows that were not taken. */
  rejected: number;
  /** Records in the book that held all of it already. */
  unchanged: number;
  /** Records in the book that got new content. */
  updated: number;
}

/** New records. */
export interface Create {
  /**
   * A field no two records agree in: a record that holds what a row gives for it is edited, and a new one made
   * only where there is none. The answer then tells of each row.
   */
  match?: FieldKey;
  /** Rows that fail leave the others alone; the answer then tells of each row. */
  partial?: boolean;
  /** Cells by field; at most 50,000 records, 1,000 with `partial` or `match`. */
  records: Record<string, Written>[];
}

/** What was made; with `partial` or `match` what became of each row. */
export type CreateAnswer = Created | RowResults;

/** What was made. */
export interface Created {
  change: number;
  /** In the order given. */
  ids: RecordId[];
}

/** A day on which a view has records. */
export interface DayOfView {
  count: number;
  day: string;
}

/** Records of a view by the day they stand on. */
export interface DaysOfView {
  /** Days with records, in order. */
  days: DayOfView[];
  /** The first of each day. */
  rows: WireRow[];
}

/** What was removed; with `partial` what became of each record. */
export type DeleteAnswer = Deleted | RowResults;

/** What was removed. */
export interface Deleted {
  change: number;
  deleted: number;
}

/** What removing the generated data did. */
export interface DemoRemoved {
  deleted: number;
  /** Records people have changed since. */
  kept: number;
}

/** How much to generate. */
export interface DemoSize {
  /** At most 1,000,000. */
  customers: number;
  /** At most 10,000,000. */
  orders: number;
}

/** Edits of cells. */
export interface Edit {
  /** At most 50,000; of at most 1,000 records with `partial`. */
  cells: CellWrite[];
  /** Records that fail leave the others alone; the answer then tells of each record. */
  partial?: boolean;
  /**
   * New records made in the same change, as a paste past the end does; not with `partial`. Cells and records are at
   * most 50,000 together.
   */
  records?: Record<string, Written>[];
}

/** What an edit did; with `partial` what became of each record, in the order they are first named. */
export type EditAnswer = Patched | RowResults;

/** An edited cell. */
export interface EditedCell {
  after: Value;
  before: Value;
  field: FieldKey;
}

/** A field that a form asks for. */
export interface EntryField {
  /** The field: one that people fill, and no member. */
  field: FieldKey;
  /** What helps to fill it, at most 300 characters. */
  help?: string;
  /** How the form calls it, at most 100 characters; when left out, as the table does. */
  label?: string;
  /** It may not stay blank. */
  required?: boolean;
}

/** The settings of a form. */
export interface EntryForm {
  /** What the button says, at most 20 characters. */
  button?: string;
  /** What has to be agreed to, at most 5,000 characters; when left out, nothing is asked. */
  consent?: string;
  /** What is asked, in order; at most 100. */
  fields?: EntryField[];
  /** What it is for, at most 2,000 characters. */
  intro?: string;
  /** What is said once it is sent, at most 500 characters. */
  thanks?: string;
  /** What stands at its head, at most 100 characters; when left out, the name of the view. */
  title?: string;
}

/** What an entry of a timeline is. */
export type EntryKind = "order" | "talk" | "edit" | "made" | "moved";

/** The answer to a request that failed. */
export interface ErrorAnswer {
  error: ErrorBody;
}

/** What went wrong. */
export interface ErrorBody {
  code: ErrorCode;
  /** The field it is about. */
  field?: string;
  /** Of a form: every field that is wrong, and why. */
  fields?: Record<string, string>;
  /** What, where and how to mend it, in the caller's language. */
  message: string;
  /** The record it is about, where several were written at once. */
  record?: number;
  /** Names the request in the server's log. */
  request_id: string;
}

/**
 * What went wrong, for programs; with its HTTP status:
 * - `not_found` (404): what was asked for does not exist, or is not the caller's to see
 * - `forbidden` (403): the caller may not do this
 * - `unauthorized` (401): no valid session or token
 * - `invalid` (422): a value does not fit its field, or the request its form; `field` says where
 * - `formula` (422): a formula is wrong; the message says where
 * - `conflict` (409): it clashes with what is stored; read again, then decide
 * - `bad_file` (422): a file cannot be read, or is of no use here
 * - `too_large` (413): too large, too many or too long; split it
 * - `cancelled` (409): a person cancelled it
 * - `busy` (503): too much at once; try again a little later
 * - `too_often` (429): asked more often than is allowed; `Retry-After` says when to ask again
 * - `internal` (500): something failed inside; give `request_id` to whoever runs the server
 */
export type ErrorCode =
  | "not_found"
  | "forbidden"
  | "unauthorized"
  | "invalid"
  | "formula"
  | "conflict"
  | "bad_file"
  | "too_large"
  | "cancelled"
  | "busy"
  | "too_often"
  | "internal";

/** A cell as a live link gives it: a number (money in yuan), true or false, text, or null when there is nothing. */
export type FeedCell = number | boolean | string | null;

/** A field of a table. */
export type Field = KindSettings & {
  /** Ships with Kebu: can be renamed and hidden, never removed. */
  builtin: boolean;
  /** Expression that fills the field of a new record when nothing else does. */
  default?: string;
  /** What the field is for, in the seller's words. */
  description?: Label;
  /** Expression of a derived field, in the formula language. None for fields people fill. */
  formula?: string;
  /** Group on the record page: `basic`, `contact`, `place`, `profile`, `figures`, `grade`, `other`. */
  group: string;
  /** Stable name; the column in the database. */
  key: FieldKey;
  /** Names shown to people. */
  label: Label;
  /** What its content must be. */
  rules?: Rule[];
  /** Shown in the table unless a view says otherwise. */
  shown: boolean;
};

/** Changes of a field: what is left out stays. Settings of its kind come beside, as in a field. */
export type FieldChange = KindChange & {
  /** Null takes it away. */
  default?: string | null;
  description?: null | LabelWrite;
  formula?: string;
  label?: LabelWrite;
  /** Options whose text changes in the cells too, old to new. */
  renamed?: Record<string, string>;
  rules?: Rule[];
  shown?: boolean;
};

/** A field made or changed. */
export interface FieldDone {
  field: Field;
  /** The job that does what is still to be done. */
  job?: string;
}

/** What becomes of a field. */
export type FieldFate = "new" | "there" | "clash" | "left";

/** The stable name of a field inside its table: its name in the API and its column (`mobile`). */
export type FieldKey = string;

/** The name of a kind of field. */
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

/** The fields of a table in another order. */
export interface FieldOrder {
  /** All keys of the table. */
  fields: FieldKey[];
}

/** A value and how many records have it. */
export interface FieldValue {
  count: number;
  value: Value;
}

/** The commonest values of a field. */
export interface FieldValues {
  /** Whether there are more. */
  more: boolean;
  /** At most 500, commonest first. */
  values: FieldValue[];
}

/** A figure of a column over all records of a view. */
export type FigureName = "count" | "filled" | "sum" | "average" | "min" | "max" | "distinct";

/** A file in an attachment field. Its content lies beside the book, under its id. */
export interface FileRef {
  /** Name of the stored content: its digest. */
  id: string;
  /** Name people gave it. */
  name: string;
  /** Bytes. */
  size: number;
  /** Media type, found from the content. */
  type: string;
}

/** A file of an import. */
export interface FileTaken {
  /** Why it cannot be read. */
  error?: string;
  name: string;
}

/**
 * Which records: all of some parts, any of them, those of which a part does not hold, those of the filter of a
 *  saved view of the table, or one condition. Nested at most 16 deep, filters of views included.
 */
export type Filter =
  | {
      all: Filter[];
    }
  | {
      any: Filter[];
    }
  | {
      not: Filter;
    }
  | {
      segment: number;
    }
  | {
      field: string;
      op: Op;
      values?: Value[];
    };

/** What was filled into a public form. */
export interface FormAnswers {
  /** The text that was agreed to, word for word, where the form asks for it. */
  consent?: string;
  /** People see no such field and leave it empty; what comes with it is thanked for and not kept. */
  homepage?: string;
  /** Answers by field; fields the form does not ask for are refused. */
  values: Record<string, Answered>;
}

/** The record of an entry. */
export interface FormEntered {
  change: number;
  id: RecordId;
}

/** What was filled into a form. */
export interface FormEntry {
  /** The text that was agreed to, word for word, where the form asks for it. */
  consent?: string;
  /** Cells by field; fields the form does not ask for are refused. */
  values: Record<string, Written>;
}

/** Thanks for an entry. */
export interface FormSent {
  /** What the form says; empty: whatever the page thinks fit. */
  thanks: string;
}

/** A formula to be tried. */
export interface Formula {
  /** The key of the field it is for, so that a cycle is found. */
  field?: string;
  formula: string;
}

/** What a formula gives, or what is wrong with it. */
export interface FormulaCheck {
  error: null | FormulaFault;
  /** The kind that suits the result. */
  kind?: KindSettings;
  ok: boolean;
  /** At most 5. */
  preview: FormulaSample[];
  /** The type of the result, in words; empty when the formula is wrong. */
  type: string;
}

/** What is wrong with a formula. */
export interface FormulaFault {
  cure: string;
  /** Where it begins in the formula, in UTF-16 units. */
  from: number;
  message: string;
  /** Where it ends. */
  to: number;
}

/** A formula's value for one record. */
export interface FormulaSample {
  id: RecordId;
  label: string;
  value: Value;
}

/** Why a record was found. */
export interface FoundBy {
  /** The field that answers. */
  field: FieldKey;
  /** What it says; of a long text the part that answers. */
  text: string;
}

/** A function of the expression language, in the caller's language. */
export interface FunctionHelp {
  group: string;
  help: string;
  name: string;
  syntax: string;
}

/** The functions of the expression language. */
export interface Functions {
  functions: FunctionHelp[];
}

/** The settings of a gallery. */
export interface Gallery {
  /** Fields on a card under its title, at most six. */
  cards?: FieldKey[];
  /** The attachments whose first picture is shown; none: cards without pictures. */
  cover?: FieldKey;
}

/** Customers of one grade. */
export interface GradeFigure {
  /** Customers. */
  count: number;
  /** The grade. */
  grade: string;
  /** Their total, in 分. */
  total: Money;
}

/** One level of groups. */
export interface GroupLevel {
  /** How long a group of days is; nothing to other fields. */
  by?: Period;
  /** The largest first; blanks come last either way. */
  desc?: boolean;
  /** Records of the same content are a group. */
  field: FieldKey;
}

/** The history of a record, newest first, at most 200 lines. */
export interface History {
  entries: HistoryEntry[];
}

/** A line of a record's history. */
export interface HistoryEntry {
  /** Of an edit. */
  after?: Value;
  /** Seconds since 1970 UTC. */
  at: number;
  /** Of an edit. */
  before?: Value;
  change: number;
  /** Of an edit. */
  field?: FieldKey;
  /** The form it was entered through, by its name then. */
  form?: string;
  kind: HistoryKind;
  /** `edit`, `import`, `demo`, `template`, `undo`, `redo`, `restore`, or `form` for what came through a form's public address. */
  origin: string;
  user: string;
}

/** What a line of a record's history tells of. */
export type HistoryKind = "create" | "edit" | "delete";

/** Records, by their ids. */
export interface Ids {
  /** At most 500. */
  ids: RecordId[];
}

/** An import being prepared. */
export interface Import {
  files: FileTaken[];
  /** Its name in the addresses. */
  import: string;
  match: Match;
  sheets: ImportSheet[];
  /** The day that dates without a year are read by: `2026-11-21`. */
  today: string;
}

/** What a person changed in the plan. */
export interface ImportPlan {
  match?: Match;
  sheets?: SheetChange[];
}

/** The plan for one sheet: what was recognised, and what a person changed. */
export interface ImportSheet {
  /** Its columns, in the order of the sheet. */
  columns: SheetColumn[];
  /** File name without folder. */
  file: string;
  /** Row of the header as shown in a spreadsheet program (from 1); 0 if there is none. */
  header_row: number;
  /**
   * Number of the sheet in an import of several files. [`crate::recognise::recognise`] sets it to
   * `sheet_index`; whoever imports several files numbers them anew.
   */
  index: number;
  /** What a person should know. */
  notes: Note[];
  /** The table of [`Role::Own`]. */
  own?: OwnTable;
  /** The shop export it was recognised as. */
  profile?: Profile;
  /** What the rows are. */
  role: Role;
  /** Rows below the header, if known or well estimated. */
  rows: number | null;
  /** Sheet name; for text files the file name without its ending. */
  sheet: string;
  /** Position of the sheet inside its file, from 0. */
  sheet_index: number;
  /** The year of dates written without one. */
  year?: number;
  /** Some dates lack their year and `year` is not answered yet. */
  year_needed: boolean;
}

/** A job as the API shows it. */
export interface Job {
  done: number;
  error?: JobError;
  job: string;
  /** `check`, `import`, `demo`, `fill`, `convert`, `bulk`, `undo` or `redo`. */
  kind: string;
  /** What it is about: `read`, `write`, `derive`, …. */
  phase: string;
  /** Of a job that is done. */
  result?: JobResult;
  state: JobState;
  /** Null while it is not known. */
  total: number | null;
}

/** Why a job failed. */
export interface JobError {
  code: ErrorCode;
  message: string;
}

/** What a job leaves: of `check` and `import` a report, of `bulk` what it did, of others an object of its own. */
export type JobResult = Report | BulkDone | Record<string, unknown>;

/** Where a job stands. */
export type JobState = "waiting" | "running" | "done" | "failed" | "cancelled";

/** A rule of a built-in field. */
export type KeptRule = Rule & {
  /** The field. */
  field: FieldKey;
};

/** Settings of a kind, as they may come in a change of a field; another `kind` brings all of its own. */
export interface KindChange {
  decimals?: number;
  field?: string;
  images?: boolean;
  kind?: FieldKind;
  max?: number;
  options?: ChoiceOption[];
  pattern?: string;
  table?: string;
  unit?: string;
}

/** What a field holds: its kind, and what that kind needs to know besides. */
export interface KindSettings {
  /** `number`: decimals shown; 0 means whole numbers. */
  decimals?: number;
  /** `backlinks`: the link field in the other table. */
  field?: string;
  /** `attachment`: pictures only. */
  images?: boolean;
  kind: FieldKind;
  /** `rating`: the most stars. */
  max?: number;
  /** `choice`, `choices`: the list, in its order. */
  options?: ChoiceOption[];
  /** `code`: such as `DD{yyyyMMdd}-{000}`. */
  pattern?: string;
  /** `link`, `links`, `backlinks`: the other table. */
  table?: string;
  /** `number`: what is counted, shown behind the number. */
  unit?: string;
}

/**
 * A name shown to people, in each language of the interface. What a user names is one text, which stands
 * for both; it may be given as that text alone.
 */
export interface Label {
  /** English */
  en: string;
  /** 简体中文 */
  zh: string;
}

/** A label as it may be given: one text for both languages, or one for each. */
export type LabelWrite =
  | string
  | {
      /** English */
      en: string;
      /** 简体中文 */
      zh: string;
    };

/** What happens when a rule does not hold. */
export type Level = "refuse" | "warn";

/** A link. Its secret is nowhere: only its digest is kept. */
export interface Link {
  /** Seconds since 1970 UTC. */
  created: number;
  id: string;
  kind: LinkKind;
  /** What it is for. */
  name: string;
  /** Who made it, and what it gives is theirs to read. */
  owner: number;
  owner_name: string;
  /** The table of the view; null when the view is gone, and the link gives nothing. */
  table: string | null;
  /** When it was last asked; null when it never was. */
  used: number | null;
  /** How often it was asked. */
  uses: number;
  /** The number of the view. */
  view: number;
  /** What the view is called; null when it is gone, or another member's own. */
  view_name: string | null;
}

/** What a link gives. */
export type LinkKind = "feed" | "form";

/** A link just made. */
export interface LinkMade {
  link: Link;
  /** Where it is asked, with `.csv` or `.json` behind it, or the page of the form; shown this once. */
  path: string;
}

/** A link to be made. */
export interface LinkWrite {
  /** `form` only where the view is one. */
  kind?: LinkKind;
  /** What it is for: 1 to 40 characters; the name of the view when left out. */
  name?: string;
}

/** Links the caller may see: their own, and everybody's for an owner of the book. */
export interface Links {
  links: Link[];
}

/** An edited cell of a change. */
export interface LogCell {
  after: Value;
  before: Value;
  field: FieldKey;
  id: number;
  table: TableKey;
}

/** An entry of the change log. */
export interface LogEntry {
  /** Seconds since 1970 UTC. */
  at: number;
  /** Cells edited. */
  cells: number;
  change: number;
  /** Records made, by table. */
  created: Record<string, number>;
  /** Records removed, by table. */
  deleted: Record<string, number>;
  /** The form it was entered through, by its name then. */
  form?: string;
  label: Label;
  /** `edit`, `import`, `demo`, `template`, `undo`, `redo`, `restore`, or `form` for what came through a form's public address. */
  origin: string;
  undone: boolean;
  user: string;
  user_id: number;
}

/** A change with the cells it edited, at most 500 of them. */
export type LogEntryWhole = LogEntry & {
  edits: LogCell[];
};

/** A page of the change log, newest first. */
export interface LogPage {
  changes: LogEntry[];
  /** Where to go on; null at the end. */
  next: number | null;
}

/** Who logs in. */
export interface Login {
  login: string;
  password: string;
}

/** What is lost when a cell is turned into another kind. */
export type LossName = "part" | "all";

/** A rule that does not hold for a cell. */
export interface Mark {
  field: FieldKey;
  id: RecordId;
  level: Level;
  message: string;
}

/** The rules that do not hold. */
export interface Marks {
  marks: Mark[];
}

/** What decides whether a row is a customer already in the book. */
export type Match = "identity" | "code" | "mobile" | "name" | "none";

/** The caller. */
export interface Me {
  id: number;
  login: string;
  name: string;
}

/** Somebody who can log in. */
export interface Member {
  id: number;
  name: string;
}

/** Everybody who can log in. */
export interface Members {
  members: Member[];
}

/** Where the caller is mentioned. */
export interface Mention {
  /** Seconds since 1970 UTC. */
  at: number;
  /** Who wrote it. */
  author: string;
  /** The record's code; null when it has none. */
  code: string | null;
  comment: number;
  field: null | FieldKey;
  /** The record's name likewise. */
  name: string | null;
  record: RecordId;
  /** The thread was opened since. */
  seen: boolean;
  table: TableKey;
  text: string;
  thread: number;
}

/** Where the caller is mentioned, newest first. */
export interface MentionList {
  /** At most 50. */
  mentions: Mention[];
  /** How many were not seen yet, of all. */
  unseen: number;
}

/** Somebody who is mentioned. */
export interface Mentioned {
  /** As it stands in the text behind an `@`. */
  name: string;
  user: number;
}

/** The moment a record is set back to. */
export interface Moment {
  /** Just before this change. */
  change: number;
  /** Only say what would change. */
  preview?: boolean;
}

/** An exact amount of money in 分 (1/100 yuan). */
export type Money = number;

/** The settings of a calendar. */
export interface Month {
  /** The day or moment that says where a record stands. */
  by: FieldKey;
  /** Fields shown behind the title, at most two. */
  cards?: FieldKey[];
  /** The single choice whose options give the colours. */
  tone?: FieldKey;
}

/** Counted orders of one month. */
export interface MonthFigure {
  /** Amount, in 分. */
  amount: Money;
  /** `2026-01`. */
  month: string;
  /** Purchases. */
  orders: number;
}

/** A field to be made. */
export type NewField = KindSettings & {
  default?: string;
  description?: LabelWrite;
  formula?: string;
  label: LabelWrite;
  /** Of a link: its name in the other table, where it is to be shown too. */
  other_side?: LabelWrite;
  rules?: Rule[];
  shown?: boolean;
};

/** A note in one line. */
export interface NewNote {
  /** Only say what was understood. */
  preview?: boolean;
  /** For instance `明天下午电话 确认尺码`; at most 2,000 characters. */
  text: string;
  /** What is to stay text, because a person took it away. */
  without?: NotePart[];
  /**
   * When it was written, in seconds since 1970 (UTC), where a program kept it for a while: `明天` is the day after,
   * and the interaction was then. Now when left out; at most a year ago.
   */
  written?: number;
}

/** A table to be made. */
export interface NewTable {
  description?: LabelWrite;
  label: LabelWrite;
}

/** A new thread. */
export interface NewThread {
  /** The field of the cell it is about; about the record when left out. */
  field?: FieldKey;
  /** As in a further comment. */
  mentions?: number[];
  /** Plain text. */
  text: string;
}

/** A view to be saved. */
export type NewView = SavedDef & {
  /** 1 to 40 characters. */
  name: string;
  /** Everybody sees it. */
  shared?: boolean;
};

/** A record that could not be brought back, and why. */
export interface NotRestored {
  id: RecordId;
  message: string;
  table: TableKey;
}

/** A remark in both languages. */
export interface Note {
  /** English */
  en: string;
  /** 简体中文 */
  zh: string;
}

/** A part of a note that may be left as text. */
export type NotePart = "ahead" | "past" | "way" | "kind";

/** What was understood of a note, and without `preview` the interaction it became. */
export interface NoteRead {
  /** When it was, where the line says so. */
  at?: string;
  /** The change that made it. */
  change?: number;
  /** The rest of the line, as written. */
  content: string;
  /** When to follow up. */
  follow_up?: string;
  /** An option of the field `follow_up_way`. */
  follow_up_way?: string;
  /** The interaction. */
  id?: RecordId;
  /** An option of the field `kind`: `计划` (plan) when all lies ahead. */
  kind: string;
  /** An option of the field `way`. */
  way?: string;
}

/** No settings. */
export type Nothing = Record<string, unknown>;

/** A comparison. */
export type Op = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains" | "in" | "blank" | "filled" | "within";

/** The overview page's figures. */
export interface Overview {
  /** Counted amount in all, in 分. */
  amount: Money;
  /** Customers in all. */
  customers: number;
  /** By grade, best first. */
  grades: GradeFigure[];
  /** The last 24 months with their gaps filled, oldest first. */
  months: MonthFigure[];
  /** Counted purchases in all. */
  orders: number;
  /** The ten provinces with the largest total. */
  provinces: ProvinceFigure[];
}

/** The seller's own table that takes the rows of a sheet. */
export interface OwnTable {
  /** Set for a table that is to be made: its name. */
  name?: string;
  /** Its key; [`NEW_TABLE`] until a table to be made is there. */
  table: TableKey;
}

/** An import or generation of data in the past. */
export interface PastImport {
  /** Seconds since 1970 UTC. */
  at: number;
  change: number;
  files: string[];
  /** `import` or `demo`. */
  origin: string;
  /** Own tables that took rows: key and name. */
  own_tables: Record<string, string>;
  tables: Record<string, Counts>;
  undone: boolean;
}

/** What was imported before, newest first. */
export interface PastImports {
  imports: PastImport[];
}

/** What an edit did. */
export interface Patched {
  change: number;
  /** The records made, in the order given. */
  ids: number[];
  /** What was dropped or assumed in reading cells, and rules that warn. */
  notes: CellNote[];
  /** The first 500 records edited, as they are now, by id. */
  rows: Record<string, Record<string, Value>>;
}

/** A stretch of the calendar. */
export type Period = "day" | "month" | "year";

/** Where a record stands in a view, and who stands beside it. */
export interface PlaceInView {
  /** The nearest one after it. */
  next?: number;
  /** From 0; absent when the view does not hold the record. */
  place?: number;
  /** The nearest record before it that has not been removed since the view was opened. */
  previous?: number;
  /** How many records the view holds. */
  total: number;
}

/** The national list of places. */
export interface PlaceList {
  provinces: Places;
}

/** A field of a template. */
export interface PlannedField {
  /** What becomes of it. */
  fate: FieldFate;
  /** The template's key of it. */
  field: FieldKey;
  /** The field in the book that is there, or clashes. */
  known?: FieldKey;
  /** What it is called in the book from then on. */
  label: Label;
  /** The template's key of its table. */
  table: TableKey;
}

/** A rule of a template. */
export interface PlannedRule {
  /** What becomes of it. */
  fate: RuleFate;
  /** The template's key of its field. */
  field: FieldKey;
  /** What it says when it does not hold. */
  says: Label;
  /** The template's key of its table. */
  table: TableKey;
}

/** A table of a template's own. */
export interface PlannedTable {
  /** The table of that name in the book, which takes its part. */
  known?: TableKey;
  /** What it is called. */
  label: Label;
  /** The template's key. */
  table: TableKey;
}

/** A view of a template. */
export interface PlannedView {
  /** What becomes of it. */
  fate: ViewFate;
  /** The view in the book that is there. */
  known?: number;
  /** What it is called in the book from then on. */
  name: string;
  /** The template's key of its table. */
  table: TableKey;
  /** The template's key of it. */
  view: string;
}

/** Where a person is. */
export interface Presence {
  field?: string;
  /** The name the page gave itself with its stream: letters and digits. */
  page: string;
  record?: number;
  table?: string;
}

/** One problem, as a person reads it. */
export interface Problem {
  /** Content as written. */
  cell?: string;
  /** Header of the column, if it is about one. */
  column?: string;
  /** How to mend it. */
  cure: Note;
  /** File. */
  file: String;
  /** Why. */
  reason: Note;
  /** The row was not taken; otherwise it was, without the cell or with it as written. */
  rejected: boolean;
  /** Row as a spreadsheet program shows it, from 1. */
  row: number;
  /** Sheet. */
  sheet: string;
}

/** The shop or program whose export a sheet is. */
export type Profile =
  | "taobao"
  | "1688"
  | "jd"
  | "pdd"
  | "douyin"
  | "youzan"
  | "youzan_customers"
  | "weidian"
  | "wecom"
  | "shopify"
  | "shopify_customers"
  | "woocommerce"
  | "kebu";

/** Customers of one province. */
export interface ProvinceFigure {
  /** Customers. */
  count: number;
  /** The province; empty when unknown. */
  province: string;
  /** Their total, in 分. */
  total: Money;
}

/** A field of a public form. */
export interface PublicField {
  help?: string;
  key: FieldKey;
  /** The kind of the field, as the schema names kinds. */
  kind: string;
  label: string;
  /** The most stars of a rating. */
  max?: number;
  /** Of a choice. */
  options?: PublicOption[];
  required: boolean;
  /** What a number counts. */
  unit?: string;
}

/** What a public form shows. */
export interface PublicForm {
  /** What the button says; empty: whatever the page thinks fit. */
  button: string;
  /** What has to be agreed to; empty: nothing. */
  consent: string;
  fields: PublicField[];
  intro: string;
  title: string;
}

/** An option of a field of a public form. */
export interface PublicOption {
  /** What is shown. */
  label: string;
  /** What is sent. */
  value: string;
}

/** One reason of a grade, in words. */
export interface Reason {
  /** The points field. */
  field: FieldKey;
  /** The points. */
  points: number;
  /** The reason. */
  text: Label;
}

/** Records of the same content, which stand together in a view. */
export interface RecordGroup {
  /** How many records. */
  count: number;
  /** Figures of the fields that were asked for. */
  figures?: Record<string, ColumnSummary>;
  /** The groups of the next level. */
  groups?: RecordGroup[];
  value: Value;
}

/** The id of a record inside its table. */
export type RecordId = number;

/** A record with its cells by field. */
export interface RecordOut {
  id: number;
  values: Record<string, Value>;
}

/** A page of records. */
export interface RecordPage {
  /** Where to go on; null at the end. */
  next: string | null;
  records: RecordOut[];
}

/** Records to add to a cell of several and to take from it, by id or as a person names them. */
export interface Relinked {
  add?: (number | string)[];
  remove?: number[];
}

/** Records to be removed. */
export interface Remove {
  /** At most 50,000; 1,000 with `partial`. */
  ids: RecordId[];
  /** Tell of each record; one that is not there is an error of its own. Otherwise such are passed over. */
  partial?: boolean;
}

/** A removed record. */
export interface Removed {
  /** Seconds since 1970 UTC. */
  at: number;
  /** The change that removed it. */
  change: number;
  code: string | null;
  id: RecordId;
  name: string | null;
  table: TableKey;
  user: string;
}

/** A cell a replacement would change. */
export interface ReplaceSample {
  after: string;
  before: string;
  field: FieldKey;
  id: number;
}

/** A text to look for, and what comes in its place. */
export interface Replacing {
  /** Capital and small letters differ. */
  case?: boolean;
  /** Where to look; every field of text when left out or empty. */
  fields?: FieldKey[];
  find: string;
  /** Only where it is the whole content. */
  whole?: boolean;
  with: string;
}

/** What an import did. */
export interface Report {
  /** Number of the change, for undo. */
  change: number | null;
  /** Nothing was kept. */
  dry_run: boolean;
  /** Fields that were made, by name. */
  new_fields: string[];
  /** The seller's own tables that take rows, those made for it included: key and name. */
  own_tables: Record<string, string>;
  /** How many there are. */
  problem_count: number;
  /** The first problems. */
  problems: Problem[];
  /** Wall time. */
  seconds: number;
  /** Counts by table. */
  tables: Record<string, Counts>;
}

/** When a thread was resolved, and by whom. */
export interface Resolved {
  /** Seconds since 1970 UTC. */
  at: number;
  by: string;
}

/** Removed records to be brought back, as one change. */
export interface Restore {
  /** At most 1,000. */
  records: Wanting[];
}

/** What came back. */
export interface Restored {
  change: number;
  refused: NotRestored[];
  restored: number;
}

/** What the rows of a sheet are. */
export type Role = "customers" | "orders" | "products" | "both" | "own" | "ignore";

/** Why a row was not written. */
export interface RowError {
  code: ErrorCode;
  field?: string;
  message: string;
}

/** How high rows are. */
export type RowHeight = "low" | "normal" | "high";

/** What became of a row: `ok` with its record, or `error`. */
export interface RowResult {
  /** It was made, not edited or removed. */
  created?: boolean;
  error?: RowError;
  /** The record; absent where none was made. */
  id?: RecordId;
  ok: boolean;
}

/** What became of rows that have results of their own, in the order they were given. */
export interface RowResults {
  /** The change that holds all that was written; null when nothing was. */
  change: number | null;
  /** What was dropped or assumed in reading cells, and rules that warn. */
  notes: CellNote[];
  results: RowResult[];
}

/** A page of a view, or, when `ids` or `fits` were asked, some records of it. */
export type RowsOfView = ViewRows | ViewRecords;

/** A rule of a field. */
export type Rule = Check & {
  /** What happens when it does not hold. */
  level: Level;
  /** What to say then, in the seller's words. */
  message?: Label;
};

/** What becomes of a rule. */
export type RuleFate = "new" | "there" | "missing" | "left";

/** What removing the sample rows did. */
export interface SamplesGone {
  deleted: number;
  /** Rows people have changed or use since. */
  kept: number;
}

/** Changes of a saved view; what is left out stays. */
export interface SavedChange {
  def?: SavedDef;
  name?: string;
  shared?: boolean;
}

/** A column of a saved view. */
export interface SavedColumn {
  /** The field. */
  field: FieldKey;
  /** Its width in pixels; None: what suits its kind. */
  width?: number;
}

/** What a saved view shows. */
export interface SavedDef {
  /** Which records and cells are coloured. */
  colours?: ColourRule[];
  /** The columns, in order; the others are hidden. None: as the table shows them. */
  columns?: SavedColumn[];
  filter?: Filter;
  /** So many of the first columns stay in sight. None: as the table does. */
  frozen?: number;
  /** What they are grouped by, the outermost level first. */
  group?: GroupLevel[];
  /** How high rows are. */
  height?: RowHeight;
  kind?: ViewKind;
  /** Their order. */
  sort?: SavedSort[];
  /** The figure shown under a column. */
  summaries?: Record<string, FigureName>;
}

/** What the caller may do with saved views. */
export interface SavedMay {
  save: boolean;
  share: boolean;
}

/** One key of a saved order. */
export interface SavedSort {
  /** Largest first. */
  desc?: boolean;
  /** The field. */
  field: FieldKey;
}

/** A saved view as one caller sees it. */
export type SavedView = SavedDef & {
  /** When it was last changed, in seconds since 1970 (UTC). */
  changed: number;
  /** The caller may change and delete it. */
  editable: boolean;
  /** Its number; none comes twice. */
  id: number;
  /**
   * Fields that it names and that are gone or do not fit it any more; formulas of colour rules that name such;
   * `segment 7` of a view that is gone.
   */
  missing: string[];
  /** What it is called. */
  name: string;
  /** Everybody sees it. */
  shared: boolean;
  /** The table. */
  table: TableKey;
};

/** The saved views of a table the caller sees, shared ones first. */
export interface SavedViews {
  may: SavedMay;
  views: SavedView[];
}

/** All tables of a book. */
export interface Schema {
  /** Tables in their order. */
  tables: Table[];
}

/** What a token may do. */
export type Scope = "read" | "write" | "own";

/** What a search found, by table. */
export interface SearchAnswer {
  groups: SearchGroup[];
}

/** What was found in one table. */
export interface SearchGroup {
  columns: FieldKey[];
  /** Of each row. */
  found: FoundBy[];
  /** Whether there are more. */
  more: boolean;
  /** The closest first. */
  rows: WireRow[];
  table: string;
}

/** Which mentions were seen. */
export interface Seen {
  /** Those in this thread; all of them when left out. */
  thread?: number;
}

/** A cell as it is and as it would be. */
export interface SetBack {
  field: FieldKey;
  now: Value;
  then: Value;
}

/** What setting a record back did, or with `preview` what it would do. */
export type SetBackAnswer =
  | {
      change: number;
      /** Cells that changed. */
      restored: number;
    }
  | {
      cells: SetBack[];
    };

/** The first user, and the name of the book. */
export interface Setup {
  /** What the book is called. */
  book?: string;
  /** The code printed in the terminal. */
  code: string;
  login: string;
  /** The name shown; the login when left out. */
  name?: string;
  /** At least 8 characters. */
  password: string;
}

/** Changes of one sheet. */
export type SheetChange = SheetChoice & {
  /** The sheet's number in the import. */
  index: number;
};

/** What a person changed in a plan, as the import wizard sends it. */
export interface SheetChoice {
  /**
   * Other targets. After a change of role or header row only those that differ from the old plan
   * count, for the rest is recognised anew.
   */
  columns?: ColumnChoice[];
  /** Another header row (from 1); 0 for no header. */
  header_row?: number;
  /** The table for [`Role::Own`]; a new one named like the sheet when nothing is said. */
  own?: OwnTable;
  /** Another role. */
  role?: Role;
  /** The year of dates without one; 0 for the latest such day that is not after today. */
  year?: number;
}

/** One column of a sheet. */
export type SheetColumn = SheetTarget & {
  /** How sure the recognition is, 0 to 1; 1 for what a person chose. */
  confidence: number;
  /** The header as written, trimmed; may be empty. */
  header: string;
  /** Position in the sheet, 0 for column A. */
  index: number;
  /** What a new field of it would hold; text when nothing is said. */
  new_kind?: KindSettings;
  /** Up to five different contents, as text. */
  samples: string[];
};

/** Where the content of a column goes. */
export interface SheetTarget {
  /**
   * The field; for a new field the key it will have, which the caller may replace before
   * converting (the schema given to the converter must then hold it).
   */
  field?: FieldKey;
  /** The field does not exist yet: a text field named like the header is to be made. */
  new_field?: boolean;
  /** The table. */
  table?: TableKey;
}

/** One key of an order. */
export interface Sort {
  /** Largest first. */
  desc?: boolean;
  field: FieldKey;
}

/** A replacement to be counted. */
export interface Sought {
  replace: Replacing;
  /** As those of a bulk act. */
  rows?: number[][];
}

/** A job that was started. */
export interface Started {
  job: string;
}

/** What the server says of itself, of the caller and of the book. */
export interface Status {
  book: null | BookNow;
  /** The newest event of the book: whoever begins to listen behind it misses nothing. Null without a session. */
  seq: number | null;
  /** Nobody can log in yet. */
  setup_needed: boolean;
  user: null | Me;
  version: string;
}

/** A step taken back or done again, and what it was. */
export interface Stepped {
  change: number;
  /** Left alone because they were changed since. */
  kept: number;
  label: Label;
  /** Cells and records done again, of a redo. */
  redone?: number;
  /** Whether records came or went. */
  rows: boolean;
  /** Cells and records taken back, of an undo. */
  undone?: number;
}

/** What was asked for, or the job that does it, whose result it will be. */
export type SteppedOrJob = Stepped | Started;

export type String = string;

/** A table of typed fields. */
export interface Table {
  /** Ships with Kebu: can be renamed, never removed. */
  builtin?: boolean;
  /** What the table is for, in the seller's words. */
  description?: Label;
  /** Fields in their order. */
  fields: Field[];
  /** Stable name; the table in the database. */
  key: TableKey;
  /** Names shown to people. */
  label: Label;
  /** Someone has put the fields into an order of their own. */
  ordered?: boolean;
}

/** Changes of a table; what is left out stays. */
export interface TableChange {
  description?: null | LabelWrite;
  label?: LabelWrite;
}

/** The stable name of a table: its name in the API and in the database (`customers`). */
export type TableKey = string;

/** Labels to add and to take away. */
export interface Tagging {
  add?: string[];
  field: FieldKey;
  remove?: string[];
}

/** A template as it is kept in a file. */
export interface Template {
  /** The view that pictures it, by its key; when left out, the first one. */
  cover?: string;
  /** Who it is for, in one line. */
  description?: Label;
  /** The version of its form, [`TEMPLATE_FORMAT`]. */
  kebu_template: number;
  /** What it is called, at most 40 characters. */
  label: Label;
  /** What it brings to each table. */
  tables: TemplateTable[];
}

/** A template to be added: one that ships with Kebu, by `id`, or a document. */
export interface TemplateAdd {
  document?: Template;
  id?: string;
  /** Its sample rows as well. */
  samples?: boolean;
  /** Fields to leave out, with what needs them. */
  skip?: TemplateFieldAt[];
}

/** A template in the gallery. */
export interface TemplateCard {
  /** It was added, and some of it is still there. */
  added: boolean;
  /** How much it brings; left out for one that came from a file. */
  counts?: TemplateCounts;
  /** Who it is for; empty for one that came from a file. */
  description: Label;
  /** What it is kept under. */
  id: string;
  label: Label;
  /** The view that pictures it. */
  picture?: TemplatePicture;
  /** Its sample rows are in the book. */
  samples: boolean;
}

/** The gallery. */
export interface TemplateCards {
  /** Customers in the book: sample rows are offered first where there are none. */
  customers: number;
  /** The caller may add and remove. */
  may: boolean;
  templates: TemplateCard[];
}

/** A document to be looked at. */
export interface TemplateCheck {
  /** As it came from the export. */
  document: Template;
}

/** How much a template brings. */
export interface TemplateCounts {
  /** Fields. */
  fields: number;
  /** Sample rows. */
  rows: number;
  /** Rules, those of built-in fields included. */
  rules: number;
  /** Tables of its own. */
  tables: number;
  /** Views. */
  views: number;
}

/** A template with all that is to be known before it is added. */
export interface TemplateDetail {
  added: boolean;
  counts: TemplateCounts;
  /** What it is kept under. */
  id: string;
  /** Its views. */
  pictures: TemplatePicture[];
  /** What adding it to the book would come to. */
  plan: TemplatePlan;
  samples: boolean;
  template: Template;
}

/** What adding a template did. */
export interface TemplateDone {
  id: string;
  /** The job that computes what is still to be computed. */
  job?: string;
  plan: TemplatePlan;
  /** Sample rows made. */
  samples: number;
  /** The table of that view. */
  table?: TableKey;
  /** The number of its first view, the one to open. */
  view?: number;
}

/** A template to be made of the book. */
export interface TemplateExport {
  /** Who it is for. */
  description: LabelWrite;
  label: LabelWrite;
  tables: TemplatePart[];
}

/** A field a template adds. */
export type TemplateField = KindSettings & {
  /** What fills it in a new record. */
  default?: string;
  /** What it is for. */
  description?: Label;
  /** The formula of a computed one, with the names of the template and the built-in ones. */
  formula?: string;
  /** By which the template calls it. */
  key: FieldKey;
  /** What it is called. */
  label: Label;
  /** What its content must be. */
  rules?: Rule[];
  /** Shown in the table unless a view says otherwise. */
  shown?: boolean;
};

/** A field by the keys of a template. */
export interface TemplateFieldAt {
  field: FieldKey;
  table: TableKey;
}

/** What taking a template away did. */
export interface TemplateGone {
  fields: number;
  /** Names of what stays, because it was filled in, changed or used since. */
  kept: Label[];
  /** Sample rows removed. */
  rows: number;
  /** Sample rows that stay, because they were changed or used since. */
  rows_kept: number;
  tables: number;
  views: number;
}

/** A template made of the book. */
export interface TemplateMade {
  /** Names of views that are left out: they ask for certain records or members. */
  left: string[];
  template: Template;
}

/** What of a table goes into a template of one's own. */
export interface TemplatePart {
  /** Fields of one's own; those that formulas and views name come along. */
  fields?: FieldKey[];
  table: TableKey;
  /** Views, by number. */
  views?: number[];
}

/** A view of a template as it looks with the sample rows, computed columns and all. */
export interface TemplatePicture {
  /** The field it is laid out by. */
  by?: FieldKey;
  /** The fields shown. */
  columns: Field[];
  /** `sheet`, `kanban`, `calendar`, `gallery` or `form`. */
  kind: string;
  label: Label;
  /** Some of them: number and cells. */
  rows: WireRow[];
  /** The template's key of its table. */
  table: TableKey;
  /** What the table is called. */
  table_label: Label;
  /** Sample records it holds. */
  total: number;
  /** The template's key of the view. */
  view: string;
}

/** What adding a template comes to. Nothing that is there is changed. */
export interface TemplatePlan {
  /** Its fields. */
  fields: PlannedField[];
  /** Its rules. */
  rules: PlannedRule[];
  /** Tables of its own. */
  tables: PlannedTable[];
  /** Its views. */
  views: PlannedView[];
}

/** What a template brings to a table. */
export interface TemplateTable {
  /** What it is for. */
  description?: Label;
  /** Fields to add. */
  fields?: TemplateField[];
  /** What a table of its own is called. */
  label?: Label;
  /**
   * Sample rows: cells as a person writes them, by field. `today`, `today+3` and `today-20 18:30` stand for days
   * and moments around the day they are added, `1992 today+3` for a birthday.
   * A link names the `name` of the sample row it means.
   */
  rows?: Record<string, Label>[];
  /** Rules of fields every book has that the template counts on. A book that has lost one keeps it so. */
  rules?: KeptRule[];
  /** The key of a table every book has, or one by which the template calls a table of its own. */
  table: TableKey;
  /** Views to add, for everybody. */
  views?: TemplateView[];
}

/** A view a template adds. */
export interface TemplateView {
  /** What it shows; a condition on another view names its key: `{"segment": "vip"}`. */
  def?: SavedDef;
  /** By which conditions of other views name it. */
  key: string;
  /** What it is called, 1 to 40 characters. */
  label: Label;
}

/** What is said about a cell or a record. */
export interface Thread {
  /** At least one, the oldest first. */
  comments: Comment[];
  field: null | FieldKey;
  id: number;
  resolved: null | Resolved;
  /** What the column was called that was removed; null otherwise. */
  was: string | null;
}

/** What to change about a thread. */
export interface ThreadPatch {
  resolved: boolean;
}

/** The threads of a record, the oldest first. */
export interface Threads {
  threads: Thread[];
}

/** Something that happened with a customer. */
export interface TimelineEntry {
  /** When, on the wall clock of the book; absent for an order without a time, the end of the day for a move. */
  at?: string;
  /** Of an edit or a move. */
  cells: EditedCell[];
  /** The order, the interaction, or the change; of a move, the day, counted from 1970. */
  id: number;
  kind: EntryKind;
  /** Of an edit, or how the customer came: `edit`, `import`, `demo` and so on; empty otherwise. */
  origin: string;
  /** Who edited or made it; empty otherwise. */
  user: string;
  /** Cells of an order or interaction that hold something. */
  values: Record<string, Value>;
}

/** A page of a timeline. */
export interface TimelinePage {
  /** Newest first. */
  entries: TimelineEntry[];
  /** Where to go on; null at the end. */
  next: string | null;
  /** Open follow-ups, the earliest first, at most 50; on the first page only. */
  open: TimelineEntry[];
}

/** A token. Its secret is nowhere: only its digest is kept. */
export interface Token {
  /** Seconds since 1970 UTC. */
  created: number;
  /** Null for never. */
  expires: number | null;
  id: string;
  name: string;
  scope: Scope;
  /** When it was last used, to the minute; null when it never was. */
  used: number | null;
}

/** A token just made. */
export interface TokenMade {
  /** To be sent as `Authorization: Bearer <secret>`; shown this once. */
  secret: string;
  token: Token;
}

/** A token to be made. */
export interface TokenWrite {
  /** Days it is good for, at most 3,650; for ever when left out. */
  days?: number;
  /** What it is for: 1 to 40 characters. */
  name: string;
  scope: Scope;
}

/** The caller's tokens, and what a new one may do at most. */
export interface Tokens {
  most: Scope;
  tokens: Token[];
}

/** The tone of a badge. */
export type Tone = "gold" | "slate" | "sand" | "green" | "red" | "blue" | "grey";

/** The recycle bin of a table. */
export interface Trash {
  /** After so many days the content of a removed record is cleared. */
  kept_days: number;
  /** Newest first, at most 200. */
  records: Removed[];
}

/** What a person typed, read by the rules of imports: `{"text":"1.2万"}`. */
export interface Typed {
  text: string;
}

/** What the undo of one change did. */
export interface Undone {
  /** The undo itself; undoing that is a redo. */
  change: number;
  /** Cells or records left alone because they were changed since. */
  kept: number;
  /** Records removed. */
  removed: number;
  /** Cells put back. */
  restored: number;
  /** Records brought back. */
  revived: number;
}

/** What was asked for, or the job that does it, whose result it will be. */
export type UndoneOrJob = Undone | Started;

/** Files, each a part named `file`. */
export interface Upload {
  file: string[];
}

/** What becomes of a view. */
export type ViewFate = "new" | "there" | "left";

/** How the records of a view are shown. */
export type ViewKind =
  | "sheet"
  | {
      /** Cards in columns, one for each option of a choice. */
      kanban: Board;
    }
  | {
      /** Records on the days of a month. */
      calendar: Month;
    }
  | {
      /** Cards side by side, with a picture. */
      gallery: Gallery;
    }
  | {
      /** Fields to fill in, a record at a time. */
      form: EntryForm;
    };

/** A view just opened, with its first 100 rows. */
export interface ViewOpened {
  columns: FieldKey[];
  /**
   * Where groups were asked for: those of the outermost level, in the order of the rows. The rows of one follow
   * on those of the one before.
   */
  groups?: RecordGroup[];
  rows: WireRow[];
  total: number;
  /** Names it in the addresses. */
  view: string;
}

/** The saved views of a table in another order. */
export interface ViewOrder {
  views: number[];
}

/** Rows of some records of a view. */
export interface ViewRecords {
  /** Records among those asked for that the view would hold if it were opened now. */
  fits: number[];
  rows: WireRow[];
}

/** A query as the API takes it. */
export interface ViewRequest {
  /** Conditions whose outcome comes with every row, at most twenty. */
  colours?: ColourWhen[];
  /** The columns, by the keys of their fields. */
  columns: FieldKey[];
  /** Fields whose figures every group has. */
  figures?: FieldKey[];
  /** Which records; all of them when left out. */
  filter?: Filter;
  /** What they are grouped by, the outermost level first, at most three. */
  group?: GroupLevel[];
  /** What a person typed into the search box. */
  search?: string;
  /** Their order; by id when left out. */
  sort?: Sort[];
  /** The key of the table. */
  table: string;
}

/** Rows of a view. */
export interface ViewRows {
  offset: number;
  rows: WireRow[];
}

/** Figures of the columns of a view. */
export interface ViewSummary {
  columns: Record<string, ColumnSummary>;
  total: number;
}

/** A removed record to be brought back. */
export interface Wanting {
  id: RecordId;
  table: TableKey;
}

/** A cell as it is written: content of its kind, what a person typed, or links to add and to remove. */
export type Written = Content | Typed | Relinked | (number | string)[];
