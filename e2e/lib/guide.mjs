// What taking the pictures of the guide needs: the book they show, and the taking itself.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openPage } from "./browser.mjs";
import { call } from "./journey.mjs";

const OUT = fileURLToPath(new URL("../../docs/guide/img/", import.meta.url));
/** The day everything is taken on. */
export const NOON = new Date("2026-11-21T12:00:00+08:00");
export const OWNER = { login: "owner", password: "ahuan-2026" };
const MOST_BYTES = 200_000;
const MOST_IN_ALL = 5_000_000;

/** Entries of the log and moments of comments are of the day the pictures were taken, and would differ each time. */
const SAME_EACH_TIME = `
  .event[data-kind="made"], .comment time { display: none !important; }
  * { caret-color: transparent !important; }
`;

/** A page in a language and a look. */
export async function open(b, url, { zh, dark = false, ...options }) {
  const page = await openPage(b, "about:blank", {
    viewport: { width: 1280, height: 800 },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    ...options,
  });
  await page.clock.setFixedTime(NOON);
  await page.addInitScript(
    ([locale, css]) => {
      localStorage.setItem("kebu.locale", JSON.stringify(locale));
      // The offer of the tour stands above the table until it is answered.
      localStorage.setItem("kebu.tour.1", "true");
      addEventListener("DOMContentLoaded", () => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      });
    },
    [zh ? "zh-CN" : "en", SAME_EACH_TIME],
  );
  await page.goto(url);
  return page;
}

export async function signIn(page) {
  await page.locator("#login").fill(OWNER.login);
  await page.locator("#password").fill(OWNER.password);
  await page.locator("button[type=submit]").click();
  await page.locator("#login").waitFor({ state: "detached" });
}

/** Takes pictures as WebP, a third of the size of PNG; refuses a page in which something went wrong. */
export async function camera(b) {
  mkdirSync(OUT, { recursive: true });
  const bench = await (await b.newContext()).newPage();
  const taken = [];
  const take = async (page, name) => {
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(700);
    // As they are, to look at, into the folder SHOTS names where there is one.
    const path = process.env.SHOTS && `${process.env.SHOTS}/${name}.png`;
    const png = (await page.screenshot({ path })).toString("base64");
    const webp = await bench.evaluate(async (data) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      canvas.getContext("2d").drawImage(picture, 0, 0);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    }, png);
    const bytes = Buffer.from(webp, "base64");
    if (bytes.length > MOST_BYTES)
      throw new Error(`${name}.webp has ${bytes.length} bytes, above ${MOST_BYTES}`);
    // What has no network is shown as well.
    const wrong = page.wrong.find((text) => !text.includes("ERR_INTERNET_DISCONNECTED"));
    if (wrong) throw new Error(`${name}: ${wrong}`);
    writeFileSync(`${OUT}${name}.webp`, bytes);
    taken.push({ file: `${name}.webp`, bytes: bytes.length });
    console.log(`${String(Math.round(bytes.length / 1000)).padStart(4)} kB  ${name}`);
  };
  /** Drops pictures that are not taken any more, and says what all of them come to. */
  const done = () => {
    for (const file of readdirSync(OUT)) if (!taken.some((t) => t.file === file)) rmSync(OUT + file);
    const all = taken.reduce((n, t) => n + t.bytes, 0);
    console.log(`${String(Math.round(all / 1000)).padStart(4)} kB  in all, ${taken.length} pictures`);
    if (all > MOST_IN_ALL) throw new Error(`the pictures have ${all} bytes, above ${MOST_IN_ALL}`);
  };
  return { take, done };
}

const GOODS = [
  ["若羌红枣", "枣", "#8c3a2b", 4900],
  ["百花土蜂蜜", "蜜", "#b9842c", 12800],
  ["明前龙井", "茶", "#5d7a43", 26800],
  ["长白山木耳", "耳", "#4a4038", 5900],
  ["宁夏枸杞", "杞", "#a8452f", 6900],
  ["手工藕粉", "藕", "#a77d86", 4500],
  ["新会陈皮", "陈", "#9a6a32", 15800],
  ["燕窝礼盒", "燕", "#8a7a5c", 80900],
];

