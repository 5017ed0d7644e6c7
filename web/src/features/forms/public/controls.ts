/** The native inputs of a public form, one a kind of field. */
import type { Answered, PublicField } from "@/api/types";
import { counted, type Texts } from "./texts";

/** An input, or a group of them, and what it says. */
export interface Control {
  /** What stands on the page. */
  element: HTMLElement;
  /** What takes the focus, and is told of help and errors. */
  target: HTMLElement;
  /** Several inputs that need a common name. */
  group: boolean;
  /** What was filled in; null for nothing. */
  answer(): Answered | null;
}

type Props = Record<string, string | number | boolean | undefined>;

/** An element with attributes and what is in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props))
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  element.append(...inside);
  return element;
}

/** More options than this are a list to open. */
const MOST_RADIOS = 6;
const text = (value: string): string | null => (value.trim() === "" ? null : value.trim());

/** The input of a field; `id` is its own on the page. */
export function controlOf(field: PublicField, id: string, texts: Texts): Control {
  switch (field.kind) {
    case "long_text":
      return area(id, { rows: 4 });
    case "address":
      return area(id, { rows: 2, autocomplete: "street-address", placeholder: texts.address });
    case "phone":
      return line(id, { type: "tel", inputmode: "tel", autocomplete: "tel" });
    case "email":
      return line(id, { type: "email", inputmode: "email", autocomplete: "email" });
    case "url":
      return line(id, { type: "url", inputmode: "url", autocomplete: "url" });
    case "number":
      return line(id, { inputmode: "decimal" }, field.unit ?? "");
    case "money":
      return line(id, { inputmode: "decimal" }, texts.yuan);
    case "percent":
    case "progress":
      return line(id, { inputmode: "decimal" }, "%", (value) => (value.endsWith("%") ? value : `${value}%`));
    case "date":
      return line(id, { type: "date" });
    case "date_time":
      return line(id, { type: "datetime-local" }, "", (value) => value.replace("T", " "));
    case "tags":
      return line(id, { placeholder: texts.tags });
    case "bool":
      return radios(
        id,
        field.required,
        texts,
        [
          { value: "true", label: texts.yes },
          { value: "false", label: texts.no },
        ],
        (value) => value === "true",
      );
    case "choice": {
      const options = field.options ?? [];
      return options.length > MOST_RADIOS
        ? list(id, texts, options)
        : radios(id, field.required, texts, options, (value) => value);
    }
    case "choices":
      return boxes(id, field.options ?? []);
    case "rating":
      return stars(id, field, texts);
    case "birthday":
      return birthday(id, texts);
    default:
      return line(id, {});
  }
}

type Option = { value: string; label: string };

function line(id: string, props: Props, unit = "", written: (value: string) => string = (v) => v): Control {
  const target = make("input", { id, name: id, type: "text", class: "f-input", ...props });
  const element =
    unit === "" ? target : make("span", { class: "f-with-unit" }, target, make("span", {}, unit));
  const answer = () => {
    const value = text(target.value);
    return value === null ? null : written(value);
  };
  return { element, target, group: false, answer };
}

function area(id: string, props: Props): Control {
  const target = make("textarea", { id, name: id, class: "f-input", ...props });
  return { element: target, target, group: false, answer: () => text(target.value) };
}

function list(id: string, texts: Texts, options: Option[]): Control {
  const target = make(
    "select",
    { id, name: id, class: "f-input" },
    make("option", { value: "" }, texts.choose),
  );
  for (const o of options) target.append(make("option", { value: o.value }, o.label));
  return { element: target, target, group: false, answer: () => text(target.value) };
}

function radios(
  id: string,
  required: boolean,
  texts: Texts,
  options: Option[],
  written: (value: string) => Answered,
): Control {
  const element = make("div", { class: "f-options" });
  const inputs = options.map((o, i) => {
    const input = make("input", { type: "radio", name: id, id: `${id}-${i}`, value: o.value });
    element.append(make("label", { class: "f-option" }, input, make("span", {}, o.label)));
    return input;
  });
  if (!required) element.append(clearer(texts, element, inputs));
  const answer = () => {
    const chosen = inputs.find((i) => i.checked);
    return chosen ? written(chosen.value) : null;
  };
  return { element, target: inputs[0] ?? element, group: true, answer };
}

/** Takes a choice back, which radios by themselves cannot. */
function clearer(texts: Texts, group: HTMLElement, inputs: HTMLInputElement[]): HTMLElement {
  const button = make("button", { type: "button", class: "f-link", hidden: true }, texts.clear);
  group.addEventListener("change", () => {
    button.hidden = false;
  });
  button.addEventListener("click", () => {
    for (const input of inputs) input.checked = false;
    button.hidden = true;
    inputs[0]?.focus();
  });
  return button;
}

function boxes(id: string, options: Option[]): Control {
  const element = make("div", { class: "f-options" });
  const inputs = options.map((o, i) => {
    const input = make("input", { type: "checkbox", name: id, id: `${id}-${i}`, value: o.value });
    element.append(make("label", { class: "f-option" }, input, make("span", {}, o.label)));
    return input;
  });
  const answer = () => {
    const chosen = inputs.filter((i) => i.checked).map((i) => i.value);
    return chosen.length > 0 ? chosen : null;
  };
  return { element, target: inputs[0] ?? element, group: true, answer };
}

function stars(id: string, field: PublicField, texts: Texts): Control {
  const element = make("div", { class: "f-stars" });
  const inputs = Array.from({ length: field.max ?? 5 }, (_, i) => {
    const input = make("input", { type: "radio", name: id, id: `${id}-${i}`, value: i + 1 });
    const label = counted(texts.stars, i + 1);
    const star = make("label", {}, input, make("span", { "aria-hidden": true }, "★"));
    star.append(make("span", { class: "f-said" }, label));
    element.append(star);
    return input;
  });
  if (!field.required) element.append(clearer(texts, element, inputs));
  const answer = () => inputs.find((i) => i.checked)?.value ?? null;
  return { element, target: inputs[0] ?? element, group: true, answer };
}

/** Solar or lunar, the year left out if one likes. */
function birthday(id: string, texts: Texts): Control {
  const numbers = (n: number) =>
    Array.from({ length: n }, (_, i) => make("option", { value: i + 1 }, String(i + 1)));
  const calendar = make(
    "select",
    { id, name: id, class: "f-input", "aria-label": texts.calendar },
    make("option", { value: "" }, texts.solar),
    make("option", { value: "农历" }, texts.lunar),
  );
  const year = make("input", {
    class: "f-input f-year",
    inputmode: "numeric",
    maxlength: 4,
    placeholder: texts.year,
    "aria-label": texts.year,
  });
  const pick = (name: string, n: number) =>
    make(
      "select",
      { class: "f-input", "aria-label": name },
      make("option", { value: "" }, name),
      ...numbers(n),
    );
  const [month, day] = [pick(texts.month, 12), pick(texts.day, 31)];
  const element = make("div", { class: "f-birthday" }, calendar, year, month, day);
  const answer = () => birthdayText(calendar.value, year.value.trim(), month.value, day.value);
  return { element, target: calendar, group: true, answer };
}

/** A birthday as the book reads it. One that lacks its month or day is sent as it is, to be told of. */
export function birthdayText(calendar: string, year: string, month: string, day: string): string | null {
  if (year === "" && month === "" && day === "") return null;
  const date = `${month}月${day}日`;
  return `${calendar}${year === "" ? "" : `${year}年`}${date}`;
}
