import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Mention } from "@/api/types";
import { openRecord } from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatMoment, labelOf } from "@/lib/format";
import { loadMembers, memberStore } from "@/lib/members";
import { fieldOf, useSchema } from "@/lib/query";
import { useStore } from "@/lib/store";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { toastError } from "@/ui/toast";
import "@/ui/css/comments.css";
import { wantedThread } from "./at";
import { useMentions } from "./useTalk";

/** Where one is mentioned. Whoever works alone has no bell. */
export default function Bell() {
  const { t } = useTranslation();
  const anchor = useRef<HTMLSpanElement>(null);
  const [at, setAt] = useState<DOMRect | null>(null);
  const told = useMentions().data;
  const members = useStore(memberStore);
  const go = useGo();
  useEffect(() => void loadMembers(), []);
  if (members.length < 2 && !told?.mentions.length) return null;
  const unseen = told?.unseen ?? 0;
  const label = unseen > 0 ? t("mention.unseen", { n: unseen }) : t("mention.title");
  const all = () => void api.seeMentions().catch((e: unknown) => toastError(errorText(e)));
  return (
    <span ref={anchor} className="bell">
      <IconButton
        icon="bell"
        label={label}
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        onClick={() => setAt(at ? null : (anchor.current?.getBoundingClientRect() ?? null))}
      />
      {unseen > 0 && (
        <span className="bell-count num" aria-hidden="true">
          {unseen > 99 ? "99+" : unseen}
        </span>
      )}
      {at && (
        <Popup at={at} label={t("mention.title")} onClose={() => setAt(null)}>
          <div className="mentions">
            <header>
              <strong>{t("mention.title")}</strong>
              {unseen > 0 && (
                <button type="button" className="link" onClick={all}>
                  {t("mention.all")}
                </button>
              )}
            </header>
            {told?.mentions.length === 0 && <p className="muted">{t("mention.none")}</p>}
            <ul>
              {told?.mentions.map((m) => (
                <li key={m.comment}>
                  <Item
                    mention={m}
                    onGo={() => {
                      setAt(null);
                      go(m);
                    }}
                  />
                </li>
              ))}
            </ul>
          </div>
        </Popup>
      )}
    </span>
  );
}

function Item({ mention: m, onGo }: { mention: Mention; onGo(): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const table = useSchema().data?.tables.find((tb) => tb.key === m.table);
  const field = fieldOf(table, m.field ?? "");
  const record = m.name ?? m.code ?? (table ? `${labelOf(table.label, locale)} #${m.record}` : "");
  const where = field ? `${record} · ${labelOf(field.label, locale)}` : record;
  return (
    <button type="button" className={m.seen ? "mention" : "mention unseen"} onClick={onGo}>
      <span className="mention-head">
        <strong>{m.author}</strong>
        <span className="muted">{where}</span>
        <time className="muted num">{formatMoment(m.at)}</time>
      </span>
      <span className="mention-text">{m.text}</span>
      {!m.seen && <span className="sr-only">{t("mention.new")}</span>}
    </button>
  );
}

/** Opens the record of a mention, with its thread. */
function useGo() {
  const navigate = useNavigate();
  const { table: here } = useParams({ strict: false });
  return ({ table, record, thread }: Mention) => {
    wantedThread.set({ table, record, thread });
    const customer = table === "customers" ? record : undefined;
    // The view one is in stays, where it is one of that table.
    if (here === table) void navigate({ to: ".", search: (now) => ({ ...now, c: customer }) });
    else void navigate({ to: "/t/$table", params: { table }, search: { c: customer } });
    if (customer === undefined) openRecord.set({ table, id: record });
  };
}
