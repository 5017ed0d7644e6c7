import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

interface Props {
  at: DOMRect;
  label: string;
  onClose(): void;
  children: ReactNode;
}

/** A small panel beside something on screen; closes on Escape and on a click elsewhere. */
export function Popup({ at, label, onClose, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  useLayoutEffect(() => {
    const size = box.current?.getBoundingClientRect();
    if (!size) return;
    const left = Math.max(8, Math.min(at.right - size.width, innerWidth - size.width - 8));
    const below = at.bottom + 4;
    const top = below + size.height > innerHeight - 8 ? Math.max(8, innerHeight - size.height - 8) : below;
    setPlace({ left: Math.max(left, Math.min(at.left, innerWidth - size.width - 8)), top });
  }, [at]);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.querySelector<HTMLElement>("input, button, [tabindex]")?.focus({ preventScroll: true });
    const key = (e: KeyboardEvent) => {
      if (e.key !== "Escape") return;
      e.stopPropagation();
      onClose();
    };
    const press = (e: PointerEvent) => {
      const target = e.target as HTMLElement;
      // Lists opened from inside are drawn elsewhere in the document.
      if (!box.current?.contains(target) && !target.closest(".ant-select-dropdown")) onClose();
    };
    document.addEventListener("keydown", key, true);
    document.addEventListener("pointerdown", press, true);
    return () => {
      document.removeEventListener("keydown", key, true);
      document.removeEventListener("pointerdown", press, true);
      before?.focus?.({ preventScroll: true });
    };
  }, [onClose]);
  return createPortal(
    <div
      ref={box}
      className="popup"
      role="dialog"
      aria-label={label}
      // What comes later, as a list of values, scrolls inside rather than reach past the window.
      style={
        place
          ? { left: place.left, top: place.top, maxHeight: innerHeight - place.top - 8 }
          : { visibility: "hidden" }
      }
    >
      {children}
    </div>,
    document.body,
  );
}
