import { Select } from "antd";
import type { Field } from "@/api/types";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";

/** Which field a new view is laid out by. A part of its own: few open it, and a select weighs much. */
export default function KindBy(props: {
  label: string;
  choices: Field[];
  by: Field;
  onChange(key: string): void;
}) {
  const locale = useLocale();
  return (
    <Select
      value={props.by.key}
      aria-label={props.label}
      options={props.choices.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
      onChange={props.onChange}
    />
  );
}
