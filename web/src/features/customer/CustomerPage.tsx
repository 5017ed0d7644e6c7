import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { LinkValue, Table } from "@/api/types";
import { openRecord } from "@/features/table/tableState";
import { useEdits } from "@/features/table/useEdits";
import { useTurned } from "@/features/views/useSaved";
import { useMedia, usePhone } from "@/lib/hooks";
import { useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import { IconButton } from "@/ui/IconButton";
import { Person } from "./Person";
import { Steps, useStepKeys } from "./Steps";
import { useBeside, useOrder } from "./useBeside";
import { personChanged } from "./useTimeline";

const EditRecord = lazy(async () => ({
  default: (await import("@/features/table/NewRecord")).EditRecord,
}));

/** From this width on the profile stands beside what happened. */
const WIDE = "(min-width: 1000px)";

/** One customer as a page of their own. */
export function CustomerPage() {
  const table = useTable("customers");
  return table ? <Turned table={table} /> : <div className="page-busy" aria-busy="true" />;
}

/** The page, in the order of the view its address names. */
function Turned({ table }: { table: Table }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id: written = "" } = useParams({ strict: false });
  const { view } = useSearch({ strict: false });
  const wide = useMedia(WIDE);
  const phone = usePhone();
  const editing = useStore(openRecord);
  const id = Number(written);
  const turned = useTurned(table);
  const order = useOrder(table, turned);
  const beside = useBeside(order.view, id, order.again);
  const go = (to: number) =>
    void navigate({ to: "/c/$id", params: { id: String(to) }, search: { view }, replace: true });
  useStepKeys({ beside, onGo: go }, () => true);
  const open = (of: string, link: LinkValue) => {
    if (of !== "customers") openRecord.set({ table: of, id: link[0] });
    else void navigate({ to: "/c/$id", params: { id: String(link[0]) }, search: { view } });
  };
  const back = () =>
    void navigate({ to: "/t/$table", params: { table: "customers" }, search: { c: id, view } });
  return (
    <div className={wide ? "person-page wide" : "person-page"} data-help="customer">
      <header className="panel-bar">
        <IconButton icon="left" label={t("person.back")} text onClick={back} />
        <span className="grow" />
        <Steps beside={beside} onGo={go} />
      </header>
      <Person
        key={id}
        id={id}
        cache={undefined}
        wide={wide}
        steps={phone ? { beside, onGo: go } : undefined}
        onOpen={open}
      />
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
