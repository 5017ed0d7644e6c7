/** What happened with a customer, page by page, and what is done about follow-ups. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { TimelineEntry, Written } from "@/api/types";
import type { Act } from "@/features/offline/waiting";
import { errorText } from "@/lib/errors";
import { queryClient } from "@/lib/query";
import { toast, toastError } from "@/ui/toast";

export const SHOWN = ["all", "order", "talk", "feedback", "change"] as const;
export type Shown = (typeof SHOWN)[number];

export function useTimeline(id: number, shown: Shown) {
  return useInfiniteQuery({
    queryKey: ["timeline", id, shown],
    queryFn: ({ pageParam, signal }) =>
      api.timeline(id, shown === "all" ? undefined : shown, pageParam ?? undefined, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

const NONE: TimelineEntry[] = [];

/** Open follow-ups, the earliest first; undefined until they are known. */
export function useOpen(id: number): TimelineEntry[] | undefined {
  const { data } = useTimeline(id, "all");
  return data ? (data.pages[0]?.open ?? NONE) : undefined;
}

/** After anything about one customer was written. */
export async function personChanged(): Promise<void> {
  const keys = ["card", "timeline", "history"];
  await Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}

/** A change about the customer: said, with a way back, and everything shown anew. */
export function useActs() {
  const { t } = useTranslation();
  const undo = async (change: number) => {
    try {
      await api.undo(change);
      await personChanged();
    } catch (e) {
      toastError(errorText(e));
    }
  };
  /** Answers whether it was done. */
  const act = async (write: Promise<{ change?: number }>, said: string): Promise<boolean> => {
    try {
      const { change } = await write;
      if (change !== undefined)
        toast(said, { action: { label: t("undo.label"), run: () => void undo(change) } });
      await personChanged();
      return true;
    } catch (e) {
      toastError(errorText(e));
      return false;
    }
  };
  /** As `act`; without a network it is kept and sent later. */
  const keepable = async (what: Act, name: string, said: string): Promise<boolean> => {
    try {
      const { outbox } = await import("@/features/offline/outbox");
      const done = await outbox.sendOrKeep(what, name);
      if (done) return act(Promise.resolve(done), said);
      toast(t("offline.kept"));
      return true;
    } catch (e) {
      toastError(errorText(e));
      return false;
    }
  };
  const cell = (table: string, id: number, field: string, value: Written, said: string) =>
    act(api.patchCells(table, [{ id, field, value }]), said);
  return { act, cell, keepable };
}

/** A follow-up carried to another day, at the time it had. */
export const carriedTo = (entry: TimelineEntry, day: string): string =>
  day + String(entry.values.follow_up ?? "").slice(10);
