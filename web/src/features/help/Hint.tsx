import { useTranslation } from "react-i18next";
import { localTexts } from "@/i18n/local";
import { IconButton } from "@/ui/IconButton";
import "@/ui/css/hint.css";
import { help } from "./help";
import type { Topic } from "./topics";

const zh = {
  formula: "公式算出的列不能直接打字；它用到的内容一改，这里马上重算。写法和 Excel 一样。",
  segment: "那个视图的筛选以后改了，这里跟着变。",
  identity: "手机、微信、邮箱或店铺账号有一样相同，就是同一位；只有名字相同不算。",
  mobile: "手机号相同就是同一位；没有手机的按新客户导入。",
  code: "客户编号相同就是同一位；适合编号一直没变过的表。",
  name: "名字相同就是同一位。重名的会被合到一起，请小心。",
  none: "每一行都新建一位，不和已有的客户合并。",
  rule: "“拒绝”不让存，“只提醒”存下来并标记。对已有的内容也会检查。",
} as const;
const en: Record<keyof typeof zh, string> = {
  formula:
    "A computed column is not typed into; when what it reads changes, it follows at once. Written as in Excel.",
  segment: "When the filter of that view changes, this follows.",
  identity: "The same mobile, WeChat id, e-mail or shop account is the same customer; a name alone is not.",
  mobile: "The same mobile is the same customer; rows without one come in as new.",
  code: "The same customer code is the same customer: for sheets whose codes never changed.",
  name: "The same name is the same customer. People who share a name become one, so take care.",
  none: "Every row becomes a new customer.",
  rule: "“Refuse” does not save, “Warn” saves and marks. What is there already is looked at too.",
};
const { useTexts } = localTexts(zh, en);

/** A line about what is not obvious, and the way to the chapter that tells all. */
export function Hint({ word, topic }: { word: keyof typeof zh; topic: Topic }) {
  const { t } = useTranslation();
  const text = useTexts();
  return (
    <p className="hint">
      {text(word)}{" "}
      <IconButton icon="help" className="hint-more" label={t("help.open")} onClick={() => help.set(topic)} />
    </p>
  );
}
