import { AutoComplete, Input, Select } from "antd";
import { useState } from "react";
import { api } from "@/api";
import type { Field, LinkValue, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { editText, isLink, optionLabel } from "@/lib/format";

interface Props {
  field: Field;
  value?: Value;
  autoFocus?: boolean;
  /** `exact` when a value of the list was taken; otherwise the text is the server's to read. */
  onChange(text: string, exact?: Value): void;
  onDone?(): void;
}

/** One field as a form shows it: a list for choices, suggestions for links, text for the rest. */
export function FieldInput({ field, value, autoFocus, onChange, onDone }: Props) {
  const locale = useLocale();
  if (field.kind === "choice")
    return (
      <Select
        autoFocus={autoFocus}
        defaultOpen={autoFocus && onDone !== undefined}
        allowClear
        defaultValue={typeof value === "string" ? value : undefined}
        options={(field.options ?? []).map((o) => ({
          value: o.value,
          label: optionLabel(field, o.value, locale),
        }))}
        onChange={(v: string | undefined) => {
          onChange(v ?? "", v ?? null);
          onDone?.();
        }}
        onBlur={onDone}
      />
    );
  if (field.kind === "link")
    return (
      <LinkInput field={field} value={value} autoFocus={autoFocus} onChange={onChange} onDone={onDone} />
    );
  const common = {
    autoFocus,
    defaultValue: editText(field, value),
    onBlur: onDone,
  };
  if (field.kind === "long_text")
    return (
      <Input.TextArea
        {...common}
        autoSize={{ minRows: 2, maxRows: 6 }}
        onChange={(e) => onChange(e.target.value)}
      />
    );
  return (
    <Input
      {...common}
      inputMode={
        field.kind === "phone"
          ? "tel"
          : ["money", "number", "percent"].includes(field.kind)
            ? "decimal"
            : undefined
      }
      onChange={(e) => onChange(e.target.value)}
      onPressEnter={(e) => !e.nativeEvent.isComposing && onDone?.()}
    />
  );
}

function LinkInput({ field, value, autoFocus, onChange, onDone }: Props) {
  const [found, setFound] = useState<LinkValue[]>([]);
  const search = async (text: string) => {
    onChange(text);
    if (text.trim() === "") return setFound([]);
    const opened = await api.openView({
      table: field.table ?? "customers",
      search: text.trim(),
      columns: ["code", "name"],
    });
    setFound(opened.rows.slice(0, 8).map(([id, code, name]) => [id, String(code ?? ""), String(name ?? "")]));
  };
  return (
    <AutoComplete
      autoFocus={autoFocus}
      defaultValue={value && isLink(value) ? value[2] : ""}
      options={found.map((l) => ({ value: l[2], key: l[0], label: `${l[2]}  ${l[1]}`, link: l }))}
      showSearch={{ onSearch: (text) => void search(text).catch(() => setFound([])) }}
      onSelect={(text: string, option: { link?: LinkValue }) => onChange(text, option.link)}
      onBlur={onDone}
    />
  );
}
