// Comments on cells: one person asks another about a cell, who hears of it, answers and resolves it, each in a browser
// of their own. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { browser, openPage } from "../lib/browser.mjs";
import { addColleague, call, faults, logIn, setUp, shot, steps } from "../lib/journey.mjs";
import { serve } from "../lib/server.mjs";
import { active, compose, toColumn, waitActive } from "../lib/sheet.mjs";

const NAME = "客户名称";
const CITY = "城市";
const balloon = (page) => page.locator(".balloon");
const box = (page) => balloon(page).locator("textarea");
const names = (page) => page.locator(".comment-names");
const bell = (page) => page.locator(".bell button");
const send = async (page, text) => {
  await page.keyboard.type(text);
  await page.keyboard.press("Control+Enter");
};

describe("comments", { concurrency: 1 }, () => {
  const it = steps();
  let server;
  let b;
  let ann;
  let bob;
  let ids;
  before(async () => {
    server = await serve();
    b = await browser();
    ann = await openPage(b, server.url);
    await setUp(ann, server);
    const records = ["王芳", "赵敏", "孙悦"].map((name) => ({ name: { text: name } }));
    ids = (await call(ann, "POST", "/tables/customers/records", { records })).ids;
    await ann.reload();
    await waitActive(ann, /第 1 行/);
    assert.equal(await bell(ann).count(), 0, "whoever works alone has no bell");
    addColleague(server);
    await ann.reload();
    await waitActive(ann, /第 1 行/);
    bob = await openPage(b, server.url);
    await logIn(bob, "bob", "bobs-password");
    await waitActive(bob, /第 1 行/);
  });
  after(async () => {
    await b?.close();
    await server?.stop();
    assert.deepEqual([...(ann?.wrong ?? []), ...(bob?.wrong ?? [])], []);
  });

  it("asks about a cell with Shift+F2 and mentions a colleague from the list", async () => {
    await toColumn(ann, CITY);
    await ann.keyboard.press("Shift+F2");
    await box(ann).waitFor();
    await ann.keyboard.type("请 @");
    await names(ann).getByText("李小波").waitFor();
    assert.deepEqual(await faults(ann), []);
    await shot(ann, "comments-names");
    // Enter takes the name, and that of an input method takes nothing.
    await ann.keyboard.press("Backspace");
    await ann.keyboard.type("@李");
    await ann.keyboard.press("Enter");
    await names(ann).waitFor({ state: "detached" });
    assert.equal(await box(ann).inputValue(), "请 @李小波 ");
    const ime = await compose(ann, ["k", "ka", "kan"], "看一下", "windows");
    await ime.enter();
    await ime.finish();
    assert.equal(await balloon(ann).locator(".comment").count(), 0, "nothing is sent by the input method");
    await ann.keyboard.press("Control+Enter");
    const said = balloon(ann).locator(".comment");
    await said.getByText("看一下").waitFor();
    assert.equal(await said.locator("mark").textContent(), "@李小波");
    assert.equal(await box(ann).inputValue(), "");
    await shot(ann, "comments-balloon");
    assert.deepEqual(await faults(ann), []);
    await ann.keyboard.press("Escape");
    await balloon(ann).waitFor({ state: "detached" });
    await waitActive(ann, /^城市，第 1 行：.*有批注$/);
    await ann.keyboard.press("ArrowDown");
    await waitActive(ann, /第 2 行/);
    assert.doesNotMatch(await active(ann), /有批注/);
  });

  it("lights the other's bell, which leads to the thread", async () => {
    await bob.locator(".bell-count", { hasText: "1" }).waitFor({ timeout: 3000 });
    assert.equal(await bell(bob).getAttribute("aria-label"), "提到我的，1 条未看");
    await bell(bob).click();
    const item = bob.locator(".mention", { hasText: "请 @李小波 看一下" });
    await item.getByText("王芳 · 城市").waitFor();
    await shot(bob, "comments-bell");
    assert.deepEqual(await faults(bob), []);
    await item.click();
    const thread = bob.locator(".panel .thread");
    await thread.getByText("看一下").waitFor();
    await bob.locator(".bell-count").waitFor({ state: "detached" });
    assert.equal(await bob.locator(".panel [role=tab][aria-selected=true]").textContent(), "批注 1");
    await shot(bob, "comments-panel");
    assert.deepEqual(await faults(bob), []);
    await thread.locator("textarea").click();
    await send(bob, "是杭州");
    await thread.getByText("是杭州").waitFor();
  });

  it("shows the answer live to whoever rests on the cell, and moves nothing", async () => {
    await ann.keyboard.press("ArrowUp");
    await balloon(ann).getByText("是杭州").waitFor({ timeout: 3000 });
    assert.equal(await ann.evaluate(() => document.activeElement?.className), "cell-input", "the keys stay");
    await bob.locator(".panel .thread textarea").click();
    await send(bob, "西湖区");
    await balloon(ann).getByText("西湖区").waitFor({ timeout: 3000 });
    await ann.keyboard.press("Escape");
    await balloon(ann).waitFor({ state: "detached" });
    // The pointer does the same.
    const at = await ann.locator("textarea.cell-input").boundingBox();
    await ann.mouse.move(at.x + 10, at.y + 60);
    await ann.waitForTimeout(200);
    await ann.mouse.move(at.x + 20, at.y + at.height / 2);
    await balloon(ann).getByText("西湖区").waitFor();
    await ann.mouse.move(at.x + 20, at.y + 120);
    await balloon(ann).waitFor({ state: "detached" });
  });

  it("keeps the signs while the table is sorted anew, and follows its record", async () => {
    await call(ann, "POST", "/tables/customers/saved", {
      name: "倒着",
      shared: true,
      sort: [{ field: "name", desc: true }],
    });
    await ann.locator(".view-button").click();
    await ann.locator(".view-item, .menu-item", { hasText: "倒着" }).first().click();
    await ann.locator("textarea.cell-input").focus();
    await ann.keyboard.press("Control+Home");
    await toColumn(ann, NAME);
    for (const name of ["赵敏", "王芳"]) {
      await waitActive(ann, name);
      if (name !== "王芳") await ann.keyboard.press("ArrowDown");
    }
    await toColumn(ann, CITY);
    await waitActive(ann, /有批注$/);
  });

  it("edits and removes what is one's own, with a way back", async () => {
    await ann.keyboard.press("Control+Alt+m");
    await box(ann).waitFor();
    const own = balloon(ann).locator(".comment", { hasText: "看一下" });
    assert.equal(await balloon(ann).getByLabel("修改").count(), 1, "what others wrote is theirs");
    await own.hover();
    await own.getByLabel("修改").click();
    await own.locator("textarea").fill("请 @李小波 再看一下");
    await own.getByText("保存").click();
    await own.getByText("改过").waitFor();
    await own.getByText("再看一下").waitFor();
    await own.hover();
    await own.getByLabel("删除").click();
    await own.waitFor({ state: "detached" });
    await ann.locator(".toast", { hasText: "批注已删除" }).getByText("撤销").click();
    await own.waitFor();
  });

  it("resolves a thread, here and there", async () => {
    await balloon(ann).getByLabel("标为已解决").click();
    await balloon(ann).getByText("已解决 1").waitFor();
    await bob.locator(".panel").getByText("已解决 1").waitFor({ timeout: 3000 });
    await ann.keyboard.press("Escape");
    await waitActive(ann, /^城市，第 \d 行：[^有]*$/);
    await bob.locator(".panel").getByText("已解决 1").click();
    await bob.locator(".panel").getByLabel("重新打开").click();
    await waitActive(ann, /有批注$/);
  });

  it("is in the menu of a cell and in the palette", async () => {
    await toColumn(ann, NAME);
    const at = await ann.locator("textarea.cell-input").boundingBox();
    await ann.mouse.click(at.x + 30, at.y + at.height / 2, { button: "right" });
    await ann.locator(".cell-menu").getByText("批注").waitFor();
    await shot(ann, "comments-menu");
    assert.deepEqual(await faults(ann), []);
    await ann.locator(".cell-menu").getByText("批注").click();
    await box(ann).waitFor();
    await ann.keyboard.type("没发出去的");
    await ann.keyboard.press("Escape");
    await balloon(ann).waitFor({ state: "detached" });
    await ann.keyboard.press("Control+k");
    await ann.locator(".palette input").fill("批注");
    await ann.keyboard.press("Enter");
    await box(ann).waitFor();
    assert.equal(await box(ann).inputValue(), "没发出去的", "what was written is not lost");
    await ann.keyboard.press("End");
    await ann.keyboard.type("，下次再发");
    assert.equal(await box(ann).inputValue(), "没发出去的，下次再发");
    await ann.keyboard.press("Escape");
    await balloon(ann).waitFor({ state: "detached" });
  });

  it("is in the form of a record without a page of its own", async () => {
    const [order] = (
      await call(ann, "POST", "/tables/orders/records", {
        records: [{ order_no: { text: "A1" }, customer: ids[0] }],
      })
    ).ids;
    const members = (await call(ann, "GET", "/members")).members;
    const me = members.find((m) => m.name === "李小波").id;
    await call(ann, "POST", `/tables/orders/records/${order}/comments`, {
      text: "@李小波 这一单对吗",
      mentions: [me],
    });
    await bob.locator(".bell-count", { hasText: "1" }).waitFor({ timeout: 3000 });
    await bell(bob).click();
    await bob.locator(".mention", { hasText: "这一单对吗" }).click();
    const form = bob.locator(".ant-modal");
    await form.locator(".thread").getByText("这一单对吗").waitFor();
    await shot(bob, "comments-form");
    assert.deepEqual(await faults(bob), []);
    await form.locator(".thread textarea").click();
    await send(bob, "对");
    await form.locator(".thread").getByText("对", { exact: true }).waitFor();
    await bob.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
  });

  it("does all that on a phone", async () => {
    const phone = await openPage(b, server.url, {
      viewport: { width: 390, height: 844 },
      storageState: await bob.context().storageState(),
    });
    await phone.locator(".cards li").first().waitFor();
    await call(ann, "POST", `/tables/customers/records/${ids[1]}/comments`, {
      text: "@李小波 该回访了",
      mentions: [(await call(ann, "GET", "/members")).members.find((m) => m.name === "李小波").id],
    });
    await phone.locator(".bell-count", { hasText: "1" }).waitFor({ timeout: 3000 });
    await bell(phone).click();
    const item = phone.locator(".mention", { hasText: "该回访了" });
    await item.waitFor();
    // Waits until it has come up.
    assert.deepEqual(await faults(phone), []);
    const below = await phone.locator(".popup").boundingBox();
    assert.equal(Math.round(below.y + below.height), 844, "it comes from below");
    await shot(phone, "comments-phone-bell");
    await item.click();
    const thread = phone.locator(".panel .thread");
    await thread.getByText("该回访了").waitFor();
    await thread.locator("textarea").click();
    await phone.keyboard.type("好 @o");
    await names(phone).getByText("owner").click();
    await thread.getByText("回复", { exact: true }).click();
    await thread.locator("mark", { hasText: "@owner" }).waitFor();
    await shot(phone, "comments-phone");
    assert.deepEqual(await faults(phone), []);
    await ann.locator(".bell-count", { hasText: "1" }).waitFor({ timeout: 3000 });
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });
});
