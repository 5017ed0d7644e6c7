/**
 * News of the book: one stream for the page. What others change reaches whoever listens here; what was missed
 * while the line was down, the computer asleep or the page out of sight comes when it is back.
 */
import { api } from "@/api";
import { apiUrl } from "@/api/client";
import type { CommentNews, Person, Place, RecordNews, TableNews } from "@/api/types";
import { newKey } from "./key";
import { queryClient, shapeChanged } from "./query";
import { createStore } from "./store";
import { throttled } from "./throttle";

/** Others who have the book open, a page each. */
export const peopleStore = createStore<Person[]>([]);
/** Whether the line is down for longer than a blink. */
export const lostStore = createStore(false);

/** What happened to a table; null stands for anything. `known` are records whose new rows are here already. */
type Listener = (table: string | null, news: TableNews | null, known: ReadonlySet<number>) => void;
const listeners = new Set<Listener>();
export function onNews(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Something was said about a record, or is said no more; a null table stands for anything. */
type CommentListener = (table: string | null, record: number) => void;
const commentListeners = new Set<CommentListener>();
export function onComments(listener: CommentListener): () => void {
  commentListeners.add(listener);
  return () => commentListeners.delete(listener);
}
/** Brings what is said about a record up to date wherever it shows. */
export async function saidAnew(table: string, record: number): Promise<void> {
  for (const listener of commentListeners) listener(table, record);
  await queryClient.invalidateQueries({ queryKey: ["comments", table, record] });
}

const NOTHING: ReadonlySet<number> = new Set();
const KINDS = [
  "records",
  "schema",
  "views",
  "comments",
  "mentions",
  "reload",
  "hello",
  "here",
  "gone",
] as const;
/** A hidden page lets go of its stream after this long: a browser keeps few connections to one server. */
const HIDDEN_MS = 30_000;
/** A line that is back sooner is not worth a word. */
const BLINK_MS = 3_000;
const LONGEST_WAIT_MS = 15_000;
/** How often, at most, this page says where its person is. */
const TELL_MS = 250;

/** Others' pages know this one by its name. */
const page = newKey(12);

let source: EventSource | undefined;
let me = 0;
let last = 0;
let tries = 0;
let again: ReturnType<typeof setTimeout> | undefined;
let blink: ReturnType<typeof setTimeout> | undefined;
let hidden: ReturnType<typeof setTimeout> | undefined;

/** Own changes whose answers came, with the records they brought; and those still under way. */
const own = new Map<number, ReadonlySet<number>>();
let underWay = 0;
let held: RecordNews[] = [];

/** Counts a write as this page's own, so that its news are not fetched a second time. */
export async function ownChange<T extends { change: number }>(
  write: Promise<T>,
  brought: (out: T) => number[],
): Promise<T> {
  underWay += 1;
  try {
    const out = await write;
    own.set(out.change, new Set(brought(out)));
    for (const old of own.keys()) if (own.size > 200) own.delete(old);
    return out;
  } finally {
    underWay -= 1;
    // What was told before the answer came can be told apart now; the rows are put in place first.
    if (underWay === 0 && held.length > 0) setTimeout(release);
  }
}
function release(): void {
  const waiting = held;
  held = [];
  for (const news of waiting) heard(news);
}

const soon = throttled(1_000, () => {
  for (const key of ["card", "history", "timeline"]) void queryClient.invalidateQueries({ queryKey: [key] });
});
/** What is counted over many records is asked again less often. */
const later = throttled(5_000, () => {
  for (const key of ["figures", "overview", "status", "changes", "trash", "imports", "mentions"])
    void queryClient.invalidateQueries({ queryKey: [key] });
});

function heard(news: RecordNews): void {
  const mine = own.get(news.change);
  if (!mine && news.by === me && underWay > 0) {
    held.push(news);
    return;
  }
  own.delete(news.change);
  for (const [table, what] of Object.entries(news.tables))
    for (const listener of listeners) listener(table, what, mine ?? NOTHING);
  if (mine) return;
  soon();
  later();
}

function everything(): void {
  for (const listener of listeners) listener(null, null, NOTHING);
  for (const listener of commentListeners) listener(null, 0);
  void queryClient.invalidateQueries();
}

function take(kind: (typeof KINDS)[number], data: string): void {
  const body = JSON.parse(data);
  switch (kind) {
    case "records":
      return heard(body as RecordNews);
    case "schema":
      return void shapeChanged();
    case "views":
      return void queryClient.invalidateQueries({ queryKey: ["saved", body.table] });
    case "comments": {
      const { table, record, to } = body as CommentNews;
      void saidAnew(table, record);
      if (!to.includes(me)) return;
      return void queryClient.invalidateQueries({ queryKey: ["mentions"] });
    }
    case "mentions":
      return void queryClient.invalidateQueries({ queryKey: ["mentions"] });
    case "reload":
      return everything();
    case "hello":
      tellAgain();
      return peopleStore.set(body.people as Person[]);
    case "here":
      return peopleStore.set((now) => [...now.filter((p) => p.page !== body.page), body as Person]);
    case "gone":
      return peopleStore.set((now) => now.filter((p) => p.page !== body.page));
  }
}

function connect(): void {
  clearTimeout(again);
  source?.close();
  source = new EventSource(apiUrl(`/events?page=${page}&after=${last}`));
  source.onopen = () => {
    tries = 0;
    clearTimeout(blink);
    blink = undefined;
    lostStore.set(false);
  };
  source.onerror = () => {
    blink ??= setTimeout(() => lostStore.set(true), BLINK_MS);
    // The browser gives up after a refusal, and is slow after a failure: the waiting is ours.
    source?.close();
    clearTimeout(again);
    again = setTimeout(
      () => {
        // A session that has ended shows the way in; anything else is worth another try.
        if (tries > 0) void queryClient.invalidateQueries({ queryKey: ["status"] });
        connect();
      },
      Math.min(LONGEST_WAIT_MS, 250 * 2 ** tries) * (0.75 + Math.random() / 2),
    );
    tries += 1;
  };
  for (const kind of KINDS)
    source.addEventListener(kind, (e) => {
      last = Number(e.lastEventId) || last;
      take(kind, e.data);
    });
}

function disconnect(): void {
  clearTimeout(again);
  source?.close();
  source = undefined;
  peopleStore.set([]);
}

function onVisibility(): void {
  clearTimeout(hidden);
  if (document.hidden) hidden = setTimeout(disconnect, HIDDEN_MS);
  else if (!source || source.readyState !== EventSource.OPEN) onLine();
}
function onLine(): void {
  tries = 0;
  connect();
}
function onOffLine(): void {
  source?.close();
  blink ??= setTimeout(() => lostStore.set(true), BLINK_MS);
}

/** Listens from an event on, for a person; the answer ends it. */
export function startLive(user: number, after: number): () => void {
  me = user;
  last = after;
  connect();
  if (document.hidden) onVisibility();
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("online", onLine);
  addEventListener("offline", onOffLine);
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    removeEventListener("online", onLine);
    removeEventListener("offline", onOffLine);
    clearTimeout(hidden);
    clearTimeout(blink);
    blink = undefined;
    lostStore.set(false);
    disconnect();
  };
}

let place: Place | null = null;
let told = "";
const tell = throttled(TELL_MS, () => {
  const now = JSON.stringify(place);
  if (now === told || source?.readyState !== EventSource.OPEN) return;
  told = now;
  // Where somebody is matters only now: what does not arrive is not sent again.
  api.tellPlace(page, place).catch(() => {});
});
/** Says where this page's person is. */
export function tellPlace(now: Place | null): void {
  place = now;
  tell();
}
function tellAgain(): void {
  told = "null";
  tell();
}
