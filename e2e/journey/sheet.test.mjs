// The sheet's hands: keys, input method, clipboard, refusal, undo, a million rows. Against the mock
// server, because these are promises of the page alone and must hold whatever the server's speed.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { browser, openPage } from "../lib/browser.mjs";
import { active, compose, ready, toColumn, waitActive } from "../lib/sheet.mjs";
import { start } from "../mock/server.mjs";

describe("sheet", () => {
  let b;
  let mock;
  let page;
  before(async () => {
    mock = await start({ customers: 1_000_000, orders: 5000, ready: true });
    b = await browser();
  });
  after(async () => {
    await b?.close();
    mock?.server.close();
    mock?.server.closeAllConnections();
  });
  beforeEach(async () => {
    await page?.context().close();
    page = await openPage(b, mock.url);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await ready(page);
    await waitActive(page, "K000001");
  });

  it("moves by Excel's keys, to the last of a million rows", async () => {
    await page.keyboard.press("ArrowDown");
    await waitActive(page, "第 2 行：K000002");
    await page.keyboard.press("Tab");
    await waitActive(page, "客户名称，第 2 行");
    await page.keyboard.press("Control+End");
    await waitActive(page, "第 1000000 行");
    await page.keyboard.press("Home");
    await waitActive(page, "第 1000000 行：K1000000");
    await page.keyboard.press("PageUp");
    assert.match(await active(page), /第 9999\d\d 行/);
    await page.keyboard.press("Control+Home");
    await waitActive(page, "第 1 行：K000001");
    await page.keyboard.press("Control+ArrowDown");
    await waitActive(page, "第 1000000 行");
  });

  it("types over a cell, commits with Enter, takes it back with Ctrl+Z", async () => {
    await toColumn(page, "客户名称");
    const before = (await active(page)).split("：")[1];
    await page.keyboard.type("赵敏 abc");
    await page.keyboard.press("Enter");
    await waitActive(page, "第 2 行");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "第 1 行：赵敏 abc");
    await page.keyboard.press("Control+z");
    await waitActive(page, `第 1 行：${before}`);
    await page.keyboard.press("Control+y");
    await page.getByText("已重做").waitFor();
  });

  it("F2 edits what is there, Esc leaves it alone", async () => {
    await toColumn(page, "客户名称");
    const before = await active(page);
    await page.keyboard.press("F2");
    assert.equal(await page.locator("textarea.cell-input").inputValue(), before.split("：")[1]);
    await page.keyboard.type("x");
    await page.keyboard.press("Escape");
    assert.equal(await active(page), before);
  });

  for (const style of ["windows", "mac"]) {
    it(`composes Chinese over a selected cell (${style} keys)`, async () => {
      await toColumn(page, "客户名称");
      await page.keyboard.press(style === "mac" ? "ArrowDown" : "Home");
      await toColumn(page, "客户名称");
      const row = /第 (\d+) 行/.exec(await active(page))[1];
      const ime = await compose(page, ["n", "ni", "nih", "niha", "nihao"], "你好", style);
      assert.equal(
        await page.locator("textarea.cell-input").inputValue(),
        "nihao",
        "no letter lost while composing",
      );
      await ime.enter();
      assert.match(
        await page.locator("textarea.cell-input").getAttribute("class"),
        /editing/,
        "Enter stays with the input method",
      );
      await ime.finish();
      assert.equal(await page.locator("textarea.cell-input").inputValue(), "你好");
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowUp");
      await waitActive(page, `第 ${row} 行：你好`);
    });
  }

  it("says at the cell why a value is refused, and restores it", async () => {
    await toColumn(page, "手机");
    const before = await active(page);
    await page.keyboard.type("not a phone");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    const reason = page.locator(".cell-problem");
    await reason.waitFor();
    assert.match(await reason.textContent(), /not a phone/);
    assert.equal(await active(page), before);
  });

  it("does not let computed cells be typed over", async () => {
    await toColumn(page, "累计金额");
    const before = await active(page);
    await page.keyboard.type("9");
    await page.getByText("由公式算出").waitFor();
    await page.keyboard.press("Delete");
    await page.waitForTimeout(200);
    assert.equal(await active(page), before);
  });

  it("offers a choice's list and takes what was typed of it", async () => {
    await toColumn(page, "客户状态");
    await page.keyboard.press("Alt+ArrowDown");
    await page.locator(".cell-option").first().waitFor();
    assert.equal(await page.locator(".cell-option").count(), 4);
    await page.keyboard.press("Escape");
    await page.keyboard.type("成交");
    // What was typed is no option yet, so it may also be added.
    assert.deepEqual(await page.locator(".cell-option .badge").allTextContents(), ["成交客户", "成交"]);
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "第 1 行：成交客户");
  });

  it("copies as TSV and pastes it elsewhere as one step", async () => {
    await toColumn(page, "客户名称");
    await page.evaluate(() =>
      navigator.clipboard.writeText('甲\t\t13800138001\r\n"乙\n二"\t\t13800138002\r\n'),
    );
    await page.keyboard.press("Control+v");
    await waitActive(page, "第 1 行：甲");
    await page.keyboard.press("ArrowDown");
    await waitActive(page, /第 2 行：乙\n二/);
    await page.getByText("跳过了 2 个").waitFor();
    await page.keyboard.press("ArrowDown");
    assert.doesNotMatch(await active(page), /行：空/, "the trailing newline is not a row");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Control+c");
    await page.waitForTimeout(100);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '甲\r\n"乙\n二"');
    await page.keyboard.press("Control+z");
    await page.waitForTimeout(400);
    await waitActive(page, /^客户名称，第 1 行：(?!甲)/);
  });

  it("fills neighbouring cells by dragging the corner", async () => {
    await toColumn(page, "客户名称");
    await page.keyboard.type("拖一拖");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "第 1 行：拖一拖");
    const cell = await page.locator("textarea.cell-input").boundingBox();
    const [x, y] = [cell.x + cell.width - 4, cell.y + cell.height - 4];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 4, y + 40, { steps: 4 });
    await page.mouse.move(x - 4, y + 64, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press("ArrowDown");
    await waitActive(page, "第 2 行：拖一拖");
    await page.keyboard.press("ArrowDown");
    await waitActive(page, "第 3 行：拖一拖");
    await page.keyboard.press("ArrowDown");
    assert.doesNotMatch(await active(page), /拖一拖/);
    await page.keyboard.press("Control+z");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, /第 3 行：(?!拖一拖)/);
  });

  it("opens a view again by itself when the server has dropped it", async () => {
    await toColumn(page, "客户名称");
    mock.dropViews();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Home");
    await waitActive(page, "第 1000000 行：K1000000");
    assert.equal(await page.locator(".sheet-error").count(), 0);
    assert.deepEqual(page.wrong, []);
  });

  it("sums what is selected and sorts and filters from the header", async () => {
    // A smaller book: the mock sorts in this very process, which would hold the browser up.
    const small = await start({ customers: 3000, orders: 10, ready: true });
    await page.goto(small.url);
    await ready(page);
    await waitActive(page, "K000001");
    await toColumn(page, "累计金额");
    await page.keyboard.press("Shift+ArrowDown");
    await page.locator(".statusbar", { hasText: "求和 ¥" }).waitFor();
    await page.keyboard.press("Control+Shift+L");
    await page.getByRole("menuitem", { name: "降序" }).click();
    await page.locator(".chip", { hasText: "累计金额 ↓" }).waitFor();
    await page.getByRole("button", { name: /移除：累计金额/ }).click();
    await ready(page);
    await toColumn(page, "客户等级");
    await page.keyboard.press("Control+Shift+L");
    await page.locator(".value-row", { hasText: "VIP客户" }).click();
    await page.locator(".popup .ant-btn-primary").click();
    await page.locator(".chip", { hasText: "VIP客户" }).waitFor();
    await page.waitForFunction(() => !document.querySelector(".count").textContent.includes("3,000"), null, {
      timeout: 20000,
    });
    assert.deepEqual(page.wrong, []);
    small.server.closeAllConnections();
    small.server.close();
  });
});
