import { Button, Checkbox } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ApiError } from "@/api/client";
import type { EntryForm, SavedView, Table, Written } from "@/api/types";
import { toWritten } from "@/grid/written";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { usePhone } from "@/lib/hooks";
import { ownChange } from "@/lib/live";
import { bookChanged } from "@/lib/query";
import { FieldInput } from "@/ui/FieldInput";
import { toast } from "@/ui/toast";
import { askedIn, isBlank, nameOf, ruled } from "./forms";

interface Props {
  table: Table;
  view: SavedView;
  /** As it is saved: what is entered goes through this one. */
  form: EntryForm;
  unsaved: boolean;
  onUndo(): void;
}

/** A form to be filled in by a member, one record after another. */
export function FormEntry(props: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const [made, setMade] = useState(0);
  return (
    <div className="form-entry">
      {props.unsaved && <p className="form-note">{t("forms.unsavedFill")}</p>}
      <Sheet
        key={made}
        {...props}
        again={made > 0}
        onMade={() => {
          setMade((n) => n + 1);
          toast(t("new.made"), { about: "undo", action: { label: t("undo.label"), run: props.onUndo } });
          void bookChanged();
        }}
      />
      <p className="muted form-hint" aria-live="polite">
        {[...(made > 0 ? [t("forms.made", { n: made })] : []), ...(phone ? [] : [t("forms.hint")])].join(
          " · ",
        )}
      </p>
    </div>
  );
}

interface Refusal {
  message: string;
  fields: Record<string, string>;
}

function Sheet({ table, view, form, again, onMade }: Props & { again: boolean; onMade(): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const phone = usePhone();
  const box = useRef<HTMLFormElement>(null);
  const asked = askedIn(table, form);
  const [values, setValues] = useState<Record<string, Written>>({});
  const [agreed, setAgreed] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const consent = form.consent?.trim() ? form.consent : undefined;
  useEffect(() => {
    // On a phone the keyboard would cover the form before anybody has read it.
    if (again || !phone) box.current?.querySelector<HTMLElement>("input, textarea, button")?.focus();
    if (again) box.current?.scrollIntoView({ block: "start" });
  }, [again, phone]);
  const refuse = (next: Refusal) => {
    setRefusal(next);
    requestAnimationFrame(() => {
      const first = box.current?.querySelector(".form-error")?.closest(".new-field");
      first?.querySelector<HTMLElement>("input, textarea, button")?.focus();
    });
  };
  const mended = (key: string) =>
    setRefusal((r) => {
      if (r?.fields[key] === undefined) return r;
      const { [key]: _, ...fields } = r.fields;
      return { ...r, fields };
    });
  const send = async () => {
    if (sending.current) return;
    const fields: Record<string, string> = {};
    for (const { asked: a, field } of asked)
      if ((a.required || ruled(field)) && isBlank(values[field.key])) fields[field.key] = t("forms.needed");
    if (consent && !agreed) fields.consent = t("forms.agreeFirst");
    if (Object.keys(fields).length > 0) return refuse({ message: "", fields });
    const filled = Object.fromEntries(Object.entries(values).filter(([, v]) => !isBlank(v)));
    if (Object.keys(filled).length === 0) return refuse({ message: t("new.empty"), fields: {} });
    sending.current = true;
    setBusy(true);
    setRefusal(null);
    try {
      await ownChange(api.enterForm(view.id, { values: filled, consent }), (out) => [out.id]);
      onMade();
    } catch (e) {
      const of = e instanceof ApiError ? e : undefined;
      const known = of?.field !== undefined && asked.some((a) => a.field.key === of.field);
      refuse({
        message: of?.fields || known ? "" : errorText(e),
        fields: of?.fields ?? (of?.field !== undefined && known ? { [of.field]: of.message } : {}),
      });
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || e.nativeEvent.isComposing) return;
    e.preventDefault();
    void send();
  };
  return (
    <form
      ref={box}
      className="form-paper"
      aria-label={form.title || view.name}
      onKeyDown={onKey}
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      <h1 className="serif">{form.title || view.name}</h1>
      {form.intro && <p className="form-intro">{form.intro}</p>}
      {asked.map(({ asked: a, field }) => (
        <label key={field.key} className="new-field">
          <span>
            {nameOf(a, field, locale)}
            {(a.required || ruled(field)) && <b aria-hidden="true">*</b>}
          </span>
          {a.help && <span className="muted form-help">{a.help}</span>}
          <FieldInput
            field={field}
            onChange={(text, exact) => {
              setValues((v) => ({ ...v, [field.key]: exact ?? toWritten(field, text) }));
              mended(field.key);
            }}
          />
          <Wrong text={refusal?.fields[field.key]} />
        </label>
      ))}
      {consent && (
        <div className="new-field form-agree">
          <div className="form-wording">{consent}</div>
          <Checkbox
            checked={agreed}
            onChange={(e) => {
              setAgreed(e.target.checked);
              mended("consent");
            }}
          >
            {t("forms.agreed")}
          </Checkbox>
          <Wrong text={refusal?.fields.consent} />
        </div>
      )}
      <Wrong text={refusal?.message || undefined} />
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {form.button || t("forms.send")}
      </Button>
    </form>
  );
}

const Wrong = ({ text }: { text: string | undefined }) =>
  text ? (
    <span className="form-error" role="alert">
      {text}
    </span>
  ) : null;
