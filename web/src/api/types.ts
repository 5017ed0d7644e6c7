/** The shapes of the API: made from its document, but for cells and for what only the page says so. */
import type { Value } from "./cells";
import type * as G from "./generated";

export type * from "./cells";
export type * from "./generated";

export type Locale = "zh-CN" | "en";
export type Values = Record<string, Value>;

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
