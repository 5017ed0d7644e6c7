// Pictures of the main screens into output/: 1440 and 390 px, light and dark, zh and en.
//   node shots.mjs            against the mock
//   URL=… LOGIN=… PASSWORD=… node shots.mjs   against a running server
import { mkdirSync } from "node:fs";
import { browser, openPage } from "./lib/browser.mjs";
import { start } from "./mock/server.mjs";

const OUT = new URL("./output/", import.meta.url).pathname;
mkdirSync(OUT, { recursive: true });
const only = process.argv.slice(2);
const b = await browser();
const mock = process.env.URL
  ? null
  : await start({ customers: 128_640, orders: 612_000, ready: true, samples: true });
const empty = process.env.URL ? null : await start({ ready: true });
const fresh = process.env.URL ? null : await start({});
const base = process.env.URL ?? mock.url;

const settle = (page, ms = 500) => page.waitForTimeout(ms);
const phoneSize = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

async function signIn(page) {
  if (!process.env.LOGIN) return;
  await page.locator("#login").fill(process.env.LOGIN);
  await page.locator("#password").fill(process.env.PASSWORD);
  await page.locator("button[type=submit]").click();
}

async function shoot(name, url, options, act) {
  if (only.length > 0 && !only.some((o) => name.includes(o))) return;
  const page = await openPage(b, "about:blank", options);
  await page.addInitScript(
    ([locale, theme]) => {
      localStorage.setItem("kebu.locale", JSON.stringify(locale));
      localStorage.setItem("kebu.theme", JSON.stringify(theme));
    },
    [options.lang ?? "zh-CN", options.colorScheme ?? "light"],
  );
  await page.goto(url);
  if (url.startsWith(base)) await signIn(page);
  await settle(page, 900);
  if (act) await act(page);
  await page.screenshot({ path: `${OUT}${name}.png` });
  if (page.wrong.length > 0) console.log(name, page.wrong.slice(0, 3));
  await page.context().close();
}

const openPanel = async (page) => {
  await page.goto(`${base}/t/customers?c=17`);
  await settle(page, 900);
};
const headerMenu = async (page) => {
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Control+Shift+L");
  await settle(page, 600);
};
const toMap = async (page) => {
  await page.setInputFiles(
    "input[type=file]",
    ["客户等级表.xlsx", "九月订单.xlsx", "微信好友.csv"].map((name) => ({
      name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from("姓名,手机,合作年限,备注\n王晓欢,13800138000,3,老客户\n李建国,13912345678,1,\n"),
    })),
  );
  await page.locator(".map-table").waitFor();
  await settle(page, 300);
};
const toCheck = async (page) => {
  await toMap(page);
  await page.locator(".sheet-tab").nth(1).click();
  await page.locator(".asked .ant-select").click();
  await page.locator(".ant-select-item-option").first().click();
  await page.locator(".page-foot .ant-btn-primary").click();
  await page.locator(".counts").waitFor();
  await settle(page, 300);
};
const toResult = async (page) => {
  await toCheck(page);
  await page.locator(".page-foot .ant-btn-primary").click();
  await page.locator(".done-mark").waitFor();
  await settle(page, 300);
};

const picker = async (page) => {
  await page.locator("[data-command=columns]").click();
  await settle(page, 500);
};
const adding = async (page) => {
  await page.locator(".topbar .ant-btn-primary").click();
  await settle(page, 700);
};
const editing = async (page) => {
  await page.locator("textarea.cell-input").focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.type("abc");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowUp");
  await page.locator(".cell-problem").waitFor();
  await settle(page, 200);
};
const listing = async (page) => {
  await page.locator("textarea.cell-input").focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Alt+ArrowDown");
  await settle(page, 300);
};
const selecting = async (page) => {
  await page.locator("textarea.cell-input").focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  for (let i = 0; i < 7; i++) await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowRight");
  await settle(page, 500);
};

const step = async (page, key, times) => {
  await page.locator("textarea.cell-input").focus();
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
};
const newField = async (page) => {
  await page.locator("[data-command=columns]").click();
  await page.locator(".picker-foot .link").first().click();
  await page.locator(".kind-picker").waitFor();
  await settle(page, 400);
};
const pickKind = async (page, name) => {
  await newField(page);
  await page.locator(".field-line input").first().fill("新字段");
  await page.locator(".kind", { hasText: name }).first().click();
  await settle(page, 300);
};
const formula = (text) => async (page) => {
  await pickKind(page, "公式");
  await page.locator(".formula-box textarea").fill("");
  await page.locator(".formula-box textarea").pressSequentially(text, { delay: 8 });
  await settle(page, 900);
};
const rollUp = async (page) => {
  await pickKind(page, "汇总");
  await page.locator(".gather .ant-btn").click();
  await settle(page, 900);
};
const options = async (page) => {
  await page.locator("textarea.cell-input").waitFor();
  await page.locator("[data-command=columns]").click();
  await page.locator(".column-picker input").first().fill("感兴趣");
  await page.locator(".column-row .icon-button").first().click();
  await page.locator(".options").waitFor();
  await settle(page, 400);
};
const rules = async (page) => {
  await page.locator("[data-command=columns]").click();
  await page.locator(".column-picker input").first().fill("手机");
  await page.locator(".column-row .icon-button").first().click();
  await page.locator(".rules").waitFor();
  await page.locator(".rules > .ant-btn").click();
  await settle(page, 400);
};
const converting = async (page) => {
  await page.locator("[data-command=columns]").click();
  await page.locator(".column-picker input").first().fill("网址");
  await page.locator(".column-row .icon-button").first().click();
  await page.locator(".kind-now").click();
  await page.locator(".kind", { hasText: "金额" }).click();
  await page.locator(".convert").waitFor();
  await settle(page, 400);
};
const inCell = (times, type) => async (page) => {
  await step(page, "ArrowRight", times);
  await page.keyboard.press("F2");
  if (type) await page.keyboard.type(type);
  await settle(page, 500);
};
const doubted = async (page) => {
  await step(page, "ArrowRight", 3);
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
  await settle(page, 600);
};

