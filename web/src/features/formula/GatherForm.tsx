import { Button, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { isDateLike, isFigure, isLinks, labelOf } from "@/lib/format";
import { useSchema } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import {
  fieldsFor,
  type GatherCondition,
  type GatherHow,
  type LookUp,
  linksFrom,
  lookUpText,
  type RollUp,
  rollUpText,
  sourcesOf,
} from "./gather";

const HOWS: GatherHow[] = ["count", "sum", "average", "min", "max"];

interface Props {
  form: "rollup" | "lookup";
  table: Table;
  onWrite(formula: string): void;
}

/** Picks instead of typing: the formula below is written from it. */
export function GatherForm(props: Props) {
  return props.form === "rollup" ? <RollUpForm {...props} /> : <LookUpForm {...props} />;
}

function RollUpForm({ table, onWrite }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const schema = useSchema().data ?? { tables: [] };
  const sources = sourcesOf(schema, table);
  const first = sources[0];
  const [form, setForm] = useState<RollUp>({
    table: first?.table.key ?? "",
    link: first?.link.key ?? "",
    own: first?.own ?? false,
    how: "count",
    field: "",
    conditions: [],
  });
  const from = schema.tables.find((x) => x.key === form.table);
  const text = rollUpText(form, schema, table, locale);
  useWritten(text, onWrite);
  if (!from) return <p className="muted gather-none">{t("gather.noSource")}</p>;
  const targets = fieldsFor(form.how, from);
  const set = (next: Partial<RollUp>) => setForm((f) => ({ ...f, ...next }));
  return (
    <div className="gather">
      <div className="gather-row">
        <span>{t("gather.from")}</span>
        <Select
          value={`${form.own ? "own" : ""}.${form.table}.${form.link}`}
          aria-label={t("gather.from")}
          onChange={(v: string) => {
            const [own, to = "", link = ""] = v.split(".");
            set({ table: to, link, own: own === "own", field: "", conditions: [] });
          }}
          options={sources.map(({ table: source, link, own }) => ({
            value: `${own ? "own" : ""}.${source.key}.${link.key}`,
            label: t("gather.through", {
              table: labelOf(source.label, locale),
              link: labelOf(link.label, locale),
            }),
          }))}
        />
      </div>
      <div className="gather-row">
        <span>{t("gather.what")}</span>
        <Select<GatherHow>
          value={form.how}
          aria-label={t("gather.what")}
          style={{ width: 120 }}
          onChange={(how) =>
            set({ how, field: fieldsFor(how, from).some((f) => f.key === form.field) ? form.field : "" })
          }
          options={HOWS.map((how) => ({ value: how, label: t(`gather.${how}`) }))}
        />
        {form.how !== "count" && (
          <Select
            value={form.field || undefined}
            placeholder={t("gather.field")}
            aria-label={t("gather.field")}
            onChange={(field: string) => set({ field })}
            options={targets.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
          />
        )}
      </div>
      {form.conditions.map((c, i) => (
        <ConditionRow
          key={`${i}`}
          from={from}
          condition={c}
          onChange={(next) => set({ conditions: form.conditions.map((x, j) => (j === i ? next : x)) })}
          onRemove={() => set({ conditions: form.conditions.filter((_, j) => j !== i) })}
        />
      ))}
      <Button
        size="small"
        type="text"
        icon={<Icon name="plus" size={13} />}
        onClick={() =>
          set({ conditions: [...form.conditions, { field: from.fields[0]?.key ?? "", op: "eq", text: "" }] })
        }
      >
        {t("gather.addCondition")}
      </Button>
    </div>
  );
}

function ConditionRow(props: {
  from: Table;
  condition: GatherCondition;
  onChange(c: GatherCondition): void;
  onRemove(): void;
}) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { from, condition, onChange } = props;
  const field = from.fields.find((f) => f.key === condition.field);
  const ordered = field && (isFigure(field) || isDateLike(field));
  const ops: GatherCondition["op"][] = ordered
    ? ["eq", "ne", "ge", "le", "gt", "lt"]
    : ["eq", "ne", "contains"];
  return (
    <div className="gather-row">
      <span>{t("gather.where")}</span>
      <Select
        value={condition.field}
        aria-label={t("gather.where")}
        showSearch={{ optionFilterProp: "label" }}
        style={{ width: 150 }}
        onChange={(key: string) => onChange({ ...condition, field: key, op: "eq" })}
        options={from.fields
          .filter((f) => f.kind !== "link" && f.kind !== "attachment" && !isLinks(f))
          .map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
      />
      <Select<GatherCondition["op"]>
        value={condition.op}
        aria-label={t("filter.byCondition")}
        style={{ width: 104 }}
        onChange={(op) => onChange({ ...condition, op })}
        options={ops.map((op) => ({ value: op, label: t(`filter.${op}`) }))}
      />
      <Input
        value={condition.text}
        type={field && isDateLike(field) ? "date" : "text"}
        aria-label={t("filter.value")}
        onChange={(e) => onChange({ ...condition, text: e.target.value })}
      />
      <IconButton icon="close" label={t("gather.removeCondition")} onClick={props.onRemove} />
    </div>
  );
}

function LookUpForm({ table, onWrite }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const schema = useSchema().data ?? { tables: [] };
  const links = linksFrom(table);
  const [form, setForm] = useState<LookUp>({ link: links[0]?.key ?? "", field: "" });
  const link = links.find((f) => f.key === form.link);
  const other = schema.tables.find((x) => x.key === link?.table);
  useWritten(lookUpText(form, schema, table, locale), onWrite);
  if (!other) return <p className="muted gather-none">{t("gather.noLink")}</p>;
  return (
    <div className="gather">
      <div className="gather-row">
        <span>{t("gather.by")}</span>
        <Select
          value={form.link}
          aria-label={t("gather.by")}
          onChange={(key: string) => setForm({ link: key, field: "" })}
          options={links.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
        />
      </div>
      <div className="gather-row">
        <span>{t("gather.take")}</span>
        <Select
          value={form.field || undefined}
          placeholder={t("gather.field")}
          aria-label={t("gather.take")}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(key: string) => setForm({ ...form, field: key })}
          options={other.fields
            .filter((f) => !isLinks(f))
            .map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
        />
      </div>
    </div>
  );
}

/** The form speaks when its formula changes, so that text changed by hand stays until then. */
function useWritten(text: string | undefined, onWrite: (formula: string) => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new text is worth telling
  useEffect(() => {
    if (text !== undefined) onWrite(text);
  }, [text]);
}
