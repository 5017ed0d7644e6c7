import type { Written } from "@/api/types";

/** What was typed into several fields, as far as it is text. */
export const writtenTexts = (values: Record<string, Written>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, v]) => {
      const text = writtenText(v);
      return text === undefined ? [] : [[key, text]];
    }),
  );

/** What was typed, as text; undefined where it is no text. */
export function writtenText(v: Written | undefined): string | undefined {
  if (typeof v === "string") return v;
  if (typeof v === "number" || typeof v === "boolean") return String(v);
  if (Array.isArray(v)) return v.every((x) => typeof x === "string") ? v.join("、") : undefined;
  return v && typeof v === "object" && "text" in v && typeof v.text === "string" ? v.text : undefined;
}
