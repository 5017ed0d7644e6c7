import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { TABLE_COMMANDS, type TableCommand, type TableContext } from "@/features/commands/commands";
import { errorText } from "@/lib/errors";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { toastError } from "@/ui/toast";

export function Toolbar({ context }: { context: TableContext }) {
  const { t } = useTranslation();
  const [exporting, setExporting] = useState<DOMRect | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const run = (command: TableCommand, at: DOMRect) => {
    setExporting(null);
    Promise.resolve(command.run(context, at)).catch((e: unknown) => toastError(errorText(e)));
  };
  const shown = TABLE_COMMANDS.filter((c) => c.visible(context));
  return (
    <div className="toolbar" ref={bar} role="toolbar" aria-label={t("table.toolbar")}>
      {shown
        .filter((c) => c.place === "bar" || c.place === "sign")
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
              .filter((c) => c.place === "export")
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
