import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { api } from "@/api";
import { isAbort } from "@/api/client";
import type { Board, Field, Table, ViewRequest, WireRow } from "@/api/types";
import type { BlockCache } from "@/grid/blockCache";
import { errorText } from "@/lib/errors";
import { onNews } from "@/lib/live";
import { toastError } from "@/ui/toast";
import { BoardColumns, columnFilter, columnKeys } from "./board";
import { rowOf } from "./rows";
import { titleKeys } from "./title";

/** Changes that come together are shown together, and many of them do not ask the server without end. */
const GATHER_MS = 500;

/** The columns of a board over what the table is asked for, kept as the records change. */
export function useBoard(
  table: Table,
  board: Board,
  by: Field,
  request: ViewRequest,
  cache: BlockCache | undefined,
): BoardColumns {
  const wanted = [...new Set([...titleKeys(table), board.by, ...(board.cards ?? []), board.sum ?? board.by])];
  const asked = JSON.stringify({ ...request, columns: wanted });
  const latest = useRef(asked);
  latest.current = asked;
  const shape = JSON.stringify([board.by, board.sum, columnKeys(by)]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: shape stands for the board, the latest question is read when it is asked
  const columns = useMemo(() => {
    const ask = (): ViewRequest => JSON.parse(latest.current);
    const names = new Map<string, string[]>();
    const rows = (view: string, wire: WireRow[]) => wire.map((w) => rowOf(w, names.get(view) ?? []));
    return new BoardColumns(columnKeys(by), board, {
      async open(key) {
        const now = ask();
        const opened = await api.openView({ ...now, filter: columnFilter(now.filter, board.by, key) });
        names.set(opened.view, opened.columns);
        const { sum } = board;
        const figures = sum === undefined ? undefined : await api.viewSummary(opened.view);
        return {
          view: opened.view,
          total: opened.total,
          sum: figures?.columns[sum ?? ""]?.sum ?? 0,
          rows: rows(opened.view, opened.rows),
        };
      },
      page: async (view, offset, limit) => rows(view, (await api.viewRows(view, offset, limit)).rows),
      row: async (view, id) => rows(view, (await api.viewRecords(view, [id], [])).rows)[0],
      onError: (e) => void (isAbort(e) || toastError(errorText(e))),
    });
  }, [table.key, shape]);
  useEffect(() => () => columns.close(), [columns]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question, or the view opened again, asks anew
  useEffect(() => {
    if (cache) void columns.reload();
  }, [columns, asked, cache]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void columns.reload();
      }, GATHER_MS);
    };
    const stops = [
      // A card that moves writes to the same rows; the columns have shown that already.
      cache?.subscribe(() => columns.busy || soon()),
      onNews((of, news, known) => {
        if (of !== null && of !== table.key) return;
        if (!news?.ids?.every((id) => known.has(id))) soon();
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop?.();
    };
  }, [columns, cache, table.key]);
  useSyncExternalStore(columns.subscribe, columns.get);
  return columns;
}
