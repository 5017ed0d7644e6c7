// How smoothly a million rows scroll: frame times under wheel and drag, first rows, jump to the end.
// Software rendering on a shared machine: compare with the bar of 33 ms at p95 when nothing else runs.
import { browser, openPage } from "./lib/browser.mjs";
import { ready, waitActive } from "./lib/sheet.mjs";
import { start } from "./mock/server.mjs";

const mock = await start({ customers: 1_000_000, orders: 1000, ready: true, delay: 20 });
const b = await browser();
const begun = Date.now();
const page = await openPage(b, mock.url);
await ready(page);
await waitActive(page, "K000001");
const first = Date.now() - begun;
await page.mouse.move(700, 500);
await page.evaluate(() => {
  window.frames_ = [];
  let last = performance.now();
  const tick = (now) => {
    window.frames_.push(now - last);
    last = now;
    window.ticking_ = requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
});
for (let i = 0; i < 90; i++) {
  await page.mouse.wheel(0, i < 60 ? 400 : 40_000);
  await page.waitForTimeout(16);
}
const frames = await page.evaluate(() => {
  cancelAnimationFrame(window.ticking_);
  return window.frames_.slice(2).sort((x, y) => x - y);
});
const at = (q) => Math.round(frames[Math.floor(frames.length * q)] * 10) / 10;
const jumped = Date.now();
await page.keyboard.press("Control+End");
await page.keyboard.press("Home");
await waitActive(page, "K1000000");
console.log(
  JSON.stringify({
    first_rows_ms: first,
    frames: frames.length,
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    jump_to_last_ms: Date.now() - jumped,
    wrong: page.wrong,
  }),
);
await b.close();
process.exit(0);
