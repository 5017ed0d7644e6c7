import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { errorText } from "@/lib/errors";
import { formatCount } from "@/lib/format";
import { bookChanged, useStatus } from "@/lib/query";
import { toast, toastError } from "@/ui/toast";

/** Says that what one sees is made up, and takes it away again. */
export function DemoBanner() {
  const { t } = useTranslation();
  const status = useStatus();
  const [busy, setBusy] = useState(false);
  if (!status.data?.book?.demo) return null;
  const remove = async () => {
    setBusy(true);
    try {
      const out = await api.removeDemo();
      toast(t("demo.removed", { n: formatCount(out.deleted) }));
      await bookChanged();
    } catch (e) {
      toastError(errorText(e));
      setBusy(false);
    }
  };
  return (
    <div className="banner">
      <span>{t("demo.banner")}</span>
      <button type="button" className="link" disabled={busy} onClick={() => void remove()}>
        {busy ? t("demo.removing") : t("demo.remove")}
      </button>
    </div>
  );
}
