// Shaping the book: a table of one's own, a field of each kind and what is put into it, a rule that
// refuses, a conversion with its losses shown first, a formula with its fault and cure. Against the real
// binary, or with KEBU_MOCK=1 as far as the mock goes.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { dialog, newField, saved } from "../lib/fields.mjs";
import { closed, opened, steps } from "../lib/journey.mjs";
import { ready, toColumn, waitActive } from "../lib/sheet.mjs";

const it = steps();

/** Opens the settings of a field from the list of columns. */
async function settings(page, name) {
  await page.locator("[data-command=columns]").click();
  await page.locator(".column-picker input").first().fill(name);
  await page.locator(".column-row .icon-button").first().click();
  await dialog(page).locator(".field-names input").first().waitFor();
}

/** Types into the active cell of a column and reads it back. */
async function put(page, column, text, shown) {
  await ready(page);
  await page.keyboard.press("Control+Home");
  await toColumn(page, column);
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await waitActive(page, `${column}，第 1 行：${shown}`);
}

describe("fields", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  before(async () => {
    ({ server, b, page } = await opened());
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("makes a table of one's own, which says how to begin", async () => {
    await page.locator(".tab-add").click();
    await page.locator(".ant-modal input").fill("样品");
    await page.locator(".ant-modal .ant-btn-primary").click();
    await page.locator(".table-empty").waitFor();
    assert.match(page.url(), /\/t\/t1$/);
    await page.locator(".topbar .ant-btn-primary").click();
    await page.locator(".new-form input").first().fill("春茶小样");
    await page.locator(".ant-modal .ant-btn-primary").click();
    await waitActive(page, /第 1 行/);
  });

  for (const [name, kind, text, shown] of [
    ["型号", "单行文字", "A-1", "A-1"],
    ["数量", "数字", "1.2万", "12,000"],
    ["单价", "金额", "98.5", "¥98.50"],
    ["折扣", "百分比", "80%", "80%"],
    ["到货", "日期", "2026-11-05", "2026-11-05"],
    ["下单", "日期时间", "2026-11-05 14:20", "2026-11-05 14:20"],
    ["手机号", "电话", "138 0013 8000", "13800138000"],
    ["信箱", "邮箱", "A@Example.com", "a@example.com"],
    ["网店", "网址", "example.com/a", "https://example.com/a"],
    ["收货地址", "地址", "杭州市西湖区文三路1号", "浙江省 杭州市 西湖区 文三路1号"],
    ["厂家生日", "生日", "农历八月十五", "农历08-15"],
    ["满意度", "评分", "4", "4/5"],
    ["完成", "进度", "60", "60%"],
    ["含税", "是 / 否", "是", "是"],
    ["负责人", "成员", "owner", "owner"],
    ["特点", "标签", "清香，回甘", "清香、回甘"],
  ])
    it(`adds ${kind} and reads ${text} as ${shown}`, async () => {
      await newField(page, name, kind);
      await saved(page);
      await put(page, name, text, shown);
    });

  it("adds choices while typing, and their colours later", async () => {
    await newField(page, "口味", "多选");
    await dialog(page).getByText("添加选项").click();
    await dialog(page).locator(".option input").fill("甜");
    await saved(page);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "口味");
    await page.keyboard.press("F2");
    for (const taste of ["甜", "微苦"]) {
      await page.keyboard.type(taste);
      await page.locator(".cell-option.active").waitFor();
      await page.keyboard.press("Enter");
      await page.locator(".cell-chosen .badge", { hasText: taste }).waitFor();
    }
    await page.keyboard.press("Enter");
    await waitActive(page, "口味，第 1 行：甜、微苦");
    await settings(page, "口味");
    assert.equal(await dialog(page).locator(".option").count(), 2);
    await dialog(page).locator(".option input").nth(1).fill("回甘");
    await saved(page);
    await waitActive(page, "口味，第 1 行：甜、回甘");
  });

  it("keeps a file in a cell", async () => {
    await newField(page, "合同", "附件");
    await saved(page);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "合同");
    await page.keyboard.press("F2");
    await page.locator(".files input[type=file]").setInputFiles({
      name: "合同.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("甲方乙方"),
    });
    await page.locator(".files li", { hasText: "合同.txt" }).waitFor();
    await page.keyboard.press("Escape");
    await waitActive(page, "合同，第 1 行：合同.txt");
  });

  it("refuses what a rule forbids, in the seller's words", async () => {
    await settings(page, "单价");
    await dialog(page).getByText("规则", { exact: true }).click();
    await dialog(page).getByText("添加规则").click();
    const rule = dialog(page).locator(".rule");
    await rule.locator(".ant-select").first().click();
    await page.locator(".ant-select-item-option", { hasText: "在范围内" }).click();
    await rule.locator(".ant-select").nth(1).click();
    await page.locator(".ant-select-item-option", { hasText: "拒绝" }).click();
    await rule.getByPlaceholder("最小").fill("0");
    await rule.getByPlaceholder("不符合时说什么（可不填）").fill("单价不能是负数");
    await saved(page);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "单价");
    await page.keyboard.type("-5");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.locator(".cell-problem", { hasText: "单价不能是负数" }).waitFor();
    await waitActive(page, "单价，第 1 行：¥98.50");
  });

  it("marks what a rule only doubts", async () => {
    await page.keyboard.press("Escape");
    await settings(page, "型号");
    await dialog(page).getByText("规则", { exact: true }).click();
    await dialog(page).getByText("添加规则").click();
    const rule = dialog(page).locator(".rule");
    await rule.locator(".ant-select").first().click();
    await page.locator(".ant-select-item-option", { hasText: "符合格式" }).click();
    await rule.locator("input[type=search], .ant-select-auto-complete input").last().fill("[0-9]+");
    await rule.getByPlaceholder("不符合时说什么（可不填）").fill("型号是数字");
    await saved(page);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "型号");
    await page.locator(".cell-problem.doubt", { hasText: "型号是数字" }).waitFor();
  });

  it("shows what a conversion would lose, then converts", async () => {
    await page.keyboard.press("Escape");
    await settings(page, "特点");
    await dialog(page).locator(".kind-now").click();
    await dialog(page)
      .locator(".kind")
      .filter({ has: page.getByText("单选", { exact: true }) })
      .click();
    await dialog(page).locator(".convert.bad").waitFor();
    assert.match(await dialog(page).locator(".convert-sum").textContent(), /1 格会丢一部分/);
    await saved(page);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "特点");
    await waitActive(page, "特点，第 1 行：清香");
  });

  it("says where a formula is wrong and how to mend it, then shows what it gives", async () => {
    await newField(page, "小计", "公式");
    const text = dialog(page).locator(".formula-main textarea");
    await text.fill("[@数量]*[@单价格]");
    await dialog(page).locator(".formula-fault").waitFor();
    assert.match(await dialog(page).locator(".formula-fault .cure").textContent(), /单价/);
    assert.match(await dialog(page).locator(".tok-bad").first().textContent(), /单价格/);
    assert.equal(await dialog(page).locator(".ant-btn-primary").isDisabled(), true);
    await text.fill("");
    await text.pressSequentially("[@数");
    await dialog(page).locator(".formula-offer.active", { hasText: "数量" }).waitFor();
    await page.keyboard.press("Tab");
    await text.pressSequentially("*[@单价");
    await page.keyboard.press("Enter");
    assert.equal(await text.inputValue(), "[@数量]*[@单价]");
    await dialog(page).locator(".formula-preview td", { hasText: "¥1,182,000.00" }).waitFor();
    await saved(page);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "小计");
    await waitActive(page, "小计，第 1 行：¥1,182,000.00");
  });

  it("shows an error as Excel does and says what it means", async () => {
    await newField(page, "单耗", "公式");
    await dialog(page).locator(".formula-main textarea").fill("[@单价]/([@数量]-[@数量])");
    await dialog(page).locator(".formula-preview .cell-error", { hasText: "#DIV/0!" }).first().waitFor();
    await saved(page);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "单耗");
    await waitActive(page, "单耗，第 1 行：#DIV/0!");
    await page.locator(".cell-problem", { hasText: "除数" }).waitFor();
  });

  it("refuses to remove what a formula uses, and says which", async () => {
    await settings(page, "数量");
    const remove = dialog(page).locator(".foot-left");
    await remove.click();
    await remove.click();
    await dialog(page).locator(".form-error", { hasText: "小计" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  });

  it("renames a table and removes it again", async () => {
    await page.locator(".tab-set .icon-button").click();
    await page.locator(".ant-modal input").fill("小样");
    await page.locator(".ant-modal .ant-btn-primary").click();
    await page.locator(".tabs .tab", { hasText: "小样" }).waitFor();
    await page.locator(".tab-set .icon-button").click();
    const remove = page.locator(".ant-modal .foot-left");
    await remove.click();
    await remove.click();
    await page.locator(".tabs .tab", { hasText: "小样" }).waitFor({ state: "detached" });
    assert.match(page.url(), /\/t\/customers$/);
  });
});
