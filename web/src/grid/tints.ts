/** Which colour rule wins: of those that hold the first; rules for the cell's field before those for the row. */
import type { ColourRule, ColourWhen, Tone } from "@/api/types";
import type { Tint } from "./types";

/** Rules as they are drawn over rows that came with the outcome of some conditions; one not asked yet waits. */
export function tintsOf(rules: ColourRule[] | undefined, asked: ColourWhen[] | undefined): Tint[] {
  const known = (asked ?? []).map((when) => JSON.stringify(when));
  return (rules ?? []).flatMap(({ when, field, tone }) => {
    const bit = known.indexOf(JSON.stringify(when));
    if (bit < 0) return [];
    return [field === undefined ? { tone, bit } : { field, tone, bit }];
  });
}

/** The tone of a row; none where no rule for rows holds. */
export const rowTone = (tints: Tint[], held: number): Tone | undefined =>
  tints.find((t) => t.field === undefined && (held & (1 << t.bit)) !== 0)?.tone;

/** The tone of a cell by the rules for its field. */
export const cellTone = (tints: Tint[], held: number, field: string): Tone | undefined =>
  tints.find((t) => t.field === field && (held & (1 << t.bit)) !== 0)?.tone;
