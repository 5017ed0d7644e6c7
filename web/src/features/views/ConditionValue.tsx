import { useQuery } from "@tanstack/react-query";
import { Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, Op, Value } from "@/api/types";
import { needsValue, opName, readCondition } from "@/features/table/ops";
import { useLocale } from "@/i18n";
import { editText, formatCount, formatValue, isDateLike, isFigure } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";
import { BIRTHDAY_SPANS, SPANS, type SpanName, spanOf, spanText } from "./builder";

/** The words of an operator. */
export function useOpName() {
  const { t } = useTranslation();
  return (field: Field, op: Op): string => {
    if (op === "in") return t("builder.oneOf");
    if (op === "within") return t(field.kind === "birthday" ? "builder.birthday" : "builder.within");
    if (op === "blank") return t("builder.blank");
    if (op === "eq" && field.kind === "tags") return t("filter.contains");
    return t(opName(field, op));
  };
}

interface Props {
  table: string;
  field: Field;
  op: Op;
  values: Value[];
  onChange(values: Value[]): void;
}

/** What a condition compares with. */
export function ConditionValue(props: Props) {
  const { t } = useTranslation();
  const { field, op, values, onChange } = props;
  const [text, setText] = useState(() =>
    editText(field, values[0] ?? null).slice(0, isDateLike(field) ? 10 : undefined),
  );
  if (!needsValue(op)) return null;
  if (op === "within") return <Span {...props} />;
  if (op === "in") return <OneOf {...props} />;
  if (field.kind === "bool")
    return (
      <Select
        size="small"
        className="builder-value"
        aria-label={t("filter.value")}
        value={values[0] === undefined ? undefined : String(values[0])}
        options={["true", "false"].map((v) => ({ value: v, label: v === "true" ? t("ui.yes") : t("ui.no") }))}
        onChange={(v: string) => onChange([v === "true"])}
      />
    );
  return (
    <Input
      size="small"
      className="builder-value"
      type={isDateLike(field) ? "date" : "text"}
      inputMode={isFigure(field) ? "decimal" : undefined}
      prefix={field.kind === "money" ? "¥" : undefined}
      suffix={field.kind === "percent" || field.kind === "progress" ? "%" : undefined}
      placeholder={t("filter.value")}
      aria-label={t("filter.value")}
      status={text.trim() !== "" && values.length === 0 ? "error" : undefined}
      value={text}
      onChange={(e) => {
        setText(e.target.value);
        const value = readCondition(field, e.target.value);
        onChange(value === undefined ? [] : [value]);
      }}
    />
  );
}

/** Days relative to today, with their number where they take one. */
function Span({ field, values, onChange }: Props) {
  const { t } = useTranslation();
  const { name, days } = spanOf(String(values[0] ?? ""));
  const list: readonly SpanName[] = field.kind === "birthday" ? BIRTHDAY_SPANS : SPANS;
  const counted = name === "last_days" || name === "next_days";
  return (
    <span className="builder-value builder-span">
      <Select<SpanName>
        size="small"
        popupMatchSelectWidth={false}
        aria-label={t("filter.value")}
        value={name}
        options={[...new Set([...list, name])].map((s) => ({ value: s, label: t(`span.${s}`, { n: "N" }) }))}
        onChange={(next) => onChange([spanText(next, days)])}
      />
      {counted && (
        <InputNumber
          size="small"
          min={1}
          max={3660}
          aria-label={t("builder.days")}
          value={days}
          onChange={(n) => n && onChange([spanText(name, n)])}
        />
      )}
    </span>
  );
}

/** Some of the values there are, each with how many records hold it. */
function OneOf({ table, field, values, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [text, setText] = useState("");
  const search = useDebounced(text, 200);
  const list = useQuery({
    queryKey: ["values", table, field.key, search],
    queryFn: ({ signal }) => api.fieldValues(table, field.key, search, signal),
    staleTime: 5_000,
    placeholderData: (before) => before,
  });
  const show = (v: Value) => (v === null ? t("filter.blank") : formatValue(field, v, locale));
  const known = (list.data?.values ?? []).map(({ value, count }) => ({
    value: JSON.stringify(value),
    label: show(value),
    count,
  }));
  const chosen = values.map((v) => ({ value: JSON.stringify(v), label: show(v), count: undefined }));
  return (
    <Select
      size="small"
      mode="multiple"
      className="builder-value"
      maxTagCount="responsive"
      popupMatchSelectWidth={240}
      showSearch={{ onSearch: setText, filterOption: false }}
      placeholder={t("builder.pick")}
      aria-label={t("filter.value")}
      value={values.map((v) => JSON.stringify(v))}
      options={[...known, ...chosen.filter((c) => !known.some((k) => k.value === c.value))]}
      optionRender={(option) => (
        <span className="builder-option">
          <span>{option.label}</span>
          {option.data.count !== undefined && (
            <span className="muted num">{formatCount(option.data.count)}</span>
          )}
        </span>
      )}
      onChange={(list: string[]) => onChange(list.map((v) => JSON.parse(v) as Value))}
    />
  );
}
