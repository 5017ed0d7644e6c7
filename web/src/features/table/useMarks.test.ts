import { expect, test } from "vitest";
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
