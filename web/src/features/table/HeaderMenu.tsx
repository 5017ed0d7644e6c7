import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, Table, Value } from "@/api/types";
import type { SheetColumn } from "@/grid/types";
import { useLocale } from "@/i18n";
import { editText, formatCount, formatValue, isDateLike, isFigure, isLinks, labelOf } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";
import { useStore } from "@/lib/store";
import { Icon, type IconName } from "@/ui/Icon";
import { Popup } from "@/ui/Popup";
import { groupsBy, MOST_LEVELS, toggled } from "./groups";
import { type ConditionOp, hasValueList, needsValue, opName, opsOf, readCondition } from "./ops";
import {
  arrange,
  type ColumnFilter,
  fieldDialog,
  frozenOf,
  isShown,
  layoutStore,
  queryStore,
} from "./tableState";

interface Props {
  table: Table;
  column: SheetColumn;
  at: DOMRect;
  /** Makes the column as wide as what it shows. */
  onFit(field: string): void;
  onClose(): void;
}

/** Sort, hide and filter one column. */
export function HeaderMenu({ table, column, at, onFit, onClose }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { field } = column;
  const store = queryStore(table.key);
  const { filters, group: levels, sort: sorts } = useStore(store);
  const filter = filters[field.key];
  const grouped = levels?.some((l) => l.field === field.key) === true;
  const sort = (desc: boolean | null, then = false) => {
    store.set((q) => {
      const others = q.sort.filter((s) => s.field !== field.key);
      if (desc === null) return { ...q, sort: others };
      const one = { field: field.key, desc };
      if (!then) return { ...q, sort: [one] };
      // Turned round, a key keeps its rank.
      const ranked = q.sort.map((s) => (s.field === field.key ? one : s));
      return { ...q, sort: others.length < q.sort.length ? ranked : [...others, one] };
    });
    onClose();
  };
  // Sorted by others already: this column may come after them.
  const behind = sorts.some((s) => s.field !== field.key);
  const setFilter = (next: ColumnFilter | null) => {
    store.set((q) => {
      const { [field.key]: _, ...rest } = q.filters;
      return { ...q, filters: next ? { ...rest, [field.key]: next } : rest };
    });
    onClose();
  };
  const layout = useStore(layoutStore(table.key));
  const shown = arrange(table, layout).filter((f) => isShown(f, layout));
  const here = shown.findIndex((f) => f.key === field.key) + 1;
  const frozen = layout.frozen ?? frozenOf(table);
  const hide = () => {
    // The border of what is frozen stays where it is.
    const border = here <= frozen ? { frozen: frozen - 1 } : {};
    layoutStore(table.key).set((l) => ({ ...l, ...border, shown: { ...l.shown, [field.key]: false } }));
    onClose();
  };
  const freeze = () => {
    layoutStore(table.key).set((l) => ({ ...l, frozen: frozen === here ? 0 : here }));
    onClose();
  };
  const edit = () => {
    fieldDialog.set({ table: table.key, field: field.key });
    onClose();
  };
  const insert = () => {
    fieldDialog.set({ table: table.key, before: field.key });
    onClose();
  };
  return (
    <Popup at={at} label={t("header.menu", { column: column.title })} onClose={onClose}>
      <div className="header-menu" data-help="table">
        <div role="menu" className="menu">
          {!isLinks(field) && (
            <>
              <MenuItem
                icon="sortAsc"
                label={t("header.asc")}
                on={column.sorted === "asc"}
                onClick={() => sort(false)}
              />
              <MenuItem
                icon="sortDesc"
                label={t("header.desc")}
                on={column.sorted === "desc"}
                onClick={() => sort(true)}
              />
            </>
          )}
          {behind && !isLinks(field) && (
            <>
              <MenuItem icon="sortAsc" label={t("header.thenAsc")} onClick={() => sort(false, true)} />
              <MenuItem icon="sortDesc" label={t("header.thenDesc")} onClick={() => sort(true, true)} />
            </>
          )}
          {column.sorted && <MenuItem icon="close" label={t("header.unsort")} onClick={() => sort(null)} />}
          {groupsBy(field) && (grouped || (levels?.length ?? 0) < MOST_LEVELS) && (
            <MenuItem
              icon="group"
              label={t(grouped ? "header.ungroup" : "header.group")}
              onClick={() => {
                store.set((q) => ({ ...q, group: toggled(q.group, field.key) }));
                onClose();
              }}
            />
          )}
          <MenuItem
            icon="lock"
            label={t(frozen === here ? "header.unfreeze" : "header.freeze")}
            onClick={freeze}
          />
          <MenuItem
            icon="columns"
            label={t("header.fit")}
            onClick={() => {
              onFit(field.key);
              onClose();
            }}
          />
          <MenuItem icon="plus" label={t("header.insert")} onClick={insert} />
          <MenuItem icon="hide" label={t("header.hide")} onClick={hide} />
          <MenuItem icon="edit" label={t("header.edit")} onClick={edit} />
        </div>
        {field.description && <p className="field-about">{labelOf(field.description, locale)}</p>}
        {field.formula !== undefined && (
          <p className="formula-line" title={field.formula}>
            ƒ <code>{field.formula}</code>
          </p>
        )}
        {opsOf(field).length > 2 && (
          <ConditionFilter
            field={field}
            filter={filter?.kind === "condition" ? filter : undefined}
            onApply={setFilter}
          />
        )}
        {hasValueList(field) && (
          <ValueFilter
            table={table.key}
            field={field}
            filter={filter?.kind === "values" ? filter : undefined}
            onApply={setFilter}
          />
        )}
        {filter && (
          <Button size="small" block onClick={() => setFilter(null)}>
            {t("filter.clear")}
          </Button>
        )}
      </div>
    </Popup>
  );
}

