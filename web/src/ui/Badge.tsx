import type { Field, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { isError, optionLabel } from "@/lib/format";
import { CellErrorSign } from "./CellErrorSign";

/** A choice as a quiet badge; the option's tone, never a loud colour. */
export function Badge({ field, value }: { field: Field | undefined; value: Value | undefined }) {
  const locale = useLocale();
  if (isError(value)) return <CellErrorSign value={value} />;
  if (!field || typeof value !== "string" || value === "") return null;
  const tone = field.options?.find((o) => o.value === value)?.tone ?? "grey";
  return <span className={`badge tone-${tone}`}>{optionLabel(field, value, locale)}</span>;
}
