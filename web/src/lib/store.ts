import { useSyncExternalStore } from "react";

/** A value outside React that components can follow. */
export interface Store<T> {
  get(): T;
  set(next: T | ((now: T) => T)): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      const now = typeof next === "function" ? (next as (now: T) => T)(value) : next;
      if (Object.is(now, value)) return;
      value = now;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** localStorage that never throws (private windows, full disks). */
export const kept = {
  read<T>(key: string, fallback: T): T {
    try {
      const text = localStorage.getItem(`kebu.${key}`);
      return text === null ? fallback : (JSON.parse(text) as T);
    } catch {
      return fallback;
    }
  },
  write(key: string, value: unknown): void {
    try {
      localStorage.setItem(`kebu.${key}`, JSON.stringify(value));
    } catch {
      // Remembering is a comfort; failing to remember must not break the page.
    }
  },
};
