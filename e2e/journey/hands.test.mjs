// What hands used to Excel do without thinking: whole rows and columns, several ranges, filling with series, the
// corner clicked twice, running on with Tab and Enter. Against the real binary.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { call, closed, opened } from "../lib/journey.mjs";
import { active, clip, clipped, goTo, ready, waitActive, waitCells } from "../lib/sheet.mjs";

const ROWS = 30;

describe("hands on the sheet", { concurrency: 1 }, () => {
  let o = {};
  let page;
  let table;
  const f = {};
  const cells = (fields, wanted, what) =>
    waitCells(
      page,
      table,
      fields.map((name) => f[name]),
      wanted,
      what,
    );
  /** Writes cells of the first rows past the page; it sees them by itself. */
  const put = async (name, values) => {
    const ids = Array.from({ length: values.length }, (_, i) => i + 1);
    const body = {
      cells: ids.map((id, i) => ({ id, field: f[name], value: values[i] })),
    };
    await call(page, "PATCH", `/tables/${table}/records`, body);
  };
  const rowMarker = async (row) => {
    const box = await page.locator(".sheet canvas").first().boundingBox();
    return { x: box.x + 14, y: box.y + 34 + (row - 0.5) * 32 };
  };
  const cellBox = () => page.locator("textarea.cell-input").boundingBox();

  before(async () => {
    o = await opened();
    page = o.page;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    table = (await call(page, "POST", "/tables", { label: "手感" })).key;
    f.名称 = "name";
    const settings = { number: { decimals: 0 } };
    for (const [label, kind] of [
      ["甲列", "text"],
      ["乙列", "text"],
      ["数量", "number"],
      ["金额", "money"],
      ["日子", "date"],
      ["时刻", "date_time"],
    ])
      f[label] = (
        await call(page, "POST", `/tables/${table}/fields`, {
          label,
          kind,
          ...settings[kind],
        })
      ).field.key;
    const records = Array.from({ length: ROWS }, (_, i) => ({
      name: `行${i + 1}`,
    }));
    await call(page, "POST", `/tables/${table}/records`, { records });
  });
  beforeEach(async () => {
    const ids = Array.from({ length: ROWS }, (_, i) => i + 1);
    const fields = ["甲列", "乙列", "数量", "金额", "日子", "时刻"];
    const blank = ids.flatMap((id) => fields.map((name) => ({ id, field: f[name], value: null })));
    const names = ids.map((id) => ({ id, field: "name", value: `行${id}` }));
    await call(page, "PATCH", `/tables/${table}/records`, {
      cells: [...names, ...blank],
    });
    await page.goto(`${o.server.url}/t/${table}`);
    await ready(page);
    await waitActive(page, /第 1 行/);
  });
  after(() => closed(o));

  it("goes on with numbers, days, weekdays, 天干 and numbered names when the corner is dragged", async () => {
    await put("甲列", ["周五", "周六"]);
    await put("数量", [10, 20]);
    await put("日子", ["2026-02-26", "2026-02-27"]);
    await page.reload();
    await ready(page);
    for (const title of ["甲列", "数量", "日子"]) {
      await goTo(page, title);
      await page.keyboard.press("Shift+ArrowDown");
      const corner = await cornerOf(page, 2);
      await drag(page, corner, { x: corner.x, y: corner.y + 3 * 32 });
    }
    await cells(
      ["甲列", "数量", "日子"],
      [
        ["周五", 10, "2026-02-26"],
        ["周六", 20, "2026-02-27"],
        ["周日", 30, "2026-02-28"],
        ["周一", 40, "2026-03-01"],
        ["周二", 50, "2026-03-02"],
      ],
    );
    await page.keyboard.press("Control+z");
    await cells(
      ["数量", "日子"],
      [
        [10, "2026-02-26"],
        [20, "2026-02-27"],
        [30, null],
      ],
      "one step of undo",
    );
  });

  it("copies with Ctrl held, and counts on from a lone number", async () => {
    await put("甲列", ["客户1"]);
    await put("数量", [7]);
    await page.reload();
    await ready(page);
    await goTo(page, "甲列");
    let corner = await cornerOf(page);
    await drag(page, corner, { x: corner.x, y: corner.y + 64 });
    await cells(["甲列"], [["客户1"], ["客户2"], ["客户3"]]);
    await page.keyboard.press("Control+z");
    await cells(["甲列"], [["客户1"], [null]]);
    await goTo(page, "甲列");
    corner = await cornerOf(page);
    await drag(page, corner, { x: corner.x, y: corner.y + 64 }, "Control");
    await cells(["甲列"], [["客户1"], ["客户1"], ["客户1"]], "Ctrl copies");
    await goTo(page, "数量");
    corner = await cornerOf(page);
    await drag(page, corner, { x: corner.x, y: corner.y + 64 });
    await cells(["数量"], [[7], [7], [7]], "a lone number is repeated");
    await page.keyboard.press("Control+z");
    await cells(["数量"], [[7], [null]]);
    await goTo(page, "数量");
    await drag(page, corner, { x: corner.x, y: corner.y + 64 }, "Control");
    await cells(["数量"], [[7], [8], [9]], "Ctrl counts");
  });

  it("fills down to where the neighbour ends when the corner is clicked twice", async () => {
    await put("甲列", ["a", "b", "c", "d", null, "f"]);
    await put("乙列", ["甲"]);
    await page.reload();
    await ready(page);
    await goTo(page, "乙列");
    const corner = await cornerOf(page);
    await page.mouse.dblclick(corner.x, corner.y);
    await cells(["乙列"], [["甲"], ["乙"], ["丙"], ["丁"], [null], [null]]);
    assert.doesNotMatch(await page.locator("textarea.cell-input").getAttribute("class"), /editing/);
  });

  it("fills down and to the right with Ctrl+D and Ctrl+R", async () => {
    await put("甲列", ["x"]);
    await page.reload();
    await ready(page);
    await goTo(page, "甲列", 2);
    await page.keyboard.press("Control+d");
    await cells(["甲列"], [["x"], ["x"], [null]], "a single cell takes what stands above");
    await goTo(page, "甲列");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Control+r");
    await cells(
      ["甲列", "乙列"],
      [
        ["x", "x"],
        ["x", null],
      ],
    );
  });

  it("writes one text into every picked range with Ctrl+Enter, and clears them all with Delete", async () => {
    await goTo(page, "甲列");
    await page.keyboard.press("Shift+ArrowDown");
    const box = await cellBox();
    await page.keyboard.down("Control");
    await page.mouse.click(box.x + 200, box.y + 4.5 * 32);
    await page.keyboard.up("Control");
    await waitActive(page, "乙列，第 5 行");
    await page.keyboard.type("同");
    await page.keyboard.press("Control+Enter");
    const filled = [
      ["同", null],
      ["同", null],
      [null, null],
      [null, null],
      [null, "同"],
    ];
    await cells(["甲列", "乙列"], filled);
    await page.keyboard.press("Delete");
    await cells(["甲列", "乙列"], Array(5).fill([null, null]));
    await page.keyboard.press("Control+z");
    await cells(["甲列", "乙列"], filled, "clearing is one step");
  });

  it("writes what the active cell holds into all, though it is not changed", async () => {
    await put("甲列", ["杭州", null, "苏州"]);
    for (const begin of ["F2", "杭州"]) {
      await page.reload();
      await ready(page);
      await goTo(page, "甲列");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
      await (begin === "F2" ? page.keyboard.press(begin) : page.keyboard.type(begin));
      await page.keyboard.press("Control+Enter");
      await cells(["甲列"], [["杭州"], ["杭州"], ["杭州"]], begin);
      await page.keyboard.press("Control+z");
      await cells(["甲列"], [["杭州"], [null], ["苏州"]]);
    }
  });

  it("goes round several ranges with Enter", async () => {
    await goTo(page, "甲列");
    await page.keyboard.press("Shift+ArrowDown");
    const box = await cellBox();
    await page.keyboard.down("Control");
    await page.mouse.click(box.x + 200, box.y + 4.5 * 32);
    await page.keyboard.up("Control");
    await waitActive(page, "乙列，第 5 行");
    for (const next of ["甲列，第 1 行", "甲列，第 2 行", "乙列，第 5 行"]) {
      await page.keyboard.press("Enter");
      await waitActive(page, next);
    }
    await page.getByText("选中 2 块区域").waitFor({ state: "attached" });
  });

  it("leaves rows between picked rows alone", async () => {
    await put("甲列", ["1", "2", "3", "4"]);
    await page.reload();
    await ready(page);
    await waitActive(page, /第 1 行/);
    const [first, third] = [await rowMarker(1), await rowMarker(3)];
    await page.mouse.click(first.x, first.y);
    await page.keyboard.down("Control");
    await page.mouse.click(third.x, third.y);
    await page.keyboard.up("Control");
    await page.waitForTimeout(100);
    await page.keyboard.press("Control+c");
    await page.waitForTimeout(100);
    const lines = (await clipped(page)).split("\r\n");
    assert.deepEqual(
      lines.map((l) => l.split("\t").slice(1, 3)),
      [
        ["行1", "1"],
        ["行3", "3"],
      ],
    );
    await page.keyboard.press("Delete");
    await cells(["甲列"], [[null], ["2"], [null], ["4"]]);
  });

  it("selects rows and columns from the keyboard and grows them", async () => {
    await put("数量", [1, 2, 3, 4]);
    await page.reload();
    await ready(page);
    await goTo(page, "数量", 2);
    await page.keyboard.press("Shift+Space");
    await page.keyboard.press("Shift+ArrowDown");
    const selected = (text) => page.getByText(text).waitFor({ state: "attached" });
    await selected("选中 2 行 × 8 列");
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("Control+c");
    await page.waitForTimeout(100);
    const got = await clipped(page);
    assert.deepEqual(got.match(/行\d/g), ["行1", "行2"], got);
    await goTo(page, "数量", 2);
    await page.keyboard.press("Control+Space");
    await page.locator(".statusbar", { hasText: "求和 10" }).waitFor();
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByText(`选中 ${ROWS} 行 × 2 列`).waitFor({ state: "attached" });
    await page.keyboard.press("Control+a");
    await page.getByText(`选中 ${ROWS} 行 × 8 列`).waitFor({ state: "attached" });
  });

  it("goes on below the column a run of Tabs began in", async () => {
    await goTo(page, "甲列");
    for (const text of ["一", "二"]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.type("3");
    await page.keyboard.press("Enter");
    await waitActive(page, "甲列，第 2 行");
    await cells(["甲列", "乙列", "数量"], [["一", "二", 3]]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await waitActive(page, "乙列，第 4 行", "an arrow ends the run");
  });

  it("moves by screens, to both sides as well", async () => {
    await goTo(page, "甲列");
    await page.keyboard.press("PageDown");
    const row = Number(/第 (\d+) 行/.exec(await active(page))[1]);
    assert.ok(row > 10, `row ${row}`);
    await page.keyboard.press("PageUp");
    await waitActive(page, "甲列，第 1 行");
    await page.keyboard.press("Alt+PageDown");
    await waitActive(page, "时刻，第 1 行");
    await page.keyboard.press("Alt+PageUp");
    await page.keyboard.press("Home");
    await waitActive(page, "编号，第 1 行");
    await page.keyboard.press("Control+Shift+End");
    await page.getByText(`选中 ${ROWS} 行 × 8 列`).waitFor({ state: "attached" });
  });

  it("writes today and now, in a cell and at the caret", async () => {
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    await goTo(page, "日子");
    await page.keyboard.press("Control+;");
    await cells(["日子"], [[today]]);
    await goTo(page, "时刻");
    await page.keyboard.press("Control+Shift+:");
    const [[now]] = await waitFilled(page, () => cells(["时刻"], []));
    assert.ok(now.startsWith(today), now);
    await goTo(page, "甲列");
    await page.keyboard.type("截止 ");
    await page.keyboard.press("Control+;");
    await page.keyboard.press("Enter");
    await cells(["甲列"], [[`截止 ${today}`]]);
  });

  it("breaks a line with Alt+Enter", async () => {
    await goTo(page, "甲列");
    await page.keyboard.type("上");
    await page.keyboard.press("Alt+Enter");
    await page.keyboard.type("下");
    await page.keyboard.press("Enter");
    await cells(["甲列"], [["上\n下"]]);
  });

  it("takes back more than a hundred steps", async () => {
    await put("数量", [0]);
    for (let n = 1; n <= 105; n++) await put("数量", [n]);
    await page.reload();
    await ready(page);
    await goTo(page, "数量");
    await waitActive(page, "：105");
    for (let n = 104; n >= 0; n--) {
      await page.keyboard.press("Control+z");
      await waitActive(page, new RegExp(`：${n}$`));
    }
    await clip(page, "");
  });

  it("is a table to those who hear it", async () => {
    await goTo(page, "甲列", 2);
    await page.keyboard.press("Shift+ArrowDown");
    // The table follows what is drawn after a moment.
    await page.waitForFunction(
      () => document.querySelectorAll("canvas [role=grid] td[aria-selected=true]").length === 2,
    );
    const seen = await page.evaluate(() => {
      const grid = document.querySelector("canvas [role=grid]");
      const cell = grid.querySelector("#glide-cell-2-1");
      return {
        rows: grid.ariaRowCount,
        columns: [...grid.querySelectorAll("[role=columnheader]")].map((h) => h.textContent),
        name: cell.textContent,
        selected: [...grid.querySelectorAll("td[aria-selected=true]")].map((c) => c.id),
      };
    });
    assert.equal(seen.rows, String(ROWS + 1));
    assert.deepEqual(seen.columns, ["编号", "名称", "甲列", "乙列", "数量", "金额", "日子", "时刻"]);
    assert.equal(seen.name, "行2");
    assert.deepEqual(seen.selected, ["glide-cell-3-1", "glide-cell-3-2"]);
  });
});

/** The corner of a selection so many rows high that begins at the active cell. */
async function cornerOf(page, rows = 1) {
  await page.waitForTimeout(100);
  const b = await page.locator("textarea.cell-input").boundingBox();
  return { x: b.x + b.width - 4, y: b.y + 32 * rows - 3 };
}

/** Drags with the mouse, with a key held where one is named. */
async function drag(page, from, to, held) {
  if (held) await page.keyboard.down(held);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 3, from.y + 20, { steps: 3 });
  await page.mouse.move(to.x - 3, to.y, { steps: 5 });
  await page.mouse.up();
  if (held) await page.keyboard.up(held);
}

async function waitFilled(page, read) {
  for (let i = 0; i < 60; i++) {
    const seen = await read();
    if (seen[0]?.[0]) return seen;
    await page.waitForTimeout(60);
  }
  throw new Error("still blank");
}
