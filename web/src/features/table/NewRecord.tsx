import { Button, Modal } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import type { Field, Table, Written } from "@/api/types";
import { toWritten } from "@/grid/written";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { isWritable, labelOf } from "@/lib/format";
import { useStore } from "@/lib/store";
import { FieldInput } from "@/ui/FieldInput";
import { toast } from "@/ui/toast";
import { newRecord } from "./tableState";
import type { Edits } from "./useEdits";

/** Asked first; the rest is filled in later, in the sheet or the panel. */
const MAIN: Record<string, string[]> = {
  customers: ["name", "mobile", "wechat", "status", "province", "city", "source", "note"],
  orders: ["customer", "order_no", "time", "product", "quantity", "amount", "channel", "status"],
  products: ["name", "category", "price", "note"],
};

const WIDE: Field["kind"][] = ["long_text", "address", "attachment"];

export function NewRecord({ table, edits, onMade }: { table: Table; edits: Edits; onMade(): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const open = useStore(newRecord) === table.key;
  const [values, setValues] = useState<Record<string, Written>>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<{ field?: string; message: string } | null>(null);
  const main = (MAIN[table.key] ?? [])
    .map((key) => table.fields.find((f) => f.key === key))
    .filter((f): f is Field => f !== undefined);
  // A rule may want a field that is not asked for first; own tables and own fields are asked for as shown.
  const wanted = (f: Field) =>
    f.rules?.some((r) => r.check === "required" && r.level === "refuse") || (!f.builtin && f.shown);
  const fields = [
    ...main,
    ...table.fields.filter((f) => !main.includes(f) && (wanted(f) || (!table.builtin && f.key === "name"))),
  ].filter(isWritable);

  useEffect(() => () => newRecord.set(null), []);
  const close = () => {
    newRecord.set(null);
    setValues({});
    setError(null);
  };
  const save = async () => {
    const filled = Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null && v !== ""));
    if (Object.keys(filled).length === 0) return setError({ message: t("new.empty") });
    setBusy(true);
    setError(null);
    try {
      await edits.create([filled]);
      toast(t("new.made"), { action: { label: t("undo.label"), run: () => void edits.undo() } });
      close();
      onMade();
    } catch (e) {
      setError({ field: e instanceof ApiError ? e.field : undefined, message: errorText(e) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      onCancel={close}
      width={560}
      title={t("new.title", { table: labelOf(table.label, locale) })}
      destroyOnHidden
      footer={
        <>
          <Button onClick={close}>{t("ui.cancel")}</Button>
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
          <label key={field.key} className={WIDE.includes(field.kind) ? "new-field wide" : "new-field"}>
            <span>{labelOf(field.label, locale)}</span>
            <FieldInput
              field={field}
              autoFocus={i === 0}
              onChange={(text, exact) =>
                setValues((v) => ({ ...v, [field.key]: exact ?? toWritten(field, text) }))
              }
            />
            {error?.field === field.key && (
              <span className="form-error" role="alert">
                {error.message}
              </span>
            )}
          </label>
        ))}
        {error && !fields.some((f) => f.key === error.field) && (
          <p className="form-error wide" role="alert">
            {error.message}
          </p>
        )}
        <button type="submit" className="sr-only" tabIndex={-1}>
          {t("ui.save")}
        </button>
      </form>
    </Modal>
  );
}
