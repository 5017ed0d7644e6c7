import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Field, LinkValue, Locale, Written } from "@/api/types";
import { editText, optionLabel } from "@/lib/format";
import type { ListItem } from "./ChoiceList";
import type { Row, SheetColumn, SheetProps } from "./types";
import { toWritten } from "./written";

export interface Editing {
  col: number;
  row: number;
  id: number;
  column: SheetColumn;
  /** "enter": typing replaces and arrows leave; "edit" (F2, double click): arrows move the caret. */
  mode: "enter" | "edit";
  initial: string;
}

interface Item extends ListItem {
  value: Written;
  text: string;
}

interface Args {
  props: SheetProps;
  locale: Locale;
  input: RefObject<HTMLTextAreaElement | null>;
  cell(): { col: number; row: number; column: SheetColumn; data: Row | undefined } | null;
}

const optionItems = (field: Field, locale: Locale): Item[] =>
  (field.options ?? []).map((o) => ({
    label: optionLabel(field, o.value, locale),
    tone: o.tone,
    value: o.value,
    text: optionLabel(field, o.value, locale),
  }));

const linkItem = (link: LinkValue): Item => ({
  label: link[2] || link[1],
  hint: link[1],
  value: link,
  text: link[2],
});

/** Items for what is typed; a list opened on an untouched value shows everything. */
function matching(items: Item[], text: string, untouched: boolean): Item[] {
  const wanted = text.trim().toLowerCase();
  if (untouched || wanted === "") return items;
  return items.filter((i) => i.label.toLowerCase().includes(wanted) || String(i.value).includes(wanted));
}

/**
 * The life of one edit. The text field is always there and focused; an edit begins when text arrives
 * in it (typed or composed), never on a key, so that an input method's first letter is not lost.
 */
export function useEditor({ props, locale, input, cell }: Args) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const [items, setItems] = useState<Item[]>([]);
  const [active, setActive] = useState(-1);
  const now = useRef<Editing | null>(null);
  const choice = useRef<{ items: Item[]; active: number }>({ items: [], active: -1 });
  const asked = useRef<AbortController | null>(null);

  const show = useCallback((list: Item[], index: number) => {
    choice.current = { items: list, active: index };
    setItems(list);
    setActive(index);
  }, []);

  const { suggestLinks } = props;
  const offer = useCallback(
    (text: string) => {
      const e = now.current;
      if (!e) return;
      const { field } = e.column;
      if (field.kind === "choice") {
        const untouched = e.mode === "edit" && text === e.initial;
        const list = matching(optionItems(field, locale), text, untouched);
        const current = list.findIndex((i) => i.text === text || i.value === text);
        show(
          list,
          text === "" && e.mode === "enter" ? -1 : current >= 0 ? current : list.length > 0 ? 0 : -1,
        );
      } else if (field.kind === "link") {
        asked.current?.abort();
        const controller = new AbortController();
        asked.current = controller;
        show([], -1);
        if (text.trim() === "" || (e.mode === "edit" && text === e.initial)) return;
        suggestLinks(field, text.trim(), controller.signal).then(
          (links) => !controller.signal.aborted && show(links.map(linkItem), links.length > 0 ? 0 : -1),
          () => {},
        );
      }
    },
    [locale, show, suggestLinks],
  );

  const end = useCallback(() => {
    asked.current?.abort();
    now.current = null;
    setEditing(null);
    show([], -1);
    if (input.current) input.current.value = "";
  }, [input, show]);

  const begin = useCallback(
    (mode: Editing["mode"]): boolean => {
      if (now.current) return true;
      const at = cell();
      const field = input.current;
      if (!at || !field) return false;
      if (at.column.locked !== undefined || !at.data || at.data.deleted) {
        if (at.column.locked !== undefined) props.onSay(at.column.locked);
        return false;
      }
      const initial =
        locale === "en" && at.column.field.kind === "choice"
          ? optionLabel(
              at.column.field,
              editText(at.column.field, at.data.values[at.column.field.key]),
              locale,
            )
          : editText(at.column.field, at.data.values[at.column.field.key]);
      now.current = { col: at.col, row: at.row, id: at.data.id, column: at.column, mode, initial };
      setEditing(now.current);
      props.onProblemSeen();
      if (mode === "edit") {
        field.value = initial;
        field.setSelectionRange(initial.length, initial.length);
      }
      offer(field.value);
      return true;
    },
    [cell, input, locale, offer, props],
  );

  /** What would be written now, or undefined when nothing was changed. */
  const written = useCallback((): { value: Written; text: string } | undefined => {
    const e = now.current;
    const text = input.current?.value ?? "";
    if (!e) return undefined;
    const picked = choice.current.items[choice.current.active];
    if (picked && text.trim() !== "") {
      return picked.text === e.initial ? undefined : { value: picked.value, text: picked.text };
    }
    if (text === e.initial) return undefined;
    return { value: toWritten(e.column.field, text), text };
  }, [input]);

  const commit = useCallback((): boolean => {
    const e = now.current;
    if (!e) return false;
    const out = written();
    end();
    if (out) props.onEdit([{ id: e.id, field: e.column.field.key, value: out.value, text: out.text }]);
    return true;
  }, [end, props, written]);

  const pick = useCallback(
    (index: number) => {
      const item = choice.current.items[index];
      if (!item || !input.current) return;
      input.current.value = item.text;
      choice.current.active = index;
      commit();
    },
    [commit, input],
  );

  const toEditMode = useCallback(() => {
    if (now.current) {
      now.current = { ...now.current, mode: "edit" };
      setEditing(now.current);
    }
  }, []);

  const moveActive = useCallback(
    (by: number) => {
      const { items: list, active: index } = choice.current;
      if (list.length === 0) return;
      choice.current.active = (index + by + list.length) % list.length;
      setActive(choice.current.active);
      // A picked item counts even when nothing was typed.
      if (input.current && input.current.value === "")
        input.current.value = list[choice.current.active]?.text ?? "";
    },
    [input],
  );

  useEffect(() => () => asked.current?.abort(), []);
  return {
    editing,
    now,
    items,
    active,
    choice,
    begin,
    end,
    commit,
    written,
    offer,
    pick,
    toEditMode,
    moveActive,
  };
}

export type Editor = ReturnType<typeof useEditor>;
