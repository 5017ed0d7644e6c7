import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, LinkValue, Table, Tone } from "@/api/types";
import { rowsOf, type Tab } from "@/features/bulk/bulk";
import { type TableContext, tableContext } from "@/features/commands/commands";
import { palette } from "@/features/commands/palette";
import { commentedAt } from "@/features/comments/at";
import { useCellComments } from "@/features/comments/useCellComments";
import { FilterButton } from "@/features/views/FilterButton";
import { GroupChips } from "@/features/views/GroupChips";
import { SummaryBar } from "@/features/views/SummaryBar";
import { ViewMenu } from "@/features/views/ViewMenu";
import { tintsOf } from "@/grid/tints";
import type { Row, SheetColumn, SheetSelection } from "@/grid/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatCount, isComputed, isKept, isWritable, labelOf } from "@/lib/format";
import { PHONE, useKey } from "@/lib/hooks";
import { findRecords, linkTo } from "@/lib/links";
import { shapeChanged } from "@/lib/query";
import { useStore } from "@/lib/store";
import { IconButton } from "@/ui/IconButton";
import { toast, toastError } from "@/ui/toast";
import { FilterChips } from "./FilterChips";
import { FreshRecords } from "./FreshRecords";
import type { Growing } from "./GrowDialog";
import { useSheetGroups } from "./groups";
import { StatusBar } from "./StatusBar";
import { Toolbar } from "./Toolbar";
import { fieldDialog, frozenOf, layoutStore, moveColumn, queryStore, widthOf } from "./tableState";
import type { Edits } from "./useEdits";
import type { MarkCache } from "./useMarks";
import { useOthers, useTellCell } from "./useOthers";
import type { useView } from "./useView";

const loadSheet = () => import("@/grid/Sheet");
const Sheet = lazy(loadSheet);
// On its way while the first view is being asked for; a phone never needs it.
if (!matchMedia(PHONE).matches) void loadSheet();
// Asked for after the first look, so not part of the first load.
const HeaderMenu = lazy(async () => ({ default: (await import("./HeaderMenu")).HeaderMenu }));
const FilesPopup = lazy(async () => ({ default: (await import("./FilesPopup")).FilesPopup }));
const LinksPopup = lazy(async () => ({ default: (await import("./LinksPopup")).LinksPopup }));
const BulkDialog = lazy(async () => ({ default: (await import("@/features/bulk/BulkDialog")).BulkDialog }));
const ColourRules = lazy(async () => ({
  default: (await import("@/features/views/ColourRules")).ColourRules,
}));
const CellComments = lazy(async () => ({
  default: (await import("@/features/comments/CellComments")).CellComments,
}));
const NoRecords = lazy(() => import("@/features/empty/Nothing"));
const CellMenu = lazy(async () => ({ default: (await import("./CellMenu")).CellMenu }));
const GrowDialog = lazy(async () => ({ default: (await import("./GrowDialog")).GrowDialog }));
const ColumnPicker = lazy(async () => ({ default: (await import("./ColumnPicker")).ColumnPicker }));

export interface ViewProps {
  table: Table;
  fields: Field[];
  shown: Field[];
  open: ReturnType<typeof useView>;
  edits: Edits;
  marks: MarkCache | undefined;
  /** New records the view does not show yet. */
  fresh: number;
  onOpen(customer: number): void;
  /** Opens a record of any table. */
  onOpenRecord(table: string, link: LinkValue): void;
  onExport(format: "xlsx" | "csv"): Promise<void>;
}

const ROW_HEIGHTS = { low: 26, normal: 32, high: 44 };
const NOTHING: SheetSelection = { ranges: [], rows: [], active: null };
/** More than this at once is a filter's work, not a selection's. */
const MAX_DELETE = 10_000;

