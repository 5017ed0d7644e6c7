/**
 * The worker behind the page. It keeps the page itself, and answers that were opened before, for when there is no
 * network. While there is one, everything comes from the server. It knows nothing of the rest of the page.
 */

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  registration: { navigationPreload?: { enable(): Promise<void> } };
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}
const worker = self as unknown as Worker;

/** Put in by the build: the files of the page, and what they come to. */
declare const __KEBU_FILES__: string[];
declare const __KEBU_BUILD__: string;

const PAGE = `kebu-page-${__KEBU_BUILD__}`;
const OPENED = `kebu-opened-${__KEBU_BUILD__}`;
/** A line that has carried nothing for so many ms counts as none. */
const PATIENCE_MS = 4_000;
/** So many answers are kept; the oldest go first. */
const MOST = 400;
const API = "/api/v1";
/** What is asked for reading. Streams, files, searches and jobs are left to the network. */
const READ =
  /^\/(status|schema|members|places|customers\/\d+\/(card|timeline)|tables\/[^/]+\/(saved|consents|records\/\d+(\/(history|comments))?)|views\/[^/]+\/(rows|summary|place\/\d+))$/;
/** Rows further down are scrolled through; keeping them would cost every scroll. */
const FIRST_ROWS = 200;

worker.addEventListener("install", (event) => {
  const keep = async () => {
    await (await caches.open(PAGE)).addAll(["/", ...__KEBU_FILES__]);
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener("activate", (event) => {
  const begin = async () => {
    // Answers of another build may have another shape.
    const old = (await caches.keys()).filter(
      (name) => name.startsWith("kebu-") && name !== PAGE && name !== OPENED,
    );
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.registration.navigationPreload?.enable();
    await worker.clients.claim();
  };
  event.waitUntil(begin());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Who asks for it fresh wants to know what the server has.
  if (url.origin !== location.origin || request.cache === "no-store") return;
  if (request.mode === "navigate") {
    // Public forms are a page of their own, and files are downloads.
    if (!/^\/(api|f)\//.test(url.pathname)) event.respondWith(page(event));
  } else if (url.pathname.startsWith("/assets/")) event.respondWith(file(request));
  else if (url.pathname.startsWith(`${API}/`)) {
    const path = url.pathname.slice(API.length);
    const far = Number(url.searchParams.get("offset") ?? 0) >= FIRST_ROWS;
    if (request.method === "GET" && READ.test(path) && !far) event.respondWith(answer(event, request.url));
    if (request.method === "POST" && path === "/views") event.respondWith(view(event));
  }
});

async function page(event: Fetching): Promise<Response> {
  const asked = event.preloadResponse.then((early) => early ?? fetch(event.request));
  return orKept(asked, "/", PAGE);
}

/** What comes from the server; what was kept where the line is dead, or hangs. */
async function orKept(asked: Promise<Response>, key: string, cacheName: string): Promise<Response> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([asked, late]).catch(() => undefined);
  if (answer) return answer;
  const kept = await caches.match(key, { cacheName, ignoreVary: true });
  return kept ?? asked.catch(() => Response.error());
}

/** Names of files carry a hash of their content. */
async function file(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: PAGE, ignoreVary: true })) ?? fetch(request);
}

/** From the server, or as it last came from there. */
async function answer(event: Fetching, key: string): Promise<Response> {
  const asked = fetch(event.request);
  // Also what comes too late is kept. A body can be read once: the copy is made before the page reads it.
  const late = asked.then((response) => (response.ok ? keep(key, response.clone()) : undefined));
  event.waitUntil(late.catch(() => {}));
  return orKept(asked, key, OPENED);
}

/** A view is opened by a question in a body; the question is its key. */
async function view(event: Fetching): Promise<Response> {
  const asked = await event.request.clone().text();
  return answer(event, `${event.request.url}?asked=${encodeURIComponent(asked)}`);
}

async function keep(key: string, response: Response): Promise<void> {
  const cache = await caches.open(OPENED);
  await cache.put(key, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((old) => cache.delete(old)));
}

// A module to the compiler; the build makes a plain script of it.
export {};
