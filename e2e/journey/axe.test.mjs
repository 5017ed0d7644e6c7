// Every screen and dialog as those meet it who cannot see it well or at all: axe finds nothing serious or critical, in
// light and dark, at a desk and on a phone. Against the real binary.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { openPage } from "../lib/browser.mjs";
import { addColleague, call, closed, faults, opened } from "../lib/journey.mjs";
import { ready, toColumn } from "../lib/sheet.mjs";

const LIGHT = { locale: "zh-CN", theme: "light" };
const DARK = { locale: "zh-CN", theme: "dark" };
const ENGLISH = { locale: "en", theme: "dark" };
const FILE = fileURLToPath(new URL("../../fixtures/sheets/客户等级表.csv", import.meta.url));
const PHONE = { width: 390, height: 844 };

describe("axe on every screen", { concurrency: 1 }, () => {
  let o = {};
  let page;
  let form;
  const views = {};
  const table = "customers";
  const url = (path) => `${o.server.url}${path}`;
  const popup = () => page.locator(".popup").first();
  const modal = () => page.locator(".ant-modal").first();

  before(async () => {
    o = await opened();
    page = o.page;
    // Before there is anything: the empty book is a screen of its own.
    for (const look of [ENGLISH, DARK, LIGHT]) {
      await turn(look);
      await page.goto(url("/"));
      await page.locator(".empty-book").waitFor();
      assert.deepEqual(await faults(page), [], `empty book, ${look.locale}, ${look.theme}`);
    }
    addColleague(o.server);
    await call(page, "POST", "/templates/add", { id: "wechat", samples: true });
    const def = (name, kind) => call(page, "POST", `/tables/${table}/saved`, { name, shared: true, kind });
    views.board = (await def("看板", { kanban: { by: "status" } })).id;
    views.calendar = (await def("日历", { calendar: { by: "next_contact" } })).id;
    views.gallery = (await def("画廊", { gallery: { cards: ["city"] } })).id;
    const fields = [{ field: "name" }, { field: "mobile" }, { field: "birthday" }];
    const asked = { title: "登记", intro: "请填写", fields, thanks: "谢谢", consent: "同意保存" };
    views.form = (await def("表单", { form: asked })).id;
    form = (await call(page, "POST", `/saved/${views.form}/links`, { kind: "form" })).path;
    await call(page, "POST", "/comments", { table, record: 1, field: "name", text: "请核对" }).catch(
      () => {},
    );
    await call(page, "PATCH", `/tables/${table}/records`, {
      cells: [{ id: 1, field: "city", value: "长沙市" }],
    });
  });
  after(() => closed(o));

  async function turn({ locale, theme }) {
    await page.evaluate(
      ([l, t]) => {
        localStorage.setItem("kebu.locale", JSON.stringify(l));
        localStorage.setItem("kebu.theme", JSON.stringify(t));
      },
      [locale, theme],
    );
  }
  const sheet = async () => {
    await page.goto(url(`/t/${table}`));
    await ready(page);
    await page.locator(".count.num").waitFor();
  };
  const onSheet = (open) => async () => {
    await sheet();
    await open();
  };
  const at = (path, shown) => async () => {
    await page.goto(url(path));
    await page.locator(shown).first().waitFor();
  };
  const view = (name, shown) => () => at(`/t/${table}?view=${views[name]}`, shown)();
  const key = (keys, shown) =>
    onSheet(async () => {
      await page.keyboard.press(keys);
      await shown().waitFor();
    });
  const button = (selector, shown) =>
    onSheet(async () => {
      await page.locator(selector).first().click();
      await shown().waitFor();
    });
  const panelTab = (n) => async () => {
    await at("/t/customers?c=1", ".panel h2")();
    await page.locator(".panel [role=tab]").nth(n).click();
    await page.waitForTimeout(200);
  };

  const importPage = async () => {
    await page.goto(url("/import"));
    await page.locator("input[type=file]").first().waitFor({ state: "attached" });
  };
  const mapped = async () => {
    await importPage();
    await page.locator("input[type=file]").first().setInputFiles(FILE);
    await page.locator(".map-table").waitFor({ timeout: 30_000 });
  };

  const DESK = {
    table: sheet,
    "header menu": key("Control+Shift+L", popup),
    "a list under a cell": onSheet(async () => {
      await toColumn(page, "客户状态");
      await page.keyboard.press("Alt+ArrowDown");
      await page.locator(".cell-option").first().waitFor();
    }),
    "a refused value": onSheet(async () => {
      await toColumn(page, "手机");
      await page.keyboard.type("x");
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowUp");
      await page.locator(".cell-problem").waitFor();
    }),
    "filter builder": button(".filter-button", popup),
    "column picker": button("[data-command=columns]", popup),
    "colour rules": button("[data-command=colours]", popup),
    exports: button("[data-command=export]", popup),
    "view menu": button(".view-button", popup),
    "field dialog": button(".new-column", modal),
    "formula editor": onSheet(async () => {
      await page.locator(".new-column").click();
      await modal().waitFor();
      await page.locator(".kind").last().click();
      await page.waitForTimeout(300);
    }),
    bulk: button("[data-command=bulk]", modal),
    "find and replace": key("Control+h", modal),
    palette: key("Control+k", () => page.locator(".palette-box")),
    "new record": button(".topbar .ant-btn-primary", modal),
    "new table": button(".tab-add", modal),
    "cell menu": onSheet(async () => {
      await page.waitForTimeout(300);
      const box = await page.locator("textarea.cell-input").boundingBox();
      await page.mouse.click(box.x + 10, box.y + 10, { button: "right" });
      await popup().waitFor();
    }),
    comments: key("Shift+F2", () =>
      page.locator(".comment-box, .cell-comments, .composer, textarea:not(.cell-input)").first(),
    ),
    "user menu": button(".topbar [aria-expanded] >> nth=-1", () => page.locator(".user-menu")),
    board: view("board", ".board-card, .board-column"),
    calendar: view("calendar", ".day"),
    gallery: view("gallery", ".tile, .gallery, [data-tile]"),
    form: view("form", ".form-editor, .form-paper"),
    "customer panel": at("/t/customers?c=1", ".panel h2"),
    "panel, second tab": panelTab(1),
    "panel, third tab": panelTab(2),
    "panel, last tab": panelTab(-1),
    "customer page": at("/c/1", "h1, h2"),
    orders: at("/t/orders", ".count.num"),
    changes: at("/changes", ".log-head"),
    trash: at("/trash", "h1"),
    charts: at("/charts", ".chart-card"),
    templates: at("/templates", ".tpl-card, h1"),
    "a template": at("/templates?show=trade", "h1"),
    tokens: at("/settings/tokens", "h1"),
    import: importPage,
    "import, columns": mapped,
    "import, check": async () => {
      await mapped();
      await page.locator(".page-foot .ant-btn-primary").click();
      await page.locator(".counts").waitFor({ timeout: 60_000 });
    },
    imports: at("/imports", "h1"),
  };
  const HAND = {
    cards: at(`/t/${table}`, ".card"),
    customer: at("/t/customers?c=1", ".panel h2"),
    board: view("board", ".board-card, .board-column"),
    calendar: view("calendar", ".day"),
    gallery: view("gallery", ".tile, .gallery, [data-tile]"),
    form: view("form", ".form-editor, .form-paper"),
    changes: at("/changes", ".log-head"),
    charts: at("/charts", ".chart-card"),
    templates: at("/templates", "h1"),
    import: importPage,
    "new record": async () => {
      await at(`/t/${table}`, ".card")();
      await page.locator(".bottom-nav button, .topbar .ant-btn-primary").first().click();
      await page.waitForTimeout(300);
    },
  };

  async function walk(screens, look, size) {
    await page.setViewportSize(size);
    await turn(look);
    const found = [];
    for (const [name, open] of Object.entries(screens)) {
      try {
        await open();
        for (const fault of await faults(page)) found.push(`${name}: ${fault}`);
      } catch (e) {
        found.push(`${name} was not reached: ${e.message.split("\n")[0]}`);
      }
    }
    assert.deepEqual(found, []);
  }

  for (const look of [LIGHT, DARK])
    it(`at a desk, ${look.theme}`, () => walk(DESK, look, { width: 1440, height: 900 }));
  for (const look of [LIGHT, ENGLISH])
    it(`on a phone, ${look.locale}, ${look.theme}`, () => walk(HAND, look, PHONE));

  it("log in and a public form, in both themes", async () => {
    for (const colorScheme of ["light", "dark"]) {
      for (const viewport of [PHONE, { width: 1440, height: 900 }]) {
        const guest = await openPage(o.b, url(form), { colorScheme, viewport });
        await guest.locator("h1").waitFor();
        assert.deepEqual(await faults(guest), [], `form, ${colorScheme}`);
        await guest.goto(url("/"));
        await guest.locator("#login").waitFor();
        assert.deepEqual(await faults(guest), [], `log in, ${colorScheme}`);
        await guest.context().close();
      }
    }
  });
});
