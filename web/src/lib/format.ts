/** From wire values to what a person reads, and back to what a person would type. */
import type { CellError, Field, FieldKind, FileRef, Label, LinkValue, Locale, Value } from "@/api/types";
import { memberName } from "./members";

export const labelOf = (label: Label, locale: Locale): string => (locale === "en" ? label.en : label.zh);

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** 分 to ¥1,234.50. Integer arithmetic: a float would lose 分 on large sums. */
export function formatMoney(fen: number, symbol = "¥"): string {
  const whole = Math.round(Math.abs(fen));
  const yuan = Math.floor(whole / 100);
  const rest = String(whole % 100).padStart(2, "0");
  return `${fen < 0 && whole > 0 ? "-" : ""}${symbol}${group(String(yuan))}.${rest}`;
}

/** Money short enough for a figure: ¥12.3万 or ¥123.4k. */
export function formatMoneyShort(fen: number, locale: Locale): string {
  const yuan = fen / 100;
  const size = Math.abs(yuan);
  const trim = (n: number) => group(n.toFixed(n >= 100 ? 0 : 1).replace(/\.0$/, ""));
  const sign = yuan < 0 ? "-" : "";
  if (locale === "en") {
    if (size >= 1e6) return `${sign}¥${trim(size / 1e6)}M`;
    if (size >= 1e4) return `${sign}¥${trim(size / 1e3)}k`;
  } else {
    if (size >= 1e8) return `${sign}¥${trim(size / 1e8)}亿`;
    if (size >= 1e4) return `${sign}¥${trim(size / 1e4)}万`;
  }
  return `${sign}¥${group(String(Math.round(size)))}`;
}

export function formatNumber(n: number, decimals?: number): string {
  const text = decimals === undefined ? String(Math.round(n * 1e6) / 1e6) : n.toFixed(decimals);
  const [whole = "0", fraction] = text.split(".");
  const sign = whole.startsWith("-") ? "-" : "";
  return sign + group(whole.replace("-", "")) + (fraction === undefined ? "" : `.${fraction}`);
}

export const formatCount = (n: number): string => formatNumber(Math.round(n), 0);

/** 0.834 to 83.4%; a trailing .0 says nothing and is left out. */
export const formatPercent = (n: number): string => `${(n * 100).toFixed(1).replace(/\.0$/, "")}%`;

export function formatDate(text: string): string {
  return text.slice(0, 10);
}
/** Wire times already carry the book's own zone: shown as written, to the minute. */
export function formatDateTime(text: string): string {
  const day = text.slice(0, 10);
  const time = text.slice(11, 16);
  return time === "" || time === "00:00" ? day : `${day} ${time}`;
}

/** An instant of the change log: local time, today without its date. */
export function formatMoment(moment: string | number, now = new Date()): string {
  // The change log dates in seconds since 1970.
  const at = new Date(typeof moment === "number" ? moment * 1000 : moment);
  if (Number.isNaN(at.getTime())) return String(moment);
  const two = (n: number) => String(n).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return time;
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return at.getFullYear() === now.getFullYear() ? `${day} ${time}` : `${at.getFullYear()}-${day}`;
}

/** Its name may be missing: not every table has one. */
/** An instant with its day, in local time: what has to be told exactly. */
export function formatInstant(seconds: number): string {
  const at = new Date(seconds * 1000);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16).replace("T", " ");
}

export const isLink = (value: Value): value is LinkValue =>
  Array.isArray(value) &&
  value.length === 3 &&
  typeof value[0] === "number" &&
  value.slice(1).every((v) => v === null || typeof v === "string");
export const isError = (value: unknown): value is CellError =>
  typeof value === "object" && value !== null && "error" in value;
const listOf = (value: Value | undefined): unknown[] => (Array.isArray(value) ? value : []);
export const filesOf = (value: Value | undefined): FileRef[] =>
  listOf(value).filter((f): f is FileRef => typeof f === "object" && f !== null && "id" in f);
export const textsOf = (value: Value | undefined): string[] =>
  listOf(value).filter((t): t is string => typeof t === "string");

/** Kinds whose cell names several records. */
export const isLinks = (field: { kind: FieldKind }): boolean =>
  field.kind === "links" || field.kind === "backlinks";
/** The records a cell names; of many that link to one, the first. The history knows only their numbers. */
export function linksOf(value: Value | undefined): LinkValue[] {
  if (typeof value === "object" && value !== null && "first" in value) return value.first;
  if (value !== null && value !== undefined && isLink(value)) return [value];
  const named = (v: unknown): LinkValue[] =>
    typeof v === "number" ? [[v, `#${v}`, ""]] : isLink(v as Value) ? [v as LinkValue] : [];
  return listOf(value).flatMap(named);
}
/** How many records there are in all. */
export const linkCount = (value: Value | undefined): number =>
  typeof value === "object" && value !== null && "count" in value ? value.count : linksOf(value).length;
