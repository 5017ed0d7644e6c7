import { AutoComplete, Input, Select } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Content, Field, LinkValue, Value, Written } from "@/api/types";
import { useLocale } from "@/i18n";
import { editText, filesOf, isFigure, isLink, optionLabel, textsOf } from "@/lib/format";
import { findRecords } from "@/lib/links";
import { loadMembers, memberStore } from "@/lib/members";
import { useStore } from "@/lib/store";
import { AddressInput } from "./AddressInput";

const FilesList = lazy(async () => ({ default: (await import("@/features/files/FilesList")).FilesList }));

const LinksInput = lazy(async () => ({ default: (await import("./LinksInput")).LinksInput }));

interface Props {
  field: Field;
  value?: Value;
  /** What was written before and not taken: the editor goes on from it where it is one of texts. */
  text?: string;
  autoFocus?: boolean;
  /** `exact` when a value of the list was taken; otherwise the text is the server's to read. */
  onChange(text: string, exact?: Written): void;
  onDone?(): void;
  /** Opens a linked record. */
  onOpen?(link: LinkValue): void;
}

/** One field as a form shows it: lists, stars, calendars and files where a kind has them, text for the rest. */
export function FieldInput(props: Props) {
  const { field, value, text, autoFocus, onChange, onDone } = props;
  switch (field.kind) {
    case "choice":
    case "bool":
    case "person":
      return <OneOf {...props} />;
    case "choices":
    case "tags":
      return <SeveralOf {...props} />;
    case "rating":
      return <Stars {...props} />;
    case "link":
      return <LinkInput {...props} />;
    case "links":
    case "backlinks":
      return (
        <Suspense>
          <LinksInput {...props} />
        </Suspense>
      );
    case "address":
      return (
        <AddressInput
          value={text ?? (typeof value === "string" ? value : "")}
          onChange={onChange}
          onDone={onDone}
        />
      );
    case "attachment":
      return <FilesInput {...props} />;
    case "date":
    case "date_time":
      return <DateInput {...props} />;
    default:
      break;
  }
  const common = { autoFocus, defaultValue: text ?? editText(field, value), onBlur: onDone };
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
      suffix={field.unit ? <span className="muted">{field.unit}</span> : undefined}
      inputMode={
        field.kind === "phone"
          ? "tel"
          : field.kind === "email"
            ? "email"
            : field.kind === "url"
              ? "url"
              : isFigure(field)
                ? "decimal"
                : undefined
      }
      onChange={(e) => onChange(e.target.value)}
      onPressEnter={(e) => !e.nativeEvent.isComposing && onDone?.()}
    />
  );
}

function OneOf({ field, value, autoFocus, onChange, onDone }: Props) {
  const locale = useLocale();
  const { t } = useTranslation();
  const members = useStore(memberStore);
  useEffect(() => {
    if (field.kind === "person") void loadMembers();
  }, [field.kind]);
  const options: { value: string; label: string; exact: Content }[] =
    field.kind === "bool"
      ? [true, false].map((b) => ({ value: String(b), label: b ? t("ui.yes") : t("ui.no"), exact: b }))
      : field.kind === "person"
        ? members.map((m) => ({ value: String(m.id), label: m.name, exact: m.id }))
        : (field.options ?? []).map((o) => ({
            value: o.value,
            label: optionLabel(field, o.value, locale),
            exact: o.value,
          }));
  return (
    <Select
      autoFocus={autoFocus}
      defaultOpen={autoFocus && onDone !== undefined}
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      defaultValue={value === null || value === undefined ? undefined : String(value)}
      options={options}
      onChange={(v: string | undefined) => {
        onChange(v ?? "", options.find((o) => o.value === v)?.exact ?? null);
        onDone?.();
      }}
      onBlur={onDone}
    />
  );
}

function SeveralOf({ field, value, text, autoFocus, onChange, onDone }: Props) {
  const locale = useLocale();
  return (
    <Select
      mode="tags"
      autoFocus={autoFocus}
      allowClear
      tokenSeparators={["、", ",", "，", ";", "；"]}
      defaultValue={text === undefined ? textsOf(value) : text.split("、").filter((v) => v !== "")}
      options={(field.options ?? []).map((o) => ({
        value: o.value,
        label: optionLabel(field, o.value, locale),
      }))}
      onChange={(list: string[]) => onChange(list.join("、"), list.length > 0 ? list : null)}
      onBlur={onDone}
    />
  );
}

function Stars({ field, value, onChange, onDone }: Props) {
  const { t } = useTranslation();
  const [now, setNow] = useState(typeof value === "number" ? value : 0);
  const take = (n: number) => {
    const next = n === now ? 0 : n;
    setNow(next);
    onChange(next === 0 ? "" : String(next), next === 0 ? null : next);
    onDone?.();
  };
  return (
    <span className="stars-input" role="radiogroup">
      {Array.from({ length: field.max ?? 5 }, (_, i) => (
        <button
          key={`${i}`}
          type="button"
          role="radio"
          aria-checked={now === i + 1}
          aria-label={t("ui.stars", { n: i + 1 })}
          className={i < now ? "on" : undefined}
          onClick={() => take(i + 1)}
        >
          ★
        </button>
      ))}
    </span>
  );
}

function DateInput({ field, value, text, autoFocus, onChange, onDone }: Props) {
  const moment = field.kind === "date_time";
  return (
    <Input
      type={moment ? "datetime-local" : "date"}
      autoFocus={autoFocus}
      defaultValue={(text ?? (typeof value === "string" ? value : "")).slice(0, moment ? 16 : 10)}
      onChange={(e) => onChange(e.target.value.replace("T", " "))}
      onBlur={onDone}
    />
  );
}

function FilesInput({ field, value, onChange, onDone }: Props) {
  const [files, setFiles] = useState(() => filesOf(value));
  return (
    <Suspense>
      <FilesList
        field={field}
        files={files}
        onChange={(next) => {
          setFiles(next);
          onChange("", next.length > 0 ? next : null);
          onDone?.();
        }}
      />
    </Suspense>
  );
}

function LinkInput({ field, value, text, autoFocus, onChange, onDone }: Props) {
  const [found, setFound] = useState<LinkValue[]>([]);
  const search = async (typed: string) => {
    onChange(typed);
    if (typed.trim() === "") return setFound([]);
    setFound(await findRecords(field.table ?? "customers", typed.trim()));
  };
  return (
    <AutoComplete
      autoFocus={autoFocus}
      defaultValue={text ?? (value && isLink(value) ? value[2] : "")}
      options={found.map((l) => ({ value: l[2], key: l[0], label: `${l[2]}  ${l[1]}`, link: l }))}
      showSearch={{ onSearch: (typed) => void search(typed).catch(() => setFound([])) }}
      onSelect={(name: string, option: { link?: LinkValue }) => onChange(name, option.link)}
      onBlur={onDone}
    />
  );
}
