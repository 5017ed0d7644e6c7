import type { Field, Value, Written } from "@/api/types";
import { editText, isError, isLinks, linksOf } from "@/lib/format";
import type { CellEdit } from "./types";

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

/** The content of a cell as it is stored, with its field. */
export interface Content {
  field: Field;
  value: Value;
}

/** What a cell gets that is filled with a value of another field. */
export function filledWith(target: Field, { field, value }: Content): Pick<CellEdit, "value" | "text"> {
  // The same kind moves as it is; another kind is read as text.
  const text = isError(value) ? value.error : editText(field, value);
  const whole = isLinks(target) && value !== null ? linksOf(value) : value;
  const moved = field.kind === target.kind && !isError(whole);
  return {
    value: moved ? whole : toWritten(target, text),
    text: moved && typeof value === "object" ? "" : text,
  };
}

/**
 * What a cell gets that a text is laid over. Where the text was copied from a cell of the same kind, that cell says
 * more than its text: which of two records of one name, the seconds of a moment.
 */
export function laidWith(target: Field, text: string, from?: Content): Pick<CellEdit, "value" | "text"> {
  const alike =
    from !== undefined &&
    from.field.kind === target.kind &&
    from.field.table === target.table &&
    // Options of two fields are not the same, whatever they are called.
    (from.field.key === target.key || !target.options);
  return alike ? { ...filledWith(target, from), text } : { value: toWritten(target, text), text };
}
