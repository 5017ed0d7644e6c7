import type { DrawCellCallback, DrawHeaderCallback, Rectangle } from "@glideapps/glide-data-grid";
import { isNumeric } from "@/lib/format";
import type { SheetColors } from "./gridTheme";
import type { SheetColumn } from "./types";

/** Width at the right end of an opening cell that opens instead of selecting. */
export const OPEN_ZONE = 26;

type Ctx = CanvasRenderingContext2D;

/** The quiet sign at the right end of a cell that opens a page. */
export function drawOpenSign(ctx: Ctx, rect: Rectangle, color: string): void {
  const cx = rect.x + rect.width - 15;
  const cy = rect.y + rect.height / 2;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.globalAlpha = 0.75;
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  ctx.moveTo(cx - 3, cy + 3);
  ctx.lineTo(cx + 3, cy - 3);
  ctx.moveTo(cx - 1, cy - 3);
  ctx.lineTo(cx + 3, cy - 3);
  ctx.lineTo(cx + 3, cy + 1);
  ctx.stroke();
  ctx.restore();
}

export function drawRing(ctx: Ctx, rect: Rectangle, color: string): void {
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  ctx.strokeRect(rect.x + 1, rect.y + 1, rect.width - 1, rect.height - 1);
  ctx.restore();
}

/** The thin frame of a cell somebody else is in, with a tag at its corner: colour alone says too little. */
export function drawFrame(ctx: Ctx, rect: Rectangle, color: string): void {
  const [x, y, right] = [rect.x + 1, rect.y + 1, rect.x + rect.width];
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.5;
  ctx.strokeRect(x + 0.25, y + 0.25, rect.width - 1.5, rect.height - 1.5);
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.moveTo(right - 8, y);
  ctx.lineTo(right, y);
  ctx.lineTo(right, y + 8);
  ctx.fill();
  ctx.restore();
}

/** The corner of a cell with comments, where Excel has it. */
export function drawCommentSign(ctx: Ctx, rect: Rectangle, color: string): void {
  const right = rect.x + rect.width;
  ctx.save();
  ctx.beginPath();
  ctx.moveTo(right - 9, rect.y + 1);
  ctx.lineTo(right, rect.y + 1);
  ctx.lineTo(right, rect.y + 10);
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.fill();
  ctx.restore();
}

/** The corner that fills neighbouring cells when dragged. */
export function drawFillCorner(ctx: Ctx, rect: Rectangle, color: string, ground: string): void {
  const x = rect.x + rect.width - 6;
  const y = rect.y + rect.height - 6;
  ctx.save();
  ctx.fillStyle = ground;
  ctx.fillRect(x - 1, y - 1, 8, 8);
  ctx.fillStyle = color;
  ctx.fillRect(x, y, 7, 7);
  ctx.restore();
}

type HeaderArgs = Parameters<DrawHeaderCallback>[0];

function shorten(ctx: Ctx, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let end = text.length;
  while (end > 1 && ctx.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return `${text.slice(0, end)}…`;
}

/** Title, a small ƒ for computed columns, the sort arrow, and the menu's mark. */
export function drawHeaderCell(args: HeaderArgs, column: SheetColumn, colors: SheetColors): void {
  const { ctx, rect, isHovered, menuBounds } = args;
  const right = isNumeric(column.field);
  const marked = column.sorted !== undefined || column.filtered === true;
  const menuRoom = isHovered || marked ? 24 : 8;
  const midY = rect.y + rect.height / 2;
  ctx.save();
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.font = `500 12px ${colors.font}`;
  const sign = column.field.formula === undefined ? "" : "ƒ";
  const signWidth = sign === "" ? 0 : 11;
  const title = shorten(ctx, column.title, rect.width - menuRoom - signWidth - 12);
  const width = ctx.measureText(title).width;
  const x = right ? rect.x + rect.width - menuRoom - 2 - width : rect.x + 10 + signWidth;
  if (sign !== "") {
    ctx.fillStyle = colors.ink3;
    ctx.font = `italic 11px ${colors.font}`;
    ctx.fillText(sign, x - 10, midY + 0.5);
    ctx.font = `500 12px ${colors.font}`;
  }
  ctx.fillStyle = marked ? colors.focus : colors.ink2;
  ctx.fillText(title, x, midY + 0.5);
  if (isHovered || marked)
    drawMenuMark(ctx, menuBounds.x + menuBounds.width / 2, midY, column, colors, isHovered);
  ctx.restore();
}

function drawMenuMark(
  ctx: Ctx,
  x: number,
  y: number,
  column: SheetColumn,
  colors: SheetColors,
  hovered: boolean,
) {
  ctx.lineWidth = 1.4;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.strokeStyle = column.sorted || column.filtered ? colors.focus : colors.ink3;
  ctx.beginPath();
  if (column.sorted) {
    const s = column.sorted === "asc" ? -1 : 1;
    ctx.moveTo(x, y - 4 * s);
    ctx.lineTo(x, y + 4 * s);
    ctx.moveTo(x - 3, y + 1.2 * s);
    ctx.lineTo(x, y + 4 * s);
    ctx.lineTo(x + 3, y + 1.2 * s);
  } else if (column.filtered) {
    ctx.moveTo(x - 4.5, y - 3.5);
    ctx.lineTo(x + 4.5, y - 3.5);
    ctx.moveTo(x - 2.6, y);
    ctx.lineTo(x + 2.6, y);
    ctx.moveTo(x - 0.8, y + 3.5);
    ctx.lineTo(x + 0.8, y + 3.5);
  } else if (hovered) {
    ctx.moveTo(x - 3, y - 1.5);
    ctx.lineTo(x, y + 1.5);
    ctx.lineTo(x + 3, y - 1.5);
  }
  ctx.stroke();
}

export type CellArgs = Parameters<DrawCellCallback>[0];
