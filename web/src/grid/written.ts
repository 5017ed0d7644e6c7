import type { Field, Written } from "@/api/types";

/** What typed or pasted text becomes on the wire. Reading amounts, dates and phones is the server's. */
export function toWritten(field: Field, text: string): Written {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  switch (field.kind) {
    case "text":
    case "long_text":
      return text;
    case "choice": {
      const wanted = trimmed.toLowerCase();
      const option = field.options?.find((o) => o.value === trimmed || o.en.toLowerCase() === wanted);
      return option ? option.value : { text: trimmed };
    }
    case "tags":
      return trimmed
        .split(/[、,，;；\n]/)
        .map((tag) => tag.trim())
        .filter((tag) => tag !== "");
    default:
      return { text: trimmed };
  }
}
