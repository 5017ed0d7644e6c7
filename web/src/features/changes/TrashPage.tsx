import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { NothingListed } from "@/features/empty/Nothing";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatMoment, labelOf } from "@/lib/format";
import { bookChanged, queryClient, useSchema } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { toast, toastError } from "@/ui/toast";

/** What was deleted lately, to be brought back. */
export function TrashPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const tables = useSchema().data?.tables ?? [];
  const [table, setTable] = useState("customers");
  const [chosen, setChosen] = useState<number[]>([]);
  const [busy, setBusy] = useState(false);
  const bin = useQuery({ queryKey: ["trash", table], queryFn: () => api.trash(table), staleTime: 0 });
  const records = bin.data?.records ?? [];

  const restore = async () => {
    setBusy(true);
    try {
      const out = await api.restore(chosen.map((id) => ({ table, id })));
      if (out.restored > 0) toast(t("trash.done", { n: out.restored }));
      for (const r of out.refused.slice(0, 3)) toastError(r.message);
      setChosen([]);
      for (const key of ["trash", "changes", "history"])
        void queryClient.invalidateQueries({ queryKey: [key] });
      await bookChanged();
    } catch (e) {
      toastError(errorText(e));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="page" data-help="undo">
      <div className="page-head">
        <h1 className="serif">{t("shell.trash")}</h1>
      </div>
      <div className="log-filters">
        <Select
          aria-label={t("changes.table")}
          value={table}
          options={tables.map((tb) => ({ value: tb.key, label: labelOf(tb.label, locale) }))}
          onChange={(key) => {
            setTable(key);
            setChosen([]);
          }}
        />
        <Button
          type="primary"
          data-command="restore"
          disabled={chosen.length === 0}
          loading={busy}
          icon={<Icon name="undo" size={14} />}
          onClick={() => void restore()}
        >
          {t("trash.restore", { n: chosen.length })}
        </Button>
      </div>
      {bin.data && <p className="muted">{t("trash.kept", { n: bin.data.kept_days })}</p>}
      {bin.isError && (
        <p className="form-error" role="alert">
          {errorText(bin.error)}
        </p>
      )}
      {bin.isSuccess && records.length === 0 && <NothingListed word="noTrash" />}
      <ul className="past">
        {records.map((r) => {
          const name = r.name ?? r.code ?? `#${r.id}`;
          return (
            <li key={r.id} className="past-row">
              <Checkbox
                aria-label={t("trash.select", { name })}
                checked={chosen.includes(r.id)}
                onChange={(e) =>
                  setChosen((list) => (e.target.checked ? [...list, r.id] : list.filter((id) => id !== r.id)))
                }
              />
              <div className="grow">
                <strong>{name}</strong>
                <div className="muted num">
                  {[r.name ? r.code : null, r.user, formatMoment(r.at)].filter(Boolean).join(" · ")}
                </div>
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
