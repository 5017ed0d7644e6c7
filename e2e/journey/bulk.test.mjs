// Many records at once: a field set, labels, find and replace with its count, removal, each put back by one undo;
// and what a rule refuses. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { closed, faults, opened, steps } from "../lib/journey.mjs";
import { ready, waitActive } from "../lib/sheet.mjs";

const it = steps();
const dialog = (page) => page.locator(".bulk-dialog");
const tab = (page, name) => dialog(page).getByRole("radio", { name, exact: true }).click();
const run = (page) => dialog(page).locator(".ant-btn-primary");

async function pick(page, label, text) {
  await dialog(page).getByLabel(label, { exact: true }).click();
  // The list is long: only what is typed is sure to be in sight.
  await page.keyboard.type(text);
  await page
    .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
    .filter({ has: page.getByText(text, { exact: true }) })
    .click();
}
const values = (page, field) =>
  page.evaluate(async (f) => {
    const body = JSON.stringify({ table: "customers", columns: [f] });
    const headers = { "content-type": "application/json" };
    const view = await (await fetch("/api/v1/views", { method: "POST", headers, body })).json();
    return view.rows.map((r) => r[1]);
  }, field);
const undo = (page, said) => page.locator(".toast", { hasText: said }).getByText("撤销").click();

describe("many records at once", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  before(async () => {
    ({ server, b, page } = await opened());
    await page.evaluate(async () => {
      const records = Array.from({ length: 60 }, (_, i) => ({
        name: `客户${i + 1}`,
        city: i % 3 ? "长沙市" : "株洲市",
      }));
      const body = JSON.stringify({ records });
      const headers = { "content-type": "application/json" };
      await fetch("/api/v1/tables/customers/records", { method: "POST", headers, body });
    });
    await page.reload();
    await ready(page);
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("sets a field of the whole view and puts it back", async () => {
    await page.locator("[data-command=bulk]").click();
    await pick(page, "字段", "客户来源");
    await dialog(page).getByLabel("改成").fill("展会");
    assert.deepEqual(await faults(page), []);
    assert.equal(await run(page).textContent(), "修改 60 条");
    await run(page).click();
    await page.locator(".toast", { hasText: "已改 60 条" }).waitFor();
    assert.deepEqual(new Set(await values(page, "source")), new Set(["展会"]));
    await undo(page, "已改 60 条");
    await page.locator(".toast", { hasText: "已撤销" }).waitFor();
    assert.deepEqual(new Set(await values(page, "source")), new Set([null]));
  });

  it("labels the selected rows alone", async () => {
    await ready(page);
    await page.keyboard.press("Control+Home");
    await waitActive(page, /第 1 行/);
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.locator("[data-command=bulk]").click();
    await tab(page, "标签");
    await pick(page, "字段", "标签");
    await dialog(page).getByLabel("加上", { exact: true }).fill("年会");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    assert.equal(await run(page).textContent(), "修改 3 条");
    await run(page).click();
    await page.locator(".toast", { hasText: "已改 3 条" }).waitFor();
    const tags = await values(page, "tags");
    assert.deepEqual(tags.slice(0, 4), [["年会"], ["年会"], ["年会"], null]);
  });

  it("finds and replaces, telling first how much", async () => {
    await ready(page);
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("Control+h");
    await dialog(page).getByLabel("查找", { exact: true }).fill("株洲");
    await dialog(page).getByLabel("替换为", { exact: true }).fill("湘潭");
    await dialog(page).locator(".convert-sum", { hasText: "找到 20 格，在 20 条记录里" }).waitFor();
    await dialog(page).locator(".convert-rows tr", { hasText: "湘潭市" }).first().waitFor();
    await dialog(page).getByText("只替换内容完全相同的格子").click();
    await dialog(page).locator(".convert-sum", { hasText: "没有找到" }).waitFor();
    await dialog(page).getByText("只替换内容完全相同的格子").click();
    await run(page).click();
    await page.locator(".toast", { hasText: "已改 20 条" }).waitFor();
    assert.equal((await values(page, "city")).filter((c) => c === "湘潭市").length, 20);
    // What one does next is what undo takes back: the line no longer offers it.
    await ready(page);
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.type("改名");
    await page.keyboard.press("Enter");
    await page.locator(".toast", { hasText: "已改 20 条" }).waitFor({ state: "detached", timeout: 3_000 });
    await page.keyboard.press("Control+z");
    await page.locator(".toast", { hasText: "已撤销：改了 1 格" }).waitFor();
  });

  it("removes a whole view and brings it back in one step", async () => {
    await page.keyboard.press("Control+k");
    await page.locator(".palette-box input").waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.type("批量删除");
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    await run(page).click();
    await page.locator(".toast", { hasText: "已删除 60 条" }).waitFor();
    await page.keyboard.press("Escape");
    await undo(page, "已删除 60 条");
    await page.locator(".count", { hasText: "60 条" }).waitFor();
    assert.deepEqual((await values(page, "tags")).slice(0, 4), [["年会"], ["年会"], ["年会"], null]);
  });
});
