/**
 * The sheet. Glide draws cells and handles the mouse; keyboard, input method, editing, clipboard and
 * loading are ours, so that the drawing library could be replaced without touching a feature.
 *
 * One real text field stays mounted and focused over the active cell. It is transparent until text
 * arrives in it; that is what lets a Chinese input method start on a merely selected cell.
 */
import {
  DataEditor,
  type DataEditorRef,
  type GridCell,
  GridCellKind,
  type GridColumn,
  type GridSelection,
  type Item,
  type Rectangle,
} from "@glideapps/glide-data-grid";
import "@glideapps/glide-data-grid/dist/index.css";
import {
  type Ref,
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
import { formatValue, isLink, isNumeric } from "@/lib/format";
import { modeStore } from "@/lib/prefs";
import { useStore } from "@/lib/store";
import { CellField } from "./CellField";
import { drawChips, drawHeaderCell, drawOpenSign, drawRing, OPEN_ZONE } from "./draw";
import { gridTheme, readColors } from "./gridTheme";
import type { SheetHandle, SheetProps, SheetSelection } from "./types";
import { useSelection } from "./useSelection";

const HEADER = 34;
const ROW = 32;
/** Glide's own keys are all off: the field over the active cell has the focus, not the canvas. */
const NO_KEYS = {
  copy: false,
  paste: false,
  cut: false,
  delete: false,
  clear: false,
  search: false,
} as const;

export default function Sheet(props: SheetProps & { ref?: Ref<SheetHandle> }) {
  const { columns, source, frozen, problem } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const mode = useStore(modeStore);
  const grid = useRef<DataEditorRef>(null);
  const wrap = useRef<HTMLDivElement>(null);
  const visible = useRef<Rectangle>({ x: 0, y: 0, width: 1, height: 30 });
  const [total, setTotal] = useState(source.total);
  const colors = useMemo(() => (mode === "dark" ? readColors() : readColors()), [mode]);
  const theme = useMemo(() => gridTheme(colors, mode === "dark"), [colors, mode]);
  const picked = useSelection(columns.length, total);
  const { selection, box } = picked;

  const follow = useCallback(
    (col: number, row: number) => grid.current?.scrollTo(col, row, "both", 0, 0),
    [],
  );

  // What the canvas asks for each visible cell.
  const getCellContent = useCallback(
    ([col, index]: Item): GridCell => {
      const column = columns[col];
      const row = source.peek(index);
      if (!column || !row)
        return { kind: GridCellKind.Loading, allowOverlay: false, skeletonWidth: 52, skeletonHeight: 9 };
      const { field } = column;
      const pending = source.pendingText(row.id, field.key);
      const text = row.deleted
        ? col === 0
          ? t("table.deletedRow")
          : ""
        : (pending ?? formatValue(field, row.values[field.key], locale));
      const flagged = problem?.id === row.id && problem.field === field.key;
      return {
        kind: GridCellKind.Text,
        data: text,
        displayData: text,
        allowOverlay: false,
        readonly: column.locked !== undefined,
        contentAlign: isNumeric(field) ? "right" : "left",
        themeOverride: flagged
          ? { bgCell: colors.dangerBg, textDark: colors.danger }
          : row.deleted || pending !== undefined
            ? { textDark: colors.ink3 }
            : field.kind === "link"
              ? { textDark: colors.link }
              : undefined,
      };
    },
    [columns, source, problem, colors, locale, t],
  );

  const gridColumns = useMemo(
    (): GridColumn[] =>
      columns.map((c) => ({
        id: c.field.key,
        title: c.title,
        width: c.width,
        hasMenu: true,
        themeOverride:
          c.field.key === "name"
            ? { baseFontStyle: "500 13px" }
            : c.field.formula !== undefined
              ? { bgCell: colors.computed }
              : undefined,
      })),
    [columns, colors],
  );

  // Rows that arrived or changed are redrawn, nothing else.
  useEffect(() => {
    setTotal(source.total);
    const redraw = (first: number, last: number) => {
      setTotal(source.total);
      const v = visible.current;
      const cells: { cell: Item }[] = [];
      const to = Math.min(last, v.y + v.height + 1);
      for (let row = Math.max(first, v.y); row <= to; row++)
        for (let col = 0; col < columns.length; col++) cells.push({ cell: [col, row] });
      if (cells.length > 0) grid.current?.updateCells(cells);
    };
    const stop = source.subscribe(redraw);
    source.watch(visible.current.y, visible.current.y + visible.current.height);
    return stop;
  }, [source, columns.length]);

  useFreshStart(props.viewKey, total, picked, follow);

  // Glide's canvas scroller takes focus on a click; typing belongs in our field.
  const field = useRef<{ place(): void; focus(): void; commit(): void; edit(): void }>(null);
  const onVisible = useCallback(
    (range: Rectangle) => {
      visible.current = range;
      source.watch(range.y, range.y + range.height);
      field.current?.place();
    },
    [source],
  );

  const onGlideSelection = useCallback(
    (next: GridSelection) => {
      field.current?.commit();
      picked.take(next);
      requestAnimationFrame(() => field.current?.focus());
    },
    [picked.take],
  );

  const { onSelect } = props;
  useEffect(() => {
    onSelect(toSheetSelection(selection, picked.hasActive ? box.cell : null, columns.length, total));
  }, [selection, box, picked.hasActive, columns.length, total, onSelect]);

  useImperativeHandle(props.ref, () => ({
    focus: () => field.current?.focus(),
    goTo: (row, key) => {
      const col =
        key === undefined
          ? box.cell[0]
          : Math.max(
              0,
              columns.findIndex((c) => c.field.key === key),
            );
      picked.setBox({ cell: [col, row], range: { x: col, y: row, width: 1, height: 1 } });
      follow(col, row);
    },
  }));
  useLayoutEffect(() => field.current?.place());

  const openAt = (col: number, row: number): boolean => {
    const data = source.peek(row);
    const column = columns[col];
    if (!data || data.deleted || !column) return false;
    const value = data.values[column.field.key];
    if (column.field.kind === "link" && value && isLink(value)) props.onOpenLink(column.field, value);
    else if (column.field.key === "name") props.onOpenRow(data.id, row);
    else return false;
    return true;
  };

  const headerMenu = (col: number, b: Rectangle) => {
    const column = columns[col];
    if (column) props.onHeaderMenu(column, new DOMRect(b.x, b.y, b.width, b.height));
  };

  return (
    <div
      ref={wrap}
      className="sheet"
      onFocusCapture={(e) => e.target instanceof HTMLCanvasElement && field.current?.focus()}
    >
      <DataEditor
        ref={grid}
        width="100%"
        height="100%"
        theme={theme}
        columns={gridColumns}
        rows={total}
        rowHeight={ROW}
        headerHeight={HEADER}
        freezeColumns={frozen}
        rowMarkers={{ kind: "clickable-number", width: String(total).length * 7 + 20 }}
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
          picked.setCell(cell[0], cell[1]);
          field.current?.edit();
        }}
        onCellClicked={([col, row], e) => {
          if (e.localEventX > e.bounds.width - OPEN_ZONE && openAt(col, row)) e.preventDefault();
        }}
        onHeaderMenuClick={headerMenu}
        onHeaderContextMenu={(col, e) => {
          e.preventDefault();
          headerMenu(col, e.bounds);
        }}
        onColumnResize={(c, width) => c.id && props.onResize(c.id, Math.round(width))}
        onColumnMoved={props.onMoveColumn}
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
        drawCell={(args, drawContent) => {
          const column = columns[args.col];
          const row = source.peek(args.row);
          const value = column && row && !row.deleted ? row.values[column.field.key] : undefined;
          const pending = column && row ? source.pendingText(row.id, column.field.key) : undefined;
          if (
            !column ||
            pending !== undefined ||
            !drawChips(args.ctx, args.rect, column.field, value, colors, locale)
          )
            drawContent();
          if (column && value && (column.field.key === "name" || column.field.kind === "link") && row)
            if (args.hoverAmount > 0 || args.row === box.cell[1])
              drawOpenSign(args.ctx, args.rect, colors.ink2);
          if (picked.hasActive && args.col === box.cell[0] && args.row === box.cell[1])
            drawRing(args.ctx, args.rect, colors.focus);
        }}
      />
      <CellField
        ref={field}
        props={props}
        picked={picked}
        wrap={wrap}
        grid={grid}
        visible={visible}
        follow={follow}
      />
    </div>
  );
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
  s: GridSelection,
  active: readonly [number, number] | null,
  cols: number,
  total: number,
): SheetSelection {
  const rows: [number, number][] = [];
  for (const row of s.rows) {
    const last = rows.at(-1);
    if (last && last[1] === row - 1) last[1] = row;
    else rows.push([row, row]);
  }
  const ranges =
    rows.length > 0
      ? rows.map(([first, last]) => ({ x: 0, y: first, width: cols, height: last - first + 1 }))
      : s.columns.length > 0
        ? s.columns.toArray().map((x) => ({ x, y: 0, width: 1, height: total }))
        : s.current
          ? [s.current.range, ...s.current.rangeStack].map((r) => ({ ...r }))
          : [];
  return { ranges, rows, active: active ? { col: active[0], row: active[1] } : null };
}
