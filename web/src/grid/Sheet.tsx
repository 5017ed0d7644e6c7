/**
 * The sheet. Glide draws cells and handles the mouse; keyboard, input method, editing, clipboard and
 * loading are ours, so that the drawing library could be replaced without touching a feature.
 *
 * One real text field stays mounted and focused over the active cell. It is transparent until text
 * arrives in it; that is what lets a Chinese input method start on a merely selected cell.
 */
import {
  CompactSelection,
  DataEditor,
  type DataEditorRef,
  type GridMouseEventArgs,
  type GridSelection,
  type Rectangle,
} from "@glideapps/glide-data-grid";
import "@glideapps/glide-data-grid/dist/index.css";
import {
  type CSSProperties,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "@/i18n";
import { isError, isLink, isLinks } from "@/lib/format";
import { modeStore } from "@/lib/prefs";
import { useStore } from "@/lib/store";
import { CellField } from "./CellField";
import { drawHeaderCell, OPEN_ZONE } from "./draw";
import { onSign } from "./drawGroup";
import { gridTheme, readColors } from "./gridTheme";
import { stretchesOf, within } from "./selection";
import type { FieldHandle, OtherCell, Range, SheetProps, SheetSelection } from "./types";
import { drawSheetCell, ownGround, useCellContent, useGridColumns, useRedraw, useRowTheme } from "./useCells";
import { amongRecords, useGrouped, useToggle } from "./useGroups";
import { useMarkers } from "./useMarkers";
import { type Picked, useSelection } from "./useSelection";

const HEADER = 34;
/** Where the corner to drag is; we draw it ourselves, as Glide does only together with its focus ring. */
const FILL_HANDLE = { size: 8, offsetX: 0, offsetY: 0, shape: "square", outline: 0 } as const;
/** What stands right of the last column stays with it. */
const ASIDE = { fill: false, sticky: false } as const;
/** Glide's own keys are all off: the field over the active cell has the focus, not the canvas. */
const NO_KEYS = {
  copy: false,
  paste: false,
  cut: false,
  delete: false,
  clear: false,
  search: false,
} as const;

export default function Sheet(outer: SheetProps) {
  const { props, rows } = useGrouped(outer);
  const { columns, source, frozen } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const mode = useStore(modeStore);
  const grid = useRef<DataEditorRef>(null);
  const wrap = useRef<HTMLDivElement>(null);
  const visible = useRef<Rectangle>({ x: 0, y: 0, width: 1, height: 30 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are the stylesheet's, and follow the mode
  const colors = useMemo(readColors, [mode]);
  const theme = useMemo(() => gridTheme(colors, mode === "dark"), [colors, mode]);
  const follow = useCallback(
    (col: number, row: number) => grid.current?.scrollTo(col, row, "both", 0, 0),
    [],
  );

  const getCellContent = useCellContent(props, colors);
  const rowTheme = useRowTheme(props, colors);
  const toggle = useToggle(props, rows);
  const renderers = useMarkers(rows, colors);
  const gridColumns = useGridColumns(columns, frozen, colors);
  const total = useRedraw(source, columns.length, visible, grid);
  const picked = useSelection(columns.length, total);
  const { selection, box } = picked;

  const { marks } = props;
  // Marks come after their rows: what is on screen is then drawn again.
  useEffect(
    () => marks?.subscribe(() => redraw(grid.current, visible.current, columns.length)),
    [marks, columns.length],
  );
  const { comments } = props;
  useEffect(
    () => comments.subscribe(() => redraw(grid.current, visible.current, columns.length)),
    [comments, columns.length],
  );
  const { others } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: where others are is drawn into the cells
  useEffect(() => redraw(grid.current, visible.current, columns.length), [others, columns.length]);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const onHover = (args: GridMouseEventArgs) => {
    const row = args.kind === "cell" ? source.peek(args.location[1]) : undefined;
    const column = args.kind === "cell" ? columns[args.location[0]] : undefined;
    const value = row && column ? row.values[column.field.key] : undefined;
    props.onPoint(
      args.kind === "cell" && row && column && !row.deleted
        ? { id: row.id, field: column.field.key, at: rectOf(args.bounds) }
        : null,
    );
    const told = row && column ? marks?.get(row.id, column.field.key) : undefined;
    const text = told ?? (isError(value) ? t(`sign.${value.error}`) : undefined);
    const who = others.filter((o) => o.id === row?.id && o.field === column?.field.key);
    const origin = wrap.current?.getBoundingClientRect();
    if ((text === undefined && who.length === 0) || args.kind !== "cell" || !origin) return setHovered(null);
    setHovered({
      text,
      who,
      left: args.bounds.x - origin.x,
      above: args.bounds.y - origin.y,
      top: args.bounds.y - origin.y + args.bounds.height + 4,
    });
  };

  useImperativeHandle(props.fit, () => (key: string) => {
    const at = columns.findIndex((c) => c.field.key === key);
    if (at >= 0) grid.current?.remeasureColumns(CompactSelection.fromSingleSelection(at));
  });
  useFreshStart(props.viewKey, total, picked, follow);

  // Glide's canvas scroller takes focus on a click; typing belongs in our field.
  const field = useRef<FieldHandle>(null);
  const onVisible = useCallback(
    (range: Rectangle) => {
      visible.current = range;
      source.watch([range.y, range.y + range.height]);
      field.current?.place();
    },
    [source],
  );

  /** After the mouse did something to the grid itself, the keys are the field's again. */
  const refocus = useCallback(() => requestAnimationFrame(() => field.current?.focus()), []);
  const onGlideSelection = useCallback(
    (next: GridSelection) => {
      field.current?.commit();
      picked.take(next);
      refocus();
    },
    [picked.take, refocus],
  );

  const { onSelect } = props;
  useEffect(() => {
    onSelect(amongRecords(toSheetSelection(picked, selection, picked.hasActive ? box.cell : null), rows));
  }, [selection, box, picked, onSelect, rows]);

  useLayoutEffect(() => field.current?.place());

  const pointer = usePointer();
  const openAt = (col: number, row: number): boolean => {
    const data = source.peek(row);
    const column = columns[col];
    if (!data || data.deleted || !column) return false;
    const value = data.values[column.field.key];
    if (column.field.kind === "link" && value && isLink(value)) props.onOpenLink(column.field, value);
    else if (isLinks(column.field) && value) {
      const b = grid.current?.getBounds(col, row);
      if (b) props.onOpenLinks(column.field, data, rectOf(b));
    } else if (column.field.kind === "url" && typeof value === "string")
      window.open(value, "_blank", "noopener,noreferrer");
    else if (column.field.key === "name" && props.opensRows) props.onOpenRow(data.id, row);
    else return false;
    return true;
  };

  const headerMenu = (col: number, b: Rectangle) => {
    const column = columns[col];
    if (column) props.onHeaderMenu(column, rectOf(b));
  };

  return (
    <div
      ref={wrap}
      role="none"
      className="sheet"
      onFocusCapture={(e) => e.target instanceof HTMLCanvasElement && field.current?.focus()}
      onDoubleClick={() => {
        if (onCorner(grid.current, picked.now().range, pointer.current))
          field.current?.fillDown(pointer.current.how);
      }}
    >
      <DataEditor
        ref={grid}
        width="100%"
        height="100%"
        theme={theme}
        columns={gridColumns}
        rows={total}
        rowHeight={props.rowHeight}
        getRowThemeOverride={rowTheme}
        renderers={renderers}
        spanRangeBehavior="allowPartial"
        headerHeight={HEADER}
        freezeColumns={frozen}
        rowMarkers={{
          kind: "clickable-number",
          width: String(outer.source.total).length * 7 + 20,
          theme: { bgCell: ownGround(colors.surface) },
        }}
        getCellContent={getCellContent}
        gridSelection={selection}
        onGridSelectionChange={onGlideSelection}
        onVisibleRegionChanged={onVisible}
        rangeSelect="multi-rect"
        columnSelect="multi"
        rowSelect="multi"
        rowSelectionMode="multi"
        cellActivationBehavior="double-click"
        onCellActivated={(cell, e) => {
          if (e.inputType !== "pointer") return;
          if (onCorner(grid.current, picked.now().range, pointer.current)) return;
          picked.setCell(cell[0], cell[1]);
          if (rows?.headAt(cell[1])) toggle(cell[1]);
          else field.current?.edit();
        }}
        onCellClicked={([col, row], e) => {
          const head = rows?.headAt(row);
          if (head) {
            if (col <= 0 && onSign(head, e.localEventX)) toggle(row);
            return;
          }
          if (e.localEventX > e.bounds.width - OPEN_ZONE && openAt(col, row)) e.preventDefault();
        }}
        onCellContextMenu={([col, row], e) => {
          e.preventDefault();
          const data = source.peek(row);
          if (!data || data.deleted || !columns[col]) return;
          if (!within(picked.now().range, col, row)) picked.setCell(col, row);
          const { x, y } = e.bounds;
          props.onCellMenu(new DOMRect(x + e.localEventX, y + e.localEventY, 0, 0));
        }}
        fillHandle={FILL_HANDLE}
        getCellsForSelection
        onItemHovered={onHover}
        rightElement={props.aside}
        rightElementProps={ASIDE}
        onFillPattern={(e) => {
          e.preventDefault();
          field.current?.fill(e.patternSource, e.fillDestination, pointer.current.how);
        }}
        onHeaderMenuClick={headerMenu}
        onHeaderContextMenu={(col, e) => {
          e.preventDefault();
          headerMenu(col, e.bounds);
        }}
        onColumnResize={(c, width) => {
          if (c.id) props.onResize(c.id, Math.round(width));
          refocus();
        }}
        onColumnMoved={(from, to) => {
          props.onMoveColumn(from, to);
          refocus();
        }}
        minColumnWidth={56}
        maxColumnWidth={600}
        keybindings={NO_KEYS}
        editOnType={false}
        drawFocusRing={false}
        scrollToActiveCell={false}
        smoothScrollX
        smoothScrollY
        verticalBorder={(col) => col < frozen || col > 0}
        highlightRegions={
          box.range.width * box.range.height > 1
            ? [{ color: colors.focus, range: box.range, style: "solid-outline" }]
            : undefined
        }
        drawHeader={(args) => {
          const column = columns[args.columnIndex];
          if (column) drawHeaderCell(args, column, colors);
        }}
        drawCell={(args, drawContent) =>
          drawSheetCell(args, drawContent, props, picked.hasActive ? box : null, colors, locale)
        }
      />
      {hovered?.who[0] && (
        <div
          className="cell-owner"
          style={
            {
              left: hovered.left,
              top: hovered.above - 20,
              "--person": colors.people[hovered.who[0].colour],
            } as CSSProperties
          }
        >
          {hovered.who.map((o) => o.name).join("、")}
        </div>
      )}
      {hovered?.text !== undefined && (
        <div className="cell-problem doubt hover" style={{ left: hovered.left, top: hovered.top }}>
          {hovered.text}
        </div>
      )}
      <CellField
        ref={field}
        props={props}
        picked={picked}
        wrap={wrap}
        grid={grid}
        visible={visible}
        follow={follow}
        toggle={toggle}
      />
    </div>
  );
}

/** What is told of the cell under the pointer, and where. */
interface Hovered {
  text: string | undefined;
  who: OtherCell[];
  left: number;
  above: number;
  top: number;
}

const rectOf = (b: Rectangle) => new DOMRect(b.x, b.y, b.width, b.height);

/** Where a button of the mouse was let go last, and how a fill then goes: Ctrl turns it round. */
interface Pointer {
  x: number;
  y: number;
  how: "series" | "other";
}

/** Known before the grid acts on it. */
function usePointer(): RefObject<Pointer> {
  const last = useRef<Pointer>({ x: 0, y: 0, how: "series" });
  useEffect(() => {
    const up = (e: PointerEvent) => {
      last.current = { x: e.clientX, y: e.clientY, how: e.ctrlKey || e.metaKey ? "other" : "series" };
    };
    addEventListener("pointerup", up, true);
    return () => removeEventListener("pointerup", up, true);
  }, []);
  return last;
}

/** Whether a place is on the corner that fills. */
function onCorner(grid: DataEditorRef | null, range: Range, { x, y }: Pointer): boolean {
  const b = grid?.getBounds(range.x + range.width - 1, range.y + range.height - 1);
  if (!b) return false;
  const [dx, dy] = [b.x + b.width - x, b.y + b.height - y];
  return dx >= -2 && dx <= FILL_HANDLE.size + 2 && dy >= -2 && dy <= FILL_HANDLE.size + 2;
}

function redraw(grid: DataEditorRef | null, v: Rectangle, cols: number): void {
  const cells = [];
  for (let row = v.y; row <= v.y + v.height; row++)
    for (let col = 0; col < cols; col++) cells.push({ cell: [col, row] as [number, number] });
  grid?.updateCells(cells);
}

/** Another question starts at its first row; a shorter answer keeps the active cell inside. */
function useFreshStart(
  viewKey: string,
  total: number,
  picked: ReturnType<typeof useSelection>,
  follow: (col: number, row: number) => void,
): void {
  const last = useRef(viewKey);
  useEffect(() => {
    const [col, row] = picked.now().cell;
    if (last.current !== viewKey) {
      last.current = viewKey;
      picked.setCell(col, 0);
      follow(col, 0);
    } else if (row >= total && total > 0) picked.setCell(col, total - 1);
  }, [viewKey, total, picked, follow]);
}

function toSheetSelection(
  picked: Picked,
  s: GridSelection,
  active: readonly [number, number] | null,
): SheetSelection {
  return {
    ranges: picked.ranges(),
    rows: stretchesOf(s.rows),
    active: active ? { col: active[0], row: active[1] } : null,
  };
}
