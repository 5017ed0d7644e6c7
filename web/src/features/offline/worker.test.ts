import { afterEach, beforeEach, expect, test, vi } from "vitest";

const listeners = new Map<string, (event: unknown) => void>();
const kept = new Map<string, Response>();
const server = vi.fn<() => Promise<Response>>();
const cache = {
  put: async (key: string, response: Response) => void kept.set(key, response),
  keys: async () => [...kept.keys()],
};
vi.stubGlobal("self", {
  addEventListener: (type: string, listener: (event: unknown) => void) => listeners.set(type, listener),
});
vi.stubGlobal("location", { origin: "http://kebu.test" });
vi.stubGlobal("__KEBU_BUILD__", "b");
vi.stubGlobal("__KEBU_FILES__", []);
vi.stubGlobal("caches", { open: async () => cache, match: async (key: string) => kept.get(key)?.clone() });
vi.stubGlobal("fetch", server);
await import("./worker");

beforeEach(() => {
  vi.useFakeTimers();
  kept.clear();
});
afterEach(() => vi.useRealTimers());

const CARD = "http://kebu.test/api/v1/customers/7/card";
/** Asks the worker; the answer's text, or why there is none. */
function ask(request: { url: string; mode?: string }): Promise<string> {
  let answer: Promise<Response> | undefined;
  listeners.get("fetch")?.({
    request: { method: "GET", cache: "default", mode: "cors", ...request },
    preloadResponse: Promise.resolve(undefined),
    respondWith: (given: Promise<Response>) => {
      answer = given;
    },
    waitUntil: () => {},
  });
  return (answer as Promise<Response>).then((r) => (r.type === "error" ? "none" : r.text()));
}
const hangs = () => new Promise<Response>(() => {});
/** What a promise has come to by now. */
const now = (asked: Promise<string>) => Promise.race([asked, Promise.resolve("waits")]);

test("while the server answers, everything comes from it, and is kept", async () => {
  kept.set(CARD, new Response("old"));
  server.mockResolvedValue(new Response("new"));
  expect(await ask({ url: CARD })).toBe("new");
  expect(await kept.get(CARD)?.text()).toBe("new");
});

test("a dead line is answered at once, one that hangs after some seconds", async () => {
  kept.set(CARD, new Response("old"));
  server.mockRejectedValue(new TypeError("no network"));
  expect(await ask({ url: CARD })).toBe("old");
  server.mockImplementation(hangs);
  const asked = ask({ url: CARD });
  await vi.advanceTimersByTimeAsync(3_900);
  expect(await now(asked)).toBe("waits");
  await vi.advanceTimersByTimeAsync(200);
  expect(await asked).toBe("old");
});

test("the page itself comes from what is kept too", async () => {
  kept.set("/", new Response("page"));
  server.mockImplementation(hangs);
  const asked = ask({ url: "http://kebu.test/c/7", mode: "navigate" });
  await vi.advanceTimersByTimeAsync(4_100);
  expect(await asked).toBe("page");
});

test("what was never opened is waited for, and what comes too late is kept for the next time", async () => {
  let give = (_: Response) => {};
  server.mockImplementation(
    () =>
      new Promise((resolve) => {
        give = resolve;
      }),
  );
  const first = ask({ url: CARD });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(await now(first)).toBe("waits");
  give(new Response("one"));
  expect(await first).toBe("one");
  const second = ask({ url: CARD });
  await vi.advanceTimersByTimeAsync(4_100);
  expect(await second).toBe("one");
  give(new Response("two"));
  await vi.advanceTimersByTimeAsync(0);
  expect(await kept.get(CARD)?.text()).toBe("two");
});
