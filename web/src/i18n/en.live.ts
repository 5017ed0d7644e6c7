/** Texts of live updates and of who is here. */
export const enLive = {
  "live.fresh": "New records: {{n}}",
  "live.refresh": "Refresh",
  "live.lost": "Connection lost, reconnecting…",
  "live.lostHint": "What changed meanwhile is caught up with by itself",
  "live.here": "Also here: {{names}}",
  "live.in": "{{name}} (in “{{table}}”)",
};
