/** Texts of the sheet's hands: filling, copying, pasting, arranging columns. */
export const zhSheet = {
  "grid.apart": "这几块区域行列对不上，不能一起复制。",
  "grid.nothingBeside": "左右相邻的列没有内容，不知道填到哪里。",
  "grid.mend": "按 F2 接着改。",
  "grid.selected": "选中 {{rows}} 行 × {{cols}} 列",
  "grid.selectedMore": "选中 {{n}} 块区域",
  "grow.title": "粘贴的内容比表格多 {{n}} 行",
  "grow.text": "要把多出的内容新增为 {{n}} 条记录吗？连同粘贴到现有行的内容，一步就能撤销。",
  "grow.add": "新增 {{n}} 条记录",
  "grow.only": "只贴到现有的行",
  "header.thenAsc": "再按此列升序",
  "header.thenDesc": "再按此列降序",
  "header.insert": "在左侧插入列…",
  "header.fit": "自动列宽",
  "status.selected": "选中 {{n}} 行",
  "files.camera": "拍照",
} as const;
