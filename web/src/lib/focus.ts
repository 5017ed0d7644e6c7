/** Gives the focus back to what had it, or, where that is gone, to the sheet. */
export function focusBack(before: Element | null): void {
  const kept = before?.isConnected && before !== document.body;
  const back = kept ? before : document.querySelector("textarea.cell-input");
  if (back instanceof HTMLElement) back.focus({ preventScroll: true });
}
