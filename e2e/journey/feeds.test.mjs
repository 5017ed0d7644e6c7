// A saved view as a condition of another, and its live link: made, copied, read without a login, followed, revoked on
// a phone. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { call, choose, closed, faults, manage, opened, shot, steps } from "../lib/journey.mjs";
import { waitActive } from "../lib/sheet.mjs";

describe("live links and segments", { concurrency: 1 }, () => {
  const it = steps();
  let server;
  let b;
  let page;
  let address;
  const post = (path, body) => call(page, "POST", path, body);
  before(async () => {
    ({ server, b, page } = await opened());
    const records = Array.from({ length: 12 }, (_, i) => ({
      name: `客户${i + 1}`,
      city: i % 3 ? "苏州市" : "杭州市",
    }));
    await post("/tables/customers/records", { records });
    await post("/tables/customers/saved", {
      name: "杭州客户",
      shared: true,
      columns: [{ field: "name" }, { field: "city" }],
      filter: { field: "city", op: "eq", values: ["杭州市"] },
    });
    await page.reload();
    await waitActive(page, /第 1 行/);
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("narrows by a view, in it and not in it", async () => {
    await page.locator(".filter-button").click();
    await page.getByText("属于视图").click();
    await page.locator(".chip", { hasText: "属于“杭州客户”" }).waitFor();
    await page.locator(".count", { hasText: "4 条" }).waitFor();
    await choose(page, page.locator(".builder .ant-select").filter({ hasText: /^属于$/ }), "不属于");
    await page.locator(".chip", { hasText: "不属于“杭州客户”" }).waitFor();
    await page.locator(".count", { hasText: "8 条" }).waitFor();
    await shot(page, "segment");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Escape");
    await page.locator(".view-save").click();
    await page.getByLabel("视图名称").fill("外地客户");
    await page
      .getByRole("button", { name: "保 存" })
      .or(page.getByRole("button", { name: "保存" }))
      .last()
      .click();
    await page.locator(".view-button .view-name", { hasText: "外地客户" }).waitFor();
    await page.reload();
    await page.locator(".count", { hasText: "8 条" }).waitFor();
  });

  it("is told which views use one that is to be deleted", async () => {
    await manage(page, "杭州客户", "删除");
    await page.locator(".view-list .form-error", { hasText: "外地客户" }).waitFor();
    await page.keyboard.press("Escape");
  });

  it("makes a link of the view and reads it without a login", async () => {
    await manage(page, "外地客户", "实时链接");
    await page.getByText("这个视图还没有链接").waitFor();
    await page.getByLabel("链接用途").fill("给会计");
    await page.getByRole("button", { name: "新建链接" }).click();
    address = await page.locator(".link-reader code").innerText();
    assert.match(address, /\/api\/v1\/feeds\/[0-9a-f]{48}\.csv$/);
    assert.deepEqual(await faults(page), []);
    await shot(page, "link-1440");
    await page.getByRole("tab", { name: "Google 表格" }).click();
    assert.equal(await page.locator(".link-reader code").innerText(), `=IMPORTDATA("${address}")`);
    await page.getByText("Google 的服务器读不到").waitFor();

    const read = await fetch(address);
    assert.equal(read.status, 200);
    const lines = Buffer.from(await read.arrayBuffer())
      .toString("utf8")
      .split("\r\n");
    assert.ok(lines[0].startsWith("\ufeff"), lines[0]);
    assert.equal(lines.length, 10, "a header, eight records, the end");
    const tag = read.headers.get("etag");
    assert.equal((await fetch(address, { headers: { "if-none-match": tag } })).status, 304);
    await post("/tables/customers/records", { records: [{ name: "新来的", city: "上海市" }] });
    const again = await fetch(address.replace(".csv", ".json"), { headers: { "if-none-match": tag } });
    const rows = await again.json();
    assert.equal(rows.at(-1).客户名称, "新来的");
    await page.getByRole("button", { name: "已保存好" }).click();
    assert.ok(!(await page.content()).includes(address), "nothing shows it again");
    await page.locator(".ant-modal-close").click();
  });

  it("lists it beside the tokens and revokes it on a phone, asked twice", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${server.url}/settings/tokens`);
    const row = page.locator(".past-row", { hasText: "给会计" });
    await row.getByText("视图“外地客户”", { exact: false }).waitFor();
    await row.getByText("共 3 次", { exact: false }).waitFor();
    assert.deepEqual(await faults(page), []);
    await shot(page, "links-390");
    await row.getByRole("button", { name: "停用" }).click();
    await row.getByRole("button", { name: "确定停用？" }).click();
    await page.getByText("还没有实时链接").waitFor();
    assert.equal((await fetch(address)).status, 404);
  });
});
