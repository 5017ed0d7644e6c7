import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, Filter, Month, Table, ViewRequest } from "@/api/types";
import { newRecord } from "@/features/table/tableState";
import type { Edits } from "@/features/table/useEdits";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatCount, isWritable } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { Icon } from "@/ui/Icon";

import { rowOf } from "./rows";
import { Slip } from "./Slip";
import { titleKeys, titleText } from "./title";

const PAGE = 50;

interface Props {
  request: ViewRequest;
  table: Table;
  by: Field;
  /** Null for the records that stand on no day. */
  day: string | null;
  month: Month;
  edits: Edits;
  /** As the month knows it; another count asks anew. */
  count: number | undefined;
  onOpen(id: number): void;
  onClose(): void;
}

/** All records of a day, or those on none. */
export function DayList({ request, table, by, day, month, count, onOpen, onClose }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const own: Filter = day
    ? { field: by.key, op: "eq", values: [day] }
    : { field: by.key, op: "blank", values: [] };
  const columns = [...new Set([...titleKeys(table), by.key, month.tone ?? by.key, ...(month.cards ?? [])])];
  const asked: ViewRequest = {
    ...request,
    columns,
    filter: request.filter ? { all: [request.filter, own] } : own,
    sort: day ? [{ field: by.key, desc: false }] : request.sort,
  };
  const pages = useInfiniteQuery({
    queryKey: ["day", asked, count],
    initialPageParam: { view: "", offset: 0, total: 0 },
    queryFn: async ({ pageParam, signal }) => {
      const { view, offset, total } = pageParam;
      if (view === "") return await api.openView(asked, signal);
      return { view, total, rows: (await api.viewRows(view, offset, PAGE, signal)).rows };
    },
    getNextPageParam: (last, all) => {
      const have = all.reduce((n, page) => n + page.rows.length, 0);
      return have < last.total ? { view: last.view, offset: have, total: last.total } : undefined;
    },
    staleTime: 0,
    gcTime: 0,
  });
  const rows = pages.data?.pages.flatMap((p) => p.rows.map((r) => rowOf(r, columns))) ?? [];
  const total = pages.data?.pages[0]?.total;
  const addable = day !== null && isWritable(by);
  return (
    <div className="day-list">
      <header>
        <strong>{day ?? t("month.none")}</strong>
        <span className="muted num">
          {total === undefined ? "" : t("table.count", { n: formatCount(total) })}
        </span>
        {addable && (
          <button
            type="button"
            className="link"
            onClick={() => {
              onClose();
              newRecord.set({ table: table.key, values: { [by.key]: day } });
            }}
          >
            <Icon name="plus" size={12} /> {t("month.add")}
          </button>
        )}
      </header>
      <div className="day-list-rows">
        {rows.map((row) => (
          <Slip
            key={row.id}
            row={row}
            title={titleText(table, row, locale) || t("customer.unnamed")}
            by={by}
            tone={fieldOf(table, month.tone ?? "")}
            fields={(month.cards ?? []).flatMap((key) => fieldOf(table, key) ?? [])}
            onOpen={(id) => {
              onClose();
              onOpen(id);
            }}
          />
        ))}
        {pages.hasNextPage && (
          <button type="button" className="link day-more" onClick={() => void pages.fetchNextPage()}>
            {t("month.next")}
          </button>
        )}
        {total === 0 && <p className="muted">{t("board.empty")}</p>}
        {pages.error && (
          <p className="form-error" role="alert">
            {errorText(pages.error)}
          </p>
        )}
      </div>
    </div>
  );
}
