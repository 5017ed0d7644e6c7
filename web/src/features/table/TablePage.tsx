import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { api } from "@/api";
import type { Field, LinkValue, Table, ViewRequest } from "@/api/types";
import { DemoBanner } from "@/features/demo/DemoBanner";
import { formOf } from "@/features/forms/forms";
import { boardOf, galleryOf, kindName, monthOf, neededBy } from "@/features/kinds/kinds";
import { TourOffer } from "@/features/tour/TourOffer";
import { useTurned } from "@/features/views/useSaved";
import { PHONE, usePhone } from "@/lib/hooks";
import { loadMembers } from "@/lib/members";
import { fieldOf, useStatus, useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import { SheetView, type ViewProps } from "./SheetView";
import {
  arrange,
  fieldDialog,
  isShown,
  layoutStore,
  newRecord,
  openRecord,
  otherTables,
  queryStore,
  toFilter,
} from "./tableState";
import { type Edits, useEdits } from "./useEdits";
import { useMarks } from "./useMarks";
import { useNews } from "./useNews";
import { useHere } from "./useOthers";
import { useView } from "./useView";

// Parts that are not seen at first come when they are asked for; on a phone the cards are.
const loadCards = async () => ({ default: (await import("./CardsView")).CardsView });
const CardsView = lazy(loadCards);
if (matchMedia(PHONE).matches) void loadCards();
const CustomerPanel = lazy(async () => ({
  default: (await import("@/features/customer/CustomerPanel")).CustomerPanel,
}));
const EmptyBook = lazy(async () => ({ default: (await import("@/features/demo/EmptyBook")).EmptyBook }));
const FieldDialog = lazy(async () => ({
  default: (await import("@/features/fields/FieldDialog")).FieldDialog,
}));
const BoardView = lazy(() => import("@/features/kinds/BoardView"));
const CalendarView = lazy(() => import("@/features/kinds/CalendarView"));
const FormView = lazy(() => import("@/features/forms/FormView"));
const GalleryView = lazy(() => import("@/features/kinds/GalleryView"));
const EditRecord = lazy(async () => ({ default: (await import("./NewRecord")).EditRecord }));
const NewRecord = lazy(async () => ({ default: (await import("./NewRecord")).NewRecord }));

/** Fields the cards and the panel's list need whatever is shown in the sheet. */
const CARD_FIELDS: Record<string, string[]> = {
  customers: ["name", "grade", "mobile", "total", "last_order", "order_count"],
  orders: ["customer", "product", "amount", "time", "status", "order_no"],
  products: ["name", "category", "price"],
  interactions: ["customer", "content", "kind", "way", "time", "follow_up", "done"],
};

export function TablePage() {
  const { table: key = "customers" } = useParams({ strict: false });
  const { view } = useSearch({ strict: false });
  const table = useTable(key);
  const status = useStatus();
  const book = status.data?.book;
  if (!table || !book) return <div className="page-busy" aria-busy="true" />;
  // Who opens a view of an empty book, as after choosing a template, wants to see it.
  if (!view && book.customers === 0 && book.orders === 0 && (key === "customers" || key === "orders"))
    return (
      <Suspense fallback={<div className="page-busy" aria-busy="true" />}>
        <EmptyBook />
      </Suspense>
    );
  return <ViewedTable key={key} table={table} />;
}

/** The table once the view named in the address is there. */
function ViewedTable({ table }: { table: Table }) {
  return useTurned(table) ? <TableBody table={table} /> : <div className="page-busy" aria-busy="true" />;
}

function TableBody({ table }: { table: Table }) {
  const status = useStatus();
  const phone = usePhone();
  const query = useStore(queryStore(table.key));
  const layout = useStore(layoutStore(table.key));
  const [asked, setAsked] = useState<string[]>([]);

  const fields = useMemo(() => arrange(table, layout), [table, layout]);
  const shown = useMemo(() => fields.filter((f) => isShown(f, layout)), [fields, layout]);
  // Hiding a column needs no new view; only one not asked for yet does.
  const columns = useMemo(() => {
    const needed = phone
      ? (CARD_FIELDS[table.key] ?? shown.slice(0, 6).map((f) => f.key))
      : [...shown.map((f) => f.key), ...(CARD_FIELDS[table.key] ?? [])];
    needed.push(...Object.keys(layout.summaries ?? {}), ...neededBy(layout.kind, table));
    const known = needed.filter((k) => fieldOf(table, k));
    // One that was asked for may be gone since.
    return [...new Set([...asked.filter((k) => fieldOf(table, k)), ...known])];
  }, [asked, phone, shown, table, layout.summaries, layout.kind]);
  if (columns.length !== asked.length) setAsked(columns);

  const [board, month, gallery] = [boardOf(layout.kind), monthOf(layout.kind), galleryOf(layout.kind)];
  const form = formOf(layout.kind);
  const sheet = kindName(layout.kind) === undefined;
  const group = sheet ? query.group : undefined;
  const colours = sheet ? layout.colours : undefined;
  const request = useMemo(
    (): ViewRequest => ({
      table: table.key,
      filter: toFilter(query.filters, query.more),
      search: query.search === "" ? undefined : query.search,
      sort: query.sort.length === 0 ? undefined : query.sort,
      group,
      figures: group && Object.keys(layout.summaries ?? {}).filter((k) => fieldOf(table, k)),
      colours: colours?.map((rule) => rule.when),
      columns,
    }),
    [table, query, columns, group, colours, layout.summaries],
  );
  const open = useView(request);
  const cache = open.view?.table === table.key ? open.view.cache : undefined;
  const marks = useMarks(table, cache);
  const fresh = useNews(open.view?.table === table.key ? open.view : null, marks, open.reopen);
  useHere(table);
  const edits = useEdits(table.key, open.view?.cache, marks, open.reopen);

  const panel = usePanel();
  const exportAs = useCallback(
    async (format: "xlsx" | "csv") => {
      const wanted = { ...request, figures: undefined, colours: undefined };
      const view = await api.openView({ ...wanted, columns: shown.map((f) => f.key) });
      location.assign(api.exportUrl(view.view, format));
    },
    [request, shown],
  );
  const openAny = useCallback(
    (of: string, link: LinkValue) =>
      of === "customers" ? panel.open(link[0]) : openRecord.set({ table: of, id: link[0] }),
    [panel],
  );
  // Links edited from their other side may be those shown here.
  const elsewhere = useStore(otherTables);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count says that something was edited
  useEffect(() => cache?.refresh(), [elsewhere]);
  const adding = useStore(newRecord);
  const editing = useStore(openRecord);
  const dialog = useStore(fieldDialog);
  const named = table.fields.some((f) => NAMED.includes(f.kind));
  useEffect(() => {
    if (named) void loadMembers();
  }, [named]);
  useEffect(() => closeDialog, []);
  const View = phone ? CardsView : SheetView;
  const seen: ViewProps = {
    table,
    fields,
    shown,
    open,
    edits,
    marks,
    fresh,
    onOpen: panel.open,
    onOpenRecord: openAny,
    onExport: exportAs,
  };
  return (
    <div className="table-page" data-help={kindName(layout.kind) ?? (phone ? "phone" : "table")}>
      <DemoBanner />
      {table.key === "customers" && (status.data?.book?.customers ?? 0) > 0 && <TourOffer />}
      <Suspense fallback={<div className="page-busy" aria-busy="true" />}>
        {board ? (
          <BoardView {...seen} board={board} request={request} />
        ) : month ? (
          <CalendarView {...seen} month={month} request={request} />
        ) : gallery ? (
          <GalleryView {...seen} gallery={gallery} request={request} />
        ) : form ? (
          <FormView {...seen} form={form} />
        ) : (
          <View {...seen} />
        )}
      </Suspense>
      <Suspense>
        {dialog?.table === table.key && (
          <FieldDialog
            key={dialog.field ?? "new"}
            table={table}
            field={fieldOf(table, dialog.field ?? "")}
            before={dialog.before}
            onClose={closeDialog}
            onChanged={open.reopen}
          />
        )}
        {editing && (
          <OpenedRecord
            key={`${editing.table}.${editing.id}`}
            table={editing.table}
            id={editing.id}
            edits={editing.table === table.key ? edits : undefined}
            onOpen={openAny}
          />
        )}
        {adding?.table === table.key && (
          <NewRecord table={table} one={adding} edits={edits} onMade={open.reopen} />
        )}
        {panel.id !== undefined && (
          <CustomerPanel
            id={panel.id}
            cache={table.key === "customers" ? open.view?.cache : undefined}
            view={table.key === "customers" ? open.view?.id : undefined}
            onGo={panel.open}
            onOpen={openAny}
            onClose={panel.close}
          />
        )}
      </Suspense>
    </div>
  );
}

/** A record in its form, of the table in view or of another. */
function OpenedRecord(props: {
  table: string;
  id: number;
  /** Of the table in view. */
  edits: Edits | undefined;
  onOpen(table: string, link: LinkValue): void;
}) {
  const table = useTable(props.table);
  const others = useEdits(props.table, undefined, undefined, refreshed);
  return table ? (
    <EditRecord table={table} id={props.id} edits={props.edits ?? others} onOpen={props.onOpen} />
  ) : null;
}

const refreshed = () => otherTables.set((n) => n + 1);

/** Kinds whose cells hold the number of a member. */
const NAMED: Field["kind"][] = ["person", "created_by", "updated_by"];

const closeDialog = () => fieldDialog.set(null);

/** The open customer lives in the address: "back" closes the panel, a link opens it. */
function usePanel() {
  const navigate = useNavigate();
  const { c } = useSearch({ strict: false });
  return useMemo(
    () => ({
      id: c,
      open: (id: number) =>
        void navigate({ to: ".", search: (now) => ({ ...now, c: id }), replace: c !== undefined }),
      close: () => void navigate({ to: ".", search: (now) => ({ ...now, c: undefined }), replace: true }),
    }),
    [c, navigate],
  );
}
