import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TableNews, WireRow } from "@/api/types";
import { BlockCache } from "@/grid/blockCache";
import { Follower } from "./follower";

const NONE: ReadonlySet<number> = new Set();
const touched = (...ids: number[]): TableNews => ({ ids, new: [], created: 0, deleted: 0 });
const made = (...ids: number[]): TableNews => ({ ids, new: ids, created: ids.length, deleted: 0 });
const many = (created = 0): TableNews => ({ ids: null, new: [], created, deleted: 0 });

function setUp(answer: (ids: number[], fits: number[]) => { rows: WireRow[]; fits: number[] }) {
  const asked: [number[], number[]][] = [];
  const fetched: number[] = [];
  const first: WireRow[] = [1, 2, 3].map((id) => [id, `name${id}`]);
  const cache = new BlockCache({
    total: 3,
    columns: ["name"],
    first,
    settleMs: 0,
    fetch: async (offset) => {
      fetched.push(offset);
      return first;
    },
    onError: () => {},
  });
  const counts: number[] = [];
  const follower = new Follower({
    cache,
    ask: async (ids, fits) => {
      asked.push([ids, fits]);
      return answer(ids, fits);
    },
    onFresh: (n) => counts.push(n),
    onChanged: () => {},
  });
  const name = (index: number) => cache.peek(index)?.values.name;
  return { cache, follower, asked, fetched, counts, name };
}
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms = 20) => vi.advanceTimersByTimeAsync(ms);

test("news that come together are fetched once, and only the rows that are here", async () => {
  const s = setUp((ids) => ({ rows: ids.map((id): WireRow => (id === 3 ? [3] : [id, "new"])), fits: [] }));
  s.follower.take(touched(1, 99), NONE);
  s.follower.take(touched(3), NONE);
  s.follower.take(touched(2), new Set([2]));
  await pass();
  expect(s.asked).toEqual([[[1, 3], []]]);
  expect([s.name(0), s.name(1), s.cache.peek(2)?.deleted]).toEqual(["new", "name2", true]);
});

test("an answer older than what this page wrote is asked for again, not shown", async () => {
  let n = 0;
  const s = setUp(() => {
    n += 1;
    // The person writes while the first question is on its way.
    if (n === 1) s.cache.pendAll([{ id: 1, field: "name", text: "mine" }]);
    return { rows: [[1, n === 1 ? "older" : "newest"]], fits: [] };
  });
  s.follower.take(touched(1), NONE);
  await pass();
  expect(s.name(0)).toBe("name1");
  expect(s.cache.pendingText(1, "name")).toBe("mine");
  s.cache.patch({ "1": { name: "mine" } });
  s.cache.settleAll([{ id: 1, field: "name" }]);
  await pass(200);
  expect(s.name(0)).toBe("newest");
});

test("new records are counted when they fit the view, and rows stay where they are", async () => {
  const s = setUp((_, fits) => ({ rows: [], fits: fits.filter((id) => id !== 11) }));
  s.follower.take(made(10), NONE);
  s.follower.take(made(11), NONE);
  s.follower.take(made(12), new Set([12]));
  await pass();
  expect(s.counts).toEqual([1]);
  // One that came a moment ago is changed, or goes again: the count follows.
  s.follower.take(touched(10), NONE);
  await pass();
  expect(s.asked.at(-1)?.[1]).toEqual([10, 11]);
  expect(s.cache.total).toBe(3);
});

test("of many the rows on screen are loaded anew", async () => {
  const s = setUp(() => ({ rows: [], fits: [] }));
  s.follower.take(many(300), NONE);
  await pass();
  expect([s.asked, s.fetched, s.counts]).toEqual([[], [0], [300]]);
});

test("without a line it asks again until there is one", async () => {
  let down = true;
  const s = setUp((ids) => {
    if (down) throw new Error("no line");
    return { rows: ids.map((id): WireRow => [id, "new"]), fits: [] };
  });
  s.follower.take(touched(1), NONE);
  await pass();
  down = false;
  await pass(2_500);
  expect(s.name(0)).toBe("new");
  s.follower.close();
});
