/** Texts that only a part of the page needs: they come with its chunk, so nobody else loads them. */
import type { Locale } from "@/api/types";
import { useLocale } from ".";

/** What a text's `{name}` is filled in with. */
type Blanks = Record<string, string | number>;

/** Texts in both languages: one of them filled in, and the same as a hook in the language in use. */
export function localTexts<Word extends string>(zh: Record<Word, string>, en: Record<Word, string>) {
  const say = (locale: Locale, word: Word, blanks: Blanks = {}): string =>
    (locale === "en" ? en : zh)[word].replace(/\{(\w+)\}/g, (_, name: string) => String(blanks[name] ?? ""));
  const useTexts = (): ((word: Word, blanks?: Blanks) => string) => {
    const locale = useLocale();
    return (word, blanks) => say(locale, word, blanks);
  };
  return { say, useTexts };
}
