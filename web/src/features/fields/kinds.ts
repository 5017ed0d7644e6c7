/** Kinds as the picker shows them. */
import type { CheckName, FieldKind, KindSettings } from "@/api/types";
import type { IconName } from "@/ui/Icon";

/** What a person picks: a kind, or one of the forms a formula has. */
export type Pick = FieldKind | "formula" | "rollup" | "lookup";

export const KIND_GROUPS: [group: KindGroup, kinds: Pick[]][] = [
  ["words", ["text", "long_text", "phone", "email", "url", "address"]],
  ["figures", ["number", "money", "percent", "rating", "progress"]],
  ["choices", ["choice", "choices", "tags", "bool"]],
  ["times", ["date", "date_time", "birthday"]],
  ["ties", ["link", "links", "backlinks", "person", "attachment"]],
  ["computed", ["formula", "rollup", "lookup"]],
  ["kept", ["code", "created_time", "updated_time", "created_by", "updated_by"]],
];
export type KindGroup = "words" | "figures" | "choices" | "times" | "ties" | "computed" | "kept";

export const KIND_ICONS: Record<Pick, IconName> = {
  text: "text",
  long_text: "lines",
  number: "hash",
  money: "yuan",
  percent: "percent",
  date: "calendar",
  date_time: "clock",
  bool: "tick",
  choice: "choice",
  choices: "choices",
  tags: "tag",
  phone: "phone",
  email: "mail",
  url: "globe",
  address: "pin",
  birthday: "cake",
  person: "user",
  link: "link",
  links: "links",
  backlinks: "backlinks",
  attachment: "clip",
  rating: "star",
  progress: "progress",
  code: "code",
  created_time: "clock",
  updated_time: "history",
  created_by: "user",
  updated_by: "user",
  formula: "formula",
  rollup: "sigma",
  lookup: "search",
};

/** Settings a kind begins with. */
export function settingsOf(kind: FieldKind, links: string[]): KindSettings {
  switch (kind) {
    case "number":
      return { kind, decimals: 0, unit: "" };
    case "choice":
    case "choices":
      return { kind, options: [] };
    case "link":
    case "links":
      return { kind, table: links[0] ?? "customers" };
    case "attachment":
      return { kind, images: false };
    case "rating":
      return { kind, max: 5 };
    case "code":
      return { kind, pattern: "{yyyyMMdd}-{000}" };
    default:
      return { kind };
  }
}

/** Kinds a formula's result can be shown as. */
export const RESULT_KINDS: FieldKind[] = [
  "text",
  "number",
  "money",
  "percent",
  "date",
  "date_time",
  "bool",
  "progress",
];

const TEXTS: FieldKind[] = [
  "text",
  "long_text",
  "phone",
  "email",
  "url",
  "address",
  "choice",
  "code",
  "birthday",
];
const MANY: FieldKind[] = ["tags", "choices"];
const FIGURES: FieldKind[] = ["number", "money", "percent", "rating", "progress"];
const TIMES: FieldKind[] = ["date", "date_time"];

/** Which checks make sense of a kind; the server refuses the others. */
export function checksOf(kind: FieldKind): CheckName[] {
  if (kind === "backlinks") return [];
  const out: CheckName[] = ["required"];
  if (kind !== "bool" && kind !== "attachment") out.push("unique");
  if (TEXTS.includes(kind) || MANY.includes(kind)) out.push("pattern");
  if (FIGURES.includes(kind) || TIMES.includes(kind)) out.push("range");
  if (TEXTS.includes(kind) || MANY.includes(kind) || kind === "attachment" || kind === "links")
    out.push("length");
  if (kind === "choice" || kind === "choices") out.push("in_list");
  if (TIMES.includes(kind) || kind === "birthday") out.push("not_future");
  return [...out, "expression"];
}

/** Patterns sellers ask for, by name. */
export const PATTERNS = [
  ["mobile", "1[3-9][0-9]{9}"],
  ["idCard", "[0-9]{17}[0-9Xx]"],
  ["postcode", "[0-9]{6}"],
  ["digits", "[0-9]+"],
  ["letters", "[A-Za-z0-9_-]+"],
] as const;
