import { Button, Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import type { Field, FieldKind, FormulaCheck, Job, Table } from "@/api/types";
import { FormulaEditor } from "@/features/formula/FormulaEditor";
import { type FormulaForm, FormulaSection } from "@/features/formula/FormulaSection";
import { linksTo } from "@/features/formula/gather";
import { placeBefore } from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { isKept, labelOf } from "@/lib/format";
import { shapeChanged, useSchema } from "@/lib/query";
import { isOver, useJob } from "@/lib/useJob";
import { Icon } from "@/ui/Icon";
import { JobProgress } from "@/ui/JobProgress";
import { toast } from "@/ui/toast";
import "@/ui/css/fields.css";
import { Dialog } from "@/ui/Dialog";
import { ConvertBox } from "./ConvertBox";
import { converts, type Draft, draftOf, isTie, missing, otherSides, settingsSent, toWrite } from "./draft";
import { KindForm } from "./KindForm";
import { KindPicker } from "./KindPicker";
import { KIND_ICONS, type Pick, RESULT_KINDS, settingsOf } from "./kinds";
import { OtherSide } from "./OtherSide";
import { RulesEditor } from "./RulesEditor";
import { Remove } from "./TableDialog";

interface Props {
  table: Table;
  /** The field to change; absent for a new one. */
  field: Field | undefined;
  /** The field a new one is to stand before; at the end without. */
  before?: string;
  onClose(): void;
  /** The content of the table is not what it was. */
  onChanged(): void;
}

/** A field, new or known: its name, kind, formula, rules and default. */
export function FieldDialog({ table, field, before, onClose, onChanged }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [draft, setDraft] = useState<Draft>(() => draftOf(field, locale));
  const [form, setForm] = useState<FormulaForm>("text");
  const [check, setCheck] = useState<FormulaCheck | null>(null);
  const save = useSave(table, field, { onClose, onChanged }, before);
  const job = useJob<unknown>(save.job);
  useJobEnd(job.data, save.ended);

  const set = (next: Partial<Draft>) => setDraft((d) => ({ ...d, ...next }));
  const lacks = missing(draft);
  const turning = converts(field, draft);
  const computed = draft.formula !== undefined;
  const wrong = computed && check !== null && !check.ok;
  const schema = useSchema().data;
  const shownIn = field ? otherSides(schema, table, field) : [];
  const names = shownIn.map(([of, f]) => `${labelOf(of.label, locale)}·${labelOf(f.label, locale)}`);
  const sure =
    names.length > 0
      ? t("field.removeSureWith", { names: names.join(locale === "en" ? ", " : "、") })
      : t("field.removeSure");
  const title = field
    ? t("field.edit", { name: labelOf(field.label, locale) })
    : t("field.new", { table: labelOf(table.label, locale) });
  return (
    <Dialog
      open
      data-help="fields"
      width={computed ? 920 : 680}
      style={{ top: 48 }}
      className="field-dialog"
      title={title}
      onCancel={onClose}
      mask={{ closable: save.job === null }}
      footer={
        save.job !== null ? null : (
          <>
            {field && !field.builtin && (
              <Remove busy={save.busy} sure={sure} onRemove={() => void save.remove()} />
            )}
            {lacks && <span className="muted foot-note">{t(lacks)}</span>}
            <Button onClick={onClose}>{t("ui.cancel")}</Button>
            <Button
              type="primary"
              loading={save.busy}
              disabled={lacks !== undefined || wrong}
              onClick={() => void save.run(draft)}
            >
              {turning ? t("convert.run") : t("ui.save")}
            </Button>
          </>
        )
      }
    >
      {save.job !== null ? (
        <JobProgress job={job.data} title={turning ? t("convert.running") : t("field.filling")} />
      ) : (
        <div className="field-form">
          <Names draft={draft} fresh={!field} side={computed} onChange={set} error={save.error} />
          <Kind table={table} field={field} draft={draft} form={form} onDraft={set} onForm={setForm} />
          {computed ? (
            <>
              <FormulaSection
                table={table}
                field={field?.key}
                value={draft.formula ?? ""}
                settings={draft.settings}
                form={form}
                onChange={(formula) => setDraft((d) => ({ ...d, formula }))}
                onChecked={(out) => {
                  setCheck(out);
                  // A new field takes the kind of what its formula gives.
                  if (!field && out?.kind) set({ settings: out.kind });
                }}
              />
              <ResultKind draft={draft} fixed={field?.builtin === true} onDraft={set} />
            </>
          ) : (
            <KindForm
              table={table}
              settings={draft.settings}
              known={field !== undefined && !turning}
              onChange={(settings) => set({ settings })}
            />
          )}
          {!field && !computed && isTie(draft.settings.kind) && (
            <OtherSide
              table={table}
              draft={draft}
              error={save.error?.field === "other_side" ? save.error.message : undefined}
              onDraft={set}
            />
          )}
          {field && turning && <ConvertBox table={table} field={field} to={settingsSent(draft.settings)} />}
          {!computed && !isKept(draft.settings) && !NO_CHECKS.includes(draft.settings.kind) && (
            <Checks table={table} draft={draft} onDraft={set} />
          )}
          <label className="check-line">
            <input type="checkbox" checked={draft.shown} onChange={(e) => set({ shown: e.target.checked })} />
            <span>{t("field.shown")}</span>
          </label>
          {save.error && !save.error.field && (
            <p className="form-error" role="alert">
              {save.error.message}
            </p>
          )}
        </div>
      )}
    </Dialog>
  );
}

/** Kinds without rules or a default. */
const NO_CHECKS: FieldKind[] = ["code", "backlinks"];

/** Saves in one or two steps: what differs, then the conversion. */
function useSave(
  table: Table,
  field: Field | undefined,
  done: { onClose(): void; onChanged(): void },
  before: string | undefined,
) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [busy, setBusy] = useState(false);
  const [job, setJob] = useState<string | null>(null);
  const [error, setError] = useState<{ field?: string; message: string } | null>(null);
  const finish = async () => {
    await shapeChanged();
    done.onChanged();
    done.onClose();
  };
  const run = async (draft: Draft) => {
    setBusy(true);
    setError(null);
    try {
      const write = toWrite(draft, field, locale);
      let started: string | undefined;
      if (!field) {
        const made = await api.addField(table.key, write);
        started = made.job;
        if (before) placeBefore(table, made.field.key, before);
      } else if (Object.keys(write).length > 0)
        started = (await api.changeField(table.key, field.key, write)).job;
      if (field && converts(field, draft))
        started = (await api.convert(table.key, field.key, settingsSent(draft.settings))).job;
      if (started) {
        await shapeChanged();
        setJob(started);
      } else {
        if (!field) toast(t("field.made"));
        await finish();
      }
    } catch (e) {
      setError({ field: e instanceof ApiError ? e.field : undefined, message: errorText(e) });
    } finally {
      setBusy(false);
    }
  };
  const remove = async () => {
    if (!field) return;
    setBusy(true);
    setError(null);
    try {
      await api.removeField(table.key, field.key);
      toast(t("field.removed", { name: labelOf(field.label, locale) }));
      await finish();
    } catch (e) {
      setError({ message: errorText(e) });
    } finally {
      setBusy(false);
    }
  };
  const ended = (over: Job) => {
    if (over.state === "failed") {
      setJob(null);
      setError({ message: over.error?.message ?? t("error.unknown") });
      void shapeChanged();
    } else {
      if (over.state === "cancelled") toast(t("field.cancelled"));
      void finish();
    }
  };
  return { run, remove, busy, job, error, ended };
}

