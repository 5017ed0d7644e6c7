import "@/ui/css/outbox.css";
import { useNavigate } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, Locale } from "@/api/types";
import { momentText } from "@/features/customer/words";
import { newRecord } from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { Popup } from "@/ui/Popup";
import { toast } from "@/ui/toast";
import { outbox } from "./outbox";
import { writtenText } from "./texts";
import { type Waiting, waitingStore } from "./waiting";

/** A day as people say it; none. */
const dayText = (day: string | null | undefined, locale: Locale, t: TFunction): string =>
  day ? momentText(day, locale, t) : t("offline.noDay");

/** What waits to be sent, and what the server did not take. */
export function OutboxButton() {
  const { t } = useTranslation();
  const list = useStore(waitingStore);
  const [at, setAt] = useState<DOMRect | null>(null);
  const refused = list.some((w) => w.refused);
  const label = refused ? t("offline.look", { n: list.length }) : t("offline.waiting", { n: list.length });
  return (
    <>
      <button
        type="button"
        className={refused ? "outbox-button refused" : "outbox-button"}
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
      >
        <Icon name={refused ? "warn" : "upload"} size={14} />
        <span className="num">{label}</span>
      </button>
      {at && list.length > 0 && (
        <Popup at={at} label={t("offline.title")} onClose={() => setAt(null)}>
          <div className="outbox">
            <p className="muted">{t("offline.about")}</p>
            <ul>
              {list.map((w) => (
                <OutboxRow key={w.id} w={w} onClose={() => setAt(null)} />
              ))}
            </ul>
            <button type="button" className="link" onClick={() => void outbox.flush()}>
              {t("offline.now")}
            </button>
          </div>
        </Popup>
      )}
    </>
  );
}

function OutboxRow({ w, onClose }: { w: Waiting; onClose(): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const fields = useTable("customers")?.fields;
  const drop = async () => {
    await outbox.drop(w.id);
    toast(t("offline.dropped"), { action: { label: t("undo.label"), run: () => void outbox.put(w) } });
  };
  const theirs = w.refused && "theirs" in w.refused;
  return (
    <li>
      <strong>{w.name || t("customer.unnamed")}</strong>
      <span>{said(w)}</span>
      {w.refused && (
        <span className="outbox-why" role="alert">
          {theirs ? t("offline.theirs", { day: dayText(w.refused.theirs, locale, t) }) : w.refused.text}
        </span>
      )}
      {w.refused && (
        <span className="outbox-acts">
          {w.act.kind === "customer" ? (
            <Mend w={w} onClose={onClose} />
          ) : (
            <button type="button" className="link" onClick={() => void outbox.again(w)}>
              {theirs ? t("offline.mine") : t("ui.retry")}
            </button>
          )}
          <button type="button" className="link" onClick={() => void drop()}>
            {theirs ? t("offline.keepTheirs") : t("offline.drop")}
          </button>
        </span>
      )}
    </li>
  );
  function said({ act }: Waiting): string {
    if (act.kind === "note") return act.text;
    if (act.kind === "next") return t("offline.next", { day: dayText(act.day, locale, t) });
    const named = (f: Field) => {
      const text = writtenText(act.values[f.key]);
      return text && f.key !== "name" ? `${labelOf(f.label, locale)} ${text}` : "";
    };
    const values = (fields ?? []).map(named).filter((text) => text !== "");
    return [t("offline.customer"), ...values].join(" · ");
  }
}

/** A new customer the server did not take goes back into its form. It stays here until it is saved there. */
function Mend({ w, onClose }: { w: Waiting; onClose(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mend = async () => {
    if (w.act.kind !== "customer") return;
    onClose();
    await navigate({ to: "/t/$table", params: { table: "customers" } });
    newRecord.set({ table: "customers", before: { values: w.act.values, waiting: w.id } });
  };
  return (
    <button type="button" className="link" onClick={() => void mend()}>
      {t("offline.mend")}
    </button>
  );
}
