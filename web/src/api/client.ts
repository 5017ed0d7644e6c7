/** A thin fetch client: JSON in and out, the caller's language, typed errors, nothing else. */
import { currentLocale } from "@/lib/prefs";
import type { ErrorCode as Code } from "./generated";

/** The codes of the API, and one for a server that cannot be reached. */
export type ErrorCode = Code | "network";

export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly status: number,
    readonly field?: string,
    readonly requestId?: string,
    /** Of a form: every field that is wrong, and why. */
    readonly fields?: Record<string, string>,
    /** Of several records written at once, the one that is wrong. */
    readonly record?: number,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "AbortError";

/** The server could not be reached. */
export const isNetwork = (error: unknown): boolean => error instanceof ApiError && error.code === "network";

const BASE = "/api/v1";
export const apiUrl = (path: string): string => BASE + path;

/** Called when a session has ended under us; the gate then shows the login page. */
let onUnauthorized: () => void = () => {};
export const setOnUnauthorized = (listener: () => void): void => {
  onUnauthorized = listener;
};

export function toApiError(status: number, body: unknown): ApiError {
  const error = (
    body as {
      error?: {
        code?: string;
        message?: string;
        field?: string;
        request_id?: string;
        fields?: Record<string, string>;
        record?: number;
      };
    } | null
  )?.error;
  const code = (error?.code ?? (status === 401 ? "unauthorized" : "internal")) as ErrorCode;
  const { message = `HTTP ${status}`, field, request_id, fields, record } = error ?? {};
  return new ApiError(code, message, status, field, request_id, fields, record);
}

export interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  /** Under one key the server does a write once, however often it is sent. */
  key?: string;
  /** From the server itself, not what the worker behind the page kept. */
  fresh?: boolean;
  /** After so many ms without an answer the server counts as one that cannot be reached. */
  patience?: number;
}

export async function call<T>(
  path: string,
  { method = "GET", body, signal, key, fresh, patience }: CallOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { "Accept-Language": currentLocale(), Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== undefined) headers["Idempotency-Key"] = key;
  let response: Response;
  let text = "";
  const stop = new AbortController();
  let late = false;
  const timer =
    patience &&
    setTimeout(() => {
      late = true;
      stop.abort();
    }, patience);
  signal?.addEventListener("abort", () => stop.abort());
  try {
    response = await fetch(apiUrl(path), {
      method,
      headers,
      credentials: "same-origin",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: patience ? stop.signal : signal,
      cache: fresh ? "no-store" : undefined,
    });
    // An answer may also stop halfway.
    text = await response.text();
  } catch (error) {
    if (isAbort(error) && !late) throw error;
    throw new ApiError("network", "network", 0);
  } finally {
    clearTimeout(timer);
  }
  if (response.status === 204) return undefined as T;
  const json: unknown = text === "" ? null : safeJson(text);
  if (!response.ok) {
    const error = toApiError(response.status, json);
    if (error.status === 401 && path !== "/login") onUnauthorized();
    throw error;
  }
  return json as T;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Sends files with upload progress, which fetch cannot report. */
export function upload<T>(
  path: string,
  files: File[],
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const file of files) form.append("file", file, file.name);
    const xhr = new XMLHttpRequest();
    xhr.open("POST", apiUrl(path));
    xhr.setRequestHeader("Accept-Language", currentLocale());
    xhr.upload.onprogress = (e) => onProgress(e.loaded, e.total);
    xhr.onload = () => {
      const json = safeJson(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300) resolve(json as T);
      else reject(toApiError(xhr.status, json));
    };
    xhr.onerror = () => reject(new ApiError("network", "network", 0));
    xhr.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => xhr.abort());
    xhr.send(form);
  });
}
