import type { DataEditorRef, Rectangle } from "@glideapps/glide-data-grid";
import type { TFunction } from "i18next";
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
import { formatCount, formatValue, isError, isNumeric } from "@/lib/format";
import { today } from "@/lib/month";
import { ChoiceList } from "./ChoiceList";
import { copySelection } from "./copy";
import { commandOf, isComposingKey } from "./keymap";
import { headOf } from "./selection";
import type { FieldHandle, GroupHead, SheetProps } from "./types";
import { type Board, fillRanges, loadHands, nowText, runCommand, type Said, stepOn } from "./useCommands";
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

const SAID = {
  tooMany: "grid.tooMany",
  apart: "grid.apart",
  copyAgain: "grid.copyAgain",
  nothingBeside: "grid.nothingBeside",
} as const satisfies Record<Said, string>;

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

  const run: Board["run"] = useRef(undefined);
  const board: Board = {
    props,
    box: picked.now,
    others: picked.others,
    ranges: picked.ranges,
    inLines: picked.inLines,
    page: () => ({
      rows: Math.max(1, visible.current.height - 2),
      cols: Math.max(1, visible.current.width - 1),
    }),
    select: (box, which = "cell", others) => {
      picked.setBox(box, others);
      const [hc, hr] = which === "head" ? headOf(box) : box.cell;
      follow(hc, hr);
    },
    selectLines: picked.setLines,
    extendLines: (dc, dr, edge) => {
      const head = picked.extendLines(dc, dr, edge);
      if (head) follow(head.col, head.row);
      return head !== undefined;
    },
    run,
    beginEdit: () => editor.begin("edit"),
    collapse: () => picked.setCell(...picked.now().cell),
    say: (what) => props.onSay(t(SAID[what])),
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
    fill: (from, into, how) => void loadHands().then((h) => h.fillFrom(board, from, into, how)),
    fillDown: (how) => void loadHands().then((h) => h.fillToNeighbours(board, how)),
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
          if (!editing) void copySelection(board, e);
        }}
        onCut={(e) => {
          // What was not copied is not cleared either.
          if (!editing)
            void copySelection(board, e).then((copied) => (copied ? fillRanges(board, "") : undefined));
        }}
        onPaste={(e) => {
          if (editing) return;
          e.preventDefault();
          const [text, html] = ["text/plain", "text/html"].map((type) => e.clipboardData.getData(type));
          void loadHands().then((h) =>
            h.paste(board, text ?? "", html ?? "", (what, n) => props.onSay(t(`grid.${what}`, { n }))),
          );
        }}
      />
      {/* The active cell is the field's own name; how far the selection reaches is told besides. */}
      <div className="sr-only" aria-live="polite">
        {extentOf(picked, t)}
      </div>
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
          {props.problem?.text !== undefined && <span className="cell-problem-how"> {t("grid.mend")}</span>}
        </div>
      )}
      {doubt && !wrong && !editing && <div className="cell-problem doubt">{doubt}</div>}
    </div>
  );
}

/** How much is selected, in words; nothing for one cell. */
function extentOf(picked: Picked, t: TFunction): string {
  const ranges = picked.ranges();
  const [first] = ranges;
  if (ranges.length > 1) return t("grid.selectedMore", { n: ranges.length });
  if (!first || first.width * first.height < 2) return "";
  return t("grid.selected", { rows: formatCount(first.height), cols: formatCount(first.width) });
}

function headText(head: GroupHead, { groups }: SheetProps): string {
  return groups ? `${groups.title(head).text} ${groups.count(head)}` : "";
}

function editingKey(e: KeyboardEvent<HTMLTextAreaElement>, editor: Editor, board: Board): void {
  const leave = (dc: number, dr: number) => {
    e.preventDefault();
    editor.commit();
    stepOn(board, dc, dr);
  };
  const put = (text: string) => {
    e.preventDefault();
    const { selectionStart, selectionEnd } = e.currentTarget;
    e.currentTarget.setRangeText(text, selectionStart, selectionEnd, "end");
    editor.offer(e.currentTarget.value);
  };
  const listed = editor.choice.current.items.length > 0;
  switch (e.key) {
    case "Escape":
      e.preventDefault();
      e.stopPropagation();
      return editor.end();
    case "Enter":
      if (e.altKey) return put("\n");
      if (e.ctrlKey || e.metaKey) {
        e.preventDefault();
        const entered = editor.entered();
        editor.end();
        if (entered) void fillRanges(board, entered.text, entered.from);
        return;
      }
      if (editor.take()) return e.preventDefault();
      return leave(0, e.shiftKey ? -1 : 1);
    case "Backspace":
      if (editor.dropLast()) e.preventDefault();
      return;
    case "Tab":
      return leave(e.shiftKey ? -1 : 1, 0);
    case ";":
    case ":":
      // As in Excel, at the caret: today, and with Shift now.
      if (e.ctrlKey || e.metaKey) put(e.shiftKey ? nowText() : today());
      return;
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
