import type { zhFind } from "./zh.find";

/** Texts of the palette and of bulk acts. */
export const enFind: Record<keyof typeof zhFind, string> = {
  "palette.title": "Search and commands",
  "palette.open": "Search all tables",
  "palette.hint": "Name, pinyin, end of a phone number, order number, note, or what to do…",
  "palette.none": "Nothing found for “{{text}}”.",
  "palette.more": "See all in “{{table}}”",
  "palette.lately": "Opened lately",
  "palette.commands": "Commands",
  "palette.toTable": "Open “{{table}}”",
  "command.newRecord": "New record",
  "command.dark": "Dark theme",
  "command.light": "Light theme",
  "command.language": "Switch to Chinese",
};
