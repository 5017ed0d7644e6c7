/** How regularly a customer buys. */
import { daysBetween } from "./words";

export interface Rhythm {
  /** Days that typically lie between two purchases: the median of the gaps. */
  days: number;
  /** Days since the last one. */
  since: number;
  /** The next one is long due: half as long again has passed. */
  late: boolean;
}

/** Fewer days of purchase show no rhythm. */
const LEAST = 3;

/** From the moments of purchases, in any order; null where there are too few. */
export function rhythm(moments: string[], today: string): Rhythm | null {
  const days = [...new Set(moments.map((m) => m.slice(0, 10)))].filter((d) => d <= today).sort();
  if (days.length < LEAST) return null;
  const gaps = days.slice(1).map((day, i) => daysBetween(days[i] ?? day, day));
  gaps.sort((a, b) => a - b);
  const half = gaps.length / 2;
  const middle = Number.isInteger(half)
    ? ((gaps[half - 1] ?? 0) + (gaps[half] ?? 0)) / 2
    : (gaps[Math.floor(half)] ?? 0);
  const typical = Math.max(1, Math.round(middle));
  const since = daysBetween(days[days.length - 1] ?? today, today);
  return { days: typical, since, late: since > typical * 1.5 };
}
