import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Field, LinkValue, Locale, Written } from "@/api/types";
import { editText, isLinks, linkName, linksOf, optionLabel } from "@/lib/format";
import {
  chosenIn,
  type Item,
  isListed,
  isMany,
  itemsOf,
  linkItem,
  matching,
  meantBy,
  recordItem,
  relinked,
  severalIn,
  textItem,
  toggled,
  withFresh,
} from "./lists";
import type { Row, SheetColumn, SheetProps } from "./types";
import { type Content, toWritten } from "./written";

export interface Editing {
  col: number;
  row: number;
  id: number;
  column: SheetColumn;
  /** "enter": typing replaces and arrows leave; "edit" (F2, double click): arrows move the caret. */
  mode: "enter" | "edit";
  initial: string;
  /** What a cell of several holds so far; the text field then only searches. */
  chosen: string[] | undefined;
}

interface Args {
  props: SheetProps;
  locale: Locale;
  input: RefObject<HTMLTextAreaElement | null>;
  cell(): { col: number; row: number; column: SheetColumn; data: Row | undefined } | null;
}

function initialText(field: Field, data: Row, locale: Locale): string {
  const text = editText(field, data.values[field.key]);
  return locale === "en" && field.kind === "choice" ? optionLabel(field, text, locale) : text;
}

/**
 * The life of one edit. The text field is always there and focused; an edit begins when text arrives
 * in it (typed or composed), never on a key, so that an input method's first letter is not lost.
 */
