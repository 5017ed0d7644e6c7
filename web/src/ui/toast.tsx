import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { createStore, useStore } from "@/lib/store";
import { Icon } from "./Icon";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "error";
  /** What it is about: a newer one about the same takes its place. */
  about?: string;
  action?: { label: string; run: () => void };
}
let next = 1;
const toasts = createStore<Toast[]>([]);
const drop = (id: number) => toasts.set((list) => list.filter((t) => t.id !== id));

/** Says what happened, with one way back. At most three stay on screen. */
export function toast(text: string, options: Partial<Pick<Toast, "tone" | "action" | "about">> = {}): void {
  const item: Toast = { ...options, id: next++, text, tone: options.tone ?? "plain" };
  const stale = (x: Toast) => x.text === text || (x.about !== undefined && x.about === item.about);
  toasts.set((list) => [...list.filter((x) => !stale(x)).slice(-2), item]);
}
/** Takes away what is said about something that is past. */
export const dropToasts = (about: string): void =>
  toasts.set((list) => list.filter((x) => x.about !== about));
export const toastError = (text: string): void => toast(text, { tone: "error" });

export function Toasts() {
  const list = useStore(toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {list.map((item) => (
        <ToastRow key={item.id} item={item} />
      ))}
    </div>
  );
}

function ToastRow({ item }: { item: Toast }) {
  const { t } = useTranslation();
  useEffect(() => {
    const timer = setTimeout(() => drop(item.id), item.action || item.tone === "error" ? 9000 : 4000);
    return () => clearTimeout(timer);
  }, [item]);
  return (
    <div className={`toast toast-${item.tone}`}>
      {item.tone === "error" && <Icon name="warn" />}
      <span>{item.text}</span>
      {item.action && (
        <button
          type="button"
          className="toast-action"
          onClick={() => {
            item.action?.run();
            drop(item.id);
          }}
        >
          {item.action.label}
        </button>
      )}
      <button type="button" className="toast-close" aria-label={t("ui.close")} onClick={() => drop(item.id)}>
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
