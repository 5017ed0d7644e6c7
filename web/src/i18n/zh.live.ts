/** Texts of live updates and of who is here. */
export const zhLive = {
  "live.fresh": "有 {{n}} 条新记录",
  "live.refresh": "刷新",
  "live.lost": "连接断开，正在重连…",
  "live.lostHint": "连上后会自动补上这段时间的改动",
  "live.here": "也在线：{{names}}",
  "live.in": "{{name}}（在“{{table}}”）",
};