export function SheetView(props: ViewProps) {
  const { table, fields, shown, open, edits, onOpen } = props;
  const { t } = useTranslation();
  const [selection, setSelection] = useState<SheetSelection>(NOTHING);
  const [menu, setMenu] = useState<{ column: SheetColumn; at: DOMRect } | null>(null);
  const [picker, setPicker] = useState<DOMRect | null>(null);
  const [colouring, setColouring] = useState<DOMRect | null>(null);
  const [bulk, setBulk] = useState<Tab | null>(null);
  const layout = layoutStore(table.key);
  const arranged = useStore(layout);
  const columns = useColumns(table, shown);
  const groups = useSheetGroups(table, open.view);
  const tints = useMemo(() => tintsOf(arranged.colours, open.view?.colours), [arranged.colours, open.view]);
  const cache = open.view?.table === table.key ? open.view.cache : undefined;

  const others = useOthers(table.key);
  useTellCell(table.key, selection, columns, cache);
  const comments = useCellComments(table.key, columns, cache, selection);
  const commented = useStore(commentedAt);
  const [cellMenu, setCellMenu] = useState<DOMRect | null>(null);

  const deleteRows = useCallback(async () => {
    const { rows } = selection;
    const count = rows.reduce((n, [a, b]) => n + b - a + 1, 0);
    if (!cache || count === 0) return toast(t("table.selectRowsFirst"));
    if (count > MAX_DELETE) return toastError(t("grid.tooMany"));
    const ids: number[] = [];
    try {
      for (const [first, last] of rows)
        for (const row of await cache.load(first, last)) if (row && !row.deleted) ids.push(row.id);
    } catch {
      // The cache has told of it; half of a selection is not removed.
      return;
    }
    await edits.remove(ids);
  }, [cache, edits, selection, t]);

  const context: TableContext = {
    table,
    selectedRows: selection.rows.reduce((n, [a, b]) => n + b - a + 1, 0),
    undo: edits.undo,
    redo: edits.redo,
    deleteRows,
    exportAs: props.onExport,
    pickColumns: setPicker,
    colourRules: setColouring,
    bulk: setBulk,
    commentable: comments.writable,
    comment: comments.write,
  };
  useEffect(() => tableContext.set(context));
  useKey("h", () => palette.get() === null && setBulk("replace"));
  useEffect(() => () => tableContext.set(null), []);

  const onMove = useCallback(
    (from: number, to: number) => {
      const keys = moveColumn(
        shown.map((f) => f.key),
        from,
        to,
      );
      layout.set((l) => ({
        ...l,
        order: [...keys, ...fields.map((f) => f.key).filter((k) => !keys.includes(k))],
      }));
    },
    [fields, layout, shown],
  );
  const [files, setFiles] = useState<{ field: Field; row: Row; at: DOMRect } | null>(null);
  const closeFiles = useCallback(() => setFiles(null), []);
  const [links, setLinks] = useState<{ field: Field; row: Row; at: DOMRect } | null>(null);
  const closeLinks = useCallback(() => setLinks(null), []);
  const [growing, setGrowing] = useState<Growing | null>(null);
  const fit = useRef<(field: string) => void>(null);
  const closeMenu = useCallback(() => setMenu(null), []);
  const closeCellMenu = useCallback(() => setCellMenu(null), []);
  const closePicker = useCallback(() => setPicker(null), []);
  const closeColours = useCallback(() => setColouring(null), []);

  return (
    <>
      <div className="subbar">
        <ViewMenu table={table} />
        <span className="count num" aria-live="polite">
          {cache ? t("table.count", { n: formatCount(cache.total) }) : " "}
        </span>
        <FreshRecords count={props.fresh} onRefresh={open.reopen} />
        <GroupChips table={table} view={open.view} folds />
        <FilterChips table={table} />
        <FilterButton table={table} text />
        <Toolbar context={context} />
      </div>
      <div className={open.loading ? "sheet-area loading" : "sheet-area"}>
        {open.error && (
          <div className="sheet-error" role="alert">
            {open.error}{" "}
            <button type="button" className="link" onClick={open.reopen}>
              {t("ui.retry")}
            </button>
          </div>
        )}
        <Suspense fallback={<div className="page-busy" aria-busy="true" />}>
          {cache && (
            <Sheet
              columns={columns}
              source={cache}
              viewKey={open.view?.question ?? ""}
              frozen={Math.min(arranged.frozen ?? frozenOf(table), columns.length)}
              rowHeight={ROW_HEIGHTS[arranged.height ?? "normal"]}
              groups={groups}
              tints={tints}
              problem={edits.problem}
              onProblemSeen={edits.clearProblem}
              onEdit={(list) => void edits.edit(list)}
              onGrow={(records, over) => setGrowing({ records, over })}
              onUndo={() => void edits.undo()}
              onRedo={() => void edits.redo()}
              opensRows={table.key === "customers"}
              onOpenRow={(id) => table.key === "customers" && onOpen(id)}
              onOpenLink={(field, link) => props.onOpenRecord(field.table ?? "customers", link)}
              onOpenLinks={(field, row, at) => setLinks({ field, row, at })}
              onDeleteRows={() => void deleteRows()}
              onHeaderMenu={(column, at) => setMenu({ column, at })}
              onResize={(key, width) => layout.set((l) => ({ ...l, widths: { ...l.widths, [key]: width } }))}
              onMoveColumn={onMove}
              onSelect={setSelection}
              onSay={toast}
              fit={fit}
              suggestLinks={suggestLinks}
              suggestValues={(field, text, signal) => suggestValues(table.key, field, text, signal)}
              marks={props.marks}
              others={others}
              comments={comments.signs}
              onPoint={comments.onPoint}
              onComment={comments.write}
              onCellMenu={setCellMenu}
              panels={PANELS}
              onFiles={(field, row, at) => setFiles({ field, row, at })}
              onAddOptions={(field, values) => void addOptions(table.key, field, values)}
              aside={<NewColumn table={table.key} />}
            />
          )}
        </Suspense>
        {cache?.total === 0 && !open.loading && (
          <Suspense>
            <NoRecords table={table.key} />
          </Suspense>
        )}
      </div>
      <StatusBar selection={selection} columns={columns} cache={cache} viewId={open.view?.id}>
        <SummaryBar table={table} viewId={open.view?.id} shown={shown} />
      </StatusBar>
      <Suspense>
        {menu && (
          <HeaderMenu
            table={table}
            column={menu.column}
            at={menu.at}
            onFit={(key) => fit.current?.(key)}
            onClose={closeMenu}
          />
        )}
        {growing && <GrowDialog growing={growing} onPaste={edits.edit} onClose={() => setGrowing(null)} />}
        {cellMenu && <CellMenu context={context} at={cellMenu} onClose={closeCellMenu} />}
        {commented?.table === table.key && (
          <CellComments key={`${commented.record} ${commented.field}`} table={table} cell={commented} />
        )}
        {files && <FilesPopup {...files} edits={edits} source={cache} onClose={closeFiles} />}
        {links && (
          <LinksPopup
            field={links.field}
            value={links.row.values[links.field.key] ?? null}
            of={linkTo(table, links.row.id, links.row.values)}
            at={links.at}
            onOpen={(link) => props.onOpenRecord(links.field.table ?? "customers", link)}
            onClose={closeLinks}
          />
        )}
        {bulk && open.view && (
          <BulkDialog
            key={bulk}
            table={table}
            view={open.view.id}
            total={open.view.total}
            rows={rowsOf(selection)}
            tab={bulk}
            undo={edits.undo}
            onClose={() => setBulk(null)}
            onDone={edits.changed}
          />
        )}
        {colouring && <ColourRules table={table} at={colouring} onClose={closeColours} />}
        {picker && <ColumnPicker fields={fields} table={table.key} at={picker} onClose={closePicker} />}
      </Suspense>
    </>
  );
}

