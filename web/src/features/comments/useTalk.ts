/** What is said about a record, and what is done about it. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Thread } from "@/api/types";
import { errorText } from "@/lib/errors";
import { saidAnew } from "@/lib/live";
import { toast, toastError } from "@/ui/toast";

export function useThreads(table: string, record: number) {
  return useQuery({
    queryKey: ["comments", table, record],
    queryFn: () => api.comments(table, record),
    select: (found) => found.threads,
  });
}

export const useMentions = () => useQuery({ queryKey: ["mentions"], queryFn: api.mentions });

/** Threads on screen are seen. */
export function useSeen(threads: Thread[] | undefined): void {
  const mentions = useMentions().data?.mentions;
  const unseen = threads?.find((t) => mentions?.some((m) => m.thread === t.id && !m.seen))?.id;
  useEffect(() => {
    // The news of it brings the count up to date, here and on one's other pages.
    if (unseen !== undefined) api.seeMentions(unseen).catch(() => {});
  }, [unseen]);
}

export interface Talk {
  /** These answer whether it was done. */
  begin(field: string | undefined, text: string, mentions: number[]): Promise<boolean>;
  reply(thread: number, text: string, mentions: number[]): Promise<boolean>;
  edit(comment: number, text: string, mentions: number[]): Promise<boolean>;
  remove(comment: number): Promise<boolean>;
  resolve(thread: number, resolved: boolean): Promise<boolean>;
}

export function useTalk(table: string, record: number): Talk {
  const { t } = useTranslation();
  return useMemo(() => {
    const done = async (write: Promise<unknown>): Promise<boolean> => {
      try {
        await write;
        await saidAnew(table, record);
        return true;
      } catch (e) {
        toastError(errorText(e));
        return false;
      }
    };
    return {
      begin: (field, text, mentions) => done(api.comment(table, record, { field, text, mentions })),
      reply: (thread, text, mentions) => done(api.reply(thread, { text, mentions })),
      edit: (comment, text, mentions) => done(api.editComment(comment, { text, mentions })),
      remove: async (comment) => {
        const gone = await done(api.removeComment(comment));
        const run = () => void done(api.restoreComment(comment));
        if (gone) toast(t("comment.gone"), { action: { label: t("undo.label"), run } });
        return gone;
      },
      resolve: (thread, resolved) => done(api.resolveThread(thread, resolved)),
    };
  }, [table, record, t]);
}
