import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { HistoryEntry, SetBack } from "@/api/types";
import { BeforeAfter } from "@/features/changes/BeforeAfter";
import { NothingListed } from "@/features/empty/Nothing";
import { errorText } from "@/lib/errors";
import { formatMoment } from "@/lib/format";
import { bookChanged, fieldOf, queryClient, useTable } from "@/lib/query";
import { Dialog } from "@/ui/Dialog";
import { toast, toastError } from "@/ui/toast";

/** Who changed what, newest first; each edit leads back to what was there before it. */
export function HistoryList({ id, onChanged }: { id: number; onChanged(): void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<{ change: number; cells: SetBack[] } | null>(null);
  const history = useQuery({ queryKey: ["history", id], queryFn: () => api.history("customers", id) });
  if (history.isPending) return <div className="page-busy" aria-busy="true" />;
  if (history.isError) return <p className="form-error pad">{errorText(history.error)}</p>;
  if (history.data.entries.length === 0) return <NothingListed word="noHistory" />;
  const ask = async (change: number) => {
    try {
      const { cells } = await api.previewSetBack("customers", id, change);
      if (cells.length === 0) toast(t("changes.setBackNone"));
      else setAsked({ change, cells });
    } catch (e) {
      toastError(errorText(e));
    }
  };
  return (
    <>
      <ol className="history">
        {history.data.entries.map((entry, i) => (
          <li key={`${entry.change}-${entry.field ?? ""}-${i}`}>
            <Entry entry={entry} />
            <span className="muted num">
              {[formatMoment(entry.at), entry.user ?? entry.origin].filter((s) => s !== "").join(" · ")}
              {entry.form && ` · ${t("forms.through", { name: entry.form })}`}
              {entry.kind === "edit" && (
                <>
                  {" · "}
                  <button type="button" className="link" onClick={() => void ask(entry.change)}>
                    {t("changes.setBack")}
                  </button>
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
      {asked && <SetBackDialog id={id} {...asked} onClose={() => setAsked(null)} onChanged={onChanged} />}
    </>
  );
}

/** Shows what would change first. */
function SetBackDialog(props: {
  id: number;
  change: number;
  cells: SetBack[];
  onClose(): void;
  onChanged(): void;
}) {
  const { t } = useTranslation();
  const table = useTable("customers");
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const out = await api.setBack("customers", props.id, props.change);
      toast(t("changes.setBackDone", { n: out.restored }));
      for (const key of ["history", "changes"]) void queryClient.invalidateQueries({ queryKey: [key] });
      await bookChanged();
      props.onChanged();
      props.onClose();
    } catch (e) {
      toastError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={t("changes.setBackTitle")}
      okText={t("changes.setBack")}
      cancelText={t("ui.cancel")}
      confirmLoading={busy}
      onOk={() => void run()}
      onCancel={props.onClose}
    >
      <ul className="set-back">
        {props.cells.map((c) => (
          <li key={c.field}>
            <BeforeAfter field={fieldOf(table, c.field)} name={c.field} before={c.now} after={c.then} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Entry({ entry }: { entry: HistoryEntry }) {
  const { t } = useTranslation();
  const field = fieldOf(useTable("customers"), entry.field ?? "");
  if (entry.kind !== "edit" || !entry.field) return <span>{t(`history.${entry.kind}`)}</span>;
  return <BeforeAfter field={field} name={entry.field} before={entry.before} after={entry.after} />;
}
