// Columns of the sheet: widths that fit, a column put in between, several keys of sorting, lists of values, lists and
// cascades under a cell, and rows that scroll by without a queue of requests. Against the real binary.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { dialog, saved } from "../lib/fields.mjs";
import { call, closed, opened } from "../lib/journey.mjs";
import { goTo, ready, waitActive } from "../lib/sheet.mjs";

describe("columns of the sheet", { concurrency: 1 }, () => {
  let o = {};
  let page;
  let table;
  const heads = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("canvas [role=columnheader]")].map((h) => h.textContent),
    );
  const width = async () => (await page.locator("textarea.cell-input").boundingBox()).width;
  const menu = async (item) => {
    await page.keyboard.press("Control+Shift+L");
    await page.getByRole("menuitem", { name: item }).click();
  };

  before(async () => {
    o = await opened();
    page = o.page;
    table = (await call(page, "POST", "/tables", { label: "列" })).key;
    const made = {};
    const options = ["热", "温", "冷"].map((value) => ({
      value,
      en: value,
      tone: "grey",
    }));
    for (const [label, settings] of [
      ["城市", { kind: "text" }],
      ["等级", { kind: "choice", options }],
      ["数量", { kind: "number", decimals: 0 }],
      ["地址", { kind: "address" }],
    ])
      made[label] = (
        await call(page, "POST", `/tables/${table}/fields`, {
          label,
          ...settings,
        })
      ).field.key;
    const cities = ["杭州", "苏州", "长沙"];
    const records = Array.from({ length: 6000 }, (_, i) => ({
      name: i === 0 ? "一个很长很长很长很长很长很长很长的名字在这里" : `行${i + 1}`,
      [made.城市]: cities[i % 3],
      [made.数量]: { text: String((i * 7) % 1000) },
    }));
    await call(page, "POST", `/tables/${table}/records`, { records });
  });
  beforeEach(async () => {
    await page.goto(`${o.server.url}/t/${table}`);
    await ready(page);
    await waitActive(page, /第 1 行/);
  });
  after(() => closed(o));

  it("fits a width by double click on the border, and from the menu", async () => {
    await goTo(page, "名称");
    const before = await width();
    const box = await page.locator("textarea.cell-input").boundingBox();
    await page.mouse.dblclick(box.x + box.width - 1, box.y - 16);
    await page.waitForFunction(
      (w) => document.querySelector("textarea.cell-input").getBoundingClientRect().width > w + 60,
      before,
    );
    await goTo(page, "数量");
    const wide = await width();
    await menu("自动列宽");
    await page.waitForFunction(
      (w) => document.querySelector("textarea.cell-input").getBoundingClientRect().width < w,
      wide,
    );
  });

  it("puts a new column before another", async () => {
    await goTo(page, "数量");
    await menu("在左侧插入列");
    await dialog(page).locator(".field-names input").first().fill("插进来");
    await saved(page);
    await page.waitForFunction(() =>
      [...document.querySelectorAll("canvas [role=columnheader]")].some((h) => h.textContent === "插进来"),
    );
    assert.deepEqual((await heads()).slice(2, 6), ["城市", "等级", "插进来", "数量"]);
    await page.waitForFunction(() => document.activeElement?.matches("textarea.cell-input"));
  });

  it("sorts by one column, then by another", async () => {
    await goTo(page, "城市");
    await menu("升序");
    await page.locator(".chip", { hasText: "城市 ↑" }).waitFor();
    await ready(page);
    await goTo(page, "数量");
    await menu("再按此列降序");
    await page.locator(".chip", { hasText: "数量 ↓" }).waitFor();
    await ready(page);
    await goTo(page, "城市");
    await waitActive(page, "：长沙");
    await goTo(page, "数量");
    await waitActive(page, "：999");
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowDown");
    await waitActive(page, "：998");
    // Turned round, the first key stays the first.
    await goTo(page, "城市");
    await menu("再按此列降序");
    await page.locator(".chip", { hasText: "城市 ↓" }).waitFor();
    const chips = (await page.locator(".chip").allTextContents()).join(" ");
    assert.ok(chips.indexOf("城市 ↓") < chips.indexOf("数量 ↓"), chips);
  });

  it("filters by values that are searched and counted", async () => {
    await goTo(page, "城市");
    await page.keyboard.press("Control+Shift+L");
    const values = page.locator(".value-row");
    await values.first().waitFor();
    assert.deepEqual(
      (await values.allTextContents()).map((s) => s.replace(/\s/g, "")).sort(),
      ["杭州2,000", "苏州2,000", "长沙2,000"].sort(),
    );
    await page.locator(".value-list").locator("..").getByPlaceholder("搜索值").fill("苏");
    await page.waitForFunction(() => document.querySelectorAll(".value-row").length === 1);
    await values.first().click();
    await page.locator(".popup .ant-btn-primary").click();
    await page.locator(".count", { hasText: "2,000 条" }).waitFor();
    await page.getByRole("button", { name: /移除：城市/ }).click();
    await page.locator(".count", { hasText: "6,000 条" }).waitFor();
  });

  it("goes through the divisions of the country under an address", async () => {
    await goTo(page, "地址");
    await page.keyboard.press("F2");
    const panel = page.locator(".cell-panel");
    await panel.getByText("浙江省", { exact: true }).click();
    await panel.getByText("杭州市", { exact: true }).click();
    await panel.getByText("西湖区", { exact: true }).click();
    await page.keyboard.type("文三路 1 号");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, /地址，第 1 行：浙江省\s?杭州市\s?西湖区\s?文三路 1 号/);
  });

  it("adds up a column from any row on, a whole one as well", async () => {
    await goTo(page, "数量", 5);
    await page.keyboard.press("Control+Shift+ArrowDown");
    await page.locator(".statusbar", { hasText: "计数 5,996" }).waitFor();
    await page.keyboard.press("Control+Space");
    await page.locator(".statusbar", { hasText: "计数 6,000" }).waitFor();
  });

  it("scrolls without blank rows left and without a queue of requests", async () => {
    const asked = [];
    let open = 0;
    let most = 0;
    const mine = (r) => /\/views\/[^/]+\/rows\?/.test(r.url());
    page.on("request", (r) => {
      if (!mine(r)) return;
      asked.push(Number(new URL(r.url()).searchParams.get("offset")));
      most = Math.max(most, ++open);
    });
    for (const ended of ["requestfinished", "requestfailed"]) page.on(ended, (r) => mine(r) && open--);
    const box = await page.locator(".sheet canvas").first().boundingBox();
    await page.mouse.move(box.x + 400, box.y + 300);
    // 100 rows a step: each step asks for a block at most, and the one ahead of it.
    for (let i = 0; i < 20; i++) {
      await page.mouse.wheel(0, 3200);
      await page.waitForTimeout(60);
    }
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("canvas [role=gridcell][aria-colindex='2']")];
      return cells.length > 10 && cells.every((c) => c.textContent !== "");
    });
    await page.waitForTimeout(300);
    const seen = await page.evaluate(() =>
      Number(document.querySelector("canvas tbody [role=row]").getAttribute("aria-rowindex")),
    );
    assert.ok(seen > 1500, `scrolled to row ${seen}`);
    assert.equal(new Set(asked).size, asked.length, "no block is asked for twice");
    assert.ok(asked.length <= seen / 100 + 3, `${asked.length} blocks for ${seen} rows`);
    assert.ok(most <= 4, `${most} at once`);
    assert.equal(open, 0);
    // Dragged straight to the end, what lies between is not loaded.
    const before = asked.length;
    await page.keyboard.press("Control+End");
    await waitActive(page, "第 6000 行");
    await page.waitForTimeout(300);
    assert.ok(asked.length - before <= 2, `${asked.length - before} blocks for the end`);
  });
});
