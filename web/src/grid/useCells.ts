/** What the canvas is told of each cell: its text, its colours, and when to draw it again. */
import {
  type DataEditorRef,
  type DrawCellCallback,
  type GetRowThemeCallback,
  type GridCell,
  GridCellKind,
  type GridColumn,
  type Item,
  type Rectangle,
} from "@glideapps/glide-data-grid";
import { type RefObject, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Locale } from "@/api/types";
import { useLocale } from "@/i18n";
import { formatValue, isError, isKept, isLinks, isNumeric } from "@/lib/format";
import { memberStore } from "@/lib/members";
import { useStore } from "@/lib/store";
import { drawCommentSign, drawFillCorner, drawFrame, drawOpenSign, drawRing } from "./draw";
import { drawFigure, drawGroupHead } from "./drawGroup";
import { drawMark, drawValue } from "./drawValue";
import type { SheetColors } from "./gridTheme";
import { type Box, isLast } from "./selection";
import { cellTone, rowTone } from "./tints";
import type { GroupHead, RowSource, SheetColumn, SheetGroups, SheetProps } from "./types";

export function useCellContent(
  { columns, source, problem, groups, tints, frozen }: SheetProps,
  colors: SheetColors,
) {
  const { t } = useTranslation();
  const locale = useLocale();
  const members = useStore(memberStore);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names of members are shown in cells
  return useCallback(
    ([col, index]: Item): GridCell => {
      const column = columns[col];
      const row = source.peek(index);
      if (!column || !row)
        return { kind: GridCellKind.Loading, allowOverlay: false, skeletonWidth: 52, skeletonHeight: 9 };
      if (row.head && groups) return headContent(row.head, column, col, groups, frozen);
      const { field } = column;
      const pending = source.pendingText(row.id, field.key);
      const text = row.deleted
        ? col === 0
          ? t("table.deletedRow")
          : ""
        : (pending ?? formatValue(field, row.values[field.key], locale));
      const tone = row.tint && !row.deleted ? cellTone(tints, row.tint, field.key) : undefined;
      const ground = tone && { bgCell: colors.tones[tone].bg };
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
            ? { ...ground, textDark: colors.ink3 }
            : isError(row.values[field.key])
              ? { ...ground, textDark: colors.danger }
              : field.kind === "link" || field.kind === "url"
                ? { ...ground, textDark: colors.link }
                : ground,
      };
    },
    [columns, source, problem, colors, locale, members, t, groups, tints, frozen],
  );
}

/** A heading spans the columns that stay in sight; figures stand under their own columns. */
function headContent(
  head: GroupHead,
  column: SheetColumn,
  col: number,
  groups: SheetGroups,
  frozen: number,
): GridCell {
  const titled = col < Math.max(1, frozen);
  const text = titled
    ? `${groups.title(head).text} ${groups.count(head)}`
    : groups.figure(head, column.field);
  return {
    kind: GridCellKind.Text,
    data: text,
    displayData: text,
    allowOverlay: false,
    readonly: true,
    contentAlign: isNumeric(column.field) ? "right" : "left",
    span: titled && frozen > 1 ? [0, frozen - 1] : undefined,
  };
}

/** The ground of whole rows: headings, and records a rule for rows colours. */
export function useRowTheme({ source, tints }: SheetProps, colors: SheetColors): GetRowThemeCallback {
  return useCallback(
    (index: number) => {
      const row = source.peek(index);
      if (row?.head) return { bgCell: row.head.level === 0 ? colors.group : colors.computed };
      const tone = row?.tint && !row.deleted ? rowTone(tints, row.tint) : undefined;
      return tone && { bgCell: colors.tones[tone].bg };
    },
    [source, tints, colors],
  );
}

/**
 * The same colour in other letters. Below the last row the library shades columns that have a ground of their own,
 * and shades those that stay in sight last; one that is plain would let the others shine through.
 */
