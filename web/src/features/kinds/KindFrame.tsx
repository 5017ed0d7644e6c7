import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import NoRecords from "@/features/empty/Nothing";
import { FilterChips } from "@/features/table/FilterChips";
import { FreshRecords } from "@/features/table/FreshRecords";
import { PhoneTools } from "@/features/table/PhoneTools";
import type { ViewProps } from "@/features/table/SheetView";
import type { Edits } from "@/features/table/useEdits";
import { FilterButton } from "@/features/views/FilterButton";
import { ViewMenu } from "@/features/views/ViewMenu";
import { formatCount } from "@/lib/format";
import { dialogOpen, usePhone } from "@/lib/hooks";
import type { IconName } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import "@/ui/css/board.css";

type Props = ViewProps & {
  icon: IconName;
  /** What the settings are called. */
  label: string;
  settings: ReactNode;
  /** Whether the frame says that there is nothing; what fills the page itself does so itself. */
  said?: boolean;
  children: ReactNode;
};

/** What stands around a view that is no sheet: which it is, how many records, filters, undo, its settings. */
export function KindFrame({
  table,
  open,
  fresh,
  edits,
  onExport,
  icon,
  label,
  settings,
  said,
  children,
}: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  useUndoKeys(edits);
  const [at, setAt] = useState<DOMRect | null>(null);
  const cache = open.view?.table === table.key ? open.view.cache : undefined;
  const button = (
    <IconButton
      icon={icon}
      text={!phone}
      label={label}
      data-command="kind"
      aria-haspopup="dialog"
      aria-expanded={at !== null}
      onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
    />
  );
  const count = (
    <span className="count num" aria-live="polite">
      {cache ? t("table.count", { n: formatCount(cache.total) }) : " "}
    </span>
  );
  return (
    <div className="board-page">
      {phone ? (
        <div className="board-head">
          <ViewMenu table={table} />
          <div className="cards-head">
            {count}
            <FreshRecords count={fresh} onRefresh={open.reopen} />
            <PhoneTools table={table} onExport={onExport} />
            {button}
          </div>
          <FilterChips table={table} />
        </div>
      ) : (
        <div className="subbar">
          <ViewMenu table={table} />
          {count}
          <FreshRecords count={fresh} onRefresh={open.reopen} />
          <FilterChips table={table} />
          <FilterButton table={table} text />
          <IconButton icon="undo" label={t("command.undo")} onClick={() => void edits.undo()} />
          <IconButton icon="redo" label={t("command.redo")} onClick={() => void edits.redo()} />
          {button}
        </div>
      )}
      {open.error && (
        <p className="form-error pad" role="alert">
          {open.error}{" "}
          <button type="button" className="link" onClick={open.reopen}>
            {t("ui.retry")}
          </button>
        </p>
      )}
      {said && cache?.total === 0 && <NoRecords table={table.key} />}
      {children}
      {at && (
        <Popup at={at} label={label} onClose={() => setAt(null)}>
          {settings}
        </Popup>
      )}
    </div>
  );
}

/** The field a view is laid out by went while it was open. */
export function KindGone({ table }: { table: Table }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="subbar">
        <ViewMenu table={table} />
      </div>
      <p className="sheet-empty">{t("kind.gone")}</p>
    </>
  );
}

/** Answers Ctrl+Z and Ctrl+Y wherever the focus is: what had it may be gone after the last undo. */
function useUndoKeys(edits: Edits): void {
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const letter = e.key.toLowerCase();
      if (!(e.ctrlKey || e.metaKey) || e.altKey || (letter !== "z" && letter !== "y")) return;
      // In a text field they are the field's own.
      if (dialogOpen() || (e.target as HTMLElement).closest("input, textarea, [contenteditable]")) return;
      e.preventDefault();
      void (letter === "y" || e.shiftKey ? edits.redo() : edits.undo());
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [edits]);
}
