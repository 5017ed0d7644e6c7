import { Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportSheet, Schema, SheetColumn } from "@/api/types";
import { useLocale } from "@/i18n";
import { groupLabel } from "@/i18n/groups";
import { labelOf } from "@/lib/format";
import { Icon } from "@/ui/Icon";
import {
  AUTOMATIC,
  destinationOf,
  doubled,
  fieldsFor,
  LEAVE,
  lacksYear,
  NEW_TABLE,
  tablesOf,
  targetOf,
  withDestination,
  withTarget,
  withYear,
} from "./plan";

interface Props {
  sheet: ImportSheet;
  schema: Schema;
  today: string;
  onChange(sheet: ImportSheet): void;
  /** Another role or header row: the columns are recognised anew. */
  onReread(sheet: ImportSheet): void;
}
const ROLES = ["customers", "orders", "products", "both"] as const;
const PROFILES = ["taobao", "pdd", "youzan", "jd", "douyin"] as const;

/** One sheet: what it is, and where each of its columns goes. */
export function SheetMap({ sheet, schema, today, onChange, onReread }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const twice = doubled(sheet);
  const profile = PROFILES.find((p) => p === sheet.profile);
  const thisYear = Number(today.slice(0, 4));
  const setColumn = (column: SheetColumn) =>
    onChange({ ...sheet, columns: sheet.columns.map((c) => (c.index === column.index ? column : c)) });
  return (
    <section className="sheet-map" aria-label={sheet.sheet || sheet.file}>
      <div className="sheet-map-head">
        <label>
          <span className="muted">{t("import.role")}</span>
          <Select
            value={destinationOf(sheet)}
            style={{ width: 168 }}
            popupMatchSelectWidth={false}
            onChange={(to) => onReread(withDestination(sheet, to))}
            options={[
              ...ROLES.map((r) => ({ value: r as string, label: t(`role.${r}`) })),
              ...schema.tables
                .filter((own) => !own.builtin || own.key === "interactions")
                .map((own) => ({ value: `own:${own.key}`, label: labelOf(own.label, locale) })),
              { value: `own:${NEW_TABLE}`, label: t("import.newTable") },
              { value: "ignore", label: t("role.ignore") },
            ]}
          />
        </label>
        {sheet.own?.name !== undefined && (
          <label>
            <span className="muted">{t("import.tableName")}</span>
            <Input
              value={sheet.own.name}
              maxLength={40}
              style={{ width: 176 }}
              status={sheet.own.name.trim() === "" ? "error" : undefined}
              onChange={(e) => onChange({ ...sheet, own: { table: NEW_TABLE, name: e.target.value } })}
            />
          </label>
        )}
        <label>
          <span className="muted">{t("import.headerRow")}</span>
          <HeaderRow
            key={`${sheet.index}:${sheet.header_row}`}
            row={sheet.header_row}
            onChange={(header_row) => onReread({ ...sheet, header_row })}
          />
        </label>
        {lacksYear(sheet) && (
          <label className="asked">
            <span>{t("import.year")}</span>
            <Select<number>
              value={sheet.year ?? AUTOMATIC}
              popupMatchSelectWidth={false}
              style={{ width: 176 }}
              onChange={(year) => onChange(withYear(sheet, year))}
              options={[
                { value: AUTOMATIC, label: t("import.yearAutomatic") },
                ...Array.from({ length: 8 }, (_, i) => ({
                  value: thisYear - i,
                  label: String(thisYear - i),
                })),
              ]}
            />
          </label>
        )}
        {profile && <span className="badge tone-blue">{t(`profile.${profile}`)}</span>}
      </div>
      {sheet.notes.map((note) => (
        <p key={note.zh} className="note-line">
          <Icon name="info" /> {labelOf(note, locale)}
        </p>
      ))}
      {sheet.role !== "ignore" && (
        <div className="table-scroll">
          <table className="plain map-table">
            <thead>
              <tr>
                <th scope="col">{t("import.column")}</th>
                <th scope="col">{t("import.samples")}</th>
                <th scope="col">{t("import.target")}</th>
              </tr>
            </thead>
            <tbody>
              {sheet.columns.map((c) => (
                <ColumnRow
                  key={c.index}
                  column={c}
                  sheet={sheet}
                  schema={schema}
                  twice={twice.has(targetOf(c))}
                  onChange={setColumn}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {sheet.role === "ignore" && <p className="sheet-empty">{t("import.ignored")}</p>}
    </section>
  );
}

/** Taken over on Enter or on leaving, not on every digit: each change reads the file again. */
function HeaderRow({ row, onChange }: { row: number; onChange(row: number): void }) {
  const [now, setNow] = useState<number | null>(row);
  const take = () => {
    if (now !== null && now !== row) onChange(now);
    else setNow(row);
  };
  return (
    <InputNumber
      min={0}
      max={300}
      precision={0}
      value={now}
      style={{ width: 76 }}
      onChange={setNow}
      onPressEnter={take}
      onBlur={take}
    />
  );
}

function ColumnRow(props: {
  column: SheetColumn;
  sheet: ImportSheet;
  schema: Schema;
  twice: boolean;
  onChange(column: SheetColumn): void;
}) {
  const { column, sheet, schema, twice } = props;
  const { t } = useTranslation();
  const target = targetOf(column);
  const options = useTargets(sheet, column, schema);
  const unsure = target !== LEAVE && !column.new_field && column.confidence < 0.75;
  const state = twice ? "bad" : target === LEAVE ? "left" : unsure ? "unsure" : "sure";
  return (
    <tr className={target === LEAVE ? "left-out" : undefined}>
      <th scope="row">{column.header || t("import.noHeader", { n: column.index + 1 })}</th>
      <td className="samples">
        {column.samples.slice(0, 3).map((s, i) => (
          <span key={i} className="sample">
            {s}
          </span>
        ))}
      </td>
      <td>
        <div className="target">
          <Select
            value={target}
            options={options}
            showSearch={{ optionFilterProp: "label" }}
            popupMatchSelectWidth={260}
            style={{ width: 220 }}
            status={twice ? "error" : undefined}
            aria-label={t("import.targetOf", { column: column.header })}
            onChange={(v) => props.onChange(withTarget(column, v))}
          />
          <span className={`sure-${state}`}>
            {state === "bad" && t("import.twice")}
            {state === "unsure" && t("import.unsure", { n: Math.round(column.confidence * 100) })}
            {state === "sure" && <Icon name="check" size={14} />}
          </span>
        </div>
      </td>
    </tr>
  );
}

interface TargetGroup {
  label: string;
  options: { value: string; label: string }[];
}

function useTargets(sheet: ImportSheet, column: SheetColumn, schema: Schema): TargetGroup[] {
  const { t } = useTranslation();
  const locale = useLocale();
  const tables = tablesOf(sheet);
  const name = (table: string) => {
    const found = schema.tables.find((x) => x.key === table);
    return found ? labelOf(found.label, locale) : table;
  };
  const newField = (table: string) => {
    if (tables.length > 1) return t("import.newOn", { table: name(table) });
    const { new_kind: kind } = column;
    return kind ? t("import.newFieldOf", { kind: t(`kind.${kind.kind}`) }) : t("import.newField");
  };
  const groups: TargetGroup[] = [
    {
      label: t("import.other"),
      options: [
        { value: LEAVE, label: t("import.leave") },
        ...tables.map((table) => ({
          value: `new:${table}`,
          label: newField(table),
        })),
      ],
    },
  ];
  for (const table of tables) {
    // A table that is to be made has a name for its records already.
    const fields = table === NEW_TABLE ? [] : fieldsFor(schema, table);
    if (table === NEW_TABLE) {
      groups[0]?.options.push({ value: `${NEW_TABLE}.name`, label: t("import.recordName") });
    }
    for (const group of new Set(fields.map((f) => f.group))) {
      groups.push({
        label: tables.length > 1 ? `${name(table)} · ${groupLabel(group, t)}` : groupLabel(group, t),
        options: fields
          .filter((f) => f.group === group)
          .map((f) => ({ value: `${table}.${f.key}`, label: labelOf(f.label, locale) })),
      });
    }
  }
  return groups;
}
