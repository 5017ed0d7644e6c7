// Views as calendars and galleries: made, records carried to other days by mouse and keys, days opened, pictures
// shown, on a phone too. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { openPage } from "../lib/browser.mjs";
import { call, closed, faults, opened, shot, steps } from "../lib/journey.mjs";

const two = (n) => String(n).padStart(2, "0");
const now = new Date();
const month = `${now.getFullYear()}-${two(now.getMonth() + 1)}`;
const next = new Date(now.getFullYear(), now.getMonth() + 1, 1);
const day = (n) => `${month}-${two(n)}`;

const head = (page, of) => page.locator(`[data-day="${of}"]`);
const slip = (page, of, title) =>
  page.locator(".day", { has: head(page, of) }).locator(".slip", { hasText: title });
const counted = (page, of, n) => page.locator(`[data-day="${of}"][aria-label$="，${n} 条"]`).waitFor();
const title = (date) => `${date.getFullYear()}年${date.getMonth() + 1}月`;
const named = async (page, kind, name) => {
  await page.locator(".view-button").click();
  await page.locator(".view-foot .menu-item", { hasText: kind }).click();
  await page.locator(".view-form input").first().fill(name);
};

/** A red square, as a picture of a product is. */
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGM4ZK2EFTEMLQkAMWxHwbYJbSUAAAAASUVORK5CYII=";

