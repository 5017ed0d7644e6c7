import { useTranslation } from "react-i18next";
import { TABLE_COMMANDS, type TableContext } from "@/features/commands/commands";
import { errorText } from "@/lib/errors";
import { Icon } from "@/ui/Icon";
import { Popup } from "@/ui/Popup";
import { toastError } from "@/ui/toast";

/** What can be done with the active cell. */
export function CellMenu({ context, at, onClose }: { context: TableContext; at: DOMRect; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Popup at={at} label={t("command.cell")} onClose={onClose}>
      <div role="menu" className="menu cell-menu">
        {TABLE_COMMANDS.filter((c) => c.inCell && c.visible(context)).map((c) => (
          <button
            type="button"
            role="menuitem"
            key={c.id}
            className="menu-item"
            data-command={c.id}
            onClick={() => {
              onClose();
              Promise.resolve(c.run(context, at)).catch((e: unknown) => toastError(errorText(e)));
            }}
          >
            <Icon name={c.icon} /> <span className="grow">{t(c.label)}</span>
            {c.shortcut && <kbd>{c.shortcut}</kbd>}
          </button>
        ))}
      </div>
    </Popup>
  );
}
