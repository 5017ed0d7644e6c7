import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Written } from "@/api/types";
import type { CellEdit } from "@/grid/types";
import { formatCount } from "@/lib/format";
import { Dialog } from "@/ui/Dialog";

/** A paste that reaches past the end: what lies over rows that are there, and what would be new records. */
export interface Growing {
  over: CellEdit[];
  records: Record<string, Written>[];
}

interface Props {
  growing: Growing;
  onPaste(over: CellEdit[], records?: Record<string, Written>[]): Promise<void>;
  onClose(): void;
}

/** Asks whether the rows past the end become records. */
export function GrowDialog({ growing: { over, records }, onPaste, onClose }: Props) {
  const { t } = useTranslation();
  const n = formatCount(records.length);
  const paste = (grow: boolean) => {
    onClose();
    void onPaste(over, grow ? records : []);
  };
  return (
    <Dialog
      open
      width={440}
      className="grow-dialog"
      title={t("grow.title", { n })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("ui.cancel")}</Button>
          {over.length > 0 && <Button onClick={() => paste(false)}>{t("grow.only")}</Button>}
          <Button type="primary" autoFocus onClick={() => paste(true)}>
            {t("grow.add", { n })}
          </Button>
        </>
      }
    >
      <p>{t("grow.text", { n })}</p>
    </Dialog>
  );
}
