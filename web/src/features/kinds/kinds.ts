/** The kinds of views beside the sheet: what they are made by, what they ask for, what a new one shows. */
import type { Board, Field, Gallery, Month, Table, ViewKind } from "@/api/types";
import { firstForm } from "@/features/forms/forms";
import { isDateLike, isWritable } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import type { IconName } from "@/ui/Icon";
import { boardKind } from "./board";
import { titleKeys } from "./title";

export const KINDS = ["kanban", "calendar", "gallery", "form"] as const;
export type KindName = (typeof KINDS)[number];
export const KIND_ICONS: Record<KindName, IconName> = {
  kanban: "columns",
  calendar: "calendar",
  gallery: "image",
  form: "form",
};
export const MOST_IN_MONTH = 2;
export const MOST_IN_GALLERY = 6;

export const boardOf = (kind: ViewKind | undefined): Board | undefined =>
  typeof kind === "object" && "kanban" in kind ? kind.kanban : undefined;
export const monthOf = (kind: ViewKind | undefined): Month | undefined =>
  typeof kind === "object" && "calendar" in kind ? kind.calendar : undefined;
export const galleryOf = (kind: ViewKind | undefined): Gallery | undefined =>
  typeof kind === "object" && "gallery" in kind ? kind.gallery : undefined;

export const kindName = (kind: ViewKind | undefined): KindName | undefined =>
  KINDS.find((name) => typeof kind === "object" && name in kind);

export const choicesOf = (table: Table): Field[] => table.fields.filter((f) => f.kind === "choice");

/** Fields a kind can be laid out by, the likeliest first; none where it needs none. */
export function fieldsFor(kind: KindName, table: Table): Field[] | undefined {
  if (kind === "gallery" || kind === "form") return undefined;
  const fields = kind === "kanban" ? choicesOf(table) : table.fields.filter(isDateLike);
  // What people write comes before what the book keeps by itself.
  return [...fields.filter(isWritable), ...fields.filter((f) => !isWritable(f))];
}

/** What a new view of a kind shows: the first fields a person sees, apart from the title and what lays it out. */
export function firstKind(kind: KindName, table: Table, shown: Field[], by?: Field): ViewKind {
  if (kind === "form") return firstForm(table, shown);
  const left = shown.filter(
    (f) => f.key !== by?.key && !titleKeys(table).includes(f.key) && !BULKY.includes(f.kind),
  );
  const cards = (n: number) => left.slice(0, n).map((f) => f.key);
  if (kind === "gallery") {
    const cover = table.fields.find((f) => f.kind === "attachment")?.key;
    return galleryKind({ cover, cards: cards(3) });
  }
  if (!by) return "sheet";
  if (kind === "kanban")
    return boardKind({ by: by.key, cards: cards(3), sum: left.find((f) => f.kind === "money")?.key });
  return monthKind({ by: by.key, tone: left.find((f) => f.kind === "choice")?.key });
}
const BULKY: Field["kind"][] = ["code", "attachment", "backlinks", "long_text"];

/** A calendar as a saved view says it: what is not chosen is left out. */
export function monthKind({ by, cards, tone }: Month): ViewKind {
  const kept: Month = { by };
  if (cards && cards.length > 0) kept.cards = cards.slice(0, MOST_IN_MONTH);
  if (tone !== undefined) kept.tone = tone;
  return { calendar: kept };
}
/** A gallery as a saved view says it. */
export function galleryKind({ cover, cards }: Gallery): ViewKind {
  const kept: Gallery = {};
  if (cover !== undefined) kept.cover = cover;
  if (cards && cards.length > 0) kept.cards = cards.slice(0, MOST_IN_GALLERY);
  return { gallery: kept };
}

/** Fields a kind shows whatever the sheet does; a board asks for its own. */
export function neededBy(kind: ViewKind | undefined, table: Table): string[] {
  const month = monthOf(kind);
  const gallery = galleryOf(kind);
  if (!month && !gallery) return [];
  const named = [month?.by, month?.tone, gallery?.cover, ...(month?.cards ?? gallery?.cards ?? [])];
  return [...titleKeys(table), ...named.flatMap((key) => fieldOf(table, key ?? "")?.key ?? [])];
}
