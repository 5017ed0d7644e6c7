import type { DataEditorRef, Rectangle } from "@glideapps/glide-data-grid";
import {
  type KeyboardEvent,
  type Ref,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useReducer,
  useRef,
} from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "@/i18n";
import { formatValue, isError, isNumeric } from "@/lib/format";
import { ChoiceList } from "./ChoiceList";
import { commandOf, isComposingKey } from "./keymap";
import { step } from "./selection";
import type { FieldHandle, GroupHead, SheetProps } from "./types";
import { copySelection, paste } from "./useClipboard";
import { type Board, fillFrom, fillRanges, runCommand } from "./useCommands";
import { type Editor, useEditor } from "./useEditor";
import type { Picked } from "./useSelection";

interface Props {
  ref: Ref<FieldHandle>;
  props: SheetProps;
  picked: Picked;
  wrap: RefObject<HTMLDivElement | null>;
  grid: RefObject<DataEditorRef | null>;
  visible: RefObject<Rectangle>;
  follow(col: number, row: number): void;
  /** Closes or opens the group at a row; answers where its heading stands. */
  toggle(row: number, open?: boolean): number | undefined;
}

const coarse = () => matchMedia("(pointer: coarse)").matches;

/** The text field over the active cell, its list, and the reason when the server refused a value. */
export function CellField({ ref, props, picked, wrap, grid, visible, follow, toggle }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const input = useRef<HTMLTextAreaElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const { columns, source } = props;
  const [col, row] = picked.box.cell;
  const column = columns[col];

  const cell = useCallback(() => {
    const [c, r] = picked.now().cell;
    const at = columns[c];
    return at ? { col: c, row: r, column: at, data: source.peek(r) } : null;
  }, [columns, picked, source]);
  const editor = useEditor({ props, locale, input, cell });

  const board: Board = {
    props,
    box: picked.now,
    ranges: picked.ranges,
    pageRows: () => Math.max(1, visible.current.height - 2),
    select: (box, which = "cell") => {
      picked.setBox(box);
      const [hc, hr] = which === "head" ? farCorner(box) : box.cell;
      follow(hc, hr);
    },
    selectColumns: picked.selectColumns,
    selectRows: picked.selectRows,
    beginEdit: () => editor.begin("edit"),
    collapse: () => picked.setCell(...picked.now().cell),
  };

  const place = useCallback(() => {
    const bounds = grid.current?.getBounds(col, row);
    const origin = wrap.current?.getBoundingClientRect();
    const style = holder.current?.style;
    if (!bounds || !origin || !style) return;
    style.transform = `translate(${bounds.x - origin.x}px, ${bounds.y - origin.y}px)`;
    style.setProperty("--cell-w", `${bounds.width + 1}px`);
    style.setProperty("--cell-h", `${bounds.height + 1}px`);
    holder.current?.classList.toggle("far", bounds.x - origin.x > origin.width - 300);
    holder.current?.classList.toggle("low", bounds.y - origin.y > origin.height - 260);
  }, [col, row, grid, wrap]);
  useLayoutEffect(place);
  // What the active cell says is spoken and shown here too, so its row's news matters.
  const [, renew] = useReducer((n: number) => n + 1, 0);
  useEffect(() => source.subscribe((first, last) => row >= first && row <= last && renew()), [source, row]);
  useEffect(() => props.marks?.subscribe(renew), [props.marks]);
  useEffect(() => props.comments.subscribe(renew), [props.comments]);
  // Ready for keys as soon as the sheet is there, unless someone is already typing elsewhere.
  useEffect(() => {
    if (document.activeElement === document.body && !coarse()) input.current?.focus({ preventScroll: true });
  }, []);

  useImperativeHandle(ref, () => ({
    place,
    focus: () => {
      if (document.activeElement !== input.current) input.current?.focus({ preventScroll: true });
    },
    commit: () => void editor.commit(),
    fill: (from, into) => void fillFrom(board, from, into),
    edit: () => {
      input.current?.focus({ preventScroll: true });
      editor.begin("edit");
    },
  }));

  const onText = () => {
    // Text reached a cell that cannot be written: say why once and keep the field empty.
    if (!editor.now.current && !editor.begin("enter")) {
      if (input.current) input.current.value = "";
      return;
    }
    follow(...picked.now().cell);
    editor.offer(input.current?.value ?? "");
  };

  const onKeyDown = (e: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposingKey(e.nativeEvent)) return;
    if (editor.now.current) return editingKey(e, editor, board);
    const [c, r] = picked.now().cell;
    if (source.peek(r)?.head && (e.key === " " || e.key === "Enter") && !e.ctrlKey && !e.shiftKey) {
      e.preventDefault();
      toggle(r);
      return;
    }
    const command = commandOf(e);
    if (!command) return;
    if (command.do === "closeGroup" || command.do === "openGroup") {
      e.preventDefault();
      const at = toggle(r, command.do === "openGroup");
      // The row one was in goes with its group.
      if (at !== undefined && command.do === "closeGroup") picked.setCell(c, at);
      return;
    }
    if (command.do === "headerMenu") {
      const bounds = grid.current?.getBounds(picked.now().cell[0], -1);
      if (bounds && column)
        props.onHeaderMenu(column, new DOMRect(bounds.x, bounds.y, bounds.width, bounds.height));
    } else runCommand(board, command);
    e.preventDefault();
  };

  const data = source.peek(row);
  const value = column ? data?.values[column.field.key] : undefined;
  const shown = column ? formatValue(column.field, value, locale) : "";
  const spoken = data?.head ? headText(data.head, props) : data?.deleted ? t("table.deletedRow") : shown;
  const said = data && column && !data.deleted && props.comments.has(data.id, column.field.key);
  const label = data?.head
    ? spoken
    : t(said ? "grid.cellSaid" : "grid.cellLabel", {
        column: column?.title ?? "",
        row: (source.recordAt?.(row) ?? row) + 1,
        value: spoken || t("grid.blank"),
      });
  const { editing, active } = editor;
  const chosen = editing?.chosen;
  const items = chosen
    ? editor.items.map((i) => ({ ...i, checked: chosen.includes(String(i.value)) }))
    : editor.items;
  const listed = editing !== null && (items.length > 0 || chosen !== undefined);
  const Panel = editing ? props.panels[editing.column.field.kind] : undefined;
  const told = data && column ? props.marks?.get(data.id, column.field.key) : undefined;
  const doubt = told ?? (isError(value) ? t(`sign.${value.error}`) : undefined);
  const wrong = props.problem && data?.id === props.problem.id && column?.field.key === props.problem.field;
  return (
    <div ref={holder} className="cell-holder">
      <textarea
        ref={input}
        className={
          editing ? `cell-input editing${column && isNumeric(column.field) ? " right" : ""}` : "cell-input"
        }
        rows={1}
        aria-label={label}
        aria-autocomplete={listed ? "list" : undefined}
        aria-controls={listed ? "cell-list" : undefined}
        aria-activedescendant={listed && active >= 0 ? `cell-list-${active}` : undefined}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        // A tablet would raise its keyboard on every tap; there an edit starts with a double tap.
        inputMode={!editing && coarse() ? "none" : undefined}
        onCompositionStart={() => editor.begin("enter")}
        onCompositionEnd={(e) => {
          if (!editor.now.current) e.currentTarget.value = "";
        }}
        onInput={onText}
        onKeyDown={onKeyDown}
        onBlur={() => editor.commit()}
        onCopy={(e) => {
          if (!editing) copySelection(board, e, (text) => void lateCopy(text, props, t("grid.copyAgain")));
        }}
        onCut={(e) => {
          if (editing) return;
          copySelection(board, e, (text) => void lateCopy(text, props, t("grid.copyAgain")));
          void fillRanges(board, "");
        }}
        onPaste={(e) => {
          if (editing) return;
          e.preventDefault();
          const text = e.clipboardData.getData("text/plain");
          void paste(board, text, (n) => props.onSay(t("grid.skipped", { n })));
        }}
      />
      {listed && (
        <ChoiceList
          id="cell-list"
          items={items}
          active={active}
          label={column?.title ?? ""}
          chosen={chosen?.map((value) => ({
            value,
            label: column ? editor.nameOf(column.field, value) : value,
            tone: column?.field.options?.find((o) => o.value === value)?.tone ?? "grey",
          }))}
          onPick={editor.pick}
          onDrop={(value) => editor.choose(value)}
        />
      )}
      {editing && Panel && (
        // Presses inside must not take the focus from the field, which would end the edit.
        <div role="none" className="cell-panel" onMouseDown={(e) => e.preventDefault()}>
          <Suspense>
            <Panel field={editing.column.field} text={editor.text} onPut={editor.put} />
          </Suspense>
        </div>
      )}
      {wrong && !editing && (
        <div className="cell-problem" role="alert">
          {props.problem?.message}
        </div>
      )}
      {doubt && !wrong && !editing && <div className="cell-problem doubt">{doubt}</div>}
    </div>
  );
}

