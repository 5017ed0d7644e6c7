// A view as a kanban board: made, cards moved by mouse, keys and menu, taken back, kept, shown on a phone. Against
// the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { browser, openPage } from "../lib/browser.mjs";
import { call, faults, setUp, shot, steps } from "../lib/journey.mjs";
import { serve } from "../lib/server.mjs";

/** A column by the name of its option. */
const column = (page, name) => page.locator(`.board-column[aria-label^="${name}，"]`);
const card = (page, name) => page.locator(".board-card", { hasText: name });
const inColumn = (page, name, title) =>
  column(page, name).locator(".board-card", { hasText: title }).waitFor();
const counted = (page, name, n) => page.locator(`.board-column[aria-label="${name}，${n} 条"]`).waitFor();
const focused = (page) =>
  page.evaluate(() => document.activeElement?.querySelector(".board-title")?.textContent ?? null);

describe("board", { concurrency: 1 }, () => {
  const it = steps();
  let server;
  let b;
  let page;
  let table;
  let worth;
  before(async () => {
    server = await serve();
    b = await browser();
    page = await openPage(b, server.url);
    await setUp(page, server);
    table = (await call(page, "POST", "/tables", { label: "商机" })).key;
    const field = async (body) => (await call(page, "POST", `/tables/${table}/fields`, body)).field.key;
    const options = [
      ["初步接触", "slate"],
      ["已报价", "blue"],
      ["成交", "green"],
    ].map(([value, tone]) => ({ value, en: value, tone }));
    const stage = await field({ label: "阶段", kind: "choice", options });
    worth = await field({ label: "预计金额", kind: "money" });
    const when = await field({ label: "下次跟进", kind: "date" });
    const records = Array.from({ length: 180 }, (_, i) => ({
      name: { text: `商机${i + 1}号` },
      [stage]: {
        text: i < 130 ? "初步接触" : i < 160 ? "已报价" : i < 170 ? "成交" : "",
      },
      [worth]: { text: String(1000 + i) },
      [when]: { text: `2026-12-${String((i % 28) + 1).padStart(2, "0")}` },
    }));
    await call(page, "POST", `/tables/${table}/records`, { records });
    await page.goto(`${server.url}/t/${table}`);
    await page.locator(".count", { hasText: "180 条" }).waitFor();
  });
  after(async () => {
    await b?.close();
    await server?.stop();
    assert.deepEqual(page?.wrong ?? [], []);
  });

  it("is made from the list of views, with a column for each option and the blank", async () => {
    await page.locator(".view-button").click();
    await page.locator(".view-foot .menu-item", { hasText: "新建看板" }).click();
    await page.locator(".view-form input").first().fill("进展");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Enter");
    await counted(page, "初步接触", 130);
    await counted(page, "已报价", 30);
    await counted(page, "成交", 10);
    await counted(page, "未填", 10);
    await column(page, "成交").locator(".board-sum", { hasText: "¥1.2万" }).waitFor();
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await card(page, "商机1号").first().getByText("2026-12-01").waitFor();
    await shot(page, "board-1440-light");
    assert.deepEqual(await faults(page), []);
  });

  it("shows fifty cards at a time", async () => {
    const long = column(page, "初步接触");
    assert.equal(await long.locator("[data-card]").count(), 50);
    await long.locator(".board-cards").evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await page.waitForFunction(
      () => document.querySelectorAll('.board-column[data-column="0"] [data-card]').length > 50,
    );
    await long.locator(".board-cards").evaluate((list) => list.scrollTo(0, 0));
  });

  it("moves a card with the mouse, and back with undo", async () => {
    const box = await card(page, "商机2号").first().boundingBox();
    const to = await column(page, "成交").boundingBox();
    await page.mouse.move(box.x + 60, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(to.x + 80, to.y + 120, { steps: 8 });
    await page.locator(".board-ghost").waitFor();
    await page.locator(".board-column.over").waitFor();
    await shot(page, "drag-1440-light");
    await page.mouse.up();
    await inColumn(page, "成交", "商机2号");
    await counted(page, "成交", 11);
    await counted(page, "初步接触", 129);
    await page.locator(".toast", { hasText: "“商机2号”已移到“成交”" }).waitFor();
    assert.equal(await page.locator(".record-form, .ant-modal").count(), 0, "a drag opens nothing");
    await page.locator(".toast-action", { hasText: "撤销" }).click();
    await counted(page, "成交", 10);
    await inColumn(page, "初步接触", "商机2号");
  });

  it("walks and moves with the keys, the focus going along", async () => {
    await card(page, "商机1号").first().locator(".board-card-main").focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(page), "商机2号");
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(page), "商机132号");
    await page.keyboard.press("Control+ArrowRight");
    await inColumn(page, "成交", "商机132号");
    assert.equal(await focused(page), "商机132号");
    await counted(page, "成交", 11);
    await page.keyboard.press("Control+ArrowRight");
    await inColumn(page, "未填", "商机132号");
    await counted(page, "未填", 11);
    // Undone by the keys as in the sheet, one step each.
    await page.locator(".toast", { hasText: "未填" }).waitFor();
    await page.keyboard.press("Control+z");
    await counted(page, "成交", 11);
    await counted(page, "未填", 10);
    // The card that had the focus went with the undo; the next press is heard all the same.
    await page.keyboard.press("Control+z");
    await counted(page, "成交", 10);
    await page.keyboard.press("Control+y");
    await counted(page, "成交", 11);
  });

  it("opens a card with Enter", async () => {
    await card(page, "商机171号").first().locator(".board-card-main").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("shows what others change", async () => {
    const [id] = (
      await call(page, "POST", `/tables/${table}/records`, {
        records: [{ name: { text: "新来的" } }],
      })
    ).ids;
    assert.ok(id > 0);
    await counted(page, "未填", 11);
    await inColumn(page, "未填", "新来的");
  });

  it("changes its settings, which are the view's to save", async () => {
    await page.locator("[data-command=kind]").click();
    await page.locator(".board-settings .ant-select-clear").last().click({ force: true });
    await page.locator(".board-sum").first().waitFor({ state: "detached" });
    await shot(page, "settings-1440-light");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Escape");
    await page.locator(".view-changed .link", { hasText: /^保存$/ }).click();
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await page.reload();
    await counted(page, "已报价", 29);
    assert.equal(await page.locator(".board-sum").count(), 0);
    assert.equal(await page.locator(".view-dot").count(), 0);
  });

  it("is narrowed by a filter, and leaves the sheet as it was", async () => {
    await page.locator(".search input").first().fill("商机17");
    await counted(page, "未填", 9);
    await counted(page, "初步接触", 1);
    await page.locator(".search input").first().fill("");
    await counted(page, "已报价", 29);
    await page.locator(".view-button").click();
    await page.locator(".view-list .menu-item", { hasText: "全部商机" }).click();
    await page.locator("textarea.cell-input").waitFor({ state: "attached" });
    await page.goBack();
    await counted(page, "已报价", 29);
  });

  it("is dark, and a column at a time on a phone, where a menu moves cards", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await shot(page, "board-1440-dark");
    assert.deepEqual(await faults(page), []);
    const state = await page.context().storageState();
    const phone = await openPage(b, page.url(), {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
      storageState: state,
    });
    await counted(phone, "已报价", 29);
    await shot(phone, "board-390-light");
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `nothing sticks out (${wide})`);
    assert.deepEqual(await faults(phone), []);
    await card(phone, "商机1号").first().locator(".icon-button").tap();
    await phone.locator(".popup .menu-item", { hasText: "已报价" }).waitFor();
    await shot(phone, "move-390-light");
    await phone.locator(".popup .menu-item", { hasText: "已报价" }).tap();
    await counted(phone, "已报价", 30);
    await counted(page, "已报价", 30);
    await phone.emulateMedia({ colorScheme: "dark" });
    await shot(phone, "board-390-dark");
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });
});
