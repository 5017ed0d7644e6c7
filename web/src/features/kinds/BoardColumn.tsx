import { type PointerEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Board, Field, Table } from "@/api/types";
import type { Row } from "@/grid/types";
import { useLocale } from "@/i18n";
import { formatCount, formatMoneyShort, labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/IconButton";
import type { Column } from "./board";
import { CardField } from "./CardField";

interface Props {
  index: number;
  table: Table;
  board: Board;
  by: Field;
  column: Column;
  name: string;
  titleOf(row: Row): string;
  /** The card the Tab key comes to. */
  tabbed: number | undefined;
  /** A card is held over it. */
  over: boolean;
  dragged: number | undefined;
  onFocus(id: number): void;
  onMore(): void;
  onRetry(): void;
  onOpen(id: number): void;
  onMenu(row: Row, at: DOMRect): void;
  /** Absent where cards cannot be moved. */
  onPress: ((e: PointerEvent<HTMLElement>, id: number) => void) | undefined;
}

export function BoardColumn(props: Props) {
  const { table, board, by, column, name } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const sum = board.sum === undefined ? undefined : fieldOf(table, board.sum);
  const shown = column.rows.slice(0, column.wanted);
  const fields = (board.cards ?? []).flatMap((key) => fieldOf(table, key) ?? []);
  return (
    <section
      className={props.over ? "board-column over" : "board-column"}
      data-column={props.index}
      aria-label={t("board.column", { name, n: formatCount(column.total) })}
    >
      <header className="board-column-head">
        {column.key === null ? (
          <span className="muted">{name}</span>
        ) : (
          <Badge field={by} value={column.key} />
        )}
        <span className="num muted">{formatCount(column.total)}</span>
        {sum && (
          <span className="num board-sum" title={labelOf(sum.label, locale)}>
            {formatMoneyShort(column.sum, locale)}
          </span>
        )}
      </header>
      {column.view !== "" && column.total === 0 && (
        <p className="board-note">{t(props.onPress ? "board.take" : "board.empty")}</p>
      )}
      <ul className="board-cards">
        {shown.map((row) => (
          <li
            key={row.id}
            className={props.dragged === row.id ? "board-card held" : "board-card"}
            data-card={row.id}
            onPointerDown={props.onPress && ((e) => props.onPress?.(e, row.id))}
          >
            <button
              type="button"
              className="board-card-main"
              tabIndex={props.tabbed === row.id ? 0 : -1}
              aria-keyshortcuts={props.onPress ? "Control+ArrowLeft Control+ArrowRight" : undefined}
              onFocus={() => props.onFocus(row.id)}
              onClick={() => props.onOpen(row.id)}
            >
              <strong className="board-title">{props.titleOf(row)}</strong>
              {fields.map((field) => (
                <CardField key={field.key} field={field} value={row.values[field.key]} />
              ))}
            </button>
            {props.onPress && (
              <IconButton
                icon="more"
                label={t("board.moveCard", { name: props.titleOf(row) })}
                aria-haspopup="dialog"
                tabIndex={props.tabbed === row.id ? 0 : -1}
                onPointerDown={(e) => e.stopPropagation()}
                onClick={(e) => props.onMenu(row, e.currentTarget.getBoundingClientRect())}
              />
            )}
          </li>
        ))}
        {shown.length < column.total && !column.failed && column.view !== "" && (
          <More key={shown.length} onSeen={props.onMore} />
        )}
        {column.view === "" && !column.failed && (
          <li className="board-card skeleton" aria-hidden="true">
            {" "}
          </li>
        )}
      </ul>
      {column.failed && (
        <p className="board-note" role="alert">
          {t("board.failed")}{" "}
          <button type="button" className="link" onClick={props.onRetry}>
            {t("ui.retry")}
          </button>
        </p>
      )}
    </section>
  );
}

/** Asks for more cards shortly before the end of the column comes into sight. */
function More({ onSeen }: { onSeen(): void }) {
  const ref = useRef<HTMLLIElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    const card = ref.current;
    const observer = new IntersectionObserver(
      (entries) => entries.some((e) => e.isIntersecting) && seen.current(),
      { root: card?.closest(".board-cards"), rootMargin: "400px" },
    );
    if (card) observer.observe(card);
    return () => observer.disconnect();
  }, []);
  return (
    <li ref={ref} className="board-card skeleton" aria-hidden="true">
      {" "}
    </li>
  );
}
