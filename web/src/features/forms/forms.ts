/** The settings of a form view: what may be asked, how they are changed, what whoever fills it in sees. */
import type { EntryField, EntryForm, Field, Locale, PublicForm, Table, ViewKind, Written } from "@/api/types";
import { isWritable, labelOf, optionLabel } from "@/lib/format";
import { fieldOf } from "@/lib/query";

export const formOf = (kind: ViewKind | undefined): EntryForm | undefined =>
  typeof kind === "object" && "form" in kind ? kind.form : undefined;

const NEVER: Field["kind"][] = ["person", "backlinks"];
const INSIDE: Field["kind"][] = ["link", "links", "attachment"];

/** Whether a form may ask for a field. */
export const enterable = (field: Field): boolean => isWritable(field) && !NEVER.includes(field.kind);
/** Whether it may ask strangers: links would show them other customers. */
export const forAll = (field: Field): boolean => enterable(field) && !INSIDE.includes(field.kind);

/** The fields of a form with what the table says of them. */
export const askedIn = (table: Table, form: EntryForm): { asked: EntryField; field: Field }[] =>
  (form.fields ?? []).flatMap((asked) => {
    const field = fieldOf(table, asked.field);
    return field && enterable(field) ? [{ asked, field }] : [];
  });

/** How a form calls a field. */
export const nameOf = (asked: EntryField, field: Field, locale: Locale): string =>
  asked.label?.trim() || labelOf(field.label, locale);

/** Whether a rule of the field refuses a record that leaves it blank. */
export const ruled = (field: Field): boolean =>
  field.default === undefined &&
  (field.rules ?? []).some((r) => r.check === "required" && r.level === "refuse");

/** Fields without which no record is made, and which the form does not ask for. */
export const lacking = (table: Table, form: EntryForm, asks: (field: Field) => boolean): Field[] =>
  table.fields.filter(
    (f) => enterable(f) && ruled(f) && !askedIn(table, form).some((a) => a.field === f && asks(f)),
  );

/** A form as a saved view says it: what is empty is left out, in the order the server writes it. */
export function formKind(form: EntryForm): ViewKind {
  const kept: EntryForm = {};
  if (form.title) kept.title = form.title;
  if (form.intro) kept.intro = form.intro;
  if (form.fields && form.fields.length > 0) kept.fields = form.fields.map(keptField);
  if (form.button) kept.button = form.button;
  if (form.thanks) kept.thanks = form.thanks;
  if (form.consent) kept.consent = form.consent;
  return { form: kept };
}
function keptField({ field, label, help, required }: EntryField): EntryField {
  const kept: EntryField = { field };
  if (label) kept.label = label;
  if (help) kept.help = help;
  if (required) kept.required = true;
  return kept;
}

const LONG_LISTS: Field["kind"][] = ["attachment", "link", "links"];
/** Fields a new form begins with. */
const FIRST = 6;

/** What a new form asks: the first fields of the table that people fill, its name before all. */
export function firstForm(table: Table, shown: Field[]): ViewKind {
  const fit = (f: Field) => enterable(f) && !LONG_LISTS.includes(f.kind);
  const needed = table.fields.filter((f) => enterable(f) && (f.key === "name" || ruled(f)));
  const fields = [...new Set([...needed, ...shown.filter(fit)])].slice(0, Math.max(FIRST, needed.length));
  return formKind({
    fields: fields.map((f) => ({ field: f.key, required: needed.includes(f) })),
  });
}

/** One of the fields of a form changed. */
export const withField = (form: EntryForm, key: string, next: Partial<EntryField>): EntryForm => ({
  ...form,
  fields: (form.fields ?? []).map((f) => (f.field === key ? { ...f, ...next } : f)),
});
export const withoutField = (form: EntryForm, key: string): EntryForm => ({
  ...form,
  fields: (form.fields ?? []).filter((f) => f.field !== key),
});
export const andField = (form: EntryForm, field: Field): EntryForm => ({
  ...form,
  fields: [...(form.fields ?? []), { field: field.key, required: ruled(field) }],
});

/** What somebody without a login sees of a form; the server says the same. */
export function publicOf(table: Table, form: EntryForm, view: string, locale: Locale): PublicForm {
  return {
    title: form.title?.trim() ? form.title : view,
    intro: form.intro ?? "",
    button: form.button ?? "",
    consent: form.consent?.trim() ? form.consent : "",
    fields: askedIn(table, form)
      .filter(({ field }) => forAll(field))
      .map(({ asked, field }) => ({
        key: field.key,
        label: nameOf(asked, field, locale),
        help: asked.help,
        required: asked.required === true || ruled(field),
        kind: field.kind,
        options: (field.options ?? []).map((o) => ({
          value: o.value,
          label: optionLabel(field, o.value, locale),
        })),
        max: field.max,
        unit: field.unit,
      })),
  };
}

/** Whether nothing is filled in. */
export const isBlank = (value: Written | undefined): boolean => {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== "object") return false;
  const parts = Object.values(value);
  return parts.every((p) => p === "" || (Array.isArray(p) && p.length === 0));
};
