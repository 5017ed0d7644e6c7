import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "@/api/types";
import { localeStore } from "@/lib/prefs";
import { useStore } from "@/lib/store";
import { zh } from "./zh";

export const i18n = i18next;

/** Most people read Chinese: it comes with the page, English when it is wanted. */
async function have(locale: Locale): Promise<void> {
  // Parts of the page bring texts of their own, in both languages.
  if (locale !== "en" || i18next.exists("brand.name", { lng: "en", fallbackLng: [] })) return;
  const { en } = await import("./en");
  i18next.addResourceBundle("en", "translation", en, true);
}

/** Flat keys. Done when the person's language is there. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "zh-CN",
    fallbackLng: "zh-CN",
    resources: { "zh-CN": { translation: zh } },
    partialBundledLanguages: true,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  const turn = async () => {
    const locale = localeStore.get();
    try {
      await have(locale);
    } catch {
      // Without its texts the page is better in Chinese than not at all.
      return;
    }
    if (localeStore.get() === locale) await i18next.changeLanguage(locale);
  };
  localeStore.subscribe(() => void turn());
  await turn();
}

export const useLocale = (): Locale => useStore(localeStore);
