// A form: designed beside its preview, filled in one record after another, shared, filled in on a phone without a login,
// seen arriving with its consent, and revoked. Against the real binary.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { call, closed, faults, opened, shot, steps } from "../lib/journey.mjs";
import { waitActive } from "../lib/sheet.mjs";

const CONSENT = "同意本店保存以上资料，仅用于送货";

describe("forms", { concurrency: 1 }, () => {
  const it = steps();
  let server;
  let b;
  let page;
  let guest;
  let address;
  const names = () => page.locator(".form-field-label").allInnerTexts();
  const preview = () => page.locator(".form-preview .f-field :is(.f-label, legend)").allInnerTexts();
  const field = (name) => page.locator(".form-paper .new-field", { hasText: name }).locator("input").first();
  before(async () => {
    ({ server, b, page } = await opened());
    await call(page, "POST", "/tables/customers/records", { records: [{ name: "老客户" }] });
    await call(page, "POST", "/tables/customers/fields", { label: "满意度", kind: "rating", max: 5 });
    await page.reload();
    await waitActive(page, /第 1 行/);
  });
  after(async () => {
    await closed({ server, b, page });
    assert.deepEqual(guest?.wrong.filter((w) => !/ERR_INTERNET_DISCONNECTED/.test(w)) ?? [], []);
  });

  it("is made from the view menu and begins with its design", async () => {
    await page.locator(".view-button").click();
    await page.locator(".view-foot .menu-item", { hasText: "新建表单" }).click();
    await page.getByLabel("视图名称").fill("会员登记");
    await page.getByRole("button", { name: /^保\s?存$/ }).click();
    await page.locator(".form-editor").waitFor();
    assert.equal((await names())[0], "客户名称");
    await page.locator(".form-preview h1", { hasText: "会员登记" }).waitFor();
    for (const name of (await names()).slice(1))
      await page.getByRole("button", { name: `从表单移除“${name}”` }).click();
    assert.deepEqual(await names(), ["客户名称"]);
  });

  it("takes fields, names and an order, by mouse and keys, and shows them at once", async () => {
    const add = page.getByRole("combobox", { name: "添加字段" });
    for (const name of ["手机", "性别", "生日", "满意度"]) {
      await add.click();
      // The list is long and draws what is in sight.
      await page.keyboard.type(name);
      await page
        .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
        .filter({ has: page.getByText(name, { exact: true }) })
        .click();
    }
    assert.deepEqual(await names(), ["客户名称", "手机", "性别", "生日", "满意度"]);
    await page.locator(".form-field-name", { hasText: "满意度" }).focus();
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByRole("button", { name: "上移“满意度”" }).click();
    assert.deepEqual(await names(), ["客户名称", "手机", "满意度", "性别", "生日"]);
    await page.locator(".form-field-name", { hasText: "客户名称" }).click();
    await page.getByLabel("在表单里叫").fill("怎么称呼您");
    await page.getByLabel("填写提示").fill("送货时用");
    await page.getByLabel("标题").fill("小满茶舍会员");
    await page.getByLabel("需要同意的内容").fill(CONSENT);
    await page.getByLabel("提交后的话").fill("收到啦！");
    assert.deepEqual(await preview(), ["怎么称呼您*", "手机", "满意度", "性别", "生日"]);
    await page.locator(".form-preview .f-wording", { hasText: CONSENT }).waitFor();
    assert.deepEqual(await faults(page), []);
    await shot(page, "form-design-1440");
    await page.getByRole("button", { name: "保存", exact: true }).click();
    await page.getByText("已保存").first().waitFor();
    await page.reload();
    await page.locator(".form-paper h1", { hasText: "小满茶舍会员" }).waitFor();
  });

  it("is filled in by a member one after another, and taken back", async () => {
    await page.keyboard.press("Control+Enter");
    await page.locator(".form-error").first().waitFor();
    assert.equal(await page.locator(".form-error").count(), 2, "the name and the consent");
    await field("怎么称呼您").fill("王小华");
    await field("手机").fill("138 0013 8000");
    await field("生日").fill("不知道");
    await page.getByLabel("已同意以上内容").check();
    await page.keyboard.press("Control+Enter");
    await page.locator(".new-field", { hasText: "生日" }).locator(".form-error").waitFor();
    assert.deepEqual(await faults(page), []);
    await field("生日").fill("1990-05-06");
    await page.keyboard.press("Control+Enter");
    await page.getByText("已录入 1 条").waitFor();
    assert.equal(await field("怎么称呼您").inputValue(), "");
    await page.waitForFunction(() => document.activeElement?.matches(".form-paper input"));
    await page.keyboard.type("李四");
    await page.getByLabel("已同意以上内容").check();
    await page.keyboard.press("Control+Enter");
    await page.getByText("已录入 2 条").waitFor();
    await page.getByRole("button", { name: "撤销" }).last().click();
    await page.getByText("撤销", { exact: false }).first().waitFor();
    const { records } = await call(page, "GET", "/tables/customers/records?fields=name");
    assert.deepEqual(
      records.map((r) => r.values.name),
      ["老客户", "王小华"],
    );
  });

  it("is shared by an address that is shown once", async () => {
    await page.getByRole("button", { name: "分享表单" }).click();
    await page.getByText("这张表单还没有公开链接").waitFor();
    await page.getByLabel("链接用途").fill("朋友圈");
    await page.getByRole("button", { name: "生成链接" }).click();
    address = await page.locator(".form-address").innerText();
    assert.match(address, /\/f\/[0-9a-f]{48}$/);
    assert.deepEqual(await faults(page), []);
    await shot(page, "form-share-1440");
    await page.getByRole("button", { name: "已保存好" }).click();
    await page.locator(".ant-modal-close").click();
  });

  it("is filled in on a phone without a login, through a lost network", async () => {
    guest = await openPage(b, address, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await guest.getByRole("heading", { name: "小满茶舍会员" }).waitFor();
    assert.equal(await guest.title(), "小满茶舍会员");
    assert.ok(!(await guest.content()).includes("老客户"));
    assert.deepEqual(await guest.context().cookies(), []);
    await guest.getByRole("button", { name: "提交" }).tap();
    await guest.getByText("还有 2 处需要修改").waitFor();
    assert.deepEqual(await faults(guest), []);
    await shot(guest, "form-errors-390");
    await guest.getByLabel("怎么称呼您").fill("赵六");
    assert.equal(await guest.locator(".f-error:not(:empty)").count(), 1, "what is mended is no longer wrong");
    await guest.getByLabel("手机").fill("139 0013 9000");
    await guest.getByText("女", { exact: true }).tap();
    await guest.locator(".f-birthday select").nth(0).selectOption("农历");
    await guest.locator(".f-birthday select").nth(1).selectOption("8");
    await guest.locator(".f-stars label").nth(3).tap();
    await guest.getByText("我已阅读并同意以上内容").tap();
    await guest.getByRole("button", { name: "提交" }).tap();
    await guest.getByText("看不懂这个生日").waitFor();
    assert.deepEqual(await faults(guest), []);
    await guest.locator(".f-birthday select").nth(2).selectOption("15");

    await guest.context().setOffline(true);
    await guest.getByRole("button", { name: "提交" }).tap();
    await guest.getByText("网络不通").waitFor();
    assert.equal(await guest.getByLabel("怎么称呼您").inputValue(), "赵六", "what was typed is kept");
    await guest.context().setOffline(false);
    await guest.getByRole("button", { name: "提交" }).tap();
    await guest.getByRole("heading", { name: "收到啦！" }).waitFor();
    assert.deepEqual(await faults(guest), []);
    await shot(guest, "form-thanks-390");
    await guest.getByRole("button", { name: "再填一份" }).tap();
    assert.equal(await guest.getByLabel("怎么称呼您").inputValue(), "");
  });

  it("arrives in an open page, with its consent, and says where it came from", async () => {
    await page.goto(`${server.url}/t/customers`);
    await page.locator(".count", { hasText: "3 条" }).waitFor();
    await guest.getByLabel("怎么称呼您").fill("孙七");
    await guest.getByText("我已阅读并同意以上内容").tap();
    await guest.getByRole("button", { name: "提交" }).tap();
    await page.getByText("1 条新记录").waitFor();

    const { records } = await call(page, "GET", "/tables/customers/records?fields=name,birthday,u1,mobile");
    assert.deepEqual(records[2].values, {
      name: "赵六",
      birthday: "农历08-15",
      u1: 4,
      mobile: "13900139000",
    });
    await page.goto(`${server.url}/t/customers?c=${records[2].id}`);
    const consent = page.locator(".panel .consent");
    await consent.locator("summary", { hasText: /已同意 · 会员登记 · \d{4}-\d\d-\d\d \d\d:\d\d/ }).click();
    await consent.getByText(CONSENT).waitFor();
    assert.deepEqual(await faults(page), []);
    await shot(page, "form-consent-1440");
    await page.getByRole("tab", { name: "变更" }).click();
    await page.getByText("经表单“会员登记”").waitFor();
  });

  it("gives the consents as a file, on a phone too", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const { views } = await call(page, "GET", "/tables/customers/saved");
    await page.goto(`${server.url}/t/customers?view=${views[0].id}`);
    await page.locator(".form-paper").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    assert.deepEqual(await faults(page), []);
    await shot(page, "form-inside-390");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "同意记录" }).click(),
    ]);
    const lines = readFileSync(await file.path(), "utf8")
      .trim()
      .split("\r\n");
    assert.equal(lines.length, 5, "a header and four consents, that of the record taken back among them");
    assert.ok(lines.every((l, i) => i === 0 || l.includes(CONSENT)));
  });

  it("is gone once its address is revoked", async () => {
    await page.getByRole("button", { name: "分享表单" }).click();
    const row = page.locator(".past-row", { hasText: "朋友圈" });
    await row.getByText("共 2 次", { exact: false }).waitFor();
    await row.getByRole("button", { name: "停用" }).click();
    await row.getByRole("button", { name: "确定停用？" }).click();
    await page.getByText("这张表单还没有公开链接").waitFor();
    await guest.reload();
    await guest.getByRole("heading", { name: "这张表单打不开了" }).waitFor();
    assert.deepEqual(await faults(guest), []);
  });
});
