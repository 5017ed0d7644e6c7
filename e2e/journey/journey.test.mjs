// A seller's first hour, in a real browser against the real binary: from an empty folder to a graded
// table, an edit, charts, an export, and the import taken back.
//   KEBU_BIN=../target/debug/kebu npm test
//   KEBU_MOCK=1 npm test        the same journey against the mock server (to work on the page alone)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import { browser, openPage } from "../lib/browser.mjs";
import { faults, steps } from "../lib/journey.mjs";
import { serve } from "../lib/server.mjs";
import { active, compose, ready, toColumn, waitActive } from "../lib/sheet.mjs";

const sheet = (name) => fileURLToPath(new URL(`../../fixtures/sheets/${name}`, import.meta.url));
const FILES = ["客户追踪表.xls", "客户等级表.csv"].map(sheet);
const LOGIN = "owner";
const PASSWORD = "ahuan-2026";

async function start() {
  if (process.env.KEBU_MOCK !== "1") return serve();
  const mock = await (await import("../mock/server.mjs")).start({});
  return {
    url: mock.url,
    code: mock.code,
    stop: () => {
      mock.server.close();
      mock.server.closeAllConnections();
    },
  };
}

const it = steps();

const count = async (page, table, which) =>
  Number(
    (await page.locator(`[data-table=${table}] [data-count=${which}]`).textContent()).replaceAll(",", ""),
  );

