import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import "@/ui/css/fields.css";
import "@/ui/css/bulk.css";
import { api } from "@/api";
import type { BulkAct, BulkDone, Field, Table } from "@/api/types";
import { toWritten } from "@/grid/written";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatCount, labelOf } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";
import { Dialog } from "@/ui/Dialog";
import { FieldInput } from "@/ui/FieldInput";
import { Switch } from "@/ui/Switch";
import { toast, toastError } from "@/ui/toast";
import { actOf, canGive, canReplace, canTag, countOf, type Draft, draftOf, type Tab } from "./bulk";
import { follow } from "./running";

interface Props {
  table: Table;
  view: string;
  /** Records of the view. */
  total: number;
  /** The selected rows. */
  rows: [from: number, to: number][];
  tab: Tab;
  onClose(): void;
  /** Something was changed; `left`: records are gone. */
  onDone(left: boolean): void;
  undo(): Promise<void>;
}

/** One thing done to the selected rows, or to every record of the view. */
export function BulkDialog({ table, view, total, rows, tab, onClose, onDone, undo }: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Draft>(() => draftOf(tab));
  const selected = countOf(rows);
  // One cell is where one stands, no selection.
  const [all, setAll] = useState(selected < 2);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const act = actOf(draft);
  const count = all ? total : selected;
  const set = (next: Partial<Draft>) => setDraft((d) => ({ ...d, ...next }));
  const run = async (wanted: BulkAct) => {
    setBusy(true);
    setError(null);
    try {
      const { job } = await api.bulk(view, wanted, all ? undefined : rows);
      onClose();
      const done = await follow<BulkDone>(job, t("bulk.running"), true);
      onDone("delete" in wanted);
      say(done);
    } catch (e) {
      // Before the dialog is gone the mistake is the form's to show.
      setBusy(false);
      setError(errorText(e));
      if (!(e instanceof Error && e.name === "ApiError")) toastError(errorText(e));
    }
  };
  const say = (done: BulkDone) => {
    const n = formatCount(done.records);
    const parts = [t(draft.tab === "delete" ? "bulk.deleted" : "bulk.done", { n })];
    if (done.refused > 0) parts.push(t("bulk.refused", { n: done.refused, message: done.message ?? "" }));
    if (done.stopped) parts.push(t("bulk.stopped"));
    toast(parts.join(" "), {
      about: "undo",
      tone: done.refused > 0 ? "error" : undefined,
      action: done.records > 0 ? { label: t("undo.label"), run: () => void undo() } : undefined,
    });
  };
  const tabs: Tab[] = ["edit", ...(table.fields.some(canTag) ? (["tag"] as const) : []), "replace", "delete"];
  return (
    <Dialog
      open
      data-help="bulk"
      className="bulk-dialog"
      width={560}
      style={{ top: 72 }}
      title={t("bulk.title")}
      onCancel={onClose}
      destroyOnHidden
      footer={
        <>
          <Button onClick={onClose}>{t("ui.cancel")}</Button>
          <Button
            type="primary"
            danger={draft.tab === "delete"}
            loading={busy}
            disabled={act === undefined || count === 0}
            onClick={() => act && void run(act)}
          >
            {t(RUN[draft.tab], { n: formatCount(count) })}
          </Button>
        </>
      }
    >
      <div className="field-form">
        <Switch<Tab>
          label={t("bulk.title")}
          value={draft.tab}
          onChange={(next) => setDraft(draftOf(next))}
          options={tabs.map((value) => ({ value, label: t(`bulk.${value}`) }))}
        />
        <Switch<"all" | "selected">
          label={t("bulk.which")}
          value={all ? "all" : "selected"}
          onChange={(which) => setAll(which === "all")}
          options={[
            ...(selected > 0
              ? [{ value: "selected" as const, label: t("bulk.selected", { n: formatCount(selected) }) }]
              : []),
            { value: "all", label: t("bulk.all", { n: formatCount(total) }) },
          ]}
        />
        {draft.tab === "edit" && <Give table={table} draft={draft} onDraft={set} />}
        {draft.tab === "tag" && <Labels table={table} draft={draft} onDraft={set} />}
        {draft.tab === "replace" && <Replacing table={table} draft={draft} onDraft={set} />}
        {draft.tab === "replace" && act && "replace" in act && (
          <Preview table={table} view={view} act={act} rows={all ? undefined : rows} />
        )}
        {draft.tab === "delete" && <p className="muted">{t("bulk.deleteHint")}</p>}
        {error && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
      </div>
    </Dialog>
  );
}

const RUN = {
  edit: "bulk.run",
  tag: "bulk.run",
  replace: "bulk.runReplace",
  delete: "bulk.runDelete",
} as const;

interface PartProps {
  table: Table;
  draft: Draft;
  onDraft(next: Partial<Draft>): void;
}

function FieldPick({
  table,
  draft,
  onDraft,
  fits,
  every,
}: PartProps & { fits(f: Field): boolean; every?: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const options = table.fields.filter(fits).map((f) => ({ value: f.key, label: labelOf(f.label, locale) }));
  return (
    <label className="field-line">
      <span>{t("bulk.field")}</span>
      <Select
        aria-label={t("bulk.field")}
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("bulk.pickField")}
        value={draft.field ?? (every ? "" : undefined)}
        options={every ? [{ value: "", label: every }, ...options] : options}
        onChange={(field) => onDraft({ field: field === "" ? undefined : field, value: null })}
      />
    </label>
  );
}

function Give({ table, draft, onDraft }: PartProps) {
  const { t } = useTranslation();
  const field = table.fields.find((f) => f.key === draft.field);
  return (
    <>
      <FieldPick table={table} draft={draft} onDraft={onDraft} fits={canGive} />
      {field && (
        <label className="field-line" key={field.key}>
          <span>{t("bulk.value")}</span>
          <FieldInput
            field={field}
            onChange={(text, exact) =>
              onDraft({ value: exact === undefined ? toWritten(field, text) : exact })
            }
          />
          <span className="muted field-hint">{t("bulk.valueHint")}</span>
        </label>
      )}
    </>
  );
}

function Labels({ table, draft, onDraft }: PartProps) {
  const { t } = useTranslation();
  const first = table.fields.filter(canTag);
  const field = first.find((f) => f.key === draft.field);
  const known = useQuery({
    queryKey: ["values", table.key, draft.field, ""],
    queryFn: ({ signal }) => api.fieldValues(table.key, draft.field ?? "", "", signal),
    enabled: field !== undefined,
  });
  const options = (known.data?.values ?? []).flatMap((v) =>
    typeof v.value === "string" ? [{ value: v.value, label: v.value }] : [],
  );
  const several = (key: "add" | "remove") => (
    <label className="field-line">
      <span>{t(`bulk.${key}`)}</span>
      <Select
        mode="tags"
        aria-label={t(`bulk.${key}`)}
        tokenSeparators={["、", ",", "，", ";", "；"]}
        value={draft[key]}
        options={options}
        onChange={(list: string[]) => onDraft({ [key]: list })}
      />
    </label>
  );
  return (
    <>
      <FieldPick table={table} draft={draft} onDraft={onDraft} fits={canTag} />
      {field && several("add")}
      {field && several("remove")}
    </>
  );
}

function Replacing({ table, draft, onDraft }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <FieldPick
        table={table}
        draft={draft}
        onDraft={onDraft}
        fits={canReplace}
        every={t("bulk.everyField")}
      />
      <div className="bulk-pair">
        <label className="field-line">
          <span>{t("bulk.find")}</span>
          <Input autoFocus value={draft.find} onChange={(e) => onDraft({ find: e.target.value })} />
        </label>
        <label className="field-line">
          <span>{t("bulk.with")}</span>
          <Input value={draft.with} onChange={(e) => onDraft({ with: e.target.value })} />
        </label>
      </div>
      {(["whole", "case"] as const).map((key) => (
        <label className="check-line" key={key}>
          <input
            type="checkbox"
            checked={draft[key]}
            onChange={(e) => onDraft({ [key]: e.target.checked })}
          />
          <span>{t(`bulk.${key}`)}</span>
        </label>
      ))}
    </>
  );
}

