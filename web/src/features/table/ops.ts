import type { Field, Op, Value } from "@/api/types";

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
};

/** Which questions make sense of a kind. */
export type ConditionOp = Exclude<Op, "in">;

export function opsOf(field: Field): ConditionOp[] {
  switch (field.kind) {
    case "number":
    case "money":
    case "percent":
      return ["ge", "le", "gt", "lt", "eq", "ne", "blank", "filled"];
    case "date":
    case "date_time":
      return ["ge", "le", "gt", "lt", "eq", "ne", "blank", "filled"];
    case "choice":
    case "bool":
      return ["blank", "filled"];
    default:
      return ["contains", "eq", "blank", "filled"];
  }
}

/** The name of a comparison: days are earlier and later, not smaller and greater. */
export function opName(field: Field, op: ConditionOp) {
  const dated = field.kind === "date" || field.kind === "date_time";
  if (dated && (op === "ge" || op === "le" || op === "gt" || op === "lt"))
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
      return Number.isFinite(number) ? number / 100 : undefined;
    case "number":
      return Number.isFinite(number) ? number : undefined;
    // A moment is asked for by its day: the server takes a plain date as the whole of it.
    case "date":
    case "date_time":
      return /^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? trimmed : undefined;
    default:
      return trimmed;
  }
}

/** Lists of values help where there are few of them; figures and times are asked by conditions. */
export const hasValueList = (field: Field): boolean =>
  !["money", "percent", "date_time", "long_text", "link", "tags"].includes(field.kind);
