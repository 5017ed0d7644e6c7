// A sheet that is neither customers nor orders: it becomes a table of its own, with kinds found from its
// contents; the same sheet again adds nothing; taken back, the table goes.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { faults, opened, steps } from "../lib/journey.mjs";
import { ready, toColumn, waitActive } from "../lib/sheet.mjs";

const it = steps();
const SHEET =
  "课程,老师,开课日,学费,线上\n瑜伽,王老师,2026-03-01,199,是\n普拉提,李老师,2026-03-08,299.5,否\n舞蹈,王老师,2026-04-02,1280,否\n";

describe("own tables from sheets", { concurrency: 1 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "kebu-e2e-own-"));
  const file = join(folder, "课程表.csv");
  let server;
  let b;
  let page;
  before(async () => {
    writeFileSync(file, SHEET);
    ({ server, b, page } = await opened());
  });
  after(async () => {
    await b?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    assert.deepEqual(page?.wrong ?? [], []);
  });
  const next = () => page.locator(".page-foot .ant-btn-primary").click();
  const created = async () => page.locator("[data-table=t1] [data-count=created]").textContent();

  it("leaves out what it does not know, and offers a table of its own", async () => {
    await page.locator(".empty-book input[type=file]").setInputFiles([file]);
    await page.locator(".sheet-empty").waitFor();
    await page.getByLabel("这张表是").click();
    await page.locator(".ant-select-item-option").filter({ hasText: "新建一张表" }).click();
    await page.locator(".map-table").waitFor();
    assert.equal(await page.getByLabel("新表的名称").inputValue(), "课程表");
    const targets = await page.locator(".map-table .ant-select-content").allTextContents();
    assert.deepEqual(targets, [
      "每一行的名称",
      "新建一列 · 单行文字",
      "新建一列 · 日期",
      "新建一列 · 金额",
      "新建一列 · 是 / 否",
    ]);
    // The list that was open fades out; while it does, it has no name to be found by.
    await page
      .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)")
      .waitFor({ state: "detached" });
    assert.deepEqual(await faults(page), []);
  });

  it("fills it and shows it", async () => {
    await page.getByLabel("新表的名称").fill("培训课");
    await next();
    await page.locator(".counts").waitFor({ timeout: 30_000 });
    assert.equal(await page.locator(".count-card h3").first().textContent(), "培训课");
    await next();
    await page.locator(".done-mark").waitFor({ timeout: 30_000 });
    assert.equal(await created(), "3");
    await next();
    assert.match(page.url(), /\/t\/t1$/);
    await ready(page);
    await page.keyboard.press("Control+Home");
    await toColumn(page, "学费");
    await waitActive(page, "学费，第 1 行：¥199.00");
  });

  it("knows the sheet again and adds nothing twice", async () => {
    await page.locator('a[href="/import"]').first().click();
    await page.locator("input[type=file]").setInputFiles([file]);
    await page.locator(".map-table").waitFor();
    assert.match(await page.locator(".sheet-tab").first().textContent(), /培训课/);
    await next();
    await page.locator(".counts").waitFor({ timeout: 30_000 });
    assert.equal(await created(), "0");
    assert.equal(await page.locator("[data-table=t1] [data-count=unchanged]").textContent(), "3");
  });

  it("takes the table back with its import", async () => {
    await page.goto(`${server.url}/imports`);
    const row = page.locator(".past-row").filter({ hasText: "课程表.csv" });
    assert.match(await row.textContent(), /培训课/);
    await row.locator("button").click();
    await row.filter({ hasText: "已撤销" }).waitFor();
    assert.equal(await page.locator('a[href="/t/t1"]').count(), 0);
  });
});
