import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/types";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";

/** Which choice the columns of a new board come from. A part of its own: few open it, and a select weighs much. */
export default function BoardBy(props: { choices: Field[]; by: Field; onChange(key: string): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Select
      value={props.by.key}
      aria-label={t("board.by")}
      options={props.choices.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
      onChange={props.onChange}
    />
  );
}
