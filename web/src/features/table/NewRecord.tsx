import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import type { Field, LinkValue, Table, Values, Written } from "@/api/types";
import { ConsentLines } from "@/features/forms/ConsentLines";
import { writtenText, writtenTexts } from "@/features/offline/texts";
import { toWritten } from "@/grid/written";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { isWritable, labelOf } from "@/lib/format";
import { newKey } from "@/lib/key";
import { Dialog } from "@/ui/Dialog";
import { FieldFrame } from "@/ui/FieldFrame";
import { FieldInput } from "@/ui/FieldInput";
import { toast } from "@/ui/toast";
import { type NewOne, newRecord, openRecord, otherTables } from "./tableState";
import type { Edits } from "./useEdits";

const RecordComments = lazy(() => import("@/features/comments/RecordComments"));

/** Asked first; the rest is filled in later, in the sheet or the panel. */
const MAIN: Record<string, string[]> = {
  customers: ["name", "mobile", "wechat", "status", "province", "city", "source", "note"],
  orders: ["customer", "order_no", "time", "product", "quantity", "amount", "channel", "status"],
  products: ["name", "category", "price", "note"],
  interactions: ["customer", "time", "kind", "way", "content", "follow_up", "follow_up_way"],
};

const WIDE: Field["kind"][] = ["long_text", "address", "attachment"];

/** A new record: what is asked first, and what a rule will not do without. */
export function NewRecord(props: { table: Table; one: NewOne; edits: Edits; onMade(): void }) {
  const { table, one, edits, onMade } = props;
  const preset = one.before ? writtenTexts(one.before.values) : one.values;
  const { t } = useTranslation();
  const locale = useLocale();
  useEffect(() => () => newRecord.set(null), []);
  const main = (MAIN[table.key] ?? [])
    .map((key) => table.fields.find((f) => f.key === key))
    .filter((f): f is Field => f !== undefined);
  // Own tables and own fields are asked for as shown.
  const wanted = (f: Field) =>
    preset?.[f.key] !== undefined ||
    f.rules?.some((r) => r.check === "required" && r.level === "refuse") ||
    (!f.builtin && f.shown) ||
    (!table.builtin && f.key === "name");
  const save = async (values: Record<string, Written>) => {
    const key = newKey();
    try {
      await edits.create([values], key);
      toast(t("new.made"), {
        about: "undo",
        action: { label: t("undo.label"), run: () => void edits.undo() },
      });
    } catch (e) {
      if (table.key !== "customers") throw e;
      const { outbox } = await import("@/features/offline/outbox");
      await outbox.keep(e, { kind: "customer", values }, writtenText(values.name) ?? "", key);
      toast(t("offline.kept"));
    }
    if (one.before) {
      const { outbox } = await import("@/features/offline/outbox");
      await outbox.drop(one.before.waiting);
    }
    newRecord.set(null);
    onMade();
  };
  return (
    <RecordForm
      title={t("new.title", { table: labelOf(table.label, locale) })}
      fields={[...main, ...table.fields.filter((f) => !main.includes(f) && wanted(f))]}
      preset={preset}
      before={one.before?.values}
      onClose={() => newRecord.set(null)}
      onSave={save}
    />
  );
}

const closeRecord = () => openRecord.set(null);

/** A record that is there, for tables whose records have no page of their own. */
export function EditRecord(props: {
  table: Table;
  id: number;
  edits: Edits;
  onOpen(table: string, link: LinkValue): void;
}) {
  const { table, id, edits, onOpen } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  // Not when another record was opened from this one.
  useEffect(
    () => () => openRecord.set((now) => (now?.table === table.key && now.id === id ? null : now)),
    [table.key, id],
  );
  const record = useQuery({
    queryKey: ["record", table.key, id],
    queryFn: () => api.record(table.key, id),
    staleTime: 0,
    gcTime: 0,
  });
  if (!record.data) return null;
  const { values } = record.data;
  const name = [values.name, values.order_no, values.code].find((v) => typeof v === "string");
  const nameless = table.key === "interactions" ? labelOf(table.label, locale) : t("customer.unnamed");
  return (
    <RecordForm
      title={String(name ?? nameless)}
      fields={table.fields.filter((f) => f.shown || (values[f.key] !== null && values[f.key] !== undefined))}
      values={values}
      below={
        <>
          <ConsentLines table={table.key} id={id} />
          <h3 className="comments-title">{t("comment.title")}</h3>
          <Suspense>
            <RecordComments table={table.key} id={id} />
          </Suspense>
        </>
      }
      onOpen={onOpen}
      onClose={closeRecord}
      onSave={async (changed) => {
        await edits.save(id, changed);
        // Who was linked here is shown in other tables, or in this one from the other side.
        otherTables.set((n) => n + 1);
        closeRecord();
      }}
    />
  );
}

interface FormProps {
  title: string;
  fields: Field[];
  /** What the record holds; absent for a new one. */
  values?: Values;
  /** What a new one starts with. */
  preset?: Record<string, string>;
  /** As it was written, where more than its text was. */
  before?: Record<string, Written>;
  /** What stands below the fields. */
  below?: ReactNode;
  onOpen?(table: string, link: LinkValue): void;
  onClose(): void;
  onSave(values: Record<string, Written>): Promise<void>;
}

function RecordForm({
  title,
  fields: all,
  values: stored,
  preset,
  before,
  below,
  onOpen,
  onClose,
  onSave,
}: FormProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [values, setValues] = useState<Record<string, Written>>(before ?? preset ?? {});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ field?: string; message: string } | null>(null);
  const fields = all.filter(isWritable);
  const save = async () => {
    const untouched = (v: Written) => typeof v === "object" && v !== null && Object.keys(v).length === 0;
    const filled = stored
      ? Object.fromEntries(Object.entries(values).filter(([, v]) => !untouched(v)))
      : Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null && v !== "" && !untouched(v)));
    if (Object.keys(filled).length === 0) return stored ? onClose() : setError({ message: t("new.empty") });
    setBusy(true);
    setError(null);
    try {
      await onSave(filled);
    } catch (e) {
      setError({ field: e instanceof ApiError ? e.field : undefined, message: errorText(e) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onCancel={onClose}
      width={560}
      title={title}
      destroyOnHidden
      footer={
        <>
          <Button onClick={onClose}>{t("ui.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()}>
            {t("ui.save")}
          </Button>
        </>
      }
    >
      <form
        className="new-form"
        onSubmit={(e) => {
          e.preventDefault();
          void save();
        }}
      >
        {fields.map((field, i) => (
          <FieldFrame
            key={field.key}
            kind={field.kind}
            name={labelOf(field.label, locale)}
            className={WIDE.includes(field.kind) ? "new-field wide" : "new-field"}
          >
            <span>{labelOf(field.label, locale)}</span>
            <FieldInput
              field={field}
              value={(stored ?? preset)?.[field.key]}
              autoFocus={i === 0 && !stored}
              onOpen={onOpen && ((link) => onOpen(field.table ?? "customers", link))}
              onChange={(text, exact) =>
                setValues((v) => ({ ...v, [field.key]: exact ?? toWritten(field, text) }))
              }
            />
            {error?.field === field.key && (
              <span className="form-error" role="alert">
                {error.message}
              </span>
            )}
          </FieldFrame>
        ))}
        {error && !fields.some((f) => f.key === error.field) && (
          <p className="form-error wide" role="alert">
            {error.message}
          </p>
        )}
        {below && <div className="wide">{below}</div>}
        <button type="submit" className="sr-only" tabIndex={-1}>
          {t("ui.save")}
        </button>
      </form>
    </Dialog>
  );
}
