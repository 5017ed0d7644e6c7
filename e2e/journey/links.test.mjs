// Records of two tables of one's own linked to each other, several at a time: made by keyboard, seen and edited
// from the other side, taken back, gathered by a formula, and the same on a phone. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { dialog, newField, saved } from "../lib/fields.mjs";
import { closed, opened, steps } from "../lib/journey.mjs";
import { ready, toColumn, waitActive } from "../lib/sheet.mjs";

const it = steps();

async function newTable(page, name, records) {
  await page.locator(".tab-add").click();
  await page.locator(".ant-modal input").fill(name);
  await page.locator(".ant-modal .ant-btn-primary").click();
  await page.locator(".table-empty").waitFor();
  for (const record of records) {
    await page.locator(".topbar .ant-btn-primary").click();
    await page.locator(".new-form input").first().fill(record);
    await page.locator(".ant-modal .ant-btn-primary").click();
    await page.locator(".new-form").waitFor({ state: "detached" });
  }
  await waitActive(page, /第 1 行/);
}

const toTable = async (page, name) => {
  await page.locator(".tabs .tab", { hasText: name }).click();
  await waitActive(page, /第 1 行/);
};

/** The active cell at a row (from 1) of a column. */
async function toCell(page, column, row) {
  await ready(page);
  await page.keyboard.press("Control+Home");
  await toColumn(page, column);
  for (let i = 1; i < row; i++) await page.keyboard.press("ArrowDown");
  await waitActive(page, `${column}，第 ${row} 行`);
}

/** Takes records into the opened list, each found by what is typed. */
async function take(page, names) {
  for (const name of names) {
    await page.keyboard.type(name);
    await page.locator(".cell-option.active", { hasText: name }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".cell-chosen .badge", { hasText: name }).waitFor();
  }
}

describe("links", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  const signIn = async (at) => {
    await at.locator("#login").fill("owner");
    await at.locator("#password").fill("ahuan-2026");
    await at.locator("button[type=submit]").click();
  };
  before(async () => {
    ({ server, b, page } = await opened());
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("makes a link to several records, which the other table shows too", async () => {
    await newTable(page, "活动", ["茶会", "年会"]);
    await newTable(page, "嘉宾", ["王一", "李二", "张三"]);
    await toTable(page, "活动");
    await newField(page, "名单", "关联多条");
    await dialog(page).locator(".ant-select").first().click();
    await page.locator(".ant-select-item-option", { hasText: "嘉宾" }).click();
    const side = dialog(page).getByLabel("在“嘉宾”里的名称");
    await side.waitFor();
    assert.equal(await side.inputValue(), "活动");
    await saved(page);
  });

  it("takes two by keyboard", async () => {
    await toCell(page, "名单", 1);
    await page.keyboard.press("F2");
    await take(page, ["王一", "李二"]);
    await page.keyboard.press("Enter");
    await waitActive(page, "名单，第 2 行");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "名单，第 1 行：王一、李二");
  });

  it("leaves a cell as it was on Escape, and drops the last on Backspace", async () => {
    await page.keyboard.press("F2");
    await take(page, ["张三"]);
    await page.keyboard.press("Escape");
    await waitActive(page, "名单，第 1 行：王一、李二");
    await page.keyboard.press("F2");
    await take(page, ["张三"]);
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.locator(".cell-chosen .badge", { hasText: "李二" }).waitFor({ state: "detached" });
    await take(page, ["李二"]);
    await page.keyboard.press("Enter");
    await toCell(page, "名单", 1);
    await waitActive(page, "名单，第 1 行：王一、李二");
  });

  it("sees them from the other side, and adds one from there", async () => {
    await toTable(page, "嘉宾");
    await toCell(page, "活动", 1);
    await waitActive(page, "活动，第 1 行：茶会");
    await toCell(page, "活动", 3);
    await page.keyboard.press("F2");
    await take(page, ["年会"]);
    await page.keyboard.press("Enter");
    await toCell(page, "活动", 3);
    await waitActive(page, "活动，第 3 行：年会");
    await toTable(page, "活动");
    await toCell(page, "名单", 2);
    await waitActive(page, "名单，第 2 行：张三");
  });

  it("takes that back, and does it again", async () => {
    await page.keyboard.press("Control+z");
    await waitActive(page, /^名单，第 2 行：(?!张三)/);
    await toTable(page, "嘉宾");
    await toCell(page, "活动", 3);
    await waitActive(page, /^活动，第 3 行：(?!年会)/);
    await page.keyboard.press("Control+y");
    await waitActive(page, "活动，第 3 行：年会");
  });

  it("reads names that are pasted, and says which is nobody's", async () => {
    await toTable(page, "活动");
    await toCell(page, "名单", 2);
    await page.keyboard.type("李二，没有这人");
    await page.locator(".cell-option").waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await toCell(page, "名单", 2);
    await page.locator(".cell-problem", { hasText: "没有这人" }).waitFor();
    await page.keyboard.press("Escape");
    await waitActive(page, "名单，第 2 行：张三");
  });

  it("counts them by a form that writes the formula", async () => {
    await newField(page, "人数", "汇总");
    await dialog(page).locator(".formula-preview td", { hasText: "2" }).first().waitFor();
    assert.equal(
      await dialog(page).locator(".formula-main textarea").inputValue(),
      "COUNTIFS(嘉宾[编号],[@名单])",
    );
    await saved(page);
    await toCell(page, "人数", 1);
    await waitActive(page, "人数，第 1 行：2");
  });

  it("does the same on a phone", async () => {
    const phone = await openPage(b, `${server.url}/t/t1`, {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    await signIn(phone);
    await phone.locator(".card-main", { hasText: "年会" }).click();
    const form = phone.locator(".new-form");
    await form.locator(".link-tag", { hasText: "张三" }).waitFor();
    const input = form.locator(".new-field", { hasText: "名单" }).locator("input");
    await input.focus();
    await input.pressSequentially("王一");
    await phone.locator(".link-option", { hasText: "王一" }).waitFor();
    await phone.keyboard.press("Enter");
    await form.locator(".link-tag", { hasText: "王一" }).waitFor();
    await phone.locator(".ant-modal .ant-btn-primary").click();
    await form.waitFor({ state: "detached" });
    await phone.locator(".card-main", { hasText: "年会" }).click();
    await form.getByLabel("打开“王一”").click();
    await phone.locator(".ant-modal-title", { hasText: "王一" }).waitFor();
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });

  it("names what goes along when the link is removed", async () => {
    await page.reload();
    await waitActive(page, /第 1 行/);
    await page.locator("[data-command=columns]").click();
    await page.locator(".column-picker input").first().fill("名单");
    await page.locator(".column-row .icon-button").first().click();
    const remove = dialog(page).locator(".foot-left");
    await remove.click();
    assert.match(await remove.textContent(), /嘉宾·活动/);
    await remove.click();
    await dialog(page).locator(".form-error", { hasText: "人数" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  });
});
