import { expect, test } from "vitest";
import { CommentMarks } from "@/features/comments/useCellComments";
import { MarkCache } from "./useMarks";

test("rows are asked about once, and anew after a change", async () => {
  const asked: number[][] = [];
  const marks = new MarkCache(async (ids) => {
    asked.push(ids);
    return ids
      .filter((id) => id % 2 === 0)
      .map((id) => ({ id, field: "mobile", level: "warn", message: `${id} is even` }));
  });
  let news = 0;
  marks.subscribe(() => news++);
  await Promise.all([marks.want([1, 2]), marks.want([2, 3])]);
  await marks.want([1, 2, 3]);
  expect(asked).toEqual([[1, 2], [3]]);
  expect(marks.get(2, "mobile")).toBe("2 is even");
  expect(marks.get(2, "name")).toBeUndefined();
  expect(marks.get(1, "mobile")).toBeUndefined();
  marks.forget([2]);
  expect(marks.get(2, "mobile")).toBeUndefined();
  await marks.want([2]);
  expect(asked.at(-1)).toEqual([2]);
  expect(news).toBe(3);
});

test("a failure leaves the rows to be asked about again", async () => {
  let calls = 0;
  const marks = new MarkCache(async () => {
    calls += 1;
    throw new Error("no line");
  });
  await marks.want([1]);
  await marks.want([1]);
  expect(calls).toBe(2);
});

test("comments of a row asked about anew stay until the answer, and the first column tells of the record's", async () => {
  const answers = [
    [
      { id: 1, field: "city", count: 2 },
      { id: 1, field: null, count: 1 },
    ],
    [],
  ];
  const marks = new CommentMarks(async () => answers.shift() ?? []);
  await marks.want([1]);
  expect(marks.has(1, "city", false)).toBe(true);
  expect(marks.has(1, "name", false)).toBe(false);
  expect(marks.has(1, "name", true)).toBe(true);
  const again = marks.want([1], true);
  expect(marks.has(1, "city", false)).toBe(true);
  await again;
  expect(marks.has(1, "city", false)).toBe(false);
});
