/** A field being made or changed, and what of it is sent. */
import type {
  ChoiceOption,
  Field,
  FieldKind,
  FieldWrite,
  KindSettings,
  Label,
  Locale,
  Rule,
  Schema,
  Table,
} from "@/api/types";
import { labelOf } from "@/lib/format";

export interface Draft {
  name: string;
  description: string;
  settings: KindSettings;
  /** A computed field's text; absent for one people fill. */
  formula: string | undefined;
  default: string;
  rules: Rule[];
  shown: boolean;
  /** Of a new link: its name in the other table; absent where it is not shown there. */
  otherSide?: string;
}

const SETTINGS = ["decimals", "unit", "options", "table", "field", "images", "max", "pattern"] as const;

export const isTie = (kind: FieldKind): boolean => kind === "link" || kind === "links";

export function settingsIn(field: Field): KindSettings {
  const out: KindSettings = { kind: field.kind };
  for (const key of SETTINGS) if (field[key] !== undefined) Object.assign(out, { [key]: field[key] });
  if (out.options) out.options = out.options.map((o) => ({ ...o, was: o.value }));
  return out;
}

export function draftOf(field: Field | undefined, locale: Locale): Draft {
  if (!field)
    return {
      name: "",
      description: "",
      settings: { kind: "text" },
      formula: undefined,
      default: "",
      rules: [],
      shown: true,
    };
  return {
    name: labelOf(field.label, locale),
    description: field.description ? labelOf(field.description, locale) : "",
    settings: settingsIn(field),
    formula: field.formula,
    default: field.default ?? "",
    rules: field.rules ?? [],
    shown: field.shown,
  };
}

/** Options as they are sent: what they were is told apart. */
const bare = (options: ChoiceOption[] | undefined) =>
  options?.map(({ value, en, tone }) => ({ value, en, tone }));

/** Settings as they are sent. */
export function settingsSent(settings: KindSettings): KindSettings {
  return settings.options ? { ...settings, options: bare(settings.options) } : settings;
}

/** Options that got another stored text. */
function renamedOptions(options: ChoiceOption[] | undefined): Record<string, string> {
  const moved = (options ?? []).filter((o) => o.was !== undefined && o.was !== o.value);
  return Object.fromEntries(moved.map((o) => [o.was, o.value]));
}

/** A name for both languages, unless the other language has one of its own. */
export function renamed(label: Label | undefined, text: string, locale: Locale): Label | string {
  if (!label || label.zh === label.en) return text;
  return locale === "en" ? { ...label, en: text } : { ...label, zh: text };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether other settings of the same kind hold less: fewer stars, whole numbers, pictures only. */
const narrows = (field: Field, to: KindSettings): boolean =>
  (field.max ?? 5) > (to.max ?? 5) ||
  ((field.decimals ?? 0) > 0 && (to.decimals ?? 0) === 0) ||
  (to.images === true && field.images !== true);

/** Whether the content itself must be turned, so that what is lost by it is shown before. */
export function converts(field: Field | undefined, draft: Draft): boolean {
  if (!field || field.formula !== undefined || draft.formula !== undefined) return false;
  const to = draft.settings;
  if (field.kind !== to.kind) return true;
  return isTie(field.kind) ? field.table !== to.table : narrows(field, to);
}

/** A new field whole; of a known one only what differs, its kind apart. */
export function toWrite(draft: Draft, field: Field | undefined, locale: Locale): FieldWrite {
  const name = draft.name.trim();
  const description = draft.description.trim();
  const rules = draft.rules.map((r) => ({ ...r }));
  if (!field) {
    const out: FieldWrite = { label: name, ...draft.settings };
    if (out.options) out.options = bare(out.options);
    if (description !== "") out.description = description;
    if (draft.formula !== undefined) out.formula = draft.formula;
    if (draft.default.trim() !== "") out.default = draft.default.trim();
    if (rules.length > 0) out.rules = rules;
    if (!draft.shown) out.shown = false;
    const side = draft.otherSide?.trim();
    if (isTie(draft.settings.kind) && draft.formula === undefined && side) out.other_side = side;
    return out;
  }
  const before = draftOf(field, locale);
  const out: FieldWrite = {};
  if (name !== before.name) out.label = renamed(field.label, name, locale);
  if (description !== before.description)
    out.description = description === "" ? null : renamed(field.description, description, locale);
  if (draft.formula !== undefined && draft.formula !== before.formula) out.formula = draft.formula;
  if (draft.default.trim() !== before.default) out.default = draft.default.trim() || null;
  if (!same(rules, before.rules)) out.rules = rules;
  if (draft.shown !== field.shown) out.shown = draft.shown;
  const settings = { ...draft.settings, options: bare(draft.settings.options) };
  if (settings.kind === field.kind && !converts(field, draft)) {
    for (const key of SETTINGS)
      if (!(key === "table" && isTie(field.kind)) && !same(settings[key], field[key]))
        Object.assign(out, { [key]: settings[key] });
    const renames = renamedOptions(draft.settings.options);
    if (Object.keys(renames).length > 0) out.renamed = renames;
  } else if (field.formula !== undefined) {
    // A computed field is shown as another kind at once: there is nothing to convert.
    Object.assign(out, settings);
  }
  return out;
}

/** Fields of other tables that show a link from its other side, each with its table. */
export function otherSides(schema: Schema | undefined, table: Table, field: Field): [Table, Field][] {
  const shows = (f: Field) => f.kind === "backlinks" && f.table === table.key && f.field === field.key;
  return (schema?.tables ?? []).flatMap((t) => t.fields.filter(shows).map((f): [Table, Field] => [t, f]));
}

/** A name for the other side of a new link, free in the table it goes to. */
export function otherSideName(here: Table, to: Table | undefined, name: string, locale: Locale): string {
  const own = labelOf(here.label, locale);
  const taken = (text: string) => to?.fields.some((f) => f.label.zh === text || f.label.en === text);
  if (!taken(own)) return own;
  const longer = locale === "en" ? `${own} (${name.trim()})` : `${own}（${name.trim()}）`;
  return taken(longer) || name.trim() === "" ? `${own} 2` : longer;
}

type Lack = "field.noName" | "field.noFormula" | "field.noOption" | "field.noOtherSide" | "field.noLink";

/** Why a draft cannot be saved yet: a key of the texts. */
export function missing(draft: Draft): Lack | undefined {
  if (draft.name.trim() === "") return "field.noName";
  if (draft.formula !== undefined && draft.formula.trim() === "") return "field.noFormula";
  if (draft.settings.options?.some((o) => o.value.trim() === "")) return "field.noOption";
  if (isTie(draft.settings.kind) && draft.otherSide?.trim() === "") return "field.noOtherSide";
  if (draft.settings.kind === "backlinks" && !draft.settings.field) return "field.noLink";
  return undefined;
}
