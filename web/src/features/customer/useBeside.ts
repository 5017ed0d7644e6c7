/** Who stands before and after a customer in the view they were opened from. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import type { PlaceInView, Table, ViewRequest } from "@/api/types";
import { queryStore, toFilter } from "@/features/table/tableState";
import { queryClient } from "@/lib/query";
import { useStore } from "@/lib/store";

const ALONE: PlaceInView = { total: 0 };

const placeOf = (view: string, id: number) => ({
  queryKey: ["place", view, id],
  queryFn: () => api.viewPlace(view, id),
  // An open view keeps its order.
  staleTime: Number.POSITIVE_INFINITY,
});

/** Whose the neighbours are in an open view; those are fetched before they are asked for. */
export function useBeside(view: string | undefined, id: number, onLost?: () => void): PlaceInView {
  const asked = useQuery({
    ...placeOf(view ?? "", id),
    enabled: view !== undefined,
    placeholderData: (before) => before,
    retry: false,
  });
  const lost = asked.error instanceof ApiError && asked.error.code === "not_found";
  useEffect(() => {
    if (lost) onLost?.();
  }, [lost, onLost]);
  const { next, previous } = asked.isPlaceholderData ? ALONE : (asked.data ?? ALONE);
  useEffect(() => {
    if (view === undefined) return;
    // The way people mostly go, and at once the place from there.
    const near = next ?? previous;
    if (near === undefined) return;
    void queryClient.prefetchQuery({ queryKey: ["card", near], queryFn: () => api.card(near) });
    void queryClient.prefetchQuery(placeOf(view, near));
  }, [view, next, previous]);
  return view === undefined ? ALONE : (asked.data ?? ALONE);
}

/** What the table shows now, as a question for its order alone. */
export function orderOf(query: ReturnType<ReturnType<typeof queryStore>["get"]>, table: string): ViewRequest {
  return {
    table,
    filter: toFilter(query.filters, query.more),
    search: query.search === "" ? undefined : query.search,
    sort: query.sort.length === 0 ? undefined : query.sort,
    group: query.group,
    columns: [],
  };
}

/** Opens the view a customer's page stands in, once it is `turned` to, for as long as one walks along it. */
export function useOrder(table: Table, turned: boolean): { view: string | undefined; again(): void } {
  const query = useStore(queryStore(table.key));
  const request = useMemo(() => orderOf(query, table.key), [query, table.key]);
  const key = useMemo(() => ["order", JSON.stringify(request)], [request]);
  const opened = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.openView(request, signal),
    enabled: turned,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(
    () => ({ view: opened.data?.view, again: () => void queryClient.invalidateQueries({ queryKey: key }) }),
    [opened.data?.view, key],
  );
}
