import { expect, test } from "vitest";
import { commandOf, isComposingKey, type Key } from "./keymap";

const key = (text: string): Key => {
  const parts = text.split("+");
  return {
    key: parts.at(-1) ?? "",
    ctrlKey: parts.includes("Ctrl"),
    metaKey: parts.includes("Cmd"),
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
  };
};

test.each([
  ["ArrowDown", { do: "move", dc: 0, dr: 1, edge: false, extend: false }],
  ["Shift+ArrowRight", { do: "move", dc: 1, dr: 0, edge: false, extend: true }],
  ["Ctrl+ArrowUp", { do: "move", dc: 0, dr: -1, edge: true, extend: false }],
  ["Ctrl+Shift+ArrowDown", { do: "move", dc: 0, dr: 1, edge: true, extend: true }],
  ["Tab", { do: "step", dc: 1, dr: 0 }],
  ["Shift+Tab", { do: "step", dc: -1, dr: 0 }],
  ["Enter", { do: "step", dc: 0, dr: 1 }],
  ["Shift+Enter", { do: "step", dc: 0, dr: -1 }],
  ["Home", { do: "rowStart", extend: false }],
  ["Ctrl+Home", { do: "first", extend: false }],
  ["Ctrl+End", { do: "last", extend: false }],
  ["PageDown", { do: "page", dir: 1, extend: false }],
  ["F2", { do: "edit" }],
  ["Shift+F2", { do: "comment" }],
  ["Ctrl+Alt+m", { do: "comment" }],
  ["Alt+ArrowDown", { do: "list" }],
  ["Alt+Shift+ArrowLeft", { do: "closeGroup" }],
  ["Alt+Shift+ArrowRight", { do: "openGroup" }],
  ["Escape", { do: "escape" }],
  ["Delete", { do: "clear" }],
  ["Ctrl+a", { do: "selectAll" }],
  ["Ctrl+ ", { do: "selectColumn" }],
  ["Shift+ ", { do: "selectRow" }],
  ["Ctrl+z", { do: "undo" }],
  ["Cmd+z", { do: "undo" }],
  ["Ctrl+Shift+Z", { do: "redo" }],
  ["Ctrl+y", { do: "redo" }],
  ["Ctrl+d", { do: "fillDown" }],
  ["Ctrl+r", { do: "fillRight" }],
  ["Ctrl+;", { do: "today" }],
  ["Ctrl+-", { do: "deleteRows" }],
  ["Ctrl+Shift+L", { do: "headerMenu" }],
  ["Ctrl+Enter", { do: "open" }],
])("%s", (text, command) => {
  expect(commandOf(key(text))).toEqual(command);
});

test.each(["a", "王", "1", " ", "Process", "Shift+A", "Ctrl+c", "Ctrl+v", "Ctrl+x"])(
  "%s is left to the field",
  (text) => {
    expect(commandOf(key(text))).toBeNull();
  },
);

test("keys of an input method", () => {
  expect(isComposingKey({ isComposing: true, keyCode: 13 })).toBe(true);
  expect(isComposingKey({ isComposing: false, keyCode: 229 })).toBe(true);
  expect(isComposingKey({ isComposing: false, keyCode: 13 })).toBe(false);
});
