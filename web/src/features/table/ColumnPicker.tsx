import { Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field } from "@/api/types";
import { useLocale } from "@/i18n";
import { groupLabel } from "@/i18n/groups";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { shapeChanged } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { toastError } from "@/ui/toast";
import { fieldDialog, isShown, layoutStore, moveColumn } from "./tableState";

interface Props {
  table: string;
  fields: Field[];
  at: DOMRect;
  onClose(): void;
}

/** Which columns are shown and in which order, with a search; the way to each field's settings. */
export function ColumnPicker({ table, fields, at, onClose }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const store = layoutStore(table);
  const layout = useStore(store);
  const [text, setText] = useState("");
  const [order, setOrder] = useState<string[]>(() => fields.map((f) => f.key));
  const [dragged, setDragged] = useState<string | null>(null);
  const keys = fields.map((f) => f.key).join();
  useEffect(() => setOrder(keys.split(",")), [keys]);
  const wanted = text.trim().toLowerCase();
  const byKey = new Map(fields.map((f) => [f.key, f]));
  const found = order
    .map((key) => byKey.get(key))
    .filter(
      (f): f is Field =>
        f !== undefined && (wanted === "" || `${f.label.zh} ${f.label.en}`.toLowerCase().includes(wanted)),
    );

  const over = (key: string) => {
    if (dragged === null || dragged === key) return;
    setOrder((now) => moveColumn(now, now.indexOf(dragged), now.indexOf(key)));
  };
  const keep = async (next: string[]) => {
    setDragged(null);
    if (next.join() === keys) return;
    try {
      await api.orderFields(table, next);
      await shapeChanged();
      // The book's order is now the one wanted: an order of one's own would hide it.
      store.set((l) => ({ ...l, order: [] }));
    } catch (e) {
      setOrder(keys.split(","));
      toastError(errorText(e));
    }
  };
  const step = (key: string, by: number) => {
    const from = order.indexOf(key);
    const to = Math.max(0, Math.min(order.length - 1, from + by));
    if (from === to) return;
    const next = moveColumn(order, from, to);
    setOrder(next);
    void keep(next);
  };
  return (
    <Popup at={at} label={t("command.columns")} onClose={onClose}>
      <div className="header-menu column-picker">
        <Input
          size="small"
          allowClear
          value={text}
          prefix={<Icon name="search" size={13} />}
          placeholder={t("columns.search")}
          aria-label={t("columns.search")}
          onChange={(e) => setText(e.target.value)}
        />
        <ul className="value-list tall">
          {found.map((f) => (
            <li
              key={f.key}
              className={dragged === f.key ? "value-row column-row dragged" : "value-row column-row"}
              draggable={dragged === f.key}
              onDragOver={(e) => {
                e.preventDefault();
                over(f.key);
              }}
              onDragEnd={() => void keep(order)}
            >
              <button
                type="button"
                className="grip"
                disabled={wanted !== ""}
                aria-label={t("columns.move", { name: labelOf(f.label, locale) })}
                title={t("columns.moveHint")}
                onPointerDown={() => setDragged(f.key)}
                onPointerUp={() => setDragged(null)}
                onKeyDown={(e) => {
                  if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
                  e.preventDefault();
                  step(f.key, e.key === "ArrowUp" ? -1 : 1);
                }}
              >
                <Icon name="grip" size={14} />
              </button>
              <label>
                <input
                  type="checkbox"
                  checked={isShown(f, layout)}
                  onChange={(e) =>
                    store.set((l) => ({ ...l, shown: { ...l.shown, [f.key]: e.target.checked } }))
                  }
                />
                <span className="column-name">{labelOf(f.label, locale)}</span>
              </label>
              <span className="muted column-group-name">
                {f.formula !== undefined ? "ƒ" : f.group === "other" ? "" : groupLabel(f.group, t)}
              </span>
              <IconButton
                icon="edit"
                label={t("field.edit", { name: labelOf(f.label, locale) })}
                onClick={() => {
                  fieldDialog.set({ table, field: f.key });
                  onClose();
                }}
              />
            </li>
          ))}
        </ul>
        <div className="row-heights" role="radiogroup" aria-label={t("view.height")}>
          <span>{t("view.height")}</span>
          {(["low", "normal", "high"] as const).map((h) => (
            <button
              type="button"
              key={h}
              role="radio"
              aria-checked={(layout.height ?? "normal") === h}
              onClick={() => store.set((l) => ({ ...l, height: h === "normal" ? undefined : h }))}
            >
              {t(`height.${h}`)}
            </button>
          ))}
        </div>
        <div className="picker-foot">
          <button
            type="button"
            className="link"
            onClick={() => {
              fieldDialog.set({ table });
              onClose();
            }}
          >
            {t("field.add")}
          </button>
          <button
            type="button"
            className="link"
            onClick={() => store.set((l) => ({ ...l, order: [], shown: {}, widths: {} }))}
          >
            {t("columns.reset")}
          </button>
        </div>
      </div>
    </Popup>
  );
}
