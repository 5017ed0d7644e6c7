/** Which chapter of the guide a place in the page belongs to; places name theirs in `data-help`. */
import type { Locale } from "@/api/types";

/** The anchors of chapters, [Chinese, English]. */
export const TOPICS = {
  start: ["启动", "start"],
  templates: ["模板", "templates"],
  import: ["导入", "import"],
  identities: ["导入两次会重复吗", "does-importing-twice-make-doubles"],
  table: ["客户表", "the-table"],
  finding: ["查找", "finding"],
  bulk: ["批量修改", "many-at-once"],
  keyboard: ["键盘", "keys"],
  comments: ["批注", "comments"],
  views: ["视图", "views"],
  groups: ["分组", "groups"],
  colours: ["颜色", "colours"],
  kanban: ["看板", "boards"],
  calendar: ["日历", "calendars"],
  gallery: ["画廊", "galleries"],
  form: ["表单", "forms"],
  saving: ["保存改动", "keeping-changes"],
  conditions: ["属于视图", "in-a-view"],
  links: ["实时链接", "live-links"],
  fields: ["加字段写公式建自己的表", "fields-formulas-and-tables-of-your-own"],
  formulas: ["公式", "formulas"],
  grades: ["怎样分级", "how-customers-are-graded"],
  customer: ["一位客户", "one-customer"],
  charts: ["统计", "charts"],
  undo: ["撤销", "undo"],
  phone: ["手机上", "on-a-phone"],
  api: ["给程序用api", "programs-the-api"],
} as const;
export type Topic = keyof typeof TOPICS;

const isTopic = (word: string | undefined): word is Topic => word !== undefined && word in TOPICS;

/** The anchor of a topic's chapter. */
export const anchorOf = (topic: Topic, locale: Locale): string => TOPICS[topic][locale === "en" ? 1 : 0];

/** What help is wanted for: where the keys go, or else what lies on top. */
export function topicHere(): Topic {
  const places = [...document.querySelectorAll<HTMLElement>("[data-help]")];
  const near = document.activeElement?.closest<HTMLElement>("[data-help]");
  const top = places.findLast((place) => place.getClientRects().length > 0);
  const word = (near ?? top)?.dataset.help;
  return isTopic(word) ? word : "table";
}
