/** Tab-separated text as Excel and WPS write it: quotes around cells with tabs, newlines or quotes. */

export function formatTsv(rows: string[][]): string {
  return rows.map((row) => row.map(quote).join("\t")).join("\r\n");
}

function quote(cell: string): string {
  return /[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A trailing newline ends the last row; it does not begin another. */
export function parseTsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let i = 0;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  while (i < text.length) {
    const c = text[i];
    if (c === '"' && cell === "" && closes(text, i)) {
      const [inner, after] = quoted(text, i);
      cell = inner;
      i = after;
    } else if (c === "\t") {
      endCell();
      i += 1;
    } else if (c === "\r" || c === "\n") {
      endRow();
      i += c === "\r" && text[i + 1] === "\n" ? 2 : 1;
    } else {
      cell += c;
      i += 1;
    }
  }
  if (cell !== "" || row.length > 0) endRow();
  return rows;
}

/** A cell that merely begins with a quote (5" pipe) has no closing one before its end. */
function closes(text: string, start: number): boolean {
  const [, after] = quoted(text, start);
  const next = text[after];
  return text[after - 1] === '"' && after - 1 > start && (next === undefined || "\t\r\n".includes(next));
}

function quoted(text: string, start: number): [inner: string, after: number] {
  let inner = "";
  let i = start + 1;
  while (i < text.length) {
    if (text[i] === '"') {
      if (text[i + 1] !== '"') return [inner, i + 1];
      inner += '"';
      i += 2;
    } else {
      inner += text[i];
      i += 1;
    }
  }
  return [inner, i];
}

const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\n", "<br>");

/** The same rows as HTML. A style keeps Excel from eating leading zeros, where the text is no figure to reckon with. */
export function formatHtml(rows: string[][], isFigure: (row: number, column: number) => boolean): string {
  const cell = (text: string, y: number, x: number) =>
    `<td${isFigure(y, x) ? "" : ` style="mso-number-format:'\\@'"`}>${escapeHtml(text)}</td>`;
  const body = rows.map((row, y) => `<tr>${row.map((text, x) => cell(text, y, x)).join("")}</tr>`).join("");
  return `<meta charset="utf-8"><table>${body}</table>`;
}
