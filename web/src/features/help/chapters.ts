/** The guide as the help shows it. */
import type { Locale } from "@/api/types";

/** A chapter of the guide, or a part of one. */
export interface Chapter {
  /** Its name in addresses, in its language. */
  id: string;
  title: string;
  /** The chapter it is a part of. */
  under?: string;
  html: string;
}
export interface Guide {
  chapters: Chapter[];
  pictures: string[];
}

/** The guide in a language, asked for when help is. */
export const guideOf = (locale: Locale): Promise<Guide> =>
  locale === "en" ? import("virtual:guide-en") : import("virtual:guide-zh");

/** The text of a chapter, its pictures at their addresses. */
export const htmlOf = (chapter: Chapter, pictures: string[]): string =>
  chapter.html.replace(/src="picture:(\d+)"/g, (_, n) => `src="${pictures[Number(n)] ?? ""}"`);

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
/** A chapter without its marks. */
export const textOf = (chapter: Chapter): string =>
  chapter.html
    // What stands within a line parts no words.
    .replace(/<\/?(strong|em|code|a)\b[^>]*>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name] ?? "")
    .replace(/\s+/g, " ")
    .trim();

/** A chapter that answers a search, with the words around the first find. */
export interface Answer {
  chapter: Chapter;
  before: string;
  found: string;
  after: string;
}
/** So many letters are shown before and after what was found. */
const AROUND = 28;
const MOST = 20;

/** Chapters that hold every word, those with it in their title first. */
export function searchGuide(chapters: Chapter[], words: string): Answer[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ""] = wanted;
  if (first === "") return [];
  const found = chapters.flatMap((chapter) => {
    const text = textOf(chapter);
    const [low, title] = [text.toLowerCase(), chapter.title.toLowerCase()];
    if (!wanted.every((word) => low.includes(word) || title.includes(word))) return [];
    const at = low.indexOf(first);
    const from = Math.max(0, at - AROUND);
    const answer: Answer =
      at < 0
        ? { chapter, before: "", found: "", after: text.slice(0, AROUND * 3) }
        : {
            chapter,
            before: (from > 0 ? "…" : "") + text.slice(from, at),
            found: text.slice(at, at + first.length),
            after: text.slice(at + first.length, at + first.length + AROUND * 2),
          };
    return [{ answer, named: wanted.every((word) => title.includes(word)) }];
  });
  found.sort((a, b) => Number(b.named) - Number(a.named));
  return found.slice(0, MOST).map((f) => f.answer);
}
