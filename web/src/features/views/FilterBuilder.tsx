import { Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, SavedView, Sort, Table } from "@/api/types";
import { Hint } from "@/features/help/Hint";
import { queryStore, toFilter } from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { isLinks, labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import {
  change,
  fromGroup,
  type Group,
  isOpen,
  newGroup,
  newRow,
  newSegment,
  opsFor,
  type Part,
  type Row,
  type Segment,
  startValues,
  toGroup,
} from "./builder";
import { ConditionValue, useOpName } from "./ConditionValue";
import { fromFilter } from "./saved";
import { useOpenView } from "./useSaved";
import { useSay } from "./useSay";

interface Props {
  table: Table;
  at: DOMRect;
  onClose(): void;
}

/** All conditions in groups of and/or, and the order by several columns. What is complete holds at once. */
export function FilterBuilder({ table, at, onClose }: Props) {
  const { t } = useTranslation();
  const store = queryStore(table.key);
  const query = useStore(store);
  const [group, setGroup] = useState(() => {
    const now = toGroup(toFilter(query.filters, query.more));
    const first = table.fields.find((f) => f.key === "name") ?? table.fields[0];
    return now.rows.length > 0 || !first ? now : newGroup("all", [newRow(first)]);
  });
  const wanted = useRef(group);
  const take = (next: Group) => {
    wanted.current = next;
    setGroup(next);
  };
  // Asked for a moment after the last letter, and on the way out.
  useEffect(() => {
    const ask = () => {
      const next = fromFilter(fromGroup(wanted.current));
      store.set((q) =>
        JSON.stringify([q.filters, q.more]) === JSON.stringify([next.filters, next.more])
          ? q
          : { ...q, filters: next.filters, more: next.more },
      );
    };
    const timer = setTimeout(ask, 300);
    return () => {
      clearTimeout(timer);
      if (wanted.current !== group) return;
      ask();
    };
  }, [group, store]);
  return (
    <Popup at={at} label={t("builder.title")} onClose={onClose}>
      <div className="builder" data-help="views">
        <section aria-label={t("builder.conditions")}>
          <GroupRows
            table={table}
            group={group}
            onChange={(id, to) => take(id === group.id ? (to(group) as Group) : change(group, id, to))}
          />
          {group.rows.some((row) => "segment" in row) && <Hint word="segment" topic="conditions" />}
          <div className="builder-foot">
            <AddButtons table={table} group={group} nested={false} onAdd={(g) => take(g)} />
            {group.rows.length > 0 && (
              <button type="button" className="link muted" onClick={() => take(newGroup("all", []))}>
                {t("builder.clear")}
              </button>
            )}
          </div>
        </section>
        <Sorts table={table} sort={query.sort} onChange={(sort) => store.set((q) => ({ ...q, sort }))} />
      </div>
    </Popup>
  );
}

type Change = (id: number, to: (part: Part) => Part | null) => void;

export function AddButtons(props: {
  table: Table;
  group: Group;
  nested: boolean;
  onAdd(group: Group): void;
}) {
  const { t } = useTranslation();
  const { table, group, nested, onAdd } = props;
  const first = table.fields.find((f) => f.key === "name") ?? table.fields[0];
  const segment = useSegments(table)[0];
  if (!first) return null;
  const add = (row: Part) => onAdd({ ...group, rows: [...group.rows, row] });
  // A condition nobody has filled in makes room.
  const addSegment = (view: number) =>
    onAdd({ ...group, rows: [...group.rows.filter((r) => !isOpen(r)), newSegment(view)] });
  return (
    <>
      <button type="button" className="link" onClick={() => add(newRow(first))}>
        + {t("builder.add")}
      </button>
      {segment && (
        <button type="button" className="link" onClick={() => addSegment(segment.id)}>
          + {t("builder.addSegment")}
        </button>
      )}
      {!nested && (
        <button
          type="button"
          className="link"
          onClick={() => add(newGroup(group.join === "all" ? "any" : "all", [newRow(first)]))}
        >
          + {t("builder.addGroup")}
        </button>
      )}
    </>
  );
}

export function GroupRows({ table, group, onChange }: { table: Table; group: Group; onChange: Change }) {
  const { t } = useTranslation();
  const { sayFilter } = useSay();
  const join = (
    <Select<Group["join"]>
      size="small"
      value={group.join}
      aria-label={t("builder.join")}
      options={[
        { value: "all", label: t("builder.and") },
        { value: "any", label: t("builder.or") },
      ]}
      onChange={(to) => onChange(group.id, (g) => ({ ...(g as Group), join: to }))}
    />
  );
  return (
    <ul className="builder-rows">
      {group.rows.map((row, i) => (
        <li key={row.id} className={"rows" in row ? "builder-row nested" : "builder-row"}>
          <span className="builder-join">
            {i === 0
              ? t("builder.where")
              : i === 1
                ? join
                : t(group.join === "all" ? "builder.and" : "builder.or")}
          </span>
          {"rows" in row ? (
            <div className="builder-group">
              <GroupRows table={table} group={row} onChange={onChange} />
              <div className="builder-foot">
                <AddButtons table={table} group={row} nested onAdd={(g) => onChange(row.id, () => g)} />
              </div>
            </div>
          ) : "segment" in row ? (
            <InView table={table} row={row} onChange={(next) => onChange(row.id, () => next)} />
          ) : "kept" in row ? (
            <div className="builder-condition">{sayFilter(table, row.kept)}</div>
          ) : (
            <Condition table={table} row={row} onChange={(next) => onChange(row.id, () => next)} />
          )}
          <IconButton icon="close" label={t("builder.remove")} onClick={() => onChange(row.id, () => null)} />
        </li>
      ))}
    </ul>
  );
}

/** The saved views a filter can name: those with a filter, but for the open one, which would name itself. */
function useSegments(table: Table): SavedView[] {
  const { views, id } = useOpenView(table.key);
  return views.filter((v) => v.filter !== undefined && v.id !== id);
}

/** Whether records are in a saved view. */
function InView(props: { table: Table; row: Segment; onChange(row: Segment): void }) {
  const { t } = useTranslation();
  const { table, row, onChange } = props;
  const views = useSegments(table);
  const options = views.map((v) => ({ value: v.id, label: v.name }));
  if (!views.some((v) => v.id === row.segment))
    options.unshift({ value: row.segment, label: t("builder.noView") });
  return (
    <div className="builder-condition">
      <Select
        size="small"
        value={row.not}
        aria-label={t("builder.op")}
        options={[
          { value: false, label: t("builder.in") },
          { value: true, label: t("builder.notIn") },
        ]}
        onChange={(not) => onChange({ ...row, not })}
      />
      <Select
        size="small"
        className="builder-value"
        showSearch={{ optionFilterProp: "label" }}
        popupMatchSelectWidth={240}
        aria-label={t("builder.segment")}
        value={row.segment}
        options={options}
        onChange={(segment: number) => onChange({ ...row, segment })}
      />
    </div>
  );
}

function Condition({ table, row, onChange }: { table: Table; row: Row; onChange(row: Row): void }) {
  const { t } = useTranslation();
  const opName = useOpName();
  const field = fieldOf(table, row.field);
  if (!field) return null;
  const ops = opsFor(field);
  return (
    <div className="builder-condition">
      <FieldSelect
        fields={table.fields}
        value={row.field}
        label={t("builder.field")}
        onChange={(f) => onChange({ ...newRow(f), id: row.id })}
      />
      <Select
        size="small"
        value={row.op}
        aria-label={t("builder.op")}
        options={(ops.includes(row.op) ? ops : [...ops, row.op]).map((op) => ({
          value: op,
          label: opName(field, op),
        }))}
        onChange={(op) => onChange({ ...row, op, values: startValues(op) })}
      />
      <ConditionValue
        key={`${row.field}.${row.op}`}
        table={table.key}
        field={field}
        op={row.op}
        values={row.values}
        onChange={(values) => onChange({ ...row, values })}
      />
    </div>
  );
}

export function FieldSelect(props: {
  fields: Field[];
  value?: string;
  label: string;
  onChange(field: Field): void;
}) {
  const locale = useLocale();
  return (
    <Select
      size="small"
      className="builder-field"
      showSearch={{ optionFilterProp: "label" }}
      popupMatchSelectWidth={200}
      value={props.value}
      placeholder={props.label}
      aria-label={props.label}
      options={props.fields.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
      onChange={(key: string) => {
        const field = props.fields.find((f) => f.key === key);
        if (field) props.onChange(field);
      }}
    />
  );
}

/** The order by several columns, the first counts most. */
function Sorts({ table, sort, onChange }: { table: Table; sort: Sort[]; onChange(sort: Sort[]): void }) {
  const { t } = useTranslation();
  const fields = table.fields.filter((f) => !isLinks(f));
  const free = fields.filter((f) => !sort.some((s) => s.field === f.key));
  const put = (i: number, to: Sort) => onChange(sort.map((s, n) => (n === i ? to : s)));
  return (
    <section className="builder-sorts" aria-label={t("builder.sorts")}>
      <ul className="builder-rows">
        {sort.map((s, i) => (
          <li key={s.field} className="builder-row">
            <span className="builder-join">{i === 0 ? t("builder.sortBy") : t("builder.thenBy")}</span>
            <div className="builder-condition">
              <FieldSelect
                fields={fields.filter((f) => f.key === s.field || free.includes(f))}
                value={s.field}
                label={t("builder.field")}
                onChange={(f) => put(i, { ...s, field: f.key })}
              />
              <button type="button" className="builder-way" onClick={() => put(i, { ...s, desc: !s.desc })}>
                <Icon name={s.desc ? "sortDesc" : "sortAsc"} size={14} />
                {t(s.desc ? "header.desc" : "header.asc")}
              </button>
              {i > 0 && (
                <IconButton
                  icon="up"
                  label={t("builder.earlier")}
                  onClick={() =>
                    onChange(sort.map((x, n) => (n === i - 1 ? s : n === i ? (sort[i - 1] ?? x) : x)))
                  }
                />
              )}
            </div>
            <IconButton
              icon="close"
              label={t("builder.removeSort")}
              onClick={() => onChange(sort.filter((_, n) => n !== i))}
            />
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="link"
        disabled={free.length === 0}
        onClick={() => free[0] && onChange([...sort, { field: free[0].key, desc: false }])}
      >
        + {t("builder.addSort")}
      </button>
    </section>
  );
}
