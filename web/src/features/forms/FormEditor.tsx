import { Checkbox, Input, Select } from "antd";
import { type DragEvent, type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryField, EntryForm, Field, Table } from "@/api/types";
import { moved } from "@/features/fields/OptionsEditor";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import {
  andField,
  askedIn,
  enterable,
  forAll,
  lacking,
  nameOf,
  ruled,
  withField,
  withoutField,
} from "./forms";

interface Props {
  table: Table;
  form: EntryForm;
  /** What the view is called, which is the title of a form without one. */
  view: string;
  onChange(next: EntryForm): void;
}

/** What a form says and asks, in which order. */
export function FormEditor({ table, form, view, onChange }: Props) {
  const { t } = useTranslation();
  const set = (next: Partial<EntryForm>) => onChange({ ...form, ...next });
  const text = (name: "title" | "button", most: number, placeholder: string) => (
    <Input
      value={form[name]}
      maxLength={most}
      placeholder={placeholder}
      onChange={(e) => set({ [name]: e.target.value })}
    />
  );
  const lines = (name: "intro" | "thanks" | "consent", most: number, placeholder: string) => (
    <Input.TextArea
      value={form[name]}
      maxLength={most}
      placeholder={placeholder}
      autoSize={{ minRows: 2, maxRows: 8 }}
      onChange={(e) => set({ [name]: e.target.value })}
    />
  );
  return (
    <section className="form-editor" aria-label={t("forms.design")}>
      <Part label={t("forms.title")}>{text("title", 100, view)}</Part>
      <Part label={t("forms.intro")}>{lines("intro", 2000, t("forms.introHint"))}</Part>
      <Asked table={table} form={form} onChange={onChange} />
      <Part label={t("forms.consent")} hint={t("forms.consentAbout")}>
        {lines("consent", 5000, t("forms.consentHint"))}
      </Part>
      <Part label={t("forms.thanks")}>{lines("thanks", 500, t("forms.thanksHint"))}</Part>
      <Part label={t("forms.button")}>{text("button", 20, t("forms.send"))}</Part>
    </section>
  );
}

function Part({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the input is the child
    <label className="form-part">
      <span>{label}</span>
      {children}
      {hint && <span className="muted">{hint}</span>}
    </label>
  );
}

function Asked({ table, form, onChange }: Omit<Props, "view">) {
  const { t } = useTranslation();
  const locale = useLocale();
  const list = useRef<HTMLUListElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const asked = askedIn(table, form);
  const left = table.fields.filter((f) => enterable(f) && !asked.some((a) => a.field === f));
  const order = (from: number, to: number) => {
    if (to < 0 || to >= asked.length) return;
    onChange({
      ...form,
      fields: moved(
        asked.map((a) => a.asked),
        from,
        to,
      ),
    });
  };
  const onKey = (e: KeyboardEvent, i: number) => {
    if (!e.altKey || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return;
    e.preventDefault();
    const to = i + (e.key === "ArrowUp" ? -1 : 1);
    order(i, to);
    requestAnimationFrame(() =>
      list.current?.querySelectorAll<HTMLElement>(".form-field-name")[to]?.focus({ preventScroll: false }),
    );
  };
  const over = (e: DragEvent, i: number) => {
    e.preventDefault();
    if (dragged === null || dragged === i) return;
    order(dragged, i);
    setDragged(i);
  };
  const missing = lacking(table, form, () => true);
  const inside = asked.filter(({ field }) => !forAll(field));
  return (
    <div className="form-part" role="group" aria-label={t("forms.fields")}>
      <span>{t("forms.fields")}</span>
      <ul ref={list} className="form-fields">
        {asked.map(({ asked: a, field }, i) => (
          <FieldRow
            key={field.key}
            asked={a}
            field={field}
            first={i === 0}
            last={i === asked.length - 1}
            open={open === field.key}
            dragged={dragged === i}
            onOpen={() => setOpen(open === field.key ? null : field.key)}
            onMove={(by) => order(i, i + by)}
            onKey={(e) => onKey(e, i)}
            onDrag={(on) => setDragged(on ? i : null)}
            onOver={(e) => over(e, i)}
            onRemove={() => onChange(withoutField(form, field.key))}
            onChange={(next) => onChange(withField(form, field.key, next))}
          />
        ))}
      </ul>
      {left.length > 0 && (
        <Select<string | null>
          value={null}
          aria-label={t("forms.add")}
          placeholder={t("forms.add")}
          showSearch={{ optionFilterProp: "label" }}
          options={left.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }))}
          onChange={(key) => {
            const field = fieldOf(table, key ?? "");
            if (field) onChange(andField(form, field));
          }}
        />
      )}
      {missing.map((field) => (
        <p key={field.key} className="form-note">
          {t("forms.lacking", { name: labelOf(field.label, locale) })}{" "}
          <button type="button" className="link" onClick={() => onChange(andField(form, field))}>
            {t("forms.addOne")}
          </button>
        </p>
      ))}
      {inside.length > 0 && <p className="muted">{t("forms.insideAbout")}</p>}
    </div>
  );
}

