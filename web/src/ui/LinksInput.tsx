import "./css/links.css";
import { Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, LinkValue, Value, Written } from "@/api/types";
import { relinked } from "@/grid/lists";
import { linkCount, linkName, linksOf } from "@/lib/format";
import { findRecords } from "@/lib/links";
import { Icon } from "./Icon";

interface Props {
  field: Field;
  value?: Value;
  autoFocus?: boolean;
  onChange(text: string, exact?: Written): void;
  onDone?(): void;
  onOpen?(link: LinkValue): void;
}

const option = (link: LinkValue) => ({ value: link[0], label: linkName(link), code: link[1] });
type Option = ReturnType<typeof option>;

/** Several records of another table: type to find one, Enter takes it, Backspace drops the last. */
export function LinksInput({ field, value, autoFocus, onChange, onDone, onOpen }: Props) {
  const { t } = useTranslation();
  const before = linksOf(value);
  const [chosen, setChosen] = useState<Option[]>(() => before.map(option));
  const [found, setFound] = useState<Option[]>([]);
  const asked = useRef<AbortController | null>(null);
  useEffect(() => () => asked.current?.abort(), []);
  const search = (typed: string) => {
    asked.current?.abort();
    if (typed.trim() === "") return setFound([]);
    const controller = new AbortController();
    asked.current = controller;
    findRecords(field.table ?? "customers", typed.trim(), controller.signal).then(
      (list) => !controller.signal.aborted && setFound(list.map(option)),
      () => {},
    );
  };
  const ids = (list: { value: number }[]) => list.map((o) => String(o.value));
  const hidden = linkCount(value) - before.length;
  const input = (
    <Select<Option[], Option>
      mode="multiple"
      labelInValue
      autoFocus={autoFocus}
      value={chosen}
      options={found}
      showSearch={{ filterOption: false, onSearch: search, autoClearSearchValue: true }}
      placeholder={t("links.find")}
      notFoundContent={null}
      optionRender={(o) => (
        <span className="link-option">
          {o.label} <span className="muted">{o.data.code}</span>
        </span>
      )}
      onChange={(list) => {
        const next = list.map((o) => ({ value: o.value, label: o.label, code: "" }));
        setChosen(next);
        setFound([]);
        const change = relinked(ids(before.map(option)), ids(next), []);
        onChange(next.map((o) => o.label).join("、"), change ?? {});
      }}
      onBlur={onDone}
      tagRender={({ value: id, label, onClose }) => (
        // A press inside must not open the list.
        <span role="none" className="badge tone-slate link-tag" onMouseDown={(e) => e.preventDefault()}>
          {onOpen ? (
            <button
              type="button"
              aria-label={t("links.open", { name: String(label) })}
              onMouseDown={(e) => e.stopPropagation()}
              onClick={() => onOpen([Number(id), "", String(label)])}
            >
              {label}
            </button>
          ) : (
            label
          )}
          <button
            type="button"
            aria-label={t("grid.takeOut", { name: String(label) })}
            onMouseDown={(e) => e.stopPropagation()}
            onClick={onClose}
          >
            <Icon name="close" size={10} />
          </button>
        </span>
      )}
    />
  );
  if (hidden <= 0) return input;
  return (
    <span className="links-input">
      {input}
      <span className="muted">{t("links.more", { n: hidden })}</span>
    </span>
  );
}
