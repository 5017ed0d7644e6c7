/** The guide, the places that name its chapters, and the list of keys. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TABLE_COMMANDS } from "@/features/commands/commands";
import { KINDS } from "@/features/kinds/kinds";
import { commandOf, type Key } from "@/grid/keymap";
import { anchorOf as anchorMade, chaptersOf } from "../../../scripts/guide";
import { guideOf, htmlOf, searchGuide, textOf } from "./chapters";
import { printed } from "./printed";
import { SHEET_KEYS, shortcuts } from "./shortcuts";
import { anchorOf, TOPICS, type Topic } from "./topics";

const zh = await guideOf("zh-CN");
const en = await guideOf("en");
const SRC = join(import.meta.dirname, "../..");
const code = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((f) => f.endsWith(".tsx"))
  .map((f) => readFileSync(join(SRC, f), "utf8"))
  .join("\n");

test("both guides have the same chapters in the same order", () => {
  const shape = (chapters: typeof zh.chapters) =>
    chapters.map((c) => (c.under ? chapters.findIndex((a) => a.id === c.under) : -1));
  expect(shape(zh.chapters)).toEqual(shape(en.chapters));
  for (const { chapters } of [zh, en]) {
    const ids = chapters.map((c) => c.id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test.each(Object.keys(TOPICS) as Topic[])("topic %s is the same chapter of both guides", (topic) => {
  const at = zh.chapters.findIndex((c) => c.id === anchorOf(topic, "zh-CN"));
  expect(at, "Chinese").toBeGreaterThanOrEqual(0);
  expect(en.chapters[at]?.id).toBe(anchorOf(topic, "en"));
});

test("places name topics there are", () => {
  const named = [...code.matchAll(/data-help="(\w+)"/g), ...code.matchAll(/topic="(\w+)"/g)].map(
    (m) => m[1] ?? "",
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((topic) => !(topic in TOPICS))).toEqual([]);
  // The kinds of views are topics of their own.
  for (const kind of KINDS) expect(kind in TOPICS, kind).toBe(true);
});

test.each([
  ["zh", zh],
  ["en", en],
] as const)("links and pictures of the guide lead somewhere: %s", (_, { chapters, pictures }) => {
  const ids = chapters.map((c) => c.id);
  for (const chapter of chapters) {
    for (const [, to] of chapter.html.matchAll(/href="#([^"]+)"/g))
      expect(ids, chapter.title).toContain(decodeURIComponent(to ?? ""));
    expect(chapter.html).not.toMatch(/<script|href="(?!#)/);
    expect(htmlOf(chapter, pictures)).not.toContain("picture:");
  }
});

test("every picture that is shown is there, and none lies about unused", () => {
  const root = join(SRC, "../..");
  const shown = [
    "docs/guide/zh.md",
    "docs/guide/en.md",
    "docs/guide/screens.md",
    "README.md",
    "README.zh-CN.md",
  ].flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/img\/([\w-]+\.\w+)/g)].map(([, name]) => name ?? ""),
  );
  const there = readdirSync(join(root, "docs/guide/img"));
  expect([...new Set(shown)].sort()).toEqual(there.sort());
  const bytes = there.reduce((n, name) => n + statSync(join(root, "docs/guide/img", name)).size, 0);
  expect(bytes).toBeLessThan(5_000_000);
});

test("headings are named as the places that show Markdown name them", () => {
  expect(anchorMade("加字段、写公式、建自己的表")).toBe("加字段写公式建自己的表");
  expect(anchorMade("Masked phones (138****1234)")).toBe("masked-phones-1381234");
});

test("a guide becomes chapters without what is not served", () => {
  const { chapters, pictures } = chaptersOf(
    '# T\n\n[x](y.md)\n\n## A b\n\n![p](img/p.png) [off](../x.md) [on](#c)\n\n### C\n\n<img src="img/q.png" width="3">\n\n1 < 2',
  );
  expect(chapters.map((c) => [c.id, c.title, c.under])).toEqual([
    ["a-b", "A b", undefined],
    ["c", "C", "a-b"],
  ]);
  expect(pictures).toEqual(["img/p.png", "img/q.png"]);
  expect(chapters[0]?.html).toContain('<a href="#c">on</a>');
  expect(chapters[0]?.html).not.toContain("x.md");
  expect(htmlOf(chapters[1] as (typeof chapters)[0], ["/1", "/2"])).toContain('src="/2" width="3"');
  expect(textOf(chapters[1] as (typeof chapters)[0])).toBe("1 < 2");
});

test("a search finds every word, titles first, with what is around it", () => {
  const found = searchGuide(zh.chapters, "批注");
  expect(found[0]?.chapter.title).toBe("批注");
  expect(found.length).toBeGreaterThan(1);
  const [one] = searchGuide(en.chapters, "  MEDIAN days ");
  expect(one?.chapter.title).toBe("One customer");
  expect(one?.found.toLowerCase()).toBe("median");
  expect(one?.before.length).toBeLessThan(40);
  expect(searchGuide(en.chapters, "median zebra")).toEqual([]);
  expect(searchGuide(en.chapters, " ")).toEqual([]);
});

/** A key as the list writes it, as the browser tells it. */
function pressed(keys: string): Key {
  const parts = keys.split(/\+(?=.)/);
  const names: Record<string, string> = {
    "↑": "ArrowUp",
    "↓": "ArrowDown",
    "←": "ArrowLeft",
    "→": "ArrowRight",
    Space: " ",
    Esc: "Escape",
  };
  const last = parts.at(-1) ?? "";
  return {
    key: names[last] ?? (last.length === 1 ? last.toLowerCase() : last),
    ctrlKey: parts.includes("Ctrl"),
    metaKey: false,
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
  };
}

