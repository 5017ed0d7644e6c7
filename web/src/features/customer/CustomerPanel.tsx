import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { LinkValue } from "@/api/types";
import type { BlockCache } from "@/grid/blockCache";
import { usePhone } from "@/lib/hooks";
import { IconButton } from "@/ui/IconButton";
import { Person } from "./Person";
import { Steps, useStepKeys } from "./Steps";
import { useBeside } from "./useBeside";

interface Props {
  id: number;
  /** Rows of the view it is opened from; absent when opened from elsewhere. */
  cache: BlockCache | undefined;
  /** The open view in which previous and next make sense. */
  view: string | undefined;
  onGo(id: number): void;
  /** Opens a record of any table. */
  onOpen(table: string, link: LinkValue): void;
  onClose(): void;
}

/** One customer, sliding in beside the table. */
export function CustomerPanel({ id, cache, view, onGo, onOpen, onClose }: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const navigate = useNavigate();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    panel.current?.focus({ preventScroll: true });
    return () => before?.focus?.({ preventScroll: true });
  }, []);

  const beside = useBeside(view, id);
  // In the sheet the same keys open the list of a cell.
  const within = () => panel.current?.contains(document.activeElement) === true;
  const step = (to: number) => {
    // What has the focus may go with the customer, and the keys with it.
    panel.current?.focus({ preventScroll: true });
    onGo(to);
  };
  useStepKeys({ beside, onGo: step }, within, onClose);

  return (
    <aside ref={panel} className="panel" data-help="customer" aria-label={t("customer.panel")} tabIndex={-1}>
      <header className="panel-bar">
        <Steps beside={beside} onGo={onGo} />
        <span className="grow" />
        {!phone && (
          <IconButton
            icon="expand"
            label={t("person.whole")}
            onClick={() =>
              void navigate({
                to: "/c/$id",
                params: { id: String(id) },
                search: ({ view: saved }) => ({ view: saved }),
              })
            }
          />
        )}
        <IconButton icon="close" label={t("ui.close")} onClick={onClose} />
      </header>
      <Person id={id} cache={cache} steps={phone ? { beside, onGo } : undefined} onOpen={onOpen} />
    </aside>
  );
}
