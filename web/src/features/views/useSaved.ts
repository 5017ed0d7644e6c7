/** The saved views of a table, and the one named in the address. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { SavedView, SavedViews, Table } from "@/api/types";
import { turnTo } from "@/features/table/tableState";
import { queryClient } from "@/lib/query";
import { toast } from "@/ui/toast";
import { fromDef } from "./saved";

const NONE: SavedViews = { views: [], may: { save: false, share: false } };

export function useSaved(table: string): SavedViews & { there: boolean; failed: boolean } {
  const asked = useQuery({ queryKey: ["saved", table], queryFn: () => api.savedViews(table) });
  return { ...(asked.data ?? NONE), there: asked.isSuccess, failed: asked.isError };
}

/** Puts a view as the server answered it into what is known. */
export function keepView(view: SavedView): void {
  queryClient.setQueryData<SavedViews>(["saved", view.table], (now = NONE) => ({
    ...now,
    views: now.views.some((v) => v.id === view.id)
      ? now.views.map((v) => (v.id === view.id ? view : v))
      : [...now.views, view],
  }));
}
export const dropView = (view: SavedView): void => {
  queryClient.setQueryData<SavedViews>(["saved", view.table], (now = NONE) => ({
    ...now,
    views: now.views.filter((v) => v.id !== view.id),
  }));
};
export const askAgain = (table: string) => queryClient.invalidateQueries({ queryKey: ["saved", table] });

/** The open view, from the address, and the way to another. */
export function useOpenView(table: string) {
  const { view: id } = useSearch({ strict: false });
  const navigate = useNavigate();
  const saved = useSaved(table);
  return {
    ...saved,
    id,
    view: id === undefined ? undefined : saved.views.find((v) => v.id === id),
    go: (view: number | undefined, replace = false) =>
      void navigate({ to: ".", search: (now) => ({ ...now, view }), replace }),
  };
}

/** Turns the table to the view in the address; true once it shows that one. */
export function useTurned(table: Table): boolean {
  const { t } = useTranslation();
  const { id, view, there, failed, go } = useOpenView(table.key);
  const [ready, setReady] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `go` is made anew each time and does the same
  useLayoutEffect(() => {
    if (id !== undefined && !view) {
      if (!there && !failed) return;
      toast(t("view.gone"));
      return go(undefined, true);
    }
    turnTo(table.key, view, (v) => {
      if (v.missing.length > 0) toast(t("view.missing", { n: v.missing.length }));
      return fromDef(table, v);
    });
    setReady(true);
  }, [table, id, view, there, failed]);
  return ready;
}
