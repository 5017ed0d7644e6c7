/** The shapes of the API: made from its document, but for cells and for what only the page says so. */
import type { Value } from "./cells";
import type * as G from "./generated";

export type * from "./cells";
export type * from "./generated";

export type Locale = "zh-CN" | "en";
export type Values = Record<string, Value>;

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
/** Something was said about a record; `to` are those whose mentions it touches. */
export interface CommentNews {
  table: string;
  record: number;
  by: number;
  to: number[];
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

/** A field to be made or changed: what is left out stays. */
export type FieldWrite = Partial<Omit<G.NewField, "description" | "default">> &
  Pick<G.FieldChange, "description" | "default" | "renamed">;

/** What of the change log is wanted. */
export interface LogWanted {
  table?: string;
  user?: number;
  action?: string;
  before?: number;
}

/** A job whose result is known by its kind. */
export type Job<R = unknown> = Omit<G.Job, "result"> & { result?: R };
