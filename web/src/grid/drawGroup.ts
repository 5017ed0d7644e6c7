/** Headings of groups: the sign that closes them, what they hold, how many records, and their figures. */
import type { Rectangle } from "@glideapps/glide-data-grid";
import type { SheetColors } from "./gridTheme";
import type { GroupHead, SheetGroups } from "./types";

type Ctx = CanvasRenderingContext2D;

/** How far each level stands in. */
const STEP = 18;
/** Width of the sign before the title, where a click closes or opens. */
const SIGN = 26;

/** Whether a click so far from the left end of a heading is on its sign. */
export const onSign = (head: GroupHead, x: number): boolean => x < SIGN + head.level * STEP;

function drawSign(ctx: Ctx, x: number, y: number, open: boolean, color: string): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = 1.5;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.beginPath();
  if (open) {
    ctx.moveTo(x - 3.5, y - 1.75);
    ctx.lineTo(x, y + 1.75);
    ctx.lineTo(x + 3.5, y - 1.75);
  } else {
    ctx.moveTo(x - 1.75, y - 3.5);
    ctx.lineTo(x + 1.75, y);
    ctx.lineTo(x - 1.75, y + 3.5);
  }
  ctx.stroke();
}

function shortened(ctx: Ctx, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let end = text.length;
  while (end > 1 && ctx.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return `${text.slice(0, end)}…`;
}

/** The heading itself, over the columns that stay in sight. */
export function drawGroupHead(
  ctx: Ctx,
  rect: Rectangle,
  head: GroupHead,
  groups: SheetGroups,
  colors: SheetColors,
): void {
  const { text, tone } = groups.title(head);
  const count = groups.count(head);
  const y = rect.y + rect.height / 2;
  let x = rect.x + 13 + head.level * STEP;
  ctx.save();
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  drawSign(ctx, x, y, head.open, colors.ink2);
  x += 12;
  ctx.font = `12px ${colors.font}`;
  const counted = ctx.measureText(count).width;
  const room = Math.max(24, rect.x + rect.width - x - counted - 18);
  ctx.font = tone ? `12px ${colors.font}` : `600 13px ${colors.font}`;
  const shown = shortened(ctx, text, room - (tone ? 14 : 0));
  const width = ctx.measureText(shown).width + (tone ? 14 : 0);
  if (tone) {
    ctx.beginPath();
    ctx.roundRect(x, y - 10, width, 20, 4);
    ctx.fillStyle = colors.tones[tone].bg;
    ctx.fill();
  }
  ctx.fillStyle = tone ? colors.tones[tone].fg : colors.ink;
  ctx.fillText(shown, x + (tone ? 7 : 0), y + 0.5);
  ctx.font = `12px ${colors.font}`;
  ctx.fillStyle = colors.ink2;
  ctx.fillText(count, x + width + 8, y + 0.5);
  ctx.restore();
}

/** A figure of the group under its column. */
export function drawFigure(
  ctx: Ctx,
  rect: Rectangle,
  text: string,
  right: boolean,
  colors: SheetColors,
): void {
  if (text === "") return;
  ctx.save();
  ctx.textBaseline = "middle";
  ctx.textAlign = right ? "right" : "left";
  ctx.font = `500 12px ${colors.font}`;
  ctx.fillStyle = colors.ink2;
  const shown = shortened(ctx, text, rect.width - 16);
  ctx.fillText(shown, right ? rect.x + rect.width - 10 : rect.x + 10, rect.y + rect.height / 2 + 0.5);
  ctx.restore();
}