/** A product's picture: its sign on a label. */
async function label(b, sign, colour) {
  const page = await (await b.newContext({ viewport: { width: 320, height: 240 } })).newPage();
  await page.setContent(
    `<body style="margin:0;display:grid;place-items:center;height:100vh;background:linear-gradient(160deg,${colour}22,${colour}55)">
     <div style="display:grid;place-items:center;width:128px;height:128px;border-radius:50%;background:${colour};color:#fffdf9;
     font:64px 'Songti SC','Noto Serif CJK SC',serif">${sign}</div></body>`,
  );
  const png = (await page.screenshot()).toString("base64");
  await page.context().close();
  return png;
}

const upload = (page, png, name) =>
  page.evaluate(
    async ([data, file]) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const body = new FormData();
      body.append("file", new File([bytes], file, { type: "image/png" }));
      return (await fetch("/api/v1/files", { method: "POST", body })).json();
    },
    [png, name],
  );

/** Fills the book with what the pictures show, beside the demonstration customers; answers its views by name. */
export async function fill(b, page) {
  const { job } = await call(page, "POST", "/demo", { customers: 500, orders: 3000 });
  for (let state = ""; state !== "done"; ) {
    await page.waitForTimeout(200);
    state = (await call(page, "GET", `/jobs/${job}`)).state;
    if (state === "failed") throw new Error("no demonstration data");
  }
  const field = await call(page, "POST", "/tables/products/fields", {
    label: "图片",
    kind: "attachment",
    images: true,
  });
  const photo = field.field.key;
  const goods = [];
  for (const [name, sign, colour, price] of GOODS) {
    const picture = await upload(page, await label(b, sign, colour), `${sign}.png`);
    goods.push({ name, price, [photo]: [picture] });
  }
  await call(page, "POST", "/tables/products/records", { records: goods });
  await call(page, "POST", "/tables/customers/records/1/comments", {
    text: "她说这周末要来店里，谁接待一下？",
    field: "mobile",
  });
  const views = {};
  for (const zh of [true, false])
    for (const [name, table, zhName, enName, def] of viewsOf(photo, zh)) {
      const made = await call(page, "POST", `/tables/${table}/saved`, {
        name: zh ? zhName : enName,
        shared: false,
        ...def,
      });
      views[`${name}${zh ? "" : "-en"}`] = `/t/${table}?view=${made.id}`;
    }
  return views;
}

const viewsOf = (photo, zh) => [
  [
    "board",
    "customers",
    "跟单看板",
    "Pipeline",
    { kind: { kanban: { by: "status", cards: ["mobile", "last_order"], sum: "total" } } },
  ],
  [
    "calendar",
    "interactions",
    "跟进日历",
    "Follow-ups",
    { kind: { calendar: { by: "follow_up", cards: ["content"], tone: "follow_up_way" } } },
  ],
  [
    "gallery",
    "products",
    "产品画廊",
    "Products",
    {
      kind: { gallery: { cover: photo, cards: ["price"] } },
      filter: { field: photo, op: "filled", values: [] },
    },
  ],
  ["form", "customers", "会员登记", "Membership", { kind: { form: zh ? FORM_ZH : FORM_EN } }],
];
const FORM_ZH = {
  title: "会员登记",
  intro: "登记后享 95 折，生日当月送小礼物。",
  button: "提交登记",
  consent: "我同意店铺保存以上信息，用于订单和优惠通知。",
  fields: [
    { field: "name", label: "怎么称呼您", required: true },
    { field: "mobile", label: "手机号", help: "送货时用", required: true },
    { field: "birthday", label: "生日" },
    { field: "city", label: "所在城市" },
  ],
};
const FORM_EN = {
  title: "Membership",
  intro: "Members pay 5 % less and receive a gift in the month of their birthday.",
  button: "Join",
  consent: "The shop may keep this for orders and offers.",
  fields: [
    { field: "name", label: "Your name", required: true },
    { field: "mobile", label: "Mobile", help: "For deliveries", required: true },
    { field: "birthday", label: "Birthday" },
    { field: "city", label: "City" },
  ],
};
