/** The page of a public form: small, without a login, and told nothing but the form. */
import type { FormSent, Locale, PublicForm } from "@/api/types";
import { make } from "./controls";
import { drawForm, type Filled, type Sheet } from "./sheet";
import { textsIn } from "./texts";
import "@/ui/theme.css";
import "./page.css";

/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 20_000;

const locale: Locale = navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-CN";
const texts = textsIn(locale);
const address = `/api/v1/forms/${encodeURIComponent(location.pathname.replace(/^\/f\//, "").replace(/\/$/, ""))}`;
const root = document.getElementById("root") ?? document.body;

interface Wrong {
  code: string;
  message: string;
  field?: string;
  fields?: Record<string, string>;
}
type Answer<T> = { ok: T } | { wrong: Wrong } | { silent: "offline" | "broken" };

async function ask<T>(body?: Filled, key?: string): Promise<Answer<T>> {
  const headers: Record<string, string> = { "Accept-Language": locale, Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  try {
    const response = await fetch(address, {
      method: body ? "POST" : "GET",
      headers,
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const json = await response.json();
    if (response.ok) return { ok: json as T };
    return json?.error?.message ? { wrong: json.error as Wrong } : { silent: "broken" };
  } catch {
    return { silent: navigator.onLine ? "broken" : "offline" };
  }
}

/** One key for one filling: sent twice, it is one entry. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function show(...inside: Node[]): void {
  root.replaceChildren(make("main", { class: "f-page" }, ...inside, make("p", { class: "f-by" }, texts.by)));
}

/** A message in place of the form, with a way on where there is one. */
function tell(title: string, why: string, way?: { label: string; run(): void }, done = false): void {
  const head = make("h1", { tabindex: -1 }, title);
  const box = make("section", { class: done ? "f-sheet f-told f-done" : "f-sheet f-told" }, head);
  if (why !== "") box.append(make("p", { class: "f-intro" }, why));
  if (way) {
    const button = make("button", { type: "button", class: "f-again" }, way.label);
    button.addEventListener("click", way.run);
    box.append(button);
  }
  show(box);
  head.focus();
}

async function open(): Promise<void> {
  show(make("p", { class: "f-wait", role: "status" }, texts.loading));
  const answer = await ask<PublicForm>();
  if ("ok" in answer) return fill(answer.ok);
  const again = { label: texts.retry, run: () => void open() };
  if ("silent" in answer) return tell(texts.failed, texts[answer.silent], again);
  if (answer.wrong.code === "not_found") return tell(texts.gone, texts.goneWhy);
  tell(texts.failed, answer.wrong.message, again);
}

function fill(form: PublicForm): void {
  const key = newKey();
  document.title = form.title;
  const sheet = drawForm(form, texts, (filled) => void send(form, sheet, filled, key));
  show(sheet.element);
}

async function send(form: PublicForm, sheet: Sheet, filled: Filled, key: string): Promise<void> {
  sheet.busy(true);
  const answer = await ask<FormSent>(filled, key);
  sheet.busy(false);
  if ("ok" in answer) {
    const another = { label: texts.another, run: () => fill(form) };
    return tell(answer.ok.thanks.trim() || texts.thanks, "", another, true);
  }
  if ("silent" in answer) return sheet.refuse(texts[answer.silent]);
  const { code, message, field, fields } = answer.wrong;
  if (code === "not_found") return sheet.refuse(texts.goneWhy);
  if (code === "conflict" && field === "consent") {
    const now = await ask<PublicForm>();
    if ("ok" in now) {
      form.consent = now.ok.consent;
      sheet.reword(now.ok.consent);
    }
    return sheet.refuse(message, { consent: message });
  }
  const known = fields ?? (field && form.fields.some((f) => f.key === field) ? { [field]: message } : {});
  sheet.refuse(message, known);
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => {
  document.documentElement.dataset.theme = dark.matches ? "dark" : "light";
};
paint();
dark.addEventListener("change", paint);
document.documentElement.lang = locale;
void open();
