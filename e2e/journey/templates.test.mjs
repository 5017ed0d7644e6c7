// A new book takes up a template with its sample rows, sees its views, clears the samples, saves a template of its own
// as a file and looks at it again. On the desk and on the phone, against the real binary.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe } from "node:test";
import { call, closed, faults, opened, shot, steps } from "../lib/journey.mjs";

const it = steps();

describe("templates", { concurrency: 1 }, () => {
  let book = {};
  let page;
  let file;
  const views = async (table) => (await call(page, "GET", `/tables/${table}/saved`)).views;
  before(async () => {
    book = await opened();
    page = book.page;
  });
  after(() => closed(book));

  it("finds the gallery from the empty book", async () => {
    await page.locator("[data-command=templates]").click();
    await page.locator(".tpl-item").nth(4).waitFor();
    assert.equal(await page.locator(".tpl-item .tpl-picture").count(), 5);
    // The pictures are live: grades are computed, and what there is to see is in the language of the page.
    await page.locator(".tpl-item", { hasText: "客户等级表" }).locator(".badge").first().waitFor();
    assert.deepEqual(await faults(page), []);
    await shot(page, "templates");
  });

  it("shows what a template brings and adds it with its sample rows", async () => {
    await page.getByRole("button", { name: "看看“微商客户管理系统”" }).click();
    await page.locator(".tpl-detail h1", { hasText: "微商客户管理系统" }).waitFor();
    await page.locator(".tpl-tabs button", { hasText: "肤质看板" }).click();
    await page.locator(".tpl-lane", { hasText: "敏感性" }).getByText("苏婉清").waitFor();
    assert.deepEqual(await faults(page), []);
    await shot(page, "template");
    assert.ok(await page.getByRole("checkbox").isChecked(), "an empty book is offered the sample rows");
    await page.getByRole("button", { name: "加入我的客户簿" }).click();
    await page.waitForURL(/\/t\/customers\?view=\d+/);
    await page.locator(".view-button", { hasText: "微商客户管理系统" }).waitFor();
    await page.locator(".banner", { hasText: "示例行" }).waitFor();
    const names = (await views("customers")).map((v) => v.name);
    assert.ok(names.includes("生日本月") && names.includes("肤质看板"), names.join());
    await page.locator(".view-button").click();
    await page.getByText("肤质看板", { exact: true }).click();
    await page.locator(".board-card", { hasText: "苏婉清" }).waitFor();
  });

  it("brings nothing twice", async () => {
    const before = await views("customers");
    await page.goto(`${book.server.url}/templates?show=wechat`);
    await page.getByText("模板的内容都在客簿里了。").waitFor();
    const again = await call(page, "POST", "/templates/add", { id: "wechat", samples: true });
    assert.equal(again.samples, 0);
    assert.deepEqual(await views("customers"), before);
  });

  it("clears the sample rows and keeps the fields", async () => {
    await page.getByRole("button", { name: "清除示例行" }).click();
    await page.getByText(/已清除 \d+ 行示例/).waitFor();
    const status = await call(page, "GET", "/status");
    assert.deepEqual([status.book.customers, status.book.samples], [0, []]);
    assert.ok((await views("customers")).length > 10);
  });

  it("saves a template of one's own as a file", async () => {
    await page.goto(`${book.server.url}/templates`);
    await page.getByRole("button", { name: "存为模板" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("模板名称").fill("美妆小店");
    await dialog.getByText("肤质看板").waitFor();
    assert.deepEqual(await faults(page), []);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      dialog.getByRole("button", { name: "下载模板文件" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "美妆小店.json");
    file = readFileSync(await download.path());
    const document = JSON.parse(file);
    assert.deepEqual([document.kebu_template, document.label.zh], [1, "美妆小店"]);
    assert.ok(!file.toString().includes("苏婉清"), "no record goes along");
  });

  it("takes the template away, and adds its own from the file", async () => {
    await page.goto(`${book.server.url}/templates?show=wechat`);
    await page.getByRole("button", { name: "移除模板带来的内容" }).click();
    await page.getByRole("button", { name: "确定移除？" }).click();
    await page.getByText(/已移除 \d+ 个字段、\d+ 个视图/).waitFor();
    assert.deepEqual(await views("customers"), []);
    const dropped = { name: "美妆小店.json", mimeType: "application/json", buffer: file };
    await page.locator("input[type=file]").setInputFiles(dropped);
    await page.locator(".tpl-detail h1", { hasText: "美妆小店" }).waitFor();
    await page.getByRole("button", { name: "加入我的客户簿" }).click();
    await page.waitForURL(/\/t\/customers\?view=\d+/);
    assert.ok((await views("customers")).some((v) => v.name === "肤质看板"));
    await page.goto(`${book.server.url}/templates`);
    await page.locator(".tpl-own-row", { hasText: "美妆小店" }).waitFor();
  });

  it("says what is wrong with a file", async () => {
    const input = page.locator("input[type=file]");
    await input.setInputFiles({ name: "a.json", mimeType: "application/json", buffer: Buffer.from("[1]") });
    await page.getByText("这个文件不是客簿的模板").waitFor();
    const newer = JSON.stringify({ kebu_template: 9, label: "新", tables: [] });
    await input.setInputFiles({ name: "b.json", mimeType: "application/json", buffer: Buffer.from(newer) });
    await page.getByText("模板由更新版本的客簿存成").waitFor();
  });

  it("asks what to do about a field of the same name, on a phone, in English", async () => {
    await call(page, "POST", "/tables/customers/fields", { label: "客户分层", kind: "text" });
    await call(page, "POST", "/tables/customers/fields", { label: "配送要求", kind: "number", decimals: 0 });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate(() => localStorage.setItem("kebu.locale", JSON.stringify("en")));
    await page.goto(`${book.server.url}/templates`);
    await page.locator(".tpl-item").nth(4).waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `the page is ${wide} px wide`);
    assert.deepEqual(await faults(page), []);
    await shot(page, "templates-phone");
    await page.locator(".tpl-open").nth(3).click();
    await page.locator(".tpl-clash").waitFor();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    assert.deepEqual(await faults(page), []);
    await shot(page, "template-phone");
    await page.locator(".tpl-foot .ant-btn-primary").click();
    await page.waitForURL(/\/t\/customers\?view=\d+/);
    const { tables } = await call(page, "GET", "/schema");
    const labels = tables[0].fields.map((f) => f.label.zh);
    assert.ok(labels.includes("配送要求") && labels.includes("配送要求（模板）"), labels.join());
  });
});