function Preview(props: {
  table: Table;
  view: string;
  act: Extract<BulkAct, { replace: unknown }>;
  rows: [number, number][] | undefined;
}) {
  const { table, view, act, rows } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = useDebounced(JSON.stringify({ replace: act.replace, rows }), 300);
  const seen = useQuery({
    queryKey: ["bulk", view, asked],
    queryFn: ({ signal }) => api.previewReplace(view, JSON.parse(asked), signal),
    placeholderData: (before) => before,
  });
  if (seen.error) return <p className="form-error">{errorText(seen.error)}</p>;
  const { data } = seen;
  if (!data) return <p className="muted">{t("convert.looking")}</p>;
  const label = (key: string) => {
    const field = table.fields.find((f) => f.key === key);
    return field ? labelOf(field.label, locale) : key;
  };
  return (
    <section className="convert" aria-label={t("bulk.preview")} aria-live="polite">
      <p className="convert-sum num">
        {data.cells === 0
          ? t("bulk.nothing")
          : t("bulk.found", { cells: formatCount(data.cells), records: formatCount(data.records) })}
      </p>
      {data.samples.length > 0 && (
        <div className="convert-rows">
          <table>
            <tbody>
              {data.samples.map((s) => (
                <tr key={`${s.id}.${s.field}`}>
                  <td className="muted">{label(s.field)}</td>
                  <td>{s.before}</td>
                  <td>{s.after === "" ? <span className="muted">{t("grid.blank")}</span> : s.after}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
