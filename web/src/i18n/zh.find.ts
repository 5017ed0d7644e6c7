/** Texts of the palette and of bulk acts. */
export const zhFind = {
  "palette.title": "搜索与命令",
  "palette.open": "在所有表中搜索",
  "palette.hint": "姓名、拼音、手机尾号、订单号、备注，或要做的事…",
  "palette.none": "没有找到“{{text}}”。",
  "palette.more": "在“{{table}}”里查看全部",
  "palette.lately": "最近打开",
  "palette.commands": "命令",
  "palette.toTable": "打开“{{table}}”",
  "command.newRecord": "新增记录",
  "command.dark": "深色外观",
  "command.light": "浅色外观",
  "command.language": "切换到英文",
};
