import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { LogEntry } from "@/api/types";
import { NothingListed } from "@/features/empty/Nothing";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatMoment, labelOf } from "@/lib/format";
import { loadMembers, memberStore } from "@/lib/members";
import { fieldOf, useSchema } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { BeforeAfter } from "./BeforeAfter";

const ACTIONS = ["create", "edit", "delete", "import", "undo", "redo", "restore", "form"] as const;
type Action = (typeof ACTIONS)[number] | "demo" | "template" | "api";

/** Who did what and when, with what was there before. */
export function ChangesPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const tables = useSchema().data?.tables ?? [];
  const members = useStore(memberStore);
  useEffect(() => void loadMembers(), []);
  const [wanted, setWanted] = useState<{ table?: string; user?: number; action?: Action }>({});
  const log = useInfiniteQuery({
    queryKey: ["changes", wanted],
    queryFn: ({ pageParam }) => api.changes({ ...wanted, before: pageParam }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  });
  const entries = log.data?.pages.flatMap((p) => p.changes) ?? [];
  return (
    <div className="page" data-help="undo">
      <div className="page-head">
        <h1 className="serif">{t("shell.changes")}</h1>
      </div>
      <div className="log-filters">
        <Select
          aria-label={t("changes.person")}
          value={wanted.user ?? -1}
          options={[
            { value: -1, label: t("changes.everyone") },
            ...members.map((m) => ({ value: m.id, label: m.name })),
          ]}
          onChange={(user) => setWanted((w) => ({ ...w, user: user < 0 ? undefined : user }))}
        />
        <Select
          aria-label={t("changes.table")}
          value={wanted.table ?? ""}
          options={[
            { value: "", label: t("changes.allTables") },
            ...tables.map((tb) => ({ value: tb.key, label: labelOf(tb.label, locale) })),
          ]}
          onChange={(table) => setWanted((w) => ({ ...w, table: table || undefined }))}
        />
        <Select<Action | "">
          aria-label={t("changes.action")}
          value={wanted.action ?? ""}
          options={[
            { value: "", label: t("changes.allActions") },
            ...ACTIONS.map((a) => ({ value: a, label: t(`action.${a}`) })),
          ]}
          onChange={(action) => setWanted((w) => ({ ...w, action: action || undefined }))}
        />
      </div>
      {log.isError && (
        <p className="form-error" role="alert">
          {errorText(log.error)}
        </p>
      )}
      {log.isSuccess && entries.length === 0 && (
        <NothingListed
          word="noChanges"
          onAll={Object.values(wanted).some((v) => v !== undefined) ? () => setWanted({}) : undefined}
        />
      )}
      <ul className="past">
        {entries.map((entry) => (
          <Entry key={entry.change} entry={entry} />
        ))}
      </ul>
      {log.hasNextPage && (
        <Button loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t("changes.more")}
        </Button>
      )}
    </div>
  );
}

function Entry({ entry }: { entry: LogEntry }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [open, setOpen] = useState(false);
  const special = entry.origin !== "edit" ? `${t(`action.${entry.origin as Action}`)} · ` : "";
  return (
    <li className={entry.undone ? "log-entry undone" : "log-entry"}>
      <button type="button" className="log-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} size={14} />
        <strong className="grow">
          {special}
          {labelOf(entry.label, locale)}
        </strong>
        {entry.undone && <span className="badge tone-grey">{t("changes.undone")}</span>}
        <span className="muted num">
          {entry.form && `${t("forms.through", { name: entry.form })} · `}
          {entry.user} · {formatMoment(entry.at)}
        </span>
      </button>
      {open && <Cells change={entry.change} />}
    </li>
  );
}

function Cells({ change }: { change: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const tables = useSchema().data?.tables ?? [];
  const one = useQuery({ queryKey: ["changes", "one", change], queryFn: () => api.change(change) });
  if (one.isError) return <p className="form-error pad">{errorText(one.error)}</p>;
  if (!one.data) return <div className="page-busy" aria-busy="true" />;
  const { edits } = one.data;
  if (edits.length === 0) return <p className="muted log-cells">{t("changes.noCells")}</p>;
  return (
    <div className="log-cells">
      <ul>
        {edits.map((c, i) => {
          const table = tables.find((tb) => tb.key === c.table);
          return (
            <li key={`${c.table}-${c.id}-${c.field}-${i}`}>
              <span className="muted num">
                {table ? labelOf(table.label, locale) : c.table} #{c.id}{" "}
              </span>
              <BeforeAfter field={fieldOf(table, c.field)} name={c.field} before={c.before} after={c.after} />
            </li>
          );
        })}
      </ul>
      {edits.length >= 500 && <p className="muted">{t("changes.first")}</p>}
    </div>
  );
}
