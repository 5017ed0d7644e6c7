/** Where the cards of a gallery stand, of which only those in sight are drawn. */

/** The least width of a card, its picture's height, the height of its title and of a field, in pixels. */
const LEAST = 216;
const LEAST_ON_PHONE = 150;
const COVER = 148;
const TITLE = 46;
const LINE = 24;
const FOOT = 10;
const GAP = 12;
/** What browsers draw without losing places; beyond it the bar moves faster than the cards. */
const MOST_HEIGHT = 8_000_000;

export interface Shape {
  columns: number;
  width: number;
  /** Of a card with the gap below it. */
  height: number;
  gap: number;
}

export function shapeOf(width: number, cover: boolean, fields: number): Shape {
  const least = width < 600 ? LEAST_ON_PHONE : LEAST;
  const columns = Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const height = (cover ? COVER : 0) + TITLE + fields * LINE + FOOT + GAP;
  return { columns, width: Math.floor((width - GAP * (columns - 1)) / columns), height, gap: GAP };
}

export interface Tiles {
  /** Of the whole, as the scroll bar has it. */
  height: number;
  first: number;
  /** Before `first` where there is nothing. */
  last: number;
  at(place: number): { left: number; top: number };
  /** Where to scroll so that a card is whole in sight; undefined where it is. */
  scrollTo(place: number): number | undefined;
}

/** The cards of `total` around a scroll position. */
export function layOut(shape: Shape, total: number, top: number, seen: number): Tiles {
  const rows = Math.ceil(total / shape.columns);
  const whole = rows * shape.height;
  const height = Math.min(whole, MOST_HEIGHT);
  // Scrolling from end to end goes from the first card to the last, however many there are.
  const ratio = height > seen ? (whole - seen) / (height - seen) : 1;
  const real = top * ratio;
  const from = Math.max(0, Math.floor(real / shape.height) - 1);
  const to = Math.min(rows - 1, Math.floor((real + seen) / shape.height) + 1);
  return {
    height,
    first: from * shape.columns,
    last: Math.min(total, (to + 1) * shape.columns) - 1,
    at: (place) => ({
      left: (place % shape.columns) * (shape.width + shape.gap),
      top: Math.floor(place / shape.columns) * shape.height - real + top,
    }),
    scrollTo: (place) => {
      const row = Math.floor(place / shape.columns) * shape.height;
      if (row < real) return row / ratio;
      if (row + shape.height > real + seen) return (row + shape.height - seen) / ratio;
      return undefined;
    },
  };
}
