/** What a person can tell Kebu to do, declared once; bar, menus and palette are drawn from these lists. */
import type { useNavigate } from "@tanstack/react-router";
import { api } from "@/api";
import type { Table } from "@/api/types";
import type { Tab } from "@/features/bulk/bulk";
import { help } from "@/features/help/help";
import { forgetOpened } from "@/features/offline/opened";
import { fieldDialog, newRecord, tableDialog } from "@/features/table/tableState";
import type { zh } from "@/i18n/zh";
import { localeStore, modeStore, themeStore } from "@/lib/prefs";
import { createStore } from "@/lib/store";
import type { IconName } from "@/ui/Icon";
import { palette } from "./palette";

interface UserCommand<Context> {
  id: string;
  label: keyof typeof zh;
  icon: IconName;
  shortcut?: string;
  visible(c: Context): boolean;
  /** `at`: where it was asked for, for what opens beside it. */
  run(c: Context, at: DOMRect): Promise<void> | void;
}

/** The table in view. */
export interface TableContext {
  table: Table;
  selectedRows: number;
  undo(): Promise<void>;
  redo(): Promise<void>;
  deleteRows(): Promise<void>;
  exportAs(format: "xlsx" | "csv"): Promise<void>;
  pickColumns(at: DOMRect): void;
  colourRules(at: DOMRect): void;
  /** Opens the dialog for many records at once. */
  bulk(tab: Tab): void;
  /** The active cell is one of a record, and can be commented on. */
  commentable: boolean;
  /** Opens the comments of the active cell. */
  comment(): void;
}
export interface TableCommand extends UserCommand<TableContext> {
  /** On the bar with its words, on the bar as a sign, in the menu of exports, or in the palette alone. */
  place: "bar" | "sign" | "export" | "palette";
  /** In the menu of a cell as well. */
  inCell?: true;
}
/** The table in view, while there is one. */
export const tableContext = createStore<TableContext | null>(null);

const always = () => true;

export const TABLE_COMMANDS: TableCommand[] = [
  {
    id: "delete",
    label: "command.delete",
    icon: "trash",
    shortcut: "Ctrl+-",
    place: "bar",
    inCell: true,
    visible: (c) => c.selectedRows > 0,
    run: (c) => c.deleteRows(),
  },
  {
    id: "comment",
    label: "comment.title",
    icon: "talk",
    shortcut: "Shift+F2",
    place: "palette",
    inCell: true,
    visible: (c) => c.commentable,
    run: (c) => c.comment(),
  },
  {
    id: "undo",
    label: "command.undo",
    icon: "undo",
    shortcut: "Ctrl+Z",
    place: "sign",
    visible: always,
    run: (c) => c.undo(),
  },
  {
    id: "redo",
    label: "command.redo",
    icon: "redo",
    shortcut: "Ctrl+Y",
    place: "sign",
    visible: always,
    run: (c) => c.redo(),
  },
  {
    id: "bulk",
    label: "command.bulk",
    icon: "choices",
    place: "bar",
    visible: always,
    run: (c) => c.bulk("edit"),
  },
  {
    id: "replace",
    label: "command.replace",
    icon: "edit",
    shortcut: "Ctrl+H",
    place: "palette",
    visible: always,
    run: (c) => c.bulk("replace"),
  },
  {
    id: "delete-all",
    label: "command.deleteAll",
    icon: "trash",
    place: "palette",
    visible: always,
    run: (c) => c.bulk("delete"),
  },
  {
    id: "columns",
    label: "command.columns",
    icon: "columns",
    place: "bar",
    visible: always,
    run: (c, at) => c.pickColumns(at),
  },
  {
    id: "colours",
    label: "command.colours",
    icon: "drop",
    place: "bar",
    visible: always,
    run: (c, at) => c.colourRules(at),
  },
  {
    id: "xlsx",
    label: "command.xlsx",
    icon: "download",
    place: "export",
    visible: always,
    run: (c) => c.exportAs("xlsx"),
  },
  {
    id: "csv",
    label: "command.csv",
    icon: "file",
    place: "export",
    visible: always,
    run: (c) => c.exportAs("csv"),
  },
];

/** Where one is in the book. */
export interface BookContext {
  navigate: ReturnType<typeof useNavigate>;
  /** The table in view. */
  table: string | undefined;
}

/** Commands of the book, whatever is in view. */
export const BOOK_COMMANDS: UserCommand<BookContext>[] = [
  {
    id: "new-record",
    label: "command.newRecord",
    icon: "plus",
    visible: (c) => c.table !== undefined,
    run: (c) => newRecord.set(c.table ? { table: c.table } : null),
  },
  {
    id: "new-field",
    label: "field.add",
    icon: "columns",
    visible: (c) => c.table !== undefined,
    run: (c) => fieldDialog.set({ table: c.table ?? "customers" }),
  },
  {
    id: "new-table",
    label: "tables.new",
    icon: "plus",
    visible: always,
    run: () => tableDialog.set({}),
  },
  {
    id: "palette",
    label: "palette.open",
    icon: "layers",
    shortcut: "Ctrl+K",
    // It is open where commands are offered.
    visible: () => false,
    run: () => palette.set(""),
  },
  {
    id: "help",
    label: "help.open",
    icon: "help",
    shortcut: "F1",
    visible: always,
    run: () => help.set("here"),
  },
  { id: "keys", label: "help.keys", icon: "choices", visible: always, run: () => help.set("list") },
  go("import", "shell.import", "upload", "/import"),
  go("charts", "shell.charts", "chart", "/charts"),
  go("templates", "shell.templates", "spark", "/templates"),
  go("imports", "shell.importHistory", "history", "/imports"),
  go("changes", "shell.changes", "clock", "/changes"),
  go("trash", "shell.trash", "trash", "/trash"),
  {
    id: "dark",
    label: "command.dark",
    icon: "moon",
    visible: () => modeStore.get() === "light",
    run: () => themeStore.set("dark"),
  },
  {
    id: "light",
    label: "command.light",
    icon: "sun",
    visible: () => modeStore.get() === "dark",
    run: () => themeStore.set("light"),
  },
  {
    id: "language",
    label: "command.language",
    icon: "globe",
    visible: always,
    run: () => localeStore.set((l) => (l === "en" ? "zh-CN" : "en")),
  },
  { id: "logout", label: "shell.logout", icon: "out", visible: always, run: logOut },
];

type Place = "/templates" | "/import" | "/charts" | "/imports" | "/changes" | "/trash";
function go(id: string, label: keyof typeof zh, icon: IconName, to: Place): UserCommand<BookContext> {
  return { id, label, icon, visible: always, run: (c) => void c.navigate({ to }) };
}

export async function logOut(): Promise<void> {
  await api.logout();
  await forgetOpened();
  // Nothing of what was open stays in memory either.
  location.replace("/");
}

/** A command as the palette shows it, its context already given. */
export interface Offered {
  id: string;
  label: keyof typeof zh;
  icon: IconName;
  shortcut?: string;
  run(at: DOMRect): Promise<void> | void;
}

/** What can be done now. */
export function offered(book: BookContext): Offered[] {
  const table = tableContext.get();
  const with_ = <C>(list: UserCommand<C>[], context: C): Offered[] =>
    list.filter((c) => c.visible(context)).map((c) => ({ ...c, run: (at) => c.run(context, at) }));
  return [...(table ? with_(TABLE_COMMANDS, table) : []), ...with_(BOOK_COMMANDS, book)];
}
