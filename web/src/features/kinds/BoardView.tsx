import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Board, Field, ViewRequest } from "@/api/types";
import type { ViewProps } from "@/features/table/SheetView";
import { layoutStore, openRecord } from "@/features/table/tableState";
import type { Row } from "@/grid/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { isWritable, optionLabel } from "@/lib/format";
import { usePhone } from "@/lib/hooks";
import { fieldOf } from "@/lib/query";
import { Popup } from "@/ui/Popup";
import { toast, toastError } from "@/ui/toast";
import "@/ui/css/board.css";
import { BoardColumn } from "./BoardColumn";
import { boardKind, type Column, type ColumnKey, neighbour } from "./board";
import { KindFrame, KindGone } from "./KindFrame";
import { BoardSettings } from "./KindSettings";
import { titleText } from "./title";
import { useBoard } from "./useBoard";
import { useDrag } from "./useDrag";

type Props = ViewProps & { board: Board; request: ViewRequest };

/** The records of a view as cards, in a column for each option of a choice. */
export default function BoardView(props: Props) {
  const by = fieldOf(props.table, props.board.by);
  return by?.kind === "choice" ? <Kanban {...props} by={by} /> : <KindGone table={props.table} />;
}

function Kanban(props: Props & { by: Field }) {
  const { table, board, by, open, edits } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const phone = usePhone();
  const cache = open.view?.table === table.key ? open.view.cache : undefined;
  const columns = useBoard(table, board, by, props.request, cache);
  const root = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | null>(null);
  const [menu, setMenu] = useState<{ row: Row; at: DOMRect } | null>(null);

  const nameOf = (key: ColumnKey) => (key === null ? t("board.blank") : optionLabel(by, key, locale));
  const titleOf = (row: Row) => titleText(table, row, locale) || t("customer.unnamed");
  /** The card to give the focus to once it stands where it went. */
  const follow = useRef<number | null>(null);
  const cardAt = (id: number) => root.current?.querySelector<HTMLElement>(`[data-card="${id}"] button`);
  useLayoutEffect(() => {
    if (follow.current === null) return;
    const card = cardAt(follow.current);
    follow.current = null;
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest", inline: phone ? "center" : "nearest" });
  });

  const move = (id: number, to: Column) => {
    const from = columns.holder(id);
    const row = from?.rows.find((r) => r.id === id);
    if (!from || !row || from === to) return;
    if (!isWritable(by)) return toast(t("board.computed"));
    follow.current = id;
    setActive(id);
    const said = t("board.moved", { name: titleOf(row), to: nameOf(to.key) });
    columns
      .move(id, to, () => edits.save(id, { [by.key]: to.key }))
      .then(
        () =>
          toast(said, { about: "undo", action: { label: t("undo.label"), run: () => void edits.undo() } }),
        (e: unknown) => toastError(errorText(e)),
      );
  };
  const { drag, start } = useDrag((id, i) => {
    const to = columns.columns[i];
    if (to) move(id, to);
  });

  const onKey = (e: KeyboardEvent<HTMLElement>) => {
    const control = (e.ctrlKey || e.metaKey) && !e.altKey;
    const id = Number((e.target as HTMLElement).closest<HTMLElement>("[data-card]")?.dataset.card);
    if (!id || !KEYS.includes(e.key) || e.altKey || e.shiftKey) return;
    e.preventDefault();
    const step = e.key === "ArrowRight" ? 1 : e.key === "ArrowLeft" ? -1 : 0;
    if (control) {
      const here = columns.holder(id);
      const to = here && columns.columns[columns.columns.indexOf(here) + step];
      if (to && step !== 0) move(id, to);
      return;
    }
    const next = neighbour(columns.columns, id, e.key);
    if (next !== undefined) cardAt(next)?.focus();
  };
  const openCard = (id: number) =>
    table.key === "customers" ? props.onOpen(id) : openRecord.set({ table: table.key, id });

  const first = columns.columns.find((c) => c.rows.length > 0)?.rows[0]?.id;
  const tabbed = active !== null && columns.holder(active) ? active : first;
  const change = (next: Board) => layoutStore(table.key).set((l) => ({ ...l, kind: boardKind(next) }));
  return (
    <KindFrame
      {...props}
      said
      icon="columns"
      label={t("board.settings")}
      settings={<BoardSettings table={table} board={board} onChange={change} />}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the cards inside take the keys; one place hears them */}
      <div className={drag ? "board dragging" : "board"} data-board ref={root} onKeyDown={onKey}>
        {columns.columns.map((column, i) => (
          <BoardColumn
            key={column.key ?? ""}
            index={i}
            table={table}
            board={board}
            by={by}
            column={column}
            name={nameOf(column.key)}
            titleOf={titleOf}
            tabbed={tabbed}
            over={drag?.over === i && columns.holder(drag.id) !== column}
            dragged={drag?.id}
            onFocus={setActive}
            onMore={() => void columns.more(column)}
            onRetry={() => void columns.reload()}
            onOpen={openCard}
            onMenu={(row, at) => setMenu({ row, at })}
            onPress={isWritable(by) ? start : undefined}
          />
        ))}
      </div>
      {menu && (
        <Popup at={menu.at} label={t("board.moveTo")} onClose={() => setMenu(null)}>
          <div className="menu">
            <div className="view-group">{t("board.moveTo")}</div>
            {columns.columns.map((to) => (
              <button
                type="button"
                key={to.key ?? ""}
                className="menu-item"
                disabled={columns.holder(menu.row.id) === to}
                onClick={() => {
                  setMenu(null);
                  move(menu.row.id, to);
                }}
              >
                {nameOf(to.key)}
              </button>
            ))}
          </div>
        </Popup>
      )}
    </KindFrame>
  );
}

const KEYS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
