/** Names of the people who work in the book, for cells that hold only their number. */
import { api } from "@/api";
import type { Locale, Member, Value } from "@/api/types";
import { createStore } from "./store";

export const memberStore = createStore<Member[]>([]);
let asked: Promise<void> | undefined;

/** Loads the names once; a failure is tried again by whoever asks next. */
export function loadMembers(): Promise<void> {
  asked ??= api.members().then(
    (out) => memberStore.set(out.members),
    () => {
      asked = undefined;
    },
  );
  return asked;
}

export function memberName(value: Value | undefined, locale: Locale): string {
  if (typeof value !== "number") return "";
  // Number 0 is the book itself: imports by the command line, the turn of the day.
  if (value === 0) return locale === "en" ? "Kebu" : "客簿";
  return memberStore.get().find((m) => m.id === value)?.name ?? `#${value}`;
}
