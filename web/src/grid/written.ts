import type { Field, Written } from "@/api/types";

/** The stored text of an option given by either of its names; other texts as they are. */
function optionValue(field: Field, text: string): string {
  const wanted = text.toLowerCase();
  return field.options?.find((o) => o.value === text || o.en.toLowerCase() === wanted)?.value ?? text;
}

/** What typed or pasted text becomes on the wire. Reading amounts, dates and phones is the server's. */
export function toWritten(field: Field, text: string): Written {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  switch (field.kind) {
    case "text":
    case "long_text":
      return text;
    case "choice": {
      const value = optionValue(field, trimmed);
      return field.options?.some((o) => o.value === value) ? value : { text: trimmed };
    }
    case "choices":
    case "tags":
      return trimmed
        .split(/[、,，;；\n]/)
        .map((tag) => optionValue(field, tag.trim()))
        .filter((tag) => tag !== "");
    default:
      return { text: trimmed };
  }
}
