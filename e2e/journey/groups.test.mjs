// Groups and colour rules: two levels grouped from the header, closed and opened by mouse and keys, an edit that moves
// nothing, a rule by formula, all of it saved and shown again, on a phone as well. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { call, closed, faults, opened, shot, steps } from "../lib/journey.mjs";
import { active, ready, toColumn, waitActive } from "../lib/sheet.mjs";

const key = (page, ...keys) =>
  keys.reduce((before, k) => before.then(() => page.keyboard.press(k)), Promise.resolve());
/** The menu of the column the active cell is in. */
const groupBy = async (page, title) => {
  await toColumn(page, title);
  await key(page, "Control+Shift+L");
  await page.locator(".header-menu .menu-item", { hasText: "按此列分组" }).click();
  await page.locator(".group-chip", { hasText: title }).waitFor();
};
/** The colour in the middle of the left part of a cell below the header, as it is drawn. */
const ground = (page, line) =>
  page.evaluate((line) => {
    const canvas = document.querySelector("canvas");
    const scale = devicePixelRatio;
    // Between the number of the row and the text of the first cell.
    const [x, y] = [58, 34 + 32 * line + 5].map((n) => Math.round(n * scale));
    return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].slice(0, 3).join();
  }, line);
const until = async (what, check) => {
  for (let i = 0; i < 100; i++) {
    if (await check()) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(what);
};

describe("groups and colours", { concurrency: 1 }, () => {
  const it = steps();
  let server;
  let b;
  let page;
  before(async () => {
    ({ server, b, page } = await opened());
    const { key: table } = await call(page, "POST", "/tables", { label: "回访" });
    const field = async (body) => (await call(page, "POST", `/tables/${table}/fields`, body)).field.key;
    const city = await field({ label: "城市", kind: "text" });
    const when = await field({ label: "日期", kind: "date" });
    const amount = await field({ label: "成交额", kind: "money" });
    const records = Array.from({ length: 24 }, (_, i) => ({
      name: { text: `客户${i + 1}` },
      [city]: { text: ["杭州", "北京", "宁波", ""][i % 4] },
      [when]: { text: i < 12 ? "2026-10-05" : "2026-11-05" },
      [amount]: { text: String(100 * (i + 1)) },
    }));
    await call(page, "POST", `/tables/${table}/records`, { records });
    await page.goto(`${server.url}/t/${table}`);
    await page.locator(".count", { hasText: "24 条" }).waitFor();
    await ready(page);
  });
  after(async () => {
    await closed({ server, b, page });
  });

  it("groups by two columns from their menus", async () => {
    await groupBy(page, "城市");
    await ready(page);
    await key(page, "Control+Home");
    await waitActive(page, "北京 6 条");
    await key(page, "ArrowDown", "ArrowDown");
    await toColumn(page, "城市");
    await groupBy(page, "日期");
    await ready(page);
    await key(page, "Control+Home");
    await waitActive(page, "北京 6 条");
    await key(page, "ArrowDown");
    await waitActive(page, "2026年10月 3 条");
    await key(page, "ArrowDown");
    await waitActive(page, /第 1 行/);
    await shot(page, "groups-1440-light");
    assert.deepEqual(await faults(page), []);
  });

  it("shows figures of every group under a summarised column", async () => {
    await page.locator(".view-figure-add").click();
    await page.locator(".figure-menu .menu-item", { hasText: "成交额" }).click();
    await page.locator(".view-figure", { hasText: "成交额 合计" }).waitFor();
    await shot(page, "figures-1440-light");
  });

  it("closes and opens groups by keys, and all at once", async () => {
    await ready(page);
    await key(page, "Control+Home", "ArrowDown", "ArrowDown");
    await waitActive(page, /第 1 行/);
    await key(page, "Alt+Shift+ArrowLeft");
    await waitActive(page, "2026年10月 3 条", "the heading of what was closed");
    await key(page, "ArrowDown");
    await waitActive(page, "2026年11月 3 条");
    await key(page, "ArrowUp", "Enter", "ArrowDown");
    await waitActive(page, /第 1 行/, "Enter opened it again");
    await page.locator(".group-all").click();
    await ready(page);
    await key(page, "Control+Home", "ArrowDown");
    await waitActive(page, "杭州 6 条");
    await key(page, "ArrowDown", "ArrowDown");
    await waitActive(page, "（空白） 6 条");
    await shot(page, "closed-1440-light");
    await page.locator(".group-all").click();
    await ready(page);
    await key(page, "Control+Home", "ArrowDown");
    await waitActive(page, "2026年10月 3 条");
  });

  it("passes over headings when copying and pasting", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await key(page, "Control+Home", "ArrowDown", "ArrowDown");
    await toColumn(page, "名称");
    // Three records of October, a heading, and the first of November.
    await key(page, ...Array(4).fill("Shift+ArrowDown"), "Control+c");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.deepEqual(copied.split(/\r?\n/), ["客户2", "客户6", "客户10", "客户14"]);
    await page.evaluate(() => navigator.clipboard.writeText("甲\n乙\n丙\n丁"));
    await key(page, "ArrowUp", "ArrowDown", "Control+v");
    await waitActive(page, "甲");
    await key(page, "ArrowDown", "ArrowDown", "ArrowDown");
    await waitActive(page, "2026年11月 3 条");
    await key(page, "ArrowDown");
    await waitActive(page, /第 4 行：丁/);
  });

  it("leaves an edited record where it stands until the view is opened again", async () => {
    await key(page, "Control+Home", "ArrowDown", "ArrowDown");
    await toColumn(page, "城市");
    await page.keyboard.type("宁波");
    await key(page, "Enter", "ArrowUp");
    await waitActive(page, /第 1 行：宁波/);
    await key(page, "ArrowUp");
    await waitActive(page, "2026年10月 3 条");
  });

  it("colours rows by a formula while it is written", async () => {
    const plain = await ground(page, 2);
    await page.locator("[data-command=colours]").click();
    const rule = page.locator(".colour-rule");
    await rule.locator(".ant-segmented-item", { hasText: "公式" }).click();
    await rule.locator("textarea").fill("[@成交额]");
    await rule.locator(".form-error").waitFor();
    await rule.locator("textarea").fill("[@成交额]>=1000");
    await rule.locator(".form-error").waitFor({ state: "detached" });
    // 乙 has 600, 丙 1,000.
    const drawn = async (line) => (await ground(page, line)) === plain;
    await until("one row is coloured, the other is not", async () => (await drawn(2)) && !(await drawn(3)));
    await shot(page, "colours-1440-light");
    assert.deepEqual(await faults(page), []);
    await key(page, "Escape");
    // An edit takes the colour away.
    await ready(page);
    await key(page, "Control+Home", "ArrowDown", "ArrowDown", "ArrowDown");
    await toColumn(page, "成交额");
    await page.keyboard.type("5");
    await key(page, "Enter", "Control+Home");
    await until("the colour goes", () => drawn(3));
  });

  it("keeps groups and colours with a view, which the address names", async () => {
    await page.locator(".view-button").click();
    await page.locator(".view-foot .menu-item").first().click();
    await page.locator(".view-form input").first().fill("按城市");
    await key(page, "Enter");
    await page.locator(".view-button .view-name", { hasText: "按城市" }).waitFor();
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await page.reload();
    await page.locator(".group-chip", { hasText: "日期 · 按月" }).waitFor();
    await ready(page);
    await key(page, "Control+Home");
    await waitActive(page, "北京 5 条", "the edited record went to its group");
    assert.equal(await page.locator(".view-dot").count(), 0);
    await page.locator(".group-chip-name", { hasText: "日期" }).click();
    await page.locator(".menu-item", { hasText: "按年" }).click();
    await page.locator(".view-dot").waitFor();
    await ready(page);
    await key(page, "Control+Home", "ArrowDown");
    await waitActive(page, "2026年 5 条");
    await page.locator(".group-chip", { hasText: "城市" }).locator("button").nth(1).click();
    await page.locator(".group-chip", { hasText: "城市" }).waitFor({ state: "detached" });
    await ready(page);
    await key(page, "Control+Home");
    await waitActive(page, "2026年 24 条");
    await page.locator(".view-changed .link", { hasText: "还原" }).click();
    await page.locator(".view-dot").waitFor({ state: "detached" });
    assert.match(await active(page), /./);
    await page.emulateMedia({ colorScheme: "dark" });
    await shot(page, "view-1440-dark");
  });

  it("shows headings and colours on a phone", async () => {
    const phone = await openPage(b, page.url(), {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      storageState: await page.context().storageState(),
    });
    await phone.locator(".card-group", { hasText: "北京" }).waitFor();
    await phone.locator(".card-group", { hasText: "2026年11月" }).first().waitFor();
    await phone.locator(".card.tint-red").first().waitFor();
    await shot(phone, "groups-390-light");
    assert.deepEqual(await faults(phone), []);
    assert.deepEqual(phone.wrong ?? [], []);
  });
});
