import { Fragment, lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, Tone, Value, Values } from "@/api/types";
import { GroupChips } from "@/features/views/GroupChips";
import { SummaryBar } from "@/features/views/SummaryBar";
import { ViewMenu } from "@/features/views/ViewMenu";
import type { BlockCache } from "@/grid/blockCache";
import { headsOf } from "@/grid/grouped";
import { rowTone, tintsOf } from "@/grid/tints";
import type { GroupHead, Row, SheetGroups } from "@/grid/types";
import { useLocale } from "@/i18n";
import { formatCount, formatDate, formatMoney, formatValue, isError, isFigure, isLink } from "@/lib/format";
import { useStore } from "@/lib/store";
import { Badge } from "@/ui/Badge";
import { CellErrorSign } from "@/ui/CellErrorSign";
import { Icon } from "@/ui/Icon";
import { FilterChips } from "./FilterChips";
import { FreshRecords } from "./FreshRecords";
import { useSheetGroups } from "./groups";
import { PhoneTools } from "./PhoneTools";
import type { ViewProps } from "./SheetView";
import { layoutStore, openRecord } from "./tableState";

const PAGE = 50;

/** The table on a phone: cards that load as the thumb goes on. */
const NoRecords = lazy(() => import("@/features/empty/Nothing"));

export function CardsView({ table, shown, open, fresh, onOpen, onExport }: ViewProps) {
  const { t } = useTranslation();
  const cache = open.view?.table === table.key ? open.view.cache : undefined;
  const { rows, more } = useCards(cache);
  const groups = useSheetGroups(table, open.view);
  const heads = useMemo(() => {
    const out = new Map<number, GroupHead[]>();
    for (const head of groups ? headsOf(groups.list, new Set()) : [])
      out.set(head.first, [...(out.get(head.first) ?? []), head]);
    return out;
  }, [groups]);
  const { colours } = useStore(layoutStore(table.key));
  const tints = useMemo(() => tintsOf(colours, open.view?.colours), [colours, open.view]);
  return (
    <div className="cards-page">
      <ViewMenu table={table} />
      <div className="cards-head">
        <span className="count num">{cache ? t("table.count", { n: formatCount(cache.total) }) : " "}</span>
        <FreshRecords count={fresh} onRefresh={open.reopen} />
        <PhoneTools table={table} onExport={onExport} />
      </div>
      <GroupChips table={table} view={open.view} />
      <FilterChips table={table} />
      <SummaryBar table={table} viewId={open.view?.id} shown={shown} />
      {open.error && (
        <p className="form-error pad" role="alert">
          {open.error}
        </p>
      )}
      <ul className="cards">
        {rows.map((row, i) => {
          const tone = row.tint ? rowTone(tints, row.tint) : undefined;
          const card = { row, fields: table.fields, tone, onOpen };
          return (
            <Fragment key={row.id}>
              {groups &&
                heads.get(i)?.map((head) => <GroupHeading key={head.key} head={head} groups={groups} />)}
              {row.deleted ? null : table.key === "customers" ? (
                <CustomerCard {...card} />
              ) : (
                <PlainCard {...card} table={table.key} />
              )}
            </Fragment>
          );
        })}
      </ul>
      {cache && rows.length < cache.total && <Sentinel key={rows.length} onSeen={more} />}
      {cache?.total === 0 && (
        <Suspense>
          <NoRecords table={table.key} />
        </Suspense>
      )}
    </div>
  );
}

/** Of rows that cannot be had the cache tells itself. */
const told = () => {};

function useCards(cache: BlockCache | undefined): { rows: Row[]; more(): void } {
  const [rows, setRows] = useState<Row[]>([]);
  const wanted = useRef(PAGE);
  useEffect(() => {
    if (!cache) return;
    wanted.current = PAGE;
    let stale = false;
    const show = () => {
      cache.load(0, Math.min(wanted.current, cache.total) - 1).then((list) => {
        if (!stale) setRows(list.filter((r) => r !== undefined));
      }, told);
    };
    show();
    const stop = cache.subscribe(show);
    return () => {
      stale = true;
      stop();
    };
  }, [cache]);
  const more = () => {
    if (!cache) return;
    wanted.current += PAGE;
    cache
      .load(0, Math.min(wanted.current, cache.total) - 1)
      .then((list) => setRows(list.filter((r) => r !== undefined)), told);
  };
  return { rows, more };
}