interface RowProps {
  asked: EntryField;
  field: Field;
  first: boolean;
  last: boolean;
  open: boolean;
  dragged: boolean;
  onOpen(): void;
  onMove(by: 1 | -1): void;
  onKey(e: KeyboardEvent): void;
  onDrag(on: boolean): void;
  onOver(e: DragEvent): void;
  onRemove(): void;
  onChange(next: Partial<EntryField>): void;
}

/** A field of the form: dragged, moved, taken out, opened for what the form says of it. */
function FieldRow({ asked, field, first, last, open, dragged, ...on }: RowProps) {
  const { t } = useTranslation();
  const name = nameOf(asked, field, useLocale());
  return (
    <li
      className={dragged ? "dragged" : undefined}
      draggable={dragged}
      onDragOver={on.onOver}
      onDragEnd={() => on.onDrag(false)}
    >
      <div className="form-field-row">
        <span
          className="grip"
          aria-hidden="true"
          onPointerDown={() => on.onDrag(true)}
          onPointerUp={() => on.onDrag(false)}
        >
          <Icon name="grip" size={14} />
        </span>
        <button
          type="button"
          className="form-field-name"
          aria-expanded={open}
          title={t("forms.orderHint")}
          onClick={on.onOpen}
          onKeyDown={on.onKey}
        >
          <span className="form-field-label">{name}</span>
          {(asked.required || ruled(field)) && <b aria-hidden="true">*</b>}
          {!forAll(field) && <span className="badge tone-grey">{t("forms.inside")}</span>}
          <Icon name={open ? "up" : "down"} size={12} />
        </button>
        <IconButton
          icon="up"
          label={t("forms.earlier", { name })}
          disabled={first}
          onClick={() => on.onMove(-1)}
        />
        <IconButton
          icon="down"
          label={t("forms.later", { name })}
          disabled={last}
          onClick={() => on.onMove(1)}
        />
        <IconButton icon="close" label={t("forms.remove", { name })} onClick={on.onRemove} />
      </div>
      {open && <FieldPart asked={asked} field={field} onChange={on.onChange} />}
    </li>
  );
}

function FieldPart(props: { asked: EntryField; field: Field; onChange(next: Partial<EntryField>): void }) {
  const { asked, field, onChange } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <div className="form-field-part">
      <Part label={t("forms.label")}>
        <Input
          value={asked.label}
          maxLength={100}
          placeholder={labelOf(field.label, locale)}
          onChange={(e) => onChange({ label: e.target.value })}
        />
      </Part>
      <Part label={t("forms.help")}>
        <Input.TextArea
          value={asked.help}
          maxLength={300}
          autoSize={{ minRows: 1, maxRows: 4 }}
          placeholder={t("forms.helpHint")}
          onChange={(e) => onChange({ help: e.target.value })}
        />
      </Part>
      <Checkbox
        checked={asked.required === true || ruled(field)}
        disabled={ruled(field)}
        onChange={(e) => onChange({ required: e.target.checked })}
      >
        {t(ruled(field) ? "forms.ruled" : "forms.required")}
      </Checkbox>
    </div>
  );
}
