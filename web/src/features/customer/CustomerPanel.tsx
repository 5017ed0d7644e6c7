import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LinkValue } from "@/api/types";
import type { BlockCache } from "@/grid/blockCache";
import { dialogOpen, usePhone } from "@/lib/hooks";
import { IconButton } from "@/ui/IconButton";
import { Person } from "./Person";

interface Props {
  id: number;
  /** The view in which previous and next make sense; absent when opened from elsewhere. */
  cache: BlockCache | undefined;
  onGo(id: number): void;
  /** Opens a record of any table. */
  onOpen(table: string, link: LinkValue): void;
  onClose(): void;
}

/** One customer, sliding in beside the table. */
export function CustomerPanel({ id, cache, onGo, onOpen, onClose }: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const navigate = useNavigate();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    panel.current?.focus({ preventScroll: true });
    return () => before?.focus?.({ preventScroll: true });
  }, []);

  const go = async (by: 1 | -1) => {
    const at = cache?.indexOf(id);
    if (!cache || at === undefined || at + by < 0 || at + by >= cache.total) return;
    const [row] = await cache.load(at + by, at + by);
    if (row && !row.deleted) onGo(row.id);
  };
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.isComposing || e.defaultPrevented || dialogOpen() || document.querySelector(".popup")) return;
      if (e.key === "Escape") return onClose();
      // In the sheet the same keys open the list of a cell.
      const arrow = e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown");
      if (!arrow || !panel.current?.contains(document.activeElement)) return;
      e.preventDefault();
      void latest.current(e.key === "ArrowUp" ? -1 : 1);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [onClose]);

  const at = cache?.indexOf(id);
  return (
    <aside ref={panel} className="panel" aria-label={t("customer.panel")} tabIndex={-1}>
      <header className="panel-bar">
        <IconButton
          icon="up"
          label={t("customer.previous")}
          disabled={at === undefined || at === 0}
          onClick={() => void go(-1)}
        />
        <IconButton
          icon="down"
          label={t("customer.next")}
          disabled={at === undefined || at >= (cache?.total ?? 0) - 1}
          onClick={() => void go(1)}
        />
        <span className="grow" />
        {!phone && (
          <IconButton
            icon="expand"
            label={t("person.whole")}
            onClick={() => void navigate({ to: "/c/$id", params: { id: String(id) } })}
          />
        )}
        <IconButton icon="close" label={t("ui.close")} onClick={onClose} />
      </header>
      <Person id={id} cache={cache} onOpen={onOpen} />
    </aside>
  );
}
