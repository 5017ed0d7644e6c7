import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/Icon";

export interface ListItem {
  label: string;
  hint?: string;
  tone?: string;
  /** Drawn as stars. */
  stars?: boolean;
  /** New: taking it adds it to the list. */
  fresh?: boolean;
  checked?: boolean;
}

interface Props {
  id: string;
  items: ListItem[];
  active: number;
  label: string;
  /** What is taken so far, for a cell of several. */
  chosen?: { value: string; label: string; tone: string }[];
  onPick(index: number): void;
  onDrop?(value: string): void;
}

/** The list under an edited cell. The text field keeps the focus; this only shows and takes clicks. */
export function ChoiceList({ id, items, active, label, chosen, onPick, onDrop }: Props) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // By hand: scrollIntoView would scroll the sheet around the list as well.
    const box = list.current;
    const item = box?.children[active] as HTMLElement | undefined;
    if (!box || !item) return;
    if (item.offsetTop < box.scrollTop) box.scrollTop = item.offsetTop - 4;
    const over = item.offsetTop + item.offsetHeight - box.scrollTop - box.clientHeight;
    if (over > 0) box.scrollTop += over + 4;
  }, [active]);
  if (items.length === 0 && !chosen) return null;
  return (
    <div className="cell-list">
      {chosen && (
        <div className="cell-chosen">
          {chosen.length === 0 && <span className="muted">{t("grid.pickSome")}</span>}
          {chosen.map((c) => (
            <span key={c.value} className={`badge tone-${c.tone}`}>
              {c.label}
              <button
                type="button"
                tabIndex={-1}
                aria-label={t("grid.takeOut", { name: c.label })}
                onMouseDown={(e) => {
                  e.preventDefault();
                  onDrop?.(c.value);
                }}
              >
                <Icon name="close" size={10} />
              </button>
            </span>
          ))}
        </div>
      )}
      <div
        ref={list}
        id={id}
        className="cell-options"
        role="listbox"
        aria-multiselectable={chosen !== undefined}
        aria-label={label}
        tabIndex={-1}
      >
        {items.map((item, index) => (
          <div
            key={`${item.label}-${index}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={chosen ? item.checked === true : index === active}
            className={index === active ? "cell-option active" : "cell-option"}
            // Before the field loses the focus, which would commit what was typed.
            onMouseDown={(e) => {
              e.preventDefault();
              onPick(index);
            }}
          >
            <span className="cell-option-main">
              {item.fresh && <span className="muted">{t("grid.addOption")}</span>}
              {item.tone ? (
                <span className={`badge tone-${item.tone}`}>{item.label}</span>
              ) : (
                <span className={item.stars ? "stars" : undefined}>{item.label}</span>
              )}
            </span>
            {item.checked ? (
              <Icon name="check" size={14} />
            ) : (
              item.hint && <span className="muted">{item.hint}</span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
