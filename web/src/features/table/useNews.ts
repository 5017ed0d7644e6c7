import { useEffect, useState } from "react";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import { onNews } from "@/lib/live";
import { Follower } from "./follower";
import type { MarkCache } from "./useMarks";
import type { OpenView } from "./useView";

/** Keeps the rows of an open view as others leave them; answers how many new records it does not show yet. */
export function useNews(view: OpenView | null, marks: MarkCache | undefined, reopen: () => void): number {
  const [fresh, setFresh] = useState<{ view: string; count: number }>({ view: "", count: 0 });
  useEffect(() => {
    if (!view) return;
    const follower = new Follower({
      cache: view.cache,
      ask: async (ids, fits) => {
        try {
          return await api.viewRecords(view.id, ids, fits);
        } catch (e) {
          if (!(e instanceof ApiError && e.code === "not_found")) throw e;
          reopen();
          return { rows: [], fits: [] };
        }
      },
      onFresh: (count) => setFresh({ view: view.id, count }),
      onChanged: (ids) => marks?.forget(ids),
    });
    const stop = onNews((table, news, known) => {
      if (table === null || table === view.table) follower.take(news, known);
    });
    return () => {
      stop();
      follower.close();
    };
  }, [view, marks, reopen]);
  return fresh.view === view?.id ? fresh.count : 0;
}
