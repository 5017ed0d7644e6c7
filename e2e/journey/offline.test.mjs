// On a phone without a network: what was opened can be read, a note, a next contact and a new customer are kept, and
// sent when the line is back, each once, with what someone else changed meanwhile shown. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { call, closed, faults, opened, shot, steps } from "../lib/journey.mjs";

const it = steps();
const day = (n) => new Date(Date.now() + 8 * 3_600_000 + n * 86_400_000).toISOString().slice(0, 10);
const toast = (page, text) => page.locator(".toast", { hasText: text }).first();

describe("without a network", { concurrency: 1 }, () => {
  let book = {};
  let phone;
  const offline = (off) => phone.context().setOffline(off);
  const card = (name) => phone.locator(".card", { hasText: name }).locator(".card-main");
  const contact = () => phone.locator(".next-contact strong");
  /** Puts the next contact to a day that has a button of its own. */
  const put = async (text) => {
    await phone.locator(".next-contact").tap();
    await phone.locator(".pick-day .menu-item", { hasText: text }).tap();
  };
  const follow = async () =>
    (await call(book.page, "GET", "/tables/interactions/records?fields=content,follow_up")).records;

  before(async () => {
    book = await opened();
    const { b, page, server } = book;
    const records = [{ name: "王小华", mobile: "13800138000" }, { name: "李强" }];
    await call(page, "POST", "/tables/customers/records", { records });
    phone = await openPage(b, `${server.url}/t/customers`, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      serviceWorkers: "allow",
      storageState: await page.context().storageState(),
    });
    await card("王小华").waitFor();
    await phone.evaluate(() => navigator.serviceWorker.ready);
    await phone.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await phone.reload();
    await card("王小华").tap();
    await contact().waitFor();
    await phone.locator(".timeline").waitFor();
  });
  after(async () => {
    // The browser tells of every request that found no network.
    if (phone) phone.wrong = phone.wrong.filter((w) => !w.includes("net::ERR_INTERNET_DISCONNECTED"));
    assert.deepEqual(phone?.wrong ?? [], []);
    await closed(book);
  });

  it("shows what was opened, from the first screen on", async () => {
    await offline(true);
    await phone.goto(`${book.server.url}/t/customers`);
    await card("王小华").waitFor();
    await card("王小华").tap();
    await phone.locator(".panel h2", { hasText: "王小华" }).waitFor();
    await phone.locator(".lost").waitFor();
    await shot(phone, "offline-read");
  });

  it("keeps a note, a day and a new customer", async () => {
    await phone.getByLabel("记一笔").fill("明天下午电话 确认尺码");
    await phone.getByLabel("记一笔").press("Enter");
    await toast(phone, "先记在这台设备上").waitFor();
    await phone.locator(".kept-notes li", { hasText: "确认尺码" }).waitFor();
    await put("下周一");
    await phone.locator(".next-contact strong", { hasText: "待发送" }).waitFor();
    await phone.goto(`${book.server.url}/t/customers`);
    await card("李强").waitFor();
    await phone.getByLabel("新增", { exact: true }).tap();
    await phone.locator(".new-form input").first().fill("赵敏");
    await phone.locator(".ant-modal .ant-btn-primary").tap();
    await phone.locator(".outbox-button", { hasText: "待发送 3" }).tap();
    await phone.locator(".outbox li", { hasText: "赵敏" }).waitFor();
    await shot(phone, "offline-outbox");
    assert.deepEqual(await faults(phone), []);
    await phone.keyboard.press("Escape");
    await phone.reload();
    await phone.locator(".outbox-button", { hasText: "待发送 3" }).waitFor();
    assert.equal((await follow()).length, 0, "nothing has been sent");
  });

  it("sends everything once when the line is back", async () => {
    await offline(false);
    await phone.locator(".outbox-button").waitFor({ state: "detached", timeout: 30_000 });
    await phone.getByRole("button", { name: "刷新" }).tap();
    await card("赵敏").waitFor();
    const made = await follow();
    const note = made.find((r) => r.values.content === "确认尺码");
    assert.equal(note.values.follow_up.slice(0, 10), day(1));
    const names = (await call(book.page, "GET", "/tables/customers/records?fields=name")).records;
    assert.deepEqual(
      names.map((r) => r.values.name),
      ["王小华", "李强", "赵敏"],
    );
    await phone.reload();
    await card("赵敏").waitFor();
    assert.equal((await follow()).length, made.length, "nothing comes twice");
  });

  it("loses no note where the line hangs, and shows what was opened", async () => {
    const { server } = book;
    const before = (await follow()).length;
    await card("王小华").tap();
    await contact().waitFor();
    server.hang();
    const line = phone.getByLabel("记一笔");
    await line.fill("问到货没有");
    await line.press("Enter");
    await toast(phone, "先记在这台设备上").waitFor();
    await phone.locator(".kept-notes li", { hasText: "问到货没有" }).waitFor();
    assert.equal(await line.inputValue(), "");
    await line.fill("颜色要深的");
    await line.press("Enter");
    await phone.waitForTimeout(500);
    // Before it is given up: what is on its way is kept already.
    await phone.goto(`${server.url}/t/customers`);
    await phone.locator(".outbox-button", { hasText: "待发送 2" }).waitFor({ timeout: 40_000 });
    await card("王小华").waitFor({ timeout: 40_000 });
    server.goOn();
    await phone.locator(".outbox-button").waitFor({ state: "detached", timeout: 40_000 });
    const texts = (await follow()).map((r) => r.values.content);
    assert.equal(texts.length, before + 2, "each has come once");
    assert.ok(texts.includes("问到货没有") && texts.includes("颜色要深的"));
    await phone.reload();
    await card("李强").waitFor();
  });

  it("shows what someone else has changed meanwhile, and lets one choose", async () => {
    await card("李强").tap();
    await contact().waitFor();
    await offline(true);
    await put("明天");
    await phone.locator(".outbox-button", { hasText: "待发送 1" }).waitFor();
    const cells = [{ id: 2, field: "next_contact", value: day(9) }];
    await call(book.page, "PATCH", "/tables/customers/records", { cells });
    await offline(false);
    await phone.locator(".outbox-button", { hasText: "待处理 1" }).waitFor({ timeout: 30_000 });
    const now = async () => (await call(book.page, "GET", "/tables/customers/records/2")).values.next_contact;
    assert.equal(await now(), day(9), "the other's day stands until one has chosen");
    await phone.locator(".panel").getByLabel("关闭").tap();
    await phone.locator(".outbox-button").tap();
    await shot(phone, "offline-conflict");
    assert.deepEqual(await faults(phone), []);
    await phone.locator(".outbox").getByRole("button", { name: "用我的" }).tap();
    await phone.locator(".outbox-button").waitFor({ state: "detached" });
    assert.equal(await now(), day(1));
  });

  it("gives a new customer back to the form when a rule refuses it", async () => {
    const rules = [{ check: "required", level: "refuse" }];
    await offline(true);
    await phone.goto(`${book.server.url}/t/customers`);
    await card("李强").waitFor();
    await phone.getByLabel("新增", { exact: true }).tap();
    await phone.locator(".new-form input").first().fill("孙丽");
    await phone.locator(".ant-modal .ant-btn-primary").tap();
    await phone.locator(".outbox-button", { hasText: "待发送 1" }).waitFor();
    await call(book.page, "PATCH", "/tables/customers/fields/wechat", { rules });
    await offline(false);
    await phone.locator(".outbox-button", { hasText: "待处理 1" }).waitFor({ timeout: 30_000 });
    await phone.locator(".outbox-button").tap();
    await phone.getByRole("button", { name: "改一改" }).tap();
    const form = phone.locator(".new-form");
    assert.equal(await form.locator("input").first().inputValue(), "孙丽");
    await form.getByLabel("微信", { exact: true }).fill("sunli");
    await phone.locator(".ant-modal .ant-btn-primary").tap();
    await phone.locator(".outbox-button").waitFor({ state: "detached" });
    await card("孙丽").waitFor();
  });

  it("forgets what was opened when one logs out", async () => {
    await phone.getByLabel("账号与设置").tap();
    await phone.getByRole("button", { name: "退出登录" }).tap();
    await phone.locator("#password").waitFor();
    const kept = await phone.evaluate(async () => {
      const names = (await caches.keys()).filter((n) => n.includes("opened"));
      const all = await Promise.all(names.map(async (n) => (await caches.open(n)).keys()));
      return all.flat().map((request) => new URL(request.url).pathname);
    });
    assert.deepEqual(
      kept.filter((path) => path !== "/api/v1/status"),
      [],
    );
  });
});