function headText(head: GroupHead, { groups }: SheetProps): string {
  return groups ? `${groups.title(head).text} ${groups.count(head)}` : "";
}

function farCorner({ cell, range }: { cell: readonly [number, number]; range: Rectangle }): [number, number] {
  return [
    cell[0] === range.x ? range.x + range.width - 1 : range.x,
    cell[1] === range.y ? range.y + range.height - 1 : range.y,
  ];
}

/** Where the page may not write to the clipboard by itself, the rows are here now: a second Ctrl+C works. */
async function lateCopy(text: string, props: SheetProps, again: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    props.onSay(again);
  }
}

function editingKey(e: KeyboardEvent<HTMLTextAreaElement>, editor: Editor, board: Board): void {
  const { columns, source } = board.props;
  const leave = (dc: number, dr: number) => {
    e.preventDefault();
    editor.commit();
    board.select(step(board.box(), dc, dr, columns.length, source.total));
  };
  const listed = editor.choice.current.items.length > 0;
  switch (e.key) {
    case "Escape":
      e.preventDefault();
      e.stopPropagation();
      return editor.end();
    case "Enter":
      if (e.altKey) {
        e.preventDefault();
        e.currentTarget.setRangeText(
          "\n",
          e.currentTarget.selectionStart,
          e.currentTarget.selectionEnd,
          "end",
        );
        return;
      }
      if (e.ctrlKey || e.metaKey) {
        e.preventDefault();
        const text = editor.written()?.text;
        editor.end();
        if (text !== undefined) void fillRanges(board, text);
        return;
      }
      if (editor.take()) return e.preventDefault();
      return leave(0, e.shiftKey ? -1 : 1);
    case "Backspace":
      if (editor.dropLast()) e.preventDefault();
      return;
    case "Tab":
      return leave(e.shiftKey ? -1 : 1, 0);
    case "F2":
      e.preventDefault();
      return editor.toEditMode();
    case "ArrowUp":
    case "ArrowDown": {
      const by = e.key === "ArrowUp" ? -1 : 1;
      if (listed) {
        e.preventDefault();
        return editor.moveActive(by);
      }
      if (editor.now.current?.mode === "enter") leave(0, by);
      return;
    }
    case "ArrowLeft":
    case "ArrowRight":
      if (editor.now.current?.mode === "enter") leave(e.key === "ArrowLeft" ? -1 : 1, 0);
      return;
  }
}
