/** Which cell's comments are shown, and which thread somebody asked for. */
import type { Mention } from "@/api/types";
import { createStore } from "@/lib/store";

export interface CommentedAt {
  table: string;
  record: number;
  field: string;
  /** The first column also shows what is said about the record. */
  lead: boolean;
  at: DOMRect;
  /** Opened to write, not by resting on it. */
  pinned: boolean;
}
export const commentedAt = createStore<CommentedAt | null>(null);

/** The thread a mention leads to. */
export const wantedThread = createStore<Pick<Mention, "table" | "record" | "thread"> | null>(null);

/** How long one rests on a cell before its comments show, and how long they stay when one leaves. */
const REST_MS = 350;
const LEAVE_MS = 250;
let timer: ReturnType<typeof setTimeout> | undefined;

export type PeekedCell = Omit<CommentedAt, "at" | "pinned"> & { at(): DOMRect | undefined };

/** Shows the comments of a cell somebody rests on; null when they left. What was opened to write stays. */
export function peek(cell: PeekedCell | null): void {
  clearTimeout(timer);
  const now = commentedAt.get();
  if (now?.pinned) return;
  if (!cell) {
    if (now) timer = setTimeout(() => commentedAt.set(null), LEAVE_MS);
    return;
  }
  if (now && now.table === cell.table && now.record === cell.record && now.field === cell.field) return;
  timer = setTimeout(() => {
    const at = cell.at();
    if (at && !document.querySelector(".popup, .cell-input.editing"))
      commentedAt.set({ ...cell, at, pinned: false });
  }, REST_MS);
}

/** Opens the comments of a cell to write. */
export function pin(cell: Omit<CommentedAt, "pinned">): void {
  clearTimeout(timer);
  commentedAt.set({ ...cell, pinned: true });
}

/** The pointer is in what is shown: it stays. */
export const hold = (): void => clearTimeout(timer);

export function close(): void {
  clearTimeout(timer);
  commentedAt.set(null);
}
