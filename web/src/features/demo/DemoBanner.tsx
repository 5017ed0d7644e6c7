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
  const { demo = false, samples = [] } = status.data?.book ?? {};
  if (!demo && samples.length === 0) return null;
  const remove = async () => {
    setBusy(true);
    try {
      let deleted = demo ? (await api.removeDemo()).deleted : 0;
      for (const id of demo ? [] : samples) deleted += (await api.removeSamples(id)).deleted;
      toast(t(demo ? "demo.removed" : "demo.samplesRemoved", { n: formatCount(deleted) }));
      await bookChanged();
    } catch (e) {
      toastError(errorText(e));
      setBusy(false);
    }
  };
  return (
    <div className="banner">
      <span>{t(demo ? "demo.banner" : "demo.samples")}</span>
      <button type="button" className="link" disabled={busy} onClick={() => void remove()}>
        {busy ? t("demo.removing") : t(demo ? "demo.remove" : "demo.removeSamples")}
      </button>
    </div>
  );
}
