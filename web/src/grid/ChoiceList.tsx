import { useEffect, useRef } from "react";

export interface ListItem {
  label: string;
  hint?: string;
  tone?: string;
}

interface Props {
  id: string;
  items: ListItem[];
  active: number;
  label: string;
  onPick(index: number): void;
}

/** The list under an edited cell. The text field keeps the focus; this only shows and takes clicks. */
export function ChoiceList({ id, items, active, label, onPick }: Props) {
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
  if (items.length === 0) return null;
  return (
    <div ref={list} id={id} className="cell-list" role="listbox" aria-label={label} tabIndex={-1}>
      {items.map((item, index) => (
        <div
          key={`${item.label}-${index}`}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          className={index === active ? "cell-option active" : "cell-option"}
          // Before the field loses the focus, which would commit what was typed.
          onMouseDown={(e) => {
            e.preventDefault();
            onPick(index);
          }}
        >
          {item.tone ? <span className={`badge tone-${item.tone}`}>{item.label}</span> : item.label}
          {item.hint && <span className="muted">{item.hint}</span>}
        </div>
      ))}
    </div>
  );
}