describe("journey", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  let imported = 0;
  before(async () => {
    server = await start();
    b = await browser();
    page = await openPage(b, server.url);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  });
  after(async () => {
    await b?.close();
    await server?.stop();
  });

  it("refuses a wrong set-up code and takes the right one", async () => {
    await page.locator("#code").fill("WRNG-0000");
    await page.locator("#login").fill(LOGIN);
    await page.locator("#password").fill(PASSWORD);
    await page.locator("#book").fill("阿欢的山货铺");
    await page.locator("button[type=submit]").click();
    await page.locator(".form-error, .ant-form-item-explain-error").first().waitFor();
    assert.deepEqual(await faults(page), []);
    await page.locator("#code").fill(server.code);
    await page.locator("button[type=submit]").click();
    await page.locator(".empty-book").waitFor();
    assert.deepEqual(await faults(page), []);
  });

  it("recognises sheets dropped on the empty book", async () => {
    await page.locator(".empty-book input[type=file]").setInputFiles(FILES);
    await page.locator(".map-table").waitFor({ timeout: 30_000 });
    assert.ok((await page.locator(".sheet-tab").count()) >= 2);
    assert.ok((await page.locator(".sure-sure svg").count()) > 0, "some columns are recognised");
    assert.deepEqual(await faults(page), []);
  });

  it("reads the columns again from another header row, at once", async () => {
    const header = page.getByLabel("表头在第几行");
    const first = page.locator(".map-table tbody th").first();
    const [row, said] = [await header.inputValue(), await first.textContent()];
    await header.fill("2");
    await header.press("Enter");
    await page.waitForFunction(
      (before) => document.querySelector(".map-table tbody th").textContent !== before,
      said,
    );
    await header.fill(row);
    await header.press("Tab");
    if (process.env.KEBU_MOCK === "1") return;
    await page.waitForFunction(
      (before) => document.querySelector(".map-table tbody th").textContent === before,
      said,
    );
  });

  it("checks without writing, then imports what it said", async () => {
    await page.locator(".page-foot .ant-btn-primary").click();
    await page.locator(".counts").waitFor({ timeout: 60_000 });
    const willCreate = await count(page, "customers", "created");
    assert.ok(willCreate > 0, "the check says what would be created");
    assert.deepEqual(await faults(page), []);
    await page.locator(".page-foot .ant-btn-primary").click();
    await page.locator(".done-mark").waitFor({ timeout: 60_000 });
    imported = await count(page, "customers", "created");
    assert.equal(imported, willCreate, "the import did what the check said");
    await page.locator(".page-foot .ant-btn-primary").click();
  });

  it("shows them graded", async () => {
    await ready(page);
    await waitActive(page, "第 1 行：K");
    assert.equal(Number((await page.locator(".count").textContent()).replace(/\D/g, "")), imported);
    await toColumn(page, "客户等级");
    assert.match(await active(page), /：(VIP客户|普通客户|潜在客户)$/);
    assert.deepEqual(await faults(page), []);
  });

  it("edits a cell, refuses nonsense, takes an edit back", async () => {
    await toColumn(page, "客户名称");
    const before = (await active(page)).split("：")[1];
    await page.keyboard.type("Test 小店");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "第 1 行：Test 小店");
    await page.keyboard.press("Control+z");
    await waitActive(page, `第 1 行：${before}`);
    await toColumn(page, "下次联系");
    await page.keyboard.type("someday");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.locator(".cell-problem").waitFor();
    await page.keyboard.type("2026/12/1");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "2026-12-01");
  });

  for (const style of ["windows", "mac"]) {
    it(`takes Chinese from an input method (${style} keys)`, async () => {
      await toColumn(page, "客户名称");
      await page.keyboard.press("ArrowDown");
      const row = /第 (\d+) 行/.exec(await active(page))[1];
      const ime = await compose(page, ["w", "wa", "wan", "wang"], `王${style}`, style);
      assert.equal(await page.locator("textarea.cell-input").inputValue(), "wang");
      await ime.enter();
      await ime.finish();
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowUp");
      await waitActive(page, `第 ${row} 行：王${style}`);
    });
  }

  it("sorts, filters and searches", async () => {
    await toColumn(page, "累计金额");
    await page.keyboard.press("Control+Shift+L");
    await page.getByRole("menuitem", { name: "降序" }).click();
    await page.locator(".chip", { hasText: "累计金额 ↓" }).waitFor();
    await ready(page);
    await toColumn(page, "客户等级");
    await page.keyboard.press("Control+Shift+L");
    await page.locator(".value-row").first().waitFor();
    const value = page.locator(".value-row").first();
    const hits = Number((await value.locator(".num").textContent()).replace(/\D/g, ""));
    await value.click();
    await page.locator(".popup .ant-btn-primary").click();
    await page.waitForFunction(
      (n) => Number(document.querySelector(".count").textContent.replace(/\D/g, "")) === n,
      hits,
    );
    await page.getByRole("button", { name: "全部清除" }).click();
    await page.getByRole("searchbox").fill("王windows");
    await page.waitForFunction(
      () => Number(document.querySelector(".count").textContent.replace(/\D/g, "")) === 1,
    );
    await page.getByRole("searchbox").fill("");
    await page.waitForFunction(
      (n) => Number(document.querySelector(".count").textContent.replace(/\D/g, "")) === n,
      imported,
    );
  });

  it("opens a customer: why this grade, orders, history, an edit in place", async () => {
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "客户名称");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Control+Enter");
    const panel = page.locator(".panel");
    await panel.locator("h2").waitFor();
    await panel.locator(".grade-button").click();
    assert.ok((await page.locator(".popup .reasons li").count()) >= 3);
    await page.keyboard.press("Escape");
    const first = await panel.locator("h2").textContent();
    await panel.getByRole("tab", { name: "资料" }).click();
    await panel.getByRole("button", { name: "修改备注" }).click();
    await panel.locator(".field-row textarea").fill("周末收货");
    await panel.locator("h2").click();
    await panel.locator(".field-value", { hasText: "周末收货" }).waitFor();
    await panel.getByRole("tab", { name: /变更/ }).click();
    await panel.locator(".history li", { hasText: "周末收货" }).first().waitFor();
    await panel.getByRole("tab", { name: /订单/ }).click();
    assert.deepEqual(await faults(page), []);
    await panel.getByRole("button", { name: "下一位" }).click();
    await page.waitForFunction((name) => document.querySelector(".panel h2").textContent !== name, first);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
  });

  it("exports the view as a workbook", async () => {
    const download = page.waitForEvent("download");
    await page.locator("[data-command=export]").click();
    await page.locator("[data-command=xlsx]").click();
    const file = await download;
    assert.match(file.suggestedFilename(), /\.xlsx$/);
    const head = readFileSync(await file.path())
      .subarray(0, 2)
      .toString();
    if (process.env.KEBU_MOCK !== "1") assert.equal(head, "PK", "a zip, as .xlsx files are");
  });

  it("draws charts, each with its table", async () => {
    await page.getByRole("link", { name: "统计" }).click();
    await page.locator(".plot svg").nth(2).waitFor();
    assert.equal(await page.locator(".chart-card details table").count(), 3);
    await page.waitForTimeout(500);
    assert.deepEqual(await faults(page), []);
  });

  it("speaks English and turns dark", async () => {
    await page.getByRole("button", { name: "账号与设置" }).click();
    await page.getByRole("radio", { name: "English" }).click();
    await page.getByRole("radio", { name: "Dark" }).click();
    await page.keyboard.press("Escape");
    await page.locator("h1", { hasText: "Charts" }).waitFor();
    await page.waitForTimeout(500);
    assert.deepEqual(await faults(page), []);
    await page.reload();
    await page.locator("h1", { hasText: "Charts" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.getByRole("button", { name: "Account and settings" }).click();
    await page.getByRole("radio", { name: "中文" }).click();
    await page.getByRole("radio", { name: "浅色" }).click();
    await page.keyboard.press("Escape");
  });

  it("works on a phone: cards, call, a full-screen customer", async () => {
    const phone = await openPage(b, server.url, {
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    });
    await phone.locator("#login").fill(LOGIN);
    await phone.locator("#password").fill(PASSWORD);
    await phone.locator("button[type=submit]").click();
    await phone.locator(".card").first().waitFor();
    assert.ok((await phone.locator(".card").count()) > 5);
    assert.match(await phone.locator(".card-call").first().getAttribute("href"), /^tel:\d+/);
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(wide, false, "nothing sticks out sideways");
    assert.deepEqual(await faults(phone), []);
    await phone.locator(".card-main").first().click();
    await phone.locator(".panel h2").waitFor();
    assert.equal(Math.round((await phone.locator(".panel").boundingBox()).width), 390);
    await phone.getByRole("button", { name: "关闭" }).click();
    await phone.locator(".panel").waitFor({ state: "detached" });
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });

  it("takes the whole import back", async () => {
    await page.getByRole("button", { name: "账号与设置" }).click();
    await page.getByRole("link", { name: "导入记录" }).click();
    await page.locator(".past-row").first().getByRole("button").click();
    await page.locator(".past-row.undone").first().waitFor();
    assert.deepEqual(page.wrong, [], "nothing went wrong in the page all along");
  });
});
