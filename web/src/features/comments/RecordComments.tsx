import { Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Table, Thread } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { fieldOf, useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import "@/ui/css/comments.css";
import { wantedThread } from "./at";
import { Composer } from "./Composer";
import { ThreadCard } from "./ThreadCard";
import { useSeen, useTalk, useThreads } from "./useTalk";

/** What is said about a record and its cells, by field; and a box to say more. */
export default function RecordComments({ table: key, id }: { table: string; id: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const table = useTable(key);
  const found = useThreads(key, id);
  const talk = useTalk(key, id);
  const [about, setAbout] = useState("");
  const list = useRef<HTMLDivElement>(null);
  useSeen(found.data);
  useWanted(key, id, list, found.data !== undefined);
  if (!table || found.isPending) return <div className="page-busy" aria-busy="true" />;
  if (found.isError)
    return (
      <p className="form-error pad" role="alert">
        {errorText(found.error)}
      </p>
    );
  const open = found.data.filter((th) => !th.resolved);
  const ended = found.data.filter((th) => th.resolved);
  const name = (thread: Thread) => {
    if (thread.was !== null) return t("comment.was", { column: thread.was });
    const field = fieldOf(table, thread.field ?? "");
    return field ? labelOf(field.label, locale) : t("comment.record");
  };
  const fields = table.fields.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }));
  return (
    <div ref={list} className="record-comments">
      <div className="new-thread">
        <Select
          showSearch={{ optionFilterProp: "label" }}
          size="small"
          variant="borderless"
          aria-label={t("comment.about")}
          popupMatchSelectWidth={220}
          value={about}
          onChange={setAbout}
          options={[{ value: "", label: t("comment.record") }, ...fields]}
        />
        <Composer
          key={about}
          draft={`${key} ${id} ${about}`}
          label={t("comment.hint")}
          send={t("comment.send")}
          onSend={(text, mentions) => talk.begin(about || undefined, text, mentions)}
        />
      </div>
      {byField(table, open).map(([field, threads]) => (
        <div key={field} className="field-threads">
          {threads.map((thread, i) => (
            <div key={thread.id}>
              {(i === 0 || thread.was !== threads[i - 1]?.was) && <h3>{name(thread)}</h3>}
              <ThreadCard thread={thread} talk={talk} />
            </div>
          ))}
        </div>
      ))}
      {ended.length > 0 && (
        <details className="threads-ended">
          <summary>{t("comment.resolvedN", { n: ended.length })}</summary>
          {ended.map((thread) => (
            <div key={thread.id}>
              <h3>{name(thread)}</h3>
              <ThreadCard thread={thread} talk={talk} />
            </div>
          ))}
        </details>
      )}
    </div>
  );
}

/** Threads by field: those about the record first, then the fields in their order, then columns that are gone. */
function byField(table: Table, threads: Thread[]): [string, Thread[]][] {
  const of = (field: string | null) => threads.filter((th) => th.field === field && th.was === null);
  const groups: [string, Thread[]][] = [
    ["", of(null)],
    ...table.fields.map((f): [string, Thread[]] => [f.key, of(f.key)]),
    ["?", threads.filter((th) => th.was !== null)],
  ];
  return groups.filter(([, list]) => list.length > 0);
}

/** Brings the thread a mention led to into sight, once it is there. */
function useWanted(table: string, id: number, list: React.RefObject<HTMLElement | null>, there: boolean) {
  const wanted = useStore(wantedThread);
  useEffect(() => {
    if (!there || wanted?.table !== table || wanted.record !== id) return;
    const card = list.current?.querySelector<HTMLElement>(`[data-thread="${wanted.thread}"]`);
    const closed = card?.closest("details");
    if (closed) closed.open = true;
    card?.scrollIntoView({ block: "center" });
    card?.classList.add("wanted");
    wantedThread.set(null);
  }, [wanted, table, id, list, there]);
}