describe("calendar and gallery", { concurrency: 1 }, () => {
  const it = steps();
  let o = {};
  let page;
  let table;
  let when;
  before(async () => {
    o = await opened();
    page = o.page;
    table = (await call(page, "POST", "/tables", { label: "活动" })).key;
    const field = async (body) => (await call(page, "POST", `/tables/${table}/fields`, body)).field.key;
    when = await field({ label: "时间", kind: "date_time" });
    const options = [
      ["线上", "blue"],
      ["线下", "green"],
    ].map(([value, tone]) => ({ value, en: value, tone }));
    const stage = await field({ label: "方式", kind: "choice", options });
    const photo = await field({ label: "海报", kind: "attachment", images: true });
    const picture = await page.evaluate(async (data) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const body = new FormData();
      body.append("file", new File([bytes], "海报.png", { type: "image/png" }));
      return (await fetch("/api/v1/files", { method: "POST", body })).json();
    }, PICTURE);
    const one = (name, at, way) => ({
      name: { text: name },
      [when]: { text: at },
      [stage]: { text: way },
      [photo]: name === "品鉴会" ? [picture] : [],
    });
    const records = [
      one("品鉴会", `${day(8)} 14:30`, "线下"),
      one("直播", `${day(8)} 09:00`, "线上"),
      ...Array.from({ length: 12 }, (_, i) => one(`拜访${i + 1}`, `${day(17)} ${two(8 + i)}:00`, "线下")),
      one("未定的", "", ""),
    ];
    await call(page, "POST", `/tables/${table}/records`, { records });
    await page.goto(`${o.server.url}/t/${table}`);
    await page.locator(".count", { hasText: "15 条" }).waitFor();
  });
  after(() => closed(o));

  it("lays records out on their days", async () => {
    await named(page, "新建日历", "日程");
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Enter");
    await page.locator(".month-head h2", { hasText: title(now) }).waitFor();
    await counted(page, day(8), 2);
    await counted(page, day(17), 12);
    const first = await page
      .locator(".day", { has: head(page, day(8)) })
      .locator(".slip")
      .allTextContents();
    assert.deepEqual(first, ["09:00直播", "14:30品鉴会"], "in the order of the day");
    await page.locator(".day-more", { hasText: "还有" }).waitFor();
    await page.locator(".view-dot").waitFor({ state: "detached" });
    await shot(page, "calendar-1440-light");
    assert.deepEqual(await faults(page), []);
  });

  it("carries a record to another day with the mouse, and back", async () => {
    const from = await slip(page, day(8), "品鉴会").boundingBox();
    const to = await head(page, day(10)).boundingBox();
    await page.mouse.move(from.x + 20, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(to.x + 30, to.y + 40, { steps: 8 });
    await page.locator(".day.over").waitFor();
    await page.mouse.up();
    await slip(page, day(10), "14:30品鉴会").waitFor();
    await page.locator(".toast", { hasText: "“品鉴会”已移到" }).waitFor();
    await counted(page, day(8), 1);
    assert.equal(await page.locator(".ant-modal").count(), 0, "a drag opens nothing");
    await page.locator(".toast-action", { hasText: "撤销" }).click();
    await slip(page, day(8), "14:30品鉴会").waitFor();
    await counted(page, day(8), 2);
  });

  it("is walked through and worked with the keys", async () => {
    await slip(page, day(8), "直播").focus();
    await page.keyboard.press("Control+ArrowRight");
    await slip(page, day(9), "09:00直播").waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "09:00直播");
    await page.keyboard.press("Control+z");
    await slip(page, day(8), "直播").waitFor();
    await head(page, day(8)).focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction((d) => document.activeElement?.dataset.day === d, day(15));
    await page.keyboard.press("PageDown");
    await page.locator(".month-head h2", { hasText: title(next) }).waitFor();
    await page.locator(".month-head .link", { hasText: "今天" }).click();
    await page.locator(".month-head h2", { hasText: title(now) }).waitFor();
  });

  it("opens a day whole, and adds to it", async () => {
    await page
      .locator(".day", { has: head(page, day(17)) })
      .locator(".day-more")
      .click();
    const list = page.locator(".day-list");
    await list.locator(".muted", { hasText: "12 条" }).waitFor();
    assert.equal(await list.locator(".slip").count(), 12);
    await shot(page, "day-1440-light");
    assert.deepEqual(await faults(page), []);
    await list.locator(".link", { hasText: "新增" }).click();
    const form = page.locator(".ant-modal");
    await form.locator("input").first().fill("加一场");
    await form.locator(".ant-modal-footer .ant-btn-primary").click();
    await form.waitFor({ state: "detached" });
    await counted(page, day(17), 13);
  });

  it("lists what has no date, and shows what others do", async () => {
    await page.locator(".month-none").click();
    await page.locator(".day-list .slip", { hasText: "未定的" }).waitFor();
    await page.keyboard.press("Escape");
    await call(page, "POST", `/tables/${table}/records`, {
      records: [{ name: { text: "别人加的" }, [when]: { text: `${day(9)} 10:00` } }],
    });
    await slip(page, day(9), "别人加的").waitFor();
  });

  it("is dark, and a month with a list on a phone", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    await shot(page, "calendar-1440-dark");
    assert.deepEqual(await faults(page), []);
    await page.emulateMedia({ colorScheme: "light" });
    const state = await page.context().storageState();
    const size = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true };
    const phone = await openPage(o.b, page.url(), { ...size, storageState: state });
    await head(phone, day(17)).tap();
    await phone.locator(".month-list .slip", { hasText: "拜访12" }).waitFor();
    await shot(phone, "calendar-390-light");
    assert.deepEqual(await faults(phone), []);
    assert.ok((await phone.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    await phone.emulateMedia({ colorScheme: "dark" });
    await shot(phone, "calendar-390-dark");
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });

  it("shows cards with pictures", async () => {
    await page.goto(`${o.server.url}/t/${table}`);
    await page.locator(".count", { hasText: "17 条" }).waitFor();
    await named(page, "新建画廊", "海报墙");
    await page.keyboard.press("Enter");
    const tile = page.locator(".tile", { hasText: "品鉴会" });
    await tile.locator("img").waitFor();
    await page.waitForFunction(() => document.querySelector(".tile img")?.naturalWidth > 0);
    assert.equal(await page.locator(".tile[data-place]").count(), 17);
    await shot(page, "gallery-1440-light");
    assert.deepEqual(await faults(page), []);
    await page.locator('.tile[data-place="0"]').focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.activeElement?.dataset.place === "1");
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.activeElement?.dataset.place === "16");
    await page.keyboard.press("Enter");
    await page.locator(".ant-modal", { hasText: "别人加的" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".ant-modal").waitFor({ state: "detached" });
    await page.emulateMedia({ colorScheme: "dark" });
    await shot(page, "gallery-1440-dark");
    assert.deepEqual(await faults(page), []);
    const state = await page.context().storageState();
    const size = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true };
    const phone = await openPage(o.b, page.url(), { ...size, storageState: state });
    await phone.locator(".tile", { hasText: "品鉴会" }).waitFor();
    await shot(phone, "gallery-390-light");
    assert.deepEqual(await faults(phone), []);
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });

  it("takes a picture with the camera of a phone", async () => {
    const state = await page.context().storageState();
    const size = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true };
    const phone = await openPage(o.b, page.url(), { ...size, storageState: state });
    const tile = phone.locator(".tile", { hasText: "直播" });
    await tile.tap();
    const form = phone.locator(".ant-modal", { hasText: "直播" });
    const asked = phone.waitForEvent("filechooser");
    await form.getByRole("button", { name: "拍照" }).tap();
    const camera = await asked;
    assert.equal(await camera.element().getAttribute("capture"), "environment");
    assert.equal(await camera.element().getAttribute("accept"), "image/*");
    await camera.setFiles({
      name: "现场.png",
      mimeType: "image/png",
      buffer: Buffer.from(PICTURE, "base64"),
    });
    await form.locator(".files li", { hasText: "现场.png" }).waitFor();
    await shot(phone, "camera-390-light");
    await form.locator(".ant-btn-primary").tap();
    await form.waitFor({ state: "detached" });
    await tile.locator("img").waitFor();
    assert.deepEqual(await faults(phone), []);
    assert.deepEqual(phone.wrong, []);
    await phone.context().close();
  });
});
