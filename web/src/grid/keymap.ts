/** Excel's keys to what they mean. Pure, so that the map can be read and tested as a table. */

export type Command =
  | { do: "move"; dc: number; dr: number; edge: boolean; extend: boolean }
  | { do: "page" | "screen"; dir: 1 | -1; extend: boolean }
  | { do: "rowStart" | "rowEnd" | "first" | "last"; extend: boolean }
  | { do: "step"; dc: number; dr: number }
  | { do: "closeGroup" | "openGroup" }
  | { do: "edit" | "list" | "clear" | "selectAll" | "selectColumn" | "selectRow" | "escape" }
  | {
      do:
        | "fillDown"
        | "fillRight"
        | "undo"
        | "redo"
        | "today"
        | "now"
        | "deleteRows"
        | "headerMenu"
        | "open"
        | "comment";
    };

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const arrows: Record<string, [dc: number, dr: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const withCtrl: Record<string, Command> = {
  a: { do: "selectAll" },
  d: { do: "fillDown" },
  r: { do: "fillRight" },
  z: { do: "undo" },
  y: { do: "redo" },
  ";": { do: "today" },
  ":": { do: "now" },
  "-": { do: "deleteRows" },
  " ": { do: "selectColumn" },
};

/** The command of a key pressed on a selected cell, or null when the key is text for the cell. */
export function commandOf(e: Key): Command | null {
  const ctrl = e.ctrlKey || e.metaKey;
  const extend = e.shiftKey;
  const arrow = arrows[e.key];
  if (arrow) {
    // Excel's keys of an outline.
    if (e.altKey && e.shiftKey && arrow[0] !== 0) return { do: arrow[0] < 0 ? "closeGroup" : "openGroup" };
    if (e.altKey) return e.key === "ArrowDown" ? { do: "list" } : null;
    return { do: "move", dc: arrow[0], dr: arrow[1], edge: ctrl, extend };
  }
  switch (e.key) {
    case "Tab":
      return { do: "step", dc: e.shiftKey ? -1 : 1, dr: 0 };
    case "Enter":
      return ctrl ? { do: "open" } : { do: "step", dc: 0, dr: e.shiftKey ? -1 : 1 };
    case "Home":
      return { do: ctrl ? "first" : "rowStart", extend };
    case "End":
      return { do: ctrl ? "last" : "rowEnd", extend };
    case "PageUp":
      return { do: e.altKey ? "screen" : "page", dir: -1, extend };
    case "PageDown":
      return { do: e.altKey ? "screen" : "page", dir: 1, extend };
    case "F2":
      return { do: e.shiftKey ? "comment" : "edit" };
    case "Escape":
      return { do: "escape" };
    case "Delete":
    case "Backspace":
      return { do: "clear" };
  }
  if (ctrl && e.altKey && e.key.toLowerCase() === "m") return { do: "comment" };
  if (ctrl && !e.altKey) {
    const key = e.key.toLowerCase();
    if (e.shiftKey && key === "z") return { do: "redo" };
    if (e.shiftKey && key === "l") return { do: "headerMenu" };
    if (e.shiftKey && key === ";") return { do: "now" };
    if (e.shiftKey && key === " ") return { do: "selectAll" };
    return withCtrl[key] ?? null;
  }
  if (e.shiftKey && e.key === " ") return { do: "selectRow" };
  return null;
}

/** Keys of an open input method belong to it: they neither move nor commit. */
export const isComposingKey = (e: { isComposing: boolean; keyCode: number }): boolean =>
  e.isComposing || e.keyCode === 229;
