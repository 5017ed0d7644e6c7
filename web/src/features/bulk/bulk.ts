/** What is done to many records at once, as the dialog asks for it. */
import type { BulkAct, Field, Written } from "@/api/types";
import type { SheetSelection } from "@/grid/types";
import { isWritable } from "@/lib/format";

export type Tab = "edit" | "tag" | "replace" | "delete";

/** Rows of a selection as places of the view, from one to before another: those taken as rows, else those of its cells. */
export function rowsOf(selection: SheetSelection): [from: number, to: number][] {
  const parts =
    selection.rows.length > 0
      ? selection.rows.map(([first, last]): [number, number] => [first, last + 1])
      : selection.ranges.map((r): [number, number] => [r.y, r.y + r.height]);
  const out: [number, number][] = [];
  for (const [from, to] of parts.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
export const countOf = (rows: [number, number][]): number => rows.reduce((n, [a, b]) => n + b - a, 0);

/** What can be given to many records alike: not what is computed or unique to each. */
export const canGive = (f: Field): boolean =>
  isWritable(f) && f.kind !== "attachment" && f.kind !== "backlinks";
export const canTag = (f: Field): boolean => isWritable(f) && (f.kind === "tags" || f.kind === "choices");
const TEXTS: Field["kind"][] = [
  "text",
  "long_text",
  "choice",
  "phone",
  "email",
  "url",
  "address",
  "birthday",
];
export const canReplace = (f: Field): boolean => isWritable(f) && TEXTS.includes(f.kind);

export interface Draft {
  tab: Tab;
  field: string | undefined;
  value: Written;
  add: string[];
  remove: string[];
  find: string;
  with: string;
  whole: boolean;
  case: boolean;
}
export const draftOf = (tab: Tab): Draft => ({
  tab,
  field: undefined,
  value: null,
  add: [],
  remove: [],
  find: "",
  with: "",
  whole: false,
  case: false,
});

/** What the server is asked to do; undefined while something is missing. */
export function actOf(d: Draft): BulkAct | undefined {
  switch (d.tab) {
    case "edit":
      return d.field === undefined ? undefined : { edit: { [d.field]: d.value } };
    case "tag":
      if (d.field === undefined || d.add.length + d.remove.length === 0) return undefined;
      return { tag: { field: d.field, add: d.add, remove: d.remove } };
    case "replace":
      if (d.find === "") return undefined;
      return {
        replace: {
          fields: d.field === undefined ? [] : [d.field],
          find: d.find,
          with: d.with,
          whole: d.whole,
          case: d.case,
        },
      };
    case "delete":
      return { delete: {} };
  }
}
