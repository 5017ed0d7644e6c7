// Nothing is lost: steps taken back and done again also after the page was loaded anew, the change log, the recycle bin,
// a customer set back to an earlier moment, and the same on a phone. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { call, choose, closed, faults, opened, shot, steps } from "../lib/journey.mjs";
import { ready, toColumn, waitActive } from "../lib/sheet.mjs";

const it = steps();

describe("history", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  const toast = (text) => page.locator(".toast", { hasText: text }).first().waitFor();
  const menu = async (at, item) => {
    await at.getByLabel("我").or(at.locator(".topbar [aria-expanded]")).last().click();
    await at.locator(".user-menu .menu-item", { hasText: item }).click();
  };
  before(async () => {
    ({ server, b, page } = await opened());
    const records = ["王芳", "李强", "张伟"].map((name) => ({ name }));
    await call(page, "POST", "/tables/customers/records", { records });
    await page.goto(`${server.url}/t/customers`);
    await waitActive(page, /第 1 行/);
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("takes back and does again what was done before the page was loaded", async () => {
    await ready(page);
    await toColumn(page, "客户名称");
    await page.keyboard.press("Control+Home");
    await toColumn(page, "客户名称");
    await waitActive(page, "第 1 行：");
    await page.keyboard.type("赵敏");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "第 1 行：赵敏");
    await page.reload();
    await ready(page);
    await toColumn(page, "客户名称");
    await waitActive(page, "第 1 行：赵敏");
    await page.keyboard.press("Control+z");
    await toast("已撤销：改了 1 格");
    await waitActive(page, /第 1 行：(王芳|李强|张伟)/);
    await page.keyboard.press("Control+Shift+Z");
    await toast("已重做：改了 1 格");
    await waitActive(page, "第 1 行：赵敏");
    await page.keyboard.press("Control+y");
    await toast("没有可以重做的操作");
    await shot(page, "undo-1440");
  });

  it("brings a deleted customer back from the recycle bin", async () => {
    await page.evaluate(() =>
      fetch("/api/v1/tables/customers/records", {
        method: "DELETE",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ids: [2] }),
      }),
    );
    await menu(page, "回收站");
    await page.getByText("保留 90 天").waitFor();
    await page.getByLabel("选中 李强").check();
    await shot(page, "trash-1440");
    assert.deepEqual(await faults(page), []);
    await page.locator("[data-command=restore]").click();
    await toast("已恢复 1 条");
    await page.getByText("回收站是空的").waitFor();
  });

  it("lists who did what, with before and after", async () => {
    await menu(page, "修改记录");
    await page.locator(".log-head", { hasText: "删除 1 条客户" }).waitFor();
    await page.locator(".log-head", { hasText: "重做 · 改了 1 格" }).click();
    await page.locator(".log-cells strong", { hasText: "赵敏" }).waitFor();
    await shot(page, "changes-1440");
    assert.deepEqual(await faults(page), []);
    await choose(page, page.getByLabel("什么操作"), "删除");
    await page.locator(".log-head", { hasText: "改了" }).first().waitFor({ state: "detached" });
    await page.locator(".log-head", { hasText: "删除" }).waitFor();
    assert.equal(await page.locator(".log-entry").count(), 1);
  });

  it("sets a customer back to an earlier moment", async () => {
    await page.goto(`${server.url}/t/customers?c=1`);
    await page.locator(".panel [role=tab]").last().click();
    await page.locator(".history .link").last().click();
    await page.locator(".set-back strong").waitFor();
    await shot(page, "setback-1440");
    await page.locator(".ant-modal .ant-btn-primary").click();
    await toast("已恢复 1 格");
    await page.locator(".set-back").waitFor({ state: "detached" });
  });

  it("does the same on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${server.url}/changes`);
    await page.locator(".log-head").first().click();
    await page.locator(".log-cells").first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} wide`);
    await shot(page, "changes-390");
    await menu(page, "回收站");
    await page.getByText("保留 90 天").waitFor();
    await shot(page, "trash-390");
  });
});
