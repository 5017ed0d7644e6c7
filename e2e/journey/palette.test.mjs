// One box for everything: records of all tables and commands, by keyboard, with an input method, and on a phone.
// Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { closed, faults, opened, steps } from "../lib/journey.mjs";

const it = steps();

/** Records made through the API, as the page's own session. */
const make = (page, table, records) =>
  page.evaluate(
    async ([t, r]) => {
      const answer = await fetch(`/api/v1/tables/${t}/records`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ records: r }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    [table, records],
  );
const line = (page, text) => page.locator(".palette-line", { hasText: text });

describe("the palette", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  before(async () => {
    ({ server, b, page } = await opened());
    await make(page, "customers", [
      { name: "王小华", mobile: "13800138000", note: "喜欢大码，李姐介绍" },
      { name: "李大码", mobile: "13900139001" },
      ...Array.from({ length: 7 }, (_, n) => ({ name: `赵${n}` })),
    ]);
    await make(page, "orders", [
      {
        order_no: "TB20261101",
        product: "围巾",
        note: "送大码围巾",
        amount: 12_300,
      },
    ]);
    await make(page, "products", [{ name: "羊绒围巾", price: 19_900 }]);
    await page.reload();
    await page.locator(".sheet-area canvas").first().waitFor();
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("finds records of every table and says why", async () => {
    await page.keyboard.press("Control+k");
    await page.locator(".palette-box input").waitFor();
    await page.keyboard.type("大码");
    await line(page, "送大码围巾").waitFor();
    assert.deepEqual(await page.locator(".palette-title").allTextContents(), ["客户", "订单"]);
    const said = await page.locator(".palette-line").allTextContents();
    assert.match(said[0], /李大码.*13900139001/);
    assert.match(said[1], /王小华.*备注：喜欢大码/);
    assert.deepEqual(await faults(page), []);
  });

  it("opens a customer by keyboard and gives the focus back", async () => {
    await page.locator(".palette-box input").fill("wxh");
    await line(page, "王小华").waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".palette").waitFor({ state: "detached" });
    await page.waitForURL(/c=1/);
    await page.locator(".panel", { hasText: "王小华" }).waitFor();
  });

  it("opens a record of another table, and remembers both", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("TB2026");
    await line(page, "TB20261101").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/t\/orders/);
    await page.locator(".ant-modal", { hasText: "订单" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".ant-modal").waitFor({ state: "hidden" });
    await page.keyboard.press("Control+k");
    await page.locator(".palette-title", { hasText: "最近打开" }).waitFor();
    const recent = (await page.locator(".palette-line").allTextContents()).slice(0, 2);
    assert.match(recent[0], /TB20261101/);
    assert.match(recent[1], /王小华/);
  });

  it("narrows the table to all that answers, whatever view was open", async () => {
    const view = await page.evaluate(async () => {
      const body = JSON.stringify({ name: "老客", shared: false, sort: [{ field: "name" }] });
      const headers = { "content-type": "application/json" };
      return (await fetch("/api/v1/tables/customers/saved", { method: "POST", headers, body })).json();
    });
    await page.goto(`${server.url}/t/customers?view=${view.id}`);
    await page.locator(".view-name", { hasText: "老客" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.locator(".palette-box input").fill("赵");
    await line(page, "在“客户”里查看全部").click();
    await page.waitForURL(/\/t\/customers/);
    await page.locator(".count", { hasText: "7 条" }).waitFor();
    await page.locator(".search input").fill("");
    await page.locator(".count", { hasText: "9 条" }).waitFor();
    // Cleared again at once, before anything of it was sent.
    await page.keyboard.press("Control+k");
    await page.locator(".palette-box input").fill("赵");
    await line(page, "在“客户”里查看全部").click();
    await page.waitForFunction(() => document.querySelector(".search input").value === "赵");
    await page.locator(".search input").fill("");
    await page.waitForTimeout(600);
    await page.locator(".count", { hasText: "9 条" }).waitFor();
  });

  it("carries out commands", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type(">回收");
    await line(page, "回收站").waitFor();
    assert.equal(await page.locator(".palette-line").count(), 1);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/trash/);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("深色");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    // Colours fade over.
    await page.waitForTimeout(500);
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Control+k");
    await page.keyboard.type(">浅色");
    await page.keyboard.press("Enter");
  });

  it("waits for the input method", async () => {
    await page.keyboard.press("Control+k");
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Input.imeSetComposition", {
      text: "da'ma",
      selectionStart: 5,
      selectionEnd: 5,
    });
    await page.waitForTimeout(300);
    assert.equal(await page.locator(".palette-none").count(), 0, "half a word is no question");
    await cdp.send("Input.insertText", { text: "大码" });
    await line(page, "李大码").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".palette").waitFor({ state: "detached" });
  });

  it("fills a phone", async () => {
    const phone = await openPage(b, server.url, { viewport: { width: 390, height: 844 } });
    await phone.locator("#login").fill("owner");
    await phone.locator("#password").fill("ahuan-2026");
    await phone.locator("button[type=submit]").click();
    await phone.locator("[data-command=palette]").click();
    await phone.locator(".palette-box input").fill("8000");
    await line(phone, "王小华").click();
    await phone.waitForURL(/c=1/);
    assert.deepEqual(phone.wrong, []);
  });
});
