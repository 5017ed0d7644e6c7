/** Formula text in pieces, for colouring it and for knowing what the caret stands in. Reads only; the
 *  server decides what is right. */
export type TokenKind = "string" | "reference" | "function" | "table" | "number" | "sign" | "other";
export interface Token {
  kind: TokenKind;
  from: number;
  to: number;
}

const SIGNS = "+-*/^&=<>(),;:%＋－＊／＝＜＞（），；：％";
const isWord = (c: string): boolean => /[\p{L}\p{N}_.]/u.test(c);

function stringEnd(text: string, from: number): number {
  const quote = text[from] === "“" ? "”" : '"';
  let at = from + 1;
  while (at < text.length) {
    if (text[at] === quote) {
      // A doubled quote stands for one inside.
      if (quote === '"' && text[at + 1] === '"') at += 2;
      else return at + 1;
    } else at += 1;
  }
  return at;
}

function bracketEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "[") depth += 1;
    else if (text[at] === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isWord(text[at] ?? "")) at += 1;
  return at;
}

export function tokenise(text: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at] ?? "";
    let to = at + 1;
    let kind: TokenKind = "other";
    if (c === '"' || c === "“") {
      to = stringEnd(text, at);
      kind = "string";
    } else if (c === "[") {
      to = bracketEnd(text, at);
      kind = "reference";
    } else if (/[0-9]/.test(c)) {
      to = wordEnd(text, at);
      kind = "number";
    } else if (isWord(c)) {
      to = wordEnd(text, at);
      const next = text.slice(to).trimStart()[0] ?? "";
      kind = next === "(" || next === "（" ? "function" : text[to] === "[" ? "table" : "other";
    } else if (SIGNS.includes(c)) kind = "sign";
    const last = out.at(-1);
    if (last && last.kind === "other" && kind === "other") last.to = to;
    else out.push({ kind, from: at, to });
    at = to;
  }
  return out;
}

/** The function whose arguments the caret stands in, and in which of them. */
export function callAt(text: string, caret: number): { name: string; argument: number } | undefined {
  const open: { name: string; argument: number }[] = [];
  let name = "";
  for (const token of tokenise(text)) {
    if (token.from >= caret) break;
    const piece = text.slice(token.from, token.to);
    if (token.kind === "function") name = piece.toUpperCase();
    else if (piece === "(" || piece === "（") {
      open.push({ name, argument: 0 });
      name = "";
    } else if (piece === ")" || piece === "）") open.pop();
    else if (piece === "," || piece === "，") {
      const inner = open.at(-1);
      if (inner) inner.argument += 1;
    }
  }
  return open.filter((o) => o.name !== "").at(-1);
}
