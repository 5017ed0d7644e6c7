import { expect, test, vi } from "vitest";
import type { Field, FieldKind } from "@/api/types";
import type { Row } from "@/grid/types";
import {
  BoardColumns,
  boardKind,
  type ColumnKey,
  columnFilter,
  columnKeys,
  neighbour,
  PAGE,
  type Source,
} from "./board";

const field = (key: string, kind: FieldKind = "text"): Field => ({
  key,
  label: { zh: key, en: key },
  kind,
  group: "basic",
  shown: true,
  builtin: false,
});
const stage: Field = {
  ...field("stage", "choice"),
  options: ["谈", "成"].map((value) => ({ value, en: value, tone: "grey" })),
};
const record = (id: number, key: ColumnKey): Row => ({
  id,
  values: { name: `n${id}`, stage: key, worth: id * 100 },
  deleted: false,
});

/** A server with so many records in each column. */
function served(counts: Record<string, number>) {
  const all: Row[] = [];
  for (const key of ["谈", "成", null])
    for (let i = 0; i < (counts[key ?? ""] ?? 0); i++) all.push(record(all.length + 1, key));
  const of = (view: string) => all.filter((r) => `v${r.values.stage ?? ""}` === view);
  const source = {
    open: vi.fn(async (key: ColumnKey) => {
      const rows = of(`v${key ?? ""}`);
      const sum = rows.reduce((n, r) => n + Number(r.values.worth), 0);
      return { view: `v${key ?? ""}`, total: rows.length, sum, rows: rows.slice(0, 100) };
    }),
    page: vi.fn(async (view: string, offset: number, limit: number) =>
      of(view).slice(offset, offset + limit),
    ),
    row: vi.fn(async (_: string, id: number) => all.find((r) => r.id === id)),
    onError: vi.fn(),
  } satisfies Source;
  return { source, all };
}
const made = (source: Source) => new BoardColumns(columnKeys(stage), { by: "stage", sum: "worth" }, source);
const ids = (columns: BoardColumns, key: ColumnKey) => columns.column(key)?.rows.map((r) => r.id);
const column = (columns: BoardColumns, key: ColumnKey) => {
  const found = columns.column(key);
  if (!found) throw new Error("no such column");
  return found;
};

test("the columns are the options in their order, then the blank, each narrowing the view", () => {
  expect(columnKeys(stage)).toEqual(["谈", "成", null]);
  const own = { field: "stage", op: "eq", values: ["谈"] };
  const base = { field: "name", op: "contains" as const, values: ["王"] };
  expect(columnFilter(undefined, "stage", "谈")).toEqual(own);
  expect(columnFilter(base, "stage", null)).toEqual({
    all: [base, { field: "stage", op: "blank", values: [] }],
  });
});

test("a board says no more than it must", () => {
  expect(JSON.stringify(boardKind({ by: "stage", cards: [], sum: undefined }))).toBe(
    '{"kanban":{"by":"stage"}}',
  );
  expect(boardKind({ by: "stage", cards: ["1", "2", "3", "4", "5"] })).toEqual({
    kanban: { by: "stage", cards: ["1", "2", "3", "4"] },
  });
});

test("a column loads as it is read", async () => {
  const { source } = served({ 谈: 240 });
  const columns = made(source);
  await columns.reload();
  const long = column(columns, "谈");
  expect([long.total, long.rows.length, long.wanted]).toEqual([240, 100, PAGE]);
  await columns.more(long);
  expect(source.page).not.toHaveBeenCalled();
  await columns.more(long);
  expect(source.page).toHaveBeenLastCalledWith("v谈", 100, PAGE);
  expect([long.rows.length, long.wanted]).toEqual([150, 150]);
  await columns.reload();
  expect(long.rows.length).toBe(150);
});

test("a card moves at once, with count and sum, and none is skipped or shown twice afterwards", async () => {
  const { source, all } = served({ 谈: 101, 成: 120 });
  const columns = made(source);
  await columns.reload();
  const [from, to] = [column(columns, "谈"), column(columns, "成")];
  const sums = [from.sum, to.sum];
  let answer = () => {};
  const saved = new Promise<void>((done) => {
    answer = done;
  });
  const moved = columns.move(3, to, () => saved);
  expect([from.total, to.total, to.rows[0]?.id]).toEqual([100, 121, 3]);
  expect([from.sum, to.sum]).toEqual([(sums[0] ?? 0) - 300, (sums[1] ?? 0) + 300]);
  // Asked for in the meantime: shown when the answer is there.
  await columns.reload();
  expect(ids(columns, "谈")).not.toContain(3);
  Object.assign(all[2]?.values ?? {}, { stage: "成" });
  answer();
  await moved;
  await vi.waitFor(() => expect(source.open).toHaveBeenCalledTimes(6));
  await vi.waitFor(() => expect(ids(columns, "成")?.[0]).toBe(3));

  to.wanted = 100;
  await columns.move(1, to, async () => {});
  await columns.more(to);
  expect(new Set(ids(columns, "成")).size).toBe(to.rows.length);
  expect(source.page).toHaveBeenLastCalledWith("v成", 100, PAGE);
  expect(to.rows.length).toBe(to.total);
});

test("a refused move goes back to its place", async () => {
  const { source } = served({ 谈: 3 });
  const columns = made(source);
  await columns.reload();
  const refused = columns.move(2, column(columns, "成"), async () => {
    throw new Error("no");
  });
  expect(ids(columns, "成")).toEqual([2]);
  await expect(refused).rejects.toThrow("no");
  expect(ids(columns, "谈")).toEqual([1, 2, 3]);
  expect(column(columns, "谈").sum).toBe(600);
  expect(columns.columns.map((c) => c.total)).toEqual([3, 0, 0]);
});

test("an older answer is not put over a newer one", async () => {
  const { source } = served({ 谈: 3 });
  const columns = made(source);
  let slow = () => {};
  source.open.mockImplementationOnce(async () => {
    await new Promise<void>((done) => {
      slow = done;
    });
    return { view: "old", total: 9, sum: 0, rows: [] };
  });
  const first = columns.reload();
  await columns.reload();
  slow();
  await first;
  expect(column(columns, "谈")).toMatchObject({ view: "v谈", total: 3 });
});

test("arrows walk along a column and over empty ones", async () => {
  const { source } = served({ 谈: 3, "": 2 });
  const columns = made(source);
  await columns.reload();
  const go = (id: number, key: string) => neighbour(columns.columns, id, key);
  expect([go(1, "ArrowDown"), go(1, "ArrowUp"), go(1, "End"), go(3, "Home")]).toEqual([2, undefined, 3, 1]);
  expect([go(3, "ArrowRight"), go(4, "ArrowLeft"), go(1, "ArrowLeft")]).toEqual([5, 1, undefined]);
});
