import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from "react";

/** A press that goes this far, in pixels, is a drag. */
const FAR = 6;
/** So near the board's edge it goes on under the card. */
const EDGE = 48;
const STEP = 14;

/**
 * Drags a card with a mouse or a pen over the columns of a board (`data-board`, `data-column`), or the days of a
 * month; a finger scrolls instead. `over` is the index of the column under it.
 */
export function useDrag(onDrop: (id: number, column: number) => void) {
  const [drag, setDrag] = useState<{ id: number; over: number | null } | null>(null);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  const stop = useRef<(() => void) | undefined>(undefined);
  useEffect(() => () => stop.current?.(), []);

  const start = useCallback((e: ReactPointerEvent<HTMLElement>, id: number) => {
    const card = e.currentTarget;
    const board = card.closest<HTMLElement>("[data-board]");
    if (e.button !== 0 || e.pointerType === "touch" || !board) return;
    const from = { x: e.clientX, y: e.clientY };
    const box = card.getBoundingClientRect();
    let ghost: HTMLElement | undefined;
    let over: number | null = null;
    let at = from;
    let frame = 0;

    const lift = () => {
      ghost = card.cloneNode(true) as HTMLElement;
      ghost.classList.add("board-ghost");
      ghost.setAttribute("aria-hidden", "true");
      ghost.style.width = `${box.width}px`;
      document.body.append(ghost);
      // The click that ends a drag opens nothing.
      addEventListener("click", swallow, { capture: true, once: true });
      frame = requestAnimationFrame(glide);
    };
    const glide = () => {
      const edge = board.getBoundingClientRect();
      if (at.x < edge.left + EDGE) board.scrollLeft -= STEP;
      else if (at.x > edge.right - EDGE) board.scrollLeft += STEP;
      frame = requestAnimationFrame(glide);
    };
    const move = (m: PointerEvent) => {
      at = { x: m.clientX, y: m.clientY };
      if (!ghost) {
        if (Math.hypot(at.x - from.x, at.y - from.y) < FAR) return;
        lift();
      }
      if (!ghost) return;
      m.preventDefault();
      ghost.style.transform = `translate(${box.left + at.x - from.x}px, ${box.top + at.y - from.y}px)`;
      const under = document.elementFromPoint(at.x, at.y)?.closest<HTMLElement>("[data-column]");
      over = under && board.contains(under) ? Number(under.dataset.column) : null;
      setDrag({ id, over });
    };
    const end = (dropped: boolean) => {
      stop.current = undefined;
      cancelAnimationFrame(frame);
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", cancel);
      removeEventListener("keydown", letGo, true);
      if (!ghost) return;
      ghost.remove();
      setDrag(null);
      setTimeout(() => removeEventListener("click", swallow, true));
      if (dropped && over !== null) drop.current(id, over);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const letGo = (k: KeyboardEvent) => {
      if (k.key !== "Escape") return;
      k.stopPropagation();
      end(false);
    };
    stop.current = cancel;
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", cancel);
    addEventListener("keydown", letGo, true);
  }, []);
  return { drag, start };
}

const swallow = (e: Event) => {
  e.stopPropagation();
  e.preventDefault();
};
