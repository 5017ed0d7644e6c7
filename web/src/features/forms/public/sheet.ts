/** A form on paper: drawn the same for whoever fills it in and for the preview beside its editor. */
import type { Answered, PublicForm } from "@/api/types";
import { type Control, controlOf, make } from "./controls";
import { counted, type Texts } from "./texts";
import "./sheet.css";

/** What was filled in, as it is sent. */
export interface Filled {
  values: Record<string, Answered>;
  consent?: string;
  homepage?: string;
}

export interface Sheet {
  element: HTMLFormElement;
  /** Shows what is wrong, beside the fields and as a whole, and goes to the first. */
  refuse(message: string, fields?: Record<string, string>): void;
  /** No second send while one is on its way. */
  busy(on: boolean): void;
  /** Another text to agree to. */
  reword(consent: string): void;
}

interface Row {
  key: string;
  control: Control | undefined;
  target: HTMLElement;
  error: HTMLElement;
}

/** Draws a form; `send` gets what was filled in once nothing is missing. */
export function drawForm(form: PublicForm, texts: Texts, send: (filled: Filled) => void): Sheet {
  const element = make("form", { class: "f-sheet", novalidate: true });
  element.append(make("h1", {}, form.title));
  if (form.intro.trim() !== "") element.append(make("p", { class: "f-intro" }, form.intro));
  const rows = form.fields.map((field, i): Row => {
    const id = `f${i}`;
    const control = controlOf(field, id, texts);
    const error = errorOf(id);
    element.append(fieldOf(field, id, control, error, texts));
    return { key: field.key, control, target: control.target, error };
  });
  const consent = form.consent === "" ? undefined : consentOf(form.consent, texts);
  if (consent) {
    element.append(consent.element);
    rows.push({ key: "consent", control: undefined, target: consent.agreed, error: consent.error });
  }
  const trap = make("input", { name: "homepage", tabindex: -1, autocomplete: "off" });
  element.append(make("div", { class: "f-more", "aria-hidden": true }, make("label", {}, "Homepage", trap)));
  const wrong = make("p", { class: "f-wrong", role: "alert" });
  const label = form.button.trim() === "" ? texts.send : form.button;
  const button = make("button", { type: "submit", class: "f-send" }, label);
  element.append(wrong, button);

  const refuse = (message: string, fields: Record<string, string> = {}) => tell(rows, wrong, message, fields);
  element.addEventListener("input", (e) => mend(rows, wrong, e.target as Node));
  element.addEventListener("submit", (e) => {
    e.preventDefault();
    if (button.disabled) return;
    const filled: Filled = { values: {} };
    const missing: Record<string, string> = {};
    for (const [i, field] of form.fields.entries()) {
      const answer = rows[i]?.control?.answer() ?? null;
      if (answer !== null) filled.values[field.key] = answer;
      else if (field.required) missing[field.key] = texts.required;
    }
    if (consent?.agreed.checked) filled.consent = consent.wording.textContent ?? "";
    else if (consent) missing.consent = texts.agreeFirst;
    if (trap.value !== "") filled.homepage = trap.value;
    const n = Object.keys(missing).length;
    if (n > 0) return refuse(counted(texts.mend, n), missing);
    refuse("");
    send(filled);
  });
  return {
    element,
    refuse,
    busy: (on) => {
      button.disabled = on;
      button.textContent = on ? texts.sending : label;
      element.setAttribute("aria-busy", String(on));
    },
    reword: (text) => {
      if (!consent) return;
      consent.wording.textContent = text;
      consent.agreed.checked = false;
    },
  };
}

/** What has to be agreed to, and the box for it. */
function consentOf(text: string, texts: Texts) {
  const error = errorOf("agreed");
  const agreed = make("input", { type: "checkbox", id: "agreed", "aria-describedby": error.id });
  const named = { role: "region", "aria-label": texts.consent };
  const wording = make("div", { class: "f-wording", tabindex: 0, ...named }, text);
  const box = make("label", { class: "f-option" }, agreed, make("span", {}, texts.agree));
  return { element: make("div", { class: "f-consent" }, wording, box, error), agreed, wording, error };
}

/** Says what is wrong, beside the fields and as a whole, and goes to the first. */
function tell(rows: Row[], wrong: HTMLElement, message: string, fields: Record<string, string>): void {
  wrong.textContent = message;
  let first: HTMLElement | undefined;
  for (const row of rows) {
    const said = fields[row.key] ?? "";
    row.error.textContent = said;
    row.target.removeAttribute("aria-invalid");
    if (said === "") continue;
    row.target.setAttribute("aria-invalid", "true");
    first ??= row.target;
  }
  if (message === "" && !first) return;
  first?.focus();
  ((first && boxOf(first)) ?? wrong).scrollIntoView({ block: "nearest" });
}

/** What is mended is no longer wrong. */
function mend(rows: Row[], wrong: HTMLElement, at: Node): void {
  const row = rows.find((r) => r.error.textContent !== "" && boxOf(r.target)?.contains(at));
  if (!row) return;
  row.error.textContent = "";
  row.target.removeAttribute("aria-invalid");
  if (rows.every((r) => r.error.textContent === "")) wrong.textContent = "";
}

const boxOf = (target: HTMLElement) => target.closest(".f-field, .f-consent");
const errorOf = (id: string) => make("p", { class: "f-error", id: `${id}-error` });

/** A field with its name, what helps, its input and what is wrong with it. */
function fieldOf(
  field: PublicForm["fields"][number],
  id: string,
  control: Control,
  error: HTMLElement,
  texts: Texts,
): HTMLElement {
  const { target, group } = control;
  const name: (Node | string)[] = [field.label];
  if (field.required) {
    name.push(make("span", { class: "f-needed", "aria-hidden": true }, "*"));
    if (!group) target.setAttribute("aria-required", "true");
  }
  if (field.required && group) name.push(make("span", { class: "f-said" }, texts.needed));
  const box = group ? make("fieldset", { class: "f-field" }) : make("div", { class: "f-field" });
  box.append(group ? make("legend", {}, ...name) : make("label", { for: id, class: "f-label" }, ...name));
  const described = [error.id];
  if (field.help) {
    const help = make("p", { class: "f-help", id: `${id}-help` }, field.help);
    described.unshift(help.id);
    box.append(help);
  }
  target.setAttribute("aria-describedby", described.join(" "));
  box.append(control.element, error);
  return box;
}
