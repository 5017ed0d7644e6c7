import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { shapeChanged, useSchema } from "@/lib/query";
import { toast } from "@/ui/toast";
import "@/ui/css/fields.css";
import { Dialog } from "@/ui/Dialog";
import { otherSides, renamed } from "./draft";

interface Props {
  /** The table to rename or remove; absent for a new one. */
  table: Table | undefined;
  onClose(): void;
  onMade(key: string): void;
  onRemoved(): void;
}

/** A table of one's own: made, renamed, removed. Built-in ones can be renamed. */
export function TableDialog({ table, onClose, onMade, onRemoved }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [name, setName] = useState(table ? labelOf(table.label, locale) : "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (e) {
      setError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  const save = () =>
    act(async () => {
      if (table) await api.changeTable(table.key, { label: renamed(table.label, name.trim(), locale) });
      const made = table ? undefined : await api.addTable(name.trim());
      await shapeChanged();
      if (made) onMade(made.key);
      onClose();
    });
  const remove = () =>
    act(async () => {
      if (!table) return;
      await api.removeTable(table.key);
      toast(t("tables.removed", { name: labelOf(table.label, locale) }));
      onRemoved();
      await shapeChanged();
      onClose();
    });
  const schema = useSchema().data;
  const shown = table?.fields.flatMap((f) => otherSides(schema, table, f)) ?? [];
  const names = shown
    .filter(([of]) => of.key !== table?.key)
    .map(([of, f]) => `${labelOf(of.label, locale)}·${labelOf(f.label, locale)}`);
  const sure =
    names.length > 0
      ? t("tables.removeSureWith", { names: names.join(locale === "en" ? ", " : "、") })
      : undefined;
  const title = table ? t("tables.edit", { name: labelOf(table.label, locale) }) : t("tables.new");
  return (
    <Dialog
      open
      data-help="fields"
      width={440}
      title={title}
      onCancel={onClose}
      footer={
        <>
          {table && !table.builtin && <Remove busy={busy} sure={sure} onRemove={() => void remove()} />}
          <Button onClick={onClose}>{t("ui.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={name.trim() === ""} onClick={() => void save()}>
            {t("ui.save")}
          </Button>
        </>
      }
    >
      <form
        className="field-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (name.trim() !== "") void save();
        }}
      >
        <label className="field-line">
          <span>{t("tables.name")}</span>
          <Input
            autoFocus
            value={name}
            maxLength={60}
            placeholder={t("tables.nameHint")}
            onChange={(e) => setName(e.target.value)}
          />
        </label>
        {error && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
      </form>
    </Dialog>
  );
}

/** Removing cannot be undone, so it takes a second press that says what goes with it. */
export function Remove({ busy, sure, onRemove }: { busy: boolean; sure?: string; onRemove(): void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  return (
    <Button
      danger
      type="text"
      className="foot-left"
      disabled={busy}
      onClick={() => (asked ? onRemove() : setAsked(true))}
    >
      {asked ? (sure ?? t("tables.removeSure")) : t("ui.remove")}
    </Button>
  );
}
