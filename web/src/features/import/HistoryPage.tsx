import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { PastImport } from "@/api/types";
import { outcome } from "@/features/bulk/running";
import { NothingListed } from "@/features/empty/Nothing";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatCount, formatMoment, labelOf } from "@/lib/format";
import { bookChanged, useSchema } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { toast, toastError } from "@/ui/toast";

/** What was brought in before, each with its way back. */
export function HistoryPage() {
  const { t } = useTranslation();
  const past = useQuery({ queryKey: ["imports"], queryFn: api.pastImports, staleTime: 0 });
  return (
    <div className="page" data-help="import">
      <div className="page-head">
        <h1 className="serif">{t("shell.importHistory")}</h1>
        <Link to="/import" className="quiet-link">
          <Icon name="upload" /> {t("import.title")}
        </Link>
      </div>
      {past.isError && (
        <p className="form-error" role="alert">
          {errorText(past.error)}
        </p>
      )}
      {past.data?.imports.length === 0 && <NothingListed word="noImports" />}
      <ul className="past">
        {past.data?.imports.map((p) => (
          <PastRow key={p.change} past={p} />
        ))}
      </ul>
    </div>
  );
}

function PastRow({ past }: { past: PastImport }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const schema = useSchema().data;
  const [busy, setBusy] = useState(false);
  const undo = async () => {
    setBusy(true);
    try {
      const out = await outcome(await api.undo(past.change), t("undo.running"));
      toast(out.kept > 0 ? t("undo.kept", { n: out.kept }) : t("undo.done"));
      await bookChanged();
    } catch (e) {
      toastError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  const name = (key: string) => {
    const label = schema?.tables.find((x) => x.key === key)?.label;
    return label ? labelOf(label, locale) : (past.own_tables[key] ?? key);
  };
  return (
    <li className={past.undone ? "past-row undone" : "past-row"}>
      <Icon name={past.origin === "demo" ? "spark" : "file"} size={18} />
      <div className="grow">
        <strong>
          {past.origin === "demo" ? t("past.demo") : past.files.join(locale === "en" ? ", " : "、")}
        </strong>
        <div className="muted num">
          {formatMoment(past.at)}
          {Object.entries(past.tables)
            .filter(([, c]) => c.created + c.updated > 0)
            .map(
              ([key, c]) =>
                ` · ${t("past.counts", { table: name(key), created: formatCount(c.created), updated: formatCount(c.updated) })}`,
            )
            .join("")}
        </div>
      </div>
      {past.undone ? (
        <span className="badge tone-grey">{t("past.undone")}</span>
      ) : (
        <Button size="small" loading={busy} icon={<Icon name="undo" size={14} />} onClick={() => void undo()}>
          {t("undo.label")}
        </Button>
      )}
    </li>
  );
}
