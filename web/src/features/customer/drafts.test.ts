import { beforeEach, expect, test } from "vitest";
import { begun, draftOf, draftsStore, sent, writeDraft } from "./drafts";

const now = (customer: number) => draftOf(draftsStore.get(), customer);
beforeEach(() => draftsStore.set(new Map()));

test("a line is kept for its customer", () => {
  writeDraft(1, "明天电话", ["ahead"]);
  expect(now(1)).toEqual({ text: "明天电话", without: ["ahead"], busy: false });
  expect(now(2).text).toBe("");
});

test("an emptied line takes along what was taken away from it", () => {
  writeDraft(1, "明天电话", ["ahead"]);
  writeDraft(1, " ", ["ahead"]);
  expect(now(1).without).toEqual([]);
  writeDraft(1, "", []);
  expect(draftsStore.get().size).toBe(0);
});

test("what was sent goes, what was refused or written meanwhile stays", () => {
  writeDraft(1, "一", []);
  begun(1);
  expect(now(1).busy).toBe(true);
  sent(1, "一", false);
  expect(now(1)).toEqual({ text: "一", without: [], busy: false });
  begun(1);
  writeDraft(1, "一二", []);
  sent(1, "一", true);
  expect(now(1)).toEqual({ text: "一二", without: [], busy: false });
  begun(1);
  sent(1, "一二", true);
  expect(draftsStore.get().size).toBe(0);
});
