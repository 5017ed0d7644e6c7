/** What the worker keeps of what was opened, seen from the page. */
import { kept } from "@/lib/store";

/** Starts the worker behind the page, where the browser has one: on https and on this machine. */
export function startWorker(): void {
  if (import.meta.env.DEV || !("serviceWorker" in navigator)) return;
  const start = () => void navigator.serviceWorker.register("/sw.js").catch(() => {});
  // After what the person came for.
  if (document.readyState === "complete") setTimeout(start, 2_000);
  else addEventListener("load", () => setTimeout(start, 2_000), { once: true });
}

/** Forgets what was opened: nobody who comes after may read it. */
export async function forgetOpened(): Promise<void> {
  if (!("caches" in globalThis)) return;
  const opened = (await caches.keys()).filter((name) => name.startsWith("kebu-opened-"));
  await Promise.all(opened.map((name) => caches.delete(name)));
}

/** Another person than before came in: what the one before had opened goes. */
export async function openedBy(user: number): Promise<void> {
  if (kept.read("opened.by", 0) === user) return;
  kept.write("opened.by", user);
  await forgetOpened();
}
