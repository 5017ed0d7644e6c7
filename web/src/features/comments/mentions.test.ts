import { expect, test } from "vitest";
import { meant, named, parts, suggested, typedName } from "./mentions";

const members = [
  { id: 1, name: "owner" },
  { id: 2, name: "李小波" },
  { id: 3, name: "李小" },
  { id: 4, name: "王芳" },
  { id: 5, name: "王芳" },
];

test.each([
  ["@", 1, { from: 0, typed: "" }],
  ["请 @李小", 5, { from: 2, typed: "李小" }],
  ["请看一下@wang", 9, { from: 4, typed: "wang" }],
  ["＠李", 2, { from: 0, typed: "李" }],
  ["@李小波 好", 6, null],
  ["写信到 a@b", 7, null],
  ["没有", 2, null],
  ["@李 @王", 2, { from: 0, typed: "李" }],
])("%s at %i", (text, caret, found) => {
  expect(typedName(text, caret)).toEqual(found);
});

test("those a name begins with come first", () => {
  expect(suggested(members, "小").map((m) => m.id)).toEqual([3, 2]);
  expect(suggested(members, "OWN").map((m) => m.id)).toEqual([1]);
  expect(suggested(members, "x")).toEqual([]);
});

test("a chosen name takes the place of what was typed", () => {
  expect(named("请 @李 看", 2, 4, "李小波")).toEqual(["请 @李小波 看", 7]);
  expect(named("＠", 0, 1, "王芳")).toEqual(["@王芳 ", 4]);
});

test("the longer name is meant, and a name nobody has is text", () => {
  expect(meant("@李小波 和 @李小 看，@赵六", members, new Set())).toEqual([2, 3]);
  expect(meant("李小波", members, new Set())).toEqual([]);
  expect(meant("@王芳", members, new Set())).toEqual([]);
  expect(meant("@王芳", members, new Set([5]))).toEqual([5]);
  expect(meant("@ow(ner", [{ id: 9, name: "ow(ner" }], new Set())).toEqual([9]);
});

test("a text is split at the names it mentions", () => {
  expect(parts("请 @王芳 看", ["王芳"])).toEqual([
    { text: "请 ", name: false },
    { text: "@王芳", name: true },
    { text: " 看", name: false },
  ]);
  expect(parts("@王芳", [])).toEqual([{ text: "@王芳", name: false }]);
});
