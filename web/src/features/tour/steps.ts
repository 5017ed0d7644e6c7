/** What the tour points at. A step whose target is not on screen is left out. */
export interface TourStep {
  /** Names its texts. */
  word: "edit" | "header" | "views" | "find" | "customer" | "undo" | "card" | "search" | "add" | "menu";
  target: string;
  /** The part of the target that is meant, in pixels from its corner. */
  part?: { left: number; top: number; width: number; height: number };
  keys?: string;
}

/** How high the sheet's header and its first rows are, as it is drawn at first. */
const HEADER = 36;
const ROWS = 32 * 4;
/** As wide as the target. */
const WHOLE = Number.POSITIVE_INFINITY;

export const STEPS: TourStep[] = [
  { word: "edit", target: ".sheet-area canvas", part: { left: 0, top: HEADER, width: WHOLE, height: ROWS } },
  { word: "header", target: ".sheet-area canvas", part: { left: 0, top: 0, width: WHOLE, height: HEADER } },
  { word: "views", target: ".view-button" },
  { word: "find", target: ".topbar .search", keys: "Ctrl+K" },
  {
    word: "customer",
    target: ".sheet-area canvas",
    part: { left: 0, top: HEADER, width: 330, height: 32 },
    keys: "Ctrl+Enter",
  },
  { word: "undo", target: "[data-command=undo]", keys: "Ctrl+Z" },
];
export const PHONE_STEPS: TourStep[] = [
  { word: "card", target: ".cards .card" },
  { word: "search", target: ".topbar .search" },
  { word: "add", target: ".topbar .seal-button" },
  { word: "views", target: ".view-button" },
  { word: "menu", target: "[data-tour=menu]" },
];

/** The steps that can be shown: those whose target is on screen. */
export const stepsOf = (phone: boolean, there: (target: string) => boolean): TourStep[] =>
  (phone ? PHONE_STEPS : STEPS).filter((step) => there(step.target));

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of a target a step means, within what is seen of the target. */
export function spotOf(step: TourStep, target: Box): Box {
  const { part } = step;
  if (!part) return target;
  return {
    left: target.left + part.left,
    top: target.top + part.top,
    width: Math.min(part.width, target.width - part.left),
    height: Math.min(part.height, target.height - part.top),
  };
}

/** Where the card goes: below what is meant, or above where there is no room, always within the window. */
export function placeOf(
  spot: Box,
  card: { width: number; height: number },
  view: { width: number; height: number },
) {
  const gap = 14;
  const edge = 12;
  const below = spot.top + spot.height + gap;
  const above = spot.top - gap - card.height;
  const fits = below + card.height + edge <= view.height;
  const top = fits ? below : above >= edge ? above : Math.max(edge, view.height - card.height - edge);
  const left = Math.max(edge, Math.min(spot.left, view.width - card.width - edge));
  return { left, top };
}
