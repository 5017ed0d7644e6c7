import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WireRow } from "@/api/types";
import { BLOCK, BlockCache } from "./blockCache";

const rows = (from: number, n: number): WireRow[] =>
  Array.from({ length: n }, (_, i) => [from + i + 1, `n${from + i}`]);

function make(total: number, more: Partial<ConstructorParameters<typeof BlockCache>[0]> = {}) {
  const asked: number[] = [];
  const aborted: number[] = [];
  const cache = new BlockCache({
    total,
    columns: ["name"],
    first: rows(0, Math.min(total, BLOCK)),
    fetch: async (offset, limit, signal) => {
      asked.push(offset);
      signal.addEventListener("abort", () => aborted.push(offset));
      await new Promise((r) => setTimeout(r, 10));
      return rows(offset, Math.min(limit, total - offset));
    },
    onError: (e) => {
      throw e;
    },
    settleMs: 0,
    ...more,
  });
  return { cache, asked, aborted };
}
// A clock of the test's own: a busy machine changes nothing.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const later = (ms = 40) => vi.advanceTimersByTimeAsync(ms);

test("the first answer needs no request, the next block is fetched ahead", async () => {
  const { cache, asked } = make(1000);
  expect(cache.peek(0)?.values).toEqual({ name: "n0" });
  cache.watch([0, 30]);
  await later();
  expect(asked).toEqual([100]);
  expect(cache.peek(150)?.id).toBe(151);
});

test("the last row of a million", async () => {
  const { cache, asked } = make(1_000_003);
  cache.watch([999_980, 1_000_002]);
  await later();
  expect(asked).toContain(1_000_000);
  expect(cache.peek(1_000_002)?.values.name).toBe("n1000002");
  expect(cache.peek(1_000_003)).toBeUndefined();
});

test("blocks scrolled past are cancelled", async () => {
  const { cache, asked, aborted } = make(100_000);
  cache.watch([50_000, 50_030]);
  await later(4);
  cache.watch([80_000, 80_030]);
  await later();
  expect(asked).toContain(50_000);
  expect(aborted).toContain(50_000);
  expect(cache.peek(50_000)).toBeUndefined();
  expect(cache.peek(80_000)?.id).toBe(80_001);
});

test("a flying scroll bar asks only where it rests", async () => {
  const { cache, asked } = make(1_000_000, { settleMs: 15 });
  for (let row = 10_000; row < 500_000; row += 10_000) cache.watch([row, row + 30]);
  await later(60);
  expect(asked.length).toBeLessThanOrEqual(2);
});

test("old blocks are dropped, those on screen stay", async () => {
  const { cache } = make(10_000, { maxBlocks: 3 });
  for (let row = 0; row < 1000; row += 100) {
    cache.watch([row, row + 30]);
    await later(25);
  }
  expect(cache.peek(0)).toBeUndefined();
  expect(cache.peek(900)?.id).toBe(901);
});

test("typed text shows until settled, then the server's values", () => {
  const { cache } = make(10);
  const news = vi.fn();
  cache.subscribe(news);
  cache.pendAll([{ id: 3, field: "name", text: "typed" }]);
  expect(cache.pendingText(3, "name")).toBe("typed");
  cache.patch({ "3": { name: "stored" } });
  cache.settleAll([{ id: 3, field: "name" }]);
  expect(cache.pendingText(3, "name")).toBeUndefined();
  expect(cache.peek(2)?.values.name).toBe("stored");
  expect(news).toHaveBeenCalled();
});

test("more rows than are kept are loaded whole, some hundred to a request", async () => {
  const { cache, asked } = make(3000, { maxBlocks: 4 });
  const loading = cache.load(50, 2999);
  await later(200);
  const loaded = await loading;
  expect(loaded.map((row) => row?.id)).toEqual(Array.from({ length: 2950 }, (_, i) => i + 51));
  expect(asked).toEqual([100, 600, 1100, 1600, 2100, 2600]);
});

test("rows that cannot be had are told of, not taken for blank", async () => {
  const { cache } = make(3000, { fetch: () => Promise.reject(new Error("gone")), onError: () => {} });
  await expect(cache.load(0, 500)).rejects.toThrow("gone");
});

test("a deleted record is known by its lone id; new ones stand at the end", async () => {
  const { cache } = make(2, {
    first: [[1], [2, "b"]],
    again: async (ids) => ids.map((id): WireRow => [id, "new"]),
  });
  expect(cache.peek(0)?.deleted).toBe(true);
  expect(cache.peek(1)?.deleted).toBe(false);
  await cache.append([9]);
  expect(cache.total).toBe(3);
  expect(cache.peek(2)?.id).toBe(9);
  expect(cache.indexOf(9)).toBe(2);
});

test("after a large write nothing older is shown again: what is on screen is loaded, the rest dropped", async () => {
  const { cache, asked } = make(1000);
  cache.watch([0, 30]);
  await later();
  expect(cache.peek(150)?.id).toBe(151);
  const renewed = cache.renew();
  expect(cache.isFresh(0, 30)).toBe(false);
  expect(cache.peek(0)?.id).toBe(1);
  expect(cache.peek(150)).toBeUndefined();
  await later();
  await renewed;
  expect(cache.isFresh(0, 30)).toBe(true);
  expect(asked).toEqual([100, 0]);
});

test("refresh keeps what is shown until the new values are there", async () => {
  const { cache, asked } = make(50);
  cache.watch([0, 30]);
  cache.refresh();
  expect(cache.peek(0)?.id).toBe(1);
  await later();
  expect(asked).toEqual([0]);
});

test("an edit brings the colours of its row, unless it is written to again meanwhile", async () => {
  const asked: number[][] = [];
  const { cache } = make(3, {
    first: [
      [1, "a", 0],
      [2, "b", 1],
      [3, "c", 0],
    ],
    tinted: true,
    again: async (ids) => {
      asked.push(ids);
      await new Promise((r) => setTimeout(r, 10));
      return ids.map((id): WireRow => [id, "stale", 4]);
    },
  });
  expect(cache.peek(1)).toMatchObject({ tint: 1, values: { name: "b" } });
  cache.patch({ "2": { name: "new" }, "3": { name: "new" }, "77": { name: "elsewhere" } });
  cache.pendAll([{ id: 3, field: "name", text: "newer" }]);
  await later();
  expect(asked).toEqual([[2, 3]]);
  expect(cache.peek(1)).toMatchObject({ tint: 4, values: { name: "new" } });
  expect(cache.peek(2)?.tint).toBe(0);
  cache.take([[1, "others", 2]]);
  expect(cache.peek(0)).toMatchObject({ tint: 2, values: { name: "others" } });
});

test("rows on both sides of a closed group are loaded, those inside are not", async () => {
  const { cache, asked } = make(100_000);
  cache.watch([0, 4], [60_000, 60_010]);
  await later();
  expect(asked.sort((a, b) => a - b)).toEqual([100, 60_000, 60_100]);
  expect(cache.visible).toHaveLength(2);
});
