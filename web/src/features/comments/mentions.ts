/** `@name` in a text: being typed, meant, and shown. Pure. */
import type { Member, Mentioned } from "@/api/types";

/** The name being typed before the caret: where its `@` is and what follows, or null. */
export function typedName(text: string, caret: number): { from: number; typed: string } | null {
  const before = text.slice(0, caret);
  // Full-width as well: an input method gives it.
  const found = /[@＠]([^\s@＠]{0,20})$/u.exec(before);
  if (!found) return null;
  const last = before[found.index - 1];
  // An address of mail is nobody's name.
  if (last !== undefined && /[A-Za-z0-9._-]/.test(last)) return null;
  return { from: found.index, typed: found[1] ?? "" };
}

/** Members whose name holds what was typed, those it begins with first. */
export function suggested(members: Member[], typed: string): Member[] {
  const wanted = typed.toLowerCase();
  const place = (m: Member) => m.name.toLowerCase().indexOf(wanted);
  return members
    .filter((m) => place(m) >= 0)
    .sort((a, b) => Math.min(place(a), 1) - Math.min(place(b), 1) || a.name.localeCompare(b.name))
    .slice(0, 6);
}

/** The text with a name put where it was being typed, and where the caret goes. */
export function named(text: string, from: number, caret: number, name: string): [string, number] {
  const rest = text.slice(caret).replace(/^ /, "");
  const put = `${text.slice(0, from)}@${name} `;
  return [put + rest, put.length];
}

/** Splits a text at the names it mentions, a longer name before one it begins with. */
export function parts(text: string, names: string[]): { text: string; name: boolean }[] {
  const sorted = [...new Set(names)].filter((n) => n !== "").sort((a, b) => b.length - a.length);
  if (sorted.length === 0) return [{ text, name: false }];
  const escaped = sorted.map((n) => n.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return text
    .split(new RegExp(`(@(?:${escaped.join("|")}))`, "u"))
    .map((part, i) => ({ text: part, name: i % 2 === 1 }))
    .filter((part) => part.text !== "");
}

/**
 * Who is meant by the names in a text. Of several people of one name those who were chosen from the list; where nobody
 * was chosen the name stays text.
 */
export function meant(text: string, members: Member[], chosen: ReadonlySet<number>): number[] {
  const ids = new Set<number>();
  for (const part of parts(
    text,
    members.map((m) => m.name),
  )) {
    if (!part.name) continue;
    const called = members.filter((m) => m.name === part.text.slice(1));
    const picked = called.filter((m) => chosen.has(m.id));
    for (const m of picked.length > 0 ? picked : called.length === 1 ? called : []) ids.add(m.id);
  }
  return [...ids];
}

/** The parts of a comment as they are shown. */
export const shownParts = (text: string, mentions: Mentioned[]) =>
  parts(
    text,
    mentions.map((m) => m.name),
  );
