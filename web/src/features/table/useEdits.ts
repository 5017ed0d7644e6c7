import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import type { Patched, Stepped, Written } from "@/api/types";
import { outcome } from "@/features/bulk/running";
import type { BlockCache } from "@/grid/blockCache";
import type { CellEdit, CellProblem } from "@/grid/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { ownChange } from "@/lib/live";
import { queryClient } from "@/lib/query";
import { dropToasts, toast, toastError } from "@/ui/toast";
import type { MarkCache } from "./useMarks";

function touched(): void {
  void queryClient.invalidateQueries({ queryKey: ["figures"] });
  void queryClient.invalidateQueries({ queryKey: ["card"] });
  void queryClient.invalidateQueries({ queryKey: ["overview"] });
  for (const key of ["history", "timeline", "changes", "trash"])
    void queryClient.invalidateQueries({ queryKey: [key] });
}

/** A new change is what undo takes back now: no older line may offer it for another. */
const begun = (): void => dropToasts("undo");

/** The records an answer speaks of: those whose rows it brought, and those it made. */
const answered = (out: Patched): number[] => [...Object.keys(out.rows).map(Number), ...out.ids];

/** Writes to the table in view: shown at once, kept when the server agrees, taken back when not. */
export function useEdits(
  table: string,
  cache: BlockCache | undefined,
  marks: MarkCache | undefined,
  reopen: () => void,
) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [problem, setProblem] = useState<CellProblem | null>(null);

  /** Records were made: they stand at the end until the view is opened again. */
  const came = useCallback(
    (ids: number[]): void => {
      void queryClient.invalidateQueries({ queryKey: ["status"] });
      cache?.append(ids).catch(reopen);
    },
    [cache, reopen],
  );

  /** Cells, and records made in the same step. */
  const edit = useCallback(
    async (edits: CellEdit[], records: Record<string, Written>[] = []): Promise<void> => {
      const first = edits[0];
      if (!first && records.length === 0) return;
      setProblem(null);
      begun();
      cache?.pendAll(edits);
      try {
        const cells = edits.map(({ id, field, value }) => ({ id, field, value }));
        const out = await ownChange(api.patchCells(table, cells, undefined, records), answered);
        marks?.forget(edits.map((e) => e.id));
        cache?.patch(out.rows);
        // The other side of a link may be in view as well.
        if (edits.some(({ value: v }) => typeof v === "object" && v !== null && "add" in v)) cache?.refresh();
        // The server answers with a page of rows at most; of a larger paste the rest is read again.
        if (Object.keys(out.rows).length < new Set(edits.map((e) => e.id)).size) await cache?.renew();
        if (out.ids.length > 0) came(out.ids);
        touched();
        const note = out.notes[0];
        if (note) setProblem({ id: note.id, field: note.field, message: note.message });
      } catch (error) {
        const { field, record } = error instanceof ApiError ? error : {};
        const wrong = edits.find((e) => e.field === field && (record === undefined || e.id === record));
        const at = wrong ?? first;
        const one = edits.length === 1 && records.length === 0;
        const row = record === undefined ? undefined : cache?.indexOf(record);
        if (at)
          setProblem({
            id: at.id,
            field: at.field,
            message: errorText(error),
            text: one ? at.text : undefined,
          });
        if (!one)
          toastError(
            row === undefined ? errorText(error) : t("edit.atRow", { row: row + 1, what: errorText(error) }),
          );
      } finally {
        cache?.settleAll(edits);
      }
    },
    [cache, marks, table, came, t],
  );

  /** As `edit`, for a form: a refusal is the form's to show. */
  const save = useCallback(
    async (id: number, values: Record<string, Written>): Promise<void> => {
      begun();
      const cells = Object.entries(values).map(([field, value]) => ({ id, field, value }));
      const out = await ownChange(api.patchCells(table, cells), answered);
      marks?.forget([id]);
      cache?.patch(out.rows);
      touched();
    },
    [cache, marks, table],
  );

  /** Many records were changed elsewhere; `rows`: some came or went. */
  const changed = useCallback(
    (rows: boolean): void => {
      marks?.forget();
      // Records that come or go change the view itself; values alone are loaded anew in place.
      if (rows || !cache) reopen();
      else cache.refresh();
      touched();
      void queryClient.invalidateQueries({ queryKey: ["status"] });
      void queryClient.invalidateQueries({ queryKey: ["imports"] });
    },
    [cache, marks, reopen],
  );

  /** The server knows the steps of this person; what others changed since is refused, unless told to be kept. */
  const revert = useCallback(
    async (back: boolean, keep = false): Promise<void> => {
      const opposite = {
        label: back ? t("command.redo") : t("undo.label"),
        run: () => void revert(!back),
      };
      try {
        const asked = back ? api.undoLast(keep) : api.redoLast(keep);
        const title = t(back ? "undo.running" : "redo.running");
        const out = await ownChange(
          asked.then((begun) => outcome<Stepped>(begun, title)),
          () => [],
        );
        const what = labelOf(out.label, locale);
        const said = back ? t("undo.doneWhat", { what }) : t("undo.redoneWhat", { what });
        toast(out.kept > 0 ? t("undo.kept", { n: out.kept }) : said, { about: "undo", action: opposite });
        changed(out.rows);
      } catch (error) {
        const refused = error instanceof ApiError && error.code === "conflict" && !keep;
        const rest = { label: t("undo.rest"), run: () => void revert(back, true) };
        if (error instanceof ApiError && error.code === "not_found")
          toast(errorText(error), { about: "undo" });
        else toast(errorText(error), { about: "undo", tone: "error", action: refused ? rest : undefined });
      }
    },
    [changed, locale, t],
  );
  const undo = useCallback(() => revert(true), [revert]);
  const redo = useCallback(() => revert(false), [revert]);

  const create = useCallback(
    async (records: Record<string, Written>[], key?: string): Promise<number[]> => {
      begun();
      const out = await ownChange(api.createRecords(table, records, key), (made) => made.ids);
      touched();
      came(out.ids);
      return out.ids;
    },
    [table, came],
  );

  const remove = useCallback(
    async (ids: number[]): Promise<void> => {
      begun();
      try {
        const out = await ownChange(api.deleteRecords(table, ids), () => ids);
        touched();
        reopen();
        toast(t("table.deleted", { n: out.deleted }), {
          about: "undo",
          action: { label: t("undo.label"), run: () => void undo() },
        });
      } catch (error) {
        toastError(errorText(error));
      }
    },
    [reopen, t, table, undo],
  );

  return useMemo(
    () => ({
      problem,
      clearProblem: () => setProblem(null),
      edit,
      save,
      undo,
      redo,
      create,
      remove,
      changed,
    }),
    [problem, edit, save, undo, redo, create, remove, changed],
  );
}

export type Edits = ReturnType<typeof useEdits>;
