/** Where what waits to be sent lies: the browser's own database, which survives the page. */
import type { Waiting } from "./waiting";

export interface Shelf {
  all(): Promise<Waiting[]>;
  get(id: string): Promise<Waiting | undefined>;
  put(w: Waiting): Promise<void>;
  drop(id: string): Promise<void>;
}

const STORE = "outbox";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("kebu", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** Done when it is on the disk, not when it was asked for. */
async function within<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const asked = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

export const shelf: Shelf = {
  all: () => within("readonly", (s) => s.getAll() as IDBRequest<Waiting[]>),
  get: (id) => within("readonly", (s) => s.get(id) as IDBRequest<Waiting | undefined>),
  put: async (w) => void (await within("readwrite", (s) => s.put(w))),
  drop: async (id) => void (await within("readwrite", (s) => s.delete(id))),
};
