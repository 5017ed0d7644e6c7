/** Cells, which the page holds more tightly than the API's document can say, and options while they are edited. */
import type { CellError, FileRef, Tone } from "./generated";

/** Of a record that is gone only the id is there. */
export type LinkValue = [id: number, code: string, name: string];
/** The records that link to one: how many, and the first of them. */
export interface Backlinks {
  count: number;
  first: LinkValue[];
}
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
/** A cell on the wire; `null` is nothing. */
export type Value = Content | CellError;
/** `[id, v1, v2, …]`; `[id]` alone is a record deleted since the view was opened. */
export type WireRow = [id: number, ...values: Value[]];
export interface ChoiceOption {
  value: string;
  en: string;
  tone: Tone;
  /** While it is edited: the stored text it had. */
  was?: string;
}
/** Provinces with their cities with their districts. */
export type Places = [province: string, cities: [city: string, districts: string[]][]][];