function useJobEnd(job: Job | undefined, onEnd: (job: Job) => void): void {
  const over = isOver(job);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the job is over
  useEffect(() => {
    if (job && over) onEnd(job);
  }, [over]);
}

function Names(props: {
  draft: Draft;
  fresh: boolean;
  side: boolean;
  error: { field?: string; message: string } | null;
  onChange(next: Partial<Draft>): void;
}) {
  const { t } = useTranslation();
  const { draft, error, onChange } = props;
  return (
    <div className={props.side ? "field-names side" : "field-names"}>
      <label className="field-line">
        <span>{t("field.name")}</span>
        <Input
          value={draft.name}
          maxLength={60}
          autoFocus={props.fresh}
          status={error?.field === "label" ? "error" : undefined}
          onChange={(e) => onChange({ name: e.target.value })}
        />
        {error?.field && error.field !== "other_side" && (
          <span className="form-error" role="alert">
            {error.message}
          </span>
        )}
      </label>
      <label className="field-line">
        <span>{t("field.description")}</span>
        <Input
          value={draft.description}
          maxLength={500}
          placeholder={t("field.descriptionHint")}
          onChange={(e) => onChange({ description: e.target.value })}
        />
      </label>
    </div>
  );
}

interface KindProps {
  table: Table;
  field: Field | undefined;
  draft: Draft;
  form: FormulaForm;
  onDraft(next: Partial<Draft>): void;
  onForm(form: FormulaForm): void;
}

