import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import type { zh } from "@/i18n/zh";
import { errorText } from "@/lib/errors";
import type { IconName } from "@/ui/Icon";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { toastError } from "@/ui/toast";

export interface CommandContext {
  table: Table;
  selectedRows: number;
  undo(): Promise<void>;
  redo(): Promise<void>;
  deleteRows(): Promise<void>;
  exportAs(format: "xlsx" | "csv"): Promise<void>;
  pickColumns(at: DOMRect): void;
}

interface UserCommand {
  id: string;
  label: keyof typeof zh;
  icon: IconName;
  shortcut?: string;
  /** On the bar with its words, on the bar as a sign, or in the menu only. */
  place: "bar" | "sign" | "menu";
  visible(c: CommandContext): boolean;
  run(c: CommandContext, at: DOMRect): Promise<void> | void;
}

/** Every command of the table, declared once; bar and menu are drawn from this list. */
const COMMANDS: UserCommand[] = [
  {
    id: "delete",
    label: "command.delete",
    icon: "trash",
    shortcut: "Ctrl+-",
    place: "bar",
    visible: (c) => c.selectedRows > 0,
    run: (c) => c.deleteRows(),
  },
  {
    id: "undo",
    label: "command.undo",
    icon: "undo",
    shortcut: "Ctrl+Z",
    place: "sign",
    visible: () => true,
    run: (c) => c.undo(),
  },
  {
    id: "redo",
    label: "command.redo",
    icon: "redo",
    shortcut: "Ctrl+Y",
    place: "sign",
    visible: () => true,
    run: (c) => c.redo(),
  },
  {
    id: "columns",
    label: "command.columns",
    icon: "columns",
    place: "bar",
    visible: () => true,
    run: (c, at) => c.pickColumns(at),
  },
  {
    id: "xlsx",
    label: "command.xlsx",
    icon: "download",
    place: "menu",
    visible: () => true,
    run: (c) => c.exportAs("xlsx"),
  },
  {
    id: "csv",
    label: "command.csv",
    icon: "file",
    place: "menu",
    visible: () => true,
    run: (c) => c.exportAs("csv"),
  },
];

export function Toolbar({ context }: { context: CommandContext }) {
  const { t } = useTranslation();
  const [exporting, setExporting] = useState<DOMRect | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const run = (command: UserCommand, at: DOMRect) => {
    setExporting(null);
    Promise.resolve(command.run(context, at)).catch((e: unknown) => toastError(errorText(e)));
  };
  const shown = COMMANDS.filter((c) => c.visible(context));
  return (
    <div className="toolbar" ref={bar} role="toolbar" aria-label={t("table.toolbar")}>
      {shown
        .filter((c) => c.place !== "menu")
        .map((c) => (
          <IconButton
            key={c.id}
            icon={c.icon}
            text={c.place === "bar"}
            data-command={c.id}
            label={c.id === "delete" ? t("command.deleteN", { n: context.selectedRows }) : t(c.label)}
            title={c.shortcut ? `${t(c.label)} ${c.shortcut}` : undefined}
            onClick={(e) => run(c, e.currentTarget.getBoundingClientRect())}
          />
        ))}
      <IconButton
        icon="download"
        text
        label={t("command.export")}
        data-command="export"
        aria-haspopup="menu"
        aria-expanded={exporting !== null}
        onClick={(e) => setExporting(e.currentTarget.getBoundingClientRect())}
      />
      {exporting && (
        <Popup at={exporting} label={t("command.export")} onClose={() => setExporting(null)}>
          <div role="menu" className="menu">
            {shown
              .filter((c) => c.place === "menu")
              .map((c) => (
                <button
                  type="button"
                  role="menuitem"
                  key={c.id}
                  className="menu-item"
                  data-command={c.id}
                  onClick={() => run(c, exporting)}
                >
                  <Icon name={c.icon} /> {t(c.label)}
                </button>
              ))}
          </div>
        </Popup>
      )}
    </div>
  );
}
