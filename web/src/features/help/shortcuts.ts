/** The keys, for people: those of commands from the list of commands, the sheet's beside what they mean to it. */
import { BOOK_COMMANDS, TABLE_COMMANDS } from "@/features/commands/commands";
import type { Command } from "@/grid/keymap";
import type { zh } from "@/i18n/zh";

/** One line of the list. */
export interface Shortcut {
  keys: string[];
  /** What it does: a text of the page, or [Chinese, English]. */
  what: keyof typeof zh | readonly [zh: string, en: string];
}
/** Keys of the sheet, with the commands its key map gives for them; none where the browser answers them. */
interface SheetKeys extends Shortcut {
  does: Command["do"][];
}

export const SHEET_KEYS: SheetKeys[] = [
  { keys: ["↑", "↓", "←", "→"], what: ["移动", "Move"], does: ["move"] },
  { keys: ["Tab", "Enter"], what: ["下一格；加 Shift 往回", "Next cell; with Shift back"], does: ["step"] },
  { keys: ["Ctrl+→"], what: ["到这一段的边上", "To the edge of what is filled"], does: ["move"] },
  { keys: ["Shift+→"], what: ["扩大选区", "Extend the selection"], does: ["move"] },
  { keys: ["Home", "End"], what: ["行首、行尾", "Start and end of the row"], does: ["rowStart", "rowEnd"] },
  {
    keys: ["Ctrl+Home", "Ctrl+End"],
    what: ["第一格、最后一格", "First and last cell"],
    does: ["first", "last"],
  },
  { keys: ["PageUp", "PageDown"], what: ["上一屏、下一屏", "A screen up or down"], does: ["page"] },
  { keys: ["Alt+PageUp", "Alt+PageDown"], what: ["左右翻一屏", "A screen left or right"], does: ["screen"] },
  { keys: ["F2"], what: ["修改原内容", "Edit what is there"], does: ["edit"] },
  { keys: ["Alt+↓"], what: ["打开选项列表", "Open the list of options"], does: ["list"] },
  { keys: ["Delete"], what: ["清空选中的格子", "Empty the selected cells"], does: ["clear"] },
  { keys: ["Esc"], what: ["放弃；收起选区", "Give up; one cell again"], does: ["escape"] },
  { keys: ["Ctrl+C", "Ctrl+X", "Ctrl+V"], what: ["复制、剪切、粘贴", "Copy, cut, paste"], does: [] },
  {
    keys: ["Ctrl+D", "Ctrl+R"],
    what: ["向下、向右填充", "Fill down, fill right"],
    does: ["fillDown", "fillRight"],
  },
  { keys: ["Ctrl+;"], what: ["今天的日期", "Today’s date"], does: ["today"] },
  { keys: ["Ctrl+Shift+;"], what: ["现在的时间", "The time now"], does: ["now"] },
  {
    keys: ["Ctrl+Space", "Shift+Space", "Ctrl+A"],
    what: ["选整列、整行、全部", "Select column, row, everything"],
    does: ["selectColumn", "selectRow", "selectAll"],
  },
  { keys: ["Ctrl+Shift+L"], what: ["这一列的菜单", "The column’s menu"], does: ["headerMenu"] },
  { keys: ["Ctrl+Enter"], what: ["打开这一行的客户", "Open the customer of the row"], does: ["open"] },
  {
    keys: ["Alt+Shift+←", "Alt+Shift+→"],
    what: ["收起、展开分组", "Collapse, expand a group"],
    does: ["closeGroup", "openGroup"],
  },
];

/** Keys of places other than the sheet. */
const PLACES: Shortcut[] = [
  { keys: ["Alt+Enter"], what: ["打字时：在一格里换行", "While typing: a line break inside the cell"] },
  { keys: ["Ctrl+F"], what: ["在这张表里搜索", "Search this table"] },
  { keys: ["Alt+↑", "Alt+↓"], what: ["客户：前一位、后一位", "Customer: previous, next"] },
  { keys: ["Ctrl+←", "Ctrl+→"], what: ["看板：移动卡片", "Board: move the card"] },
  { keys: ["PageUp", "PageDown"], what: ["日历：换月", "Calendar: another month"] },
  { keys: ["Ctrl+Enter"], what: ["表单、批注：提交", "Forms and comments: send"] },
];

const declared = (list: { shortcut?: string; label: keyof typeof zh }[]): Shortcut[] =>
  list.flatMap(({ shortcut, label }) => (shortcut === undefined ? [] : [{ keys: [shortcut], what: label }]));

/** All of them by where they hold. */
export const shortcuts = (): { title: readonly [zh: string, en: string]; list: Shortcut[] }[] => [
  { title: ["到处", "Everywhere"], list: declared(BOOK_COMMANDS) },
  { title: ["表格", "In the table"], list: [...declared(TABLE_COMMANDS), ...SHEET_KEYS] },
  { title: ["其他地方", "Elsewhere"], list: PLACES },
];
