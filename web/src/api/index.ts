/** Every call the page makes, by name. */
import { apiUrl, call, upload } from "./client";
import type * as T from "./types";

const enc = encodeURIComponent;

/** How long a server may take over what is kept otherwise. */
const PATIENCE_MS = 8_000;
/** Of what is done once under its key, and kept for later where the server is not reached. */
const once = (key?: string) => ({ key, patience: key ? PATIENCE_MS : undefined });

export const api = {
  status: () => call<T.Status>("/status"),
  setup: (body: { code: string; login: string; password: string; book?: string }) =>
    call<T.Status>("/setup", { method: "POST", body }),
  login: (login: string, password: string) =>
    call<T.Status>("/login", { method: "POST", body: { login, password } }),
  logout: () => call<void>("/logout", { method: "POST" }),
  schema: () => call<T.Schema>("/schema"),

  members: () => call<T.Members>("/members"),
  places: () => call<T.PlaceList>("/places"),
  functions: () => call<T.Functions>("/functions"),
  addTable: (label: string) => call<T.Table>("/tables", { method: "POST", body: { label } }),
  changeTable: (table: string, body: { label: T.Label | string }) =>
    call<T.Table>(`/tables/${enc(table)}`, { method: "PATCH", body }),
  /** With the fields that show its links in other tables, as the person was told. */
  removeTable: (table: string) => call<void>(`/tables/${enc(table)}?other_side=true`, { method: "DELETE" }),
  addField: (table: string, body: T.FieldWrite) =>
    call<T.FieldDone>(`/tables/${enc(table)}/fields`, { method: "POST", body }),
  changeField: (table: string, field: string, body: T.FieldWrite) =>
    call<T.FieldDone>(`/tables/${enc(table)}/fields/${enc(field)}`, { method: "PATCH", body }),
  removeField: (table: string, field: string) =>
    call<void>(`/tables/${enc(table)}/fields/${enc(field)}?other_side=true`, { method: "DELETE" }),
  orderFields: (table: string, fields: string[]) =>
    call<void>(`/tables/${enc(table)}/fields/order`, { method: "PUT", body: { fields } }),
  previewConvert: (table: string, field: string, to: T.KindSettings, signal?: AbortSignal) =>
    call<T.ConvertPreview>(`/tables/${enc(table)}/fields/${enc(field)}/convert`, {
      method: "POST",
      body: { to, preview: true },
      signal,
    }),
  convert: (table: string, field: string, to: T.KindSettings) =>
    call<T.Started>(`/tables/${enc(table)}/fields/${enc(field)}/convert`, {
      method: "POST",
      body: { to, preview: false },
    }),
  checkFormula: (table: string, formula: string, field: string | undefined, signal?: AbortSignal) =>
    call<T.FormulaCheck>(`/tables/${enc(table)}/formula/check`, {
      method: "POST",
      body: { formula, field },
      signal,
    }),
  marks: (table: string, ids: number[]) =>
    call<T.Marks>(`/tables/${enc(table)}/marks`, { method: "POST", body: { ids } }),
  putFile: (file: File, onProgress: (done: number, total: number) => void, signal: AbortSignal) =>
    upload<T.FileRef>("/files", [file], onProgress, signal),
  fileUrl: (file: T.FileRef) => apiUrl(`/files/${enc(file.id)}?name=${enc(file.name)}`),

  openView: (body: T.ViewRequest, signal?: AbortSignal) =>
    call<T.ViewOpened>("/views", { method: "POST", body, signal }),
  viewRows: (view: string, offset: number, limit: number, signal?: AbortSignal) =>
    call<T.ViewRows>(`/views/${enc(view)}/rows?offset=${offset}&limit=${limit}`, {
      signal,
    }),
  /** Where a record stands in a view, and who stands beside it. */
  viewPlace: (view: string, id: number) => call<T.PlaceInView>(`/views/${enc(view)}/place/${id}`),
  /** Rows of some records as the view shows them, and which of others it would hold if it were opened now. */
  viewRecords: (view: string, ids: number[], fits: number[], signal?: AbortSignal) =>
    call<T.ViewRecords>(`/views/${enc(view)}/rows?ids=${ids}&fits=${fits}`, {
      signal,
    }),
  /** How many records of a view stand on each day, and the first of every day. */
  viewDays: (view: string, field: string, from: string, to: string, each: number, signal?: AbortSignal) =>
    call<T.DaysOfView>(`/views/${enc(view)}/days?field=${enc(field)}&from=${from}&to=${to}&each=${each}`, {
      signal,
    }),
  viewSummary: (view: string, distinct: string[] = [], signal?: AbortSignal) =>
    call<T.ViewSummary>(`/views/${enc(view)}/summary?distinct=${enc(distinct.join())}`, { signal }),
  /** Does one thing to a view's records, or to its rows from one place to before another. */
  bulk: (view: string, act: T.BulkAct, rows?: [number, number][]) =>
    call<T.Started>(`/views/${enc(view)}/bulk`, { method: "POST", body: { act, rows } }),
  previewReplace: (view: string, body: T.Sought, signal?: AbortSignal) =>
    call<T.BulkPreview>(`/views/${enc(view)}/bulk/preview`, { method: "POST", body, signal }),
  savedViews: (table: string) => call<T.SavedViews>(`/tables/${enc(table)}/saved`),
  saveView: (table: string, body: T.SavedDef & { name: string; shared: boolean }) =>
    call<T.SavedView>(`/tables/${enc(table)}/saved`, { method: "POST", body }),
  changeView: (id: number, body: { name?: string; shared?: boolean; def?: T.SavedDef }) =>
    call<T.SavedView>(`/saved/${id}`, { method: "PATCH", body }),
  deleteView: (id: number) => call<void>(`/saved/${id}`, { method: "DELETE" }),
  orderViews: (table: string, views: number[]) =>
    call<void>(`/tables/${enc(table)}/saved/order`, { method: "PUT", body: { views } }),
  viewLinks: (id: number) => call<T.Links>(`/saved/${id}/links`),
  makeLink: (id: number, body: T.LinkWrite) =>
    call<T.LinkMade>(`/saved/${id}/links`, { method: "POST", body }),
  /** Enters a record through a form. */
  enterForm: (id: number, body: { values: Record<string, T.Written>; consent?: string }) =>
    call<T.FormEntered>(`/saved/${id}/entries`, { method: "POST", body }),
  consents: (table: string, record: number) =>
    call<T.ConsentPage>(`/tables/${enc(table)}/consents?record=${record}`),
  consentsUrl: (table: string) => apiUrl(`/tables/${enc(table)}/consents.csv`),
  links: () => call<T.Links>("/links"),
  revokeLink: (id: string) => call<void>(`/links/${enc(id)}`, { method: "DELETE" }),
  exportUrl: (view: string, format: "xlsx" | "csv") => apiUrl(`/views/${enc(view)}/export?format=${format}`),
  fieldValues: (table: string, field: string, search: string, signal?: AbortSignal) =>
    call<T.FieldValues>(`/tables/${enc(table)}/fields/${enc(field)}/values?search=${enc(search)}`, {
      signal,
    }),

  search: (q: string, signal?: AbortSignal) => call<T.SearchAnswer>(`/search?q=${enc(q)}`, { signal }),

  record: (table: string, id: number) => call<T.RecordOut>(`/tables/${enc(table)}/records/${id}`),
  createRecords: (table: string, records: Record<string, T.Written>[], key?: string) =>
    call<T.Created>(`/tables/${enc(table)}/records`, {
      method: "POST",
      body: { records },
      // Only new customers are kept where the server is not reached.
      ...(table === "customers" ? once(key) : { key }),
    }),
  /** Writes cells, and makes records in the same step. */
  patchCells: (
    table: string,
    cells: T.CellWrite[],
    key?: string,
    records: Record<string, T.Written>[] = [],
  ) =>
    call<T.Patched>(`/tables/${enc(table)}/records`, {
      method: "PATCH",
      body: records.length > 0 ? { cells, records } : { cells },
      ...once(key),
    }),
  deleteRecords: (table: string, ids: number[]) =>
    call<T.Deleted>(`/tables/${enc(table)}/records`, {
      method: "DELETE",
      body: { ids },
    }),
  /** Takes one change back, but for what was changed since. */
  undo: (change: number) => call<T.UndoneOrJob>(`/changes/${change}/undo?keep=true`, { method: "POST" }),
  undoLast: (keep = false) => call<T.SteppedOrJob>(`/undo?keep=${keep}`, { method: "POST" }),
  redoLast: (keep = false) => call<T.SteppedOrJob>(`/redo?keep=${keep}`, { method: "POST" }),
  changes: (wanted: T.LogWanted) =>
    call<T.LogPage>(
      `/changes?${new URLSearchParams(Object.entries(wanted).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]])))}`,
    ),
  change: (change: number) => call<T.LogEntryWhole>(`/changes/${change}`),
  trash: (table: string) => call<T.Trash>(`/trash?table=${enc(table)}`),
  restore: (records: { table: string; id: number }[]) =>
    call<T.Restored>("/trash/restore", { method: "POST", body: { records } }),
  previewSetBack: (table: string, id: number, change: number) =>
    call<{ cells: T.SetBack[] }>(`/tables/${enc(table)}/records/${id}/restore`, {
      method: "POST",
      body: { change, preview: true },
    }),
  setBack: (table: string, id: number, change: number) =>
    call<{ change: number; restored: number }>(`/tables/${enc(table)}/records/${id}/restore`, {
      method: "POST",
      body: { change },
    }),
  history: (table: string, id: number) => call<T.History>(`/tables/${enc(table)}/records/${id}/history`),
  card: (id: number, fresh?: boolean) =>
    call<T.Card>(`/customers/${id}/card`, { fresh, patience: fresh ? PATIENCE_MS : undefined }),
  timeline: (id: number, kinds: string | undefined, cursor: string | undefined, signal?: AbortSignal) => {
    const wanted = new URLSearchParams({ ...(kinds && { kinds }), ...(cursor && { cursor }) });
    return call<T.TimelinePage>(`/customers/${id}/timeline?${wanted}`, { signal });
  },
  /** Keeps a note on a customer, or with `preview` says what was understood of it. */
  addNote: (id: number, body: T.NewNote, signal?: AbortSignal, key?: string) =>
    call<T.NoteRead>(`/customers/${id}/notes`, { method: "POST", body, signal, ...once(key) }),

  comments: (table: string, id: number) => call<T.Threads>(`/tables/${enc(table)}/records/${id}/comments`),
  /** The cells of some records with open threads. */
  commented: (table: string, ids: number[]) =>
    call<T.CommentedCells>(`/tables/${enc(table)}/commented`, { method: "POST", body: { ids } }),
  comment: (table: string, id: number, body: T.NewThread) =>
    call<T.CommentMade>(`/tables/${enc(table)}/records/${id}/comments`, { method: "POST", body }),
  reply: (thread: number, body: T.CommentText) =>
    call<T.CommentMade>(`/threads/${thread}/comments`, { method: "POST", body }),
  resolveThread: (thread: number, resolved: boolean) =>
    call<void>(`/threads/${thread}`, { method: "PATCH", body: { resolved } }),
  editComment: (id: number, body: T.CommentText) => call<void>(`/comments/${id}`, { method: "PATCH", body }),
  removeComment: (id: number) => call<void>(`/comments/${id}`, { method: "DELETE" }),
  restoreComment: (id: number) => call<void>(`/comments/${id}/restore`, { method: "POST" }),
  mentions: () => call<T.MentionList>("/mentions"),
  /** Those in a thread, or all. */
  seeMentions: (thread?: number) => call<void>("/mentions/seen", { method: "POST", body: { thread } }),

  startImport: (files: File[], onProgress: (done: number, total: number) => void, signal: AbortSignal) =>
    upload<T.Import>("/imports", files, onProgress, signal),
  planImport: (id: string, plan: T.ImportPlan) =>
    call<T.Import>(`/imports/${enc(id)}`, { method: "PUT", body: plan }),
  checkImport: (id: string) => call<T.Started>(`/imports/${enc(id)}/check`, { method: "POST" }),
  runImport: (id: string) => call<T.Started>(`/imports/${enc(id)}/run`, { method: "POST" }),
  forgetImport: (id: string) => call<void>(`/imports/${enc(id)}`, { method: "DELETE" }),
  problemsUrl: (id: string) => apiUrl(`/imports/${enc(id)}/problems.xlsx`),
  pastImports: () => call<T.PastImports>("/imports"),

  job: <R>(job: string, signal?: AbortSignal) => call<T.Job<R>>(`/jobs/${enc(job)}`, { signal }),
  cancelJob: (job: string) => call<void>(`/jobs/${enc(job)}/cancel`, { method: "POST" }),

  tellPlace: (page: string, at: T.Place | null) =>
    call<void>("/presence", { method: "POST", body: { page, ...at } }),
  /** The API's document, for people who write programs. */
  documentUrl: apiUrl("/openapi.json"),
  tokens: () => call<T.Tokens>("/tokens"),
  makeToken: (body: T.TokenWrite) => call<T.TokenMade>("/tokens", { method: "POST", body }),
  revokeToken: (id: string) => call<void>(`/tokens/${enc(id)}`, { method: "DELETE" }),

  overview: () => call<T.Overview>("/charts/overview"),
  makeDemo: () => call<T.Started>("/demo", { method: "POST", body: { customers: 500, orders: 3000 } }),
  templates: () => call<T.TemplateCards>("/templates"),
  template: (id: string) => call<T.TemplateDetail>(`/templates/${enc(id)}`),
  /** Looks at a document from a file; whether it is one is for the server to say. */
  checkTemplate: (document: unknown) =>
    call<T.TemplateDetail>("/templates/check", { method: "POST", body: { document } }),
  addTemplate: (body: Omit<T.TemplateAdd, "document"> & { document?: unknown }) =>
    call<T.TemplateDone>("/templates/add", { method: "POST", body }),
  removeTemplate: (id: string) => call<T.TemplateGone>(`/templates/${enc(id)}`, { method: "DELETE" }),
  removeSamples: (id: string) => call<T.SamplesGone>(`/templates/${enc(id)}/samples`, { method: "DELETE" }),
  exportTemplate: (body: T.TemplateExport) =>
    call<T.TemplateMade>("/templates/export", { method: "POST", body }),
  removeDemo: () => call<{ deleted: number }>("/demo", { method: "DELETE" }),
};
