/** Texts of the help, in both languages: only who opens it loads them. */
import { localTexts } from "@/i18n/local";

export const zh = {
  title: "帮助",
  close: "关闭",
  guide: "用户手册",
  keys: "快捷键",
  search: "在手册里查找",
  contents: "目录",
  none: "手册里没有“{words}”。换个说法，或看看目录。",
  found: "找到 {n} 处",
  parts: "这一章",
  previous: "上一节",
  next: "下一节",
  failed: "手册没能打开，请重试。",
  tour: "看一遍导览",
  tourHint: "一分钟，认识几个最常用的地方",
} as const;
type Key = keyof typeof zh;

export const en: Record<Key, string> = {
  title: "Help",
  close: "Close",
  guide: "Guide",
  keys: "Keys",
  search: "Search the guide",
  contents: "Contents",
  none: "The guide says nothing of “{words}”. Try other words, or look at the contents.",
  found: "{n} found",
  parts: "In this chapter",
  previous: "Previous",
  next: "Next",
  failed: "The guide could not be opened. Try again.",
  tour: "Take the tour",
  tourHint: "A minute, the places used most",
};

export const { useTexts } = localTexts(zh, en);
