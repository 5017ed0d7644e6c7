/** What the gallery works out for itself: records of pictures, what is left to add, files. */
import type { Field, TemplateCard, TemplateDetail, TemplatePicture, TemplatePlan, Value } from "@/api/types";
import { createStore } from "@/lib/store";

/** Most bytes of a file, as the server has it. */
export const MOST_BYTES = 1 << 20;

/** The template that came from a file and is being looked at. */
export const fromFile = createStore<{ detail: TemplateDetail; document: unknown } | null>(null);

export interface Sample {
  id: number;
  values: Record<string, Value | undefined>;
}

/** The records of a picture by field. */
export function samplesOf(picture: TemplatePicture): Sample[] {
  return picture.rows.map((row) => ({
    id: Number(row[0]),
    values: Object.fromEntries(picture.columns.map((f, i) => [f.key, row[i + 1]])),
  }));
}

/** Records by the content of the field a picture is laid out by, in the order they come. */
export function grouped(picture: TemplatePicture): { value: Value | undefined; samples: Sample[] }[] {
  const out: { value: Value | undefined; samples: Sample[] }[] = [];
  for (const sample of samplesOf(picture)) {
    const value = picture.by === undefined ? undefined : sample.values[picture.by];
    const known = out.find((g) => JSON.stringify(g.value) === JSON.stringify(value));
    if (known) known.samples.push(sample);
    else out.push({ value, samples: [sample] });
  }
  return out;
}

/** The columns of a board: every option, and the blank ones where there are any. */
export function lanes(picture: TemplatePicture): { value: Value | undefined; samples: Sample[] }[] {
  const by = picture.columns.find((f) => f.key === picture.by);
  const known = grouped(picture);
  const of = (value: string) => known.find((g) => g.value === value)?.samples ?? [];
  const all = (by?.options ?? []).map((o) => ({ value: o.value as Value | undefined, samples: of(o.value) }));
  const blank = known.filter((g) => g.value === null || g.value === undefined);
  return [...all, ...blank];
}

/** How much of a template is not in the book. */
export const missingParts = (plan: TemplatePlan): number =>
  [...plan.fields, ...plan.views].filter((p) => p.fate === "new" || p.fate === "clash").length +
  plan.tables.filter((t) => t.known === undefined).length;

/** The field of a template, by its own key. */
export function fieldAt(detail: TemplateDetail, table: string, key: string): Field | undefined {
  const pictured = detail.pictures.find((p) => p.table === table && p.columns.some((f) => f.key === key));
  return (detail.template.tables.find((t) => t.table === table)?.fields?.find((f) => f.key === key) ??
    pictured?.columns.find((f) => f.key === key)) as Field | undefined;
}

export const isShipped = (card: TemplateCard): boolean => card.counts !== undefined;

/** Reads a file as JSON; null for what is none. */
export async function readDocument(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text()) as unknown;
  } catch {
    return null;
  }
}

/** Hands a document over as a file. */
export function download(name: string, document: unknown): void {
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(document, null, 1)], { type: "application/json" }),
  );
  const link = window.document.createElement("a");
  link.href = url;
  // What no system takes in the name of a file.
  link.download = `${name.replace(/[\\/:*?"<>|]/g, "-")}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
