// The pictures of the guide and of the READMEs, into docs/guide/img: the real program on demonstration data of
// a fixed day, so that taking them again changes only what the program changed.
//   make guide
import { mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { browser, openPage } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { ready, toColumn } from "./lib/sheet.mjs";

process.env.KEBU_AS_OF = "2026-11-21";
const OUT = fileURLToPath(new URL("../docs/guide/img/", import.meta.url));
const sheet = (name) => fileURLToPath(new URL(`../fixtures/sheets/${name}`, import.meta.url));
const FILES = ["客户追踪表.xls", "客户等级表.csv", "拼多多订单.csv"].map(sheet);
const MOST_BYTES = 250_000;
const OWNER = { login: "owner", password: "ahuan-2026", book: "阿欢的山货铺" };
mkdirSync(OUT, { recursive: true });

const kebu = await serve();
const b = await browser();

async function open(path, lang, options = {}) {
  const page = await openPage(b, "about:blank", { viewport: { width: 1280, height: 800 }, ...options });
  await page.addInitScript((locale) => localStorage.setItem("kebu.locale", JSON.stringify(locale)), lang);
  await page.goto(kebu.url + path);
  return page;
}

async function take(page, name) {
  await page.waitForTimeout(700);
  const path = `${OUT}${name}.png`;
  await page.screenshot({ path });
  const bytes = statSync(path).size;
  if (bytes > MOST_BYTES) throw new Error(`${name}.png is ${bytes} bytes, above ${MOST_BYTES}`);
  if (page.wrong.length > 0) throw new Error(`${name}: ${page.wrong[0]}`);
  console.log(`${String(Math.round(bytes / 1000)).padStart(4)} kB  ${name}.png`);
}

async function signIn(page) {
  await page.locator("#login").fill(OWNER.login);
  await page.locator("#password").fill(OWNER.password);
  await page.locator("button[type=submit]").click();
  await page.locator("#login").waitFor({ state: "detached" });
}

async function toColumns(page) {
  await page.goto(`${kebu.url}/import`);
  await page.locator("input[type=file]").setInputFiles(FILES);
  await page.locator(".map-table").waitFor({ timeout: 30_000 });
}

const first = await open("/", "zh-CN");
await first.locator("#code").waitFor();
await take(first, "start");
await first.locator("#code").fill(kebu.code);
for (const field of ["login", "password", "book"]) await first.locator(`#${field}`).fill(OWNER[field]);
await first.locator("button[type=submit]").click();
await first.locator(".empty-book").waitFor();
await toColumns(first);
await take(first, "columns");
await first.locator(".page-foot .ant-btn-primary").click();
await first.locator(".counts").waitFor({ timeout: 60_000 });
await take(first, "check");

// From here on the demonstration customers.
const api = first.context().request;
const { job } = await (
  await api.post(`${kebu.url}/api/v1/demo`, {
    data: { customers: 500, orders: 3000 },
    headers: { origin: kebu.url },
  })
).json();
for (let state = "running"; state !== "done"; ) {
  await first.waitForTimeout(200);
  state = (await (await api.get(`${kebu.url}/api/v1/jobs/${job}`)).json()).state;
  if (state === "failed") throw new Error("no demonstration data");
}

/** The table with the largest totals first, then the rest of the pictures of one language. */
async function tour(page, lang, ending) {
  const name = (what) => `${what}${ending}`;
  const zh = lang === "zh-CN";
  await page.goto(`${kebu.url}/`);
  await ready(page);
  await toColumn(page, zh ? "累计金额" : "Total");
  await page.keyboard.press("Control+Shift+L");
  await page.getByRole("menuitem", { name: zh ? "降序" : "Descending" }).click();
  await page.locator(".chip").waitFor();
  await ready(page);
  await page.keyboard.press("Control+Home");
  await take(page, name("table"));
  await toColumn(page, zh ? "客户等级" : "Grade");
  if (zh) {
    await page.keyboard.press("Control+Shift+L");
    await page.locator(".value-row").first().waitFor();
    await take(page, name("filter"));
    await page.keyboard.press("Escape");
    await ready(page);
  }
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+Enter");
  await page.locator(".panel h2").waitFor();
  await take(page, name("customer"));
  await page.goto(`${kebu.url}/charts`);
  await page.locator(".plot svg").nth(2).waitFor();
  await take(page, name("charts"));
}

await tour(first, "zh-CN", "");
const english = await open("/", "en");
await signIn(english);
await tour(english, "en", "-en");
await toColumns(english);
await take(english, "columns-en");

const phone = await open("/", "zh-CN", {
  viewport: { width: 390, height: 760 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
});
await signIn(phone);
await phone.locator(".card").first().waitFor();
await take(phone, "phone");

await b.close();
await kebu.stop();
