/** Language and theme: remembered, applied to <html> before the first paint. */
import type { Locale } from "@/api/types";
import { createStore, kept } from "./store";

export type ThemeChoice = "light" | "dark" | "system";

const firstLocale = (): Locale => {
  const stored = kept.read<Locale | null>("locale", null);
  if (stored === "zh-CN" || stored === "en") return stored;
  const language = globalThis.navigator?.language ?? "zh-CN";
  // Chinese first: English only for those whose browser asks for it.
  return language.toLowerCase().startsWith("en") ? "en" : "zh-CN";
};

export const localeStore = createStore<Locale>(firstLocale());
export const themeStore = createStore<ThemeChoice>(kept.read<ThemeChoice>("theme", "system"));
export const currentLocale = (): Locale => localeStore.get();

const darkQuery = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
const resolve = (choice: ThemeChoice): "light" | "dark" =>
  choice === "system" ? (darkQuery?.matches ? "dark" : "light") : choice;

/** The theme in force, "system" resolved. */
export const modeStore = createStore<"light" | "dark">(resolve(themeStore.get()));

export function startPrefs(): void {
  const apply = () => {
    // The stylesheet first: those who follow the mode read its colours.
    document.documentElement.dataset.theme = resolve(themeStore.get());
    modeStore.set(resolve(themeStore.get()));
  };
  apply();
  document.documentElement.lang = localeStore.get();
  darkQuery?.addEventListener("change", apply);
  themeStore.subscribe(() => {
    kept.write("theme", themeStore.get());
    apply();
  });
  localeStore.subscribe(() => {
    kept.write("locale", localeStore.get());
    document.documentElement.lang = localeStore.get();
  });
}
