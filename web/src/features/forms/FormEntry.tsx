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
import { FieldFrame } from "@/ui/FieldFrame";
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
  /** When: one that is being mended stays the same. */
  at: number;
  message: string;
  fields: Record<string, string>;
}

/** What is filled in, what is wrong with it, and its sending. */
function useEntry(
  asked: ReturnType<typeof askedIn>,
  view: SavedView,
  consent: string | undefined,
  onMade: () => void,
) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, Written>>({});
  const [agreed, setAgreed] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
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
    if (Object.keys(fields).length > 0) return setRefusal({ at: performance.now(), message: "", fields });
    const filled = Object.fromEntries(Object.entries(values).filter(([, v]) => !isBlank(v)));
    if (Object.keys(filled).length === 0)
      return setRefusal({ at: performance.now(), message: t("new.empty"), fields: {} });
    sending.current = true;
    setBusy(true);
    setRefusal(null);
    try {
      await ownChange(api.enterForm(view.id, { values: filled, consent }), (out) => [out.id]);
      onMade();
    } catch (e) {
      setRefusal(refusalOf(e, asked));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  return {
    refusal,
    busy,
    agreed,
    send: () => void send(),
    fill: (key: string, value: Written) => {
      setValues((v) => ({ ...v, [key]: value }));
      mended(key);
    },
    agree: (on: boolean) => {
      setAgreed(on);
      mended("consent");
    },
  };
}

/** What the server refused, beside its fields where it names any of the form. */
function refusalOf(e: unknown, asked: ReturnType<typeof askedIn>): Refusal {
  const at = performance.now();
  const { field, fields } = e instanceof ApiError ? e : {};
  if (fields) return { at, message: "", fields };
  if (field !== undefined && asked.some((a) => a.field.key === field))
    return { at, message: "", fields: { [field]: errorText(e) } };
  return { at, message: errorText(e), fields: {} };
}

function Sheet({ table, view, form, again, onMade }: Props & { again: boolean; onMade(): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const phone = usePhone();
  const box = useRef<HTMLFormElement>(null);
  const asked = askedIn(table, form);
  const consent = form.consent?.trim() ? form.consent : undefined;
  const { refusal, busy, agreed, send, fill, agree } = useEntry(asked, view, consent, onMade);
  useEffect(() => {
    // On a phone the keyboard would cover the form before anybody has read it.
    if (again || !phone) box.current?.querySelector<HTMLElement>("input, textarea, button")?.focus();
    if (again) box.current?.scrollIntoView({ block: "start" });
  }, [again, phone]);
  const refused = refusal?.at;
  useEffect(() => {
    if (refused === undefined) return;
    const first = box.current?.querySelector(".form-error")?.closest(".new-field");
    first?.querySelector<HTMLElement>("input, textarea, button")?.focus();
  }, [refused]);
  const onKey = (e: KeyboardEvent) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey) || e.nativeEvent.isComposing) return;
    e.preventDefault();
    send();
  };
  return (
    <form
      ref={box}
      className="form-paper"
      aria-label={form.title || view.name}
      onKeyDown={onKey}
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      <h1 className="serif">{form.title || view.name}</h1>
      {form.intro && <p className="form-intro">{form.intro}</p>}
      {asked.map(({ asked: a, field }) => (
        <FieldFrame key={field.key} kind={field.kind} name={nameOf(a, field, locale)} className="new-field">
          <span>
            {nameOf(a, field, locale)}
            {(a.required || ruled(field)) && <b aria-hidden="true">*</b>}
          </span>
          {a.help && <span className="muted form-help">{a.help}</span>}
          <FieldInput
            field={field}
            onChange={(text, exact) => fill(field.key, exact ?? toWritten(field, text))}
          />
          <Wrong text={refusal?.fields[field.key]} />
        </FieldFrame>
      ))}
      {consent && (
        <div className="new-field form-agree">
          <div className="form-wording">{consent}</div>
          <Checkbox checked={agreed} onChange={(e) => agree(e.target.checked)}>
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