/** What opens under an edited cell of these kinds. */
const Calendar = lazy(() => import("@/ui/Calendar"));
const PANELS = {
  date: Calendar,
  date_time: Calendar,
  address: lazy(() => import("@/ui/AddressPanel")),
};

/** The way to a new column stands where it would come. */
function NewColumn({ table }: { table: string }) {
  const { t } = useTranslation();
  return (
    <IconButton
      icon="plus"
      className="new-column"
      label={t("field.add")}
      onClick={() => fieldDialog.set({ table })}
    />
  );
}

/** Adds what was typed to the options of a choice, each in a tone of its own. */
async function addOptions(table: string, field: Field, values: string[]): Promise<void> {
  const { options } = field;
  const fresh = values.filter((v) => !options?.some((o) => o.value === v));
  if (!options || fresh.length === 0) return;
  const made = fresh.map((value, i) => ({
    value,
    en: value,
    tone: OPTION_TONES[(options.length + i) % OPTION_TONES.length] ?? "grey",
  }));
  try {
    await api.changeField(table, field.key, { options: [...options, ...made] });
    await shapeChanged();
  } catch (e) {
    toastError(errorText(e));
  }
}
const OPTION_TONES: Tone[] = ["slate", "blue", "green", "sand", "gold", "red", "grey"];

async function suggestValues(
  table: string,
  field: Field,
  text: string,
  signal: AbortSignal,
): Promise<string[]> {
  const found = await api.fieldValues(table, field.key, text, signal);
  return found.values.flatMap((v) => (typeof v.value === "string" ? [v.value] : [])).slice(0, 30);
}

function useColumns(table: Table, shown: Field[]): SheetColumn[] {
  const { t } = useTranslation();
  const locale = useLocale();
  const query = useStore(queryStore(table.key));
  const layout = useStore(layoutStore(table.key));
  return useMemo(
    () =>
      shown.map((field) => {
        const sort = query.sort.find((s) => s.field === field.key);
        return {
          field,
          title: labelOf(field.label, locale),
          width: widthOf(field, layout, labelOf(field.label, locale)),
          locked: isWritable(field)
            ? undefined
            : isComputed(field)
              ? t("grid.computed")
              : isKept(field)
                ? t("grid.kept")
                : t("grid.code"),
          sorted: sort ? (sort.desc ? "desc" : "asc") : undefined,
          filtered: query.filters[field.key] !== undefined,
        } satisfies SheetColumn;
      }),
    [shown, locale, layout, query, t],
  );
}

/** Records whose code or name matches, for a link being typed. */
const suggestLinks = (field: Field, text: string, signal: AbortSignal): Promise<LinkValue[]> =>
  findRecords(field.table ?? "customers", text, signal);
