import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api } from "@/api";
import { ApiError, isAbort } from "@/api/client";
import type { ColourWhen, GroupLevel, RecordGroup, ViewRequest } from "@/api/types";
import { BlockCache } from "@/grid/blockCache";
import { errorText } from "@/lib/errors";
import { toastError } from "@/ui/toast";

export interface OpenView {
  id: string;
  /** The question it answers, columns apart; a new one starts at the top. */
  question: string;
  table: string;
  columns: string[];
  cache: BlockCache;
  total: number;
  /** Its groups and what they are by; absent where there are none. */
  groups?: { list: RecordGroup[]; by: GroupLevel[] };
  /** The conditions whose outcome comes with its rows. */
  colours?: ColourWhen[];
}

/**
 * Keeps a view of what was asked open. The old one stays on screen until the new one is there; a view
 * the server has dropped is opened again.
 */
export function useView(request: ViewRequest | null) {
  const key = request ? JSON.stringify(request) : "";
  const [view, setView] = useState<OpenView | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [epoch, setEpoch] = useState(0);
  const reopen = useCallback(() => setEpoch((n) => n + 1), []);
  const current = useRef<OpenView | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: key stands for the request, epoch for "again"
  useEffect(() => {
    if (key === "") return;
    const asked = JSON.parse(key) as ViewRequest;
    // What is shown of the records is not part of it.
    const question = JSON.stringify({ ...asked, columns: [], figures: [], colours: [] });
    const controller = new AbortController();
    setLoading(true);
    api
      .openView(asked, controller.signal)
      .then(async (opened) => {
        const cache = new BlockCache({
          total: opened.total,
          columns: opened.columns,
          first: opened.rows,
          fetch: async (offset, limit, signal) =>
            (await api.viewRows(opened.view, offset, limit, signal)).rows,
          again: async (ids) => (await api.viewRecords(opened.view, ids, [])).rows,
          tinted: asked.colours !== undefined,
          onError: (e) => {
            if (e instanceof ApiError && e.code === "not_found") reopen();
            else if (!isAbort(e)) toastError(errorText(e));
          },
        });
        // The same question again: fetch where one stands before the swap, so that nothing flashes.
        const before = current.current;
        if (before?.question === question && opened.total > 0) {
          const end = opened.total - 1;
          for (const [first, last] of before.cache.visible)
            await cache.load(Math.min(first, end), Math.min(last, end));
          if (controller.signal.aborted) return cache.close();
        }
        before?.cache.close();
        const groups = opened.groups && { list: opened.groups, by: asked.group ?? [] };
        current.current = {
          id: opened.view,
          question,
          table: asked.table,
          columns: opened.columns,
          cache,
          total: opened.total,
          groups,
          colours: asked.colours,
        };
        setView(current.current);
        setError(null);
        setLoading(false);
      })
      .catch((e: unknown) => {
        if (isAbort(e) || controller.signal.aborted) return;
        setError(errorText(e));
        setLoading(false);
      });
    return () => controller.abort();
  }, [key, epoch, reopen]);

  return useMemo(() => ({ view, error, loading, reopen }), [view, error, loading, reopen]);
}