test.each(SHEET_KEYS.flatMap((line) => line.keys.map((key) => [key, line.does] as const)))(
  "%s does in the sheet what the list says",
  (key, does) => {
    const command = commandOf(pressed(key));
    if (does.length === 0) expect(command).toBeNull();
    else expect(does).toContain(command?.do);
  },
);

test("the list leaves out no command of the sheet", () => {
  const names = [
    "ArrowUp",
    "ArrowLeft",
    "Tab",
    "Enter",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "F2",
    "Escape",
    "Delete",
  ];
  const every = [...names, ..."abcdefghijklmnopqrstuvwxyz;:- ", "ArrowDown", "ArrowRight"].flatMap((key) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
      commandOf({ key, ctrlKey: n % 2 > 0, shiftKey: n % 4 > 1, altKey: n > 3, metaKey: false }),
    ),
  );
  const commands = new Set(every.flatMap((c) => (c ? [c.do] : [])));
  // Those the list of commands declares.
  const declared = TABLE_COMMANDS.flatMap((c) => commandOf(pressed(c.shortcut ?? "a"))?.do ?? []);
  const told = new Set([...SHEET_KEYS.flatMap((line) => line.does), ...declared]);
  expect([...commands].filter((c) => !told.has(c))).toEqual([]);
  expect([...told].filter((c) => !commands.has(c))).toEqual([]);
});

test("keys of commands are in the list, and every line has its words", () => {
  const lines = shortcuts().flatMap((part) => part.list);
  const keys = lines.flatMap((line) => line.keys);
  for (const key of ["F1", "Ctrl+K", "Ctrl+H", "Ctrl+Z", "Shift+F2"]) expect(keys).toContain(key);
  for (const { what } of lines) for (const text of [what].flat()) expect(text).not.toBe("");
});

test("the keys the guide tells are in the list", () => {
  const keys = new Set(shortcuts().flatMap((part) => part.list.flatMap((line) => line.keys)));
  const chapter = zh.chapters.find((c) => c.id === anchorOf("keyboard", "zh-CN"));
  const cells = [...(chapter?.html ?? "").matchAll(/<tr>\s*<td>(.*?)<\/td>/g)].map((m) => m[1] ?? "");
  const told = cells.flatMap(
    (cell) => cell.match(/(?:(?:Ctrl|Shift|Alt)\+)+(?:[A-Z-;↓]|F\d|Home|End|Enter)(?![\w])/g) ?? [],
  );
  expect(told.length).toBeGreaterThan(8);
  // The other key of the comment; the list names one.
  expect(told.filter((key) => !keys.has(key) && key !== "Ctrl+Alt+M")).toEqual([]);
});

test("keys are printed as the keyboard has them", () => {
  expect(printed("Ctrl+Shift+L", false)).toEqual(["Ctrl", "Shift", "L"]);
  expect(printed("Ctrl+-", true)).toEqual(["⌘", "-"]);
});
