import type { Field, Op, Value } from "@/api/types";
import { isDateLike } from "@/lib/format";

export const OP_SIGN: Record<Op, string> = {
  eq: "=",
  ne: "≠",
  lt: "<",
  le: "≤",
  gt: ">",
  ge: "≥",
  contains: "",
  in: "",
  blank: "",
  filled: "",
  within: "",
};

/** Which questions make sense of a kind. */
export type ConditionOp = Exclude<Op, "in" | "within">;

export function opsOf(field: Field): ConditionOp[] {
  switch (field.kind) {
    case "number":
    case "money":
    case "percent":
    case "rating":
    case "progress":
      return ["ge", "le", "gt", "lt", "eq", "ne", "blank", "filled"];
    case "date":
    case "date_time":
    case "created_time":
    case "updated_time":
      return ["ge", "le", "gt", "lt", "eq", "ne", "blank", "filled"];
    case "choice":
    case "choices":
    case "bool":
    case "person":
    case "created_by":
    case "updated_by":
    case "attachment":
      return ["blank", "filled"];
    case "link":
    case "links":
    case "backlinks":
      return ["contains", "blank", "filled"];
    default:
      return ["contains", "eq", "blank", "filled"];
  }
}

/** The name of a comparison: days are earlier and later, not smaller and greater. */
export function opName(field: Field, op: ConditionOp) {
  if (isDateLike(field) && (op === "ge" || op === "le" || op === "gt" || op === "lt"))
    return `filter.date.${op}` as const;
  return `filter.${op}` as const;
}

export const needsValue = (op: Op): boolean => op !== "blank" && op !== "filled";

/** The value of a condition as typed, or undefined when it cannot be read. */
export function readCondition(field: Field, text: string): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const number = Number(trimmed.replace(/[,，¥￥%\s]/g, ""));
  switch (field.kind) {
    case "money":
      return Number.isFinite(number) ? Math.round(number * 100) : undefined;
    case "percent":
    case "progress":
      return Number.isFinite(number) ? number / 100 : undefined;
    case "rating":
    case "number":
      return Number.isFinite(number) ? number : undefined;
    // A moment is asked for by its day: the server takes a plain date as the whole of it.
    case "date":
    case "date_time":
    case "created_time":
    case "updated_time":
      return /^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? trimmed : undefined;
    default:
      return trimmed;
  }
}

const NO_LIST: Field["kind"][] = [
  "money",
  "percent",
  "progress",
  "long_text",
  "link",
  "links",
  "backlinks",
  "tags",
  "attachment",
];
/** Lists of values help where there are few of them; figures and times are asked by conditions. */
export const hasValueList = (field: Field): boolean =>
  !NO_LIST.includes(field.kind) && !(isDateLike(field) && field.kind !== "date");
