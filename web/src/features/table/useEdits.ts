import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import type { Written } from "@/api/types";
import type { BlockCache } from "@/grid/blockCache";
import type { CellEdit, CellProblem } from "@/grid/types";
import { errorText } from "@/lib/errors";
import { queryClient } from "@/lib/query";
import { createStore } from "@/lib/store";
import { toast, toastError } from "@/ui/toast";
import type { MarkCache } from "./useMarks";

/** Changes made in this session, newest last: what Ctrl+Z takes back. Excel keeps 100 steps; so do we. */
interface Step {
  change: number;
  /** Records that came or went change the view itself; values alone are loaded anew in place. */
  rows: boolean;
}
const done = createStore<Step[]>([]);
const undone = createStore<Step[]>([]);
const STEPS = 100;

export function remember(change: number, rows = false): void {
  done.set((list) => [...list.slice(1 - STEPS), { change, rows }]);
  undone.set([]);
}

function touched(): void {
  void queryClient.invalidateQueries({ queryKey: ["figures"] });
  void queryClient.invalidateQueries({ queryKey: ["card"] });
  void queryClient.invalidateQueries({ queryKey: ["overview"] });
  void queryClient.invalidateQueries({ queryKey: ["history"] });
}

/** Writes to the table in view: shown at once, kept when the server agrees, taken back when not. */
export function useEdits(
  table: string,
  cache: BlockCache | undefined,
  marks: MarkCache | undefined,
  reopen: () => void,
) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<CellProblem | null>(null);

  const edit = useCallback(
    async (edits: CellEdit[]): Promise<void> => {
      const first = edits[0];
      if (!first) return;
      setProblem(null);
      for (const e of edits) cache?.pend(e.id, e.field, e.text);
      try {
        const out = await api.patchCells(
          table,
          edits.map(({ id, field, value }) => ({ id, field, value })),
        );
        marks?.forget(edits.map((e) => e.id));
        cache?.patch(out.rows);
        // The other side of a link may be in view as well.
        if (edits.some(({ value: v }) => typeof v === "object" && v !== null && "add" in v)) cache?.refresh();
        // The server answers with a page of rows at most; of a larger paste the rest is read again.
        if (Object.keys(out.rows).length < new Set(edits.map((e) => e.id)).size) cache?.refresh();
        remember(out.change);
        touched();
        const note = out.notes[0];
        if (note) setProblem({ id: note.id, field: note.field, message: note.message });
      } catch (error) {
        const field = error instanceof ApiError ? error.field : undefined;
        const at = edits.find((e) => e.field === field) ?? first;
        setProblem({ id: at.id, field: at.field, message: errorText(error) });
        if (edits.length > 1) toastError(errorText(error));
      } finally {
        for (const e of edits) cache?.settle(e.id, e.field);
      }
    },
    [cache, marks, table],
  );

  /** As `edit`, for a form: a refusal is the form's to show. */
  const save = useCallback(
    async (id: number, values: Record<string, Written>): Promise<void> => {
      const cells = Object.entries(values).map(([field, value]) => ({ id, field, value }));
      const out = await api.patchCells(table, cells);
      marks?.forget([id]);
      cache?.patch(out.rows);
      remember(out.change);
      touched();
    },
    [cache, marks, table],
  );

  const revert = useCallback(
    async (from: typeof done, to: typeof done, said: string, none: string): Promise<void> => {
      const step = from.get().at(-1);
      if (step === undefined) return toast(none);
      from.set((list) => list.slice(0, -1));
      try {
        const out = await api.undo(step.change);
        to.set((list) => [...list, { ...step, change: out.change }]);
        toast(out.kept > 0 ? t("undo.kept", { n: out.kept }) : said);
        marks?.forget();
        if (step.rows || !cache) reopen();
        else cache.refresh();
        touched();
      } catch (error) {
        toastError(errorText(error));
      }
    },
    [cache, marks, reopen, t],
  );
  const undo = useCallback(() => revert(done, undone, t("undo.done"), t("undo.nothing")), [revert, t]);
  const redo = useCallback(() => revert(undone, done, t("undo.redone"), t("undo.nothingRedo")), [revert, t]);

  const create = useCallback(
    async (records: Record<string, Written>[]): Promise<number[]> => {
      const out = await api.createRecords(table, records);
      remember(out.change, true);
      touched();
      void queryClient.invalidateQueries({ queryKey: ["status"] });
      for (const id of out.ids) cache?.append(id, (await api.record(table, id)).values);
      return out.ids;
    },
    [cache, table],
  );

  const remove = useCallback(
    async (ids: number[]): Promise<void> => {
      try {
        const out = await api.deleteRecords(table, ids);
        remember(out.change, true);
        touched();
        reopen();
        toast(t("table.deleted", { n: out.deleted }), {
          action: { label: t("undo.label"), run: () => void undo() },
        });
      } catch (error) {
        toastError(errorText(error));
      }
    },
    [reopen, t, table, undo],
  );

  return useMemo(
    () => ({ problem, clearProblem: () => setProblem(null), edit, save, undo, redo, create, remove }),
    [problem, edit, save, undo, redo, create, remove],
  );
}

export type Edits = ReturnType<typeof useEdits>;
