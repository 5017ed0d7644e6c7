// A token is made in the page, copied once, used by a program, seen as used, and revoked. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { browser, openPage } from "../lib/browser.mjs";
import { faults, setUp, steps } from "../lib/journey.mjs";
import { serve } from "../lib/server.mjs";

const it = steps();

describe("tokens", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  let secret;
  const row = () => page.locator(".past-row", { hasText: "每日报表" });
  const ask = (path, init = {}) =>
    fetch(`${server.url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    });
  before(async () => {
    server = await serve();
    b = await browser();
    page = await openPage(b, server.url);
    await setUp(page, server);
  });
  after(async () => {
    await b?.close();
    await server?.stop();
    assert.deepEqual(page?.wrong ?? [], []);
  });

  it("makes a token from the user's menu and shows it once", async () => {
    await page.locator(".topbar [aria-expanded]").last().click();
    await page.locator(".user-menu .menu-item", { hasText: "API 令牌" }).click();
    await page.getByText("还没有令牌").waitFor();
    await page.getByLabel("用途", { exact: true }).fill("每日报表");
    await page.getByRole("button", { name: "新建令牌" }).click();
    secret = await page.locator(".token-secret code").innerText();
    assert.match(secret, /^kebu_[0-9a-f]{64}$/);
    await row().getByText("还没用过").waitFor();
    assert.deepEqual(await faults(page), []);
    await page.getByRole("button", { name: "已保存好" }).click();
    await page.reload();
    await row().waitFor();
    assert.ok(!(await page.content()).includes(secret), "nothing shows it again");
  });

  it("lets a program read and nothing more", async () => {
    assert.deepEqual((await (await ask("/tables/customers/records")).json()).records, []);
    const write = await ask("/tables/customers/records", {
      method: "POST",
      body: JSON.stringify({ records: [{ name: "甲" }] }),
    });
    assert.equal(write.status, 403);
    await page.reload();
    await row().getByText("用过", { exact: false }).waitFor();
  });

  it("revokes it on a phone, asked twice", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.reload();
    await row().getByRole("button", { name: "撤销" }).click();
    assert.deepEqual(await faults(page), []);
    await row().getByRole("button", { name: "确定撤销？" }).click();
    await page.getByText("还没有令牌").waitFor();
    assert.equal((await ask("/schema")).status, 401);
  });
});