for (const theme of ["light", "dark"]) {
  const o = { colorScheme: theme };
  if (!mock) continue;
  const own = `${base}/t/t1`;
  const small = { ...o, ...phoneSize };
  await shoot(`fields-own-1440-${theme}`, own, o);
  await shoot(`fields-new-1440-${theme}`, own, o, newField);
  await shoot(`fields-formula-1440-${theme}`, `${base}/`, o, formula('IF([@累计金额]>=10000,"大客户","'));
  await shoot(`fields-fault-1440-${theme}`, `${base}/`, o, formula("[@累积金额]*2 "));
  await shoot(`fields-rollup-1440-${theme}`, `${base}/`, o, rollUp);
  await shoot(`fields-choices-1440-${theme}`, own, o, inCell(4, "新"));
  await shoot(`fields-doubt-1440-${theme}`, `${base}/`, o, doubted);
  await shoot(`fields-convert-1440-${theme}`, own, o, converting);
  await shoot(`fields-own-390-${theme}`, own, small);
}
if (mock) {
  const own = `${base}/t/t1`;
  const small = { ...phoneSize };
  await shoot("fields-complete-1440-light", `${base}/`, {}, formula("SUMI"));
  await shoot("fields-options-1440-light", own, {}, options);
  await shoot("fields-rules-1440-light", `${base}/`, {}, rules);
  await shoot("fields-address-1440-light", own, {}, inCell(6));
  await shoot("fields-rating-1440-light", own, {}, inCell(2));
  await shoot("fields-calendar-1440-light", `${base}/`, {}, inCell(14));
  await shoot("fields-add-1440-light", own, {}, adding);
  await shoot("fields-columns-1440-light", own, {}, picker);
  await shoot("fields-table-1440-light", own, {}, async (page) => {
    await page.locator(".tab-set .icon-button").click();
    await settle(page, 400);
  });
  await shoot("fields-files-1440-light", own, {}, async (page) => {
    await step(page, "ArrowRight", 8);
    await page.keyboard.press("F2");
    await settle(page, 500);
  });
  await shoot("fields-formula-1440-en", `${base}/`, { lang: "en", locale: "en-US" }, async (page) => {
    await page.locator("[data-command=columns]").click();
    await page.locator(".picker-foot .link").first().click();
    await settle(page, 600);
  });
  await shoot("fields-more-390-light", own, small, async (page) => {
    await page.locator(".bottom-nav > button").click();
    await settle(page, 300);
  });
  await shoot("fields-add-390-light", own, small, async (page) => {
    await page.locator(".seal-button").click();
    await settle(page, 600);
  });
}
for (const theme of ["light", "dark"]) {
  const o = { colorScheme: theme };
  await shoot(`table-1440-${theme}-zh`, `${base}/`, o);
  await shoot(`panel-1440-${theme}-zh`, `${base}/`, o, openPanel);
  await shoot(`menu-1440-${theme}-zh`, `${base}/`, o, headerMenu);
  await shoot(`charts-1440-${theme}-zh`, `${base}/charts`, o);
  await shoot(`table-390-${theme}-zh`, `${base}/`, { ...o, ...phoneSize });
  await shoot(`panel-390-${theme}-zh`, `${base}/`, { ...o, ...phoneSize }, openPanel);
  await shoot(`charts-390-${theme}-zh`, `${base}/charts`, { ...o, ...phoneSize });
  if (mock) {
    await shoot(`map-1440-${theme}-zh`, `${mock.url}/import`, o, toMap);
    await shoot(`check-1440-${theme}-zh`, `${mock.url}/import`, o, toCheck);
    await shoot(`empty-1440-${theme}-zh`, `${empty.url}/`, o);
    await shoot(`setup-1440-${theme}-zh`, `${fresh.url}/`, o);
    await shoot(`empty-390-${theme}-zh`, `${empty.url}/`, { ...o, ...phoneSize });
    await shoot(`setup-390-${theme}-zh`, `${fresh.url}/`, { ...o, ...phoneSize });
    await shoot(`map-390-${theme}-zh`, `${mock.url}/import`, { ...o, ...phoneSize }, toMap);
  }
}
const en = { lang: "en", locale: "en-US" };
await shoot("table-1440-light-en", `${base}/`, en);
await shoot("orders-1440-light-zh", `${base}/t/orders`, {});
await shoot("panel-1440-light-en", `${base}/`, en, openPanel);
await shoot("picker-1440-light-zh", `${base}/`, {}, picker);
await shoot("adding-1440-light-zh", `${base}/`, {}, adding);
await shoot("refused-1440-light-zh", `${base}/`, {}, editing);
await shoot("list-1440-light-zh", `${base}/`, {}, listing);
await shoot("select-1440-dark-zh", `${base}/`, { colorScheme: "dark" }, selecting);
await shoot("table-390-light-en", `${base}/`, { ...en, ...phoneSize });
if (mock) await shoot("result-1440-light-zh", `${empty.url}/import`, {}, toResult);
if (mock) await shoot("check-1440-light-en", `${mock.url}/import`, en, toCheck);
await b.close();
for (const m of [mock, empty, fresh]) m?.server.close();
process.exit(0);