export const linkName = (link: LinkValue): string => link[2] || link[1] || `#${link[0]}`;

/** Kilobytes and megabytes as people read them. */
export const formatSize = (bytes: number): string =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

export function optionLabel(field: Field, value: string, locale: Locale): string {
  if (locale !== "en") return value;
  return field.options?.find((o) => o.value === value)?.en ?? value;
}

export function formatValue(field: Field, value: Value | undefined, locale: Locale): string {
  if (value === null || value === undefined || value === "") return "";
  if (isError(value)) return value.error;
  switch (field.kind) {
    case "money":
      return typeof value === "number" ? formatMoney(value) : String(value);
    case "number":
      return typeof value === "number"
        ? formatNumber(value, field.decimals) + (field.unit ? ` ${field.unit}` : "")
        : String(value);
    case "rating":
      return typeof value === "number" ? `${value}/${field.max ?? 5}` : String(value);
    case "percent":
    case "progress":
      return typeof value === "number" ? formatPercent(value) : String(value);
    case "date":
      return formatDate(String(value));
    case "date_time":
    case "created_time":
    case "updated_time":
      return formatDateTime(String(value));
    case "person":
    case "created_by":
    case "updated_by":
      return memberName(value, locale);
    case "bool":
      return locale === "en" ? (value ? "Yes" : "No") : value ? "是" : "否";
    case "tags":
      return textsOf(value).join(locale === "en" ? ", " : "、");
    case "choices":
      return textsOf(value)
        .map((v) => optionLabel(field, v, locale))
        .join(locale === "en" ? ", " : "、");
    case "attachment":
      return filesOf(value)
        .map((f) => f.name)
        .join(locale === "en" ? ", " : "、");
    case "link":
      return isLink(value) ? linkName(value) : String(value);
    case "links":
    case "backlinks": {
      const names = linksOf(value).map(linkName);
      const more = linkCount(value) - names.length;
      return names.join(locale === "en" ? ", " : "、") + (more > 0 ? ` +${more}` : "");
    }
    case "choice":
      return optionLabel(field, String(value), locale);
    default:
      return String(value);
  }
}

/** The text an editor starts with and a copy carries: no symbols, so it can be typed or pasted back. */
export function editText(field: Field, value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  if (isError(value)) return value.error;
  switch (field.kind) {
    case "money": {
      if (typeof value !== "number") return String(value);
      const whole = Math.round(Math.abs(value));
      const rest = whole % 100;
      const text = `${Math.floor(whole / 100)}${rest === 0 ? "" : `.${String(rest).padStart(2, "0")}`}`;
      return value < 0 ? `-${text}` : text;
    }
    case "number":
      return String(value);
    case "percent":
    case "progress":
      // Every digit: what is copied or edited must come back as it was.
      return typeof value === "number" ? `${Number((value * 100).toPrecision(12))}%` : String(value);
    case "date_time":
    case "created_time":
    case "updated_time":
      return formatDateTime(String(value));
    case "bool":
      return value ? "是" : "否";
    case "tags":
    case "choices":
      return textsOf(value).join("、");
    case "attachment":
      return formatValue(field, value, "zh-CN");
    case "person":
    case "created_by":
    case "updated_by":
      return memberName(value, "zh-CN");
    case "link":
      return isLink(value) ? linkName(value) : String(value);
    case "links":
    case "backlinks":
      return linksOf(value).map(linkName).join("、");
    default:
      return String(value);
  }
}

/** Kinds whose figures stand on the right, in tabular digits. */
export const isNumeric = (field: Field): boolean =>
  field.kind === "number" || field.kind === "money" || field.kind === "percent";
/** Kinds that are asked for and summed as figures. */
export const isFigure = (field: Field): boolean =>
  isNumeric(field) || field.kind === "rating" || field.kind === "progress";
const MOMENTS: FieldKind[] = ["date_time", "created_time", "updated_time"];
export const isDateLike = (field: Field): boolean => field.kind === "date" || MOMENTS.includes(field.kind);
/** Kinds that hold one of several, or several, options. */
export const hasOptions = (field: { kind: FieldKind }): boolean =>
  field.kind === "choice" || field.kind === "choices";
const KEPT: FieldKind[] = ["created_time", "updated_time", "created_by", "updated_by"];
/** Filled by the book itself: who and when. */
export const isKept = (field: { kind: FieldKind }): boolean => KEPT.includes(field.kind);
export const isComputed = (field: Field): boolean => field.formula !== undefined;
/** Codes are given by the book; computed columns follow from others. */
export const isWritable = (field: Field): boolean =>
  !isComputed(field) && !isKept(field) && field.kind !== "code";
