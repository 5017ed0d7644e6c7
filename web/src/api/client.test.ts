import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { call, isAbort } from "./client";

/** A server that takes everything and answers nothing. */
const hangs = (_: string, init: RequestInit) =>
  new Promise<Response>((_resolve, reject) =>
    init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))),
  );
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", vi.fn(hangs));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const failed = (asked: Promise<unknown>) => asked.then(() => undefined).catch((e: unknown) => e);

test("a server that does not answer in time counts as one that is not there", async () => {
  const asked = failed(call("/x", { patience: 8_000 }));
  await vi.advanceTimersByTimeAsync(7_900);
  expect(await Promise.race([asked, Promise.resolve("waits")])).toBe("waits");
  await vi.advanceTimersByTimeAsync(200);
  expect(await asked).toMatchObject({ code: "network" });
});

test("an answer that stops halfway counts the same", async () => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async (url: string, init: RequestInit) => ({
      status: 200,
      ok: true,
      text: () => hangs(url, init),
    })),
  );
  const asked = failed(call("/x", { patience: 8_000 }));
  await vi.advanceTimersByTimeAsync(8_100);
  expect(await asked).toMatchObject({ code: "network" });
});

test("what the page itself takes back stays an abort", async () => {
  const stop = new AbortController();
  const asked = failed(call("/x", { patience: 8_000, signal: stop.signal }));
  stop.abort();
  expect(isAbort(await asked)).toBe(true);
});
