// A customer: a note with an input method becomes a follow-up, done and undone, put off; the timeline narrowed; the
// neighbours; the page of its own; and the same by thumb. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { call, closed, faults, opened, shot, steps } from "../lib/journey.mjs";

const it = steps();
const day = (n) => new Date(Date.now() + 8 * 3_600_000 + n * 86_400_000).toISOString().slice(0, 10);
const note = (page) => page.getByLabel("记一笔");
const chip = (page, text) => page.locator(".note-chip", { hasText: text });
const open = (page, text) => page.locator(".follow-up", { hasText: text });
const toast = (page, text) => page.locator(".toast", { hasText: text }).first();

describe("the customer page", { concurrency: 1 }, () => {
  let server;
  let b;
  let page;
  before(async () => {
    ({ server, b, page } = await opened());
    const people = [
      { name: "王小华", mobile: "13800138000", wechat: "wxh_88", email: "wang@example.com", tags: ["送礼"] },
      { name: "李强" },
      { name: "赵敏" },
    ];
    await call(page, "POST", "/tables/customers/records", { records: people });
    const orders = [60, 40, 21].map((n, i) => ({
      customer: 1,
      order_no: `A${i}`,
      time: `${day(-n)}T10:00:00`,
      product: "礼盒",
      amount: 12_800,
    }));
    await call(page, "POST", "/tables/orders/records", { records: orders });
    await page.goto(`${server.url}/t/customers?c=1`);
    await page.locator(".panel h2", { hasText: "王小华" }).waitFor();
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("tells who it is, how to reach them, how often they buy", async () => {
    const panel = page.locator(".panel");
    assert.equal(await panel.getByLabel("拨打 13800138000").getAttribute("href"), "tel:13800138000");
    assert.equal(
      await panel.getByLabel("写邮件给 wang@example.com").getAttribute("href"),
      "mailto:wang@example.com",
    );
    await panel.locator(".figures dd", { hasText: "约 20 天一单" }).waitFor();
    await panel.locator(".rhythm-since", { hasText: "距上次 21 天" }).waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await panel.getByLabel("复制微信号 wxh_88").click();
    await toast(page, "已复制微信号").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "wxh_88");
    await panel.locator(".grade-button").click();
    await page.locator(".popup .reasons li").first().waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await panel.locator(".event-order").count(), 3);
    assert.deepEqual(await faults(page), []);
  });

  it("keeps a note written with an input method, as a follow-up", async () => {
    await note(page).focus();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Input.imeSetComposition", { text: "ming'tian", selectionStart: 9, selectionEnd: 9 });
    await page.waitForTimeout(300);
    assert.equal(await page.locator(".note-chips").count(), 0, "half a word is not read");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(300);
    assert.equal(await page.locator(".event-talk").count(), 0, "Enter inside a composition keeps nothing");
    await note(page).fill("");
    await cdp.send("Input.imeSetComposition", { text: "ming'tian", selectionStart: 9, selectionEnd: 9 });
    await cdp.send("Input.insertText", { text: "明天下午电话 确认尺码" });
    await chip(page, "跟进 · 明天 14:00 · 电话").waitFor();
    await shot(page, "note-1440");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Enter");
    await open(page, "确认尺码").waitFor();
    // The follow-up may be shown before the line is emptied.
    await page.waitForFunction(() => document.querySelector(".note-entry input").value === "");
    await page.locator(".next-contact", { hasText: "明天" }).waitFor();
    const { values } = await call(page, "GET", "/tables/customers/records/1");
    assert.deepEqual([values.next_contact, values.open_follow_ups], [day(1), 1]);
  });

  it("leaves as text what is taken away", async () => {
    await note(page).fill("她说明天来店里");
    await chip(page, "到店").or(chip(page, "跟进")).first().waitFor();
    await page.getByLabel(/去掉“跟进/).click();
    await chip(page, "跟进").waitFor({ state: "detached" });
    await page.keyboard.press("Tab");
    await note(page).press("Enter");
    await page.locator(".event-text", { hasText: "她说明天来店里" }).waitFor();
    assert.equal(await page.locator(".follow-up").count(), 1);
  });

  it("does a follow-up with one tap, and takes it back", async () => {
    await page.getByLabel("完成：确认尺码").click();
    await open(page, "确认尺码").waitFor({ state: "detached" });
    await page.locator(".next-contact", { hasText: "还没定" }).waitFor();
    await toast(page, "已完成").getByRole("button", { name: "撤销" }).click();
    await open(page, "确认尺码").waitFor();
    await page.locator(".next-contact", { hasText: "明天" }).waitFor();
  });

  it("puts it off, from the list and from the header", async () => {
    await open(page, "确认尺码").getByRole("button", { name: "改期" }).click();
    await page.locator(".pick-day .menu-item", { hasText: "三天后" }).click();
    await toast(page, "已改期").waitFor();
    await page.waitForFunction(() => !document.querySelector(".next-contact")?.textContent.includes("明天"));
    assert.equal((await call(page, "GET", "/tables/customers/records/1")).values.next_contact, day(3));
    await page.locator(".next-contact").click();
    // Keys of half a date are days too, to the browser: none of them is taken.
    const other = page.locator(".pick-day input[type=date]");
    await other.pressSequentially("20261215");
    assert.equal((await call(page, "GET", "/tables/customers/records/1")).values.next_contact, day(3));
    await other.fill("0006-02-02");
    assert.ok(await page.locator(".pick-day form button").isDisabled(), "nobody means the year 6");
    await other.fill(day(-2));
    assert.deepEqual(await faults(page), []);
    await other.press("Enter");
    await page.locator(".pick-day").waitFor({ state: "detached" });
    await page.locator(".next-contact.late", { hasText: "已过期" }).waitFor();
    const talk = (await call(page, "GET", "/customers/1/timeline")).open[0];
    assert.equal(talk.values.follow_up, `${day(-2)}T14:00:00`, "the follow-up moved, at its time");
    await page.locator(".follow-up.late").waitFor();
    await shot(page, "customer-1440");
    assert.deepEqual(await faults(page), []);
  });

  it("narrows the timeline", async () => {
    const pill = (name) => page.locator(".timeline-filter .pill", { hasText: name });
    await pill("互动").click();
    await page.locator(".event-order").first().waitFor({ state: "detached" });
    await page.locator(".event-talk").nth(1).waitFor();
    assert.equal(await page.locator(".event-talk").count(), 2);
    await pill("反馈").click();
    await page.locator(".timeline-empty").waitFor();
    await note(page).fill("投诉 包装破了");
    await chip(page, "投诉").waitFor();
    await note(page).press("Enter");
    await page.locator(".event-talk", { hasText: "包装破了" }).waitFor();
    await pill("变更").click();
    await page.locator(".event[data-kind=made]").waitFor();
    await pill("全部").click();
    await page.locator(".event-order").first().waitFor();
  });

  it("opens an interaction and edits it", async () => {
    await page.locator(".event-talk", { hasText: "包装破了" }).click();
    await page.locator(".ant-modal textarea").first().fill("包装破了，已补发");
    await page.locator(".ant-modal .ant-btn-primary").click();
    await page.locator(".event-talk", { hasText: "已补发" }).waitFor();
  });

  it("goes to the neighbours by button and keys", async () => {
    await page.locator(".panel h2").click();
    await page.locator(".panel").focus();
    const at = await page.locator(".panel h2").textContent();
    const down = await page.getByRole("button", { name: "下一位" }).isEnabled();
    await page.keyboard.press(down ? "Alt+ArrowDown" : "Alt+ArrowUp");
    await page.waitForFunction((name) => document.querySelector(".panel h2")?.textContent !== name, at);
    await page.locator(".timeline-empty, .event[data-kind=made]").first().waitFor();
    await page.getByRole("button", { name: down ? "上一位" : "下一位" }).click();
    await page.locator(".panel h2", { hasText: at }).waitFor();
  });

  it("keeps a line that was begun, for its customer", async () => {
    const panel = page.locator(".panel");
    const name = await panel.locator("h2").textContent();
    const other = (is) =>
      page.waitForFunction(
        ([name, is]) => (document.querySelector(".panel h2")?.textContent !== name) === is,
        [name, is],
      );
    const down = await panel.getByRole("button", { name: "下一位" }).isEnabled();
    await note(page).fill("半句");
    await note(page).press(down ? "Alt+ArrowDown" : "Alt+ArrowUp");
    await other(true);
    await page.waitForFunction(() => document.querySelector(".note-entry input").value === "");
    // The keys go on working, although the line that had them is another's.
    await page.keyboard.press(down ? "Alt+ArrowUp" : "Alt+ArrowDown");
    await other(false);
    assert.equal(await note(page).inputValue(), "半句");
    await note(page).focus();
    await page.keyboard.press("Escape");
    await panel.waitFor();
    assert.ok(!(await note(page).evaluate((e) => e === document.activeElement)), "Escape leaves the line");
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    await page.keyboard.press("Control+k");
    await page.locator(".palette-box input").fill(name);
    await page.locator(".palette-line", { hasText: name }).first().click();
    await page.locator(".panel h2", { hasText: name }).waitFor();
    assert.equal(await note(page).inputValue(), "半句");
    await note(page).fill("");
  });

  it("leaves a field with Escape, and lets one mend what was refused", async () => {
    await page.locator(".panel").getByRole("tab", { name: "资料" }).click();
    const birthday = page.locator(".panel .field-row", { hasText: "生日" }).first();
    const stored = async () => (await call(page, "GET", "/tables/customers/records/1")).values.birthday;
    const mobile = page.locator(".panel .field-row", { hasText: "手机" }).first();
    await mobile.locator("button").click();
    await mobile.locator("input").fill("13900139000");
    await page.keyboard.press("Escape");
    await mobile.locator("button", { hasText: "13800138000" }).waitFor();
    assert.ok(await mobile.locator("button").evaluate((e) => e === document.activeElement));
    await page.keyboard.press("Tab");
    await birthday.locator("button").click();
    await birthday.locator("input").fill("1990年13月45日生");
    await page.keyboard.press("Enter");
    await birthday.getByRole("alert").waitFor();
    await birthday.locator("button").click();
    assert.equal(await birthday.locator("input").inputValue(), "1990年13月45日生");
    await birthday.locator("input").fill("1990年12月5日生");
    await page.keyboard.press("Enter");
    await birthday.getByRole("alert").waitFor({ state: "detached" });
    await birthday.locator("button", { hasText: "12" }).waitFor();
    assert.notEqual(await stored(), null);
    const values = (await call(page, "GET", "/tables/customers/records/1")).values;
    assert.equal(values.mobile, "13800138000", "what was left with Escape is not stored");
  });

  it("has a page and an address of its own", async () => {
    await page.getByRole("button", { name: "整页打开" }).click();
    await page.waitForURL(/\/c\/1$/);
    await page.locator(".person-columns .follow-up").waitFor();
    await page.locator(".person-about .field-row").first().waitFor();
    await shot(page, "customer-page-1440");
    assert.deepEqual(await faults(page), []);
    await page.reload();
    await page.locator(".person-columns h2", { hasText: "王小华" }).waitFor();
    await page.getByRole("button", { name: "在表格旁打开" }).click();
    await page.locator(".panel h2", { hasText: "王小华" }).waitFor();
  });

  it("lists interactions as a table like any other", async () => {
    await page.goto(`${server.url}/t/interactions`);
    await page.locator(".count", { hasText: "3 条" }).waitFor();
    await page.locator(".search input").fill("补发");
    await page.locator(".count", { hasText: "1 条" }).waitFor();
  });

  it("does it by thumb", async () => {
    const phone = await openPage(b, server.url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await phone.locator("#login").fill("owner");
    await phone.locator("#password").fill("ahuan-2026");
    await phone.locator("button[type=submit]").tap();
    await phone.locator(".card-main", { hasText: "王小华" }).tap();
    await phone.locator(".panel h2", { hasText: "王小华" }).waitFor();
    await note(phone).tap();
    await phone.keyboard.insertText("后天微信 发新款图");
    await chip(phone, "微信").waitFor();
    const box = await phone.locator(".note-box").boundingBox();
    assert.ok(
      box.y + box.height > 780 && box.y + box.height <= 844,
      "the line is at the bottom of the screen",
    );
    // At its outer end, which is elsewhere as soon as anything moves.
    const end = (await phone.locator(".note-save").boundingBox()).width - 4;
    await phone.locator(".note-save").tap({ position: { x: end, y: 22 } });
    await open(phone, "发新款图").waitFor();
    assert.deepEqual(await faults(phone), []);
    await shot(phone, "customer-390");
    await phone.getByLabel("完成：发新款图").tap();
    await open(phone, "发新款图").waitFor({ state: "detached" });
    await toast(phone, "已完成").getByRole("button", { name: "撤销" }).tap();
    await open(phone, "发新款图").waitFor();
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 390, `${wide} wide`);
    await phone.goto(`${server.url}/c/1`);
    await phone.locator(".person-page h2", { hasText: "王小华" }).waitFor();
    assert.equal(await phone.getByLabel("拨打 13800138000").getAttribute("href"), "tel:13800138000");
    assert.deepEqual(await faults(phone), []);
    assert.deepEqual(phone.wrong, []);
  });
});
