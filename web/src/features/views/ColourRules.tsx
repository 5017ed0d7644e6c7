import { Segmented, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Table, Tone } from "@/api/types";
import { moved } from "@/features/fields/OptionsEditor";
import { FormulaEditor } from "@/features/formula/FormulaEditor";
import { layoutStore } from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import "@/ui/css/fields.css";
import "@/ui/css/views.css";
import { change } from "./builder";
import { type Draft, MOST_RULES, newDraft, TONES, toDrafts, toRules } from "./colours";
import { AddButtons, GroupRows } from "./FilterBuilder";

interface Props {
  table: Table;
  at: DOMRect;
  onClose(): void;
}

/** The colour rules of the view. What is complete is seen in the sheet at once. */
export function ColourRules({ table, at, onClose }: Props) {
  const { t } = useTranslation();
  const store = layoutStore(table.key);
  const [drafts, setDrafts] = useState(() => {
    const kept = toDrafts(store.get().colours);
    return kept.length > 0 ? kept : [newDraft(table, [])];
  });
  const wanted = useRef(drafts);
  const take = (next: Draft[]) => {
    wanted.current = next;
    setDrafts(next);
  };
  // Asked for a moment after the last letter, and on the way out.
  useEffect(() => {
    const ask = () => {
      const colours = toRules(wanted.current);
      store.set((l) => (JSON.stringify(l.colours) === JSON.stringify(colours) ? l : { ...l, colours }));
    };
    const timer = setTimeout(ask, 300);
    return () => {
      clearTimeout(timer);
      if (wanted.current === drafts) ask();
    };
  }, [drafts, store]);
  const set = (id: number, to: (draft: Draft) => Draft) =>
    take(wanted.current.map((d) => (d.id === id ? to(d) : d)));
  return (
    <Popup at={at} label={t("colour.title")} onClose={onClose}>
      <div className="colour-rules" data-help="colours">
        <p className="muted">{t("colour.hint")}</p>
        <ol>
          {drafts.map((draft, i) => (
            <RuleRow
              key={draft.id}
              table={table}
              draft={draft}
              number={i + 1}
              onChange={(to) => set(draft.id, to)}
              onEarlier={i > 0 ? () => take(moved(drafts, i, i - 1)) : undefined}
              onRemove={() => take(drafts.filter((d) => d.id !== draft.id))}
            />
          ))}
        </ol>
        <button
          type="button"
          className="link"
          disabled={drafts.length >= MOST_RULES}
          onClick={() => take([...drafts, newDraft(table, drafts)])}
        >
          + {t("colour.add")}
        </button>
      </div>
    </Popup>
  );
}

function RuleRow(props: {
  table: Table;
  draft: Draft;
  number: number;
  onChange(to: (draft: Draft) => Draft): void;
  onEarlier?: (() => void) | undefined;
  onRemove(): void;
}) {
  const { t } = useTranslation();
  const { table, draft, number, onChange, onEarlier } = props;
  const { group } = draft;
  return (
    <li className="colour-rule" aria-label={t("colour.rule", { n: number })}>
      <div className="colour-rule-head">
        <ToneSelect tone={draft.tone} onChange={(tone) => onChange((d) => ({ ...d, tone }))} />
        <TargetSelect
          table={table}
          field={draft.field}
          onChange={(field) => onChange(({ field: _, ...d }) => (field === undefined ? d : { ...d, field }))}
        />
        <Segmented<Draft["by"]>
          size="small"
          value={draft.by}
          options={[
            { value: "filter", label: t("colour.byFilter") },
            { value: "formula", label: t("colour.byFormula") },
          ]}
          onChange={(by) => onChange((d) => ({ ...d, by }))}
        />
        <span className="grow" />
        {onEarlier && <IconButton icon="up" label={t("colour.earlier")} onClick={onEarlier} />}
        <IconButton icon="trash" label={t("colour.remove")} onClick={props.onRemove} />
      </div>
      {draft.by === "filter" ? (
        <>
          <GroupRows
            table={table}
            group={group}
            onChange={(id, to) =>
              onChange((d) => {
                const next = id === d.group.id ? to(d.group) : change(d.group, id, to);
                return next && "rows" in next ? { ...d, group: next } : d;
              })
            }
          />
          <div className="builder-foot">
            <AddButtons
              table={table}
              group={group}
              nested
              onAdd={(next) => onChange((d) => ({ ...d, group: next }))}
            />
          </div>
        </>
      ) : (
        <Formula table={table} draft={draft} onChange={onChange} />
      )}
    </li>
  );
}

function Formula({
  table,
  draft,
  onChange,
}: {
  table: Table;
  draft: Draft;
  onChange(to: (draft: Draft) => Draft): void;
}) {
  const { t } = useTranslation();
  const [unfit, setUnfit] = useState(false);
  return (
    <>
      <FormulaEditor
        compact
        table={table}
        value={draft.formula}
        label={t("colour.byFormula")}
        placeholder={t("colour.formulaHint")}
        onChange={(formula) => {
          setUnfit(false);
          onChange((d) => ({ ...d, formula, sound: false }));
        }}
        onChecked={(check) => {
          const sound = check?.ok === true && check.kind?.kind === "bool";
          setUnfit(check?.ok === true && !sound);
          onChange((d) => (d.sound === sound ? d : { ...d, sound }));
        }}
      />
      {unfit && (
        <p className="form-error" role="alert">
          {t("colour.noCondition")}
        </p>
      )}
    </>
  );
}

function ToneSelect({ tone, onChange }: { tone: Tone; onChange(tone: Tone): void }) {
  const { t } = useTranslation();
  const swatch = (of: Tone) => (
    <span className="colour-option">
      <span className={`colour-swatch tone-${of}`} aria-hidden="true" /> {t(`tone.${of}`)}
    </span>
  );
  return (
    <Select<Tone>
      size="small"
      className="colour-tone"
      value={tone}
      aria-label={t("colour.colour")}
      options={TONES.map((of) => ({ value: of, label: swatch(of) }))}
      onChange={onChange}
    />
  );
}

/** The whole row, or the cells of one field. */
function TargetSelect(props: { table: Table; field?: string | undefined; onChange(field?: string): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const fields = props.table.fields.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }));
  return (
    <Select
      size="small"
      className="colour-target"
      showSearch={{ optionFilterProp: "label" }}
      popupMatchSelectWidth={180}
      value={props.field ?? ""}
      aria-label={t("colour.target")}
      options={[{ value: "", label: t("colour.row") }, ...fields]}
      onChange={(key: string) => props.onChange(key === "" ? undefined : key)}
    />
  );
}
