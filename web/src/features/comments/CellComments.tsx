import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { IconButton } from "@/ui/IconButton";
import { type CommentedAt, close, commentedAt, hold, peek } from "./at";
import { Composer } from "./Composer";
import { ThreadCard } from "./ThreadCard";
import { useSeen, useTalk, useThreads } from "./useTalk";

const WIDTH = 320;

/** What is said about a cell, beside it and over everything else, so that nothing moves. */
export function CellComments({ table, cell }: { table: Table; cell: CommentedAt }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const { pinned, at } = cell;
  const found = useThreads(cell.table, cell.record);
  const talk = useTalk(cell.table, cell.record);
  const threads = found.data?.filter((th) => th.field === cell.field || (cell.lead && th.field === null));
  const open = threads?.filter((th) => !th.resolved) ?? [];
  const ended = threads?.filter((th) => th.resolved) ?? [];
  useSeen(threads);

  useLayoutEffect(() => {
    if (!box.current) return;
    const sizes = new ResizeObserver(() => setHeight(box.current?.offsetHeight ?? 0));
    sizes.observe(box.current);
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    const leave = () => {
      close();
      document.querySelector<HTMLElement>(".cell-input")?.focus({ preventScroll: true });
    };
    const key = (e: KeyboardEvent) => {
      if (e.key !== "Escape" || e.isComposing || document.querySelector(".comment-names")) return;
      if (box.current?.contains(document.activeElement)) e.stopPropagation();
      leave();
    };
    const press = (e: PointerEvent) => {
      const target = e.target as HTMLElement;
      if (!box.current?.contains(target) && !target.closest(".comment-names, .toasts")) close();
    };
    document.addEventListener("keydown", key, true);
    document.addEventListener("pointerdown", press, true);
    return () => {
      document.removeEventListener("keydown", key, true);
      document.removeEventListener("pointerdown", press, true);
    };
  }, []);
  const stay = () => commentedAt.set((now) => now && { ...now, pinned: true });

  const field = fieldOf(table, cell.field);
  const title = field ? labelOf(field.label, locale) : "";
  const right = at.right + 6 + WIDTH <= innerWidth - 8;
  const place = {
    width: WIDTH,
    left: right ? at.right + 6 : Math.max(8, at.left - WIDTH - 6),
    top: Math.max(8, Math.min(at.top - 2, innerHeight - height - 8)),
  };
  const last = open.at(-1);
  return createPortal(
    <div
      ref={box}
      className="balloon"
      role="dialog"
      aria-label={t("comment.of", { column: title })}
      style={place}
      onPointerEnter={hold}
      onPointerLeave={() => peek(null)}
      onFocus={stay}
      onPointerDown={stay}
    >
      <header className="balloon-head">
        <span className="muted">{title}</span>
        <IconButton icon="close" label={t("ui.close")} onClick={close} />
      </header>
      {found.isError && (
        <p className="form-error" role="alert">
          {errorText(found.error)}
        </p>
      )}
      {open.map((thread) => (
        <ThreadCard key={thread.id} thread={thread} talk={talk} focus={pinned && thread.id === last?.id} />
      ))}
      {threads && !last && (
        <Composer
          draft={`${cell.table} ${cell.record} ${cell.field}`}
          label={t("comment.hint")}
          send={t("comment.send")}
          autoFocus={pinned}
          onSend={(text, mentions) => talk.begin(cell.field, text, mentions)}
        />
      )}
      {ended.length > 0 && (
        <details className="threads-ended">
          <summary>{t("comment.resolvedN", { n: ended.length })}</summary>
          {ended.map((thread) => (
            <ThreadCard key={thread.id} thread={thread} talk={talk} />
          ))}
        </details>
      )}
    </div>,
    document.body,
  );
}
