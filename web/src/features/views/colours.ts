/** Colour rules while they are being edited: conditions that may not be complete yet, and what they come to. */
import type { ColourRule, Table, Tone } from "@/api/types";
import { fromGroup, type Group, newGroup, newRow, toGroup } from "./builder";

export const MOST_RULES = 20;
export const TONES: Tone[] = ["red", "gold", "sand", "green", "blue", "slate", "grey"];

export interface Draft {
  id: number;
  field?: string;
  tone: Tone;
  by: "filter" | "formula";
  group: Group;
  formula: string;
  /** Whether the server has taken the formula for a condition. */
  sound: boolean;
}

let next = 1;

/** What is there already; rules that are kept were checked when they were. */
export const toDrafts = (rules: ColourRule[] | undefined): Draft[] =>
  (rules ?? []).map(({ when, field, tone }) => ({
    id: next++,
    ...(field === undefined ? {} : { field }),
    tone,
    by: "formula" in when ? "formula" : "filter",
    group: "filter" in when ? toGroup(when.filter) : newGroup("all", []),
    formula: "formula" in when ? when.formula : "",
    sound: "formula" in when,
  }));

/** A rule to begin with, in a colour not taken yet. */
export function newDraft(table: Table, drafts: Draft[]): Draft {
  const first = table.fields.find((f) => f.key === "name") ?? table.fields[0];
  const tone = TONES.find((x) => drafts.every((d) => d.tone !== x)) ?? "red";
  const group = newGroup("all", first ? [newRow(first)] : []);
  return { id: next++, tone, by: "filter", group, formula: "", sound: false };
}

/** The rules that are complete, in their order; undefined for none. */
export function toRules(drafts: Draft[]): ColourRule[] | undefined {
  const rules = drafts.flatMap(({ by, field, tone, group, formula, sound }): ColourRule[] => {
    const to = field === undefined ? { tone } : { field, tone };
    if (by === "formula") return sound ? [{ when: { formula: formula.trim() }, ...to }] : [];
    const filter = fromGroup(group);
    return filter ? [{ when: { filter }, ...to }] : [];
  });
  return rules.length > 0 ? rules : undefined;
}
