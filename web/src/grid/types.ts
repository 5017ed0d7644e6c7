import type { ComponentType, ReactNode, RefObject } from "react";
import type { Field, LinkValue, RecordGroup, Tone, Values, Written } from "@/api/types";

export interface Row {
  id: number;
  values: Values;
  deleted: boolean;
  /** Which colour rules hold of it: 1 the first, 2 the second, 4 the third, added up. */
  tint?: number;
  /** Set where the row is the heading of a group and no record; such rows are `deleted` as well. */
  head?: GroupHead;
}

/** The heading of a group. */
export interface GroupHead {
  /** The contents from the outermost level to this one, as text. */
  key: string;
  level: number;
  group: RecordGroup;
  open: boolean;
  /** Where its first record stands among the records. */
  first: number;
}

/** The groups of a sheet and which of them are closed. */
export interface SheetGroups {
  list: RecordGroup[];
  closed: ReadonlySet<string>;
  onClose(closed: ReadonlySet<string>): void;
  /** What heads a group; a tone where it is a badge. */
  title(head: GroupHead): { text: string; tone?: Tone };
  /** How many records, in words. */
  count(head: GroupHead): string;
  /** The figure of a column in a group, blank where it has none. */
  figure(head: GroupHead, field: Field): string;
}

/** A colour rule as it is drawn: for the cells of a field, or for whole rows. */
export interface Tint {
  field?: string;
  tone: Tone;
  /** Its place among the conditions whose outcome comes with the rows. */
  bit: number;
}

export interface SheetColumn {
  field: Field;
  title: string;
  width: number;
  /** Why the column cannot be written; absent when it can. */
  locked?: string;
  sorted?: "asc" | "desc";
  filtered?: boolean;
}

/** Where the sheet gets its rows: lazily, by index, with news of what changed. */
export interface RowSource {
  readonly total: number;
  peek(index: number): Row | undefined;
  /** Whether what is shown of some rows is what the server last said. */
  isFresh(first: number, last: number): boolean;
  /** The record at a place, where headings stand between the rows. */
  recordAt?(index: number): number | undefined;
  /** Rows on screen now, in stretches; the source loads around them and drops what went stale. */
  watch(...parts: [first: number, last: number][]): void;
  /** Rows needed whole, for a copy or a sum. */
  load(first: number, last: number): Promise<(Row | undefined)[]>;
  pendingText(id: number, field: string): string | undefined;
  subscribe(listener: (first: number, last: number) => void): () => void;
}

export interface CellEdit {
  id: number;
  field: string;
  value: Written;
  /** What was typed: shown until the server has answered. */
  text: string;
}

export interface Range {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is selected, in view indexes. Whole rows and columns come as ranges of full extent. */
export interface SheetSelection {
  ranges: Range[];
  /** Rows taken as rows (by their number), for deleting. */
  rows: [first: number, last: number][];
  active: { col: number; row: number } | null;
}

/** What the sheet asks of the field over its active cell. */
export interface FieldHandle {
  place(): void;
  focus(): void;
  commit(): void;
  edit(): void;
  /** Fills a range from a part of it: goes on as its values do, or with `other` the other way. */
  fill(from: Range, into: Range, how: "series" | "other"): void;
  /** Fills down as far as the column beside is filled. */
  fillDown(how: "series" | "other"): void;
}

export interface CellProblem {
  id: number;
  field: string;
  message: string;
  /** What was typed and not taken: editing the cell goes on from it. */
  text?: string;
}

/** Which cells a rule doubts, and why. */
export interface Marks {
  get(id: number, field: string): string | undefined;
  subscribe(listener: () => void): () => void;
}

/** Which cells carry comments. */
export interface CommentSigns {
  has(id: number, field: string): boolean;
  subscribe(listener: () => void): () => void;
}

/** A cell under the pointer, and where it is on screen. */
export interface PointedCell {
  id: number;
  field: string;
  at: DOMRect;
}

/** A cell somebody else is in. */
export interface OtherCell {
  id: number;
  field: string;
  name: string;
  /** The number of their colour. */
  colour: number;
}

/** What helps with an edited cell besides a list: a calendar, the divisions of the country. */
export interface PanelProps {
  field: Field;
  text: string;
  /** Puts text into the cell; `done` ends the edit with it. */
  onPut(text: string, done: boolean): void;
}

export interface SheetProps {
  columns: SheetColumn[];
  source: RowSource;
  /** Changes when another question is asked: the sheet then starts at the top. */
  viewKey: string;
  frozen: number;
  rowHeight: number;
  /** Absent where records are not grouped. */
  groups?: SheetGroups;
  /** In the order of the rules. */
  tints: Tint[];
  problem: CellProblem | null;
  onProblemSeen(): void;
  onEdit(edits: CellEdit[]): void;
  /** Pasted rows past the end of the view, with what is pasted over rows that are there. */
  onGrow(records: Record<string, Written>[], edits: CellEdit[]): void;
  onUndo(): void;
  onRedo(): void;
  /** Whether a record has a page of its own. */
  opensRows: boolean;
  onOpenRow(id: number, row: number): void;
  onOpenLink(field: Field, link: LinkValue): void;
  /** Shows the records of a cell of several, each to be opened. */
  onOpenLinks(field: Field, row: Row, at: DOMRect): void;
  onDeleteRows(): void;
  onHeaderMenu(column: SheetColumn, at: DOMRect): void;
  onResize(field: string, width: number): void;
  onMoveColumn(from: number, to: number): void;
  /** Is given what makes a column as wide as the cells on screen. */
  fit?: RefObject<((field: string) => void) | null>;
  onSelect(selection: SheetSelection): void;
  onSay(message: string): void;
  /** Stands right of the last column: the way to a new one. */
  aside?: ReactNode;
  marks: Marks | undefined;
  comments: CommentSigns;
  /** The pointer is on a cell, or on none. */
  onPoint(cell: PointedCell | null): void;
  /** Opens the comments of the active cell to write. */
  onComment(): void;
  /** The menu of the active cell was asked for at a place. */
  onCellMenu(at: DOMRect): void;
  /** Where others are. */
  others: OtherCell[];
  /** Panels by kind of field. */
  panels: Partial<Record<Field["kind"], ComponentType<PanelProps>>>;
  onFiles(field: Field, row: Row, at: DOMRect): void;
  /** Adds options to a choice field; absent where the list is fixed. */
  onAddOptions?(field: Field, values: string[]): void;
  suggestValues(field: Field, text: string, signal: AbortSignal): Promise<string[]>;
  suggestLinks(field: Field, text: string, signal: AbortSignal): Promise<LinkValue[]>;
}
