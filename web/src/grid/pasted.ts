/** What the clipboard brings, as cells: from its text, or from its table where the text says less. */
import { parseTsv } from "./tsv";

/** A number that its column was too narrow to show: `1.38E+10`, `####`. */
const SHORTENED = /^(?:-?\d(?:\.\d+)?E\+?\d+|#+)$/i;

/**
 * The cells of a copy. Text is what people saw and is taken as it is, unless a table comes with it that knows more:
 * line breaks inside cells that the text left unquoted, or the whole of a number the text has shortened.
 */
export function readPasted(text: string, html: string): string[][] {
  const cells = parseTsv(text);
  const rows = html.match(/<tr[\s>]/gi)?.length ?? 0;
  if (rows === 0) return cells;
  const unquoted = cells.length > rows;
  const shortened = cells.some((line) => line.some((cell) => SHORTENED.test(cell.trim())));
  if (cells.length > 0 && !unquoted && !shortened) return cells;
  const table = readTable(html);
  if (cells.length === 0 || unquoted) return table.map((line) => line.map((cell) => cell.text));
  return cells.map((line, i) =>
    line.map((cell, j) => (SHORTENED.test(cell.trim()) ? (table[i]?.[j]?.exact ?? cell) : cell)),
  );
}

interface TableCell {
  text: string;
  /** The number behind the text, where the program that copied it says so. */
  exact: string | undefined;
}

/** The first table of a page; cells that span others leave those blank. */
function readTable(html: string): TableCell[][] {
  // A document that is only parsed runs nothing and loads nothing.
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  const rows = [...(table?.rows ?? [])];
  const out = rows.map((): TableCell[] => []);
  rows.forEach((row, y) => {
    let x = 0;
    for (const cell of row.cells) {
      while (out[y]?.[x]) x += 1;
      // Only rows that are there: a span may claim any number.
      for (const [dy, line] of out.slice(y, y + Math.max(1, cell.rowSpan)).entries())
        for (let dx = 0; dx < cell.colSpan; dx++)
          line[x + dx] = dy + dx === 0 ? readCell(cell) : { text: "", exact: undefined };
      x += cell.colSpan;
    }
  });
  return out.map((line) => Array.from(line, (cell) => cell ?? { text: "", exact: undefined }));
}

function readCell(cell: HTMLTableCellElement): TableCell {
  const copy = cell.cloneNode(true) as HTMLElement;
  for (const br of copy.querySelectorAll("br")) br.replaceWith("\u2028");
  // Line breaks of the source are spaces; those that were written as such are not.
  const text = (copy.textContent ?? "")
    .replace(/[ \t\r\n]+/g, " ")
    .replace(/ ?\u2028 ?/g, "\n")
    .trim();
  return { text, exact: exactOf(cell) };
}

/** Excel and WPS write the number as `x:num`, Google Sheets as a small piece of JSON. */
function exactOf(cell: HTMLTableCellElement): string | undefined {
  const plain = cell.getAttribute("x:num");
  if (plain) return plain;
  try {
    const said: unknown = JSON.parse(cell.dataset.sheetsValue ?? "null");
    const number = said && typeof said === "object" && "3" in said ? said["3"] : undefined;
    return typeof number === "number" ? String(number) : undefined;
  } catch {
    return undefined;
  }
}
