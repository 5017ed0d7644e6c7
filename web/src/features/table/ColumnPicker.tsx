import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/types";
import { useLocale } from "@/i18n";
import { groupLabel } from "@/i18n/groups";
import { labelOf } from "@/lib/format";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { Popup } from "@/ui/Popup";
import { isShown, layoutStore } from "./tableState";

interface Props {
  table: string;
  fields: Field[];
  at: DOMRect;
  onClose(): void;
}

/** Which columns are shown, by group, with a search. */
export function ColumnPicker({ table, fields, at, onClose }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const store = layoutStore(table);
  const layout = useStore(store);
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const found = fields.filter(
    (f) => wanted === "" || `${f.label.zh} ${f.label.en}`.toLowerCase().includes(wanted),
  );
  const groups = [...new Set(found.map((f) => f.group))];
  return (
    <Popup at={at} label={t("command.columns")} onClose={onClose}>
      <div className="header-menu">
        <Input
          size="small"
          allowClear
          value={text}
          prefix={<Icon name="search" size={13} />}
          placeholder={t("columns.search")}
          aria-label={t("columns.search")}
          onChange={(e) => setText(e.target.value)}
        />
        <div className="value-list tall">
          {groups.map((group) => (
            <fieldset key={group} className="column-group">
              <legend>{groupLabel(group, t)}</legend>
              {found
                .filter((f) => f.group === group)
                .map((f) => (
                  <label key={f.key} className="value-row">
                    <input
                      type="checkbox"
                      checked={isShown(f, layout)}
                      onChange={(e) =>
                        store.set((l) => ({ ...l, shown: { ...l.shown, [f.key]: e.target.checked } }))
                      }
                    />
                    <span>{labelOf(f.label, locale)}</span>
                    {f.formula !== undefined && <span className="muted">ƒ</span>}
                  </label>
                ))}
            </fieldset>
          ))}
        </div>
        <button
          type="button"
          className="link"
          onClick={() => store.set({ order: [], shown: {}, widths: {} })}
        >
          {t("columns.reset")}
        </button>
      </div>
    </Popup>
  );
}