function MenuItem(props: { icon: IconName; label: string; on?: boolean; onClick(): void }) {
  return (
    <button
      type="button"
      role="menuitem"
      className={props.on ? "menu-item on" : "menu-item"}
      onClick={props.onClick}
    >
      <Icon name={props.icon} /> {props.label}
    </button>
  );
}

type Condition = Extract<ColumnFilter, { kind: "condition" }>;

function ConditionFilter(props: {
  field: Field;
  filter: Condition | undefined;
  onApply(f: ColumnFilter | null): void;
}) {
  const { t } = useTranslation();
  const { field, filter } = props;
  const ops = opsOf(field);
  const [op, setOp] = useState<ConditionOp>(
    filter && ops.some((o) => o === filter.op) ? (filter.op as ConditionOp) : (ops[0] ?? "contains"),
  );
  const [text, setText] = useState(() =>
    editText(field, filter?.values[0] ?? null).slice(0, isDateLike(field) ? 10 : undefined),
  );
  const value = readCondition(field, text);
  const ready = !needsValue(op) || value !== undefined;
  const apply = () =>
    ready && props.onApply({ kind: "condition", op, values: needsValue(op) ? [value ?? null] : [] });
  return (
    <div className="filter-block">
      <div className="filter-title">{t("filter.byCondition")}</div>
      <div className="filter-row">
        <Select<ConditionOp>
          size="small"
          value={op}
          onChange={setOp}
          aria-label={t("filter.byCondition")}
          style={{ width: needsValue(op) ? 104 : "100%" }}
          options={ops.map((o) => ({ value: o, label: t(opName(field, o)) }))}
        />
        {needsValue(op) && (
          <Input
            size="small"
            type={isDateLike(field) ? "date" : "text"}
            inputMode={isFigure(field) ? "decimal" : undefined}
            prefix={field.kind === "money" ? "¥" : undefined}
            suffix={field.kind === "percent" || field.kind === "progress" ? "%" : undefined}
            value={text}
            aria-label={t("filter.value")}
            onChange={(e) => setText(e.target.value)}
            onPressEnter={(e) => !e.nativeEvent.isComposing && apply()}
          />
        )}
        <Button size="small" disabled={!ready} onClick={apply}>
          {t("filter.apply")}
        </Button>
      </div>
    </div>
  );
}

// Lists come anew with each search: links and errors are then other objects of the same content.
const same = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);
const has = (list: Value[], value: Value): boolean => list.some((v) => same(v, value));

function ValueFilter(props: {
  table: string;
  field: Field;
  filter: Extract<ColumnFilter, { kind: "values" }> | undefined;
  onApply(f: ColumnFilter | null): void;
}) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { table, field } = props;
  const [text, setText] = useState("");
  const search = useDebounced(text, 200);
  const [picked, setPicked] = useState<Value[]>(props.filter?.values ?? []);
  // Yes and no are searched as they are shown, which is not how they are stored.
  const asked = field.kind === "bool" ? "" : search;
  const list = useQuery({
    queryKey: ["values", table, field.key, asked],
    queryFn: ({ signal }) => api.fieldValues(table, field.key, asked, signal),
    staleTime: 5_000,
    placeholderData: (before) => before,
  });
  const textOf = (value: Value) => (value === null ? t("filter.blank") : formatValue(field, value, locale));
  const found = (list.data?.values ?? []).filter((v) => asked === search || textOf(v.value).includes(search));
  // What is picked can be taken back, though it is none of the first.
  const away =
    search === "" && list.isSuccess
      ? picked
          .filter((value) => !found.some((v) => same(v.value, value)))
          .map((value) => ({ value, count: null }))
      : [];
  const toggle = (value: Value) =>
    setPicked((now) => (has(now, value) ? now.filter((v) => !same(v, value)) : [...now, value]));
  return (
    <div className="filter-block">
      <div className="filter-title">{t("filter.byValue")}</div>
      <Input
        size="small"
        allowClear
        value={text}
        prefix={<Icon name="search" size={13} />}
        placeholder={t("filter.searchValues")}
        aria-label={t("filter.searchValues")}
        onChange={(e) => setText(e.target.value)}
      />
      <div className="value-list">
        {[...away, ...found].map(({ value, count }) => (
          <label key={JSON.stringify(value)} className="value-row">
            <input type="checkbox" checked={has(picked, value)} onChange={() => toggle(value)} />
            <span className={value === null ? "muted" : undefined}>{textOf(value)}</span>
            {count !== null && <span className="muted num">{formatCount(count)}</span>}
          </label>
        ))}
        {list.isSuccess && found.length + away.length === 0 && (
          <p className="muted pad">{t("filter.noValues")}</p>
        )}
        {list.data?.more && <p className="muted pad">{t("filter.moreValues")}</p>}
        {list.isError && <p className="form-error pad">{t("error.unknown")}</p>}
      </div>
      <Button
        size="small"
        type="primary"
        block
        disabled={picked.length === 0}
        onClick={() => props.onApply({ kind: "values", values: picked })}
      >
        {picked.length === 0 ? t("filter.pick") : t("filter.applyN", { n: picked.length })}
      </Button>
    </div>
  );
}
