/** Texts of the tour, in both languages: only who takes it loads them. */
import { localTexts } from "@/i18n/local";

const zh = {
  title: "导览",
  of: "{n} / {total}",
  next: "下一步",
  back: "上一步",
  done: "开始用吧",
  close: "结束导览",
  edit: "点一格，直接打字",
  editMore:
    "和 Excel 一样：点上去打字，回车就存，也能整片粘贴。带 ƒ 的列自己会算——改一笔金额，分数和等级马上跟着变，还写着为什么。",
  header: "列名旁的小三角",
  headerMore: "按值筛选、排序、分组、隐藏，都在这里。比如只看“VIP客户”。",
  views: "存成视图，做成看板和日历",
  viewsMore: "筛好、排好的样子可以存下来随时切换，也能换成看板、日历、画廊或表单，同事能共用。",
  find: "找人，找单，找功能",
  findMore: "姓名、拼音首字母、手机尾号都认。要在所有表里找，或找一个功能，用这个键：",
  customer: "打开一位客户",
  customerMore: "电话、为什么是这个等级、所有往来都在一页。最下面写一句“明天下午电话”，跟进就安排好了。",
  undo: "放心改，都能撤销",
  undoMore:
    "一次粘贴、一次导入也是一步；关了网页再来也还能撤销。有不明白的，按 F1 看帮助，这个导览也在那里。",
  card: "点卡片看客户",
  cardMore: "点电话号码直接拨。打开以后，最下面写一句“明天下午电话”，跟进就安排好了，断网也能记。",
  search: "姓名、拼音、手机尾号",
  searchMore: "打两个字就找到。旁边的图层图标在所有表里找。",
  add: "新增一位",
  addMore: "没有网络时先存在手机上，连上后自动发送。",
  menu: "其他都在这里",
  menuMore: "模板、修改记录、回收站，还有帮助；帮助里可以再看一遍这个导览。",
} as const;
export type Word = keyof typeof zh;

const en: Record<Word, string> = {
  title: "Tour",
  of: "{n} / {total}",
  next: "Next",
  back: "Back",
  done: "Let’s begin",
  close: "End the tour",
  edit: "Click a cell and type",
  editMore:
    "As in Excel: type, press Enter, it is saved; paste whole ranges. Columns with ƒ compute themselves: change an amount and points and grade follow at once, and say why.",
  header: "The small triangle beside a name",
  headerMore: "Filter by value, sort, group, hide: all of it is here. Try looking at VIPs alone.",
  views: "Keep it as a view, a board, a calendar",
  viewsMore:
    "What you filtered and ordered can be kept and shared, and seen as a board, a calendar, a gallery or a form.",
  find: "Find people, orders, commands",
  findMore:
    "Names, pinyin initials, the end of a phone number. In every table at once, and commands too, with:",
  customer: "Open a customer",
  customerMore:
    "The number to call, why this grade, everything that happened. At the bottom write “call tomorrow afternoon” and it is planned.",
  undo: "Change things freely",
  undoMore:
    "A paste or an import is one step, and can be undone after a restart too. F1 opens help, and this tour is there again.",
  card: "Tap a card for the customer",
  cardMore:
    "Tap the number to call. At the bottom of the customer write “call tomorrow afternoon” and it is planned, without a network too.",
  search: "Names, pinyin, ends of numbers",
  searchMore: "Two letters are enough. The layers sign beside it looks in every table.",
  add: "A new customer",
  addMore: "Without a network it waits on the phone and is sent by itself.",
  menu: "Everything else is here",
  menuMore: "Templates, the change log, the recycle bin, and help, where this tour can be taken again.",
};
export const { useTexts } = localTexts<Word>(zh, en);
