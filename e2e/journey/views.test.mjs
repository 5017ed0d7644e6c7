// Saved views: conditions and orders built, figures under columns, saved, changed, shared, linked to, taken back; and
// on a phone. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { call, choose, closed, faults, manage, opened, shot, steps } from "../lib/journey.mjs";
import { waitActive } from "../lib/sheet.mjs";

const builder = (page) => page.locator(".builder");
const condition = (page, n) => builder(page).locator(".builder-condition").nth(n);
const chip = (page, text) => page.locator(".chip", { hasText: text });
const viewName = (page) => page.locator(".view-button .view-name").textContent();

async function waitName(page, name) {
  await page.locator(".view-button .view-name", { hasText: name }).waitFor();
  assert.equal(await viewName(page), name);
}

describe("views", { concurrency: 1 }, () => {
  const it = steps();
  let server;
  let b;
  let page;
  before(async () => {
    ({ server, b, page } = await opened());
    const day = new Date();
    const md = `${String(day.getMonth() + 1).padStart(2, "0")}-15`;
    const records = Array.from({ length: 40 }, (_, i) => ({
      name: { text: `客户${i + 1}` },
      city: { text: i % 2 ? "苏州市" : "杭州市" },
      stated_total: { text: String(100 * (i + 1)) },
      birthday: { text: i < 3 ? `1990-${md}` : "" },
    }));
    await call(page, "POST", "/tables/customers/records", { records });
    await page.reload();
    await waitActive(page, /第 1 行/);
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("builds conditions with birthdays and a group, and orders by two columns", async () => {
    await waitName(page, "全部客户");
    await page.locator(".filter-button").click();
    await choose(page, condition(page, 0).locator(".ant-select").first(), "生日");
    await chip(page, "生日 本月").waitFor();
    await page.locator(".count", { hasText: "3 条" }).waitFor();
    await builder(page).getByText("添加条件组").click();
    const nested = builder(page).locator(".builder-group");
    await nested.locator("input.ant-input").first().fill("客户1");
    await nested.getByText("添加条件").click();
    await nested.locator("input.ant-input").nth(1).fill("客户2");
    await chip(page, "或").waitFor();
    await page.locator(".count", { hasText: "2 条" }).waitFor();
    await builder(page).getByText("添加排序").click();
    await builder(page).getByText("添加排序").click();
    assert.equal(await builder(page).locator(".builder-way").count(), 2);
    await builder(page).locator(".builder-way").first().click();
    await shot(page, "builder-1440-light");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Escape");
    await builder(page).waitFor({ state: "detached" });
  });

  it("shows a figure under a column", async () => {
    await page.locator(".view-figure-add").click();
    await page.locator(".figure-menu .menu-item", { hasText: "累计金额" }).first().click();
    await page
      .locator(".view-figure", { hasText: "累计金额 合计" })
      .locator("strong", { hasText: "¥" })
      .waitFor();
    await page.locator(".view-figure", { hasText: "累计金额" }).click();
    await page.locator(".figure-menu .menu-item", { hasText: "不同值" }).click();
    await page
      .locator(".view-figure", { hasText: "不同值" })
      .locator("strong", { hasText: /^\d+$/ })
      .waitFor();
  });

  it("saves that as a view, which the address names", async () => {
    await page.locator(".view-button").click();
    await page.locator(".view-foot .menu-item", { hasText: "保存为视图" }).click();
    await page.locator(".view-form input").first().fill("本月生日");
    await page.locator(".view-form .ant-checkbox-input").check();
    await shot(page, "save-1440-light");
    await page.keyboard.press("Enter");
    await waitName(page, "本月生日");
    assert.match(page.url(), /view=\d+/);
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await page.reload();
    await waitName(page, "本月生日");
    await chip(page, "生日 本月").waitFor();
    await page.locator(".view-figure", { hasText: "不同值" }).waitFor();
    await page.locator(".count", { hasText: "2 条" }).waitFor();
  });

  it("leaves all records as they were, and comes back", async () => {
    await page.locator(".view-button").click();
    await page.locator(".view-list .menu-item", { hasText: "全部客户" }).click();
    await waitName(page, "全部客户");
    await page.locator(".count", { hasText: "40 条" }).waitFor();
    assert.equal(await page.locator(".chip").count(), 0);
    await page.goBack();
    await waitName(page, "本月生日");
    await page.locator(".count", { hasText: "2 条" }).waitFor();
  });

  it("says that it was changed, takes that back, and saves it", async () => {
    await chip(page, "或").locator("button").click();
    await page.locator(".view-dot").waitFor();
    await shot(page, "changed-1440-light");
    await page.locator(".view-changed .link", { hasText: "还原" }).click();
    await chip(page, "或").waitFor();
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await chip(page, "或").locator("button").click();
    await page.locator(".view-changed .link", { hasText: /^保存$/ }).click();
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await page.reload();
    await page.locator(".count", { hasText: "3 条" }).waitFor();
  });

  it("keeps columns and row height with the view", async () => {
    await page.locator("[data-command=columns]").click();
    await page.locator(".column-row label", { hasText: "微信" }).first().click();
    await page.locator(".row-heights button", { hasText: "宽松" }).click();
    await page.keyboard.press("Escape");
    await page.locator(".view-changed .link", { hasText: "另存" }).click();
    await page.locator(".view-form input").first().fill("宽松的");
    await page.keyboard.press("Enter");
    await waitName(page, "宽松的");
    await page.locator(".view-button").click();
    await page.locator(".view-list .menu-item", { hasText: "本月生日" }).click();
    await waitName(page, "本月生日");
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await page.locator("[data-command=columns]").click();
    assert.equal(
      await page.locator('.row-heights button[aria-checked="true"]').textContent(),
      "标准",
      "the change went into the other view",
    );
    await page.keyboard.press("Escape");
  });

  it("renames, duplicates, refuses a name twice, deletes and brings back", async () => {
    await manage(page, "宽松的", "重命名");
    await page.locator(".view-form input").first().fill("宽行");
    await page.keyboard.press("Enter");
    await page.locator(".view-form").waitFor({ state: "detached" });
    await manage(page, "宽行", "复制");
    const name = page.locator(".view-form input").first();
    await name.fill("宽行");
    await page.keyboard.press("Enter");
    await page.locator(".view-form .form-error", { hasText: "宽行" }).waitFor();
    await name.fill("宽行二");
    await page.keyboard.press("Enter");
    await waitName(page, "宽行二");
    await page.locator(".view-button").click();
    await page.getByLabel("管理“宽行二”").click();
    await shot(page, "list-1440-light");
    assert.deepEqual(await faults(page), []);
    await page.locator(".view-actions .menu-item", { hasText: "删除" }).click();
    await waitName(page, "全部客户");
    await page.locator(".toast-action", { hasText: "撤销" }).click();
    await page.locator(".view-button").click();
    await page.locator(".view-list .menu-item", { hasText: "宽行二" }).waitFor();
    await page.locator(".view-list .menu-item", { hasText: "本月生日" }).click();
    await waitName(page, "本月生日");
  });

  it("survives the dark and a narrow screen", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator(".filter-button").click();
    await builder(page).waitFor();
    await shot(page, "builder-1440-dark");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Escape");

    const state = await page.context().storageState();
    const phone = await openPage(b, page.url(), {
      viewport: { width: 390, height: 800 },
      hasTouch: true,
      isMobile: true,
      storageState: state,
    });
    await waitName(phone, "本月生日");
    await phone.locator(".card-main").first().waitFor();
    await shot(phone, "view-390-light");
    await phone.locator(".filter-button").click();
    await builder(phone).getByText("添加条件组").click();
    await shot(phone, "builder-390-light");
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `nothing sticks out (${wide})`);
    assert.deepEqual(await faults(phone), []);
    await phone.keyboard.press("Escape");
    await phone.locator(".view-button").click();
    await phone.emulateMedia({ colorScheme: "dark" });
    await shot(phone, "list-390-dark");
    await phone.locator(".view-list .menu-item", { hasText: "宽行二" }).click();
    await waitName(phone, "宽行二");
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });

  it("says that a linked view is gone and shows all", async () => {
    await page.goto(`${server.url}/t/customers?view=99999`);
    await waitName(page, "全部客户");
    await page.locator(".toast", { hasText: "不存在" }).waitFor();
    await page.locator(".count", { hasText: "40 条" }).waitFor();
  });
});
