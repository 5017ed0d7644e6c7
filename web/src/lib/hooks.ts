import { useEffect, useRef, useState, useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}

/** Below this width: cards, bottom navigation, full-screen panels. */
export const PHONE = "(max-width: 639.98px)";
export const usePhone = (): boolean => useMedia(PHONE);

export function useDebounced<T>(value: T, ms: number): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}

/** Whether a dialog lies over the page. */
export const dialogOpen = (): boolean =>
  document.querySelector(".ant-modal-wrap:not([style*='none'])") !== null;

/** Answers a letter pressed with Ctrl (or ⌘), wherever the focus is; under a dialog it does nothing. */
export function useKey(letter: string, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const plain = (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey;
      if (!plain || e.key.toLowerCase() !== letter) return;
      e.preventDefault();
      if (!dialogOpen()) latest.current();
    };
    addEventListener("keydown", key, true);
    return () => removeEventListener("keydown", key, true);
  }, [letter]);
}
