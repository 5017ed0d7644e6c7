import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { LinkValue } from "@/api/types";
import { openRecord } from "@/features/table/tableState";
import { useEdits } from "@/features/table/useEdits";
import { useMedia } from "@/lib/hooks";
import { useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import { IconButton } from "@/ui/IconButton";
import { Person } from "./Person";
import { personChanged } from "./useTimeline";

const EditRecord = lazy(async () => ({
  default: (await import("@/features/table/NewRecord")).EditRecord,
}));

/** From this width on the profile stands beside what happened. */
const WIDE = "(min-width: 1000px)";

/** One customer as a page of their own. */
export function CustomerPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id: written = "" } = useParams({ strict: false });
  const wide = useMedia(WIDE);
  const editing = useStore(openRecord);
  const id = Number(written);
  const open = (table: string, link: LinkValue) => {
    if (table !== "customers") openRecord.set({ table, id: link[0] });
    else void navigate({ to: "/c/$id", params: { id: String(link[0]) } });
  };
  const back = () => void navigate({ to: "/t/$table", params: { table: "customers" }, search: { c: id } });
  return (
    <div className={wide ? "person-page wide" : "person-page"}>
      <header className="panel-bar">
        <IconButton icon="left" label={t("person.back")} text onClick={back} />
      </header>
      <Person key={id} id={id} cache={undefined} wide={wide} onOpen={open} />
      {editing && <Editing key={`${editing.table}.${editing.id}`} {...editing} onOpen={open} />}
    </div>
  );
}

/** A record of another table in its form. */
function Editing(props: { table: string; id: number; onOpen(table: string, link: LinkValue): void }) {
  const table = useTable(props.table);
  const edits = useEdits(props.table, undefined, undefined, () => void personChanged());
  return table ? (
    <Suspense>
      <EditRecord table={table} id={props.id} edits={edits} onOpen={props.onOpen} />
    </Suspense>
  ) : null;
}
