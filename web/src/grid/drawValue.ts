/** Cells that are more than text: chips, stars, bars, files, and the corner that marks a doubt. */
import type { Rectangle } from "@glideapps/glide-data-grid";
import type { Field, Locale, Value } from "@/api/types";
import {
  filesOf,
  formatPercent,
  isError,
  linkCount,
  linkName,
  linksOf,
  optionLabel,
  textsOf,
} from "@/lib/format";
import type { SheetColors } from "./gridTheme";

type Ctx = CanvasRenderingContext2D;

function chip(
  ctx: Ctx,
  text: string,
  x: number,
  rect: Rectangle,
  fg: string,
  bg: string,
  font: string,
): number {
  ctx.font = `12px ${font}`;
  const width = Math.ceil(ctx.measureText(text).width) + 14;
  const y = rect.y + (rect.height - 20) / 2;
  ctx.beginPath();
  ctx.roundRect(x, y, width, 20, 4);
  ctx.fillStyle = bg;
  ctx.fill();
  ctx.fillStyle = fg;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.fillText(text, x + 7, y + 10.5);
  return width;
}

/** Chips one after another; what does not fit is counted at the end. */
function chips(
  ctx: Ctx,
  rect: Rectangle,
  items: { text: string; fg: string; bg: string }[],
  colors: SheetColors,
) {
  let x = rect.x + 8;
  const right = rect.x + rect.width - 8;
  for (const [i, item] of items.entries()) {
    ctx.font = `12px ${colors.font}`;
    const width = ctx.measureText(item.text).width + 14;
    const left = items.length - i;
    if (i > 0 && x + width > right - (left > 1 ? 26 : 0)) {
      ctx.fillStyle = colors.ink3;
      ctx.textBaseline = "middle";
      ctx.fillText(`+${left}`, x + 2, rect.y + rect.height / 2 + 0.5);
      return;
    }
    x += chip(ctx, item.text, x, rect, item.fg, item.bg, colors.font) + 4;
  }
}

const STAR = new Path2D("M6 .9 7.55 4.2l3.6.45-2.65 2.5.7 3.55L6 8.95l-3.2 1.75.7-3.55L.85 4.65l3.6-.45Z");

function stars(ctx: Ctx, rect: Rectangle, value: number, max: number, colors: SheetColors) {
  const top = rect.y + rect.height / 2 - 6;
  for (let i = 0; i < max; i++) {
    ctx.save();
    ctx.translate(rect.x + 10 + i * 15, top);
    ctx.fillStyle = i < value ? colors.star : colors.line;
    ctx.fill(STAR);
    ctx.restore();
  }
}

function bar(ctx: Ctx, rect: Rectangle, value: number, colors: SheetColors) {
  const text = formatPercent(value);
  const room = 38;
  const width = Math.max(12, rect.width - 24 - room);
  const y = rect.y + rect.height / 2 - 3;
  const part = (w: number, color: string) => {
    ctx.beginPath();
    ctx.roundRect(rect.x + 10, y, w, 6, 3);
    ctx.fillStyle = color;
    ctx.fill();
  };
  part(width, colors.line);
  if (value > 0) part(Math.max(6, width * Math.min(1, value)), colors.bar);
  ctx.font = `12px ${colors.font}`;
  ctx.fillStyle = colors.ink2;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.fillText(text, rect.x + rect.width - 10, rect.y + rect.height / 2 + 0.5);
}

/** Draws what is not plain text; false when the cell is. */
export function drawValue(
  ctx: Ctx,
  rect: Rectangle,
  field: Field,
  value: Value | undefined,
  colors: SheetColors,
  locale: Locale,
): boolean {
  if (value === null || value === undefined || value === "" || isError(value)) return false;
  const toned = (v: string) => {
    const tone = colors.tones[field.options?.find((o) => o.value === v)?.tone ?? "grey"];
    return { text: optionLabel(field, v, locale), ...tone };
  };
  const draw = drawing();
  if (!draw) return false;
  ctx.save();
  ctx.beginPath();
  ctx.rect(rect.x, rect.y, rect.width - 2, rect.height);
  ctx.clip();
  draw();
  ctx.restore();
  return true;

  function drawing(): (() => void) | undefined {
    switch (field.kind) {
      case "choice":
        return () => chips(ctx, rect, [toned(String(value))], colors);
      case "choices":
      case "tags":
        return () => chips(ctx, rect, textsOf(value).map(toned), colors);
      case "links":
      case "backlinks":
        return () => {
          const names = linksOf(value).map((l) => ({ text: linkName(l), ...colors.tones.slate }));
          const count = { text: String(linkCount(value)), ...colors.tones.grey };
          chips(ctx, rect, field.kind === "links" ? names : [count, ...names], colors);
        };
      case "attachment":
        return () =>
          chips(
            ctx,
            rect,
            filesOf(value).map((f) => ({ text: shortName(f.name), ...colors.tones.slate })),
            colors,
          );
      case "rating":
        return typeof value === "number" ? () => stars(ctx, rect, value, field.max ?? 5, colors) : undefined;
      case "progress":
        return typeof value === "number" ? () => bar(ctx, rect, value, colors) : undefined;
      default:
        return undefined;
    }
  }
}

/** The end of a file's name tells what it is; its middle may go. */
function shortName(name: string): string {
  return name.length <= 18 ? name : `${name.slice(0, 10)}…${name.slice(-6)}`;
}

/** The corner of a cell whose content a rule doubts. */
export function drawMark(ctx: Ctx, rect: Rectangle, color: string): void {
  ctx.save();
  ctx.beginPath();
  ctx.moveTo(rect.x + 9, rect.y + 1);
  ctx.lineTo(rect.x + 1, rect.y + 1);
  ctx.lineTo(rect.x + 1, rect.y + 9);
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.fill();
  ctx.restore();
}