function Kind({ table, field, draft, form, onDraft, onForm }: KindProps) {
  const { t } = useTranslation();
  const tables = useSchema().data?.tables ?? [];
  const [open, setOpen] = useState(!field);
  const computed = draft.formula !== undefined;
  const value: Pick = computed ? (form === "text" ? "formula" : form) : draft.settings.kind;
  // What ships with Kebu keeps its kind; so does what is computed or filled by the book.
  const fixed =
    field !== undefined &&
    (field.builtin || field.formula !== undefined || isKept(field) || NO_CHECKS.includes(field.kind));
  const allowed = (kind: Pick): boolean => {
    const special = kind === "formula" || kind === "rollup" || kind === "lookup";
    if (kind === "code" && (field || table.fields.some((f) => f.kind === "code"))) return value === "code";
    if (!field) return true;
    if (kind === field.kind) return true;
    return !special && !isKept({ kind: kind as FieldKind }) && kind !== "attachment" && kind !== "backlinks";
  };
  const pick = (kind: Pick) => {
    setOpen(false);
    if (kind === "formula" || kind === "rollup" || kind === "lookup") {
      onForm(kind === "formula" ? "text" : kind);
      onDraft({ formula: draft.formula ?? "", rules: [], default: "" });
      return;
    }
    if (field?.kind === kind)
      return onDraft({ formula: undefined, settings: draftOf(field, "zh-CN").settings });
    const settings = settingsOf(
      kind,
      tables.map((x) => x.key),
    );
    const options = draft.settings.options;
    // Between one and several the other table stays; a new other side shows the first link there is.
    if (isTie(kind) && isTie(draft.settings.kind)) settings.table = draft.settings.table;
    const link = kind === "backlinks" ? linksTo({ tables }, table)[0] : undefined;
    if (link) Object.assign(settings, { table: link.table.key, field: link.link.key });
    if (options && settings.options) settings.options = options;
    onDraft({ formula: undefined, settings, otherSide: undefined });
  };
  return (
    <div className="field-line">
      <span>{t("field.kind")}</span>
      <button
        type="button"
        className="kind-now"
        aria-expanded={open}
        disabled={fixed}
        onClick={() => setOpen(!open)}
      >
        <Icon name={KIND_ICONS[value]} />
        <strong>{t(`kind.${value}`)}</strong>
        <span className="muted">{fixed ? t("field.fixedKind") : t(`kindhelp.${value}`)}</span>
        {!fixed && <Icon name={open ? "up" : "down"} size={13} />}
      </button>
      {open && !fixed && <KindPicker value={value} allowed={allowed} onPick={pick} />}
    </div>
  );
}

function ResultKind(props: { draft: Draft; fixed: boolean; onDraft(next: Partial<Draft>): void }) {
  const { draft, onDraft } = props;
  const { t } = useTranslation();
  const { settings } = draft;
  return (
    <div className="result-kind">
      <label className="field-line">
        <span>{t("field.shownAs")}</span>
        <Select<FieldKind>
          value={settings.kind}
          disabled={props.fixed}
          style={{ width: 160 }}
          onChange={(kind) => onDraft({ settings: settingsOf(kind, []) })}
          options={[...new Set([...RESULT_KINDS, settings.kind])].map((kind) => ({
            value: kind,
            label: t(`kind.${kind}`),
          }))}
        />
      </label>
      {(settings.kind === "number" || settings.options) && (
        <KindForm settings={settings} known={false} onChange={(next) => onDraft({ settings: next })} />
      )}
    </div>
  );
}

/** Rules and the default: folded away until there are some. */
function Checks({
  table,
  draft,
  onDraft,
}: {
  table: Table;
  draft: Draft;
  onDraft(next: Partial<Draft>): void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <details className="fold" open={draft.rules.length > 0}>
        <summary>
          {t("rule.title")}
          {draft.rules.length > 0 && <span className="muted num"> {draft.rules.length}</span>}
        </summary>
        <RulesEditor
          table={table}
          kind={draft.settings.kind}
          rules={draft.rules}
          onChange={(rules) => onDraft({ rules })}
        />
      </details>
      {draft.settings.kind !== "attachment" && draft.settings.kind !== "links" && (
        <details className="fold" open={draft.default !== ""}>
          <summary>{t("field.default")}</summary>
          <FormulaEditor
            compact
            table={table}
            value={draft.default}
            label={t("field.default")}
            placeholder={t("field.defaultHint")}
            onChange={(text) => onDraft({ default: text })}
          />
        </details>
      )}
    </>
  );
}