export const ownGround = (color: string): string =>
  color === color.toUpperCase() ? color.toLowerCase() : color.toUpperCase();

export function useGridColumns(columns: SheetColumn[], frozen: number, colors: SheetColors): GridColumn[] {
  return useMemo(
    (): GridColumn[] =>
      columns.map((c, at) => ({
        id: c.field.key,
        title: c.title,
        width: c.width,
        hasMenu: true,
        themeOverride: {
          ...(c.field.key === "name" ? { baseFontStyle: "500 13px" } : {}),
          ...(c.field.formula !== undefined || isKept(c.field)
            ? { bgCell: colors.computed }
            : at < frozen
              ? { bgCell: ownGround(colors.surface) }
              : {}),
        },
      })),
    [columns, frozen, colors],
  );
}

/** Rows that arrived or changed are redrawn, nothing else. Answers how many rows there are. */
export function useRedraw(
  source: RowSource,
  cols: number,
  visible: RefObject<Rectangle>,
  grid: RefObject<DataEditorRef | null>,
): number {
  const [total, setTotal] = useState(source.total);
  useEffect(() => {
    setTotal(source.total);
    const redraw = (first: number, last: number) => {
      setTotal(source.total);
      const v = visible.current;
      const cells: { cell: Item }[] = [];
      const to = Math.min(last, v.y + v.height + 1);
      for (let row = Math.max(first, v.y); row <= to; row++)
        for (let col = 0; col < cols; col++) cells.push({ cell: [col, row] });
      if (cells.length > 0) grid.current?.updateCells(cells);
    };
    const stop = source.subscribe(redraw);
    source.watch([visible.current.y, visible.current.y + visible.current.height]);
    return stop;
  }, [source, cols, visible, grid]);
  return total;
}

/** Text or chips, the sign of a cell that opens, and the ring round the active one. */
export function drawSheetCell(
  args: Parameters<DrawCellCallback>[0],
  drawContent: () => void,
  { columns, source, marks, comments, opensRows, others, groups, frozen }: SheetProps,
  box: Box | null,
  colors: SheetColors,
  locale: Locale,
): void {
  const { ctx, rect } = args;
  const active = box?.cell;
  const column = columns[args.col];
  const row = source.peek(args.row);
  if (!column || !row) return drawContent();
  if (row.head && groups) {
    const titled = args.col < Math.max(1, frozen);
    if (titled) drawGroupHead(ctx, rect, row.head, groups, colors);
    else drawFigure(ctx, rect, groups.figure(row.head, column.field), isNumeric(column.field), colors);
    if (
      active &&
      args.row === active[1] &&
      (titled ? active[0] < Math.max(1, frozen) : args.col === active[0])
    )
      drawRing(ctx, rect, colors.focus);
    return;
  }
  const { field } = column;
  const value = row.deleted ? undefined : row.values[field.key];
  const pending = source.pendingText(row.id, field.key);
  if (pending !== undefined || !drawValue(ctx, rect, field, value, colors, locale)) drawContent();
  if (!row.deleted && marks?.get(row.id, field.key) !== undefined) drawMark(ctx, rect, colors.mark);
  if (!row.deleted && comments.has(row.id, field.key)) drawCommentSign(ctx, rect, colors.comment);
  const opens =
    value &&
    !isError(value) &&
    ((field.key === "name" && opensRows) || field.kind === "link" || field.kind === "url" || isLinks(field));
  if (opens && (args.hoverAmount > 0 || args.row === active?.[1])) drawOpenSign(ctx, rect, colors.ink2);
  const other = others.find((o) => o.id === row.id && o.field === field.key);
  if (other) drawFrame(ctx, rect, colors.people[other.colour] ?? colors.ink3);
  if (active && args.col === active[0] && args.row === active[1]) drawRing(ctx, rect, colors.focus);
  if (box && column.locked === undefined && isLast(box.range, args.col, args.row))
    drawFillCorner(ctx, rect, colors.focus, colors.surface);
}
