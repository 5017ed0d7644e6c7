export interface Sum {
  filled: number;
  numbers: number;
  sum: number;
}

/** Adds one cell to what the foot of the sheet shows. */
export function addCell(sum: Sum, value: unknown): void {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
    return;
  sum.filled += 1;
  if (typeof value === "number") {
    sum.numbers += 1;
    sum.sum += value;
  }
}
