// The first minutes: an empty book says what to do, the tour is offered once and walked by keys, help opens at the
// chapter of where one is, and one goes from customer to customer. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { call, choose, closed, faults, logIn, opened, shot, steps } from "../lib/journey.mjs";
import { ready, waitActive } from "../lib/sheet.mjs";

const it = steps();
const card = (page) => page.locator(".tour-card");
const empty = (page, text) => page.locator(".table-empty", { hasText: text });
const title = (page) => page.locator(".help .guide h2");

describe("the first minutes", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  before(async () => {
    ({ server, b, page } = await opened());
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("every empty place says what would be here, and leads on", async () => {
    await page.locator(".empty-book").waitFor();
    assert.equal(await page.locator(".offer").count(), 0, "nothing to show yet");
    for (const [path, text, act] of [
      ["/t/products", "还没有产品", "导入表格"],
      ["/t/interactions", "还没有互动", "去客户表"],
      ["/charts", "这里就有图", "导入表格"],
      ["/imports", "还没有导入过", "导入表格"],
      ["/settings/tokens", "还没有令牌", undefined],
      ["/trash", "回收站是空的", undefined],
    ]) {
      await page.goto(server.url + path);
      await empty(page, text).waitFor();
      if (act) await empty(page, text).getByRole("button", { name: act }).waitFor();
      assert.deepEqual(await faults(page), [], path);
    }
    await page.goto(`${server.url}/changes`);
    await choose(page, page.locator(".log-filters .ant-select").nth(2), "删除");
    const none = empty(page, "没有符合条件的修改记录");
    await none.getByRole("button", { name: "看全部记录" }).click();
    await none.getByRole("button", { name: "看全部记录" }).waitFor({ state: "detached" });
  });

  it("offers the tour once there is something to see, and takes no for an answer", async () => {
    await page.goto(`${server.url}/`);
    await page.locator("[data-command=templates]").click();
    await page.getByRole("button", { name: "看看“客户等级表”" }).click();
    await page.getByRole("button", { name: "加入我的客户簿" }).click();
    await page.waitForURL(/\/t\/customers\?view=\d+/);
    await page.goto(`${server.url}/t/customers`);
    await page.locator(".offer").waitFor();
    assert.deepEqual(await faults(page), []);
    const phone = await openPage(b, server.url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await logIn(phone, "owner", "ahuan-2026");
    await phone.locator(".offer").getByRole("button", { name: "不用了" }).tap();
    await phone.locator(".offer").waitFor({ state: "detached" });
    await phone.reload();
    await phone.locator(".cards .card").first().waitFor();
    assert.equal(await phone.locator(".offer").count(), 0);
    await phone.context().close();
  });

  it("the tour is walked by keys, gives the focus back, and is not offered again", async () => {
    await ready(page);
    await page.locator(".offer").getByRole("button", { name: "看一看" }).click();
    await card(page).waitFor();
    assert.deepEqual(await faults(page), []);
    const told = [];
    for (let n = 1; n <= 6; n++) {
      await card(page).locator(`footer >> text=${n} / 6`).waitFor();
      told.push(await card(page).locator("strong").textContent());
      await page.waitForFunction(() => document.activeElement?.classList.contains("tour-card"));
      const [spot, box] = await Promise.all([
        page.locator(".tour-spot").boundingBox(),
        card(page).boundingBox(),
      ]);
      assert.ok(spot.width > 20 && spot.x >= 0, "something is pointed at");
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1440 && box.y + box.height <= 900);
      if (n === 1) await shot(page, "tour-1440");
      if (n === 3) {
        await page.keyboard.press("ArrowLeft");
        await card(page).locator("footer >> text=2 / 6").waitFor();
        await page.keyboard.press("ArrowRight");
        await card(page).locator("footer >> text=3 / 6").waitFor();
      }
      await page.keyboard.press(n % 2 ? "Enter" : "ArrowRight");
    }
    assert.equal(new Set(told).size, 6);
    await card(page).waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.classList.contains("cell-input"));
    await page.reload();
    await ready(page);
    assert.equal(await page.locator(".offer").count(), 0);
  });

  it("help opens by its key at the chapter of the page, searches, and gives the focus back", async () => {
    await page.keyboard.press("F1");
    await title(page).filter({ hasText: "客户表" }).waitFor();
    await shot(page, "help-1440");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.type("购买节奏");
    const found = page.locator(".guide-answer", { hasText: "一位客户" });
    assert.equal(await found.locator("mark").textContent(), "购买节奏");
    await found.click();
    await title(page).filter({ hasText: "一位客户" }).waitFor();
    await page.locator(".help .guide a", { hasText: "批注" }).click();
    await title(page).filter({ hasText: "批注" }).waitFor();
    await page.getByRole("button", { name: "目录" }).click();
    await page.locator(".guide-contents").getByRole("button", { name: "看板" }).click();
    await title(page).filter({ hasText: "看板" }).waitFor();
    await page.locator(".help").getByRole("radio", { name: "快捷键" }).click();
    await page.locator(".key-list dd", { hasText: "查找和替换" }).waitFor();
    assert.deepEqual(await faults(page), []);
    await page.locator(".help-body").focus();
    await page.keyboard.press("Escape");
    await page.locator(".help").waitFor({ state: "detached" });
    await waitActive(page, /第 1 行/);
    await page.waitForFunction(() => document.activeElement?.classList.contains("cell-input"));
  });

  it("knows more exactly where one is: a dialog, a panel, another page, another language", async () => {
    await page.locator("[data-command=columns]").click();
    await page.locator(".picker-foot .link").first().click();
    await page.locator(".field-dialog").waitFor();
    // Once it stands still it leaves the focus to others.
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("F1");
    await title(page).filter({ hasText: "加字段" }).waitFor();
    await page.keyboard.type("IFERROR");
    await page.locator(".guide-answer").first().waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".help").waitFor({ state: "detached" });
    assert.equal(await page.locator(".field-dialog").count(), 1, "only the help closed");
    await page.locator(".field-dialog .ant-modal-close").click();
    await page.locator(".field-dialog").waitFor({ state: "detached" });
    for (const [path, chapter] of [
      ["/charts", "统计"],
      ["/trash", "撤销"],
      ["/settings/tokens", "给程序用"],
      ["/templates", "模板"],
      ["/import", "导入"],
    ]) {
      await page.goto(server.url + path);
      await page.locator("[data-help]").first().waitFor();
      await page.keyboard.press("F1");
      await title(page).filter({ hasText: chapter }).waitFor();
    }
    await page.evaluate(() => localStorage.setItem("kebu.locale", '"en"'));
    await page.goto(`${server.url}/charts`);
    await page.locator("[data-help]").first().waitFor();
    await page.locator("[data-command=help]").click();
    await title(page).filter({ hasText: "Charts" }).waitFor();
    const picture = page.locator(".help .guide img").first();
    await page.waitForFunction((img) => img.complete && img.naturalWidth > 0, await picture.elementHandle());
    await page.evaluate(() => localStorage.setItem("kebu.locale", '"zh-CN"'));
  });

  it("a filter that nothing meets offers to go", async () => {
    await page.goto(`${server.url}/t/customers`);
    await page.locator(".search input").fill("没有这个人");
    await empty(page, "没有符合条件的记录").getByRole("button", { name: "清除筛选" }).click();
    await empty(page, "没有符合条件的记录").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector(".search input").value === "");
  });

  it("goes from customer to customer by keys, in the order of the view", async () => {
    const made = await call(page, "POST", "/tables/customers/records", {
      records: [{ name: "甲甲" }, { name: "乙乙" }, { name: "丙丙" }],
    });
    const [first, second, third] = made.ids;
    const view = await call(page, "POST", "/tables/customers/saved", {
      name: "倒过来",
      shared: false,
      filter: { field: "name", op: "in", values: ["甲甲", "乙乙", "丙丙"] },
      sort: [{ field: "code", desc: true }],
    });
    await page.goto(`${server.url}/t/customers?view=${view.id}&c=${second}`);
    await page.locator(".panel h2", { hasText: "乙乙" }).waitFor();
    await page.locator(".panel .steps-place", { hasText: "2 / 3" }).waitFor();
    await page.locator(".panel").getByRole("button", { name: "整页打开" }).click();
    await page.waitForURL(new RegExp(`/c/${second}\\?view=${view.id}$`));
    await page.locator(".steps-place", { hasText: "2 / 3" }).waitFor();
    await shot(page, "steps-1440");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Alt+ArrowDown");
    await page.waitForURL(new RegExp(`/c/${first}\\?`));
    await page.locator(".person-page h2", { hasText: "甲甲" }).waitFor();
    assert.ok(await page.getByRole("button", { name: "下一位" }).isDisabled(), "the last");
    await page.keyboard.press("Alt+ArrowUp");
    await page.waitForURL(new RegExp(`/c/${second}\\?`));
    await page.keyboard.press("Alt+ArrowUp");
    await page.locator(".person-page h2", { hasText: "丙丙" }).waitFor();
    await page.locator(".steps-place", { hasText: "1 / 3" }).waitFor();
    await page.getByRole("button", { name: "在表格旁打开" }).click();
    await page.waitForURL(
      (url) => url.searchParams.get("view") === `${view.id}` && url.searchParams.get("c") === `${third}`,
    );
    // Without a view, the order of all customers.
    await page.goto(`${server.url}/c/${first}`);
    await page.locator(".steps-place").waitFor();
    await page.getByRole("button", { name: "下一位" }).click();
    await page.waitForURL(new RegExp(`/c/${second}$`));
  });

  it("does the same by thumb", async () => {
    const phone = await openPage(b, server.url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await logIn(phone, "owner", "ahuan-2026");
    await phone.locator(".offer").getByRole("button", { name: "看一看" }).tap();
    for (let n = 1; n <= 5; n++) {
      await card(phone).locator(`footer >> text=${n} / 5`).waitFor();
      const box = await card(phone).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844);
      if (n === 1) {
        await shot(phone, "tour-390");
        assert.deepEqual(await faults(phone), []);
      }
      await card(phone).locator(".tour-next").tap();
    }
    await card(phone).waitFor({ state: "detached" });
    await phone.locator(".card-main").first().tap();
    await phone.locator(".panel .steps-place", { hasText: "1 /" }).waitFor();
    const name = await phone.locator(".panel h2").textContent();
    const next = phone.getByRole("button", { name: "下一位" });
    const box = await next.boundingBox();
    assert.ok(
      box.y > 700 && box.width >= 44 && box.height >= 44,
      `in reach of the thumb: ${JSON.stringify(box)}`,
    );
    await next.tap();
    await phone.waitForFunction((n) => document.querySelector(".panel h2")?.textContent !== n, name);
    await shot(phone, "steps-390");
    assert.deepEqual(await faults(phone), []);
    await phone.getByRole("button", { name: "关闭" }).tap();
    await phone.getByRole("button", { name: "账号与设置" }).tap();
    await phone.locator(".user-menu .menu-item", { hasText: "帮助" }).tap();
    await title(phone).filter({ hasText: "手机上" }).waitFor();
    assert.ok((await phone.locator(".help").boundingBox()).width === 390);
    await shot(phone, "help-390");
    assert.deepEqual(await faults(phone), []);
    assert.deepEqual(phone.wrong, []);
  });
});
