/** How other people are shown: one colour and one or two letters each. */
import type { Person } from "@/api/types";

/** Colours there are, `--person-1` and on. */
export const PERSON_COLOURS = 6;

/** The number of a person's colour, the same on every page. */
export const colourOf = (user: number): number =>
  (((user - 1) % PERSON_COLOURS) + PERSON_COLOURS) % PERSON_COLOURS;

/** A Chinese name by its last sign, as people call each other; others by their first letters. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (/[\u4e00-\u9fff]/.test(trimmed)) return [...trimmed].at(-1) ?? "?";
  const words = trimmed.split(/[\s._-]+/).filter(Boolean);
  const letters = words.slice(0, 2).map((w) => [...w][0] ?? "");
  return letters.join("").toUpperCase() || "?";
}

/** Everybody once, however many pages they have open; the page they moved in last counts. */
export function byUser(pages: Person[]): Person[] {
  const people = new Map<number, Person>();
  for (const page of pages) {
    const known = people.get(page.user);
    people.delete(page.user);
    people.set(page.user, page.at || !known ? page : known);
  }
  return [...people.values()].sort((a, b) => a.user - b.user);
}
