/** What an edited cell offers to choose from, by kind. */
import type { Field, LinkValue, Locale, Relinked, Value, Written } from "@/api/types";
import { isLinks, linkName, linksOf, optionLabel, textsOf } from "@/lib/format";
import { memberStore } from "@/lib/members";
import type { ListItem } from "./ChoiceList";

export interface Item extends ListItem {
  value: Written;
  text: string;
  /** Not among the options yet: taking it adds it. */
  fresh?: boolean;
}

/** Kinds whose cell holds several of what the list offers. */
export const isMany = (field: Field): boolean =>
  field.kind === "choices" || field.kind === "tags" || isLinks(field);
/** Kinds whose list is known without asking. */
export const isListed = (field: Field): boolean =>
  ["choice", "choices", "bool", "rating", "person"].includes(field.kind);

export const linkItem = (link: LinkValue): Item => ({
  label: link[2] || link[1],
  hint: link[1],
  value: link,
  text: link[2],
});

/** As `linkItem`, for a cell of several: its records are told apart by their numbers. */
export const recordItem = (link: LinkValue): Item => ({
  ...linkItem(link),
  value: String(link[0]),
  text: linkName(link),
});

/** What a cell of several holds so far, as its list knows it. */
export const chosenIn = (field: Field, value: Value | undefined): string[] =>
  isLinks(field) ? linksOf(value).map((l) => String(l[0])) : textsOf(value);

/** Which records come and go when a list of numbers becomes another; `typed` are named by a person. */
export function relinked(before: string[], after: string[], typed: string[]): Relinked | undefined {
  const add = [...after.filter((v) => !before.includes(v)).map(Number), ...typed];
  const remove = before.filter((v) => !after.includes(v)).map(Number);
  return add.length + remove.length > 0 ? { add, remove } : undefined;
}

export const textItem = (text: string): Item => ({ label: text, tone: "grey", value: text, text });

function optionItems(field: Field, locale: Locale): Item[] {
  return (field.options ?? []).map((o) => {
    const label = optionLabel(field, o.value, locale);
    return { label, tone: o.tone, value: o.value, text: label };
  });
}

/** Everything a kind offers. */
export function itemsOf(field: Field, locale: Locale): Item[] {
  switch (field.kind) {
    case "bool":
      return [true, false].map((value) => {
        const label = locale === "en" ? (value ? "Yes" : "No") : value ? "是" : "否";
        return { label, value, text: label };
      });
    case "rating": {
      const max = field.max ?? 5;
      return Array.from({ length: max }, (_, i) => ({
        label: "★".repeat(i + 1) + "☆".repeat(max - i - 1),
        hint: String(i + 1),
        value: i + 1,
        text: String(i + 1),
        stars: true,
      }));
    }
    case "person":
      return memberStore.get().map((m) => ({ label: m.name, value: m.id, text: m.name }));
    default:
      return optionItems(field, locale);
  }
}

/** Items for what is typed; a list opened on an untouched value shows everything. */
export function matching(items: Item[], text: string, untouched: boolean): Item[] {
  const wanted = text.trim().toLowerCase();
  if (untouched || wanted === "") return items;
  return items.filter(
    (i) => i.label.toLowerCase().includes(wanted) || String(i.value).toLowerCase().includes(wanted),
  );
}

/** The list with what was typed at its end, when it is new and may be added. */
export function withFresh(items: Item[], text: string, known: Item[]): Item[] {
  const wanted = text.trim();
  const same = (i: Item) => i.text.toLowerCase() === wanted.toLowerCase() || i.value === wanted;
  if (wanted === "" || known.some(same)) return items;
  return [...items, { label: wanted, tone: "grey", value: wanted, text: wanted, fresh: true }];
}

/** The item that Enter takes: the one called as typed, else what is new, else the first; -1 for none. */
export function meantBy(items: Item[], typed: string): number {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "" || items.length === 0) return -1;
  const same = items.findIndex((i) => !i.fresh && i.text.toLowerCase() === wanted);
  const fresh = items.findIndex((i) => i.fresh);
  return same >= 0 ? same : Math.max(fresh, 0);
}

/** What one text names, when several were written at once. */
export const severalIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[、,，;；\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  ),
];

/** One more chosen, or one less. */
export function toggled(chosen: string[], value: string): string[] {
  return chosen.includes(value) ? chosen.filter((v) => v !== value) : [...chosen, value];
}
