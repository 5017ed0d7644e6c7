// The pictures of the guide and of the READMEs, into docs/guide/img: the real program on demonstration data of
// a fixed day, so that taking them again changes only what the program changed.
//   make guide
import { fileURLToPath } from "node:url";
import { browser } from "./lib/browser.mjs";
import { camera, fill, NOON, OWNER, open, signIn } from "./lib/guide.mjs";
import { serve } from "./lib/server.mjs";
import { ready, toColumn } from "./lib/sheet.mjs";

process.env.KEBU_AS_OF = NOON.toISOString().slice(0, 10);
const sheet = (name) => fileURLToPath(new URL(`../fixtures/sheets/${name}`, import.meta.url));
const FILES = ["客户追踪表.xls", "客户等级表.csv", "拼多多订单.csv"].map(sheet);
const PHONE = {
  viewport: { width: 390, height: 760 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

const kebu = await serve();
const b = await browser();
const { take, done } = await camera(b);
const at = (path) => kebu.url + path;

/** The first page, before there is a book. */
async function start(zh) {
  const page = await open(b, at("/"), { zh });
  await page.locator("#code").waitFor();
  await take(page, zh ? "start" : "start-en");
  return page;
}

async function importing(page, name) {
  await page.goto(at("/import"));
  await page.locator("input[type=file]").setInputFiles(FILES);
  await page.locator(".map-table").waitFor({ timeout: 30_000 });
  await take(page, name("columns"));
  await page.locator(".page-foot .ant-btn-primary").click();
  await page.locator(".counts").waitFor({ timeout: 60_000 });
  await take(page, name("check"));
}

/** The table with the largest totals first. */
async function table(page, zh, name) {
  await page.goto(at("/t/customers"));
  await ready(page);
  await toColumn(page, zh ? "累计金额" : "Total");
  await page.keyboard.press("Control+Shift+L");
  await page.getByRole("menuitem", { name: zh ? "降序" : "Descending" }).click();
  await page.locator(".chip").waitFor();
  await ready(page);
  await page.keyboard.press("Control+Home");
  await take(page, name("table"));
}

async function filter(page, zh, name) {
  await toColumn(page, zh ? "客户等级" : "Grade");
  await page.keyboard.press("Control+Shift+L");
  await page.locator(".value-row").first().waitFor();
  await take(page, name("filter"));
  await page.keyboard.press("Escape");
}

async function person(page, name) {
  await page.goto(at("/c/1"));
  await page.locator(".person-columns .event:not([data-kind=made])").first().waitFor();
  await page.locator(".steps-place").waitFor();
  await take(page, name("customer"));
}

async function comments(page, zh, name) {
  await page.goto(at("/t/customers"));
  await ready(page);
  await toColumn(page, zh ? "手机" : "Mobile");
  await page.keyboard.press("Shift+F2");
  await page.locator(".balloon .thread").waitFor();
  await take(page, name("comments"));
}

/** The editor of the formula the grade is made with. */
async function formula(page, zh, name) {
  await page.goto(at("/t/customers"));
  await ready(page);
  await toColumn(page, zh ? "客户等级" : "Grade");
  await page.keyboard.press("Control+Shift+L");
  await page.locator(".header-menu .menu-item").last().waitFor();
  await page.getByRole("menuitem", { name: zh ? "字段设置…" : "Field settings…" }).click();
  await page.locator(".formula-preview").waitFor();
  await take(page, name("formula"));
}

async function kind(page, view, wait, name) {
  await page.goto(at(view));
  await page.locator(wait).first().waitFor();
  await take(page, name);
}

/** The form beside what people will see of it. */
async function form(page, view, zh, name) {
  await page.goto(at(view));
  await page.getByRole("tab", { name: zh ? "设计" : "Design" }).click();
  await page.locator(".form-preview .f-field").first().waitFor();
  await take(page, name);
}

/** Help, at what answers a search: chapters show pictures, which are being taken here. */
async function help(page, zh, name) {
  await page.goto(at("/t/customers"));
  await ready(page);
  await page.keyboard.press("F1");
  await page.locator(".help-search input").fill(zh ? "下次联系" : "next contact");
  await page.locator(".guide-answer").nth(2).waitFor();
  await take(page, name("help"));
}

async function plain(page, path, wait, name) {
  await page.goto(at(path));
  await page.locator(wait).nth(2).waitFor();
  await take(page, name);
}

async function onPhone(zh, dark, name) {
  const phone = await open(b, at("/"), { zh, dark, ...PHONE, serviceWorkers: "allow" });
  await signIn(phone);
  await phone.locator(".cards .card").first().waitFor();
  await take(phone, name("phone"));
  await phone.locator(".card-main").first().tap();
  await phone.locator(".panel .steps-place").waitFor();
  await phone.locator(".panel .event:not([data-kind=made])").first().waitFor();
  await take(phone, name("phone-customer"));
  if (dark) return phone.context().close();
  const note = phone.locator(".note-entry input");
  await note.fill(zh ? "明天下午电话 确认尺码" : "tomorrow at 3pm call about the size");
  await phone.locator(".note-chip").first().waitFor();
  await take(phone, name("phone-note"));
  await phone.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await phone.context().setOffline(true);
  await note.press("Enter");
  await phone.locator(".kept-notes li").first().waitFor();
  await phone.locator(".panel-bar .icon-button").last().tap();
  await phone.locator(".outbox-button").tap();
  await phone.locator(".outbox li").first().waitFor();
  await phone.locator(".toast").first().waitFor({ state: "detached" });
  await take(phone, name("phone-offline"));
  await phone.context().close();
}

/** Every screen in a language, in the light. */
async function light(page, zh, views) {
  const name = (what) => (zh ? what : `${what}-en`);
  await table(page, zh, name);
  await filter(page, zh, name);
  await person(page, name);
  await comments(page, zh, name);
  await formula(page, zh, name);
  await kind(page, views[name("board")], ".board-card", name("board"));
  await kind(page, views[name("calendar")], ".month .slip, .month [data-id]", name("calendar"));
  await kind(page, views[name("gallery")], ".tile img", name("gallery"));
  await form(page, views[name("form")], zh, name("form"));
  await plain(page, "/charts", ".plot svg", name("charts"));
  await plain(page, "/templates", ".tpl-item", name("templates"));
  await help(page, zh, name);
  await onPhone(zh, false, name);
}

/** A selection of them in the dark. */
async function dark(views) {
  const name = (what) => `${what}-dark`;
  const page = await open(b, at("/"), { zh: true, dark: true });
  await signIn(page);
  await table(page, true, name);
  await person(page, name);
  await formula(page, true, name);
  await kind(page, views.board, ".board-card", name("board"));
  await kind(page, views.calendar, ".month .slip, .month [data-id]", name("calendar"));
  await plain(page, "/charts", ".plot svg", name("charts"));
  await onPhone(true, true, name);
}

await (await start(false)).context().close();
const first = await start(true);
await first.locator("#code").fill(kebu.code);
await first.locator("#login").fill(OWNER.login);
await first.locator("#password").fill(OWNER.password);
await first.locator("#book").fill("阿欢的山货铺");
await first.locator("button[type=submit]").click();
await first.locator(".empty-book").waitFor();
await importing(first, (what) => what);
const views = await fill(b, first);
await light(first, true, views);
const english = await open(b, at("/"), { zh: false });
await signIn(english);
await light(english, false, views);
await importing(english, (what) => `${what}-en`);
await dark(views);
done();

await b.close();
await kebu.stop();
