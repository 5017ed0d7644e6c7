import { useTranslation } from "react-i18next";
import type { Field, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { formatValue, labelOf } from "@/lib/format";

interface Props {
  /** Absent when the field was removed since; its key is shown then. */
  field: Field | undefined;
  name: string;
  before: Value | undefined;
  after: Value | undefined;
}

/** A cell as it was and as it became. */
export function BeforeAfter({ field, name, before, after }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const show = (v: Value | undefined) => {
    const text = field ? formatValue(field, v, locale) : v === null || v === undefined ? "" : String(v);
    return text === "" ? t("grid.blank") : text;
  };
  return (
    <span>
      {field ? labelOf(field.label, locale) : name}
      {locale === "en" ? ": " : "："}
      <s className="muted">{show(before)}</s> → <strong>{show(after)}</strong>
    </span>
  );
}