function Sentinel({ onSeen }: { onSeen(): void }) {
  const ref = useRef<HTMLDivElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((e) => e.isIntersecting) && seen.current(),
      { rootMargin: "600px" },
    );
    if (ref.current) observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return <div ref={ref} className="card skeleton" aria-hidden="true" />;
}

/** The heading of a group of cards. */
function GroupHeading({ head, groups }: { head: GroupHead; groups: SheetGroups }) {
  const { text, tone } = groups.title(head);
  return (
    <li className="card-group" data-level={head.level}>
      <span className={tone ? `badge tone-${tone}` : "card-group-name"}>{text}</span>
      <span className="muted num">{groups.count(head)}</span>
    </li>
  );
}

const cardClass = (tone: Tone | undefined) => (tone ? `card tinted tint-${tone}` : "card");

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");

interface CardProps {
  row: Row;
  fields: Field[];
  tone: Tone | undefined;
  onOpen(id: number): void;
}

function CustomerCard({ row, fields, tone, onOpen }: CardProps) {
  const { t } = useTranslation();
  const v: Values = row.values;
  const mobile = text(v.mobile);
  const last = text(v.last_order);
  return (
    <li className={cardClass(tone)}>
      <button type="button" className="card-main" onClick={() => onOpen(row.id)}>
        <span className="card-top">
          <span className="card-name">{text(v.name) || t("customer.unnamed")}</span>
          <Badge field={fields.find((f) => f.key === "grade")} value={v.grade} />
        </span>
        <span className="card-sub num">
          {typeof v.total === "number" && <span>{formatMoney(v.total)}</span>}
          {isError(v.total) && <CellErrorSign value={v.total} />}
          {typeof v.order_count === "number" && (
            <span className="muted">{t("card.orders", { n: v.order_count })}</span>
          )}
          {last !== "" && <span className="muted">{t("card.last", { date: formatDate(last) })}</span>}
        </span>
      </button>
      {/^\+?\d[\d -]{4,}$/.test(mobile) && (
        <a
          className="card-call"
          href={`tel:${mobile}`}
          aria-label={t("customer.callNumber", { number: mobile })}
        >
          <Icon name="phone" size={18} />
        </a>
      )}
    </li>
  );
}

/** What a card of a table shows first, beside it and below. */
function cardKeys(table: string, fields: Field[]): { title: string[]; figure: string; below: string[] } {
  if (table === "orders")
    return { title: ["customer", "order_no"], figure: "amount", below: ["product", "time", "status"] };
  if (table === "interactions")
    return { title: ["customer"], figure: "kind", below: ["content", "time", "follow_up"] };
  if (table === "products") return { title: ["name"], figure: "price", below: ["category"] };
  const shown = fields.filter((f) => f.shown && f.key !== "name" && f.kind !== "code");
  const figure = shown.find(isFigure)?.key ?? "";
  const below = shown.filter((f) => f.key !== figure).map((f) => f.key);
  return { title: ["name", "code"], figure, below: below.slice(0, 3) };
}

/** Records of other tables: a title, a figure, and what else is known. */
function PlainCard(props: CardProps & { table: string }) {
  const { row, table, fields, tone, onOpen } = props;
  const locale = useLocale();
  const keys = cardKeys(table, fields);
  const show = (key: string) => {
    const field = fields.find((f) => f.key === key);
    return field ? formatValue(field, row.values[key], locale) : "";
  };
  const view = (key: string) => {
    const value = row.values[key];
    return isError(value) ? <CellErrorSign value={value} /> : show(key);
  };
  const link = table === "orders" ? row.values.customer : null;
  const body = (
    <>
      <span className="card-top">
        <span className="card-name">{keys.title.map(show).find((text) => text !== "")}</span>
        <span className="num">{view(keys.figure)}</span>
      </span>
      <span className="card-sub muted num">
        {keys.below
          .filter((key) => show(key) !== "")
          .map((key) => (
            <span key={key}>{view(key)}</span>
          ))}
      </span>
    </>
  );
  return (
    <li className={cardClass(tone)}>
      <button
        type="button"
        className="card-main"
        onClick={() => (link && isLink(link) ? onOpen(link[0]) : openRecord.set({ table, id: row.id }))}
      >
        {body}
      </button>
    </li>
  );
}