export function useEditor({ props, locale, input, cell }: Args) {
  const [editing, setEditing] = useState<Editing | null>(null);
  const [text, setText] = useState("");
  const [items, setItems] = useState<Item[]>([]);
  const [active, setActive] = useState(-1);
  const now = useRef<Editing | null>(null);
  const choice = useRef<{ items: Item[]; active: number }>({ items: [], active: -1 });
  const asked = useRef<AbortController | null>(null);
  /** Names of linked records by their numbers, as far as the cell and its list told them. */
  const known = useRef(new Map<string, string>());

  const show = useCallback((list: Item[], index: number) => {
    choice.current = { items: list, active: index };
    setItems(list);
    setActive(index);
  }, []);

  const { suggestLinks, suggestValues, onAddOptions } = props;
  const search = useCallback(
    (find: (signal: AbortSignal) => Promise<Item[]>, typed: string) => {
      asked.current?.abort();
      const controller = new AbortController();
      asked.current = controller;
      find(controller.signal).then(
        (list) => !controller.signal.aborted && show(list, meantBy(list, typed)),
        () => {},
      );
    },
    [show],
  );
  const offer = useCallback(
    (typed: string) => {
      const e = now.current;
      setText(typed);
      if (!e) return;
      const { field } = e.column;
      const untouched = e.mode === "edit" && typed === e.initial;
      if (field.kind === "tags") {
        // What was found for other letters is not what Enter means now.
        show(choice.current.items, -1);
        search(async (signal) => {
          const known = (await suggestValues(field, typed.trim(), signal)).map(textItem);
          return withFresh(known, typed, known);
        }, typed);
      } else if (isListed(field)) {
        const all = itemsOf(field, locale);
        const found = matching(all, typed, untouched);
        const list = field.options && onAddOptions ? withFresh(found, untouched ? "" : typed, all) : found;
        // An option that holds what was typed comes before adding it as a new one.
        const current = list.findIndex((i) => !i.fresh && (i.text === typed || i.value === typed));
        const first = typed === "" && (e.mode === "enter" || e.chosen) ? -1 : list.length > 0 ? 0 : -1;
        show(list, current >= 0 ? current : first);
      } else if (field.kind === "link" || isLinks(field)) {
        show([], -1);
        if (typed.trim() !== "" && !untouched)
          search(async (signal) => {
            const found = await suggestLinks(field, typed.trim(), signal);
            for (const l of found) known.current.set(String(l[0]), linkName(l));
            return found.map(isLinks(field) ? recordItem : linkItem);
          }, typed);
        else asked.current?.abort();
      }
    },
    [locale, onAddOptions, search, show, suggestLinks, suggestValues],
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
      const box = input.current;
      if (!at || !box) return false;
      if (at.column.locked !== undefined || !at.data || at.data.deleted) {
        if (at.column.locked !== undefined) props.onSay(at.column.locked);
        return false;
      }
      const { field } = at.column;
      if (field.kind === "attachment") {
        props.onFiles(field, at.data, box.getBoundingClientRect());
        return false;
      }
      const chosen = isMany(field) ? chosenIn(field, at.data.values[field.key]) : undefined;
      if (isLinks(field))
        known.current = new Map(linksOf(at.data.values[field.key]).map((l) => [String(l[0]), linkName(l)]));
      const initial = chosen ? "" : initialText(field, at.data, locale);
      const { problem } = props;
      const refused =
        problem?.id === at.data.id && problem.field === field.key && !chosen ? problem.text : undefined;
      now.current = { col: at.col, row: at.row, id: at.data.id, column: at.column, mode, initial, chosen };
      setEditing(now.current);
      props.onProblemSeen();
      if (mode === "edit") {
        // What was refused is mended, not typed again.
        box.value = refused ?? initial;
        box.setSelectionRange(box.value.length, box.value.length);
      }
      offer(box.value);
      return true;
    },
    [cell, input, locale, offer, props],
  );

  /** What would be written now, or undefined when nothing was changed. */
  const written = useCallback((): { value: Written; text: string } | undefined => {
    const e = now.current;
    const typed = input.current?.value ?? "";
    if (!e) return undefined;
    const picked = choice.current.items[choice.current.active];
    if (e.chosen && isLinks(e.column.field)) {
      const before = chosenIn(e.column.field, props.source.peek(e.row)?.values[e.column.field.key]);
      const taken = picked && typed.trim() !== "" ? [String(picked.value)] : [];
      const after = [...new Set([...e.chosen, ...taken])];
      const left = picked ? [] : severalIn(typed);
      const value = relinked(before, after, left);
      const names = [...after.map((id) => known.current.get(id) ?? `#${id}`), ...left];
      return value && { value, text: names.join("、") };
    }
    if (e.chosen) {
      const last =
        typed.trim() === "" ? [] : picked && !picked.fresh ? [String(picked.value)] : severalIn(typed);
      const all = [...e.chosen, ...last.filter((v) => !e.chosen?.includes(v))];
      const before = chosenIn(e.column.field, props.source.peek(e.row)?.values[e.column.field.key]);
      if (all.length === before.length && all.every((v, i) => v === before[i])) return undefined;
      if (picked?.fresh) onAddOptions?.(e.column.field, last);
      return { value: all.length > 0 ? all : null, text: all.join("、") };
    }
    if (picked && typed.trim() !== "") {
      if (picked.text === e.initial) return undefined;
      if (picked.fresh) onAddOptions?.(e.column.field, [picked.text]);
      return { value: picked.value, text: picked.text };
    }
    if (typed === e.initial) return undefined;
    return { value: toWritten(e.column.field, typed), text: typed };
  }, [input, onAddOptions, props.source]);

  /** What the cell would hold, changed or not, to be written into others too. */
  const entered = useCallback((): { text: string; from?: Content } | undefined => {
    const e = now.current;
    if (!e) return undefined;
    const { field } = e.column;
    const out = written();
    if (e.chosen) {
      const names = e.chosen.map((v) => known.current.get(v) ?? v);
      if (!isLinks(field) || (input.current?.value ?? "").trim() !== "")
        return { text: out?.text ?? names.join("、") };
      const links = e.chosen.map((v, i): LinkValue => [Number(v), "", names[i] ?? ""]);
      return { text: names.join("、"), from: { field, value: links } };
    }
    if (!out)
      return { text: e.initial, from: { field, value: props.source.peek(e.row)?.values[field.key] ?? null } };
    // An item of the list is meant itself, not whatever else is called like it.
    const picked = choice.current.items[choice.current.active];
    const meant = field.kind === "link" && picked ? (picked.value as LinkValue) : undefined;
    return { text: out.text, from: meant && { field, value: meant } };
  }, [input, props.source, written]);

  const commit = useCallback((): boolean => {
    const e = now.current;
    if (!e) return false;
    const out = written();
    end();
    if (out) props.onEdit([{ id: e.id, field: e.column.field.key, value: out.value, text: out.text }]);
    return true;
  }, [end, props, written]);

  /** Takes one of several in or out, and leaves the search empty for the next. */
  const choose = useCallback(
    (value: string, fresh = false) => {
      const e = now.current;
      if (!e?.chosen || !input.current) return;
      const values = fresh ? severalIn(value) : [value];
      if (fresh) onAddOptions?.(e.column.field, values);
      now.current = { ...e, chosen: values.reduce(toggled, e.chosen) };
      setEditing(now.current);
      input.current.value = "";
      offer("");
    },
    [input, offer, onAddOptions],
  );

  const pick = useCallback(
    (index: number) => {
      const item = choice.current.items[index];
      if (!item || !input.current) return;
      if (now.current?.chosen) return choose(String(item.value), item.fresh);
      input.current.value = item.text;
      choice.current.active = index;
      commit();
    },
    [choose, commit, input],
  );

  /** Enter on an opened list of several takes the item and stays; true when it did. Typed over a cell it
   *  ends the edit, as everywhere. */
  const take = useCallback((): boolean => {
    const item = choice.current.items[choice.current.active];
    if (!now.current?.chosen || now.current.mode === "enter" || !item) return false;
    choose(String(item.value), item.fresh);
    return true;
  }, [choose]);

  /** Backspace in an empty search takes the last one away; true when it did. */
  const dropLast = useCallback((): boolean => {
    const last = now.current?.chosen?.at(-1);
    if (last === undefined || input.current?.value !== "") return false;
    choose(last);
    return true;
  }, [choose, input]);

  /** Text from a panel under the cell. */
  const put = useCallback(
    (next: string, done: boolean) => {
      if (!now.current || !input.current) return;
      input.current.value = next;
      now.current = { ...now.current, mode: "edit" };
      offer(next);
      if (done) commit();
      else input.current.setSelectionRange(next.length, next.length);
    },
    [commit, input, offer],
  );

  /** What something taken is called. */
  const nameOf = useCallback(
    (field: Field, value: string): string =>
      isLinks(field) ? (known.current.get(value) ?? `#${value}`) : optionLabel(field, value, locale),
    [locale],
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
      choice.current.active =
        index < 0 && by < 0 ? list.length - 1 : (index + by + list.length) % list.length;
      setActive(choice.current.active);
      // A picked item counts even when nothing was typed.
      if (input.current && input.current.value === "" && !now.current?.chosen)
        input.current.value = list[choice.current.active]?.text ?? "";
    },
    [input],
  );

  useEffect(() => () => asked.current?.abort(), []);
  return {
    editing,
    text,
    now,
    items,
    active,
    choice,
    begin,
    end,
    commit,
    entered,
    offer,
    pick,
    take,
    choose,
    nameOf,
    dropLast,
    put,
    toEditMode,
    moveActive,
  };
}

export type Editor = ReturnType<typeof useEditor>;
