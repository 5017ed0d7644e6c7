import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "@/api/types";
import { localeStore } from "@/lib/prefs";
import { useStore } from "@/lib/store";
import { en } from "./en";
import { zh } from "./zh";

export const i18n = i18next;

/** Flat keys, both languages in the first load: together they weigh less than one more request. */
export function startI18n(): void {
  void i18next.use(initReactI18next).init({
    lng: localeStore.get(),
    fallbackLng: "zh-CN",
    resources: { "zh-CN": { translation: zh }, en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  localeStore.subscribe(() => void i18next.changeLanguage(localeStore.get()));
}

export const useLocale = (): Locale => useStore(localeStore);
