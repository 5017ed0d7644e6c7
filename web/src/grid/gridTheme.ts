import type { Theme } from "@glideapps/glide-data-grid";
import type { Tone } from "@/api/types";
import { PERSON_COLOURS } from "@/lib/people";

export interface SheetColors {
  ink: string;
  ink2: string;
  ink3: string;
  line: string;
  paper: string;
  surface: string;
  computed: string;
  /** The ground of headings of groups. */
  group: string;
  focus: string;
  link: string;
  danger: string;
  dangerBg: string;
  star: string;
  bar: string;
  mark: string;
  comment: string;
  /** Those of people, by number. */
  people: string[];
  tones: Record<Tone, { fg: string; bg: string }>;
  font: string;
}

const TONES: Tone[] = ["gold", "slate", "sand", "green", "red", "blue", "grey"];

/** A canvas knows no CSS variables: they are read once per theme. */
export function readColors(): SheetColors {
  const style = getComputedStyle(document.documentElement);
  const v = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const tones = Object.fromEntries(
    TONES.map((tone) => [tone, { fg: v(`tone-${tone}`), bg: v(`tone-${tone}-bg`) }]),
  ) as SheetColors["tones"];
  return {
    ink: v("ink"),
    ink2: v("ink-2"),
    ink3: v("ink-3"),
    line: v("line"),
    paper: v("paper"),
    surface: v("surface"),
    computed: v("computed"),
    group: v("group"),
    focus: v("focus"),
    link: v("link"),
    danger: v("danger"),
    dangerBg: v("tone-red-bg"),
    star: v("star"),
    bar: v("bar"),
    mark: v("mark"),
    comment: v("comment"),
    people: Array.from({ length: PERSON_COLOURS }, (_, n) => v(`person-${n + 1}`)),
    tones,
    font: v("sans"),
  };
}

export function gridTheme(c: SheetColors, dark: boolean): Partial<Theme> {
  const select = dark ? "rgba(143,178,221,0.17)" : "rgba(47,75,110,0.09)";
  return {
    accentColor: c.focus,
    accentFg: c.surface,
    accentLight: select,
    textDark: c.ink,
    textMedium: c.ink2,
    textLight: c.ink3,
    textHeader: c.ink2,
    textHeaderSelected: c.ink,
    bgCell: c.surface,
    bgCellMedium: c.computed,
    bgHeader: c.paper,
    bgHeaderHasFocus: dark ? "#2b3038" : "#eceae6",
    bgHeaderHovered: dark ? "#2b2925" : "#f1ece2",
    borderColor: c.line,
    horizontalBorderColor: c.line,
    headerBottomBorderColor: dark ? "#49443d" : "#d6cebf",
    linkColor: c.link,
    fontFamily: c.font,
    baseFontStyle: "13px",
    headerFontStyle: "500 12px",
    markerFontStyle: "11px",
    cellHorizontalPadding: 10,
    cellVerticalPadding: 4,
    resizeIndicatorColor: c.focus,
    bgSearchResult: "transparent",
  };
}
